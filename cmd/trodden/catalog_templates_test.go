package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// madeFrom is a component of Backstage that was created from a template, and is about a repository.
func madeFrom(name, template, repo string) string {
	return fmt.Sprintf(`{"kind":"Component","metadata":{"name":%q,"annotations":{"backstage.io/source-template":%q,"github.com/project-slug":%q}},"spec":{"owner":"payments"},
		"relations":[{"type":"ownedBy","targetRef":"group:default/payments"}]}`, name, template, repo)
}

// released makes a clone of the repository that releases the path, with its tags, beside the other one, which pins a version.
func released(t *testing.T, at *place, tags ...string) {
	t.Helper()
	w := &twin{place: at}
	golden := filepath.Join(at.repos(), "golden")
	w.inClone("", "init", "--quiet", "--initial-branch=main", golden)
	w.inClone(golden, "remote", "add", "origin", "https://github.com/acme/golden")
	commit := func(dir, message string) {
		w.inClone(dir, "add", "--all")
		w.inClone(dir, "-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "commit", "--quiet", "--allow-empty", "--message", message)
	}
	for _, tag := range tags {
		commit(golden, tag)
		w.inClone(golden, "tag", tag)
	}
	pay := filepath.Join(at.repos(), "pay")
	if err := os.MkdirAll(filepath.Join(pay, ".github", "workflows"), 0o755); err != nil {
		t.Fatal(err)
	}
	text := "on: push\njobs: {ci: {uses: acme/golden/.github/workflows/ci.yml@" + tags[0] + "}}\n"
	if err := os.WriteFile(filepath.Join(pay, ".github", "workflows", "ci.yml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	commit(pay, "Take the path")
}

// TestCatalogTemplates scans a catalog whose entries name their template, and asks how far behind they are.
func TestCatalogTemplates(t *testing.T) {
	t.Parallel()
	portal := newPortalServer(t)
	p := portal.beside(t, true)
	released(t, p, "v1.0.0", "v2.0.0", "v3.0.0")
	file := filepath.Join(p.dir, "trodden.yaml")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(strings.Replace(string(text), "    provided_by: [127.0.0.1/acme/golden]\n", "    provided_by: [github.com/acme/golden]\n    latest: {tags_of: github.com/acme/golden}\n", 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	portal.has(0, madeFrom("pay", "template:default/service", "acme/pay"), madeFrom("pay-too", "service", "acme/nowhere"),
		`{"kind":"Template","metadata":{"name":"service","annotations":{"backstage.io/source-location":"url:https://github.com/acme/pay/"}},"spec":{}}`)
	p.run(exitDone, "scan")
	type template struct {
		Source, Template, Repo, Path string
		Entities                     int
		Versions                     []struct {
			Version        string
			Entities       int
			ReleasesBehind *int `json:"releases_behind"`
		}
		Own       *string `json:"own_version"`
		OwnBehind *int    `json:"own_releases_behind"`
		Latest    string
	}
	got := ask[template](p, "catalog", "templates")
	if len(got) != 1 || len(got[0].Versions) != 1 || got[0].Versions[0].ReleasesBehind == nil || *got[0].Versions[0].ReleasesBehind != 2 || got[0].Latest != "v3.0.0" || got[0].Entities != 2 ||
		got[0].Own == nil || *got[0].Own != "v1.0.0" || *got[0].OwnBehind != 2 || got[0].Repo != "github.com/acme/pay" {
		t.Fatalf("templates are %+v", got)
	}
	table, _ := p.run(exitDone, "catalog", "templates", "--template", "service", "--path", "ci", "--output", "table")
	want := "backstage template:default/service 2 ci 100 % 1/1 (21–100) 0 % 0/1 (0–79) 2 v1.0.0: 1 v1.0.0 v3.0.0"
	if line := strings.Join(strings.Fields(strings.Split(table, "\n")[1]), " "); cmp.Diff(line, want) != "" {
		t.Errorf("the table says\n%s, want\n%s", line, want)
	}
	if _, said := p.run(exitFailed, "catalog", "templates", "--path", "none"); !strings.Contains(said, "none") {
		t.Errorf("of a path that there is not it says %q", said)
	}
}
