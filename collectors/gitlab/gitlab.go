// Package gitlab reads the projects of GitLab: gitlab.com, a server of one's own, or one that answers like them.
//
// What changed is found out first, by lists of a hundred projects a request that stop at the mark of the last run.
// The heads of those that something happened in are then asked for, a hundred at once; the trees of those whose
// head moved in batches, and of the files in them only those that nobody has read yet. History is not read here:
// what is seen at a head is a state, dated by the reading.
//
// A run that may ask no more notes in its mark how far each part came (see collectors.Round): the next one asks for the
// rest of it, and for what is new only when nothing is left.
//
// Limits, credentials and the counting of requests are the business of the http.Client that a source is given.
package gitlab

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

// Config says which projects are read, and how. Exactly one of Group, User and Projects is given.
type Config struct {
	Name     string   // of the source, as facts carry it
	Group    string   // full path of a group, all of whose projects are read, and those of the groups below it
	User     string   // likewise a user
	Projects []string // full paths

	// Include and Exclude are globs of names, ignoring case: of the last part alone where there is no / in them, else
	// of the full path. With no Include all are read.
	Include []string
	Exclude []string

	URL    string       // of a server of one's own or a test server; "" for gitlab.com
	Client *http.Client // signs requests and keeps within limits; where nil nothing is signed

	Parts     Parts              // what is read beside the files
	Since     time.Duration      // how far back pipelines and deployments are read the first time; 90 days where 0
	Providers []string           // globs of the repositories whose tags are releases
	People    *collectors.People // turns names into hashes; nobody is met where nil

	Naming collectors.Naming      // which files others of a repository name, that are read too; nil for none
	Watch  metrics.WatchSet       // files to read
	Now    func() metrics.Instant // the time of a reading
	Clock  func() time.Time       // by which the time of answers is taken; that of the machine where nil
	Log    *slog.Logger           // may be nil
}

// Source reads projects of one GitLab. It is safe for concurrent use.
type Source struct {
	config  Config
	client  *gitlab.Client
	http    *http.Client
	graphql string // address of GraphQL
	host    string // as it stands in names, with the path below which the server is, if it has one
	web     string // address of projects for people, with a slash at the end
	watch   *collectors.Matcher
	watched uint64

	heads, trees, blobs, runs *collectors.Pace
	ahead                     atomic.Int64 // seconds by which the host's clock is ahead of ours, as far as is known

	round  atomic.Pointer[collectors.Round]  // that is under way; nil where no list is gone on with
	missed atomic.Pointer[collectors.Missed] // nil where only some projects are asked for

	failures present.Failures
	held     held                     // what a listing was told of the whole group
	met      sync.Map                 // kinds of accounts
	turn     sync.Map                 // host ids of projects whose turn it is
	former   sync.Map                 // default branches until this listing, by host id
	shut     sync.Map                 // host ids of projects that are archived since the listing before: those of a group say no more what happened in them
	given    sync.Map                 // whom projects are given to, by host id
	founders sync.Map                 // ids of who created projects, by host id
	users    sync.Map                 // aliases of users by their ids; 0 where the host does not tell of one
	sizes    sync.Map                 // bytes of repositories, by host ids
	granted  atomic.Pointer[[]string] // scopes of the token, once they were asked for
	tips     sync.Map                 // commits that refs of other projects lead to

	forced      atomic.Bool  // something happened in every project that is listed, or nothing is known of how far any was read
	everyTurn   atomic.Bool  // it is the turn of every project
	noPipelines atomic.Bool  // this GitLab does not tell of pipelines by GraphQL
	noPolicies  atomic.Bool  // this GitLab has no policies
	credits     atomic.Int32 // what became of asking who created projects in this run; 0 where nobody did
	policyWay   atomic.Int32 // the way in which policies are asked for: the first that this GitLab understands
}

var (
	_ collectors.Batched = (*Source)(nil)
	_ collectors.Checker = (*Source)(nil)
	_ collectors.Frugal  = (*Source)(nil)
)

// New returns a source. It refuses what cannot be right, and asks nothing.
func New(config Config) (*Source, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("gitlab source %s: %w", config.Name, err)
	}
	watch, err := collectors.NewMatcher(config.Watch)
	if err != nil {
		return nil, err
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	s := &Source{
		config: config, http: config.Client, watch: watch, watched: config.Watch.Fingerprint(), failures: present.Failures{Source: config.Name, Log: config.Log},
		heads: collectors.NewPace(listed, listed, fast), trees: collectors.NewPace(treesAtFirst, treesAtMost, fast), blobs: collectors.NewPace(blobsAtFirst, blobsAtMost, fast), runs: collectors.NewPace(listed, listed, fast),
	}
	if s.http == nil {
		s.http = http.DefaultClient
	}
	return s, s.connect()
}

func (c *Config) check() error {
	given := 0
	for _, there := range []bool{c.Group != "", c.User != "", len(c.Projects) > 0} {
		if there {
			given++
		}
	}
	switch {
	case c.Now == nil:
		return fmt.Errorf("no clock: %w", metrics.ErrInvalid)
	case given != 1:
		return fmt.Errorf("%d of group, user and projects are given, expected one: %w", given, metrics.ErrInvalid)
	}
	if err := (&collectors.Choice{Include: c.Include, Exclude: c.Exclude}).Validate(); err != nil {
		return err
	}
	for _, path := range c.Projects {
		if space, name, ok := strings.Cut(path, "/"); !ok || space == "" || name == "" || strings.HasSuffix(name, "/") {
			return fmt.Errorf("%q is no project, expected group/name: %w", path, metrics.ErrInvalid)
		}
	}
	return nil
}

// API returns the address of a GitLab, as it is configured; "" is gitlab.com.
func API(address string) (*url.URL, error) {
	address = strings.TrimSuffix(strings.TrimSuffix(address, "/"), "/api/v4")
	if address == "" {
		address = "https://gitlab.com"
	}
	at, err := url.Parse(address)
	if err != nil || at.Host == "" {
		return nil, fmt.Errorf("%q is no address of a GitLab: %w", address, metrics.ErrInvalid)
	}
	return at, nil
}

// connect finds out where what is answered. Requests are neither held back nor repeated here: the http.Client does
// both.
func (s *Source) connect() error {
	at, err := API(s.config.URL)
	if err != nil {
		return fmt.Errorf("gitlab source %s: %w", s.config.Name, err)
	}
	s.client, err = gitlab.NewClient("", gitlab.WithBaseURL(at.String()), gitlab.WithHTTPClient(s.http), gitlab.WithoutRetries(), gitlab.WithCustomLimiter(unlimited{}))
	if err != nil {
		return fmt.Errorf("gitlab source %s: %w", s.config.Name, err)
	}
	s.graphql, s.web = at.String()+"/api/graphql", at.String()+"/"
	s.host = strings.ToLower(at.Hostname() + at.Path)
	return nil
}

// unlimited lets every request pass.
type unlimited struct{}

// Wait implements gitlab.RateLimiter.
func (unlimited) Wait(context.Context) error { return nil }

// Name implements collectors.Source.
func (s *Source) Name() string { return s.config.Name }

// Chunk implements collectors.Batched: as many projects as one query tells the heads of.
func (s *Source) Chunk() int { return listed }

// Read implements collectors.Source.
func (s *Source) Read(ctx context.Context, repo metrics.Repo, last collectors.Last, out collectors.Sink) (collectors.Done, error) {
	for o := range s.ReadAll(ctx, []collectors.Job{{Repo: repo, Last: last}}, out) {
		return o.Done, o.Err
	}
	return collectors.Done{}, ctx.Err()
}
