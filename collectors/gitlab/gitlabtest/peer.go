// Package gitlabtest is a GitLab for tests and benchmarks: a stateful peer in memory that answers REST and
// GraphQL on loopback, counts everything that is asked of it and enforces the documented limits.
//
// It is trodden's own and no evidence of how GitLab behaves. No official description of GitLab can be run
// here, so every route, field, limit and price was written by hand after what GitLab documents, and is a
// careful guess beyond that. What it does not know it refuses loudly, so that no test passes on an answer
// made up.
package gitlabtest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Config says how a peer behaves. The zero Config is a gitlab.com that enforces its documented limits on a
// clock that stands still at Start.
type Config struct {
	Clock  Clock   // the peer's time; a Manual clock at Start where nil
	Limits Limits  // those of gitlab.com where zero
	Tokens []Token // who may ask; one token named Secret, which sees all, where empty

	// Unlimited enforces no limits and tells of none, as servers of one's own do unless they are told otherwise.
	Unlimited bool
	// InProcess opens no port: Client is then the only way in. Whatever asks may then run in a bubble of
	// testing/synctest, on a clock that is nobody's.
	InProcess bool
	// Latency is what every answer takes on the peer's clock.
	Latency time.Duration

	Version   string            // of GitLab; 18.4.0-ee where empty
	Totals    int               // entries of a list beyond which nobody is told how many there are; 10,000 where 0
	MaxOffset int               // entries that pages by number reach; 50,000 where 0
	BlobBytes int               // bytes of files that GraphQL gives of one repository at once; 20 MiB where 0
	Remote    map[string]string // files that pipelines include by URL
	Templates map[string]string // GitLab's own templates that pipelines include by name; each that is asked for where nil

	Report func(text string) // told of what the peer cannot answer; where nil New fails the test and Open writes to stderr
}

// Start is the time at which the clock of a peer stands that was given none.
var Start = time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)

// Secret is the token of a peer that was given none.
const Secret = "glpat-gitlabtest-secret"

// Peer is one GitLab. Its methods may be called from several goroutines.
type Peer struct {
	URL string // where it answers, without a slash at the end; REST is below it at /api/v4, GraphQL at /api/graphql

	config  Config
	clock   Clock
	mux     *http.ServeMux
	server  *httptest.Server
	closing chan struct{}
	schema  *ast.Schema
	types   map[string]resolvers

	state  state
	access access
	limits limiter
	faults faults

	deliveries deliveries
}

// New starts a peer for t, which ends with it. What the peer cannot answer fails t.
func New(t testing.TB, config Config) *Peer {
	t.Helper()
	if config.Report == nil {
		config.Report = func(text string) { t.Errorf("gitlabtest: %s", text) }
	}
	peer := Open(config)
	t.Cleanup(peer.Close)
	return peer
}

// Open starts a peer.
func Open(config Config) *Peer {
	config = config.completed()
	p := &Peer{config: config, clock: config.Clock, schema: documented(), types: graphTypes(), closing: make(chan struct{})}
	p.state.init()
	p.access.init(config)
	p.limits = limiter{limits: config.Limits, used: map[string]*window{}}
	p.mux = p.routes()
	p.URL = "http://gitlab.invalid"
	if !config.InProcess {
		p.server = httptest.NewServer(p)
		p.URL = p.server.URL
	}
	return p
}

// completed returns the config with its defaults filled in.
func (c Config) completed() Config {
	if c.Clock == nil {
		c.Clock = NewManual(Start)
	}
	if len(c.Tokens) == 0 {
		c.Tokens = []Token{{Value: Secret, User: "robot"}}
	}
	c.Limits = c.Limits.completed()
	c.Version = cmp.Or(c.Version, "18.4.0-ee")
	c.Totals = cmp.Or(c.Totals, 10_000)
	c.MaxOffset = cmp.Or(c.MaxOffset, 50_000)
	c.BlobBytes = cmp.Or(c.BlobBytes, 20<<20)
	if c.Report == nil {
		c.Report = func(text string) { fmt.Fprintln(os.Stderr, "gitlabtest:", text) }
	}
	return c
}

// Close ends the peer and everything that still waits for it.
func (p *Peer) Close() {
	close(p.closing)
	if p.server != nil {
		p.server.Close()
	}
}

// Now is the peer's time.
func (p *Peer) Now() time.Time { return p.clock.Now().UTC() }

// Advance moves the peer's clock on. It panics where the clock is one that cannot be moved.
func (p *Peer) Advance(by time.Duration) { p.clock.(*Manual).Advance(by) }

// report tells of something that the peer cannot answer.
func (p *Peer) report(format string, args ...any) { p.config.Report(fmt.Sprintf(format, args...)) }

// api is the address of something of a project by REST.
func (p *Peer) api(x *project, format string, args ...any) string {
	return fmt.Sprintf("%s/api/v4/projects/%d", p.URL, x.id) + fmt.Sprintf(format, args...)
}

// page is the address of something of a project for people.
func (p *Peer) page(x *project, format string, args ...any) string {
	return p.URL + "/" + x.fullPath() + fmt.Sprintf(format, args...)
}
