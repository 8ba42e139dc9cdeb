package api

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// frictionMeasures are the values of the parameter measure; none asks for all.
func frictionMeasures() []string {
	list := []string{""}
	for _, m := range query.FrictionMeasures() {
		list = append(list, string(m))
	}
	return list
}

// readFriction reads what friction is asked for. Single repositories are only behind the times that begin with one.
func readFriction(p *params) (q query.FrictionQuestion, units bool) {
	q = query.FrictionQuestion{CohortQuestion: readCohort(p), Measure: query.FrictionMeasure(p.oneOf("measure", frictionMeasures()...))}
	units = p.oneOf("detail", "", ofUnits) == ofUnits
	if units && !slices.Contains([]query.FrictionMeasure{"", query.ScaffoldLead, query.DeployLead}, q.Measure) {
		p.wrong("detail", "measure %s has no units to list, expected %s or %s", q.Measure, query.ScaffoldLead, query.DeployLead)
	}
	return q, units
}

func (s *Server) getFriction(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("measure", "path", "team", "group", "from", "to", "detail", "as_of")...)
	q, units := readFriction(p)
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	ctx := c.Request().Context()
	q.AsOf = v.asOf
	if q.Path, q.Team, q.Group, err = s.knownFilters(ctx, p); err != nil {
		return err
	}
	if units {
		return answer(c, v, list[query.LeadRow, query.LeadKey]{
			key: query.LeadRow.Key,
			ask: func(ctx context.Context, after *query.LeadKey, limit int) ([]query.LeadRow, error) {
				return query.Leads(ctx, s.db, q, after, limit)
			},
		})
	}
	rows, err := query.Friction(ctx, s.db, q)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, keyOfFriction))
}

// frictionKey tells the rows of an answer apart.
type frictionKey struct {
	Path    metrics.PathKey       `json:"path"`
	Measure query.FrictionMeasure `json:"measure"`
	Group   query.FrictionGroup   `json:"group"`
}

func keyOfFriction(r query.FrictionRow) frictionKey { return frictionKey{r.Path, r.Measure, r.Group} }
