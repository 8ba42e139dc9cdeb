package api

import (
	"context"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics/query"
)

// truths are the words for what may not be known.
var truths = []string{"", "yes", "no", "unknown"}

// askAboutCatalog reads the parameters of a question about catalogs; where it was answered already, the view is done.
func (s *Server) askAboutCatalog(c echo.Context, p *params) (source string, v view, err error) {
	if v, err = s.view(c, p, keep); err != nil || v.done {
		return "", v, err
	}
	ctx := c.Request().Context()
	if source, err = s.knownCatalog(ctx, p.text("source")); err != nil {
		return "", v, err
	}
	v.judged, err = query.CatalogJudged(ctx, s.db, v.asOf)
	return source, v, err
}

func (s *Server) getCatalog(c echo.Context) error {
	source, v, err := s.askAboutCatalog(c, parseParams(c.Request().URL.RawQuery, listParams("source", "as_of")...))
	if err != nil || v.done {
		return err
	}
	rows, err := query.Catalog(c.Request().Context(), s.db, query.CatalogQuestion{Source: source, AsOf: v.asOf})
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.CatalogRow) string { return r.Source }))
}

// fieldKey tells the rows of an answer apart.
type fieldKey struct {
	Source string `json:"source"`
	Field  string `json:"field"`
}

func (s *Server) getCatalogFields(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("source", "advice")...)
	q := query.CatalogFieldsQuestion{Advice: p.oneOf("advice", append([]string{""}, query.CatalogAdvices()...)...)}
	var v view
	var err error
	if q.Source, v, err = s.askAboutCatalog(c, p); err != nil || v.done {
		return err
	}
	rows, err := query.CatalogFields(c.Request().Context(), s.db, q)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.CatalogFieldRow) fieldKey { return fieldKey{r.Source, r.Field} }))
}

func (s *Server) getCatalogWithout(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("source", "fields")...)
	fields := strings.Split(p.required("fields", "lifecycle,tier"), ",")
	source, v, err := s.askAboutCatalog(c, p)
	if err != nil || v.done {
		return err
	}
	ctx := c.Request().Context()
	audited, err := query.CatalogFields(ctx, s.db, query.CatalogFieldsQuestion{Source: source})
	if err != nil {
		return err
	}
	var known []string
	for _, r := range audited {
		known = append(known, r.Field)
	}
	for i, field := range fields {
		fields[i] = strings.TrimSpace(field)
		if err := hasWord(query.CatalogField, fields[i], source, known); err != nil {
			return err
		}
	}
	slices.Sort(fields)
	rows, err := query.CatalogWithout(ctx, s.db, source, slices.Compact(fields), v.asOf)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.CatalogWithoutRow) string { return r.Source }))
}

// readEntities reads which entities are asked for, but for their catalog and team.
func readEntities(p *params) query.CatalogEntitiesQuestion {
	q := query.CatalogEntitiesQuestion{
		Kind: strings.ToLower(p.text("kind")), Repo: strings.ToLower(p.text("repo")), Verdict: p.oneOf("verdict", append([]string{""}, query.CatalogVerdicts()...)...), Field: p.text("field"), Filled: p.oneOf("filled", "", "yes", "no"),
		Fillable: p.oneOf("fillable", "", "yes", "no"),
		Fresh:    p.oneOf("fresh", truths...), Without: p.text("without"), Automated: p.text("automated"), Then: p.oneOf("then", append(slices.Clone(truths), "gained")...), Ghost: p.oneOf("ghost", truths...), Orphan: p.oneOf("orphan", "", "yes", "no"), Found: p.oneOf("problems", "", "yes", "no"),
		Right: p.oneOf("right", truths...), Steps: query.OwnerSteps{
			O1: p.oneOf("o1", truths...), O2: p.oneOf("o2", truths...), O3: p.oneOf("o3", truths...), O4: p.oneOf("o4", truths...), O5: p.oneOf("o5", truths...),
		},
	}
	q.Entity = readEntity(p)
	return q
}

func (s *Server) getCatalogEntities(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("source", "kind", "entity", "repo", "team", "verdict", "field", "filled", "fillable", "fresh", "without", "automated", "then", "ghost", "orphan", "problems")...)
	ask := func(ctx context.Context, db query.DB, q query.CatalogEntitiesQuestion) ([]entityRow, error) {
		rows, err := query.CatalogEntities(ctx, db, q)
		return entityRows(rows), err
	}
	return answerEntities(s, c, p, readEntities(p), ask, func(r entityRow) query.CatalogEntityKey { return r.Key() })
}

func (s *Server) getCatalogOwners(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("source", "kind", "entity", "repo", "team", "verdict", "right", "o1", "o2", "o3", "o4", "o5")...)
	return answerEntities(s, c, p, readEntities(p), query.CatalogOwners, query.CatalogOwnerRow.Key)
}

// knownEntities fails where a question is about a kind, a field, an entity, a repository or a team that there is not, and notes
// the team.
func (s *Server) knownEntities(ctx context.Context, p *params, q *query.CatalogEntitiesQuestion) (err error) {
	if q.Team, err = s.knownTeam(ctx, p.text("team")); err != nil {
		return err
	}
	if err := s.knownWord(ctx, query.CatalogKind, q.Kind, q.Source); err != nil {
		return err
	}
	if err := s.knownWord(ctx, query.CatalogField, q.Field, q.Source); err != nil {
		return err
	}
	for field := range strings.SplitSeq(q.Without+","+q.Automated, ",") { // not every catalog has each of them
		if err := s.knownWord(ctx, query.CatalogField, field, ""); err != nil {
			return err
		}
	}
	if err := s.knownEntity(ctx, q.Entity, q.Source); err != nil || q.Repo == "" {
		return err
	}
	return s.knownAbout(ctx, q.Repo, q.Source)
}

// answerEntities answers a question about entities.
func answerEntities[R any](s *Server, c echo.Context, p *params, q query.CatalogEntitiesQuestion,
	ask func(context.Context, query.DB, query.CatalogEntitiesQuestion) ([]R, error), key func(R) query.CatalogEntityKey) error {
	source, v, err := s.askAboutCatalog(c, p)
	if err != nil || v.done {
		return err
	}
	q.Source = source
	if err := s.knownEntities(c.Request().Context(), p, &q); err != nil {
		return err
	}
	return answer(c, v, list[R, query.CatalogEntityKey]{key: key, ask: func(ctx context.Context, after *query.CatalogEntityKey, limit int) ([]R, error) {
		q.After, q.Limit = after, limit
		return ask(ctx, s.db, q)
	}})
}

func (s *Server) getCatalogDark(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("source", "team")...)
	source, v, err := s.askAboutCatalog(c, p)
	if err != nil || v.done {
		return err
	}
	team, err := s.knownTeam(c.Request().Context(), p.text("team"))
	if err != nil {
		return err
	}
	rows, err := query.CatalogDark(c.Request().Context(), s.db, source, team, v.asOf)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.CatalogDarkRow) query.CatalogDarkRow { return r }))
}

// claimKey tells the rows of an answer apart.
type claimKey struct {
	Source string `json:"source"`
	What   string `json:"what"`
	Claims string `json:"claims"`
}

func (s *Server) getCatalogDuplicates(c echo.Context) error {
	source, v, err := s.askAboutCatalog(c, parseParams(c.Request().URL.RawQuery, listParams("source")...))
	if err != nil || v.done {
		return err
	}
	rows, err := query.CatalogDuplicates(c.Request().Context(), s.db, source)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.CatalogDuplicateRow) claimKey { return claimKey{r.Source, r.What, r.Claims} }))
}

// oddsKey tells the rows of an answer apart.
type oddsKey struct {
	Place string `json:"place"`
	Field string `json:"field"`
	A     string `json:"a"`
	B     string `json:"b"`
}

func (s *Server) getCatalogDisagreements(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("field")...)
	_, v, err := s.askAboutCatalog(c, p)
	if err != nil || v.done {
		return err
	}
	if err := s.knownWord(c.Request().Context(), query.CatalogField, p.text("field"), ""); err != nil {
		return err
	}
	rows, err := query.CatalogDisagreements(c.Request().Context(), s.db, p.text("field"))
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.CatalogDisagreementRow) oddsKey {
		return oddsKey{r.Place, r.Field, r.A.Source, r.B.Source}
	}))
}
