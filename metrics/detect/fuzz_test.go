package detect

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/metrics"
	"golang.org/x/tools/txtar"
)

// pickySignals look for names, so that texts without them need not be parsed.
func pickySignals() []metrics.Signal {
	return []metrics.Signal{
		{Kind: "uses", Target: "acme/golden/**"}, {Kind: "gitlab_include", Project: "platform/ci"}, {Kind: "circleci_orb", Name: "acme/golden"},
		{Kind: "buildkite_plugin", Name: "acme/golden"}, {Kind: "docker_from", Image: "acme/base", Stage: "any"},
		{Kind: "go_module", Name: "acme.dev/kit"}, {Kind: "npm_dependency", Name: "@acme/kit"}, {Kind: "maven_parent", Name: "com.acme:golden-parent"},
		{Kind: "helm_dependency", Name: "golden"}, {Kind: "terraform_source", Name: "github.com/acme/golden//modules/*"},
		{Kind: "catalog_annotation", Name: "acme.dev/tier"}, {Kind: "yaml", File: "**/*.y*ml", Path: "$.spec.owner"},
	}
}

// fuzzFile judges a file of one format with any content. Nothing may panic, what comes back must be fit to
// be stored, and passing over a text without parsing it must not change what is found.
func fuzzFile(f *testing.F, path string, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	for _, s := range caseFiles(f, filepath.Base(path)) {
		f.Add(s)
	}
	greedy, picky := newProbe(f, hostileSignals()), newProbe(f, pickySignals())
	f.Fuzz(func(t *testing.T, content string) {
		if len(content) > 20_000 {
			return
		}
		greedy.judge(t, path, content)
		var lazy []metrics.Finding
		tr := picky.track(path, content)
		for i := range picky.signals {
			lazy = append(lazy, tr.Find(i))
		}
		tr = picky.track(path, content)
		tr.Warnings() // parses everything
		for i, s := range picky.signals {
			if full := tr.Find(i); !reflect.DeepEqual(lazy[i], full) {
				t.Errorf("%s without parsing (-lazy +full):\n%s", s.Kind, cmp.Diff(lazy[i], full))
			}
		}
	})
}

// caseFiles returns the files of that name in testdata.
func caseFiles(f *testing.F, base string) (contents []string) {
	f.Helper()
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasPrefix(filepath.Base(file.Name), base) {
				contents = append(contents, string(file.Data))
			}
		}
	}
	return contents
}

func FuzzWorkflow(f *testing.F) {
	fuzzFile(f, ".github/workflows/ci.yml", goldenFlow, localFlow, "on: &a [*a]\njobs: {<<: *a}", "on: {push: {paths: ['!x', '**']}}")
}

func FuzzAction(f *testing.F) { // reached through a workflow
	signals := hostileSignals()
	set, err := Compile(signals)
	if err != nil {
		f.Fatal(err)
	}
	watch := watchAll("", signals)
	f.Add(action)
	f.Add("runs: {steps: [{uses: ./}, {uses: ./act}]}")
	f.Fuzz(func(t *testing.T, content string) {
		set.blobs = newCache(1 << 20)
		blobs := newBlobs()
		tr := set.Track("svc/pay", Host{}, watch, blobs)
		tr.Put(".github/workflows/a.yml", blobs.put(localFlow))
		tr.Put("act/action.yml", blobs.put(content))
		for i := range signals {
			tr.Find(i)
		}
		tr.Warnings()
	})
}

func FuzzGitLab(f *testing.F) {
	fuzzFile(f, ".gitlab-ci.yml", "include: x.yml", "a: {trigger: {include: [{local: '*'}]}}")
}

func FuzzCircleCI(f *testing.F) {
	fuzzFile(f, ".circleci/config.yml", "orbs: {a: acme/golden@1}", "orbs: &a {<<: *a}")
}

func FuzzBuildkite(f *testing.F) {
	fuzzFile(f, ".buildkite/pipeline.yml", "steps: [{plugins: [acme/golden#v1]}]", "- plugins: {acme/golden#v1: ~}")
}

func FuzzDockerfile(f *testing.F) {
	fuzzFile(f, "Dockerfile", "FROM a AS a\nFROM a", "ARG A=${B:-$A}\nFROM $A:${C:+x}", "# escape=`\nFROM a`\nb", "FROM acme/ba\\\nse")
}

func FuzzGoMod(f *testing.F) {
	fuzzFile(f, "go.mod", "module m\nrequire a.b/c v1.2.3", "require \"acme.\\x64ev/kit\" v1.0.0")
}

func FuzzPackageJSON(f *testing.F) {
	fuzzFile(f, "package.json", `{"dependencies": {"a": "npm:b@1"}}`, `{"dependencies": {"\u0040acme/kit": "1"}}`, `[[{}]]`, "\uFEFF{}")
}

func FuzzPOM(f *testing.F) {
	fuzzFile(f, "pom.xml", "<project><parent><groupId>com.acme</groupId><artifactId>golden&#45;parent</artifactId></parent></project>")
}

func FuzzChart(f *testing.F) {
	fuzzFile(f, "Chart.yaml", "dependencies: [{name: golden, repository: x}]")
}

func FuzzTerraform(f *testing.F) {
	fuzzFile(f, "main.tf", `module "a" { source = "git::https://github.com/acme/golden.git//modules/x?ref=v1" }`,
		`module "a" { source = "github.com/acme/${"golden"}//modules/x" }`)
}

func FuzzCatalog(f *testing.F) {
	fuzzFile(f, "catalog-info.yaml", "metadata: {annotations: {acme.dev/tier: x}}", `metadata: {"annotat\x69ons": {"acme.dev\/tier": x}}`)
}

func FuzzYAML(f *testing.F) {
	fuzzFile(f, "x.yaml", "spec: {owner: x}", `"sp\x65c": {owner: x}`, "a: {<<: [*x]}", "--- &a\nb: *a\n...\n---\n- ? [x]\n")
}

func FuzzContent(f *testing.F) {
	f.Add("a\r\nb", `(?i)^b$`, 1)
	f.Add("\xff\n", `\xff`, 0)
	f.Fuzz(func(t *testing.T, content, regex string, lines int) {
		s := metrics.Signal{Kind: "content", File: "x", Regex: regex, Lines: lines}
		if len(regex) > 100 || len(content) > 10_000 || len(Check(s)) > 0 {
			return
		}
		tr, _ := track(t, "", Host{}, map[string]string{"x": content}, []metrics.Signal{s})
		for _, e := range tr.Find(0).Evidence {
			if n := strings.Count(content, "\n") + 1; e.Line < 1 || e.Line > n || e.Text != clip(e.Text) {
				t.Errorf("evidence %+v of %d lines", e, n)
			}
		}
	})
}

func FuzzCEL(f *testing.F) {
	f.Add(`"a" in files && files["a"].contains("x")`, "a", "x")
	f.Add(`files.map(f, files[f]).exists(c, c == "x") || repo.name.matches("a+")`, "b", "y")
	f.Fuzz(func(t *testing.T, expr, path, content string) {
		s := metrics.Signal{Kind: "cel", Expr: expr}
		if len(expr) > 500 || len(Check(s)) > 0 {
			return
		}
		tr, blobs := track(t, "", Host{Name: "h/o/n"}, map[string]string{path: content}, []metrics.Signal{s})
		tr.Find(0)
		tr.Put(path, "")
		got := tr.Find(0)
		tr.Put(path, blobs.put(content))
		tr.Put(path, "")
		if diff := cmp.Diff(tr.Find(0), got); diff != "" {
			t.Errorf("%q answers differently about the same files:\n%s", expr, diff)
		}
	})
}

// FuzzCheck compiles every signal that passes the check.
func FuzzCheck(f *testing.F) {
	f.Add("uses", "a/**", "b", "$.a", ">= 1")
	f.Add("content", "x", "a|b", "", "")
	f.Fuzz(func(t *testing.T, kind, a, b, c, d string) {
		s := metrics.Signal{Kind: kind, Path: c, File: a, Regex: b, Name: a, Target: a, Image: a, Version: d, Expr: b, Project: a, Runs: b}
		k, ok := kindsByName()[kind]
		if !ok || len(a)+len(b)+len(c)+len(d) > 300 {
			return
		}
		for _, field := range setKeys(s) { // keep what the kind has
			if !strings.Contains(" "+keyNames(k)+" ", " "+field+" ") {
				s = without1(s, field)
			}
		}
		_, err := Compile([]metrics.Signal{s})
		if problems := Check(s); (err == nil) != (len(problems) == 0) {
			t.Errorf("%+v: compile says %v, check says %v", s, err, problems)
		}
	})
}

// keyNames returns the names of the keys of a kind.
func keyNames(k Kind) string {
	var names []string
	for _, key := range k.Keys {
		names = append(names, key.Name)
	}
	return strings.Join(names, " ")
}

// without1 returns the signal without one key.
func without1(s metrics.Signal, field string) metrics.Signal {
	clear := map[string]*string{"path": &s.Path, "file": &s.File, "regex": &s.Regex, "name": &s.Name, "target": &s.Target,
		"image": &s.Image, "version": &s.Version, "expr": &s.Expr, "project": &s.Project, "runs": &s.Runs}
	*clear[field] = ""
	return s
}
