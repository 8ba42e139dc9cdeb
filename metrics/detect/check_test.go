package detect

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/metrics"
)

func TestCheck(t *testing.T) {
	empty := ""
	tests := []struct {
		name   string
		signal metrics.Signal
		want   []string // field: words of the message
	}{
		{"fine", metrics.Signal{Kind: "content", File: "a", Regex: "b", Lines: 3}, nil},
		{"equals of the empty text", metrics.Signal{Kind: "yaml", File: "a", Path: "$.a", Equals: &empty}, nil},
		{"no kind", metrics.Signal{}, []string{": is no signal, expected one of file, content"}},
		{"unknown kind", metrics.Signal{Kind: "flie", Path: "x"}, []string{`: "flie" is no signal`}},
		{"no main key", metrics.Signal{Kind: "file"}, []string{": file needs path: glob of the file"}},
		{"two keys missing", metrics.Signal{Kind: "content"}, []string{": content needs file", ": content needs regex"}},
		{"another kind's key", metrics.Signal{Kind: "file", Path: "a", Regex: "x", Lines: 1},
			[]string{`regex: file has no key "regex", expected one of path`, `lines: file has no key "lines"`}},
		{"one of several", metrics.Signal{Kind: "workflow"}, []string{": workflow needs one of name, triggers, runs, unless_uses"}},
		{"no target", metrics.Signal{Kind: "uses"}, []string{": uses needs one of target, all_of"}},
		{"an empty list", metrics.Signal{Kind: "uses", AllOf: []string{}}, []string{"all_of: the list is empty"}},
		{"an empty entry", metrics.Signal{Kind: "uses", AllOf: []string{"a/b", ""}}, []string{"all_of: an entry is empty"}},
		{"bad glob", metrics.Signal{Kind: "file", Path: "a/[b"}, []string{`path: "a/[b" is no glob`}},
		{"bad brace", metrics.Signal{Kind: "docker_from", Image: "a", File: "{a,b"}, []string{`file: "{a,b" is no glob`}},
		{"a folder", metrics.Signal{Kind: "file", Path: "deploy/"}, []string{`path: "deploy/" names a folder, expected a glob of files such as "deploy/**"`}},
		{"the root", metrics.Signal{Kind: "file", Path: "/"}, []string{"path: names a folder"}},
		{"outside", metrics.Signal{Kind: "file", Path: "../x"}, []string{"path: leaves the repository"}},
		{"bad regex", metrics.Signal{Kind: "content", File: "a", Regex: "a(b"}, []string{"regex: is no regular expression (RE2): missing closing )"}},
		{"lookahead", metrics.Signal{Kind: "workflow", Runs: "(?=x)"}, []string{"runs: is no regular expression"}},
		{"negative lines", metrics.Signal{Kind: "content", File: "a", Regex: "b", Lines: -1}, []string{"lines: -1 is no number of lines"}},
		{"bad pattern", metrics.Signal{Kind: "uses", Target: "a/{b"}, []string{`target: "a/{b" is no pattern`}},
		{"a pattern with a ref", metrics.Signal{Kind: "uses", Target: "a/b@v1"}, []string{`target: "a/b@v1" has a ref, expected a pattern without it such as "a/b"`}},
		{"a list with a ref", metrics.Signal{Kind: "uses", AllOf: []string{"a/b@v1"}}, []string{"all_of: has a ref"}},
		{"unless with a ref", metrics.Signal{Kind: "workflow", UnlessUses: "a/b@v1"}, []string{"unless_uses: has a ref"}},
		{"a component with a ref", metrics.Signal{Kind: "gitlab_include", Component: "a/b@1"}, []string{"component: has a ref"}},
		{"a scoped package is no ref", metrics.Signal{Kind: "npm_dependency", Name: "@acme/kit"}, nil},
		{"bad range", metrics.Signal{Kind: "go_module", Name: "a", Version: "newest"}, []string{`version: "newest" is no range of versions`}},
		{"bad stage", metrics.Signal{Kind: "docker_from", Image: "a", Stage: "last"}, []string{`stage: "last" is no stage, expected final or any`}},
		{"bad YAMLPath", metrics.Signal{Kind: "yaml", File: "a", Path: "spec.owner"}, []string{`path: "spec.owner" is no YAMLPath`}},
		{"YAMLPath that ends early", metrics.Signal{Kind: "yaml", File: "a", Path: "$[1"}, []string{"path: is no YAMLPath"}},
		{"matches and equals", metrics.Signal{Kind: "yaml", File: "a", Path: "$.a", Matches: "b", Equals: &empty}, []string{"equals: exclude each other"}},
		{"bad CEL", metrics.Signal{Kind: "cel", Expr: "files["}, []string{"expr: no CEL expression: Syntax error"}},
		{"an unknown name in CEL", metrics.Signal{Kind: "cel", Expr: "repo.nmae == 'x'"}, []string{"expr: undeclared reference to 'repo' at 1:1 of it"}},
		{"CEL that is no bool", metrics.Signal{Kind: "cel", Expr: "size(files)"}, []string{"expr: the expression is of type int, expected bool"}},
		{"everything at once", metrics.Signal{Kind: "content", File: "[", Regex: "(", Stage: "x"},
			[]string{"stage: has no key", "file: is no glob", "regex: is no regular expression"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Check(tt.signal)
			if len(got) != len(tt.want) {
				t.Fatalf("got %d problems %+v, want %d", len(got), got, len(tt.want))
			}
			for i, p := range got {
				field, words, _ := strings.Cut(tt.want[i], ": ")
				if p.Field != field || !strings.Contains(p.Message, words) {
					t.Errorf("problem %d: got %s: %s, want %s: … %s", i, p.Field, p.Message, field, words)
				}
			}
		})
	}
}

func TestCompileRefusesWhatCheckRefuses(t *testing.T) {
	_, err := Compile([]metrics.Signal{{Kind: "file", Path: "a"}, {Kind: "content", File: "a", Regex: "("}})
	if !errors.Is(err, metrics.ErrInvalid) || !strings.Contains(err.Error(), "content regex") {
		t.Errorf("got %v, want an invalid content regex", err)
	}
}

func TestIndex(t *testing.T) {
	text := "x"
	a := metrics.Signal{Kind: "yaml", File: "a", Path: "$.a", Equals: &text}
	same := "x"
	equal := metrics.Signal{Kind: "yaml", File: "a", Path: "$.a", Equals: &same}
	b := metrics.Signal{Kind: "file", Path: "a"}
	set, err := Compile([]metrics.Signal{a, b, equal})
	if err != nil {
		t.Fatal(err)
	}
	i, _ := set.Index(a)
	j, _ := set.Index(equal)
	k, _ := set.Index(b)
	if set.Len() != 2 || i != 0 || j != 0 || k != 1 {
		t.Errorf("got %d signals at %d, %d, %d, want 2 at 0, 0, 1", set.Len(), i, j, k)
	}
	if _, ok := set.Index(metrics.Signal{Kind: "file", Path: "b"}); ok {
		t.Error("got an index for a signal that is not in the set")
	}
}

// TestKindsAreDescribed holds the list together: every kind has a help, a main key among its keys, and keys
// that a signal can have.
func TestKindsAreDescribed(t *testing.T) {
	known := map[string]bool{}
	for _, f := range fields(metrics.Signal{}) {
		known[f.name] = true
	}
	seen := map[string]bool{}
	for _, k := range Kinds() {
		var names []string
		for _, key := range k.Keys {
			names = append(names, key.Name)
			if key.Help == "" || !known[key.Name] {
				t.Errorf("%s: key %q has no help or no field", k.Name, key.Name)
			}
		}
		if k.Help == "" || strings.Contains(k.Help, "\n") || seen[k.Name] {
			t.Errorf("kind %s: help %q, or twice in the list", k.Name, k.Help)
		}
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+k.Main+" ") {
			t.Errorf("%s: main key %q is not among %v", k.Name, k.Main, names)
		}
		seen[k.Name] = true
	}
	if len(Kinds()) > 56 {
		t.Errorf("%d kinds: blob.checked has room for 56", len(Kinds()))
	}
}

func TestFilesOfKinds(t *testing.T) {
	kinds := kindsByName()
	got := map[string][]string{
		"docker_from":  kinds["docker_from"].Files(metrics.Signal{Kind: "docker_from"}),
		"content":      kinds["content"].Files(metrics.Signal{File: "x"}),
		"circleci_orb": kinds["circleci_orb"].Files(metrics.Signal{}),
		"topic":        kinds["topic"].Files(metrics.Signal{}),
	}
	want := map[string][]string{
		"docker_from": {"**/Dockerfile*"}, "content": {"x"}, "circleci_orb": {".circleci/config.yml"}, "topic": nil,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("files (-got +want):\n%s", diff)
	}
}
