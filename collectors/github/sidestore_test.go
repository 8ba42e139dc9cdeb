package github_test

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
	warnings    []metrics.HostWarnings
	teams       map[metrics.TeamKey]metrics.HostTeam
	identities  map[identityKey]metrics.Identity
	memberships map[memberKey]metrics.Membership
	releases    map[releaseKey]metrics.Release
	released    map[metrics.OID]string
}

type (
	runKey struct {
		repo    metrics.RepoID
		id      uint64
		attempt uint32
	}
	windowKey struct {
		repo metrics.RepoID
		from metrics.Instant
	}
	identityKey struct {
		alias  metrics.AliasID
		person metrics.PersonID
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
		deployments: map[runKey]metrics.Deployment{}, teams: map[metrics.TeamKey]metrics.HostTeam{}, identities: map[identityKey]metrics.Identity{},
		memberships: map[memberKey]metrics.Membership{}, releases: map[releaseKey]metrics.Release{}, released: map[metrics.OID]string{},
	}
}

func (s *side) write(b *metrics.Batch) {
	for _, r := range b.Runs {
		s.runs[runKey{r.Repo, r.ID, r.Attempt}] = r
	}
	for _, w := range b.RunWindows {
		s.windows[windowKey{w.Repo, w.From}] = w
	}
	for _, p := range b.Pulls {
		s.pulls[runKey{p.Repo, p.Number, 0}] = p
	}
	for _, d := range b.Deployments {
		s.deployments[runKey{d.Repo, d.ID, 0}] = d
	}
	s.policies, s.accesses, s.warnings = append(s.policies, b.Policies...), append(s.accesses, b.Accesses...), append(s.warnings, b.HostWarnings...)
	for _, t := range b.HostTeams {
		s.teams[t.Ref] = t
	}
	for _, i := range b.Identities {
		s.identities[identityKey{i.Alias, i.Person}] = i
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

// told is what the real store tells the next reading of a repository.
func (s *side) told(repo metrics.RepoID) (t metrics.Told) {
	for _, w := range s.windows {
		if w.Repo == repo {
			t.Windows = append(t.Windows, w)
		}
	}
	slices.SortFunc(t.Windows, func(a, b metrics.RunWindow) int { return cmp.Compare(a.From, b.From) })
	for k, r := range s.runs {
		_, again := s.runs[runKey{k.repo, k.id, k.attempt + 1}]
		if k.repo == repo && !again && r.Outcome <= metrics.RunUnderWay && (t.Running == 0 || r.Created < t.Running) {
			t.Running = r.Created
		}
	}
	for _, p := range s.pulls {
		if p.Repo == repo {
			t.Pulled = max(t.Pulled, p.Updated)
		}
	}
	for _, d := range s.deployments {
		if d.Repo != repo {
			continue
		}
		t.Deployed = max(t.Deployed, d.Seen)
		if d.Outcome <= metrics.RunUnderWay && (t.Deploying == 0 || d.Created < t.Deploying) {
			t.Deploying = d.Created
		}
	}
	t.Policies, _ = last(s.policies, func(l metrics.PolicyList) bool { return l.Repo == repo })
	t.Accesses, _ = last(s.accesses, func(l metrics.AccessList) bool { return l.Repo == repo })
	t.Warnings, _ = last(s.warnings, func(l metrics.HostWarnings) bool { return l.Repo == repo })
	return t
}

// last is the newest of a list that is wanted.
func last[E any](list []E, wanted func(E) bool) (e E, ok bool) {
	for _, e := range slices.Backward(list) {
		if wanted(e) {
			return e, true
		}
	}
	return e, false
}

func (s *side) tags(repo metrics.RepoID) (list []metrics.Release) {
	for _, r := range s.releases {
		if r.Repo == repo && r.Object != "" {
			list = append(list, r)
		}
	}
	return list
}

func (m *memory) Members(context.Context, string) ([]metrics.Membership, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Collect(maps.Values(m.memberships)), func(x metrics.Membership) bool {
		return !strings.HasPrefix(string(x.Team), "@")
	}), nil
}

// sorted lists facts in an order.
func sorted[K comparable, F any](facts map[K]F, wanted func(F) bool, order func(a, b F) int) []F {
	list := slices.DeleteFunc(slices.Collect(maps.Values(facts)), func(f F) bool { return !wanted(f) })
	slices.SortFunc(list, order)
	return list
}
