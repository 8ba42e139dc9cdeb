package gitlab_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// side is what a memory keeps beside files, as the real store does: a later row takes the place of an earlier one.
type side struct {
	runs        map[runKey]metrics.Run
	windows     map[windowKey]metrics.RunWindow
	pulls       map[runKey]metrics.Pull
	deployments map[runKey]metrics.Deployment
	policies    []metrics.PolicyList
	accesses    []metrics.AccessList
	teams       map[metrics.TeamKey]metrics.HostTeam
	identities  map[metrics.Identity]bool
	memberships map[memberKey]metrics.Membership
	releases    map[releaseKey]metrics.Release
	released    map[metrics.OID]string
	tolds       map[metrics.RepoID]*metrics.Told
}

type (
	runKey struct {
		repo metrics.RepoID
		id   uint64
	}
	windowKey struct {
		repo metrics.RepoID
		from metrics.Instant
	}
	memberKey struct {
		alias metrics.AliasID
		team  metrics.TeamKey
		from  metrics.Instant
	}
	releaseKey struct {
		repo metrics.RepoID
		tag  string
	}
)

func newSide() side {
	return side{
		runs: map[runKey]metrics.Run{}, windows: map[windowKey]metrics.RunWindow{}, pulls: map[runKey]metrics.Pull{},
		deployments: map[runKey]metrics.Deployment{}, teams: map[metrics.TeamKey]metrics.HostTeam{}, identities: map[metrics.Identity]bool{},
		memberships: map[memberKey]metrics.Membership{}, releases: map[releaseKey]metrics.Release{}, released: map[metrics.OID]string{},
		tolds: map[metrics.RepoID]*metrics.Told{},
	}
}

func (s *side) write(b *metrics.Batch) {
	s.note(b)
	for _, r := range b.Runs {
		s.runs[runKey{r.Repo, r.ID}] = r
	}
	for _, w := range b.RunWindows {
		s.windows[windowKey{w.Repo, w.From}] = w
	}
	for _, p := range b.Pulls {
		s.pulls[runKey{p.Repo, p.Number}] = p
	}
	for _, d := range b.Deployments {
		s.deployments[runKey{d.Repo, d.ID}] = d
	}
	s.policies, s.accesses = append(s.policies, b.Policies...), append(s.accesses, b.Accesses...)
	for _, t := range b.HostTeams {
		s.teams[t.Ref] = t
	}
	for _, i := range b.Identities {
		i.Seen = 0
		s.identities[i] = true
	}
	for _, m := range b.Memberships {
		s.memberships[memberKey{m.Alias, m.Team, m.From}] = m
	}
	for _, r := range b.Releases {
		s.releases[releaseKey{r.Repo, r.Tag}] = r
	}
	for _, r := range b.ReleasedCommits {
		s.released[r.Commit] = r.Tag
	}
}

// note keeps what the real store tells the next reading of repositories.
func (s *side) note(b *metrics.Batch) {
	for _, w := range b.RunWindows {
		t := s.of(w.Repo)
		t.Windows = append(slices.DeleteFunc(slices.Clone(t.Windows), func(x metrics.RunWindow) bool { return x.From == w.From }), w)
		slices.SortFunc(t.Windows, func(a, b metrics.RunWindow) int { return cmp.Compare(a.From, b.From) })
	}
	for _, p := range b.Pulls {
		t := s.of(p.Repo)
		t.Pulled = max(t.Pulled, p.Updated)
	}
	for _, d := range b.Deployments {
		t := s.of(d.Repo)
		t.Deployed = max(t.Deployed, d.Seen)
	}
	for _, l := range b.Policies {
		s.of(l.Repo).Policies = l
	}
	for _, l := range b.Accesses {
		s.of(l.Repo).Accesses = l
	}
}

func (s *side) of(repo metrics.RepoID) *metrics.Told {
	if s.tolds[repo] == nil {
		s.tolds[repo] = &metrics.Told{}
	}
	return s.tolds[repo]
}

func (m *memory) Members(context.Context, string) ([]metrics.Membership, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Collect(maps.Values(m.memberships)), func(x metrics.Membership) bool {
		return !strings.HasPrefix(string(x.Team), "@")
	}), nil
}

// those lists some facts in an order.
func those[K comparable, F any](facts map[K]F, in func(F) bool, order func(a, b F) int) []F {
	list := slices.DeleteFunc(slices.Collect(maps.Values(facts)), func(f F) bool { return !in(f) })
	slices.SortFunc(list, order)
	return list
}

// runsOf lists the pipelines of a project by their numbers.
func (m *memory) runsOf(name string) []metrics.Run {
	id := m.repo(name).ID
	return those(m.runs, func(r metrics.Run) bool { return r.Repo == id }, func(a, b metrics.Run) int { return cmp.Compare(a.ID, b.ID) })
}

// pullsOf lists the merge requests of a project by their numbers.
func (m *memory) pullsOf(name string) []metrics.Pull {
	id := m.repo(name).ID
	return those(m.pulls, func(p metrics.Pull) bool { return p.Repo == id }, func(a, b metrics.Pull) int { return cmp.Compare(a.Number, b.Number) })
}

// told is what is known of a project beside its files.
func (m *memory) told(name string) metrics.Told { return *m.of(m.repo(name).ID) }
