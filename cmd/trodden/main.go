// Command trodden measures whether teams take the golden paths that were paved for them.
//
// One file is one command. Commands that ask are clients of the API, over HTTP or in this process; what
// they need from the rest of the program is put together in wire.go.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// memoryLimit is how much memory the program keeps for itself beside the embedded engine, which has a ceiling
// of its own. It is a soft limit: near it, garbage is collected more often.
const memoryLimit = 480 << 20

// garbage is by how many percent what is in use may grow before the garbage is collected. Judging a large store
// makes much of it: at the default of 100 a third of the time goes into that, while the limit is far.
const garbage = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second Ctrl-C ends the program at once
	p := &program{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		env: config.OSEnvironment(), now: time.Now,
		outTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		errTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		open:        openLocal,
	}
	os.Exit(p.run(ctx, os.Args[1:]))
}
