package api

import (
	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// byVersion is what lag is given for where nothing else is asked: a row a path and version.
const byVersion = "version"

func (s *Server) getLag(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("path", "team", "group", "by", "as_of")...)
	by := p.oneOf("by", "", byVersion, string(query.ByPath))
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	ctx := c.Request().Context()
	q := query.LagQuestion{AsOf: v.asOf}
	if q.Path, q.Team, q.Group, err = s.knownFilters(ctx, p); err != nil {
		return err
	}
	if by == string(query.ByPath) {
		rows, err := query.LagByPath(ctx, s.db, q)
		if err != nil {
			return err
		}
		return answer(c, v, whole(rows, func(r query.LagPathRow) metrics.PathKey { return r.Path }))
	}
	rows, err := query.Lag(ctx, s.db, q)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, keyOfLag))
}

// lagKey tells the rows of an answer apart.
type lagKey struct {
	Path    metrics.PathKey `json:"path"`
	Version string          `json:"version"`
}

func keyOfLag(r query.LagRow) lagKey { return lagKey{r.Path, r.Version} }
