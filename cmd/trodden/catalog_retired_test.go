package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCatalogTakenOut takes the only catalog out of the configuration: what was found out about it is told no more, and what
// it says about owners ends, until it is there again.
func TestCatalogTakenOut(t *testing.T) {
	t.Parallel()
	portal := newPortalServer(t)
	p := portal.beside(t, true)
	portal.has(0, madeFrom("pay", "service", "acme/pay"))
	file := filepath.Join(p.dir, "trodden.yaml")
	with, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(with), ", {backstage: ")
	_, after, _ = strings.Cut(after, "}]")
	without := "teams: {order: [catalog, codeowners]}\n" + before + "]" + after
	type owned struct{ Team string }
	for _, step := range []struct {
		when, config string
		catalogs     int
		team         string
	}{
		{"there", "teams: {order: [catalog, codeowners]}\n" + string(with), 1, "payments"},
		{"taken out", without, 0, ""},
		{"as before", without, 0, ""},
		{"back", "teams: {order: [catalog, codeowners]}\n" + string(with), 1, "payments"},
	} {
		if err := os.WriteFile(file, []byte(step.config), 0o600); err != nil {
			t.Fatal(err)
		}
		p.run(exitDone, "scan")
		for _, question := range []string{"", "fields", "entities", "owners"} {
			got := ask[struct{ Source string }](p, strings.Fields("catalog "+question)...)
			if (len(got) > 0) != (step.catalogs > 0) {
				t.Errorf("%s: catalog %s tells %+v", step.when, question, got)
			}
		}
		if diff := cmp.Diff(ask[owned](p, "states", "--path", "ci"), []owned{{step.team}}); diff != "" {
			t.Errorf("%s: owners -got +want\n%s", step.when, diff)
		}
	}
}
