package detect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
)

// goModLines are lines of go.mod files: as the go command writes them, unusual ones, and wrong ones.
var goModLines = []string{
	"module acme.dev/shop", "go 1.24", "toolchain go1.24.1", "", "// a comment", "\t// a comment in a block",
	"require (", "replace (", "exclude (", "retract (", "require(", ")", "\t)", " )", ") // end", "require ( // why", "tool (",
	"\tacme.dev/kit v1.2.3", "\tacme.dev/kit/v2 v2.0.1 // indirect", "\tAcme.dev/Kit v1.0.0", "\t\"acme.dev/kit\" v1.0.0",
	"\t\"acme.dev/k\\x69t\" v1.1.0", "\tgithub.com/a/b v0.3.0", "\tgithub.com/a/b v0.3.0 // indirect", "\tgithub.com/a/b v0.3.0 // why",
	"\tgithub.com/a/b v2.0.0", "\tgithub.com/a/b/v3 v2.0.0", "\tgithub.com/a/b v2.0.0+incompatible", "\tgopkg.in/yaml.v3 v3.0.1",
	"\tgopkg.in/yaml.v3 v2.0.1", "\tgithub.com/a/b latest", "\tgithub.com/a/b", "\tgithub.com/a/b v1.0.0 v1.0.1",
	"\tgithub.com/a/b v0.0.0-20240102030405-abcdefabcdef", "\tgithub.com/a//b v1.0.0", "\tgithub.com/a/*b v1.0.0", "\tgithub.com/ä v1.0.0",
	"\tacme.dev/kit => ../kit", "\tgithub.com/a/b v1.0.0 => github.com/a/c v1.1.0", "\tgithub.com/a/b => \"./b c\"",
	"require acme.dev/kit v1.4.0", "require github.com/a/b v9.0.0", "replace acme.dev/kit => ../kit", "[v1.0.0, v1.1.0]",
	"\tgithub.com/a/b v1.0.0\r", "require (\r", ")\r", "<<<<<<< HEAD", "\t(", "\tx ( )",
}

func TestThinGoMod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom(goModLines), 0, 30).Draw(t, "lines")
		content := strings.Join(lines, "\n") + rapid.SampledFrom([]string{"", "\n"}).Draw(t, "end")
		var tests []any
		for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"acme.dev/kit", "acme.dev/kit/v2", "**/b", "gopkg.in/*"}), 1, 3).Draw(t, "names") {
			test, problems := compileEntry(metrics.Signal{Kind: "go_module", Name: name})
			if problems != nil {
				t.Fatal(problems)
			}
			tests = append(tests, test)
		}
		hits, flaws := judgeGoMod(content, tests)
		wantHits, wantFlaws := judgeEntries(readGoMod)(content, tests)
		if diff := cmp.Diff(hits, wantHits, cmp.AllowUnexported(hit{})); diff != "" {
			t.Errorf("hits: (-got +want)\n%s", diff)
		}
		if diff := cmp.Diff(flaws, wantFlaws, cmp.AllowUnexported(flaw{})); diff != "" {
			t.Errorf("flaws: (-got +want)\n%s", diff)
		}
	})
}

func TestThinGoModLeavesOut(t *testing.T) {
	test, _ := compileEntry(metrics.Signal{Kind: "go_module", Name: "acme.dev/kit"})
	content := "module m\n\nrequire (\n\tacme.dev/kit v1.2.3\n\tgithub.com/a/b v1.0.0 // indirect\n)\n\nreplace (\n\ta.b/c => ../c\n)\n"
	want := "module m\n\nrequire (\n\tacme.dev/kit v1.2.3\n)\n\nreplace (\n)\n"
	got, lines := thinGoMod(content, []any{test})
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if diff := cmp.Diff(lines, []int{1, 2, 3, 4, 6, 7, 8, 10}); diff != "" {
		t.Errorf("lines: (-got +want)\n%s", diff)
	}
}
