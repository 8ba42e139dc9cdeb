package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// knownCatalog returns the name of a judged catalog, or a failure that names those there are. The empty name is all.
func (s *Server) knownCatalog(ctx context.Context, source string) (string, error) {
	if source == "" {
		return "", nil
	}
	rows, err := query.Catalog(ctx, s.db, query.CatalogQuestion{AsOf: s.instant()})
	if err != nil {
		return "", err
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
	f := &failure{kind: metrics.ErrNotFound, detail: fmt.Sprintf("no catalog has a %s %q", what, word)}
	if source != "" {
		f.detail = fmt.Sprintf("catalog %s has no %s %q", source, what, word)
	}
	f.hint = "no catalog was judged yet; trodden scan does that"
	words = slices.Compact(slices.Sorted(slices.Values(words)))
	switch near := nearest(word, slices.Clone(words)); {
	case len(near) == 0:
	case len(near) < len(words):
		f.hint = "the nearest are " + strings.Join(near, ", ")
	default:
		f.hint = "there is " + strings.Join(near, ", ")
	}
	return f
}

// knownAbout fails for a repository that neither a catalog names nor anything else tells of.
func (s *Server) knownAbout(ctx context.Context, repo, source string) error {
	if err := s.knownWord(ctx, query.CatalogRepo, repo, source); err == nil {
		return nil
	}
	_, err := s.knownUnit(ctx, repo)
	return err
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
