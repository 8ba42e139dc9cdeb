package query_test

import (
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

func decisionsQuestion(l line) query.DecisionsQuestion {
	return query.DecisionsQuestion{
		Path: metrics.PathKey(l.named["path"]), Team: metrics.TeamKey(l.named["team"]), Group: l.named["group"],
		AsOf: l.moment("as_of"), From: l.moment("from"), To: l.moment("to"), Limit: l.number("limit"),
	}
}

// askDecisions returns all rows, page by page where there is a limit.
func askDecisions(w *world, db *clickhouse.DB, l line) (any, error) {
	q := decisionsQuestion(l)
	all := []query.DecisionRow{}
	for {
		rows, err := query.Decisions(w.t.Context(), db, q)
		all = append(all, rows...)
		if err != nil || q.Limit == 0 || len(rows) == 0 {
			return all, err
		}
		key := rows[len(rows)-1].Key()
		q.After = &key
	}
}

func askVoluntaryFlow(w *world, db *clickhouse.DB, l line) (any, error) {
	interval, err := query.ParseInterval(l.named["interval"])
	if err != nil {
		return nil, err
	}
	return query.VoluntaryFlow(w.t.Context(), db, query.FlowQuestion{DecisionsQuestion: decisionsQuestion(l), Interval: interval})
}
