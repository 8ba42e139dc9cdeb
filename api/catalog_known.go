package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// knownCatalog returns the name of a judged catalog, or a failure that names those there are. The empty name is all,
// that of portals all but files.
func (s *Server) knownCatalog(ctx context.Context, source string) (string, error) {
	if source == "" {
		return "", nil
	}
	rows, err := query.Catalog(ctx, s.db, query.CatalogQuestion{AsOf: s.instant()})
	if err != nil {
		return "", err
	}
	if source == metrics.Portals && slices.ContainsFunc(rows, func(r query.CatalogRow) bool { return metrics.AsksFor(source, r.Source) }) {
		return source, nil
	}
	return source, among("source", source, rows, func(r query.CatalogRow) string { return r.Source })
}

// knownWord fails for a word that no entity of the catalog has, or of any where source is "". The empty word is none.
func (s *Server) knownWord(ctx context.Context, what query.CatalogWord, word, source string) error {
	if word == "" {
		return nil
	}
	words, err := query.CatalogWords(ctx, s.db, what, source)
	if err != nil {
		return err
	}
	return hasWord(what, word, source, words)
}

// hasWord refuses a word that is none of those that a catalog has, or all have where source is "", and names the nearest.
func hasWord(what query.CatalogWord, word, source string, words []string) error {
	if slices.Contains(words, word) {
		return nil
	}
	f := &failure{kind: metrics.ErrNotFound, detail: fmt.Sprintf("no catalog has %s %q", withArticle(string(what)), word)}
	switch source {
	case "":
	case metrics.Portals:
		f.detail = fmt.Sprintf("no portal has %s %q", withArticle(string(what)), word)
	default:
		f.detail = fmt.Sprintf("catalog %s has no %s %q", source, what, word)
	}
	f.hint = cmp.Or(nearWords(word, words), "no catalog was judged yet; trodden scan does that")
	return f
}

// nearWords names the words that are most like one that there is not; "" where there are none at all.
func nearWords(word string, words []string) string {
	words = slices.Compact(slices.Sorted(slices.Values(words)))
	switch near := nearest(word, slices.Clone(words)); {
	case len(near) == 0:
		return ""
	case len(near) < len(words):
		return "the nearest are " + strings.Join(near, ", ")
	default:
		return "there is " + strings.Join(near, ", ")
	}
}

// knownAbout fails for a repository that neither a catalog names nor anything else tells of.
func (s *Server) knownAbout(ctx context.Context, repo, source string) error {
	if err := s.knownWord(ctx, query.CatalogRepo, repo, source); err == nil {
		return nil
	}
	_, err := s.knownUnit(ctx, repo)
	return err
}

// knownEntity fails for an entity that the catalog does not have, or none where source is "". Of one that was there it says so.
func (s *Server) knownEntity(ctx context.Context, entity, source string) error {
	there, err := s.hasEntity(ctx, entity, source)
	if err != nil || there {
		return err
	}
	if err := s.entityGone(ctx, entity, source); err != nil {
		return err
	}
	words, err := query.CatalogWords(ctx, s.db, query.CatalogEntity, source)
	if err != nil {
		return err
	}
	if !strings.Contains(entity, ":") {
		for i, word := range words {
			_, words[i], _ = strings.Cut(word, ":")
		}
	}
	return hasWord(query.CatalogEntity, entity, source, words)
}

// hasEntity says whether the catalog has the entity, or any does where source is "". The empty one is always there.
func (s *Server) hasEntity(ctx context.Context, entity, source string) (bool, error) {
	if entity == "" {
		return true, nil
	}
	rows, err := query.CatalogEntities(ctx, s.db, query.CatalogEntitiesQuestion{Source: source, Entity: entity, Limit: 1})
	return len(rows) > 0, err
}

// entityGone fails for an entity that a portal had, and names the list from which on it was missing.
func (s *Server) entityGone(ctx context.Context, entity, source string) error {
	rows, err := query.CatalogGone(ctx, s.db, source, entity)
	if err != nil || len(rows) == 0 {
		return err
	}
	last := rows[0]
	return &failure{
		kind: metrics.ErrNotFound, detail: fmt.Sprintf("catalog %s has no %s any more", last.Source, last.Entity),
		hint: fmt.Sprintf("the list of %s was the first without it", last.At.UTC().Format(time.RFC3339)),
	}
}

// knownTemplate fails for a template from which nothing in the catalog was created, and that is not in it either.
func (s *Server) knownTemplate(ctx context.Context, template, source string) error {
	there, err := s.hasEntity(ctx, template, source)
	if err != nil || there {
		return err
	}
	names, err := query.CatalogTemplateNames(ctx, s.db, source)
	if err != nil || slices.Contains(names, template) {
		return err
	}
	if err := s.entityGone(ctx, template, source); err != nil {
		return err
	}
	f := &failure{kind: metrics.ErrNotFound, detail: fmt.Sprintf("nothing in a catalog was created from %s", template), hint: "no catalog tells from which templates things were created"}
	switch source {
	case "":
	case metrics.Portals:
		f.detail, f.hint = fmt.Sprintf("nothing in a portal was created from %s", template), "no portal tells from which templates things were created"
	default:
		f.detail, f.hint = fmt.Sprintf("nothing in catalog %s was created from %s", source, template), "catalog "+source+" does not tell from which templates things were created"
	}
	if near := nearWords(template, names); near != "" {
		f.hint = near
	}
	return f
}

// readEntity reads a reference; "" where none is given. One that names no kind is namespace/name, and means every kind.
func readEntity(p *params) string {
	text := p.text("entity")
	if text == "" {
		return ""
	}
	ref, err := metrics.ParseEntityRef(text, "any", "")
	if err != nil {
		p.wrong("entity", "%q is no reference, expected something like component:default/payments", text)
	}
	if !strings.Contains(text, ":") {
		return ref.Namespace + "/" + ref.Name
	}
	return ref.String()
}
