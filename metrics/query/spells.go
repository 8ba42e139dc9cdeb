package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed spells.sql
var spellsSQL string

// SpellRow is an unbroken stay of a unit on a path.
type SpellRow struct {
	Path    metrics.PathKey `json:"path"`
	From    time.Time       `json:"from"`
	Until   *time.Time      `json:"until"`   // null while it lasts
	Outcome string          `json:"outcome"` // running, left or censored
	Known   bool            `json:"known"`   // its begin was seen
	Choice  bool            `json:"choice"`  // there was a choice when it began
	Origin  metrics.Origin  `json:"origin"`
	Team    metrics.TeamKey `json:"team"`
	Commit  *string         `json:"commit"` // landed it on the default branch
	Change  *string         `json:"change"` // the authored commit
}

// Spells returns the stays of one unit up to a moment, on one path or on all (""), by path and begin. A stay
// that ended later was running then.
func Spells(ctx context.Context, db DB, unit metrics.Unit, path metrics.PathKey, at metrics.Instant) ([]SpellRow, error) {
	type row struct {
		Path    string     `ch:"path"`
		Begins  time.Time  `ch:"begins"`
		Lasts   bool       `ch:"lasts"`
		Ends    *time.Time `ch:"ends"`
		Outcome uint8      `ch:"outcome"`
		Known   bool       `ch:"known"`
		Choice  bool       `ch:"choice"`
		Origin  uint8      `ch:"origin"`
		Team    string     `ch:"team"`
		Commit  string     `ch:"commit"`
		Change  string     `ch:"change"`
	}
	outcomes := map[metrics.Outcome]string{metrics.Running: "running", metrics.LeftPath: "left", metrics.Censored: "censored"}
	rows, err := ask[row](ctx, db, "for spells", spellsSQL, unitArgs(0, &unit, map[string]any{"path": string(path), "at": moment(at)}))
	return answers(rows, func(r *row) SpellRow {
		if r.Lasts {
			r.Outcome = uint8(metrics.Running)
		}
		return SpellRow{
			Path: metrics.PathKey(r.Path), From: r.Begins, Until: r.Ends, Outcome: outcomes[metrics.Outcome(r.Outcome)],
			Known: r.Known, Choice: r.Choice, Origin: metrics.Origin(r.Origin), Team: metrics.TeamKey(r.Team),
			Commit: object(r.Commit), Change: object(r.Change),
		}
	}), err
}
