package api

import (
	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics/query"
)

// getCatalogPatches answers editors alone: patches hold lines of files as they are, with whoever is named in them.
func (s *Server) getCatalogPatches(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("source", "team", "repo")...)
	source, v, err := s.askAboutCatalog(c, p)
	if err != nil || v.done {
		return err
	}
	q, ctx := query.CatalogPatchesQuestion{Source: source}, c.Request().Context()
	if q.Team, err = s.knownTeam(ctx, p.text("team")); err != nil {
		return err
	}
	u, err := s.knownUnit(ctx, p.text("repo"))
	if err != nil {
		return err
	}
	q.Repo = u.name
	rows, err := query.CatalogPatches(ctx, s.db, q)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, query.CatalogPatchRow.Key))
}
