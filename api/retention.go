package api

import (
	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// readCohort reads between which moments times begin that are asked for.
func readCohort(p *params) query.CohortQuestion {
	q := query.CohortQuestion{From: p.instant("from", 0), To: p.instant("to", 0)}
	if q.To != 0 && q.From >= q.To {
		p.wrong("from", "%s is not before to, %s", q.From, q.To)
	}
	return q
}

// askAboutCohort reads a question about times; where it was answered already, the view is done.
func (s *Server) askAboutCohort(c echo.Context) (q query.CohortQuestion, v view, err error) {
	p := parseParams(c.Request().URL.RawQuery, listParams("path", "team", "group", "from", "to", "as_of")...)
	q = readCohort(p)
	if v, err = s.view(c, p, keep); err != nil || v.done {
		return q, v, err
	}
	q.AsOf = v.asOf
	q.Path, q.Team, q.Group, err = s.knownFilters(c.Request().Context(), p)
	return q, v, err
}

func (s *Server) getRetention(c echo.Context) error {
	q, v, err := s.askAboutCohort(c)
	if err != nil || v.done {
		return err
	}
	rows, err := query.Retention(c.Request().Context(), s.db, q)
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
