package api

import (
	"cmp"
	"context"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// readDecisions reads the time for which decisions are asked.
func readDecisions(p *params, now metrics.Instant) query.DecisionsQuestion {
	q := query.DecisionsQuestion{From: p.instant("from", 0), To: p.instant("to", 0)}
	p.endsByAsOf()
	if end := cmp.Or(q.To, p.instant("as_of", now)+1); q.From >= end {
		p.wrong("from", "%s is not before to, %s", q.From, end)
	}
	return q
}

func (s *Server) getDecisions(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("path", "team", "group", "from", "to", "only", "as_of")...)
	q := readDecisions(p, s.instant())
	q.Only = p.oneOf("only", query.SelectionNames(query.DecisionSelections())...)
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	q.AsOf = v.asOf
	if q.Path, q.Team, q.Group, err = s.knownFilters(c.Request().Context(), p); err != nil {
		return err
	}
	return answer(c, v, list[query.DecisionRow, query.DecisionKey]{
		key: query.DecisionRow.Key,
		ask: func(ctx context.Context, after *query.DecisionKey, limit int) ([]query.DecisionRow, error) {
			q.After, q.Limit = after, limit
			return query.Decisions(ctx, s.db, q)
		},
	})
}

func (s *Server) getVoluntaryFlow(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("path", "team", "group", "from", "to", "interval", "as_of")...)
	q := query.FlowQuestion{
		DecisionsQuestion: readDecisions(p, s.instant()),
		Interval:          query.Interval(p.oneOf("interval", append([]string{""}, texts(query.Intervals())...)...)),
	}
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	ctx := c.Request().Context()
	q.AsOf, q.To = v.asOf, v.end(q.To)
	if q.Path, q.Team, q.Group, err = s.knownFilters(ctx, p); err != nil {
		return err
	}
	rows, err := query.VoluntaryFlow(ctx, s.db, q)
	if err != nil {
		return hinted(err, "ask for a shorter series, or a longer interval")
	}
	return answer(c, v, whole(rows, func(r query.FlowRow) adoptionKey { return adoptionKey{Period: r.Period, Path: r.Path} }))
}
