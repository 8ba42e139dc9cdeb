package query

import (
	"context"
	_ "embed"

	"github.com/trodden/trodden/metrics"
)

//go:embed activation.sql
var activationSQL string

// activatedRow is a row of activation.sql.
type activatedRow struct {
	Path  string `ch:"path"`
	Label string `ch:"label"`
	Ran   uint64 `ch:"ran"`
	Units uint64 `ch:"units"`
}

// activated is the share of the units configured to go a path whose pipeline ran within 28 days (see
// metrics.Activation), of all paths together. Where no runs are known it is not measured.
func activated(ctx context.Context, db DB, k metrics.KeyResult, moments []metrics.Instant) ([]measured, error) {
	rows, err := ask[activatedRow](ctx, db, "what runs", activationSQL, map[string]any{
		"path": string(k.Path), "team": string(k.Team), "group": k.Group, "by": "", "at": moment(moments[0]),
	})
	num, den := 0, 0
	for _, row := range rows {
		num, den = num+int(row.Ran), den+int(row.Units)
	}
	return []measured{measuredRate(NewRate(num, den, metrics.ReasonNotMeasured))}, err
}
