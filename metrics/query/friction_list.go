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
	Work metrics.Work   // of Maintenance only what is for this; "" for all
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

// compare tells which of two comes first. Most differ in the first fields.
func (k *FrictionKey) compare(o *FrictionKey) int {
	if c := cmp.Compare(k.Repo, o.Repo); c != 0 {
		return c
	}
	if c := cmp.Or(cmp.Compare(k.Component, o.Component), cmp.Compare(k.Path, o.Path)); c != 0 {
		return c
	}
	if c := cmp.Or(cmp.Compare(k.Measure, o.Measure), cmp.Compare(k.Group, o.Group), cmp.Compare(k.From, o.From)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(k.Workflow, o.Workflow), cmp.Compare(k.ID, o.ID), cmp.Compare(k.Attempt, o.Attempt))
}

// RunRef names a run at its host.
type RunRef struct {
	ID      uint64 `json:"id"`
	Attempt uint16 `json:"attempt"`
}

// reposAtOnce is of how many repositories lists are read at once, at most.
const reposAtOnce = 512

// frictionPage is what a page of a list is made of: so many rows after a key, of some repositories.
type frictionPage struct {
	*friction
	hosts map[uint64]host
	after *FrictionKey
	most  int
}

// follows reports whether a row stands after those of the page before.
func (p *frictionPage) follows(k FrictionKey) bool { return p.after == nil || k.compare(p.after) > 0 }

// mostKept is how many rows a page of a list has that is kept for the next who asks.
const mostKept = 1000

// kept is what the answers with pages of lists are kept by.
type kept struct {
	List      string
	Question  FrictionListQuestion
	Continued bool
	After     FrictionKey
	Most      int
}

// listFriction returns the rows of a list that follow after a key (nil: from the first), at most so many (0: all). It asks rows for
// those of some repositories after the other, in the order of their names: of atFirst for the first, then of more and more.
func listFriction[R interface{ Key() FrictionKey }](ctx context.Context, db DB, list string, q FrictionListQuestion, after *FrictionKey, most int,
	atFirst func(*friction) int, rows func(context.Context, DB, *frictionPage) ([]R, error)) ([]R, error) {
	return keptPage(ctx, db, list, q, after, most, func() ([]R, error) {
		f, err := newFriction(ctx, db, q.FrictionQuestion)
		if err != nil {
			return nil, err
		}
		hosts, err := f.askHosts(ctx, db)
		if err != nil {
			return nil, err
		}
		repos := q.repos(hosts, after)
		all := []R{}
		n := reposAtOnce
		if most > 0 {
			n = min(max(atFirst(f), 1), reposAtOnce)
		}
		for ; len(repos) > 0 && uint64(len(all)) < limit(most); n = min(3*n, reposAtOnce) {
			var some []uint64
			some, repos = cutRepos(repos, hosts, n)
			found, err := rows(ctx, db, &frictionPage{f.about(ctx, db, some), hosts, after, most})
			if err != nil {
				return nil, err
			}
			all = append(all, pageOf(found, after, 0)...)
		}
		return all[:min(uint64(len(all)), limit(most))], nil
	})
}

// keptPage returns a page of a list as the cache has it, or works it out. Pages that nobody looks at are not kept.
func keptPage[R any](ctx context.Context, db DB, list string, q FrictionListQuestion, after *FrictionKey, most int, work func() ([]R, error)) ([]R, error) {
	if most == 0 || most > mostKept {
		return consistent(ctx, db, work)
	}
	key := kept{List: list, Question: q, Continued: after != nil, Most: most}
	if after != nil {
		key.After = *after
	}
	return answered(ctx, db, key, work)
}

// pageOf puts rows in order and returns those that follow after a key, at most so many.
func pageOf[R interface{ Key() FrictionKey }](rows []R, after *FrictionKey, most int) []R {
	type keyed struct {
		key FrictionKey
		row *R
	}
	list := make([]keyed, 0, len(rows))
	for i := range rows {
		if k := rows[i].Key(); after == nil || k.compare(after) > 0 {
			list = append(list, keyed{k, &rows[i]})
		}
	}
	slices.SortFunc(list, func(a, b keyed) int { return a.key.compare(&b.key) })
	page := make([]R, min(uint64(len(list)), limit(most)))
	for i := range page {
		page[i] = *list[i].row
	}
	return page
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

// onSides are those of a part that ever were on a side that a list is to have: statements are asked about these alone.
func (q *FrictionListQuestion) onSides(p *frictionPage, line *sideline) *friction {
	f := *p.friction
	f.owned = nil
	for _, repo := range p.owned {
		s := line.found[repo]
		if s != nil && slices.ContainsFunc(s.cuts, func(c cut) bool { return q.hasAny(c.on) }) {
			f.owned = append(f.owned, repo)
		}
	}
	return &f
}

// hasAny reports whether a list is to have any of the sides.
func (q *FrictionListQuestion) hasAny(on sideSet) (any bool) {
	on.each(func(side int) { any = any || q.has(sides()[side%4]) })
	return any
}

// tookHours is how long something took, given in seconds; nil where that is not known.
func tookHours(seconds uint32) *float64 {
	if seconds >= math.MaxInt32 {
		return nil
	}
	h := inHours(seconds)
	return &h
}
