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
			return nil, p.told(ctx, &clickhouse.HeldError{Dir: p.clickhouse, PID: holding.PID, URL: holding.URL})
		}
	}
}

// inUse is the error of a store that another process has: it says what can be done.
type inUse struct {
	store string
	held  clickhouse.HeldError
	lives bool // a server, that answers
}

func (e *inUse) Error() string {
	switch {
	case e.held.URL == "":
		return fmt.Sprintf("%s is in use by process %d: wait until it is done, or end it", e.store, e.held.PID)
	case e.lives:
		return fmt.Sprintf("%s is in use by process %d, which serves %s: ask it there, or end it", e.store, e.held.PID, e.held.URL)
	}
	return fmt.Sprintf("%s is in use by process %d, which does not answer at %s: wait until it has ended, or end it", e.store, e.held.PID, e.held.URL)
}

func (e *inUse) Unwrap() error { return &e.held }

// told returns an error of opening the store: in the words of inUse where another process has it, be that known before or
// only found out in opening it.
func (p *program) told(ctx context.Context, err error) error {
	var held *clickhouse.HeldError
	switch {
	case !errors.As(err, &held):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return &inUse{p.clickhouse, *held, held.URL != "" && listens(ctx, held.URL)}
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
			return l, p.told(ctx, err)
		}
	}
}
