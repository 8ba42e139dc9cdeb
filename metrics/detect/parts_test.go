package detect

import (
	"strings"
	"testing"
	"unicode/utf8"

	goccy "github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

func TestPathSteps(t *testing.T) {
	tests := []struct {
		text string
		want yamlPath
	}{
		{"$", nil},
		{"$.a.b", yamlPath{{kind: child, name: "a"}, {kind: child, name: "b"}}},
		{"$.a[0][*]", yamlPath{{kind: child, name: "a"}, {kind: item}, {kind: everyItem}}},
		{"$..a.b", yamlPath{{kind: descendant, name: "a"}, {kind: child, name: "b"}}},
		{"$.'a.b'.c", yamlPath{{kind: child, name: "a.b"}, {kind: child, name: "c"}}},
		{`$.'it\'s'`, yamlPath{{kind: child, name: "it's"}}},
		{"$[12]", yamlPath{{kind: item, index: 12}}},
	}
	for _, tt := range tests {
		got, err := parsePath(tt.text)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
		}
		if diff := cmp.Diff(got, tt.want, cmp.AllowUnexported(pathStep{})); diff != "" {
			t.Errorf("%q (-got +want):\n%s", tt.text, diff)
		}
	}
	for _, text := range []string{"", "a", "$a", "$.", "$..", "$[", "$[1", "$[x]", "$[-1]", "$.'a", "$.a.*", "$.$", "$.a]"} {
		if got, err := parsePath(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

// FuzzYAMLPath finds no text that panics, and evaluates what is a path.
func FuzzYAMLPath(f *testing.F) {
	for _, s := range []string{"$.a[0]..b.'c'", "$[*]", "$.'a\\'b'", "$..x[1]"} {
		f.Add(s, "a: [{b: &x {c: 1}}, *x]\n")
	}
	f.Fuzz(func(t *testing.T, text, content string) {
		path, err := parsePath(text)
		if err != nil {
			return
		}
		if _, err := goccy.PathString(text); err != nil {
			t.Errorf("%q: the library refuses it: %v", text, err)
		}
		file, _ := parseYAML(content)
		for _, doc := range file.docs {
			path.find(file, found{doc, doc}, 0, func(found) bool { return true })
		}
		if file.steps > maxSteps+maxDepth*10 {
			t.Errorf("%q: %d steps", text, file.steps)
		}
	})
}

func TestFilters(t *testing.T) {
	tests := []struct {
		name   string
		filter filter
		want   bool // a change in services/pay passes
	}{
		{"none", filter{}, true},
		{"the folder", filter{paths: []string{"services/pay/**"}}, true},
		{"above", filter{paths: []string{"services/**"}}, true},
		{"below", filter{paths: []string{"services/pay/src/*.js"}}, true},
		{"a star for the folder", filter{paths: []string{"services/*/go.mod"}}, true},
		{"another folder", filter{paths: []string{"services/other/**"}}, false},
		{"a longer name", filter{paths: []string{"services/payments/**"}}, false},
		{"a shorter name", filter{paths: []string{"services/pa/**"}}, false},
		{"files of the root", filter{paths: []string{"*.md"}}, false},
		{"files of any depth", filter{paths: []string{"**.md"}}, true},
		{"files of any depth, with a slash", filter{paths: []string{"**/*.md"}}, true},
		{"the name of the folder itself", filter{paths: []string{"services/pay"}}, false},
		{"a choice", filter{paths: []string{"services/[p-q]ay/**"}}, true},
		{"another choice", filter{paths: []string{"services/[a-c]ay/**"}}, false},
		{"optional character", filter{paths: []string{"services?/pay/**"}}, true},
		{"repeated character", filter{paths: []string{"services+/pay/**"}}, true},
		{"taken away", filter{paths: []string{"services/**", "!services/pay/**"}}, false},
		{"taken away above", filter{paths: []string{"**", "!services/**"}}, false},
		{"a part taken away", filter{paths: []string{"services/**", "!services/pay/docs/**"}}, true},
		{"taken away and given back", filter{paths: []string{"!services/**", "services/pay/**"}}, true},
		{"ignored", filter{ignore: []string{"services/pay/**"}}, false},
		{"ignored above", filter{ignore: []string{"services/**"}}, false},
		{"everything ignored", filter{ignore: []string{"**"}}, false},
		{"ignored in part", filter{ignore: []string{"services/pay/docs/**", "**.md"}}, true},
		{"another folder ignored", filter{ignore: []string{"docs/**"}}, true},
		{"escaped", filter{paths: []string{`services/\pay/**`}}, true},
		{"odd", filter{paths: []string{"[", "?", "+", `\`, "", "[]"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.filter.admits("services/pay"); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func FuzzFilter(f *testing.F) {
	f.Add("services/**/[a-z]+.?", "services/pay")
	f.Fuzz(func(t *testing.T, pattern, folder string) {
		if len(pattern) > 200 || len(folder) > 200 {
			return
		}
		p := compileFilter(pattern)
		if p.covers(folder) && !p.enters(folder) {
			t.Errorf("%q covers %q and does not enter it", pattern, folder)
		}
	})
}

func TestJobDirs(t *testing.T) {
	tests := []struct {
		dirs []string
		want bool // elsewhere than services/pay
	}{
		{nil, false}, {[]string{"services/other"}, true}, {[]string{"services/pay"}, false}, {[]string{"./services/pay/"}, false},
		{[]string{"services/pay/cmd"}, false}, {[]string{"services"}, false}, {[]string{"."}, false}, {[]string{""}, false},
		{[]string{"services/payments"}, true}, {[]string{"services/other", "services/pay"}, false}, {[]string{"${{ matrix.x }}"}, false},
		{[]string{"a", "b"}, true},
	}
	for _, tt := range tests {
		var d jobDirs
		for _, dir := range tt.dirs {
			d = d.with(dir)
		}
		if got := d.elsewhere("services/pay"); got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.dirs, got, tt.want)
		}
	}
}

func TestSplitImage(t *testing.T) {
	tests := []struct{ image, name, version string }{
		{"golang", "golang", ""}, {"golang:1.22", "golang", "1.22"}, {"host:5000/img", "host:5000/img", ""},
		{"host:5000/img:v1", "host:5000/img", "v1"}, {"img@sha256:ab", "img", "sha256:ab"}, {"img:1@sha256:ab", "img", "1"},
		{"${R:-x}/img:${T:-1}", "${R:-x}/img", "${T:-1}"}, {"img:", "img", ""}, {"", "", ""},
	}
	for _, tt := range tests {
		if name, version := splitImage(tt.image); name != tt.name || version != tt.version {
			t.Errorf("%q: got %q %q, want %q %q", tt.image, name, version, tt.name, tt.version)
		}
	}
}

func TestSourceNames(t *testing.T) {
	tests := []struct {
		source string
		want   []string
	}{
		{"./modules/x", []string{"./modules/x"}},
		{"acme/network/aws", []string{"acme/network/aws"}},
		{"github.com/acme/x//y", []string{"github.com/acme/x//y", "github.com/acme/x//y", "github.com/acme/x/y"}},
		{"git::ssh://git@host.dev/acme/x.git//y", []string{"git::ssh://git@host.dev/acme/x.git//y", "host.dev/acme/x//y", "host.dev/acme/x/y"}},
		{"git@github.com:acme/x.git", []string{"git@github.com:acme/x.git", "github.com/acme/x"}},
		{"https://x.dev/a.zip", []string{"https://x.dev/a.zip", "x.dev/a.zip"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(sourceNames(tt.source), tt.want); diff != "" {
			t.Errorf("%q (-got +want):\n%s", tt.source, diff)
		}
	}
}

func TestClip(t *testing.T) {
	long := strings.Repeat("é", 300)
	tests := []struct{ text, want string }{
		{"  a\tb\nc\x00\x1b[1m ", "a b c  [1m"},
		{"a\xffb", "a\uFFFDb"},
		{long, strings.Repeat("é", 200)},
		{strings.Repeat("a", 199) + " b", strings.Repeat("a", 199)},
		{strings.Repeat("\xff", 5000), "\uFFFD"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := clip(tt.text); got != tt.want {
			t.Errorf("%.20q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func FuzzClip(f *testing.F) {
	f.Add("a\xffé\n")
	f.Fuzz(func(t *testing.T, text string) {
		got := clip(text)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxText || strings.ContainsAny(got, "\r\n\x00") || got != strings.TrimSpace(got) {
			t.Errorf("got %q", got)
		}
	})
}

func TestLineAt(t *testing.T) {
	tests := []struct{ offset, line, column int }{{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {99, 3, 1}, {-1, 1, 1}}
	for _, tt := range tests {
		if line, column := lineAt("ab\nc\n", tt.offset); line != tt.line || column != tt.column {
			t.Errorf("%d: got %d:%d, want %d:%d", tt.offset, line, column, tt.line, tt.column)
		}
	}
}
