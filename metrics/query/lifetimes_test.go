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

// askStays gathers all pages.
func askStays(w *world, db *clickhouse.DB, l line) (any, error) {
	return pages(l.number("limit"), query.StayRow.Key, func(after *query.StayKey, most int) ([]query.StayRow, error) {
		return query.Stays(w.t.Context(), db, query.StaysQuestion{CohortQuestion: cohortQuestion(l), Manner: l.named["manner"], Outcome: l.named["outcome"], After: after, Limit: most})
	})
}

// askWaits does, too.
func askWaits(w *world, db *clickhouse.DB, l line) (any, error) {
	return pages(l.number("limit"), query.WaitRow.Key, func(after *query.StateKey, most int) ([]query.WaitRow, error) {
		return query.Waits(w.t.Context(), db, query.WaitsQuestion{CohortQuestion: cohortQuestion(l), Came: l.named["came"], After: after, Limit: most})
	})
}

// pages asks for one page after the other, until one is not full.
func pages[R, K any](most int, key func(R) K, ask func(after *K, most int) ([]R, error)) ([]R, error) {
	var all []R
	var after *K
	for {
		page, err := ask(after, most)
		if all = append(all, page...); err != nil || most == 0 || len(page) < most {
			return all, err
		}
		last := key(page[len(page)-1])
		after = &last
	}
}
