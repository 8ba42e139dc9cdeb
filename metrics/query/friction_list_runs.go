package query

import (
	"cmp"
	"context"
	_ "embed"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed friction_runs_units.sql
var frictionRunsUnitsSQL string

// PipelineRow says how the pipelines of a repository go while it is on one side of a path.
type PipelineRow struct {
	Repo        string          `json:"repo"` // newest name
	Path        metrics.PathKey `json:"path"`
	Measure     FrictionMeasure `json:"measure"`
	Group       FrictionGroup   `json:"group"`
	N           int             `json:"n"`            // runs on its default branch
	MedianHours *float64        `json:"median_hours"` // null where it is not known how long any took
	P90Hours    *float64        `json:"p90_hours"`
	Success     Rate            `json:"success"`
}

// Key returns where the row stands in the list.
func (r PipelineRow) Key() FrictionKey {
	return FrictionKey{Repo: r.Repo, Path: r.Path, Group: r.Group}
}

// PipelineUnits returns the repositories that the runs of Pipelines are of, by repository, path and group: those that follow after
// (nil: from the first), at most so many (0: all). Their runs add up to those of Friction.
func PipelineUnits(ctx context.Context, db DB, q FrictionListQuestion, after *FrictionKey, most int) ([]PipelineRow, error) {
	full := func(f *friction) int { return most / max(2*len(f.paths), 1) } // most are on one side of a path, and then on the other
	return listFriction(ctx, db, "pipelines", q, after, most, full, q.pipelines)
}

// onSide is a repository on a side of a path.
type onSide struct{ repo, side int }

// ran are the runs of one.
type ran struct {
	runs, successes int
	seconds         []uint32 // of those of which it is known
}

// add counts runs, as pipelines do.
func (r *ran) add(took numbers) {
	r.runs += took.len()
	for i := range took.len() {
		t := took.at(i)
		r.successes += int(t & 1)
		if t < tookUnknown {
			r.seconds = append(r.seconds, t>>1)
		}
	}
}

// manyTimes is from how many times on they are counted instead of sorted.
const manyTimes = 1 << 13

// within returns the shortest times within which shares of the runs are over; nil where none is known.
func (r *ran) within(shares ...[2]int) []*float64 {
	all, n := make([]*float64, len(shares)), len(r.seconds)
	if n == 0 {
		return all
	}
	var counts *pipelines
	if n < manyTimes {
		slices.Sort(r.seconds)
	} else {
		counts = newPipelines()
		for _, seconds := range r.seconds {
			counts.count(seconds)
		}
	}
	for i, share := range shares {
		runs := (share[0]*n + share[1] - 1) / share[1]
		if counts != nil {
			all[i] = tookHours(counts.within(runs))
		} else {
			all[i] = tookHours(r.seconds[runs-1])
		}
	}
	return all
}

// pipelines returns those of some repositories.
func (q *FrictionListQuestion) pipelines(ctx context.Context, db DB, p *frictionPage) (list []PipelineRow, err error) {
	err = p.eachPart(ctx, db, func(paths []PathRow, line *sideline) error {
		found := make(map[onSide]*ran)
		c := &counter{friction: q.onSides(p, line), line: line, tally: func(s *sided, on sideSet, took numbers) {
			on.each(func(side int) {
				if !q.has(sides()[side%4]) {
					return
				}
				at := onSide{s.number, side}
				if found[at] == nil {
					found[at] = &ran{}
				}
				found[at].add(took)
			})
		}}
		if err := c.askAll(ctx, db); err != nil {
			return err
		}
		for repo, s := range line.found {
			for side := range 4 * len(paths) {
				row := PipelineRow{Repo: p.hosts[repo].name, Path: paths[side/4].Key, Measure: Pipelines, Group: sides()[side%4]}
				if r := found[onSide{s.number, side}]; r != nil && p.follows(row.Key()) {
					took := r.within([2]int{1, 2}, [2]int{9, 10})
					row.N, row.MedianHours, row.P90Hours, row.Success = r.runs, took[0], took[1], NewRate(r.successes, r.runs, metrics.ReasonEmpty)
					list = append(list, row)
				}
			}
		}
		return nil
	})
	return list, err
}

// askAll goes through the runs of all terms.
func (c *counter) askAll(ctx context.Context, db DB) error {
	if len(c.owned) == 0 {
		return nil
	}
	terms, err := c.askTerms(ctx, db)
	for _, t := range terms {
		if err := c.ask(ctx, db, t); err != nil {
			return err
		}
	}
	return err
}

// RunRow is a run of a default branch on one side of a path.
type RunRow struct {
	Repo     string          `json:"repo"` // newest name
	Path     metrics.PathKey `json:"path"`
	Measure  FrictionMeasure `json:"measure"`
	Group    FrictionGroup   `json:"group"`
	From     time.Time       `json:"from"` // when it was created
	Workflow string          `json:"workflow"`
	Run      RunRef          `json:"run"`
	Finished time.Time       `json:"finished"`
	Hours    *float64        `json:"hours"` // null where it is not known how long it took
	Success  bool            `json:"success"`
}

// Key returns where the row stands in the list.
func (r RunRow) Key() FrictionKey {
	return FrictionKey{Repo: r.Repo, Path: r.Path, Group: r.Group, From: metrics.At(r.From), ID: r.Run.ID, Attempt: r.Run.Attempt}
}

// Runs returns the runs that Pipelines counts, by repository, path, group and when they were created: those that follow after (nil:
// from the first), at most so many (0: all).
func Runs(ctx context.Context, db DB, q FrictionListQuestion, after *FrictionKey, most int) ([]RunRow, error) {
	one := func(*friction) int { return 1 }
	return listFriction(ctx, db, "runs", q, after, most, one, q.runs)
}

// single is a run as it is listed, but for its repository.
type single struct {
	created, finished, seconds uint32
	run                        RunRef
	workflow                   string
	ok                         bool
	on                         sideSet // when it was created
}

// runs returns those of some repositories, of each side no more than a page needs.
func (q *FrictionListQuestion) runs(ctx context.Context, db DB, p *frictionPage) (list []RunRow, err error) {
	err = p.eachPart(ctx, db, func(paths []PathRow, line *sideline) error {
		found, err := p.askSingle(ctx, db, line, q.onSides(p, line))
		for repo, runs := range found {
			for side := range 4 * len(paths) {
				if group := sides()[side%4]; q.has(group) {
					list = append(list, p.onSide(runs, side, RunRow{Repo: p.hosts[repo].name, Path: paths[side/4].Key, Measure: Pipelines, Group: group})...)
				}
			}
		}
		return err
	})
	return list, err
}

// askSingle asks for the runs of repositories that are on any side, each list in the order in which they were created.
func (p *frictionPage) askSingle(ctx context.Context, db DB, line *sideline, of *friction) (map[uint64][]single, error) {
	var (
		repo  uint64
		one   single
		found = make(map[uint64][]single)
	)
	into := []any{&repo, &one.created, &one.run.ID, &one.run.Attempt, &one.workflow, &one.finished, &one.seconds, &one.ok}
	err := askEach(ctx, db, "for single runs", frictionRunsUnitsSQL, of.args(), into, func() error {
		if s := line.found[repo]; s != nil {
			if one.on = s.at(one.created); one.on != 0 {
				found[repo] = append(found[repo], one)
			}
		}
		return nil
	})
	for _, runs := range found {
		slices.SortFunc(runs, func(a, b single) int {
			return cmp.Or(cmp.Compare(a.created, b.created), cmp.Compare(a.run.ID, b.run.ID), cmp.Compare(a.run.Attempt, b.run.Attempt))
		})
	}
	return found, err
}

// onSide are the first rows of the runs that began on a side, after those of the page before.
func (p *frictionPage) onSide(runs []single, side int, row RunRow) (list []RunRow) {
	for i := range runs {
		r := &runs[i]
		if r.on>>side&1 == 0 {
			continue
		}
		row.From, row.Workflow, row.Run = metrics.Instant(r.created).Time(), r.workflow, r.run
		if !p.follows(row.Key()) {
			continue
		}
		row.Finished, row.Hours, row.Success = metrics.Instant(r.finished).Time(), tookHours(r.seconds), r.ok
		if list = append(list, row); uint64(len(list)) >= limit(p.most) {
			break
		}
	}
	return list
}
