package query_test

import (
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

func (l line) flowsQuestion() query.FlowsQuestion {
	return query.FlowsQuestion{
		Path: metrics.PathKey(l.named["path"]), Team: metrics.TeamKey(l.named["team"]), Group: l.named["group"],
		From: l.moment("from"), To: l.moment("to"), Limit: l.number("limit"),
	}
}

func askFlows(w *world, db *clickhouse.DB, l line) (any, error) {
	return query.Flows(w.t.Context(), db, l.flowsQuestion())
}

func askFlowsUnits(w *world, db *clickhouse.DB, l line) (any, error) {
	return query.FlowsUnits(w.t.Context(), db, l.flowsQuestion())
}

// askFlowsUnitsPaged gathers all pages.
func askFlowsUnitsPaged(w *world, db *clickhouse.DB, l line) (any, error) {
	q := l.flowsQuestion()
	var keys []query.StateKey
	for {
		rows, err := query.FlowsUnits(w.t.Context(), db, q)
		if err != nil || len(rows) == 0 {
			return keys, err
		}
		for _, row := range rows {
			keys = append(keys, row.Key())
		}
		q.After = &keys[len(keys)-1]
	}
}
