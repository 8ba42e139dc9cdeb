package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

//go:embed retention_units.sql
var retentionUnitsSQL string

// StayKey is what stays are ordered by.
type StayKey struct {
	StateKey
	From metrics.Instant `json:"from"`
}

// StaysQuestion says which stays are asked for. The zero value of a filter is no filter.
type StaysQuestion struct {
	CohortQuestion
	Manner  string   // one of StayManners
	Outcome string   // one of StayOutcomes
	Without By       // one of Labels
	After   *StayKey // the rows that follow this one
	Limit   int      // at most so many; 0: all
}

// StayRow is a stay behind retention.
type StayRow struct {
	Repo      string          `json:"repo"` // newest name
	Component string          `json:"component"`
	Team      metrics.TeamKey `json:"team"` // when it began
	Path      metrics.PathKey `json:"path"`
	Origin    metrics.Origin  `json:"origin"`
	From      time.Time       `json:"from"`
	Days      float64         `json:"days"`     // that it is known to have lasted
	Left      bool            `json:"left"`     // for at least leave_after; else it goes on, or was not followed any more
	Returned  bool            `json:"returned"` // left, and came back
	Change    *string         `json:"change"`   // the commit that began it
}

// Key returns where the row stands in the order of stays.
func (r StayRow) Key() StayKey {
	return StayKey{StateKey{r.Repo, r.Component, r.Path}, metrics.At(r.From)}
}

// StillThere returns the share of some stays that last for so many days, as Retention estimates it; false where that is not known.
func StillThere(stays []StayRow, days float64) (share float64, known bool) {
	held := make([]stats.Lifetime, len(stays))
	for i, s := range stays {
		held[i] = stats.Lifetime{Days: s.Days, Ended: s.Left}
	}
	p, known := stats.KaplanMeier(held).At(days)
	return p.S, known
}

// Stays returns the stays that retention counts, by repository, component, path and begin.
func Stays(ctx context.Context, db DB, q StaysQuestion) ([]StayRow, error) {
	began, err := selected(StayManners(), q.Manner)
	if err != nil {
		return nil, err
	}
	became, err := selected(StayOutcomes(), q.Outcome)
	if err != nil {
		return nil, err
	}
	bare, err := without(ctx, db, q.Without)
	if err != nil {
		return nil, err
	}
	return picked(q.After, q.Limit, StayRow.Key, func(after *StayKey, most int) ([]StayRow, error) {
		return q.stays(ctx, db, after, most)
	}, both(both(began, became), owned(bare, func(r StayRow) metrics.TeamKey { return r.Team })))
}

// stays asks for stays, however they began and whatever became of them.
func (q CohortQuestion) stays(ctx context.Context, db DB, after *StayKey, most int) ([]StayRow, error) {
	type row struct {
		Repo      string    `ch:"repo"`
		Component string    `ch:"component"`
		Team      string    `ch:"team"`
		Path      string    `ch:"path"`
		Origin    uint8     `ch:"origin"`
		Begins    time.Time `ch:"begins"`
		Left      bool      `ch:"is_left"`
		Returned  bool      `ch:"returned"`
		Seconds   int64     `ch:"seconds"`
		Change    string    `ch:"change"`
	}
	key := StayKey{}
	if after != nil {
		key = *after
	}
	args := q.unitArgs(after != nil, key.StateKey, most)
	args["after_begins"] = moment(key.From)
	rows, err := ask[row](ctx, db, "for the stays behind retention", retentionUnitsSQL, args)
	return answers(rows, func(r *row) StayRow {
		return StayRow{
			r.Repo, r.Component, metrics.TeamKey(r.Team), metrics.PathKey(r.Path), metrics.Origin(r.Origin),
			r.Begins, inDays(r.Seconds), r.Left, r.Returned, object(r.Change),
		}
	}), err
}
