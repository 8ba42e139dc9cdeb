package query_test

import (
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

func askFragmentation(w *world, db *clickhouse.DB, l line) (any, error) {
	q := query.AdoptionQuestion{
		Path: metrics.PathKey(l.named["path"]), Team: metrics.TeamKey(l.named["team"]), Group: l.named["group"],
		AsOf: l.moment("as_of"), From: l.moment("from"), To: l.moment("to"),
	}
	var err error
	if q.Interval, err = query.ParseInterval(l.named["interval"]); err != nil {
		return nil, err
	}
	return query.Fragmentation(w.t.Context(), db, q)
}
