package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// A store that another process has is waited for as long as heldTries times heldPause: a server that was told to end, or a
// short command, will have given it back by then. After the first second it is said what is waited for.
const (
	heldPause = 100 * time.Millisecond
	heldTries = 50
	heldQuiet = 10
)

// waiting is a wait for a store that another process has.
type waiting struct {
	program *program
	tries   int
}

// more waits a little, and reports whether that is worth it.
func (w *waiting) more(ctx context.Context, pid int) bool {
	if w.tries++; w.tries > heldTries {
		return false
	}
	if w.tries == heldQuiet {
		w.program.tell("waiting for process %d, which still has %s", pid, redacted(w.program.clickhouse))
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(heldPause):
		return true
	}
}

// remote returns a client of the server that does the work, or nil where this process is to do it. The
// configuration is checked before anything is looked at or opened.
func (p *program) remote(ctx context.Context) (*client, error) {
	if p.server != "" {
		return newClient(p.server, p.lookup("TRODDEN_TOKEN", ""))
	}
	if _, err := p.load(); err != nil {
		return nil, err
	}
	wait := waiting{program: p}
	for {
		holding, err := p.holder()
		if err != nil || holding == nil {
			return nil, err
		}
		if listens(ctx, holding.URL) {
			return newClient(holding.URL, p.lookup("TRODDEN_TOKEN", ""))
		}
		if !wait.more(ctx, holding.PID) {
			return nil, inUse(ctx, p.clickhouse, holding)
		}
	}
}

// inUse is the error of a store that another process has.
func inUse(ctx context.Context, store string, holding *clickhouse.Holding) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case holding.URL == "":
		return fmt.Errorf("%s is in use by process %d: wait until it is done, or end it", store, holding.PID)
	}
	return fmt.Errorf("%s is in use by process %d, which does not answer at %s: wait until it has ended, or end it", store, holding.PID, holding.URL)
}

// listens reports whether anybody listens at the address of a server. One that is ending does not listen any more.
func listens(ctx context.Context, address string) bool {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" {
		return false
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", at.Host)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// opened opens the store in this process, once whoever is about to give it back has done so.
func (p *program) opened(ctx context.Context, c *config.Config) (*local, error) {
	wait := waiting{program: p}
	for {
		l, err := p.open(ctx, p, c, updateSchema)
		var held *clickhouse.HeldError
		if !errors.As(err, &held) || listens(ctx, held.URL) || !wait.more(ctx, held.PID) {
			return l, err
		}
	}
}
