package query

import (
	"context"
	_ "embed"

	"github.com/trodden/trodden/metrics"
)

//go:embed warnings.sql
var warningsSQL string

// WarningRow is a file that could not be understood.
type WarningRow struct {
	Repo    string `json:"repo"`   // newest name
	File    string `json:"file"`   // "": of the whole repository its sources have different heads
	Line    int    `json:"line"`   // counted from 1; 0: the file as a whole
	Column  int    `json:"column"` // likewise
	Message string `json:"message"`
}

// Warnings returns the files that could not be understood, of one repository or of all (0), by position: the
// first so many, or all where most is 0.
func Warnings(ctx context.Context, db DB, repo metrics.RepoID, most int) ([]WarningRow, error) {
	type row struct {
		Repo    string `ch:"repo"`
		File    string `ch:"file"`
		Line    uint32 `ch:"line"`
		Column  uint32 `ch:"column"`
		Message string `ch:"message"`
	}
	args := map[string]any{"repo": uint64(repo), "limit": limit(most)}
	rows, err := ask[row](ctx, db, "for warnings", warningsSQL, args)
	return answers(rows, func(r *row) WarningRow {
		return WarningRow{r.Repo, r.File, int(r.Line), int(r.Column), r.Message}
	}), err
}
