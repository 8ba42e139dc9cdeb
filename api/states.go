package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// readState reads the name of a state; 0 where none is given.
func readState(p *params) metrics.State {
	names := []string{""}
	for _, s := range metrics.States() {
		names = append(names, s.String())
	}
	name := p.oneOf("state", names...)
	state, _ := metrics.ParseState(name) // 0 for none, and for what oneOf has noted
	return state
}

// readOrigin reads the name of an origin; 0 where none is given.
func readOrigin(p *params) metrics.Origin {
	names := []string{""}
	for _, o := range metrics.Origins() {
		names = append(names, o.String())
	}
	origin, _ := metrics.ParseOrigin(p.oneOf("origin", names...)) // 0 as above
	return origin
}

// readRuns reads which of the units are asked for by whether their pipeline runs; "" where all are.
func readRuns(p *params) string {
	names := []string{"", query.RunsKnown}
	for _, a := range metrics.Activations() {
		names = append(names, a.String())
	}
	return p.oneOf("runs", names...)
}

// readWithout reads what the rows of a list are without.
func readWithout(p *params) query.By { return query.By(p.oneOf("without", query.Labels()...)) }

func (s *Server) getStates(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams(
		"path", "team", "group", "state", "origin", "way", "active", "choice", "voluntary", "runs", "version", "lag", "only", "without", "reason", "as_of",
	)...)
	q := query.StatesQuestion{
		State: readState(p), Origin: readOrigin(p), Version: p.text("version"), Runs: readRuns(p),
		Lag:     p.oneOf("lag", query.SelectionNames(query.LagSelections())...),
		Only:    p.oneOf("only", query.SelectionNames(query.StateSelections())...),
		Without: readWithout(p),
		Reason:  metrics.Reason(p.oneOf("reason", append([]string{""}, texts(query.StateReasons())...)...)),
		Active:  p.truth("active"), Choice: p.truth("choice"), Voluntary: p.truth("voluntary"),
	}
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	ctx := c.Request().Context()
	q.AsOf = v.asOf
	if q.Path, q.Team, q.Group, err = s.knownFilters(ctx, p); err != nil {
		return err
	}
	if q.Way, err = s.knownWay(ctx, q.Path, p.text("way")); err != nil {
		return err
	}
	return answer(c, v, list[query.StateRow, query.StateKey]{
		key: query.StateRow.Key,
		ask: func(ctx context.Context, after *query.StateKey, limit int) ([]query.StateRow, error) {
			q.After, q.Limit = after, limit
			return query.States(ctx, s.db, q)
		},
	})
}
