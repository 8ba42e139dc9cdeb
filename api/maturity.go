package api

import (
	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func (s *Server) getMaturity(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("path", "team", "group", "as_of")...)
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	q := query.MaturityQuestion{AsOf: v.asOf}
	if q.Path, q.Team, q.Group, err = s.knownFilters(c.Request().Context(), p); err != nil {
		return err
	}
	rows, err := query.Maturity(c.Request().Context(), s.db, q)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.MaturityRow) metrics.PathKey { return r.Path }))
}
