package collectorstest

import (
	"cmp"
	"maps"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// Sorted lists some rows in an order.
func Sorted[K comparable, R any](rows map[K]R, wanted func(R) bool, order func(a, b R) int) []R {
	list := slices.DeleteFunc(slices.Collect(maps.Values(rows)), func(r R) bool { return !wanted(r) })
	slices.SortFunc(list, order)
	return list
}

// All lists the newest row of each repository.
func (s *Store) All() []metrics.Repo {
	newest := map[metrics.RepoID]metrics.Repo{}
	for _, r := range s.Rows {
		if r.Seen >= newest[r.ID].Seen {
			newest[r.ID] = r
		}
	}
	return slices.Collect(maps.Values(newest))
}

// Repo is the newest row of a repository by the name that it has now; the zero Repo where there is none.
func (s *Store) Repo(name string) metrics.Repo {
	for _, r := range s.All() {
		if r.Name == name {
			return r
		}
	}
	return metrics.Repo{}
}

// Files are the watched files of a repository at its last reading, with the content that is known.
func (s *Store) Files(name string) map[string]string {
	r := s.Repo(name)
	last := s.Newest[RepoKey{r.ID, r.Source, ""}]
	all := map[string]string{}
	for f := range s.States {
		if f.Repo != r.ID || f.Files != last.Files {
			continue
		}
		switch b := s.Blobs[f.Blob]; b.Status {
		case metrics.BlobRead:
			all[f.Path] = b.Content
		case metrics.BlobTooBig:
			all[f.Path] = "(too big)"
		case metrics.BlobMissing:
			all[f.Path] = "(missing)"
		default:
			all[f.Path] = "(not read)"
		}
	}
	return all
}

// RunsOf lists the runs of a repository by their numbers and attempts.
func (s *Store) RunsOf(name string) []metrics.Run {
	id := s.Repo(name).ID
	return Sorted(s.Runs, func(r metrics.Run) bool { return r.Repo == id }, func(a, b metrics.Run) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Attempt, b.Attempt))
	})
}

// PullsOf lists the proposed changes of a repository by their numbers.
func (s *Store) PullsOf(name string) []metrics.Pull {
	id := s.Repo(name).ID
	return Sorted(s.Pulls, func(p metrics.Pull) bool { return p.Repo == id }, func(a, b metrics.Pull) int { return cmp.Compare(a.Number, b.Number) })
}

// Told is what is known of a repository beside its files.
func (s *Store) Told(name string) metrics.Told { return s.told(s.Repo(name).ID) }

// told is what the store tells the next reading of a repository.
func (s *Store) told(repo metrics.RepoID) (t metrics.Told) {
	t.Windows = Sorted(s.Windows, func(w metrics.RunWindow) bool { return w.Repo == repo }, func(a, b metrics.RunWindow) int { return cmp.Compare(a.From, b.From) })
	for k, r := range s.Runs {
		_, again := s.Runs[RunKey{k.Repo, k.ID, k.Attempt + 1}]
		if k.Repo == repo && !again && r.Outcome <= metrics.RunUnderWay && (t.Running == 0 || r.Created < t.Running) {
			t.Running = r.Created
		}
	}
	for _, p := range s.Pulls {
		if p.Repo == repo {
			t.Pulled = max(t.Pulled, p.Updated)
		}
	}
	for _, d := range s.Deployments {
		if d.Repo != repo {
			continue
		}
		t.Deployed = max(t.Deployed, d.Seen)
		if d.Outcome <= metrics.RunUnderWay && (t.Deploying == 0 || d.Created < t.Deploying) {
			t.Deploying = d.Created
		}
	}
	t.Policies, _ = Last(s.Policies, func(l metrics.PolicyList) bool { return l.Repo == repo })
	t.Accesses, _ = Last(s.Accesses, func(l metrics.AccessList) bool { return l.Repo == repo })
	t.Warnings, _ = Last(s.Warnings, func(l metrics.HostWarnings) bool { return l.Repo == repo })
	return t
}

// Last is the newest row of a list that is wanted.
func Last[R any](list []R, wanted func(R) bool) (r R, ok bool) {
	for _, r := range slices.Backward(list) {
		if wanted(r) {
			return r, true
		}
	}
	return r, false
}
