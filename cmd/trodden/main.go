// Command trodden measures whether teams take the golden paths that were paved for them.
//
// One file is one command. Commands that ask are clients of the API, over HTTP or in this process; what
// they need from the rest of the program is put together in wire.go.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/trodden/trodden/cmd/trodden/config"
)

func main() {
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
