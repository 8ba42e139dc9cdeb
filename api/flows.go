package api

import (
	"cmp"
	"context"
	"fmt"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// ofUnits is the detail that asks for the units behind flows.
const ofUnits = "units"

// readFlows reads the two moments between which flows are asked.
func readFlows(p *params, now metrics.Instant) query.FlowsQuestion {
	p.required("from", "2026-01-01")
	q := query.FlowsQuestion{From: p.instant("from", 0), To: p.instant("to", 0)}
	p.endsByAsOf()
	if q.To > now+clockSkew {
		p.wrong("to", "%s is in the future: nothing can be told of it yet", q.To)
	}
	if end := cmp.Or(q.To, p.instant("as_of", now)); q.From >= end {
		p.wrong("from", "%s is not before to, %s", q.From, end)
	}
	return q
}

func (s *Server) getFlows(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("path", "team", "group", "from", "to", "detail", "was", "became", "moved", "as_of")...)
	q := readFlows(p, s.instant())
	for _, end := range []string{"was", "became"} {
		if _, err := query.ParseFlowEnd(p.text(end)); err != nil && p.has(end) {
			p.wrong(end, "%q is no end of a flow, expected a state, inactive or absent, a colon and ways, such as off:circleci", p.text(end))
		}
	}
	detail := p.oneOf("detail", "", ofUnits)
	p.ofLists(detail != "", "was", "became", "moved")
	q.Was, q.Became, q.Moved = p.text("was"), p.text("became"), p.oneOf("moved", query.SelectionNames(query.Moves())...)
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	ctx := c.Request().Context()
	q.To = cmp.Or(q.To, v.asOf)
	if q.Path, q.Team, q.Group, err = s.knownFilters(ctx, p); err != nil {
		return err
	}
	if detail == ofUnits {
		return answer(c, v, list[query.FlowsUnitRow, query.StateKey]{
			key: query.FlowsUnitRow.Key,
			ask: func(ctx context.Context, after *query.StateKey, limit int) ([]query.FlowsUnitRow, error) {
				q.After, q.Limit = after, limit
				return query.FlowsUnits(ctx, s.db, q)
			},
		})
	}
	rows, err := query.Flows(ctx, s.db, q)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, keyOfFlow))
}

// keyOfFlow tells the flows of an answer apart.
func keyOfFlow(r query.FlowsRow) string {
	return fmt.Sprintf("%q", []any{r.Path, r.From, r.FromState, r.To, r.ToState})
}
