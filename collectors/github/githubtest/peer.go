// Package githubtest is a GitHub for tests and benchmarks: a stateful peer in memory that answers REST and
// GraphQL on loopback, counts everything that is asked of it and enforces the documented limits.
//
// It is trodden's own and no evidence of how GitHub behaves beyond what GitHub documents: GraphQL is held
// against GitHub's official schema, limits and shapes against the documentation, everything else is a
// careful guess. What it does not know it refuses loudly, so that no test passes on an answer made up.
package githubtest

import (
	"cmp"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
)

// Config says how a peer behaves. The zero Config is a GitHub that enforces the documented limits on a clock
// that stands still at Start.
type Config struct {
	Clock  hosttest.Clock // the peer's time; a Manual clock at Start where nil
	Limits Limits         // the documented ones where zero
	Costs  Costs          // what requests cost in seconds of processor time; DefaultCosts where zero
	Tokens []Token        // who may ask; one token named Secret, which sees all, where empty
	App    App            // the GitHub App, where there is one

	// Latency makes every answer take as long on the peer's clock as it costs. Only then are processor
	// seconds limited: where time stands still they mean nothing.
	Latency bool
	// Unlimited enforces no limits and tells of none, as Enterprise servers do unless they are told otherwise.
	Unlimited bool
	// TooMany answers violations of the secondary limits by 429 instead of 403.
	TooMany bool
	// RESTOnly has no GraphQL, as a gateway that lets only REST through.
	RESTOnly bool
	// InProcess opens no port: Client is then the only way in. Whatever asks may then run in a bubble of
	// testing/synctest, on a clock that is nobody's.
	InProcess bool

	TreeEntries int // entries of a recursive tree before it is truncated; 100,000 where 0
	BlobText    int // bytes of text that GraphQL gives of a blob before it is truncated; 512,000 where 0

	Schema string            // path of GitHub's schema; the one that npm installed where empty
	Report func(text string) // told of what the peer cannot answer; where nil New fails the test and Open writes to stderr
}

// Start is the time at which the clock of a peer stands that was given none.
var Start = hosttest.Start

// Secret is the token of a peer that was given none.
const Secret = "githubtest-secret"

// Peer is one GitHub. Its methods may be called from several goroutines.
type Peer struct {
	*hosttest.Host // its URL is where REST answers; GraphQL is below it at /graphql

	config Config
	mux    *http.ServeMux
	graph  *graph.Server

	state  state
	access access
	limits limiter
}

// New starts a peer for t, which ends with it. What the peer cannot answer fails t. Where GitHub's schema is
// not installed t is not run, unless TRODDEN_REQUIRE names peers.
func New(t testing.TB, config Config) *Peer {
	t.Helper()
	if config.Report == nil {
		config.Report = hosttest.Fatally(t, "githubtest")
	}
	peer, err := Open(config)
	if err != nil {
		lacking(t, err)
	}
	t.Cleanup(peer.Close)
	return peer
}

// lacking ends a test for want of something that npm installs: it is not run, unless TRODDEN_REQUIRE names peers.
func lacking(t testing.TB, err error) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("TRODDEN_REQUIRE"), ","), "peers") {
		t.Fatal(err)
	}
	t.Skip(err)
}

// Open starts a peer. It fails where GitHub's schema cannot be read.
func Open(config Config) (*Peer, error) {
	path := config.Schema
	if path == "" {
		path = installed("@octokit/graphql-schema/schema.graphql")
	}
	schema, err := loadSchema(path)
	if err != nil {
		return nil, err
	}
	config = config.completed()
	p := &Peer{Host: config.host(), config: config}
	p.graph = &graph.Server{Schema: schema, Types: graphTypes(), Report: p.Report}
	p.state.init()
	p.access.init(config)
	p.limits = limiter{limits: config.Limits, accounts: map[string]*usage{}}
	p.mux = p.routes()
	p.Open(p)
	return p, nil
}

// completed returns the config with its defaults filled in.
func (c Config) completed() Config {
	if c.Costs == (Costs{}) {
		c.Costs = DefaultCosts()
	}
	if len(c.Tokens) == 0 {
		c.Tokens = []Token{{Value: Secret, Login: "robot"}}
	}
	c.Limits = c.Limits.completed()
	c.TreeEntries = cmp.Or(c.TreeEntries, 100_000)
	c.BlobText = cmp.Or(c.BlobText, 512_000)
	return c
}

// host makes what the peer has in common with other hosts.
func (c Config) host() *hosttest.Host {
	return hosttest.New(hosttest.Config{Name: "githubtest", URL: "http://github.invalid", JSON: "application/json; charset=utf-8", Clock: c.Clock, InProcess: c.InProcess, Report: c.Report})
}

// Enterprise is the address below which an Enterprise server would answer REST; its GraphQL is at
// /api/graphql.
func (p *Peer) Enterprise() string { return p.URL + "/api/v3/" }
