package api

import (
	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics/query"
)

func (s *Server) getFragmentation(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("path", "team", "group", "from", "to", "interval", "as_of")...)
	q := readAdoption(p, s.instant())
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	q.AsOf, q.To = v.asOf, v.end(q.To)
	if q.Path, q.Team, q.Group, err = s.knownFilters(c.Request().Context(), p); err != nil {
		return err
	}
	return answer(c, v, once(s, q, query.Fragmentation, func(r query.FragmentationRow) adoptionKey {
		return adoptionKey{Period: r.Period, Path: r.Path}
	}))
}
