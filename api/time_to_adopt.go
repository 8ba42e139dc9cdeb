package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func (s *Server) getTimeToAdopt(c echo.Context) error {
	p := parseCohort(c, "came", "without")
	units := query.WaitsQuestion{Came: p.oneOf("came", query.SelectionNames(query.WaitOutcomes())...), Without: readWithout(p)}
	q, v, err := s.askAboutCohort(c, p)
	if err != nil || v.done {
		return err
	}
	if q.ofUnits {
		return answer(c, v, list[query.WaitRow, query.StateKey]{
			key: query.WaitRow.Key,
			ask: func(ctx context.Context, after *query.StateKey, limit int) ([]query.WaitRow, error) {
				units.CohortQuestion, units.After, units.Limit = q.CohortQuestion, after, limit
				return query.Waits(ctx, s.db, units)
			},
		})
	}
	rows, err := query.TimeToAdopt(c.Request().Context(), s.db, q.CohortQuestion)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.TimeToAdoptRow) metrics.PathKey { return r.Path }))
}
