package query_test

import (
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

func cohortQuestion(l line) query.CohortQuestion {
	return query.CohortQuestion{
		Path: metrics.PathKey(l.named["path"]), Team: metrics.TeamKey(l.named["team"]), Group: l.named["group"],
		From: l.moment("from"), To: l.moment("to"), AsOf: l.moment("as_of"),
	}
}

func askRetention(w *world, db *clickhouse.DB, l line) (any, error) {
	return query.Retention(w.t.Context(), db, cohortQuestion(l))
}

func askTimeToAdopt(w *world, db *clickhouse.DB, l line) (any, error) {
	return query.TimeToAdopt(w.t.Context(), db, cohortQuestion(l))
}
