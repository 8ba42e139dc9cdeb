package api

import (
	"encoding/json"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func (s *Server) getOKRs(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("objective", "as_of")...)
	v, err := s.view(c, p, volatile)
	if err != nil {
		return err
	}
	objectives, err := s.knownObjectives(p.text("objective"))
	if err != nil {
		return err
	}
	if done, err := s.unchangedOKRs(c, v, p.text("next"), objectives); done || err != nil {
		return err
	}
	rows, err := query.OKRs(c.Request().Context(), s.db, objectives, v.asOf)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, query.OKRRow.RowKey))
}

// unchangedOKRs answers 304 where the caller has the answer. It changes with the objectives, too, which come from the
// configuration, whatever the data do.
func (s *Server) unchangedOKRs(c echo.Context, v view, next string, objectives []metrics.Objective) (bool, error) {
	generation, err := query.Generation(c.Request().Context(), s.db)
	if err != nil {
		return false, err
	}
	tag, err := json.Marshal([]any{v.address, next, v.asOf, v.scan, generation, s.version, objectives})
	if err != nil {
		return false, err
	}
	return unchanged(c, string(tag))
}

// knownObjectives returns the objective of that key, or a failure that names those there are. The empty key is
// every objective.
func (s *Server) knownObjectives(key string) ([]metrics.Objective, error) {
	all := s.objectives()
	for i, o := range all {
		if o.Key == key {
			return all[i : i+1], nil
		}
	}
	if key == "" {
		return all, nil
	}
	return nil, among("objective", key, all, func(o metrics.Objective) string { return o.Key })
}
