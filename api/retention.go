package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// readCohort reads between which moments times begin that are asked for.
func readCohort(p *params) query.CohortQuestion {
	q := query.CohortQuestion{From: p.instant("from", 0), To: p.instant("to", 0)}
	p.endsByAsOf()
	if q.To != 0 && q.From >= q.To {
		p.wrong("from", "%s is not before to, %s", q.From, q.To)
	}
	return q
}

// cohort is a question about times, and whether those themselves are asked for.
type cohort struct {
	query.CohortQuestion
	ofUnits bool
}

// parseCohort reads the parameters of a question about times, and those that narrow the list behind it down.
func parseCohort(c echo.Context, narrowing ...string) *params {
	known := append([]string{"path", "team", "group", "from", "to", "detail"}, narrowing...)
	p := parseParams(c.Request().URL.RawQuery, listParams(append(known, "as_of")...)...)
	p.ofLists(p.has("detail"), narrowing...)
	return p
}

// askAboutCohort reads a question about times; where it was answered already, the view is done.
func (s *Server) askAboutCohort(c echo.Context, p *params) (q cohort, v view, err error) {
	q = cohort{readCohort(p), p.oneOf("detail", "", ofUnits) == ofUnits}
	if v, err = s.view(c, p, keep); err != nil || v.done {
		return q, v, err
	}
	q.AsOf = v.asOf
	q.Path, q.Team, q.Group, err = s.knownFilters(c.Request().Context(), p)
	return q, v, err
}

func (s *Server) getRetention(c echo.Context) error {
	p := parseCohort(c, "manner", "outcome", "without")
	units := query.StaysQuestion{Manner: p.oneOf("manner", query.SelectionNames(query.StayManners())...),
		Outcome: p.oneOf("outcome", query.SelectionNames(query.StayOutcomes())...), Without: readWithout(p)}
	q, v, err := s.askAboutCohort(c, p)
	if err != nil || v.done {
		return err
	}
	if q.ofUnits {
		return answer(c, v, list[query.StayRow, query.StayKey]{
			key: query.StayRow.Key,
			ask: func(ctx context.Context, after *query.StayKey, limit int) ([]query.StayRow, error) {
				units.CohortQuestion, units.After, units.Limit = q.CohortQuestion, after, limit
				return query.Stays(ctx, s.db, units)
			},
		})
	}
	rows, err := query.Retention(c.Request().Context(), s.db, q.CohortQuestion)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, keyOfRetention))
}

// retentionKey tells the rows of an answer apart.
type retentionKey struct {
	Path   metrics.PathKey `json:"path"`
	Origin query.Manner    `json:"origin"`
}

func keyOfRetention(r query.RetentionRow) retentionKey { return retentionKey{r.Path, r.Origin} }
