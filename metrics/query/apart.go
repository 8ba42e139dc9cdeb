package query

import (
	"context"
	_ "embed"
)

//go:embed apart.sql
var apartSQL string

// Apart returns the newest names of the repositories that several sources have at different heads, of which the newest
// counts: a clone that nobody fetches, say, beside its host.
func Apart(ctx context.Context, db DB) ([]string, error) {
	type row struct {
		Repo string `ch:"repo"`
	}
	rows, err := ask[row](ctx, db, "for repositories at different heads", apartSQL, nil)
	return answers(rows, func(r *row) string { return r.Repo }), err
}
