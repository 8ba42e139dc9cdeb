package query

import (
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
	return listFriction(ctx, db, q, after, most, q.pipelines)
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

// within returns the shortest time within which a share of the runs is over; nil where none is known.
func (r *ran) within(num, den int) *float64 {
	if len(r.seconds) == 0 {
		return nil
	}
	slices.Sort(r.seconds)
	h := inHours(r.seconds[(num*len(r.seconds)+den-1)/den-1])
	return &h
}

// pipelines returns those of some repositories.
func (q *FrictionListQuestion) pipelines(ctx context.Context, db DB, f *friction, hosts map[uint64]host) (list []PipelineRow, err error) {
	err = f.eachPart(ctx, db, func(paths []PathRow, line *sideline) error {
		found := make(map[onSide]*ran)
		c := &counter{friction: f, line: line, tally: func(s *sided, on sideSet, took numbers) {
			on.each(func(side int) {
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
				r, group := found[onSide{s.number, side}], sides()[side%4]
				if r != nil && q.has(group) {
					list = append(list, PipelineRow{Repo: hosts[repo].name, Path: paths[side/4].Key, Measure: Pipelines, Group: group, N: r.runs,
						MedianHours: r.within(1, 2), P90Hours: r.within(9, 10), Success: NewRate(r.successes, r.runs, metrics.ReasonEmpty)})
				}
			}
		}
		return nil
	})
	return list, err
}

// askAll goes through the runs of all terms.
func (c *counter) askAll(ctx context.Context, db DB) error {
	if len(c.line.list) == 0 {
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
	return listFriction(ctx, db, q, after, most, q.runs)
}

// runs returns those of some repositories.
func (q *FrictionListQuestion) runs(ctx context.Context, db DB, f *friction, hosts map[uint64]host) (list []RunRow, err error) {
	err = f.eachPart(ctx, db, func(paths []PathRow, line *sideline) error {
		var (
			repo                       uint64
			created, finished, seconds uint32
			run                        RunRef
			workflow                   string
			ok                         bool
		)
		into := []any{&repo, &created, &run.ID, &run.Attempt, &workflow, &finished, &seconds, &ok}
		return askEach(ctx, db, "for single runs", frictionRunsUnitsSQL, f.args(), into, func() error {
			if s := line.found[repo]; s != nil {
				q.eachSide(paths, s.at(created), func(path metrics.PathKey, group FrictionGroup) {
					list = append(list, RunRow{Repo: hosts[repo].name, Path: path, Measure: Pipelines, Group: group, From: metrics.Instant(created).Time(),
						Workflow: workflow, Run: run, Finished: metrics.Instant(finished).Time(), Hours: tookHours(seconds), Success: ok})
				})
			}
			return nil
		})
	})
	return list, err
}
