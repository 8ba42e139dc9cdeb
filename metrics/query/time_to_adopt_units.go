package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed time_to_adopt_units.sql
var timeToAdoptUnitsSQL string

// WaitRow is a unit behind the time to adopt.
type WaitRow struct {
	Repo      string          `json:"repo"` // newest name
	Component string          `json:"component"`
	Team      metrics.TeamKey `json:"team"` // at From
	Path      metrics.PathKey `json:"path"`
	From      time.Time       `json:"from"`    // launch of the path or birth of the unit
	Adopted   bool            `json:"adopted"` // it came to the path
	Days      float64         `json:"days"`    // it took, or was followed without it
}

// Key returns where the row stands in the order of units.
func (r WaitRow) Key() StateKey { return StateKey{r.Repo, r.Component, r.Path} }

// Waits returns the units that the time to adopt counts, by repository, component and path: those that follow
// after (nil: from the first), at most so many (0: all).
func Waits(ctx context.Context, db DB, q CohortQuestion, after *StateKey, most int) ([]WaitRow, error) {
	type row struct {
		Repo      string    `ch:"repo"`
		Component string    `ch:"component"`
		Team      string    `ch:"team"`
		Path      string    `ch:"path"`
		Clock     time.Time `ch:"clock"`
		Adopted   bool      `ch:"is_adopted"`
		Seconds   int64     `ch:"seconds"`
	}
	key := StateKey{}
	if after != nil {
		key = *after
	}
	rows, err := ask[row](ctx, db, "for the units behind the time to adopt", timeToAdoptUnitsSQL, q.unitArgs(after != nil, key, most))
	return answers(rows, func(r *row) WaitRow {
		return WaitRow{
			r.Repo, r.Component, metrics.TeamKey(r.Team), metrics.PathKey(r.Path), r.Clock, r.Adopted, inDays(r.Seconds),
		}
	}), err
}
