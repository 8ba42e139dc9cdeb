package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// serveFlags say how to serve.
type serveFlags struct {
	addr      string
	noCron    bool
	anonymous bool
	queue     string
}

func (p *program) serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use: "serve", Short: "API, pages, scans and reports by schedule",
		Long: `Serves the API and the pages, scans and sends reports by the schedules in the configuration, until it is ended. While it
holds an embedded store, every other command goes through it. Each scan reads the configuration anew; while
that has mistakes, the last good one holds. Schedules are read at the start alone. Reports that were due in this week and
were not sent, for no server was there or the mail server was not, are sent when it begins and is there.

Listening on this machine only, it needs no token. Elsewhere callers need one; --anonymous lets those without
one read. Where TRODDEN_TOKEN is set, only who has that token may scan and exempt.

Where the configuration has webhooks, GitHub and GitLab may tell what has changed, and it is read at once. What they
tell is kept in the store until then (in files beside an embedded one), or with --queue in files, which does without
the store.`,
		Example: `  trodden serve
  TRODDEN_TOKEN=$(cat token) trodden serve --addr 0.0.0.0:8080 --no-cron
  trodden serve --queue /var/lib/trodden/hints`,
		Args: cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error {
			if p.logLevel == "" {
				p.logLevel = "info"
			}
			if p.server != "" {
				return usagef("--server names another server, expected none: this one serves itself")
			}
			return p.checkAddress(f)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.prepareJobs(f); err != nil {
				return err
			}
			return p.withLocal(cmd.Context(), func(l *local) error { return p.serve(cmd.Context(), l, f) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.addr, "addr", "127.0.0.1:8080", "where to listen: HOST:PORT, port 0 for any that is free")
	flags.BoolVar(&f.noCron, "no-cron", false, "do nothing by schedule: no scans, no reports")
	flags.StringVar(&f.queue, "queue", "", "keep what webhooks tell in the folder DIR until it is worked, instead of in the store or beside it")
	flags.BoolVar(&f.anonymous, "anonymous", false, "let callers without a token read, wherever they are")
	return cmd
}

// prepareJobs fails where scans by schedule, or readings that webhooks ask for, could not begin.
func (p *program) prepareJobs(f serveFlags) error {
	c, err := p.load()
	if err != nil {
		return err
	}
	if f.queue != "" && !c.Webhooks.Given() {
		return usagef("--queue keeps what webhooks tell, and %s has no webhooks: give it a secret of one", c.File)
	}
	if _, _, _, err := c.Webhooks.Reveal(p.env); err != nil {
		return err
	}
	if !f.noCron && c.Reports.Schedule != "" {
		if err := p.prepareReports(c); err != nil {
			return err
		}
	}
	if (f.noCron || c.Scan.Schedule == "") && !c.Webhooks.Given() {
		return nil
	}
	_, err = p.prepare(c, scanRequest{})
	return err
}

// prepareReports fails where reports by schedule could not be sent.
func (p *program) prepareReports(c *config.Config) error {
	for _, to := range c.Reports.Recipients {
		if to.Address != "" {
			if _, err := mailServer(c.Reports.SMTP, p.env); err != nil {
				return err
			}
			continue
		}
		if _, err := to.Slack.Token(p.env); err != nil {
			return err
		}
	}
	return nil
}

// checkAddress refuses an address that cannot be listened on, and one at which nobody could come in.
func (p *program) checkAddress(f serveFlags) error {
	host, _, err := net.SplitHostPort(f.addr)
	if err != nil {
		return usagef("--addr %s is no address, expected HOST:PORT such as 127.0.0.1:8080", f.addr)
	}
	if !config.Loopback(host) && !f.anonymous && strings.TrimSpace(p.lookup("TRODDEN_TOKEN", "")) == "" {
		return usagef("on %s callers need a token, and there is none: set TRODDEN_TOKEN, or let everybody read with --anonymous", f.addr)
	}
	return nil
}

// accessFor says who may use a server at an address.
func (p *program) accessFor(f serveFlags) access {
	host, _, _ := net.SplitHostPort(f.addr)
	own, token := config.Loopback(host), strings.TrimSpace(p.lookup("TRODDEN_TOKEN", ""))
	return access{Write: own && token == "", Deny: !own && !f.anonymous, AnyHost: !own, Token: token}
}

// serve answers until ctx ends; answers under way may then still be finished.
func (p *program) serve(ctx context.Context, l *local, f serveFlags) error {
	c, err := p.load()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", f.addr, err)
	}
	stopHooks, err := p.receive(ctx, l, c, f.queue)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer stopHooks()
	server := &http.Server{
		Handler:           hurried(l.handler(p.accessFor(f)), slowest),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	address := urlOf(listener.Addr().String())
	if err := l.announce(address); err != nil {
		return errors.Join(err, server.Close(), <-served)
	}
	p.say("listening on %s", listensOn(listener.Addr().String()))
	stopWarming := l.keepWarm(ctx)
	stopJobs := func() {}
	if !f.noCron {
		stopJobs = p.startJobs(ctx, l, c)
	}
	select {
	case err = <-served:
	case <-ctx.Done():
		err = shutDown(ctx, server)
		<-served
	}
	stopJobs()
	stopWarming()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// keepWarm begins to keep pages ready, where there are any. What it returns ends that.
func (l *local) keepWarm(ctx context.Context) (stop func()) {
	if l.warm == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { l.warm(ctx) })
	return func() { cancel(); done.Wait() }
}

// receive begins to take what webhooks deliver, where any are configured.
func (p *program) receive(ctx context.Context, l *local, c *config.Config, queue string) (stop func(), err error) {
	if !c.Webhooks.Given() {
		return func() {}, nil
	}
	stop, err = l.receive(ctx, c.Webhooks, p.queueDir(queue))
	if err != nil {
		return nil, fmt.Errorf("take what webhooks deliver: %w", err)
	}
	return stop, nil
}

// queueDir is the folder in which hints of webhooks are kept; "" for the store. Nobody but this process sees an embedded
// store, and a file beside it is on disk at once, even while the store was just opened or is busy.
func (p *program) queueDir(flag string) string {
	if dir, ok := strings.CutPrefix(p.clickhouse, embedded); ok && flag == "" {
		return filepath.Join(dir, "hints")
	}
	return flag
}

// shutDown lets answers under way finish, but not for long.
func shutDown(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return server.Close()
	}
	return nil
}

// listensOn says where a listener listens: under a URL, or at an address of every network of this machine, which is
// more than any one URL tells.
func listensOn(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort(host, port) + ", on every network of this machine: " + urlOf(address) + " from here"
	}
	return urlOf(address)
}

// urlOf returns the URL under which this machine reaches a listener.
func urlOf(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "http://" + address
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
