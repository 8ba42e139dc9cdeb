package descriptor

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/google/go-cmp/cmp"
)

// folderTree is a repository in memory.
type folderTree map[string]string

func (f folderTree) Read(path string) (string, bool) {
	content, ok := f[path]
	return content, ok
}

func (f folderTree) Match(glob string) (paths []string) {
	for path := range f {
		if doublestar.MatchUnvalidated(glob, path) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

func leadingTo(targets ...string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: x}\nspec:\n  targets: ['" + strings.Join(targets, "', '") + "']\n"
}

func TestFollow(t *testing.T) {
	const entity = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: x}\n"
	for name, c := range map[string]struct {
		tree     folderTree
		from     []string
		want     []string
		warnings []string
	}{
		"a chain": {
			folderTree{"all.yaml": leadingTo("./a/all.yaml"), "a/all.yaml": leadingTo("x.yaml"), "a/x.yaml": entity},
			[]string{"all.yaml"}, []string{"all.yaml", "a/all.yaml", "a/x.yaml"}, nil,
		},
		"a cycle, and a file that leads to itself": {
			folderTree{"a.yaml": leadingTo("./b.yaml", "./a.yaml"), "b.yaml": leadingTo("/a.yaml", "./a.yaml")},
			[]string{"a.yaml", "b.yaml", "a.yaml"}, []string{"a.yaml", "b.yaml"}, nil,
		},
		"a glob that matches the file itself": {
			folderTree{"all.yaml": leadingTo("./**/*.yaml"), "a/x.yaml": entity, "b/c/y.yaml": entity},
			[]string{"all.yaml"}, []string{"all.yaml", "a/x.yaml", "b/c/y.yaml"}, nil,
		},
		"nowhere": {
			folderTree{"all.yaml": leadingTo("./gone.yaml", "./*/none.yaml", "./[*.yaml")},
			[]string{"all.yaml", "missing.yaml"}, []string{"all.yaml"},
			[]string{"location ./gone.yaml leads to no file", "location ./*/none.yaml leads to no file", "location ./[*.yaml leads to no file"},
		},
		"as a URL": {
			folderTree{"all.yaml": leadingTo("./sp%20ace/x.yaml", "d/a%23b.yaml", "./d/q.yaml?x=1", "./d/q2.yaml#top", "/s%20p/*.yaml"), "sp ace/x.yaml": entity,
				"d/a#b.yaml": entity, "d/q.yaml": entity, "d/q2.yaml": entity, "s p/x.yaml": entity},
			[]string{"all.yaml"}, []string{"all.yaml", "sp ace/x.yaml", "d/a#b.yaml", "d/q.yaml", "d/q2.yaml", "s p/x.yaml"}, nil,
		},
		"a file that is called as a URL is": {
			folderTree{"all.yaml": leadingTo("./a%20b.yaml", "./a#b.yaml", "./a?b.yaml"), "a%20b.yaml": entity, "a b.yaml": entity, "a#b.yaml": entity, "a": entity, "a?b.yaml": entity},
			[]string{"all.yaml"}, []string{"all.yaml", "a%20b.yaml", "a#b.yaml", "a b.yaml", "a?b.yaml"}, nil,
		},
		"nowhere as a URL": {
			folderTree{"all.yaml": leadingTo("./100%.yaml", "./%2e%2e/%2e%2e/x.yaml", "./a%20b.yaml")}, []string{"all.yaml"}, []string{"all.yaml"},
			[]string{"location ./100%.yaml leads to no file", "location ./%2e%2e/%2e%2e/x.yaml leads to no file", "location ./a%20b.yaml leads to no file"},
		},
		"the own repository by its URL, and another one": {
			folderTree{"all.yaml": leadingTo("https://github.com/Acme/Pay/blob/main/a.yaml", "https://github.com/acme/other/blob/main/a.yaml"), "a.yaml": entity},
			[]string{"all.yaml"}, []string{"all.yaml", "a.yaml"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got, warnings []string
			for _, file := range Follow("github.com/acme/pay", c.tree, c.from...) {
				got = append(got, file.Place.Path)
				for _, w := range file.Warnings {
					warnings = append(warnings, w.Message)
				}
			}
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("files (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(warnings, c.warnings); diff != "" {
				t.Errorf("warnings (-got +want):\n%s", diff)
			}
		})
	}
}

func TestNames(t *testing.T) {
	usual := func(path string) bool { return strings.HasSuffix(path, "catalog-info.yaml") }
	many := func(n int) (list []string) {
		for i := range n {
			list = append(list, fmt.Sprintf("./c/%03d.yaml", i))
		}
		return list
	}
	crowd := folderTree{"all.yaml": leadingTo("./**/*.yaml", "./a.yaml")}
	for i := range maxNamed {
		crowd[fmt.Sprintf("c/%d.yaml", i)] = ""
	}
	for name, c := range map[string]struct {
		tree folderTree
		want []string
	}{
		"paths and globs of the repository, each once": {
			folderTree{"all.yaml": leadingTo("./a/x.yaml", "./a/*.yaml", "/a/x.yaml", "https://github.com/acme/pay/blob/main/b.yaml"), "a/x.yaml": leadingTo("y.yaml", "../all.yaml")},
			[]string{"a/x.yaml", "a/*.yaml", "b.yaml", "a/y.yaml", "all.yaml"},
		},
		"what nobody has to name":  {folderTree{"all.yaml": leadingTo("./a/catalog-info.yaml", "./*/catalog-info.yaml")}, nil},
		"what is not there":        {folderTree{"all.yaml": leadingTo("./gone.yaml", "./gone/*.yaml")}, []string{"gone.yaml", "gone/*.yaml"}},
		"what leads elsewhere":     {folderTree{"all.yaml": leadingTo("https://github.com/acme/all/blob/main/a.yaml", "../../a.yaml", "./", "https://acme.dev/")}, nil},
		"a path that looks a glob": {folderTree{"all.yaml": leadingTo("./a[1]{b}.yaml")}, []string{`a\[1]\{b}.yaml`}},
		"what may be a URL":        {folderTree{"all.yaml": leadingTo("./a%20b.yaml", "./c?x=1"), "a b.yaml": ""}, []string{"a%20b.yaml", "a b.yaml", "c?x=1", "c"}},
		"no glob":                  {folderTree{"all.yaml": leadingTo("./[*.yaml", "./{a,b}{a,b}{a,b}*.yaml")}, nil},
		"more than are read":       {folderTree{"all.yaml": leadingTo(many(maxNamed + 9)...)}, strings.Fields(strings.ReplaceAll(strings.Join(many(maxNamed), " "), "./", ""))},
		"a glob of too many":       {crowd, []string{"a.yaml"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Names("github.com/acme/pay", c.tree, usual, "all.yaml")
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}
