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
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
)

// Config says how a peer behaves. The zero Config is a gitlab.com that enforces its documented limits on a
// clock that stands still at Start.
type Config struct {
	Clock  hosttest.Clock // the peer's time; a Manual clock at Start where nil
	Limits Limits         // those of gitlab.com where zero
	Tokens []Token        // who may ask; one token named Secret, which sees all, where empty

	// Unlimited enforces no limits and tells of none, as servers of one's own do unless they are told otherwise.
	Unlimited bool
	// InProcess opens no port: Client is then the only way in. Whatever asks may then run in a bubble of
	// testing/synctest, on a clock that is nobody's.
	InProcess bool
	// LeadOn answers the old paths of groups that were renamed by 301, as those of projects are.
	LeadOn bool
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
var Start = hosttest.Start

// Secret is the token of a peer that was given none.
const Secret = "glpat-gitlabtest-secret"

// Peer is one GitLab. Its methods may be called from several goroutines.
type Peer struct {
	*hosttest.Host // its URL is that of the server; REST is below it at /api/v4, GraphQL at /api/graphql

	config Config
	mux    *http.ServeMux
	graph  *graph.Server

	state  state
	access access
	limits limiter
}

// New starts a peer for t, which ends with it. What the peer cannot answer fails t.
func New(t testing.TB, config Config) *Peer {
	t.Helper()
	if config.Report == nil {
		config.Report = hosttest.Fatally(t, "gitlabtest")
	}
	peer := Open(config)
	t.Cleanup(peer.Close)
	return peer
}

// Open starts a peer.
func Open(config Config) *Peer {
	config = config.completed()
	p := &Peer{Host: config.host(), config: config}
	p.graph = &graph.Server{Schema: documented(), Types: graphTypes(), Report: p.Report}
	p.state.init()
	p.access.init(config)
	p.limits = limiter{limits: config.Limits, used: map[string]*window{}}
	p.mux = p.routes()
	p.Open(p)
	return p
}

// completed returns the config with its defaults filled in.
func (c Config) completed() Config {
	if len(c.Tokens) == 0 {
		c.Tokens = []Token{{Value: Secret, User: "robot"}}
	}
	c.Limits = c.Limits.completed()
	c.Version = cmp.Or(c.Version, "18.4.0-ee")
	c.Totals = cmp.Or(c.Totals, 10_000)
	c.MaxOffset = cmp.Or(c.MaxOffset, 50_000)
	c.BlobBytes = cmp.Or(c.BlobBytes, 20<<20)
	return c
}

// host makes what the peer has in common with other hosts.
func (c Config) host() *hosttest.Host {
	return hosttest.New(hosttest.Config{Name: "gitlabtest", URL: "http://gitlab.invalid", JSON: "application/json", Clock: c.Clock, InProcess: c.InProcess, Report: c.Report})
}

// api is the address of something of a project by REST.
func (p *Peer) api(x *project, format string, args ...any) string {
	return fmt.Sprintf("%s/api/v4/projects/%d", p.URL, x.id) + fmt.Sprintf(format, args...)
}

// page is the address of something of a project for people.
func (p *Peer) page(x *project, format string, args ...any) string {
	return p.URL + "/" + x.fullPath() + fmt.Sprintf(format, args...)
}
