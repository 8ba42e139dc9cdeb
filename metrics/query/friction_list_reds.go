package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed friction_reds_units.sql
var frictionRedsUnitsSQL string

// RedRow is a time in which a workflow of a repository on one side of a path was red.
type RedRow struct {
	Repo     string          `json:"repo"` // newest name
	Path     metrics.PathKey `json:"path"`
	Measure  FrictionMeasure `json:"measure"`
	Group    FrictionGroup   `json:"group"` // when it turned red
	From     time.Time       `json:"from"`  // when the run finished that failed
	Workflow string          `json:"workflow"`
	Run      RunRef          `json:"run"`   // that failed
	Ended    bool            `json:"ended"` //
	Hours    float64         `json:"hours"` // until it was green again, or for as long as it was watched
	Green    *RunRef         `json:"green"` // that succeeded; null where it did not end
}

// Key returns where the row stands in the list.
func (r RedRow) Key() FrictionKey {
	return FrictionKey{Repo: r.Repo, Path: r.Path, Group: r.Group, From: metrics.At(r.From), Workflow: r.Workflow}
}

// Reds returns the failures that Recovery counts, by repository, path, group, when they were, and workflow: those that follow after
// (nil: from the first), at most so many (0: all).
func Reds(ctx context.Context, db DB, q FrictionListQuestion, after *FrictionKey, most int) ([]RedRow, error) {
	few := func(*friction) int { return 2 } // they have many
	return listFriction(ctx, db, "reds", q, after, most, few, q.reds)
}

// reds returns those of some repositories.
func (q *FrictionListQuestion) reds(ctx context.Context, db DB, p *frictionPage) (list []RedRow, err error) {
	err = p.eachPart(ctx, db, func(paths []PathRow, line *sideline) error {
		var (
			repo           uint64
			workflow       string
			turned, greens uint32
			run, green     RunRef
		)
		into := []any{&repo, &workflow, &turned, &run.ID, &run.Attempt, &greens, &green.ID, &green.Attempt}
		return askEach(ctx, db, "which runs turned red", frictionRedsUnitsSQL, q.onSides(p, line).args(), into, func() error {
			s := line.found[repo]
			if s == nil || len(s.watched) == 0 {
				return nil
			}
			one, counts := p.red(s, turned, greens)
			if !counts {
				return nil
			}
			q.eachSide(paths, one.on, func(path metrics.PathKey, group FrictionGroup) {
				row := RedRow{Repo: p.hosts[repo].name, Path: path, Measure: Recovery, Group: group, From: metrics.Instant(turned).Time(), Workflow: workflow,
					Run: run, Ended: one.green, Hours: inHours(one.seconds)}
				if row.Ended {
					again := green
					row.Green = &again
				}
				list = append(list, row)
			})
			return nil
		})
	})
	return list, err
}
