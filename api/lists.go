package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func (s *Server) getPaths(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams()...)
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	rows, err := query.Paths(c.Request().Context(), s.db)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.PathRow) metrics.PathKey { return r.Key }))
}

func (s *Server) getTeams(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams()...)
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	rows, err := query.Teams(c.Request().Context(), s.db)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.TeamRow) metrics.TeamKey { return r.Key }))
}

func (s *Server) getGroups(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams()...)
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	rows, err := query.Groups(c.Request().Context(), s.db)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.GroupRow) string { return r.Key }))
}

func (s *Server) getRepos(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("only")...)
	only := p.oneOf("only", query.SelectionNames(query.RepoSelections())...)
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	return answer(c, v, list[query.RepoRow, string]{
		key: func(r query.RepoRow) string { return r.Repo },
		ask: func(ctx context.Context, after *string, limit int) ([]query.RepoRow, error) {
			q := query.ReposQuestion{Only: only, Limit: limit}
			if after != nil {
				q.After = *after
			}
			return query.Repos(ctx, s.db, q)
		},
	})
}
