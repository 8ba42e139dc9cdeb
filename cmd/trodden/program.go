package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Exit statuses.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2 // bad usage or configuration
	exitUnknown = 3 // done, but some repositories are unknown
)

// program is one run of trodden: what it was given, and where it writes.
type program struct {
	in          io.Reader
	out, err    io.Writer // results; everything else
	env         config.Environment
	now         func() time.Time
	outTerminal bool
	errTerminal bool
	open        func(ctx context.Context, p *program, c *config.Config, use schemaUse) (*local, error)

	globals
	begun  bool           // arguments and flags were right, the command runs
	loaded *config.Config // nil before load
	looked quota.Counter  // what trials of sources asked of hosts
	scopes scopes         // what hosts said there of tokens
	used   usedPools      // what they asked through
	apps   apps           // that sources sign in as

	accounts quota.Accounts // whose limits scans and trials have in common
}

// globals are the flags that every command has.
type globals struct {
	config     string
	clickhouse string
	server     string
	logLevel   string
	logFormat  string
	output     string
}

// run runs the command that args name and returns the exit status. An error is printed here and nowhere
// else.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.rootCommand()
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.Cause(ctx))) {
		err = errors.New("interrupted; the same command goes on from here")
	}
	status := p.status(err)
	if message := messageOf(err); message != "" {
		fmt.Fprintln(p.err, message)
	}
	if !p.begun && status == exitUsage {
		fmt.Fprintf(p.err, "`%s --help` tells more\n", cmd.CommandPath())
	}
	return status
}

// status is the one table from errors to exit statuses.
func (p *program) status(err error) int {
	switch {
	case errors.Is(err, errSomeUnknown):
		return exitUnknown
	case !p.begun, errors.Is(err, metrics.ErrInvalid):
		return exitUsage
	default:
		return exitFailed
	}
}

// errSomeUnknown ends a command that did its work, but could not read every repository.
var errSomeUnknown = errors.New("some repositories are unknown")

// messageOf returns what people are told of an error. Mistakes in a configuration stand for themselves, one
// a line, each with its place.
func messageOf(err error) string {
	var problems config.Problems
	switch {
	case errors.As(err, &problems):
		return problems.Error()
	case errors.Is(err, errSomeUnknown):
		return "" // which ones has been said
	default:
		return "trodden: " + metrics.Detail(err)
	}
}

// usagef is a mistake in arguments or flags.
func usagef(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), metrics.ErrInvalid)
}

// load reads the configuration, once.
func (p *program) load() (*config.Config, error) {
	if p.loaded != nil {
		return p.loaded, nil
	}
	c, err := config.Load(p.config, p.env)
	if errors.Is(err, metrics.ErrNotFound) {
		return nil, usagef("there is no configuration %s: `trodden init` writes one, --config names another", p.config)
	}
	var problems config.Problems
	if err != nil && !errors.As(err, &problems) {
		return nil, usagef("%v", err)
	}
	p.loaded = c
	return c, err
}

// lookup returns a variable of the environment, or otherwise where it is not set.
func (p *program) lookup(name, otherwise string) string {
	if v, ok := p.env.Lookup(name); ok && v != "" {
		return v
	}
	return otherwise
}

// logger returns the log, which goes to stderr.
func (p *program) logger() *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(p.logLevel)); err != nil {
		level = slog.LevelWarn
	}
	options := &slog.HandlerOptions{Level: level}
	if p.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(p.err, options))
	}
	return slog.New(slog.NewTextHandler(p.err, options))
}

// userName returns who runs this, for the trail of exemptions.
func (p *program) userName() string {
	if name := p.lookup("TRODDEN_USER", p.lookup("USER", "")); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}
