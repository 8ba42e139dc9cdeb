package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed ownership.sql
var ownershipSQL string

// OwnershipQuestion says whose owners are asked for.
type OwnershipQuestion struct {
	Repo metrics.RepoID
	Unit *metrics.Unit   // this one alone, in place of all units of Repo
	AsOf metrics.Instant // what came later is not told
}

// OwnershipRow says that a team owned a unit for a time, and who says so.
type OwnershipRow struct {
	Component string              `json:"component"`
	Team      metrics.TeamKey     `json:"team"`
	From      *time.Time          `json:"from"`  // null where it was so from the beginning
	Until     *time.Time          `json:"until"` // null while it lasts
	Source    metrics.OwnerSource `json:"source"`
}

// Ownership returns who owned the units of a repository up to a moment, by component and begin.
func Ownership(ctx context.Context, db DB, q OwnershipQuestion) ([]OwnershipRow, error) {
	type row struct {
		Component string     `ch:"component"`
		Team      string     `ch:"team"`
		Begins    time.Time  `ch:"begins"`
		Ends      *time.Time `ch:"ends"`
		Source    string     `ch:"source"`
	}
	rows, err := ask[row](ctx, db, "for owners", ownershipSQL, unitArgs(q.Repo, q.Unit, map[string]any{"at": moment(q.AsOf)}))
	return answers(rows, func(r *row) OwnershipRow {
		return OwnershipRow{r.Component, metrics.TeamKey(r.Team), known(r.Begins), r.Ends, metrics.OwnerSource(r.Source)}
	}), err
}
