package collectorstest

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Knowledge is all that is known by now, however often it was told, and when.
type Knowledge struct {
	Repos       map[metrics.RepoID]metrics.Repo
	Files       map[string]map[string]string
	Runs        map[RunKey]metrics.Run
	Windows     map[metrics.RepoID]metrics.Instant // until when runs are known
	Pulls       map[RunKey]metrics.Pull
	Deployments map[RunKey]metrics.Deployment
	Releases    map[ReleaseKey]metrics.Release
	Released    map[ReleasedKey]metrics.ReleasedCommit
	Teams       map[metrics.TeamKey]metrics.HostTeam
	Members     map[MemberKey]metrics.Membership
	Identities  map[IdentityKey]metrics.Identity
	Policies    map[metrics.RepoID][]metrics.Policy
	Unruled     map[metrics.RepoID][]metrics.UseKind // what policies may run there that nobody could read
	Accesses    map[metrics.RepoID][]metrics.Access
	Warnings    map[metrics.RepoID][]metrics.Warning
}

// Knowledge returns what the store knows.
func (s *Store) Knowledge() Knowledge {
	k := Knowledge{
		Repos: map[metrics.RepoID]metrics.Repo{}, Files: map[string]map[string]string{}, Runs: s.Runs, Windows: map[metrics.RepoID]metrics.Instant{},
		Pulls: s.Pulls, Deployments: s.Deployments, Releases: s.Releases, Released: s.Released, Teams: s.Teams,
		Members: s.Memberships, Identities: s.Identities, Policies: map[metrics.RepoID][]metrics.Policy{}, Unruled: map[metrics.RepoID][]metrics.UseKind{}, Accesses: map[metrics.RepoID][]metrics.Access{},
		Warnings: map[metrics.RepoID][]metrics.Warning{},
	}
	for _, r := range s.All() {
		r.Properties = maps.Clone(r.Properties)
		delete(r.Properties, "ci_includes") // which says since when it holds
		k.Repos[r.ID], k.Files[r.Name] = r, s.Files(r.Name)
	}
	for _, w := range s.Windows {
		k.Windows[w.Repo] = w.To
	}
	for _, l := range s.Policies {
		if delete(k.Unruled, l.Repo); !l.Missed {
			k.Policies[l.Repo] = l.List
		} else if len(l.Unread) > 0 {
			k.Unruled[l.Repo] = l.Unread
		}
	}
	for _, l := range s.Accesses {
		slices.SortFunc(l.List, func(a, b metrics.Access) int { return cmp.Compare(a.Team, b.Team) })
		k.Accesses[l.Repo] = l.List
	}
	for _, l := range s.Warnings {
		k.Warnings[l.Repo] = l.List
	}
	return k
}

// Differs says in what other knowledge differs, but for when something was seen; "" where it does not.
func (k Knowledge) Differs(other Knowledge) string {
	return gocmp.Diff(k, other, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(metrics.Repo{}, "Seen"), cmpopts.IgnoreFields(metrics.Run{}, "Seen"),
		cmpopts.IgnoreFields(metrics.Pull{}, "Seen"), cmpopts.IgnoreFields(metrics.Deployment{}, "Seen"), cmpopts.IgnoreFields(metrics.Release{}, "Seen"),
		cmpopts.IgnoreFields(metrics.ReleasedCommit{}, "Seen"), cmpopts.IgnoreFields(metrics.HostTeam{}, "Seen"), cmpopts.IgnoreFields(metrics.Membership{}, "Seen"),
		cmpopts.IgnoreFields(metrics.Identity{}, "Seen"))
}

// Drop forgets a repository.
func (k Knowledge) Drop(repo metrics.Repo) {
	delete(k.Repos, repo.ID)
	delete(k.Files, repo.Name)
	delete(k.Windows, repo.ID)
	delete(k.Policies, repo.ID)
	delete(k.Unruled, repo.ID)
	delete(k.Accesses, repo.ID)
	delete(k.Warnings, repo.ID)
	maps.DeleteFunc(k.Runs, func(at RunKey, _ metrics.Run) bool { return at.Repo == repo.ID })
	maps.DeleteFunc(k.Pulls, func(at RunKey, _ metrics.Pull) bool { return at.Repo == repo.ID })
	maps.DeleteFunc(k.Deployments, func(at RunKey, _ metrics.Deployment) bool { return at.Repo == repo.ID })
	maps.DeleteFunc(k.Releases, func(at ReleaseKey, _ metrics.Release) bool { return at.Repo == repo.ID })
	maps.DeleteFunc(k.Released, func(at ReleasedKey, _ metrics.ReleasedCommit) bool { return at.Repo == repo.ID })
}

// Marked looks for a word in the marks of all listings, and in what rounds keep in them.
func (s *Store) Marked(word string) bool {
	return slices.ContainsFunc(s.Listed, func(l metrics.Listing) bool {
		var mark collectors.Unfinished
		text := l.Mark[max(0, strings.IndexByte(l.Mark, '{')):]
		if json.Unmarshal([]byte(text), &mark) == nil && mark.Round != nil {
			for _, step := range mark.Round.Steps {
				text += string(step)
			}
		}
		return strings.Contains(text, word)
	})
}

// Budgets are those with which scans are repeated until everything is known, least being the least of them.
func Budgets(least int) []int {
	return slices.Compact(slices.Sorted(slices.Values([]int{least, least + 1, least + 2, 2 * least, max(10, least), max(30, least)})))
}

// MostScans is how many scans of a budget may be needed for what takes so many requests at once. It is twice as many as
// would do if all of a budget was used up, since the list leaves half of it to the reading, and in small pieces more is
// asked.
func MostScans(takes, budget int) int { return 4 + 2*(takes+budget-1)/budget }
