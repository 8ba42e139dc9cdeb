// Package github reads the repositories of GitHub: github.com, GitHub Enterprise, or a server that answers like
// them.
//
// What changed is found out first, by lists of a hundred repositories a request that stop at the mark of the last
// run. The trees of changed repositories are then asked for in batches, and of the files in them only those that
// nobody has read yet. History is not read here: what is seen at a head is a state, dated by the reading.
//
// What else happens in repositories is found out by a probe of many at once, where something moved, and once a day of
// all; only what the probe finds new is then read (see Parts).
//
// A host that has no GraphQL is read by REST alone, which takes some requests a repository. What only GraphQL tells
// is not known of it. Runs that no push began are looked for once a day, with a request a repository.
//
// A run that may ask no more notes in its mark how far each part came (see collectors.Round): the next one asks for the
// rest of it, and for what is new only when nothing is left.
//
// Limits, credentials and the counting of requests are the business of the http.Client that a source is given.
package github

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

	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

// Config says which repositories are read, and how. Exactly one of Org, User and Repos is given.
type Config struct {
	Name  string   // of the source, as facts carry it
	Org   string   // an organisation, all of whose repositories are read
	User  string   // likewise a user
	Repos []string // owner/name

	// Include and Exclude are globs of names, ignoring case: of the name alone where there is no / in them, else of
	// owner/name. With no Include all are read.
	Include []string
	Exclude []string

	URL    string       // of GitHub Enterprise or a test server; "" for github.com
	Client *http.Client // signs requests and keeps within limits; where nil nothing is signed

	// Unsigned says that nobody signs requests. Then REST tells of public repositories, and of nothing that belongs to the
	// organisation; GraphQL answers nobody.
	Unsigned bool

	// Signer is that of the App whose installation signs requests; nil where tokens do.
	Signer *Signer
	// SignIn lets it get a token that holds, and counts what that takes. It may be nil.
	SignIn func(context.Context) error
	// Mark is what the newest list left; "" where there was none. A look at an App that was let in before asks less.
	Mark string

	Parts     Parts              // what is read beside the files
	Since     time.Duration      // how far back runs and deployments are read the first time; 90 days where 0
	Providers []string           // globs of the repositories whose tags are releases
	People    *collectors.People // who is behind logins and addresses; nobody is told of where nil

	Naming collectors.Naming      // which files others of a repository name, that are read too; nil for none
	Watch  metrics.WatchSet       // files to read
	Now    func() metrics.Instant // the time of a reading
	Clock  func() time.Time       // by which the time of answers is taken; that of the machine where nil
	Log    *slog.Logger           // may be nil
}

// API is the address at which the GitHub of a configured URL answers, for what signs and limits requests.
func API(configured string) (*url.URL, error) {
	at, err := address(configured)
	if err != nil {
		return nil, err
	}
	return url.Parse(at.api)
}

// Source reads repositories of one GitHub. It is safe for concurrent use.
type Source struct {
	place
	config  Config
	client  *github.Client
	watch   *collectors.Matcher
	watched uint64

	listing, trees, blobs    *collectors.Pace
	probes, lists, teamsPace *collectors.Pace

	graphless atomic.Bool // the host turned out to have no GraphQL
	graphed   atomic.Bool // GraphQL has answered, in this run or in one before

	sight    sight // of the tokens that a list is made with
	state    state // of the listing
	failures present.Failures
	sizes    sync.Map // bytes of repositories, by their host ids
	met      sync.Map // whose identities are written: logins, and spellings in commits
}

var (
	_ collectors.Batched = (*Source)(nil)
	_ collectors.Checker = (*Source)(nil)
	_ collectors.Frugal  = (*Source)(nil)
)

// New returns a source. It refuses what cannot be right, and asks nothing.
func New(config Config) (*Source, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("github source %s: %w", config.Name, err)
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
	if config.Unsigned {
		config.Parts.Teams, config.Parts.Policies, config.Parts.Codeowners = false, false, false
	}
	s := &Source{
		config: config, watch: watch, watched: config.Watch.Fingerprint(), failures: present.Failures{Source: config.Name, Log: config.Log},
		listing: collectors.NewPace(listed, listed, fast), trees: collectors.NewPace(treesAtFirst, treesAtMost, fast), blobs: collectors.NewPace(blobsAtFirst, blobsAtMost, fast),
		probes: collectors.NewPace(probedAtFirst, probedAtMost, fast), lists: collectors.NewPace(probedAtFirst, probedAtMost, fast), teamsPace: collectors.NewPace(teamsListed, teamsListed, fast),
	}
	if err := s.connect(); err != nil {
		return nil, fmt.Errorf("github source %s: %w", config.Name, err)
	}
	return s, nil
}

func (c *Config) check() error {
	given := 0
	for _, there := range []bool{c.Org != "", c.User != "", len(c.Repos) > 0} {
		if there {
			given++
		}
	}
	switch {
	case c.Now == nil:
		return fmt.Errorf("no clock: %w", metrics.ErrInvalid)
	case given != 1:
		return fmt.Errorf("%d of org, user and repos are given, expected one: %w", given, metrics.ErrInvalid)
	}
	if err := (&collectors.Choice{Include: c.Include, Exclude: c.Exclude}).Validate(); err != nil {
		return err
	}
	for _, name := range c.Repos {
		if owner, repo, ok := strings.Cut(name, "/"); !ok || owner == "" || repo == "" || strings.Contains(repo, "/") {
			return fmt.Errorf("%q is no repository, expected owner/name: %w", name, metrics.ErrInvalid)
		}
	}
	return nil
}

// place is where a GitHub answers.
type place struct {
	api     string // REST, without a slash at the end
	graphql string // path of GraphQL, as seen from there
	host    string // as it stands in names
	web     string // address of repositories for people, with a slash at the end
}

// address returns where the GitHub of a configured URL answers.
func address(configured string) (place, error) {
	if configured == "" {
		return place{"https://api.github.com", "graphql", "github.com", "https://github.com/"}, nil
	}
	at, err := url.Parse(configured)
	if err != nil || at.Host == "" {
		return place{}, fmt.Errorf("%q is no address: %w", configured, metrics.ErrInvalid)
	}
	p := place{api: strings.TrimRight(configured, "/"), graphql: "graphql"}
	if !strings.HasPrefix(at.Host, "api.") {
		p.api, p.graphql = strings.TrimSuffix(p.api, "/api/v3")+"/api/v3", "../graphql"
	}
	p.host = strings.ToLower(strings.TrimPrefix(at.Hostname(), "api."))
	p.web = at.Scheme + "://" + strings.TrimPrefix(at.Host, "api.") + "/"
	return p, nil
}

// connect finds out where what is answered.
func (s *Source) connect() (err error) {
	if s.place, err = address(s.config.URL); err != nil {
		return err
	}
	s.client = github.NewClient(carried(s.config.Client, &s.sight))
	s.client.BaseURL, err = url.Parse(s.api + "/")
	return err
}

// Name implements collectors.Source.
func (s *Source) Name() string { return s.config.Name }

// Chunk implements collectors.Batched.
func (s *Source) Chunk() int { return chunk }

// owner is the account whose repositories are read; "" where they are named one by one.
func (s *Source) owner() string { return s.config.Org + s.config.User }

// Read implements collectors.Source.
func (s *Source) Read(ctx context.Context, repo metrics.Repo, last collectors.Last, out collectors.Sink) (collectors.Done, error) {
	for o := range s.ReadAll(ctx, []collectors.Job{{Repo: repo, Last: last}}, out) {
		return o.Done, o.Err
	}
	return collectors.Done{}, ctx.Err()
}
