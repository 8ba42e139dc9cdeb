package api

import (
	"cmp"
	"context"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// readEvents reads the time for which events are asked.
func readEvents(p *params, now metrics.Instant) query.EventsQuestion {
	q := query.EventsQuestion{From: p.instant("from", 0), To: p.instant("to", 0)}
	if end := cmp.Or(q.To, now+1); q.From >= end {
		p.wrong("from", "%s is not before to, %s", q.From, end)
	}
	return q
}

func (s *Server) getEvents(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("path", "repo", "from", "to")...)
	q := readEvents(p, s.instant())
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	ctx := c.Request().Context()
	q.To = cmp.Or(q.To, v.asOf+1) // what happened in this second has happened; a mandate of next month has not
	if q.Path, err = s.knownPath(ctx, p.text("path")); err != nil {
		return err
	}
	u, err := s.knownUnit(ctx, p.text("repo"))
	if err != nil {
		return err
	}
	q.Repo, q.Unit = u.id, u.single
	return answer(c, v, list[query.EventRow, query.EventKey]{
		key: query.EventRow.Key,
		ask: func(ctx context.Context, after *query.EventKey, limit int) ([]query.EventRow, error) {
			q.After, q.Limit = after, limit
			return query.Events(ctx, s.db, q)
		},
	})
}
