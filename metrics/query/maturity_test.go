package query_test

import (
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

func askMaturity(w *world, db *clickhouse.DB, l line) (any, error) {
	return query.Maturity(w.t.Context(), db, query.MaturityQuestion{
		Path: metrics.PathKey(l.named["path"]), Team: metrics.TeamKey(l.named["team"]), Group: l.named["group"], AsOf: l.moment("as_of"),
	})
}
