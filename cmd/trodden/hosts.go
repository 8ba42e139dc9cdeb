package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// hosts is what all sources that ask hosts have in common.
type hosts struct {
	budget *quota.Budget  // of one run; nil is none
	spent  *quota.Counter // what is asked; may be nil
	pools  *pools         // of the runs before; may be nil
	scopes *scopes        // is told what tokens may do; may be nil
	used   *usedPools     // is told what sources ask through; may be nil
	wait   time.Duration  // the longest wait for a limit; 0 is as long as it takes

	apps     *apps           // of the runs and looks before; may be nil
	accounts *quota.Accounts // likewise: what one learned of an allowance, the next one knows
}

// pools are what sources ask through, kept from run to run.
type pools struct {
	mu  sync.Mutex
	all map[uint64]*quota.Pool // by what they are made of
}

// pool returns what a source asks through. The secrets tell it from what it was before they changed.
func (h hosts) pool(c quota.Config, secrets ...string) *quota.Pool {
	p := h.begin(c, secrets)
	h.used.note(c.Source, p)
	return p
}

// begin lets a pool begin a run: the one of the run before where that is kept.
func (h hosts) begin(c quota.Config, secrets []string) *quota.Pool {
	c.Budget, c.Counter, c.Wait, c.Accounts = h.budget, h.spent, h.wait, h.accounts
	if h.pools == nil {
		return quota.New(c)
	}
	h.pools.mu.Lock()
	defer h.pools.mu.Unlock()
	key := metrics.Fingerprint(append([]string{"pool", c.Source, c.Base.String(), c.Family.Name}, secrets...)...)
	p, known := h.pools.all[key]
	if known {
		p.Begin(h.budget)
		return p
	}
	if h.pools.all == nil {
		h.pools.all = make(map[uint64]*quota.Pool)
	}
	p = quota.New(c)
	h.pools.all[key] = p
	return p
}

// spending is what was asked of the hosts of some sources, in their order.
type spending []query.Spent

// spendingOf adds up what was asked of the resources of each source.
func spendingOf(rows []quota.Spent) (all spending) {
	for _, row := range rows {
		all = all.plus(spending{{Source: row.Source, Requests: row.Requests, Points: row.Points}})
	}
	return all
}

// plus adds up.
func (s spending) plus(more spending) spending {
	all := slices.Clone(s)
	for _, row := range more {
		i, found := slices.BinarySearchFunc(all, row.Source, func(a query.Spent, name string) int { return cmp.Compare(a.Source, name) })
		if !found {
			all = slices.Insert(all, i, query.Spent{Source: row.Source})
		}
		all[i].Requests, all[i].Points = all[i].Requests+row.Requests, all[i].Points+row.Points
	}
	return all
}

// since is what was asked after it was as before; sources that were not asked anything are left out.
func (s spending) since(before spending) spending {
	before = slices.Clone(before)
	for i := range before {
		before[i].Requests, before[i].Points = -before[i].Requests, -before[i].Points
	}
	return slices.DeleteFunc(s.plus(before), func(row query.Spent) bool { return row.Requests == 0 && row.Points == 0 })
}

// total is what was asked of all sources.
func (s spending) total() (sum query.Spent) {
	for _, row := range s {
		sum.Requests, sum.Points = sum.Requests+row.Requests, sum.Points+row.Points
	}
	return sum
}

func openGitHub(s config.Source, around surroundings) (collectors.Source, error) {
	base, err := github.API(s.GitHub.URL)
	if err != nil {
		return nil, err
	}
	signs, err := signsFor(s.GitHub, around)
	if err != nil {
		return nil, err
	}
	family := quota.GitHub()
	if s.GitHub.URL != "" {
		family = quota.GitHubEnterprise()
	}
	pool := around.hosts.pool(quota.Config{Source: s.Name, Base: base, Family: family, Credentials: signs.credentials, Log: around.log}, signs.secrets...)
	parts := githubParts(s.GitHub.Parts)
	parts.Releases = parts.Releases && !s.GitHub.History.Wanted // history has them
	host, err := github.New(github.Config{
		Name: s.Name, Org: s.GitHub.Org, User: s.GitHub.User, Repos: s.GitHub.Repos, Include: s.GitHub.Include, Exclude: s.GitHub.Exclude,
		URL: s.GitHub.URL, Client: &http.Client{Transport: around.hosts.listen(s.Name, pool)}, Watch: around.watch, Now: around.now, Log: around.log,
		Unsigned: len(signs.credentials) == 0, Signer: signs.signer, SignIn: signs.signIn(pool, base), Mark: around.marks[s.Name], Parts: parts, Since: s.GitHub.Parts.Since, Providers: around.providers, Naming: around.naming, People: around.people,
	})
	if err != nil {
		return nil, err
	}
	return withHistory(cloned{host, s.GitHub.History, !s.GitHub.Parts.NoReleases, pool.Credentials(), "x-access-token"}, around)
}

// signs is what a source of GitHub signs in with.
type signs struct {
	credentials []quota.Credential
	secrets     []string
	signer      *github.Signer // nil where tokens sign
}

// signIn returns what lets the App get a token, counted by a pool; nil where tokens sign.
func (s signs) signIn(pool *quota.Pool, base *url.URL) func(context.Context) error {
	if s.signer == nil {
		return nil
	}
	return func(ctx context.Context) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, base.String(), http.NoBody)
		if err != nil {
			return err
		}
		return pool.Credentials()[0].Authorize(r)
	}
}

// signsFor reveals what a source signs in with.
func signsFor(g *config.GitHub, around surroundings) (s signs, err error) {
	if g.App == nil {
		s.credentials, s.secrets, err = staticCredentials(g.Tokens, around.env, "Authorization", "Bearer ")
		return s, err
	}
	app, err := githubApp(g, around)
	if err != nil {
		return s, err
	}
	if s.signer, err = around.hosts.apps.signer(*app); err != nil {
		return s, err
	}
	credential := s.signer.Credential()
	s.credentials, s.secrets = []quota.Credential{credential}, []string{credential.Name, string(app.Key)}
	return s, nil
}

// staticCredentials puts each of the tokens into a header.
func staticCredentials(tokens []config.Secret, env config.Environment, header, before string) (list []quota.Credential, secrets []string, err error) {
	for i, secret := range tokens {
		token, err := secret.Token(env)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, quota.Static(fmt.Sprintf("token %d", i+1), header, before+token))
		secrets = append(secrets, token)
	}
	return list, secrets, nil
}
