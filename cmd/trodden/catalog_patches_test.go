package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// patchedTeams are those of the repositories whose owners tests put right.
const patchedTeams = `teams: {list: [{key: pay, members: [{id: ana@acme.dev}]}, {key: ship, members: [{id: bob@acme.dev}]}]}
paths: [{key: readme, golden: {file: README.md}}]
`

// entityOf is a document that describes something with an owner, as it is written.
func entityOf(kind, name, owner string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec:\n  owner: " + owner + "\n  type: x\n"
}

// worksOn commits files to a repository as somebody, so many days ago. The repository is made where there is none.
func (p *place) worksOn(repo, who string, days int, files map[string]string) {
	p.Helper()
	dir := filepath.Join(p.repos(), repo)
	if _, err := os.Stat(dir); err != nil {
		p.git("", who, 0, "init", "--quiet", "--initial-branch=main", dir)
		p.git(dir, who, 0, "remote", "add", "origin", "https://github.com/acme/"+repo)
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			p.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			p.Fatal(err)
		}
	}
	p.git(dir, who, days, "add", "--all")
	p.git(dir, who, days, "commit", "--quiet", "--allow-empty", "--message", "work")
}

// git runs git as somebody, so many days ago.
func (p *place) git(dir, who string, days int, args ...string) {
	p.Helper()
	when := time.Now().AddDate(0, 0, -days).Format(time.RFC3339)
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_DATE="+when, "GIT_COMMITTER_DATE="+when,
		"GIT_AUTHOR_NAME="+who, "GIT_COMMITTER_NAME="+who, "GIT_AUTHOR_EMAIL="+who+"@acme.dev", "GIT_COMMITTER_EMAIL="+who+"@acme.dev")
	if out, err := cmd.CombinedOutput(); err != nil {
		p.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// newWrongOwners makes repositories whose files name the wrong owners, each in a way of its own.
func newWrongOwners(t *testing.T) *place {
	p := newPlace(t, patchedTeams)
	const info = "catalog-info.yaml"
	p.worksOn("org", "ana", 300, map[string]string{info: entityOf("Group", "pay", "x") + "---\n" + entityOf("Group", "ship", "x")})
	p.worksOn("lamp", "bob", 9, map[string]string{info: entityOf("Component", "lamp", "ship")})
	handedOver := func(repo string, files map[string]string) {
		p.worksOn(repo, "ana", 400, files)
		p.worksOn(repo, "bob", 20, nil)
	}
	two := entityOf("Component", "cart", "'group:default/pay'") + "---\n" + entityOf("API", "cart-api", "group:default/pay # since 2019")
	handedOver("cart", map[string]string{info: strings.ReplaceAll(two, "\n", "\r\n"), "old/" + info: entityOf("Component", "old-cart", "pay")})
	handedOver("till", map[string]string{info: entityOf("Component", "till", "user:default/eve")})
	anchored := "apiVersion: backstage.io/v1alpha1\nkind: Component\nspec: {type: x, owner: &us group:default/pay}\nmetadata: {name: tied, description: *us}\n"
	handedOver("tied", map[string]string{info: anchored})
	p.worksOn("stock", "ana", 30, map[string]string{info: entityOf("Component", "stock", `"domain:nowhere"`), "CODEOWNERS": "* @acme/ship\n"})
	p.worksOn("stock", "bob", 20, nil)
	return p
}

// patched is what a test looks at of a correction.
type patched struct{ Entity, From, To, Because, Reason string }

// TestCatalogPatches: the patches apply, and what they correct is right after the next scan.
func TestCatalogPatches(t *testing.T) {
	t.Parallel()
	p := newWrongOwners(t)
	p.run(exitDone, "scan")
	stop := p.serve()
	want := []patched{
		{"component:default/cart", "group:default/pay", "group:default/ship", "commits", ""},
		{"api:default/cart-api", "group:default/pay", "group:default/ship", "commits", ""},
		{"component:default/stock", "domain:nowhere", "ship", "codeowners", ""},
		{"component:default/tied", "group:default/pay", "", "commits", "the value cannot be changed by itself"},
		{"component:default/till", "user:default/someone", "ship", "commits", ""},
	}
	if diff := cmp.Diff(ask[patched](p, "catalog", "patches"), want); diff != "" {
		t.Errorf("corrections (-got +want):\n%s", diff)
	}
	if got := ask[patched](p, "catalog", "patches", "--repo", "github.com/acme/till"); len(got) != 1 {
		t.Errorf("of one repository: got %v", got)
	}
	if got := ask[patched](p, "catalog", "patches", "--team", "pay"); len(got) != 3 {
		t.Errorf("of what pay is said to own: got %v", got)
	}
	out, _ := p.run(exitDone, "catalog", "patches", "--out", "patches")
	if want := fmt.Sprintf("3 patches for 4 owners; apply each with: git -C CLONE apply %s; 1 owner is not corrected, `trodden catalog patches` says why\n",
		filepath.Join(p.dir, "patches", "HOST", "OWNER", "NAME.patch")); out != want {
		t.Errorf("it says\n%s, want\n%s", out, want)
	}
	p.run(exitUsage, "catalog", "patches", "--out", "patches")
	p.run(exitDone, "catalog", "patches", "--out", "patches", "--force")
	stop()
	for _, repo := range []string{"cart", "stock", "till"} {
		clone, file := filepath.Join(p.repos(), repo), filepath.Join(p.dir, "patches", "github.com", "acme", repo+".patch")
		p.git(clone, "bob", 0, "apply", "--check", file)
		p.git(clone, "bob", 0, "apply", file)
		p.git(clone, "bob", 0, "commit", "--quiet", "--all", "--message", "Ours")
	}
	p.keptCRLF()
	p.run(exitDone, "scan")
	defer p.serve()()
	type owner struct{ Entity, Verdict string }
	owners := slices.DeleteFunc(ask[owner](p, "catalog", "owners"), func(o owner) bool { return o.Verdict == "right" })
	if diff := cmp.Diff(owners, []owner{{"component:default/old-cart", "unverified"}, {"component:default/tied", "wrong"}}); diff != "" {
		t.Errorf("owners that are not right after that (-got +want):\n%s", diff)
	}
}

// keptCRLF fails where a patch changed more than the owners of a file whose lines end as on Windows.
func (p *place) keptCRLF() {
	p.Helper()
	text, err := os.ReadFile(filepath.Join(p.repos(), "cart", "catalog-info.yaml"))
	if err != nil {
		p.Fatal(err)
	}
	want := strings.ReplaceAll(entityOf("Component", "cart", "'group:default/ship'")+"---\n"+entityOf("API", "cart-api", "group:default/ship # since 2019"), "\n", "\r\n")
	if diff := cmp.Diff(string(text), want); diff != "" {
		p.Errorf("the file (-got +want):\n%s", diff)
	}
}

// TestPatchPath: whatever a repository is called, its patch lies below the folder, and is its own.
func TestPatchPath(t *testing.T) {
	seen := map[string]string{}
	for repo, want := range map[string]string{
		"github.com/acme/pay":        "github.com/acme/pay.patch",
		"local/orgs/acme/pay.js":     "local/orgs/acme/pay.js.patch",
		"github.com/../../x":         "github.com/%2E%2E/%2E%2E/x.patch",
		"/etc/passwd":                "%/etc/passwd.patch",
		"h/a/..":                     "h/a/%2E%2E.patch",
		"h/a/.git":                   "h/a/%2Egit.patch",
		"h/a/b.":                     "h/a/b%2E.patch",
		"h/a/b%2E":                   "h/a/b%252E.patch",
		"h/a.patch/b":                "h/a%2Epatch/b.patch",
		`h/a/b\..\c`:                 "h/a/b%5C..%5Cc.patch",
		"h/a/b\x00\n:*":              "h/a/b%00%0A%3A%2A.patch",
		"h//b":                       "h/%/b.patch",
		"h/a/%":                      "h/a/%25.patch",
		"h/gruppe/münze":             "h/gruppe/münze.patch",
		"h/a/\u202egpj":              "h/a/%E2%80%AEgpj.patch",
		"git.acme.dev/a/b/c/d.patch": "git.acme.dev/a/b/c/d.patch.patch",
	} {
		got := patchPath(repo)
		if got != want || !filepath.IsLocal(filepath.FromSlash(got)) {
			t.Errorf("%q: got %s, want %s", repo, got, want)
		}
		if other, twice := seen[got]; twice {
			t.Errorf("%q and %q are both %s", repo, other, got)
		}
		seen[got] = repo
	}
}

// TestPatchFolder writes below the folder alone, and nothing that a file or a catalog is called is taken for a patch.
func TestPatchFolder(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside")
	folder := patchFolder{dir: filepath.Join(dir, "out"), force: true}
	if err := errors.Join(os.MkdirAll(folder.dir, 0o700), os.Mkdir(outside, 0o700), os.Symlink(outside, filepath.Join(folder.dir, "evil.example"))); err != nil {
		t.Fatal(err)
	}
	text := "--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-a\n+b\n"
	row := catalogPatchRow{Repo: "h/a/b", File: "x\n--- a/y", Entity: "component:default/x\ndiff --git a/z b/z", From: "a", To: "b", Team: new("b"), Because: "commits", Patch: &text}
	var out bytes.Buffer
	if err := folder.write(&out, []catalogPatchRow{row, {Repo: "h/a/c", Reason: "no"}}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(folder.dir, "h", "a", "b.patch"))
	header, patch, _ := strings.Cut(string(got), "--- a/x\n")
	if err != nil || "--- a/x\n"+patch != text || strings.Count(header, "\n") != 2 || strings.Count(header, "\n# ") != 1 {
		t.Errorf("%v, the patch is\n%s", err, got)
	}
	if list, err := os.ReadDir(filepath.Join(folder.dir, "h", "a")); err != nil || len(list) != 1 {
		t.Errorf("%v, there are %v, want one patch", err, list)
	}
	row.Repo = "evil.example/a/b"
	if err := folder.write(&out, []catalogPatchRow{row}); err == nil {
		t.Error("it writes through a link that leads out")
	}
	if list, err := os.ReadDir(outside); err != nil || len(list) != 0 {
		t.Errorf("%v, outside there are %v, want nothing", err, list)
	}
}
