package detect

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
)

// hostilePaths are one file of each format.
var hostilePaths = []string{
	".github/workflows/x.yml", "a/action.yml", ".gitlab-ci.yml", ".circleci/config.yml", ".buildkite/x.yml", "Dockerfile",
	"go.mod", "package.json", "pom.xml", "Chart.yaml", "main.tf", "catalog-info.yaml", "x.yaml",
}

// hostileSignals look at them.
func hostileSignals() []metrics.Signal {
	return []metrics.Signal{
		{Kind: "uses", Target: "**"}, {Kind: "workflow", Runs: "x"}, {Kind: "gitlab_include", Local: "**", Project: "**"},
		{Kind: "circleci_orb", Name: "**"}, {Kind: "buildkite_plugin", Name: "**"}, {Kind: "docker_from", Image: "**", Stage: "any"},
		{Kind: "docker_from", Image: "**"}, {Kind: "go_module", Name: "**", Version: ">= 0"},
		{Kind: "npm_dependency", Name: "**", Version: ">= 0"}, {Kind: "maven_parent", Name: "**"},
		{Kind: "helm_dependency", Name: "**"}, {Kind: "terraform_source", Name: "**"}, {Kind: "catalog_annotation", Name: "**"},
		{Kind: "yaml", File: "**/*.y*ml", Path: "$..a"}, {Kind: "yaml", File: "**/*.y*ml", Path: "$.a[*].b", Matches: "x"},
		{Kind: "content", File: "**", Regex: `(a|b)*c\s+$`},
	}
}

// hostileSize is a sixteenth of the largest size that is read: what takes quadratic time is seen, and the test
// stays short.
const hostileSize = metrics.MaxBlob / 16

// hostileTexts are contents that break careless programs.
func hostileTexts() map[string]string {
	const size = hostileSize
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	texts := map[string]string{
		"one long line": fill("x"), "one long key": fill("x")[:size-3] + ": 1", "NULs": fill("\x00"), "invalid UTF-8": fill("\xff\xfe"),
		"UTF-16": "\xff\xfe" + fill("a\x00:\x00 \x001\x00\n\x00"), "byte order marks": fill("\uFEFF"), "CR": fill("a: 1\r"),
		"opening brackets": fill("["), "opening braces": fill("{"), "dashes": fill("- "), "questions": fill("? "), "colons": fill(": "),
		"quotes": fill(`"`), "single quotes": fill("'"), "alternating": fill("[{"), "percent": fill("%\n"), "tags": fill("%TAG !x! y\n"),
		"documents": fill("---\n"), "comments": fill("# x\n"), "comments between": fill("a:\n# x\n"), "stars": fill("*a "), "anchors": fill("&a "),
		"nested objects": fill(`{"a":`), "nested lists": fill(`[0,`), "nested tags": fill("<a>"), "entities": "<project>" + fill("&amp;"),
		"nested calls": "module x { source = " + fill("f("), "nots": "module x { source = " + fill("!"), "signs": "module x { source = " + fill("-"),
		"conditions": "module x { source = " + fill("a?b:"), "templates": `module x { source = "` + fill(`${"`), "blocks": "source module " + fill("a {\n"),
		"heredocs": fill("RUN <<A <<B\n"), "continuations": "FROM " + fill("\\\n"), "arguments": fill("ARG A=$A$A\n") + "FROM $A",
		"froms": fill("FROM a AS a\n"), "substitutions": "FROM " + fill("${a:-")[:60000], "requires": "module m\n" + fill("require a.b/c v1.2.3\n"),
		"jobs": "on: push\njobs:\n" + numbered("  j%d: {uses: a/b@v1}\n"), "steps": "jobs: {a: {steps: [" + fill("{uses: ./a/x},") + "]}}",
		"includes": "include: [" + fill("{project: a},") + "]", "wild includes": "include: [" + fill("{local: '*'},") + "]",
		"local actions": "on: push\njobs: {a: {steps: [" + numbered("{uses: ./d%d},") + "]}}", "keys": numbered("k%d: 1\n"),
		"dependencies": `{"dependencies": {` + numbered(`"k%d": "1",`) + `"z": "1"}}`, "versions": `{"dependencies": {"a": "` + fill("1||")[:size-30] + `1"}}`,
		"bomb": bomb(12, 9), "merge bomb": mergeBomb(12, 9), "cycle": "a: &a\n  b: *a\n  c: *a\n  a: [*a, *a]\n",
		"merge cycle": "a: &a {<<: *a, b: 1}\nb: {<<: [*a, *a]}\n", "aliases": "k: &x {a: 1}\n" + numbered("a%d: *x\n"),
		"deep indents": deep(500), "unions": "a: &a [" + fill("1,")[:size/2] + "]\nb: [" + strings.Repeat("*a,", size/8) + "]",
		"matching lines": fill("ababababab\n"),
	}
	return texts
}

// numbered repeats a format with a counter up to nearly the largest size.
func numbered(format string) string {
	var b strings.Builder
	for i := 0; b.Len() < hostileSize-100; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// bomb returns a document whose aliases expand to width^depth items.
func bomb(depth, width int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 {a: x}\n")
	for i := range depth {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), width), ","))
	}
	fmt.Fprintf(&b, "jobs: {j: {steps: *a%d}}\nsteps: *a%d\ninclude: *a%d\n", depth, depth, depth)
	return b.String()
}

// mergeBomb is bomb with merges.
func mergeBomb(depth, width int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 {a: {uses: x/y@v1}}\n")
	for i := range depth {
		fmt.Fprintf(&b, "a%d: &a%d {<<: [%s]}\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), width), ","))
	}
	fmt.Fprintf(&b, "jobs: *a%d\norbs: *a%d\nmetadata: {annotations: *a%d}\n", depth, depth, depth)
	return b.String()
}

// deep returns mappings that nest by indentation.
func deep(levels int) string {
	var b strings.Builder
	for i := range levels {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// hostileLimit is how long one content may take in all formats together. It is far above what is seen, for
// machines that are busy, and far below what growth without bounds takes.
const hostileLimit = 30 * time.Second

func TestHostileContents(t *testing.T) {
	for name, text := range hostileTexts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			for _, path := range hostilePaths {
				newProbe(t, hostileSignals()).judge(t, path, text)
			}
			if spent := time.Since(begin); spent > hostileLimit {
				t.Errorf("took %v, want less than %v", spent, hostileLimit)
			}
		})
	}
}

// probe asks signals about one file at a time, forgetting everything between.
type probe struct {
	signals []metrics.Signal
	set     *Set
	watch   metrics.WatchSet
}

// newProbe compiles signals.
func newProbe(t testing.TB, signals []metrics.Signal) *probe {
	t.Helper()
	set, err := Compile(signals)
	if err != nil {
		t.Fatal(err)
	}
	return &probe{signals, set, watchAll("", signals)}
}

// track returns a tracker with one file in it that remembers nothing of other files.
func (p *probe) track(path, content string) *Tracker {
	p.set.blobs = newCache(1 << 20)
	blobs := newBlobs()
	tr := p.set.Track("", Host{}, p.watch, blobs)
	tr.Put(path, blobs.put(content))
	return tr
}

// judge asks every signal about a file and checks what comes back.
func (p *probe) judge(t testing.TB, path, content string) {
	t.Helper()
	signals, tr := p.signals, p.track(path, content)
	for i := range signals {
		f := tr.Find(i)
		if f.Truth == metrics.Yes && len(f.Evidence) == 0 || len(f.Evidence) > maxEvidence {
			t.Errorf("signal %s: %d pieces of evidence", signals[i].Kind, len(f.Evidence))
		}
		for _, e := range f.Evidence {
			if e.Text != clip(e.Text) || e.Version != clip(e.Version) || e.Line < 0 || e.Via == nil {
				t.Errorf("signal %s: evidence %+v", signals[i].Kind, e)
			}
		}
	}
	for _, w := range tr.Warnings() {
		if w.File == "" || w.Message == "" || w.Message != clip(w.Message) || w.Line < 0 || w.Column < 0 {
			t.Errorf("warning %+v", w)
		}
	}
}

// TestNestedTerraform shows that what would make the parser call itself without end is refused: a stack that
// overflows ends the program.
func TestNestedTerraform(t *testing.T) {
	for _, part := range []string{"!", " -", "(", "[*]", "a?b:", "{a=", `"${`, "%{if a}", "f(,!"} {
		for _, open := range []string{"", `"`, "[", "a"} {
			text := "module x {\n source = " + open + strings.Repeat(part, 8_000) + "\n}\n"
			if _, flaws := readTerraform(text); len(flaws) != 1 {
				t.Errorf("%s and %s: got flaws %v, want one", open, part, flaws)
			}
			if open == "" && tooDeep(text) != 2 {
				t.Errorf("%s: got line %d, want it refused on line 2", part, tooDeep(text))
			}
		}
	}
	long := "module x {\n source = \"a/b/c\"\n list = [\n" + strings.Repeat("  \"a-b-${c}\", !d,\n", 8_000) + " ]\n text = <<E\n" +
		strings.Repeat("- ${a} (\n", 8_000) + "E\n}\n" + strings.Repeat("resource \"a\" \"b\" { c = -1 }\n", 8_000)
	if entries, flaws := readTerraform(long); len(entries) != 1 || len(flaws) != 0 {
		t.Errorf("a long file: got %d entries and flaws %v, want one entry", len(entries), flaws)
	}
}

// TestOversized shows that a content over the limit is not looked at, whoever hands it over.
func TestOversized(t *testing.T) {
	files := map[string]string{".github/workflows/a.yml": goldenFlow + strings.Repeat("#", 100<<20)}
	tr, _ := track(t, "", Host{}, files, []metrics.Signal{usesGolden})
	if got := brief(tr.Find(0)); got != "maybe too_large" {
		t.Errorf("got %q, want maybe too_large", got)
	}
}

// TestManyWorkflows replays a folder of 10,000 workflows that all refer to one.
func TestManyWorkflows(t *testing.T) {
	signals := []metrics.Signal{usesGolden, {Kind: "workflow", Runs: "make"}, {Kind: "file", Path: ".github/workflows/*"}}
	tr, blobs := track(t, "", Host{}, nil, signals)
	begin := time.Now()
	for i := range 10_000 {
		tr.Put(fmt.Sprintf(".github/workflows/w%d.yml", i), blobs.put(fmt.Sprintf("# %d\n%s", i%50, localFlow)))
		if i%10 == 0 {
			tr.Find(0)
		}
	}
	tr.Put(".github/workflows/called.yml", blobs.put(calledFlow))
	if got := tr.Find(0); got.Truth != metrics.Yes || len(got.Evidence) != 1 {
		t.Errorf("got %v with %d pieces, want one line for all", got.Truth, len(got.Evidence))
	}
	if got := len(tr.Find(2).Evidence); got != maxEvidence {
		t.Errorf("got %d files, want %d", got, maxEvidence)
	}
	tr.Warnings()
	if spent := time.Since(begin); spent > hostileLimit {
		t.Errorf("took %v, want less than %v", spent, hostileLimit)
	}
}

// TestCacheIsBounded judges far more blobs than the set may remember.
func TestCacheIsBounded(t *testing.T) {
	set, err := Compile([]metrics.Signal{usesGolden})
	if err != nil {
		t.Fatal(err)
	}
	set.blobs = newCache(1 << 20)
	blobs := newBlobs()
	tr := set.Track("", Host{}, metrics.DefaultWatch(), blobs)
	for i := range 20_000 {
		oid := blobs.put(fmt.Sprintf("%s# %d", goldenFlow, i))
		tr.Put(".github/workflows/a.yml", oid)
		if tr.Find(0).Truth != metrics.Yes {
			t.Fatalf("blob %d: not found", i)
		}
		delete(blobs.contents, oid)
	}
	entries := 0
	for i := range set.blobs.shards {
		entries += len(set.blobs.shards[i].young) + len(set.blobs.shards[i].old)
	}
	if limit := 1 << 20 / blobBytes; entries == 0 || entries > limit {
		t.Errorf("%d blobs are remembered, want at most %d", entries, limit)
	}
	runtime.KeepAlive(tr)
}
