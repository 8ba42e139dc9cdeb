package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCatalogTablesShowProblems prints what nothing brings any more, and what portals find wrong themselves.
func TestCatalogTablesShowProblems(t *testing.T) {
	for _, c := range []struct{ name, row, want string }{
		{"some", `{"source":"backstage","complete":true,"orphans":2,"problems":1}`, "backstage\n  2 orphans: nothing in the catalog brings them any more\n  1 entity with errors of the portal\n"},
		{"one and more", `{"source":"backstage","complete":true,"orphans":1,"problems":12}`, "backstage\n  1 orphan: nothing in the catalog brings it any more\n  12 entities with errors of the portal\n"},
		{"none", `{"source":"backstage","complete":true,"orphans":0,"problems":0}`, "backstage\n"},
		{"not known", `{"source":"backstage","complete":true,"orphans":0,"problems":null}`, "backstage\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			if err := catalogTable(&out, &answer{Data: json.RawMessage("[" + c.row + "]")}, false); err != nil {
				t.Fatal(err)
			}
			_, more, _ := strings.Cut(out.String(), "\n\n")
			if diff := cmp.Diff(more, c.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
	const pay = `{"source":"backstage","entity":"component:default/pay","fields":[{"field":"owner","verdict":"right","reason":"it is","values":["pay"]},{"field":"title","verdict":"unverified","reason":"nothing","values":["Pay"]}],"problems":`
	for _, c := range []struct{ name, rows, want string }{
		{"none", pay + `[]}`, "CATALOG ENTITY FIELD VALUE VERDICT REASON"},
		{"some", pay + `["no lifecycle\nat all","no type"]}`, "CATALOG ENTITY FIELD VALUE VERDICT REASON PROBLEMS|" +
			"backstage component:default/pay owner pay right it is no lifecycle at all; no type|backstage component:default/pay title Pay unverified nothing no lifecycle at all; no type"},
		{"what could fill them", `{"source":"backstage","entity":"component:default/pay","fields":[{"field":"owner","verdict":"wrong","reason":"no team","values":["x"],"source_of_truth":"codeowners"},` +
			`{"field":"title","verdict":"unverified","reason":"nothing","values":["Pay"],"source_of_truth":null}],"problems":[]}`, "CATALOG ENTITY FIELD VALUE VERDICT REASON COULD FILL IT|" +
			"backstage component:default/pay owner x wrong no team codeowners|backstage component:default/pay title Pay unverified nothing"},
		{"an orphan", strings.TrimSuffix(pay, `"problems":`) + `"orphan":true,"problems":[]}`, "CATALOG ENTITY FIELD VALUE VERDICT REASON PROBLEMS|backstage component:default/pay owner pay right it is orphan"},
	} {
		t.Run("entities with "+c.name, func(t *testing.T) {
			var out strings.Builder
			if err := catalogEntitiesTable(&out, &answer{Data: json.RawMessage("[" + c.rows + "]")}, c.name == "what could fill them"); err != nil {
				t.Fatal(err)
			}
			var lines []string
			for line := range strings.Lines(out.String()) {
				lines = append(lines, strings.Join(strings.Fields(line), " "))
			}
			if got := strings.Join(lines, "|"); !strings.HasPrefix(got, c.want) || strings.Contains(got, "PROBLEMS") != strings.Contains(c.want, "PROBLEMS") {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestCatalogTableTellsUnknownGhosts prints of how many things it is not known whether they are ghosts.
func TestCatalogTableTellsUnknownGhosts(t *testing.T) {
	for row, want := range map[string]string{
		`{"source":"backstage","entities":10,"ghosts":1,"bounds":{}}`:                 " 1  ",
		`{"source":"backstage","entities":10,"ghosts":0,"bounds":{"ghosts":[0,7]}}`:   " 0 (7 unknown)  ",
		`{"source":"backstage","entities":3000,"ghosts":2,"bounds":{"ghosts":[2,9]}}`: " 2 (7 unknown)  ",
	} {
		var out strings.Builder
		if err := catalogTable(&out, &answer{Data: json.RawMessage("[" + row + "]")}, false); err != nil || !strings.Contains(strings.SplitN(out.String(), "\n", 3)[1], want) {
			t.Errorf("of %s: %v, it says\n%s, want %q", row, err, out.String(), want)
		}
	}
}

// TestNoCatalogJudged tells a store in which none was ever judged from a moment before the first judgement.
func TestNoCatalogJudged(t *testing.T) {
	for want, past := range map[string]bool{"no catalog was judged yet: `trodden scan`": false, "no catalog was judged by 2020-01-01 00:00: scans judge them": true} {
		var out strings.Builder
		a := &answer{Data: json.RawMessage("[]"), AsOf: "2020-01-01T00:00:00Z"}
		if err := catalogTable(&out, a, past); err != nil || !strings.HasPrefix(out.String(), want) {
			t.Errorf("%v, it says %q, want %q", err, out.String(), want)
		}
	}
	judged := "2026-07-01T10:00:00Z"
	a := &answer{AsOf: "2026-07-02T00:00:00Z", JudgedAt: &judged}
	if note := a.note(); !strings.HasPrefix(note, "as of 2026-07-02 00:00; catalogs judged 2026-07-01 10:00; ") {
		t.Errorf("the note is %q", note)
	}
}

// TestCatalogDuplicatesTable says of one name where each of those is that have it; of a place that is told already.
func TestCatalogDuplicatesTable(t *testing.T) {
	for _, c := range []struct{ name, row, want string }{
		{"by name", `{"source":"files","what":"name","claims":"component:dup","entities":["component:default/dup","component:default/dup"],"places":["github.com/acme/a","github.com/acme/b//svc"]}`,
			"files name component:dup component:default/dup (github.com/acme/a), component:default/dup (github.com/acme/b//svc)"},
		{"by place", `{"source":"files","what":"place","claims":"github.com/acme/a","entities":["component:default/x","component:default/y"],"places":["github.com/acme/a","github.com/acme/a"]}`,
			"files place github.com/acme/a component:default/x, component:default/y"},
		{"of an older server", `{"source":"files","what":"name","claims":"component:dup","entities":["component:a/dup","component:b/dup"]}`,
			"files name component:dup component:a/dup, component:b/dup"},
	} {
		var out strings.Builder
		if err := tableOf(catalogDuplicateColumns()...)(&out, &answer{Data: json.RawMessage("[" + c.row + "]")}); err != nil {
			t.Fatal(err)
		}
		_, line, _ := strings.Cut(out.String(), "\n")
		if got := strings.Join(strings.Fields(line), " "); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
