package api

import (
	"cmp"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func (s *Server) getChanges(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("path", "team", "group", "from", "to", "as_of")...)
	q := readFlows(p, s.instant())
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	ctx := c.Request().Context()
	q.To = cmp.Or(q.To, v.asOf)
	if q.Path, q.Team, q.Group, err = s.knownFilters(ctx, p); err != nil {
		return err
	}
	rows, err := query.Changes(ctx, s.db, q)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.ChangesRow) metrics.PathKey { return r.Path }))
}
