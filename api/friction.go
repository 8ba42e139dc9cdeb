package api

import (
	"context"

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

// ofRuns asks for single runs.
const ofRuns = "runs"

// readFriction reads what friction is asked for; detail is "" for its figures, else which list behind them.
func readFriction(p *params) (q query.FrictionListQuestion, detail string) {
	q.CohortQuestion, q.Measure = readCohort(p), query.FrictionMeasure(p.oneOf("measure", frictionMeasures()...))
	detail = p.oneOf("detail", "", ofUnits, ofRuns)
	q.Side = query.FrictionGroup(p.oneOf("side", append([]string{""}, texts(q.Measure.Sides())...)...))
	switch {
	case detail == ofUnits && q.Measure == query.TenthPull:
		p.wrong("detail", "measure %s has no list, as it would tell of single people", q.Measure)
	case detail == ofRuns && q.Measure != query.Pipelines:
		p.wrong("detail", "runs are listed of measure %s only", query.Pipelines)
	}
	q.Work = metrics.Work(p.oneOf("work", "", string(metrics.Upkeep), string(metrics.Improvement), string(metrics.Unclassified)))
	if q.Work != "" && q.Measure != query.Maintenance {
		p.wrong("work", "is what changes of measure %s were for", query.Maintenance)
	}
	p.ofLists(detail != "", "side", "repo", "work")
	return q, detail
}

func (s *Server) getFriction(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("measure", "path", "team", "group", "from", "to", "detail", "side", "repo", "work", "as_of")...)
	q, detail := readFriction(p)
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	ctx := c.Request().Context()
	q.AsOf = v.asOf
	if q.Path, q.Team, q.Group, err = s.knownFilters(ctx, p); err != nil {
		return err
	}
	u, err := s.knownUnit(ctx, p.text("repo"))
	if err != nil {
		return err
	}
	q.Repo = u.id
	switch {
	case detail == "":
		return s.answerFriction(c, v, q.FrictionQuestion)
	case detail == ofRuns:
		return answer(c, v, frictionList(s.db, q, query.Runs))
	case q.Measure == query.Pipelines:
		return answer(c, v, frictionList(s.db, q, query.PipelineUnits))
	case q.Measure == query.Recovery:
		return answer(c, v, frictionList(s.db, q, query.Reds))
	case q.Measure == query.Maintenance:
		return answer(c, v, frictionList(s.db, q, query.UpkeepUnits))
	}
	return answer(c, v, frictionList(s.db, q, query.Leads))
}

// frictionList is one of the lists behind friction.
func frictionList[R interface{ Key() query.FrictionKey }](db query.DB, q query.FrictionListQuestion,
	ask func(context.Context, query.DB, query.FrictionListQuestion, *query.FrictionKey, int) ([]R, error)) list[R, query.FrictionKey] {
	return list[R, query.FrictionKey]{
		key: R.Key,
		ask: func(ctx context.Context, after *query.FrictionKey, limit int) ([]R, error) {
			return ask(ctx, db, q, after, limit)
		},
	}
}

// answerFriction answers with the figures.
func (s *Server) answerFriction(c echo.Context, v view, q query.FrictionQuestion) error {
	rows, err := query.Friction(c.Request().Context(), s.db, q)
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
