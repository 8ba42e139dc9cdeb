package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/carry_spans.sql
	carrySpansSQL string
	//go:embed sql/carry_events.sql
	carryEventsSQL string
	//go:embed sql/carry_spells.sql
	carrySpellsSQL string
	//go:embed sql/carry_decisions.sql
	carryDecisionsSQL string
	//go:embed sql/carry_contributions.sql
	carryContributionsSQL string
)

// CarryOver writes under a new generation what is in force of repositories about paths, as if it were concluded
// anew. Like conclusions, it must be written once in a generation, and before that is published.
func (db *DB) CarryOver(ctx context.Context, g Generation, repos []metrics.RepoID, paths []metrics.PathKey) error {
	if len(repos) == 0 || len(paths) == 0 {
		return nil
	}
	args := selection{repos: repos}.args()
	args["generation"] = uint64(g)
	args["paths"] = pick(paths, func(p *metrics.PathKey) string { return string(*p) })
	for _, sql := range []string{carrySpansSQL, carryEventsSQL, carrySpellsSQL, carryDecisionsSQL, carryContributionsSQL} {
		if err := db.Exec(ctx, sql, args); err != nil {
			return fmt.Errorf("carry over %d paths of %d repositories: %w", len(paths), len(repos), err)
		}
	}
	return nil
}
