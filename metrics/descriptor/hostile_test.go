package descriptor

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/trodden/trodden/metrics"
	"golang.org/x/tools/txtar"
)

// bomb is anchors that double, each made of the one before.
func bomb(one, many string, levels int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "a0: &a0 %s\n", one)
	for i := 1; i <= levels; i++ {
		fmt.Fprintf(&b, "a%d: &a%d %s\n", i, i, strings.ReplaceAll(many, "*", fmt.Sprintf("*a%d", i-1)))
	}
	return b.String()
}

const head = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: pay}\n"

func TestHostile(t *testing.T) {
	inventory := strings.Repeat(payLike("pay", "payments", "production")+"---\n", 5<<20/110)
	for name, c := range map[string]struct {
		content  string
		entities int
		broken   bool
		warning  string // that some warning contains
	}{
		"a bomb of lists":       {head + bomb("[x, x]", "[*, *]", 60) + "spec: {owner: *a60}", 0, true, "aliases expand too far"},
		"a bomb of mappings":    {head + bomb("{x: y}", "{a: *, b: *}", 60) + "spec: {custom: *a60}", 0, true, "aliases expand too far"},
		"a bomb of merges":      {head + bomb("{owner: x}", "{<<: [*, *]}", 60) + "spec: *a60", 0, true, "aliases expand too far"},
		"a bomb that is unused": {head + bomb("[x, x]", "[*, *]", 60) + "spec: {owner: a}", 1, false, ""},
		"a merge of itself":     {head + "spec: &s\n  owner: a\n  <<: *s\n", 1, false, ""},
		"a list of itself":      {head + "spec: {tags: &t [*t, *t]}\n", 1, false, ""},
		"nested deeply":         {head + "spec: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), 1, false, ""},
		"nested too deeply":     {head + "spec: " + strings.Repeat("[", 200_000), 0, true, "parse YAML"},
		"many directives":       {strings.Repeat("%YAML 1.2\n", 100_000), 0, true, "begin with %"},
		"many broken documents": {strings.Repeat("---\na: [\n", 4000), 0, true, "parse YAML"},
		"more broken documents": {strings.Repeat("---\na: [\n", 100_000), 0, true, "parse YAML"},
		"many duplicates":       {head + strings.Repeat("a: b\n", 100_000), 1, false, "duplicate key"},
		"five megabytes":        {inventory, 5 << 20 / 110, false, ""},
		"a text of megabytes":   {head + "spec: {definition: '" + strings.Repeat("x", 5<<20) + "'}", 1, false, ""},
		"too large":             {strings.Repeat(" ", maxSize+1), 0, true, "more than"},
		"not UTF-8":             {head + "spec: {owner: \"\xff\"}", 0, true, "parse YAML"},
		"binary":                {"\x00\x01\x02", 0, true, "parse YAML"},
		"a mark of byte order":  {"\uFEFF" + head, 1, false, ""},
		"UTF-16":                {"\xff\xfek\x00:\x00 \x00a\x00", 0, false, ""},
		"carriage returns":      {strings.ReplaceAll(head, "\n", "\r\n"), 1, false, ""},
		"old ends of lines":     {strings.ReplaceAll(head, "\n", "\r"), 1, false, ""},
		"tabs":                  {head + "spec:\n\towner: a\n", 0, true, "cannot start any token"},
		"escapes of control":    {head + `spec: {owner: "a\0\x1b\u0085b"}`, 1, false, ""},
		"empty":                 {"", 0, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			file := Parse(metrics.Place{Repo: "github.com/acme/pay", Path: "catalog-info.yaml"}, c.content)
			if len(file.Entities) != c.entities || file.Broken != c.broken {
				t.Errorf("%d entities, broken %t, want %d, %t: %v", len(file.Entities), file.Broken, c.entities, c.broken, file.Warnings)
			}
			some := slices.ContainsFunc(file.Warnings, func(w metrics.Warning) bool { return strings.Contains(w.Message, c.warning) })
			if !some && c.warning != "" {
				t.Errorf("no warning with %q: %v", c.warning, file.Warnings)
			}
			fit(t, file, c.content)
		})
	}
}

// fit checks what holds of every file: what comes back can be kept, and leads to places in it.
func fit(t *testing.T, file File, content string) {
	t.Helper()
	lines := strings.Count(content, "\n") + strings.Count(content, "\r") + strings.Count(content, "\u0085") +
		strings.Count(content, "\u2028") + strings.Count(content, "\u2029") + 1
	if len(file.Warnings) > maxWarnings {
		t.Errorf("%d warnings", len(file.Warnings))
	}
	for _, w := range file.Warnings {
		if w.Line < 1 || w.Column < 1 || !utf8.ValidString(w.Message) || utf8.RuneCountInString(w.Message) > maxMessage {
			t.Errorf("warning %+v", w)
		}
	}
	for _, e := range file.Entities {
		if e.Ref.Kind == "" || e.Ref.Name == "" || e.Ref.Namespace == "" || e.Begin < 1 {
			t.Errorf("entity %q from line %d", e.Ref, e.Begin)
		}
		for i, f := range e.Fields {
			if i > 0 && e.Fields[i-1].Name >= f.Name {
				t.Errorf("field %q comes behind %q", f.Name, e.Fields[i-1].Name)
			}
			if n := max(len(f.Values), 1); len(e.places[f.Name]) != n {
				t.Errorf("field %q has %d places for %d values", f.Name, len(e.places[f.Name]), len(f.Values))
			}
			if line := e.Line(f.Name); line < 1 || line > lines && !strings.HasPrefix(content, "\xff\xfe") && !strings.HasPrefix(content, "\xfe\xff") {
				t.Errorf("field %q stands on line %d of %d", f.Name, line, lines)
			}
		}
		if e.Person != nil && len(e.Fields) > 0 {
			t.Errorf("%s is a person and has fields", e.Ref)
		}
	}
}

// FuzzParse reads any content in every format, and corrects every value that it finds: a correction that is made holds.
func FuzzParse(f *testing.F) {
	paths := []string{"catalog-info.yaml", "a/cortex.yaml", "opslevel.yml", "port.yml"}
	names, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(string(file.Data))
		}
	}
	f.Add(head + bomb("[x, x]", "[*, *]", 20) + "spec: {owner: *a20}")
	f.Fuzz(func(t *testing.T, content string) {
		if len(content) > 20_000 {
			return
		}
		for _, path := range paths {
			at := metrics.Place{Repo: "github.com/acme/pay", Path: path}
			file := Parse(at, content)
			fit(t, file, content)
			for _, e := range file.Entities[:min(len(file.Entities), 5)] {
				owner, _ := e.Field(metrics.FieldOwner)
				c := Correction{Ref: e.Ref, Field: metrics.FieldOwner, To: "group:default/money"}
				if len(owner.Values) > 0 {
					c.From = owner.Values[len(owner.Values)-1]
				}
				if _, err := Correct(at, content, c); err == nil {
					corrected(t, at, content, c)
				}
			}
		}
	})
}

// corrected checks that a corrected file holds the new value.
func corrected(t *testing.T, at metrics.Place, content string, c Correction) {
	t.Helper()
	changed, err := correct(at, content, []Correction{c})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range Parse(at, changed).Entities {
		if owner, _ := e.Field(c.Field); e.Ref == c.Ref && slices.Contains(owner.Values, c.To) {
			return
		}
	}
	t.Errorf("no entity has the new value in\n%s", changed)
}
