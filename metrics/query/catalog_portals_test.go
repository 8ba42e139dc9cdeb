package query_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestPortalsAreAllCatalogsButFiles: whatever is asked of portals has what is asked of all catalogs, without that of files.
func TestPortalsAreAllCatalogsButFiles(t *testing.T) {
	db, now := openStore(t), at("2026-07-01")
	var all []clickhouse.Judgement
	for _, source := range []string{"backstage", metrics.DescribedSource, "port"} {
		wrong := component(source, "cart", filled(metrics.FieldOwner, "nowhere"), filled(metrics.FieldTemplate, "template:default/"+source), filled("label."+source, "x"))
		twin := component(source, "pay", filled(metrics.FieldOwner, "pay"))
		twin.Ref.Name = "pay-too"
		all = append(all, judged(source, now, wrong, component(source, "pay", filled(metrics.FieldOwner, "pay")), twin))
	}
	if err := db.WriteJudgements(t.Context(), now, all, nil); err != nil {
		t.Fatal(err)
	}
	for name, ask := range map[string]func(ctx context.Context, source string) ([]string, error){
		"catalogs": func(ctx context.Context, source string) ([]string, error) {
			rows, err := query.Catalog(ctx, db, query.CatalogQuestion{Source: source, AsOf: now})
			return sourcesOf(rows, func(r query.CatalogRow) string { return r.Source }), err
		},
		"teams": func(ctx context.Context, source string) ([]string, error) {
			rows, err := query.CatalogByTeam(ctx, db, query.CatalogQuestion{Source: source, AsOf: now})
			return sourcesOf(rows, func(r query.CatalogTeamRow) string { return r.Source }), err
		},
		"entities": func(ctx context.Context, source string) ([]string, error) {
			rows, err := query.CatalogEntities(ctx, db, query.CatalogEntitiesQuestion{Source: source})
			return sourcesOf(rows, func(r query.CatalogEntityRow) string { return r.Source }), err
		},
		"owners": func(ctx context.Context, source string) ([]string, error) {
			rows, err := query.CatalogOwners(ctx, db, query.CatalogEntitiesQuestion{Source: source, Right: "no"})
			return sourcesOf(rows, func(r query.CatalogOwnerRow) string { return r.Source }), err
		},
		"fields": func(ctx context.Context, source string) ([]string, error) {
			rows, err := query.CatalogFields(ctx, db, query.CatalogFieldsQuestion{Source: source})
			return sourcesOf(rows, func(r query.CatalogFieldRow) string { return r.Source }), err
		},
		"without": func(ctx context.Context, source string) ([]string, error) {
			rows, err := query.CatalogWithout(ctx, db, source, []string{metrics.FieldOwner}, now)
			return sourcesOf(rows, func(r query.CatalogWithoutRow) string { return r.Source }), err
		},
		"dark": func(ctx context.Context, source string) ([]string, error) {
			rows, err := query.CatalogDark(ctx, db, source, "", now)
			return sourcesOf(rows, func(r query.CatalogDarkRow) string { return r.Source }), err
		},
		"coverage": func(ctx context.Context, source string) ([]string, error) {
			rows, err := query.CatalogCoverage(ctx, db, query.CatalogCoverageQuestion{Source: source, AsOf: now})
			return sourcesOf(rows, func(r query.CatalogCoverageRow) string { return r.Source }), err
		},
		"duplicates": func(ctx context.Context, source string) ([]string, error) {
			rows, err := query.CatalogDuplicates(ctx, db, source)
			return sourcesOf(rows, func(r query.CatalogDuplicateRow) string { return r.Source }), err
		},
		"templates": func(ctx context.Context, source string) ([]string, error) {
			names, err := query.CatalogTemplateNames(ctx, db, source)
			return sourcesOf(names, func(name string) string { return strings.TrimPrefix(name, "template:default/") }), err
		},
		"words": func(ctx context.Context, source string) ([]string, error) {
			words, err := query.CatalogWords(ctx, db, query.CatalogField, source)
			words = slices.DeleteFunc(words, func(w string) bool { return !strings.HasPrefix(w, "label.") })
			return sourcesOf(words, func(w string) string { return strings.TrimPrefix(w, "label.") }), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			for source, want := range map[string]string{"": "backstage files port", "port": "port", metrics.Portals: "backstage port"} {
				if got, err := ask(t.Context(), source); err != nil || strings.Join(got, " ") != want {
					t.Errorf("of %q: got %q, %v, want %q", source, got, err, want)
				}
			}
		})
	}
	for source, want := range map[string]string{"": "backstage port", metrics.Portals: "backstage port", metrics.DescribedSource: metrics.DescribedSource} {
		rows, err := query.CatalogFacts(t.Context(), db, query.CatalogFactsQuestion{Source: source, AsOf: now})
		if got := sourcesOf(rows, func(r query.CatalogFactsRow) string { return r.Source }); err != nil || strings.Join(got, " ") != want {
			t.Errorf("facts of %q: got %q, %v, want %q", source, got, err, want)
		}
	}
}

// sourcesOf are the catalogs that rows are of, each once.
func sourcesOf[R any](rows []R, source func(R) string) []string {
	var list []string
	for _, r := range rows {
		list = append(list, source(r))
	}
	slices.Sort(list)
	return slices.Compact(list)
}
