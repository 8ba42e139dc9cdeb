package query

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// NeitherGroup stands in questions for what counts in no group.
const NeitherGroup FrictionGroup = "neither"

// FrictionListQuestion asks for the list behind a measure of friction.
type FrictionListQuestion struct {
	FrictionQuestion
	Side FrictionGroup  // only what counts in this group, or in none; "" for all
	Repo metrics.RepoID // only this repository; 0 for all
}

// Sides lists the groups that the lists behind a measure can be narrowed down to; none where there is no list, as it would tell of
// single people. Without a measure it is those of new repositories.
func (m FrictionMeasure) Sides() []FrictionGroup {
	switch m {
	case "", ScaffoldLead, DeployLead:
		return []FrictionGroup{Using, NotUsing, NeitherGroup}
	case Pipelines, Recovery:
		return sides()
	case Maintenance:
		return []FrictionGroup{AllAuthors, OfHumans, NeitherGroup}
	}
	return nil
}

// has reports whether a list is to have what counts in a group.
func (q *FrictionListQuestion) has(group FrictionGroup) bool { return q.Side == "" || q.Side == group }

// FrictionKey is what the lists behind friction are ordered by, from its first field to its last. Each list knows some of them.
type FrictionKey struct {
	Repo      string          `json:"repo"`
	Component string          `json:"component,omitempty"`
	Path      metrics.PathKey `json:"path,omitempty"`
	Measure   FrictionMeasure `json:"measure,omitempty"`
	Group     FrictionGroup   `json:"group,omitempty"`
	From      metrics.Instant `json:"from,omitempty"`
	Workflow  string          `json:"workflow,omitempty"`
	ID        uint64          `json:"id,omitempty"` // of a run, or the number of a change
	Attempt   uint16          `json:"attempt,omitempty"`
}

func (k FrictionKey) compare(o FrictionKey) int {
	return cmp.Or(cmp.Compare(k.Repo, o.Repo), cmp.Compare(k.Component, o.Component), cmp.Compare(k.Path, o.Path), cmp.Compare(k.Measure, o.Measure),
		cmp.Compare(k.Group, o.Group), cmp.Compare(k.From, o.From), cmp.Compare(k.Workflow, o.Workflow), cmp.Compare(k.ID, o.ID), cmp.Compare(k.Attempt, o.Attempt))
}

// RunRef names a run at its host.
type RunRef struct {
	ID      uint64 `json:"id"`
	Attempt uint16 `json:"attempt"`
}

// Lists are read of this many repositories at once: of few at first, as a page is often full with them, then of more.
const (
	reposAtFirst = 32
	reposAtOnce  = 512
)

// listFriction returns the rows that follow after a key (nil: from the first), at most so many (0: all). It asks rows for those
// of some repositories after the other, in the order of their names.
func listFriction[R interface{ Key() FrictionKey }](ctx context.Context, db DB, q FrictionListQuestion, after *FrictionKey, most int,
	rows func(context.Context, DB, *friction, map[uint64]host) ([]R, error)) ([]R, error) {
	return consistent(ctx, db, func() ([]R, error) {
		f, err := newFriction(ctx, db, q.FrictionQuestion)
		if err != nil {
			return nil, err
		}
		hosts, err := f.askHosts(ctx, db)
		if err != nil {
			return nil, err
		}
		repos := q.repos(hosts, after)
		list := []R{}
		for n := reposAtFirst; len(repos) > 0 && uint64(len(list)) < limit(most); n = min(2*n, reposAtOnce) {
			var some []uint64
			some, repos = cutRepos(repos, hosts, n)
			part, err := rows(ctx, db, f.about(ctx, db, some), hosts)
			if err != nil {
				return nil, err
			}
			list = append(list, pageOf(part, after, 0)...)
		}
		return list[:min(uint64(len(list)), limit(most))], nil
	})
}

// pageOf puts rows in order and returns those that follow after a key, at most so many.
func pageOf[R interface{ Key() FrictionKey }](list []R, after *FrictionKey, most int) []R {
	if after != nil {
		list = slices.DeleteFunc(list, func(r R) bool { return r.Key().compare(*after) <= 0 })
	}
	slices.SortFunc(list, func(a, b R) int { return a.Key().compare(b.Key()) })
	return append([]R{}, list[:min(uint64(len(list)), limit(most))]...)
}

// repos returns the repositories of a list that are not before a key, in the order of their names.
func (q *FrictionListQuestion) repos(hosts map[uint64]host, after *FrictionKey) []uint64 {
	repos := slices.Collect(maps.Keys(hosts))
	repos = slices.DeleteFunc(repos, func(repo uint64) bool {
		return q.Repo != 0 && repo != uint64(q.Repo) || after != nil && hosts[repo].name < after.Repo
	})
	slices.SortFunc(repos, func(a, b uint64) int { return cmp.Or(cmp.Compare(hosts[a].name, hosts[b].name), cmp.Compare(a, b)) })
	return repos
}

// cutRepos returns the first repositories, some more or less, and the others. Those of one name stay together.
func cutRepos(repos []uint64, hosts map[uint64]host, n int) (some, others []uint64) {
	n = min(n, len(repos))
	for n < len(repos) && hosts[repos[n]].name == hosts[repos[n-1]].name {
		n++
	}
	return repos[:n], repos[n:]
}

// about returns the same for some repositories alone.
func (f *friction) about(ctx context.Context, db DB, repos []uint64) *friction {
	part := *f
	part.some, part.owned = true, repos
	part.prepare(ctx, db)
	return &part
}

// eachSide calls do for each side on which something is of those that a list is to have: with the path, of paths, and the group.
func (q *FrictionListQuestion) eachSide(paths []PathRow, on sideSet, do func(path metrics.PathKey, group FrictionGroup)) {
	on.each(func(side int) {
		if group := sides()[side%4]; q.has(group) {
			do(paths[side/4].Key, group)
		}
	})
}

// eachPart calls do for some paths after the other, with when repositories were on which sides of them.
func (f *friction) eachPart(ctx context.Context, db DB, do func(paths []PathRow, line *sideline) error) error {
	from := 0
	for paths := range slices.Chunk(f.paths, maxPathsAtOnce) {
		line := &sideline{} // where no run is known, nothing is known of any
		if f.known.Runs > 0 {
			var err error
			if line, err = f.askSideline(ctx, db, paths, from); err != nil {
				return err
			}
		}
		if err := do(paths, line); err != nil {
			return err
		}
		from += len(paths)
	}
	return nil
}

// tookHours is how long something took, given in seconds; nil where that is not known.
func tookHours(seconds uint32) *float64 {
	if seconds >= math.MaxInt32 {
		return nil
	}
	h := inHours(seconds)
	return &h
}
