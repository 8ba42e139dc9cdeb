package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed time_to_adopt_units.sql
var timeToAdoptUnitsSQL string

// WaitsQuestion says which units are asked for. The zero value of a filter is no filter.
type WaitsQuestion struct {
	CohortQuestion
	Came    string    // one of WaitOutcomes
	Without By        // one of Labels
	After   *StateKey // the rows that follow this one
	Limit   int       // at most so many; 0: all
}

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

// Waits returns the units that the time to adopt counts, by repository, component and path.
func Waits(ctx context.Context, db DB, q WaitsQuestion) ([]WaitRow, error) {
	came, err := selected(WaitOutcomes(), q.Came)
	if err != nil {
		return nil, err
	}
	bare, err := without(ctx, db, q.Without)
	if err != nil {
		return nil, err
	}
	return picked(q.After, q.Limit, WaitRow.Key, func(after *StateKey, most int) ([]WaitRow, error) {
		return q.waits(ctx, db, after, most)
	}, both(came, owned(bare, func(r WaitRow) metrics.TeamKey { return r.Team })))
}

// waits asks for the units, be they on the path or not.
func (q CohortQuestion) waits(ctx context.Context, db DB, after *StateKey, most int) ([]WaitRow, error) {
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
