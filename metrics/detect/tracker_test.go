package detect

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/metrics"
)

const (
	goldenFlow = "on: push\njobs: {a: {uses: acme/golden/build@v1}}\n"
	newerFlow  = "on: push\njobs: {a: {uses: acme/golden/build@v2}}\n"
	localFlow  = "on: push\njobs: {a: {uses: ./.github/workflows/called.yml}, b: {steps: [{uses: ./act}]}}\n"
	calledFlow = "on: workflow_call\njobs: {a: {uses: acme/golden/called@v1}}\n"
	action     = "runs: {steps: [{uses: acme/golden/act@v1}]}\n"
	otherFlow  = "on: push\njobs: {a: {steps: [{run: make}]}}\n"
)

var usesGolden = metrics.Signal{Kind: "uses", Target: "acme/golden/**"}

// brief writes a finding as one line.
func brief(f metrics.Finding) string {
	text := map[metrics.Truth]string{metrics.No: "no", metrics.Maybe: "maybe", metrics.Yes: "yes"}[f.Truth]
	if f.Reason != "" {
		text += " " + string(f.Reason)
	}
	for _, e := range f.Evidence {
		text += fmt.Sprintf(" %s:%d@%s", e.File, e.Line, e.Version)
		if len(e.Via) > 0 {
			text += fmt.Sprint(e.Via)
		}
	}
	return text
}

// change is one step of a history.
type change struct{ path, content string } // an empty content takes the file away

func TestTrackerFollowsChanges(t *testing.T) {
	tests := []struct {
		name    string
		signal  metrics.Signal
		changes []change
		want    []string // after each change
	}{
		{"a file comes, becomes blank and goes", metrics.Signal{Kind: "file", Path: "Jenkinsfile"},
			[]change{{"Jenkinsfile", "x"}, {"Jenkinsfile", " \n"}, {"Jenkinsfile", "y"}, {"Jenkinsfile", ""}},
			[]string{"yes Jenkinsfile:0@", "no", "yes Jenkinsfile:0@", "no"}},
		{"a version moves", usesGolden,
			[]change{{".github/workflows/a.yml", goldenFlow}, {".github/workflows/a.yml", newerFlow}},
			[]string{"yes .github/workflows/a.yml:2@v1", "yes .github/workflows/a.yml:2@v2"}},
		{"evidence is ordered by file", usesGolden,
			[]change{{".github/workflows/b.yml", goldenFlow}, {".github/workflows/a.yml", newerFlow}, {".github/workflows/b.yml", ""}},
			[]string{"yes .github/workflows/b.yml:2@v1",
				"yes .github/workflows/a.yml:2@v2 .github/workflows/b.yml:2@v1", "yes .github/workflows/a.yml:2@v2"}},
		{"a called workflow comes after its caller and goes", usesGolden,
			[]change{{".github/workflows/a.yml", localFlow}, {".github/workflows/called.yml", calledFlow},
				{"act/action.yaml", action}, {"act/action.yml", otherFlow}, {"act/action.yml", ""},
				{".github/workflows/called.yml", ""}, {".github/workflows/a.yml", ""}},
			[]string{"no", "yes .github/workflows/called.yml:2@v1[.github/workflows/a.yml]",
				"yes .github/workflows/called.yml:2@v1[.github/workflows/a.yml] act/action.yaml:1@v1[.github/workflows/a.yml]",
				"yes .github/workflows/called.yml:2@v1[.github/workflows/a.yml]",
				"yes .github/workflows/called.yml:2@v1[.github/workflows/a.yml] act/action.yaml:1@v1[.github/workflows/a.yml]",
				"yes act/action.yaml:1@v1[.github/workflows/a.yml]", "no"}},
		{"two callers of one workflow give its line once", usesGolden,
			[]change{{".github/workflows/called.yml", calledFlow}, {".github/workflows/a.yml", localFlow}, {".github/workflows/b.yml", localFlow}},
			[]string{"no", "yes .github/workflows/called.yml:2@v1[.github/workflows/a.yml]",
				"yes .github/workflows/called.yml:2@v1[.github/workflows/a.yml]"}},
		{"a wild include finds a file that comes later", metrics.Signal{Kind: "gitlab_include", Project: "acme/ci"},
			[]change{{".gitlab-ci.yml", "include: {local: '/ci/*.yml'}"}, {"ci/a.yml", "include: {project: acme/ci, ref: v1}"},
				{"ci/a.yml", "include: {project: acme/other}"}},
			[]string{"no", "yes ci/a.yml:1@v1[.gitlab-ci.yml]", "no"}},
		{"an expression follows what it looked at", metrics.Signal{Kind: "cel", Expr: `"a" in files && files["a"].contains("x")`},
			[]change{{"b", "x"}, {"a", "y"}, {"a", "x"}, {"a", ""}},
			[]string{"no", "no", "yes a:0@", "no"}},
		{"an expression follows the list of files", metrics.Signal{Kind: "cel", Expr: `files.exists(f, f.startsWith("d/"))`},
			[]change{{"b", "x"}, {"d/x", "y"}, {"d/x", ""}},
			[]string{"no", "yes :0@", "no"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr, blobs := track(t, "", Host{}, nil, []metrics.Signal{tt.signal})
			var got []string
			for _, c := range tt.changes {
				var oid metrics.OID
				if c.content != "" {
					oid = blobs.put(c.content)
				}
				tr.Put(c.path, oid)
				got = append(got, brief(find(t, tr, tt.signal)))
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("findings (-got +want):\n%s", diff)
			}
		})
	}
}

// TestTrackerAgreesWithFresh replays random-looking changes and compares each state with that of a tracker
// which sees only the result.
func TestTrackerAgreesWithFresh(t *testing.T) {
	signals := []metrics.Signal{
		usesGolden, {Kind: "workflow", Runs: "make", UnlessUses: "acme/golden/**"}, {Kind: "file", Path: "**/action.yml"},
		{Kind: "yaml", File: "**/*.yml", Path: "$.on"}, {Kind: "cel", Expr: `files.exists(f, f.endsWith(".yaml"))`},
	}
	paths := []string{".github/workflows/a.yml", ".github/workflows/b.yaml", ".github/workflows/called.yml",
		"act/action.yml", "act/action.yaml", "x/action.yml"}
	contents := []string{goldenFlow, newerFlow, localFlow, calledFlow, action, otherFlow, "on: [", "", " "}
	tr, blobs := track(t, "", Host{}, nil, signals)
	now := map[string]string{}
	state := uint32(7)
	next := func(n int) int { state = state*1664525 + 1013904223; return int(state>>16) % n }
	for step := range 600 {
		path, content := paths[next(len(paths))], contents[next(len(contents))]
		var oid metrics.OID
		if now[path] = content; content != "" {
			oid = blobs.put(content)
		} else {
			delete(now, path)
		}
		tr.Put(path, oid)
		if step%3 == 0 {
			continue // several changes before a question
		}
		fresh, _ := track(t, "", Host{}, now, signals)
		for _, s := range signals {
			if diff := cmp.Diff(find(t, tr, s), find(t, fresh, s)); diff != "" {
				t.Fatalf("step %d, %s of %v (-got +want):\n%s", step, s.Kind, slices.Sorted(maps.Keys(now)), diff)
			}
		}
	}
}

func TestUnknownContents(t *testing.T) {
	missing, large, unread := metrics.ReasonMissingObjects, metrics.ReasonTooLarge, metrics.ReasonNotRead
	type files map[string]string // a content of "!reason" is not there for that reason
	flow := ".github/workflows/a.yml"
	tests := []struct {
		name   string
		signal metrics.Signal
		files  files
		want   string
	}{
		{"a missing workflow", usesGolden, files{flow: "!" + string(missing)}, "maybe missing_objects"},
		{"a workflow over the limit", usesGolden, files{flow: "!" + string(large)}, "maybe too_large"},
		{"another workflow says yes", usesGolden,
			files{flow: "!" + string(missing), ".github/workflows/b.yml": goldenFlow}, "yes .github/workflows/b.yml:2@v1"},
		{"a missing called workflow", usesGolden,
			files{flow: localFlow, ".github/workflows/called.yml": "!" + string(missing)}, "maybe missing_objects"},
		{"a missing action beside golden", usesGolden,
			files{flow: localFlow, ".github/workflows/called.yml": calledFlow, "act/action.yml": "!" + string(missing)},
			"yes .github/workflows/called.yml:2@v1[.github/workflows/a.yml]"},
		{"a missing file could use what rules the workflow out", metrics.Signal{Kind: "workflow", Runs: "make", UnlessUses: "acme/**"},
			files{flow: "on: push\njobs: {a: {steps: [{run: make}, {uses: ./act}]}}", "act/action.yml": "!" + string(missing)},
			"maybe missing_objects"},
		{"and cannot where it is ruled out already", metrics.Signal{Kind: "workflow", Runs: "make", UnlessUses: "acme/**"},
			files{flow: "on: push\njobs: {a: {steps: [{run: make}, {uses: ./act}, {uses: acme/x@v1}]}}", "act/action.yml": "!" + string(missing)},
			"no"},
		{"a missing file is present", metrics.Signal{Kind: "file", Path: "Jenkinsfile"},
			files{"Jenkinsfile": "!" + string(missing)}, "yes Jenkinsfile:0@"},
		{"a file over the limit is present", metrics.Signal{Kind: "file", Path: "Jenkinsfile"},
			files{"Jenkinsfile": "!" + string(large)}, "yes Jenkinsfile:0@"},
		{"content of a file that was not read", metrics.Signal{Kind: "content", File: "Makefile", Regex: "x"},
			files{"Makefile": "!" + string(unread)}, "maybe not_read"},
		{"the first unknown file by path gives the reason", metrics.Signal{Kind: "content", File: "*", Regex: "x"},
			files{"b": "!" + string(large), "a": "!" + string(missing)}, "maybe missing_objects"},
		{"an expression over a missing file", metrics.Signal{Kind: "cel", Expr: `files["a"].contains("x")`},
			files{"a": "!" + string(missing)}, "maybe missing_objects"},
		{"an expression that does not need it", metrics.Signal{Kind: "cel", Expr: `files["a"].contains("x") || "b" in files`},
			files{"a": "!" + string(missing), "b": "x"}, "yes a:0@"},
		{"an expression that is too costly", metrics.Signal{Kind: "cel", Expr: `files.all(a, files.all(b, files.all(c, files.all(d, files.all(e, files.all(f, a + b + c + d + e + f != "")))))) `},
			files{"a": "x", "b": "x", "c": "x", "d": "x", "e": "x", "f": "x", "g": "x", "h": "x", "i": "x", "j": "x"}, "maybe too_large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr, blobs := track(t, "", Host{}, nil, []metrics.Signal{tt.signal})
			for path, content := range tt.files {
				oid := blobs.put(path + content)
				blobs.contents[oid] = content
				if content[0] == '!' {
					blobs.reasons[oid] = metrics.Reason(content[1:])
				}
				tr.Put(path, oid)
			}
			if got := brief(find(t, tr, tt.signal)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestUnknownIsNotRemembered shows that a blob which one clone lacks is judged when another has it.
func TestUnknownIsNotRemembered(t *testing.T) {
	tr, blobs := track(t, "", Host{}, nil, []metrics.Signal{usesGolden})
	oid := blobs.put(goldenFlow)
	blobs.reasons[oid] = metrics.ReasonMissingObjects
	tr.Put(".github/workflows/a.yml", oid)
	if got := brief(tr.Find(0)); got != "maybe missing_objects" {
		t.Fatalf("got %q, want it unknown", got)
	}
	delete(blobs.reasons, oid)
	again := tr.set.Track("", Host{}, tr.watch, blobs)
	again.Put(".github/workflows/a.yml", oid)
	if got := brief(again.Find(0)); got != "yes .github/workflows/a.yml:2@v1" {
		t.Errorf("got %q, want it found", got)
	}
}

func TestNotRead(t *testing.T) {
	golden := map[string]string{".github/workflows/a.yml": goldenFlow}
	tests := []struct {
		name   string
		unit   string
		signal metrics.Signal
		watch  metrics.WatchSet
		files  map[string]string
		want   string
	}{
		{"nothing was read", "", usesGolden, metrics.WatchSet{}, nil, "maybe not_read"},
		{"evidence counts all the same", "", usesGolden, metrics.WatchSet{}, golden, "yes .github/workflows/a.yml:2@v1"},
		{"an action that was not read", "", usesGolden, metrics.WatchSet{Whole: []string{".github/workflows/*.yml", ".github/workflows/*.yaml"}},
			map[string]string{".github/workflows/a.yml": localFlow}, "maybe not_read"},
		{"actions that nothing refers to need not be read", "", usesGolden,
			metrics.WatchSet{Whole: []string{".github/workflows/*.yml", ".github/workflows/*.yaml"}}, golden, "yes .github/workflows/a.yml:2@v1"},
		{"a repository without a GitLab pipeline includes nothing", "", metrics.Signal{Kind: "gitlab_include", Project: "a/b"},
			metrics.DefaultWatch(), nil, "no"},
		{"an include that was not read", "", metrics.Signal{Kind: "gitlab_include", Project: "a/b"},
			metrics.DefaultWatch(), map[string]string{".gitlab-ci.yml": "include: x/y.yml"}, "maybe not_read"},
		{"a wild include that was not read", "", metrics.Signal{Kind: "gitlab_include", Project: "a/b"},
			metrics.DefaultWatch(), map[string]string{".gitlab-ci.yml": "include: 'x/*.yml'"}, "maybe not_read"},
		{"the default set covers workflows", "", usesGolden, metrics.DefaultWatch(), nil, "no"},
		{"an equal glob", "", metrics.Signal{Kind: "content", File: "deploy/*.sh", Regex: "x"},
			metrics.WatchSet{Whole: []string{"deploy/*.sh"}}, nil, "no"},
		{"a literal path under a glob", "", metrics.Signal{Kind: "content", File: "deploy/x.sh", Regex: "x"},
			metrics.WatchSet{Whole: []string{"deploy/*.sh"}}, nil, "no"},
		{"another glob", "", metrics.Signal{Kind: "content", File: "deploy/**", Regex: "x"},
			metrics.WatchSet{Whole: []string{"deploy/*.sh"}}, nil, "maybe not_read"},
		{"presence is enough for file", "", metrics.Signal{Kind: "file", Path: "deploy/x.sh"},
			metrics.WatchSet{Presence: []string{"deploy/*"}}, nil, "no"},
		{"presence is not enough for content", "", metrics.Signal{Kind: "content", File: "deploy/x.sh", Regex: "x"},
			metrics.WatchSet{Presence: []string{"deploy/*"}}, nil, "maybe not_read"},
		{"a leading slash", "", metrics.Signal{Kind: "file", Path: "/go.mod"}, metrics.DefaultWatch(), nil, "no"},
		{"a file of a component", "svc/pay", metrics.Signal{Kind: "file", Path: "go.mod"}, metrics.DefaultWatch(), nil, "no"},
		{"a glob of components", "svc/pay", metrics.Signal{Kind: "file", Path: "x/*.cfg"},
			metrics.WatchSet{Presence: []string{"svc/*/x/*.cfg"}}, nil, "no"},
		{"a glob of other components", "svc/pay", metrics.Signal{Kind: "file", Path: "x/*.cfg"},
			metrics.WatchSet{Presence: []string{"lib/*/x/*.cfg"}}, nil, "maybe not_read"},
		{"any depth covers a component", "svc/pay", metrics.Signal{Kind: "file", Path: "**/*.tf"}, metrics.DefaultWatch(), nil, "no"},
		{"any depth covers a folder", "", metrics.Signal{Kind: "file", Path: "infra/{a,b}*.tf"}, metrics.DefaultWatch(), nil, "no"},
		{"everything below covers a folder", "", metrics.Signal{Kind: "file", Path: "infra/x/*"},
			metrics.WatchSet{Presence: []string{"infra/**"}}, nil, "no"},
		{"a folder of another name is not below", "", metrics.Signal{Kind: "file", Path: "infra2/x/*"},
			metrics.WatchSet{Presence: []string{"infra/**"}}, nil, "maybe not_read"},
		{"an ending that is only one of two", "", metrics.Signal{Kind: "file", Path: "infra/*.{tf,hcl}"}, metrics.DefaultWatch(), nil, "maybe not_read"},
		{"two stars inside a name are one", "", metrics.Signal{Kind: "file", Path: "a/b/x.tf"},
			metrics.WatchSet{Presence: []string{"a**.tf"}}, nil, "maybe not_read"},
		{"any depth covers the root", "", metrics.Signal{Kind: "file", Path: "*.tf"}, metrics.DefaultWatch(), nil, "no"},
		{"pipelines of a component are those of the root", "svc/pay", usesGolden, metrics.DefaultWatch(), golden,
			"yes .github/workflows/a.yml:2@v1"},
		{"the host needs no files", "", metrics.Signal{Kind: "topic", Name: "x"}, metrics.WatchSet{}, nil, "no"},
		{"a file that an expression names", "", metrics.Signal{Kind: "cel", Expr: `"x/y" in files`}, metrics.WatchSet{}, nil, "maybe not_read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := Compile([]metrics.Signal{tt.signal})
			if err != nil {
				t.Fatal(err)
			}
			blobs := newBlobs()
			tr := set.Track(tt.unit, Host{}, tt.watch, blobs)
			for path, content := range tt.files {
				tr.Put(path, blobs.put(content))
			}
			if got := brief(tr.Find(0)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestWatchCovers shows that what Watch adds is what the tracker asks for, and that nothing is added twice.
func TestWatchCovers(t *testing.T) {
	for _, unit := range []string{"", "services/*"} {
		for _, s := range oneOfEach() {
			w := metrics.DefaultWatch()
			WatchFolder(s, unit, &w)
			again := metrics.WatchSet{Whole: slices.Clone(w.Whole), Presence: slices.Clone(w.Presence)}
			WatchFolder(s, unit, &again)
			if again.Fingerprint() != w.Fingerprint() {
				t.Errorf("%s in %q: watching twice changes the set", s.Kind, unit)
			}
			set, err := Compile([]metrics.Signal{s})
			if err != nil {
				t.Fatal(err)
			}
			tr := set.Track(map[string]string{"": "", "services/*": "services/pay"}[unit], Host{}, w, newBlobs())
			if got := tr.Find(0); got.Truth == metrics.Maybe {
				t.Errorf("%s in %q: got %s, want it covered", s.Kind, unit, brief(got))
			}
		}
	}
}

func TestWatchAdds(t *testing.T) {
	tests := []struct {
		name   string
		folder string
		signal metrics.Signal
		want   metrics.WatchSet
	}{
		{"presence", "", metrics.Signal{Kind: "file", Path: "deploy/x"}, metrics.WatchSet{Presence: []string{"deploy/x"}}},
		{"what is read anyway", "", metrics.Signal{Kind: "file", Path: "services/go.mod"}, metrics.WatchSet{}},
		{"content", "", metrics.Signal{Kind: "content", File: "/Makefile", Regex: "x"}, metrics.WatchSet{Whole: []string{"Makefile"}}},
		{"components", "svc/*", metrics.Signal{Kind: "content", File: "Makefile", Regex: "x"}, metrics.WatchSet{Whole: []string{"svc/*/Makefile"}}},
		{"root of components", "svc/*", metrics.Signal{Kind: "content", File: "/Makefile", Regex: "x"}, metrics.WatchSet{Whole: []string{"Makefile"}}},
		{"the default Dockerfiles", "", metrics.Signal{Kind: "docker_from", Image: "x"}, metrics.WatchSet{Whole: []string{"**/Dockerfile*"}}},
		{"files that an expression names", "", metrics.Signal{Kind: "cel", Expr: `"a/b" in files && files["c"] == "" && files.exists(f, files[f] == "d")`},
			metrics.WatchSet{Whole: []string{"a/b", "c"}}},
		{"nothing", "", metrics.Signal{Kind: "topic", Name: "x"}, metrics.WatchSet{}},
		{"an unknown kind", "", metrics.Signal{Kind: "nonsense"}, metrics.WatchSet{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := metrics.DefaultWatch()
			base := len(w.Whole)
			WatchFolder(tt.signal, tt.folder, &w)
			got := metrics.WatchSet{Whole: slices.Clip(w.Whole[base:]), Presence: w.Presence}
			if len(got.Whole) == 0 {
				got.Whole = nil
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("added (-got +want):\n%s", diff)
			}
		})
	}
}

func TestTrackerKnowsItsFiles(t *testing.T) {
	tr, blobs := track(t, "", Host{}, map[string]string{"a": "x", "b": "y"}, []metrics.Signal{{Kind: "file", Path: "a"}})
	tr.Put("b", "")
	tr.Put("never", "")
	if got, want := maps.Collect(tr.Files()), map[string]metrics.OID{"a": blobs.put("x")}; !maps.Equal(got, want) {
		t.Errorf("files: got %v, want %v", got, want)
	}
	if got := tr.Oid("b") + tr.Oid("never"); got != "" {
		t.Errorf("oid of absent files: got %q, want none", got)
	}
}

func TestDirty(t *testing.T) {
	tr, blobs := track(t, "", Host{}, nil, []metrics.Signal{usesGolden, {Kind: "cel", Expr: `"x" in files`}})
	tr.Find(0)
	tr.Find(1)
	if !tr.Dirty() {
		t.Error("a new tracker is clean, want it dirty")
	}
	steps := []struct {
		path, content string
		want          bool
	}{
		{"README.md", "x", false},
		{".github/workflows/a.yml", localFlow, true},
		{".github/workflows/a.yml", localFlow, false},
		{"act/action.yml", action, true},
		{"other/action.yml", action, false},
		{"x", "x", true},
		{"y", "x", false},
	}
	for _, s := range steps {
		tr.ClearDirty()
		tr.Put(s.path, blobs.put(s.content))
		if tr.Dirty() != s.want {
			t.Errorf("after %s: got %v, want %v", s.path, tr.Dirty(), s.want)
		}
		tr.Find(0)
		tr.Find(1)
	}
}

func TestWarningsOnce(t *testing.T) {
	signals := []metrics.Signal{usesGolden, {Kind: "yaml", File: "**/*.yml", Path: "$.a"}, {Kind: "catalog_annotation", Name: "x"}}
	tr, blobs := track(t, "", Host{}, map[string]string{".github/workflows/a.yml": "on: [\n", "b.yml": "a: 1\na: 2\n"}, signals)
	warn := func() (list []string) {
		for _, w := range tr.Warnings() {
			list = append(list, fmt.Sprintf("%s:%d:%d", w.File, w.Line, w.Column))
		}
		return list
	}
	if diff := cmp.Diff(warn(), []string{".github/workflows/a.yml:2:1", "b.yml:2:1"}); diff != "" {
		t.Errorf("at first (-got +want):\n%s", diff)
	}
	if got := warn(); got != nil {
		t.Errorf("again: got %v, want none", got)
	}
	tr.Put("b.yml", blobs.put("b: 1\nb: 2\n"))
	tr.Put(".github/workflows/a.yml", "")
	if diff := cmp.Diff(warn(), []string{"b.yml:2:1"}); diff != "" {
		t.Errorf("after a change (-got +want):\n%s", diff)
	}
	tr.Put("b.yml", blobs.put("a: 1\na: 2\n"))
	if got := warn(); got != nil {
		t.Errorf("back to what was told: got %v, want none", got)
	}
}

// TestJudgedOnce shows that a blob is asked for once however many paths, signals and trackers look at it.
func TestJudgedOnce(t *testing.T) {
	signals := []metrics.Signal{usesGolden, {Kind: "workflow_uses", Target: "x/*"}, {Kind: "workflow", Runs: "make"},
		{Kind: "go_module", Name: "a/b"}, {Kind: "go_module", Name: "c/d"}, {Kind: "file", Path: "**/go.mod"}}
	set, err := Compile(signals)
	if err != nil {
		t.Fatal(err)
	}
	blobs := newBlobs()
	blobs.asked = map[metrics.OID]int{}
	flow, mod := blobs.put(goldenFlow), blobs.put("module a/b\n")
	for range 3 {
		tr := set.Track("", Host{}, metrics.DefaultWatch(), blobs)
		for _, name := range []string{"a", "b", "c"} {
			tr.Put(".github/workflows/"+name+".yml", flow)
			tr.Put(name+"/go.mod", mod)
		}
		for i := range signals {
			tr.Find(i)
		}
	}
	if got, want := blobs.asked, (map[metrics.OID]int{flow: 1, mod: 2}); !maps.Equal(got, want) {
		t.Errorf("asked: got %v, want %v (presence and content of go.mod apart)", got, want)
	}
}

// oneOfEach returns a valid signal of each kind.
func oneOfEach() []metrics.Signal {
	return []metrics.Signal{
		{Kind: "file", Path: "deploy/x"}, {Kind: "content", File: "deploy/**/*.sh", Regex: "x"},
		{Kind: "yaml", File: "deploy/*.yaml", Path: "$.a"}, {Kind: "workflow", Name: "ci.yml"},
		{Kind: "uses", Target: "a/b"}, {Kind: "workflow_uses", Target: "a/b"}, {Kind: "action_uses", AllOf: []string{"a/b", "c/*"}},
		{Kind: "gitlab_include", Project: "a/b"}, {Kind: "circleci_orb", Name: "a/b"}, {Kind: "buildkite_plugin", Name: "a"},
		{Kind: "docker_from", Image: "a/b"}, {Kind: "go_module", Name: "a"}, {Kind: "npm_dependency", Name: "a"},
		{Kind: "maven_parent", Name: "a:b"}, {Kind: "helm_dependency", Name: "a"}, {Kind: "terraform_source", Name: "a/b/c"},
		{Kind: "catalog_annotation", Name: "a"}, {Kind: "template", Name: "a/b"}, {Kind: "topic", Name: "a"},
		{Kind: "property", Name: "a"}, {Kind: "cel", Expr: `"x" in files`},
	}
}

func TestOneOfEachIsComplete(t *testing.T) {
	var got, want []string
	for _, s := range oneOfEach() {
		got = append(got, s.Kind)
		for _, p := range Check(s) {
			t.Errorf("%s: %s: %s", s.Kind, p.Field, p.Message)
		}
	}
	for _, k := range Kinds() {
		want = append(want, k.Name)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("kinds (-got +want):\n%s", diff)
	}
}

func TestWants(t *testing.T) {
	set, err := Compile([]metrics.Signal{usesGolden, {Kind: "file", Path: "go.mod"}, {Kind: "content", File: "/Makefile", Regex: "x"},
		{Kind: "cel", Expr: `files["a/b"] == "x"`}})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{".github/workflows/a.yml", "x/action.yml", "go.mod", "svc/go.mod", "a/b/go.mod", "Makefile", "a/b"} {
		if !set.Wants(path) {
			t.Errorf("%s: got false, want true", path)
		}
	}
	for _, path := range []string{"README.md", "svc/Makefile", "go.sum", "svc/.github/workflows/a.yml", "Dockerfile", ""} {
		if set.Wants(path) {
			t.Errorf("%s: got true, want false", path)
		}
	}
}

func TestSettled(t *testing.T) {
	tr, blobs := track(t, "", Host{}, nil, []metrics.Signal{usesGolden, {Kind: "file", Path: "a"}})
	tr.Find(0)
	tr.Find(1)
	tr.Put("a", blobs.put("x"))
	if got, want := [2]bool{tr.Settled(0), tr.Settled(1)}, [2]bool{true, false}; got != want {
		t.Errorf("after a change of a: got %v, want %v", got, want)
	}
	tr.Find(1)
	if !tr.Settled(1) {
		t.Error("after asking: got unsettled, want settled")
	}
}
