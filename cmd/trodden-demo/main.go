// Command trodden-demo builds the sample organisation that `make demo`
// shows: about 60 real git repositories of 14 teams over three years, and
// the trodden.yaml that scans them.
//
// The story is data: the cast is in cast.go, the milestones in story.go, and
// the life of every repository in one table for each group of teams
// (fintech.go, commerce.go, customer.go, logistics.go, platform.go). All else
// turns that data into commits.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

const usage = `trodden-demo builds a sample organisation of real git repositories.

Usage:
  trodden-demo [--today DATE] [--seed N] DIR

It writes the clones to DIR/repos and the configuration to DIR/trodden.yaml.
DIR is made when it is missing. What an earlier run built there is replaced;
a folder with anything else in it is refused.

The same date and seed give the same commits, byte by byte.

Example:
  trodden-demo --today 2026-11-22 .demo
  trodden --config .demo/trodden.yaml scan

Flags:
`

// stamp is the file that marks a folder as ours to replace.
const stamp = ".trodden-demo"

// options is what one run was asked for.
type options struct {
	dir   string
	today time.Time
	seed  uint64
}

var errUsage = errors.New("bad usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], time.Now(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program: it returns the exit status.
func run(ctx context.Context, args []string, now time.Time, stdout, stderr io.Writer) int {
	o, err := parse(args, now, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "trodden-demo: %v\n", err)
		return 2
	}
	s, err := build(ctx, o, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "trodden-demo: %v\n", err)
		return 1
	}
	fmt.Fprintf(stdout, "%d repositories of %d teams and their platform team, %d commits up to %s, in %s\n",
		s.repos, s.teams, s.commits, o.today.Format(time.DateOnly), o.dir)
	return 0
}

// parse reads the command line. now gives the default of --today.
func parse(args []string, now time.Time, stderr io.Writer) (options, error) {
	flags := flag.NewFlagSet("trodden-demo", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	today := flags.String("today", now.UTC().Format(time.DateOnly), "`DATE` at which the story ends, as 2026-11-22")
	seed := flags.Uint64("seed", 1, "`N` that the everyday commits are drawn from")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(stderr)
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
		return options{}, err
	}
	if err != nil {
		return options{}, fmt.Errorf("%w: %w; see trodden-demo --help", errUsage, err)
	}
	if flags.NArg() != 1 {
		return options{}, fmt.Errorf("%w: want one folder, got %d arguments; see trodden-demo --help", errUsage, flags.NArg())
	}
	at, err := time.Parse(time.DateOnly, *today)
	if err != nil {
		return options{}, fmt.Errorf("%w: --today %q is no date like 2026-11-22", errUsage, *today)
	}
	dir, err := filepath.Abs(flags.Arg(0))
	if err != nil {
		return options{}, fmt.Errorf("resolve folder %s: %w", flags.Arg(0), err)
	}
	return options{dir: dir, today: at, seed: *seed}, nil
}
