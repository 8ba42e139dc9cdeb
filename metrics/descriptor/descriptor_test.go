package descriptor

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/metrics"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what is read into testdata")

// TestParse reads the files of each archive in testdata, which are those of one repository, and compares with the file
// named "want" at its end.
func TestParse(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("testdata has %d archives: %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			var got strings.Builder
			for _, file := range archive.Files[:last] {
				told(&got, Parse(metrics.Place{Repo: "github.com/acme/pay", Path: file.Name}, string(file.Data)))
			}
			if *update {
				archive.Files[last].Data = []byte(got.String())
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(got.String(), string(archive.Files[last].Data)); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

// told writes what a file says, a line a thing.
func told(b *strings.Builder, file File) {
	fmt.Fprintf(b, "%s (%s)", file.Place.Path, file.Format)
	if file.Broken {
		b.WriteString(" broken")
	}
	if file.LeftOut {
		b.WriteString(" left out")
	}
	b.WriteString("\n")
	for _, w := range file.Warnings {
		fmt.Fprintf(b, "  warning %d:%d: %s\n", w.Line, w.Column, w.Message)
	}
	for _, l := range file.Locations {
		fmt.Fprintf(b, "  %d: location %s -> %s %s glob=%t\n", l.Line, l.Target, l.To.Repo, l.To.Path, l.Glob)
	}
	for _, e := range file.Entities {
		fmt.Fprintf(b, "  %d: %s about %q folder %q\n", e.Begin, e.Ref, e.Repo, e.Folder)
		for _, f := range e.Fields {
			fmt.Fprintf(b, "    %d: %s = %q", e.Line(f.Name), f.Name, f.Values)
			if f.Unresolved {
				b.WriteString(" unresolved")
			}
			b.WriteString("\n")
		}
		for _, o := range e.Owners {
			fmt.Fprintf(b, "    owned by %s\n", party(o))
		}
		if e.Team != nil {
			fmt.Fprintf(b, "    team %q in %s, aliases %q, members", e.Team.Title, e.Team.Parent, e.Team.Aliases)
			for _, m := range e.Team.Members {
				b.WriteString(" " + party(m))
			}
			b.WriteString("\n")
		}
		if e.Person != nil {
			fmt.Fprintf(b, "    person %+v\n", *e.Person)
		}
	}
}

func party(p Party) string {
	if p.Email != "" {
		return strings.TrimSpace(p.Name + " <" + p.Email + ">")
	}
	return p.Ref.String()
}

func TestFormatOf(t *testing.T) {
	for path, want := range map[string]Format{
		"catalog-info.yaml": Backstage, "backstage/org.yml": Backstage, "cortex.yaml": Cortex, "svc/pay/cortex.yml": Cortex,
		".cortex/catalog/pay.yaml": Cortex, "a/.cortex/domains/x.yaml": Cortex, "opslevel.yml": OpsLevel, "port.yml": Port,
		"svc/port.yaml": Port, "port-app-config.yml": Backstage, "transport.yml": Backstage,
	} {
		if got := FormatOf(path); got != want {
			t.Errorf("format of %s is %s, want %s", path, got, want)
		}
	}
}

func TestWebPlace(t *testing.T) {
	for link, want := range map[string]metrics.Place{
		"https://github.com/Acme/Pay":                                      {Repo: "github.com/acme/pay"},
		"https://github.com/acme/pay/":                                     {Repo: "github.com/acme/pay"},
		"https://github.com/acme/pay/blob/main/catalog-info.yaml":          {Repo: "github.com/acme/pay", Path: "catalog-info.yaml"},
		"https://github.com/acme/mono/tree/main/svc/pay/":                  {Repo: "github.com/acme/mono", Path: "svc/pay"},
		"https://raw.githubusercontent.com/acme/pay/main/a/b.yaml":         {Repo: "github.com/acme/pay", Path: "a/b.yaml"},
		"https://gitlab.acme.dev:8443/a/b/pay/-/blob/main/x/y.yaml":        {Repo: "gitlab.acme.dev/a/b/pay", Path: "x/y.yaml"},
		"https://bitbucket.org/acme/pay/src/main/catalog-info.yaml":        {Repo: "bitbucket.org/acme/pay", Path: "catalog-info.yaml"},
		"https://dev.azure.com/acme/shop/_git/pay?path=/catalog-info.yaml": {Repo: "dev.azure.com/acme/shop/_git/pay", Path: "catalog-info.yaml"},
		"https://github.com/acme/pay/blob/main/*/catalog-info.yaml":        {Repo: "github.com/acme/pay", Path: "*/catalog-info.yaml"},
		"https://github.com":                                               {}, "ftp://github.com/acme/pay": {}, "https://": {}, "https://raw.githubusercontent.com/acme": {}, "://": {},
	} {
		got, ok := webPlace(link)
		if !ok {
			got = metrics.Place{}
		}
		if got != want {
			t.Errorf("%s leads to %v, want %v", link, got, want)
		}
	}
}

// TestSourceLocation reads which place an entity is about, written in a file that lies in svc/pay.
func TestSourceLocation(t *testing.T) {
	const mono, none = "github.com/acme/mono", "github.com/acme/here//svc/pay"
	on := "https://" + mono
	for location, want := range map[string]string{
		"url:" + on: mono, "url:" + on + "/": mono, "url:" + on + "/tree/main/": mono, "url:" + on + "/blob/main/": mono,
		"url:" + on + "/tree/main/svc/": mono + "//svc", "url:" + on + "/tree/main/svc": mono + "//svc", "url:" + on + "/tree/main/v1.2": mono + "//v1.2",
		"url:" + on + "/blob/main/svc": mono + "//svc", "url:" + on + "/blob/main/svc/": mono + "//svc", "url:" + on + "/blob/main/.github": mono + "//.github",
		"url:" + on + "/blob/main/catalog-info.yaml":                    mono,
		"url:" + on + "/blob/main/svc/catalog-info.yaml":                mono + "//svc",
		"url:" + on + "/edit/main/svc/go.mod":                           mono + "//svc",
		"url:" + on + "/raw/main/svc/Makefile":                          mono + "//svc",
		"url:https://raw.githubusercontent.com/acme/mono/main/svc/x":    mono + "//svc",
		"url:https://gitlab.com/a/b/c/-/blob/main/x/y.yaml":             "gitlab.com/a/b/c//x",
		"url:https://gitlab.com/a/b/c/-/tree/main/x/y.yaml":             "gitlab.com/a/b/c//x/y.yaml",
		"url:https://bitbucket.org/acme/mono/src/main/svc/a.yml":        "bitbucket.org/acme/mono//svc",
		"url:https://bitbucket.org/acme/mono/src/main/svc.api":          "bitbucket.org/acme/mono//svc.api",
		"url:https://dev.azure.com/acme/shop/_git/pay?path=/svc/c.yaml": "dev.azure.com/acme/shop/_git/pay//svc",
		"url:git@github.com:acme/mono.git":                              mono,
		"git@github.com:Acme/Mono":                                      mono,
		"url:ssh://git@github.com/acme/mono.git":                        mono,
		"dir:/x/y":                                                      none, "dir:.": none, "file:/srv/catalog-info.yaml": none, "url:git@github.com:mono": none, "url:https://github.com": none,
		"./@pay": "github.com/acme/here//svc/pay/@pay", "url:./cmd": "github.com/acme/here//svc/pay/cmd",
	} {
		content := strings.Replace(payLike("pay", "a", "production"), "name: pay\n", "name: pay\n  annotations: {backstage.io/source-location: '"+location+"'}\n", 1)
		e := Parse(metrics.Place{Repo: "github.com/acme/here", Path: "svc/pay/catalog-info.yaml"}, content).Entities[0]
		if got := metrics.UnitName(e.Repo, e.Folder); got != want {
			t.Errorf("%s is about %s, want %s", location, got, want)
		}
		named := slices.ContainsFunc(e.Fields, func(f metrics.EntityField) bool { return f.Name == metrics.FieldSource })
		if named != (want != none) {
			t.Errorf("%s names a source: %v", location, named)
		}
	}
}

func TestLine(t *testing.T) {
	e := Parse(metrics.Place{Path: "catalog-info.yaml"}, twoDocuments).Entities[1]
	for field, want := range map[string]int{metrics.FieldOwner: 16, metrics.FieldType: 15, metrics.FieldTier: 0} {
		if got := e.Line(field); got != want {
			t.Errorf("%s is on line %d, want %d", field, got, want)
		}
	}
}

func TestLongWarning(t *testing.T) {
	file := Parse(metrics.Place{Path: "catalog-info.yaml"}, head+"spec: {owner: '"+strings.Repeat("é ", 300)+"'}")
	if len(file.Warnings) != 1 || utf8.RuneCountInString(file.Warnings[0].Message) != maxMessage {
		t.Errorf("warnings %v, want one of %d characters", file.Warnings, maxMessage)
	}
}
