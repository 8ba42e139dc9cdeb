package query

import (
	"context"
	_ "embed"

	"github.com/trodden/trodden/metrics"
)

//go:embed unknown.sql
var unknownSQL string

// UnknownRow says of how many units on paths the state is unknown for a reason.
type UnknownRow struct {
	Reason metrics.Reason `json:"reason"`
	N      int            `json:"n"`
}

// Unknown returns why states are unknown, the most frequent reason first: at AsOf, on Path, of Team and Group. States lists them.
func Unknown(ctx context.Context, db DB, q StatesQuestion) ([]UnknownRow, error) {
	type row struct {
		Reason string `ch:"reason"`
		N      uint64 `ch:"n"`
	}
	args := map[string]any{"path": string(q.Path), "team": string(q.Team), "group": q.Group, "at": moment(q.AsOf)}
	rows, err := ask[row](ctx, db, "what is unknown", unknownSQL, args)
	return answers(rows, func(r *row) UnknownRow { return UnknownRow{metrics.Reason(r.Reason), int(r.N)} }), err
}
