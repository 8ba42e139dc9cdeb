package descriptor

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/metrics"
)

const twoDocuments = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: pay
spec:
  type: service
  owner: payments # who else
  lifecycle: production
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ledger
spec:
  type: service
  owner: payments
`

func owner(ref, from, to string) Correction {
	parsed, err := metrics.ParseEntityRef(ref, "component", "")
	if err != nil {
		panic(err)
	}
	return Correction{Ref: parsed, Field: metrics.FieldOwner, From: from, To: to}
}

// on is a correction of what stands on a line.
func on(line int, c Correction) Correction {
	c.Line = line
	return c
}

// withOwner is an entity with something written as its owner.
func withOwner(written string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: pay\nspec:\n  owner:" + written + "\n  type: service\n"
}

// TestCorrect applies each patch with git, and compares with the file in which the first of the texts is replaced by the
// second.
func TestCorrect(t *testing.T) {
	crlf := strings.ReplaceAll(twoDocuments, "\n", "\r\n")
	pay := owner("pay", "payments", "group:default/money")
	for name, c := range map[string]struct {
		path, content string
		corrections   []Correction
		old, new      string
	}{
		"plain":                          {"", withOwner(" payments"), []Correction{pay}, " payments", " group:default/money"},
		"plain before a comment":         {"", withOwner("   payments   # since May"), []Correction{pay}, "payments ", "group:default/money "},
		"in single quotes":               {"", withOwner(" 'payments'"), []Correction{owner("pay", "payments", "it's")}, "'payments'", "'it''s'"},
		"a quote in single quotes":       {"", withOwner(" 'it''s'"), []Correction{owner("pay", "it's", "money")}, "'it''s'", "'money'"},
		"the second of two descriptions": {"", withOwner(" shop") + "---\n" + withOwner(" payments"), []Correction{pay}, "payments", "group:default/money"},
		"behind a version of YAML":       {"", "%YAML 1.2\n---\n" + withOwner(" payments"), []Correction{pay}, "payments", "group:default/money"},
		"that of a line":                 {"", withOwner(" payments # one") + "---\n" + withOwner(" payments # two"), []Correction{on(14, pay)}, "payments # two", "group:default/money # two"},
		"in double quotes":               {"", withOwner(` "pay\u006dents"`), []Correction{owner("pay", "payments", `a "b" \`)}, `"pay\u006dents"`, `"a \"b\" \\"`},
		"nothing":                        {"", withOwner(""), []Correction{owner("pay", "", "money")}, "owner:", "owner: money"},
		"nothing but a comment":          {"", withOwner(" # who?"), []Correction{owner("pay", "", "money")}, "owner:", "owner: money"},
		"nothing with a space behind":    {"", withOwner(" "), []Correction{owner("pay", "", "money")}, "owner: ", "owner: money "},
		"a null":                         {"", withOwner(" ~"), []Correction{owner("pay", "", "money")}, "~", "money"},
		"an empty text":                  {"", withOwner(` ""`), []Correction{owner("pay", "", "money")}, `""`, `"money"`},
		"an empty list":                  {"", withOwner(` [ ]`), []Correction{owner("pay", "", "money")}, `[ ]`, `money`},
		"in a flow":                      {"", "apiVersion: backstage.io/v1\nkind: API\nmetadata: {name: pay}\nspec: {owner: payments, type: x}", []Correction{owner("api:pay", "payments", "money")}, "payments", "money"},
		"in a flow, nothing":             {"", "apiVersion: backstage.io/v1\nkind: API\nmetadata: {name: pay}\nspec: {owner: , type: x}", []Correction{owner("api:pay", "", "money")}, "owner: ,", "owner: money,"},
		"needs quotes":                   {"", withOwner(" payments"), []Correction{owner("pay", "payments", "yes")}, " payments", ` "yes"`},
		"needs quotes: number":           {"", withOwner(" payments"), []Correction{owner("pay", "payments", "0x1F")}, " payments", ` "0x1F"`},
		"needs quotes: comment":          {"", withOwner(" payments"), []Correction{owner("pay", "payments", "a #b")}, " payments", ` "a #b"`},
		"an alias":                       {"", "x: &team payments\n" + withOwner(" *team"), []Correction{pay}, "*team", "group:default/money"},
		"behind letters of two bytes":    {"", withOwner("  payments") + "# é\n", []Correction{pay}, "payments", "group:default/money"},
		"behind letters in the line":     {"", "apiVersion: backstage.io/v1\nkind: API\nmetadata: {name: pay}\nspec: {über: ñ, owner: payments}\n", []Correction{owner("api:pay", "payments", "money")}, "payments", "money"},
		"behind a mark of byte order":    {"", "\uFEFF" + withOwner(" payments"), []Correction{pay}, "payments", "group:default/money"},
		"the first of two documents":     {"", twoDocuments, []Correction{pay}, "payments # who else", "group:default/money # who else"},
		"the second of two documents":    {"", twoDocuments, []Correction{owner("ledger", "payments", "books")}, "payments\n", "books\n"},
		"carriage returns":               {"", crlf, []Correction{owner("ledger", "payments", "books")}, "payments\r\n", "books\r\n"},
		"no newline at the end":          {"", strings.TrimSuffix(twoDocuments, "\n"), []Correction{owner("ledger", "payments", "books")}, "ledger\nspec:\n  type: service\n  owner: payments", "ledger\nspec:\n  type: service\n  owner: books"},
		"no newline behind the change":   {"", strings.TrimSuffix(withOwner(" payments"), "\n"), []Correction{pay}, "payments", "group:default/money"},
		"one of a list": {"port.yml", "identifier: pay\nblueprint: service\nteam:\n  - a\n  - payments\n  - 'c'\n",
			[]Correction{owner("component:pay", "payments", "money")}, "payments", "money"},
		"one of a list in a flow": {"port.yml", "- {identifier: pay, blueprint: service, team: [a, payments]}\n",
			[]Correction{owner("component:pay", "payments", "order team")}, "payments", "order team"},
		"of Cortex": {"svc/cortex.yaml", "info:\n  x-cortex-tag: pay\n  x-cortex-owners:\n    - {type: group, name: payments}\n    - {type: email, email: a@b.c}\n",
			[]Correction{owner("service:pay", "payments", "acme/money")}, "payments", "acme/money"},
		"of OpsLevel": {"opslevel.yml", "---\nversion: 1\nservice:\n  name: Pay\n  owner: payments\n",
			[]Correction{owner("service:pay", "payments", "money")}, "payments", "money"},
		"a reference": {"", "apiVersion: backstage.io/v1\nkind: API\nmetadata: {name: pay}\nspec: {system: shop}\n",
			[]Correction{{metrics.EntityRef{Kind: "api", Namespace: "default", Name: "pay"}, metrics.FieldSystem, "system:default/shop", "market", 0}}, "shop", "market"},
		"an annotation that names a repository": {"", "apiVersion: backstage.io/v1\nkind: API\nmetadata: {name: pay, annotations: {github.com/project-slug: acme/old}}\n",
			[]Correction{{metrics.EntityRef{Kind: "api", Namespace: "default", Name: "pay"}, "annotation.github.com/project-slug", "acme/old", "acme/new", 3}}, "acme/old", "acme/new"},
		"a path with a space":            {"my service/catalog-info.yaml", withOwner(" payments"), []Correction{pay}, "payments", "group:default/money"},
		"a path with quotes and letters": {"a\"b\\é/catalog-info.yaml", withOwner(" payments"), []Correction{pay}, "payments", "group:default/money"},
		"nothing to correct":             {"", withOwner(" payments"), nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if c.path == "" {
				c.path = "catalog-info.yaml"
			}
			want := strings.Replace(c.content, c.old, c.new, 1)
			if strings.Count(c.content, c.old) > 1 && c.old != "" {
				t.Fatalf("%q is there more than once", c.old)
			}
			patch, err := Correct(metrics.Place{Repo: "github.com/acme/pay", Path: c.path}, c.content, c.corrections...)
			if err != nil {
				t.Fatal(err)
			}
			if got := applied(t, c.path, c.content, patch); got != want {
				t.Errorf("after git apply (-got +want):\n%s\npatch:\n%s", cmp.Diff(got, want), patch)
			}
		})
	}
}

// TestCorrectTogether makes corrections near one another and far apart in one patch.
func TestCorrectTogether(t *testing.T) {
	far := strings.Replace(strings.Repeat("# far\n", 20)+withOwner(""), "name: pay", "name: shop", 1)
	content := twoDocuments + "---\n" + far
	lifecycle := owner("pay", "production", "deprecated")
	lifecycle.Field = metrics.FieldLifecycle
	patch, err := Correct(metrics.Place{Path: "all.yaml"}, content,
		owner("shop", "", "sales"), lifecycle, owner("ledger", "payments", "books"), owner("pay", "payments", "money"))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("payments # who", "money # who", "production", "deprecated", "payments\n---", "books\n---", "owner:\n", "owner: sales\n").Replace(content)
	if diff := cmp.Diff(applied(t, "all.yaml", content, patch), want); diff != "" {
		t.Errorf("after git apply (-got +want):\n%s\npatch:\n%s", diff, patch)
	}
	if got := strings.Count(patch, "\n@@ "); got != 3 {
		t.Errorf("%d hunks, want 3:\n%s", got, patch)
	}
}

// TestCorrectShared corrects values that several entities have from one place, or that are told twice.
func TestCorrectShared(t *testing.T) {
	const merged = "- {identifier: pay, blueprint: service, <<: &us {team: payments}}\n- {identifier: shop, blueprint: service, <<: *us}\n"
	twice := withOwner(" payments # one") + "---\n" + withOwner(" payments # two")
	pay, shop := owner("pay", "payments", "money"), owner("shop", "payments", "money")
	for name, c := range map[string]struct {
		path, content string
		corrections   []Correction
		want          string // "" where they are refused
	}{
		"what is merged into two":     {"port.yml", merged, []Correction{pay, shop}, strings.Replace(merged, "payments", "money", 1)},
		"one of the two":              {"port.yml", merged, []Correction{pay}, ""},
		"it cannot become two":        {"port.yml", merged, []Correction{pay, owner("shop", "payments", "sales")}, ""},
		"two descriptions of one":     {"catalog-info.yaml", twice, []Correction{pay, pay}, strings.ReplaceAll(twice, "payments", "money")},
		"the first becomes another":   {"catalog-info.yaml", twice, []Correction{pay, owner("pay", "payments", "sales")}, strings.NewReplacer("payments # one", "money # one", "payments", "sales").Replace(twice)},
		"more often than it is there": {"catalog-info.yaml", twice, []Correction{pay, pay, pay}, ""},
		"one can, and another cannot": {"catalog-info.yaml", twice, []Correction{pay, shop}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			patch, err := Correct(metrics.Place{Path: c.path}, c.content, c.corrections...)
			if (err == nil) != (c.want != "") {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff(applied(t, c.path, c.content, patch), c.want); diff != "" {
				t.Errorf("after git apply (-got +want):\n%s\npatch:\n%s", diff, patch)
			}
		})
	}
}

// applied returns the file after git applied a patch to it, checking that it has no more lines than needed.
func applied(t *testing.T, path, content, patch string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	if patch != "" {
		cmd := exec.Command("git", "apply", "--whitespace=nowarn", "-")
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(patch)
		cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git apply: %v: %s\n%s", err, out, patch)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func TestCorrectRefuses(t *testing.T) {
	pay := owner("pay", "payments", "money")
	for name, c := range map[string]struct {
		content    string
		correction Correction
		want       error
	}{
		"no such entity":               {twoDocuments, owner("shop", "payments", "money"), metrics.ErrNotFound},
		"no such field":                {twoDocuments, Correction{Ref: pay.Ref, Field: "tier", To: "1"}, metrics.ErrNotFound},
		"another value":                {twoDocuments, owner("pay", "shop", "money"), metrics.ErrNotFound},
		"not empty":                    {twoDocuments, owner("pay", "", "money"), metrics.ErrNotFound},
		"to nothing":                   {twoDocuments, owner("pay", "payments", ""), metrics.ErrInvalid},
		"to two lines":                 {twoDocuments, owner("pay", "payments", "a\nb: c"), metrics.ErrInvalid},
		"to a separator of lines":      {twoDocuments, owner("pay", "payments", "a\u2028b"), metrics.ErrInvalid},
		"an anchor":                    {withOwner(" &team payments") + "  lifecycle: *team\n", pay, metrics.ErrConflict},
		"a tag":                        {withOwner(" !!str payments"), pay, metrics.ErrConflict},
		"merged into several":          {"x: &x {owner: payments}\napiVersion: backstage.io/v1\nkind: Component\nmetadata: {name: pay, labels: *x}\nspec: {<<: *x}\n", pay, metrics.ErrConflict},
		"folded":                       {withOwner(" >-\n    payments"), pay, metrics.ErrConflict},
		"on two lines":                 {withOwner(" pay\n    ments"), owner("pay", "pay ments", "money"), metrics.ErrConflict},
		"from a placeholder":           {withOwner(" {$text: ./OWNER}"), owner("pay", "$text: ./OWNER", "money"), metrics.ErrConflict},
		"described twice":              {withOwner(" payments") + "---\n" + withOwner(" payments"), pay, nil},
		"a file that does not parse":   {"a: [", pay, metrics.ErrNotFound},
		"a list that has a comment in": {withOwner(" [ # none\n  ]"), owner("pay", "", "money"), metrics.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			patch, err := Correct(metrics.Place{Path: "catalog-info.yaml"}, c.content, c.correction)
			if !errors.Is(err, c.want) || c.want == nil && err != nil {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if err != nil && patch != "" {
				t.Errorf("a patch comes with the error: %s", patch)
			}
		})
	}
}
