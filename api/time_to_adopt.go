package api

import (
	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func (s *Server) getTimeToAdopt(c echo.Context) error {
	q, v, err := s.askAboutCohort(c)
	if err != nil || v.done {
		return err
	}
	rows, err := query.TimeToAdopt(c.Request().Context(), s.db, q)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.TimeToAdoptRow) metrics.PathKey { return r.Path }))
}
