package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestScanSteps scans the same repositories in different steps, which must all come to the same.
func TestScanSteps(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	dirs := generate(t, p.repos(), 10, 60)
	p.run(exitDone, "scan")
	want := p.answers()
	tests := map[string]func(*place){
		"twice": func(p *place) {
			p.run(exitDone, "scan")
			if got := ask[scanCounts](p, "scan")[0]; got != (scanCounts{Repos: len(dirs), Unchanged: len(dirs)}) {
				p.Errorf("second scan: got %+v, want nothing new", got)
			}
		},
		"everything again": func(p *place) {
			p.run(exitDone, "scan")
			p.run(exitDone, "scan", "--full")
		},
		"in two shards": func(p *place) {
			first, second := ask[scanCounts](p, "scan", "--shard", "1/2")[0], ask[scanCounts](p, "scan", "--shard", "2/2")[0]
			if first.Repos == 0 || second.Repos == 0 || first.Repos+second.Repos != len(dirs) {
				p.Errorf("got %d and %d repositories, want %d together and some in each", first.Repos, second.Repos, len(dirs))
			}
		},
		"half of history, then the rest": func(p *place) {
			heads := rewind(p, dirs)
			p.run(exitDone, "scan")
			if p.answers() == want {
				p.Error("half of history answers as all of it does")
			}
			for dir, head := range heads {
				runGit(p, dir, "update-ref", "refs/heads/main", head)
			}
			if got := ask[scanCounts](p, "scan")[0]; got.Unchanged != 0 {
				p.Errorf("got %d repositories without news, want none", got.Unchanged)
			}
		},
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			here := p.with(t, name)
			tests[name](here)
			if diff := cmp.Diff(here.answers(), want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

// scanCounts is what a scan says it did.
type scanCounts struct{ Repos, Unchanged, Unknown, Changes int }

// TestManyScans scans after each of many changes, as a machine does every day: every scan but the first replaces
// what the one before concluded, and sweeps what that had replaced.
func TestManyScans(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	dirs := generate(t, p.repos(), 3, 12)
	heads := rewind(p, dirs)
	for range 6 {
		p.run(exitDone, "scan")
		for dir, head := range heads {
			landed := strings.Fields(runGit(p, dir, "rev-list", "--first-parent", "--reverse", "main.."+head))
			if len(landed) > 0 {
				runGit(p, dir, "update-ref", "refs/heads/main", landed[0])
			}
		}
	}
	for dir, head := range heads {
		runGit(p, dir, "update-ref", "refs/heads/main", head)
	}
	p.run(exitDone, "scan")
	fresh := p.with(t, "fresh")
	fresh.run(exitDone, "scan")
	if diff := cmp.Diff(p.answers(), fresh.answers()); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// rewind sets the branch of each repository back to the middle of what landed on it, and returns the heads.
func rewind(p *place, dirs []string) map[string]string {
	p.Helper()
	heads := map[string]string{}
	for _, dir := range dirs {
		landed := strings.Fields(runGit(p, dir, "rev-list", "--first-parent", "main"))
		heads[dir] = landed[0]
		runGit(p, dir, "update-ref", "refs/heads/main", landed[len(landed)/2])
	}
	return heads
}

// otherPaths defines the golden path of generatedPaths otherwise, over files that were read for it.
func otherPaths(t *testing.T) string {
	t.Helper()
	other := generatedPaths
	for _, change := range [][2]string{
		{`{workflow_uses: "acme/golden/.github/workflows/*"}`, `{any: [{action_uses: "acme/golden/**"}, {content: {file: Makefile, regex: "^#"}}]}`},
		{`golden: {docker_from: {image: acme/base}}`, `golden: {docker_from: {image: alpine, stage: any}}`},
		{`{key: alpine, when: {docker_from: {image: alpine}}}`, `{key: base, when: {docker_from: {image: "acme/*"}}}`},
		{`golden: {go_module: acme.dev/kit}`, `golden: {go_module: {name: acme.dev/kit, version: ">=1.3"}}`},
	} {
		if !strings.Contains(other, change[0]) {
			t.Fatalf("the configuration has no %s", change[0])
		}
		other = strings.Replace(other, change[0], change[1], 1)
	}
	return other
}

// otherAnswers are those of a new store with the present configuration, which must not be those before.
func otherAnswers(p *place, before string) string {
	p.Helper()
	fresh := p.with(p.TB, "fresh")
	fresh.run(exitDone, "scan")
	want := fresh.answers()
	if want == before {
		p.Fatal("the other configuration answers as the one before")
	}
	return want
}

// TestDefinitionsChange changes definitions and classifies again from facts alone: the program finds only
// a git that fails whatever it is asked, and no contents either. The answers are those of a new store.
func TestDefinitionsChange(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	dirs := generate(t, p.repos(), 10, 60)
	p.run(exitDone, "scan")
	before := p.answers()
	p.configure(otherPaths(t))
	want := otherAnswers(p, before)
	for _, dir := range dirs { // the head is there, and nothing behind it
		if err := os.Rename(filepath.Join(dir, "objects"), filepath.Join(dir, "moved")); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, "objects"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p.setenv("PATH", withBrokenGit(t))
	got := ask[scanCounts](p, "scan")[0]
	if diff := cmp.Diff(got, scanCounts{Repos: len(dirs), Unchanged: len(dirs)}); diff != "" {
		t.Errorf("scan (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(p.answers(), want); diff != "" {
		t.Errorf("answers (-got +want):\n%s", diff)
	}
}

// TestMembersLeave takes a member out of the platform team, and scans again: she counts as one no more, also
// where nothing else changed.
func TestMembersLeave(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), 6, 60)
	p.run(exitDone, "scan")
	before := p.answers()
	p.configure(strings.Replace(generatedPaths, `{key: platform, members: [{id: "pat@acme.dev"}]}`, `{key: platform}`, 1))
	want := otherAnswers(p, before)
	p.run(exitDone, "scan")
	if diff := cmp.Diff(p.answers(), want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// TestSourcesGone scans when the clones are deleted. Nothing is concluded to be gone: the scan says that it was not
// complete, and what is known is still judged by other definitions. Every question is answered as by a store that read
// the clones under these definitions.
func TestSourcesGone(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), 6, 40)
	p.run(exitDone, "scan")
	before := p.answers()
	p.configure(otherPaths(t))
	otherAnswers(p, before)
	want := p.with(t, "fresh").everything()
	if err := os.RemoveAll(p.repos()); err != nil {
		t.Fatal(err)
	}
	p.run(exitUnknown, "scan")
	if diff := cmp.Diff(p.everything(), want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// withBrokenGit makes a folder that has the program, and a git that fails whatever it is asked.
func withBrokenGit(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	path, err := exec.LookPath("trodden")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, filepath.Join(dir, "trodden")); err != nil {
		t.Fatal(err)
	}
	broken, err := exec.LookPath("false")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(broken, filepath.Join(dir, "git")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestOneDefinitionChanges changes one thing after another. Where that is a path, the others are not judged again: the
// log says so. Every question is answered as by a store that was never asked otherwise.
func TestOneDefinitionChanges(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), 5, 30)
	p.run(exitDone, "scan")
	paths := generatedPaths
	for _, change := range []struct {
		name, from, to string
		whole          bool
	}{
		{name: "a rule", from: `golden: {docker_from: {image: acme/base}}`, to: `golden: {docker_from: {image: alpine, stage: any}}`},
		{name: "components", from: `golden: {go_module: acme.dev/kit}`, to: `golden: {go_module: acme.dev/kit}` + "\n    components: [\"*\"]", whole: true}, // of which other files are read
		{name: "a path more", from: "paths:\n", to: "paths:\n  - {key: made, golden: {file: Makefile}}\n"},
		{name: "a team", from: `{key: green, repos: ["local/*2", "local/*5"]}`, to: `{key: green, repos: ["local/*2"]}`, whole: true},
	} {
		if !strings.Contains(paths, change.from) {
			t.Fatalf("%s: the configuration has no %s", change.name, change.from)
		}
		paths = strings.Replace(paths, change.from, change.to, 1)
		p.configure(paths)
		_, log := p.run(exitDone, "scan", "--log-level", "info")
		if got := strings.Contains(log, " in_part=0 "); got != change.whole {
			t.Errorf("%s: the log does not say what was judged in part, want all: %t\n%s", change.name, change.whole, log)
		}
		fresh := p.with(t, "fresh-"+strings.ReplaceAll(change.name, " ", "-"))
		fresh.run(exitDone, "scan")
		if diff := cmp.Diff(p.everything(), fresh.everything()); diff != "" {
			t.Fatalf("%s (-got +want):\n%s", change.name, diff)
		}
	}
}
