package main

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// entry is what a generated tree has at a path.
type entry struct{ mode, content string }

func text(lines ...string) entry { return entry{"100644", strings.Join(lines, "\n") + "\n"} }

// workflow is a workflow whose one job has the given lines.
func workflow(lines ...string) entry {
	return text(append([]string{"on: push", "jobs:", "  build:"}, lines...)...)
}

const goldenUse = "uses: acme/golden/.github/workflows/build.yml@"

// menu is what the paths of the generated configuration look at, and much that only looks like it.
var menu = []struct {
	path    string
	entries []entry
}{
	{".github/workflows/ci.yml", []entry{
		workflow("    " + goldenUse + "v1"), workflow("    " + goldenUse + "v2"),
		workflow("    runs-on: x", "    # "+goldenUse+"v1", "    steps: [{uses: acme/golden/setup@v1}]"),
		workflow("    runs-on: x", "    steps:", "      - run: |", "          "+goldenUse+"v1"),
		{"100644", "on: push\njobs: [broken\n    " + goldenUse + "v1\n"}, text("", "  "), {"120000", "release.yaml"},
	}},
	{".github/workflows/release.yaml", []entry{workflow("    " + goldenUse + "v1"), workflow("    runs-on: x")}},
	{".github/workflows/deep/ci.yml", []entry{workflow("    " + goldenUse + "v1")}},
	{".circleci/config.yml", []entry{text("version: 2.1"), text("version: 2"), text(" ", "\t"), {"120000", "../x"}}},
	{"Jenkinsfile", []entry{text("pipeline {}"), {"100755", "node {}\n"}, text(""), {"160000", ""}}},
	{"Jenkinsfile/notes", []entry{text("a folder where the file was")}},
	{"Makefile", []entry{text("all: build", "build:", "\tgo build"), text("# build:"), text("build :")}},
	{"Dockerfile", []entry{
		text("FROM acme/base:1"), text("FROM alpine:3"), text("FROM acme/base:1 AS build", "FROM alpine:3"),
		text("FROM alpine:3 AS build", "# FROM alpine:3", "FROM acme/base:2"), text("FROM scratch"),
	}},
	{"svc/Dockerfile.prod", []entry{text("FROM acme/base:1"), text("FROM alpine:3")}},
	{"go.mod", []entry{
		text("module acme.dev/pay", "", "require acme.dev/kit v1.2.0"), text("module acme.dev/pay"),
		text("module acme.dev/pay", "", "require (", "\tacme.dev/kit v1.3.0", "\tacme.dev/other v1.0.0", ")"),
		text("module acme.dev/kit", "// require acme.dev/kit v1.2.0"),
	}},
	{"deploy/a.yaml", []entry{text("a: 1"), text("")}},
	{"deploy/b/c", []entry{text("b"), {"100755", "#!/bin/sh\n"}}},
	{"deploy/legacy.txt", []entry{text("old"), text("\t")}},
	{"R\xff\nE", []entry{text("words"), text("other words")}},
	{"CODEOWNERS", []entry{text("* @acme/red"), text("* @acme/blue", "/svc/ @acme/red")}},
}

// generatedPaths is the configuration of the paths that generated repositories go.
const generatedPaths = `
teams:
  platform: [platform]
  list:
    - {key: platform, members: [{id: "pat@acme.dev"}]}
    - {key: red, aliases: ["@acme/red"], repos: ["local/*0", "local/*3", "local/*6"]}
    - {key: blue, aliases: ["@acme/blue"], repos: ["local/*1", "local/*4", "local/*7"]}
    - {key: green, repos: ["local/*2", "local/*5"]}
paths:
  - key: ci
    eligible: {file: go.mod}
    golden: {workflow_uses: "acme/golden/.github/workflows/*"}
    alternatives:
      - {key: circleci, when: {file: .circleci/config.yml}}
      - {key: jenkins, when: {file: Jenkinsfile}}
      - {key: make, when: {content: {file: Makefile, regex: "^build:"}}}
  - key: image
    golden: {docker_from: {image: acme/base}}
    alternatives: [{key: alpine, when: {docker_from: {image: alpine}}}]
    mandates: [{teams: [red], from: 2023-01-01, until: 2023-06-01, why: audit}]
  - key: deploy
    golden: {all: [{file: "deploy/**"}, {not: {file: deploy/legacy.txt}}]}
  - key: kit
    golden: {go_module: acme.dev/kit}
`

// tree is the files of a commit.
type tree map[string]entry

// put gives a path an entry, in the place of whatever is in its way.
func (t tree) put(path string, e entry) {
	maps.DeleteFunc(t, func(p string, _ entry) bool {
		return strings.HasPrefix(p, path+"/") || strings.HasPrefix(path, p+"/")
	})
	t[path] = e
}

// point is a commit that was made.
type point struct {
	mark int
	tree tree
}

// history makes a random history: merges, octopuses, squashes, renames, reverts, branches that merge the
// trunk or become it, and dates that run backwards or lie in the future.
type history struct {
	*rand.Rand
	stream bytes.Buffer // for git fast-import
	marks  int
	clock  int64
	trunk  []point // as it landed; not always the first parents of one another
}

// newHistory makes a history of at least the given number of commits.
func newHistory(seed uint64, commits int) *history {
	h := &history{Rand: rand.New(rand.NewPCG(seed, 1)), clock: 1_640_000_000}
	for h.marks < commits {
		h.grow()
	}
	h.campaign(int64(seed))
	return h
}

func (h *history) tip() point { return h.trunk[len(h.trunk)-1] }

// grow lands something on the trunk.
func (h *history) grow() {
	if len(h.trunk) == 0 {
		h.land(tree{}, false)
		return
	}
	switch h.IntN(12) {
	case 0, 1:
		h.merge(1)
	case 2:
		h.merge(2)
	case 3: // squash
		_, merged := h.side()
		h.land(merged, false, h.tip())
	case 4: // revert
		h.land(maps.Clone(h.trunk[max(0, len(h.trunk)-2)].tree), false, h.tip())
	case 5: // the branch takes the trunk in and becomes it
		side, merged := h.side()
		h.land(merged, false, side, h.tip())
	default:
		h.land(maps.Clone(h.tip().tree), true, h.tip())
	}
}

// merge lands some branches at once, now and then with changes of the merge's own.
func (h *history) merge(branches int) {
	parents, merged := []point{h.tip()}, maps.Clone(h.tip().tree)
	for range branches {
		side, with := h.side()
		parents = append(parents, side)
		for path, e := range with {
			merged.put(path, e)
		}
	}
	h.land(merged, h.IntN(4) == 0, parents...)
}

// side makes a branch of some commits, and returns its end and what merging it makes of the trunk's tree.
func (h *history) side() (point, tree) {
	base := h.trunk[max(0, len(h.trunk)-1-h.IntN(4))]
	end := base
	for range 1 + h.IntN(3) {
		parents := []point{end}
		if h.IntN(6) == 0 {
			parents = append(parents, h.tip())
		}
		end = h.commit(h.mutate(maps.Clone(end.tree)), parents...)
	}
	merged := maps.Clone(h.tip().tree)
	for path, e := range end.tree {
		if base.tree[path] != e {
			merged.put(path, e)
		}
	}
	for path := range base.tree {
		if _, kept := end.tree[path]; !kept {
			delete(merged, path)
		}
	}
	return end, merged
}

func (h *history) land(t tree, change bool, parents ...point) {
	if change {
		t = h.mutate(t)
	}
	h.trunk = append(h.trunk, h.commit(t, parents...))
}

// mutate changes, removes and moves some files.
func (h *history) mutate(t tree) tree {
	for range 1 + h.IntN(3) {
		dish := menu[h.IntN(len(menu))]
		there := slices.Sorted(maps.Keys(t))
		switch roll := h.IntN(6); {
		case roll < 4 || len(there) == 0:
			t.put(dish.path, dish.entries[h.IntN(len(dish.entries))])
		case roll == 4:
			delete(t, there[h.IntN(len(there))])
		default:
			from := there[h.IntN(len(there))]
			e := t[from]
			delete(t, from)
			t.put([]string{"old/" + from, dish.path}[h.IntN(2)], e)
		}
	}
	return t
}

// commit writes a commit by somebody at some time.
func (h *history) commit(t tree, parents ...point) point {
	h.clock += int64(h.IntN(4)) * int64(h.IntN(86400))
	date := h.clock
	switch h.IntN(20) {
	case 0, 1:
		date -= int64(h.IntN(60 * 86400))
	case 2:
		if len(parents) > 0 {
			date = 3_800_000_000
		}
	}
	who := []string{"Ana <ana@acme.dev>", "Bob <bob@acme.dev>", "Pat <pat@acme.dev>", "renovate[bot] <r@bots.dev>"}[h.IntN(4)]
	return h.write(t, who, date, parents...)
}

func (h *history) write(t tree, who string, date int64, parents ...point) point {
	h.marks++
	w := &h.stream
	if len(parents) == 0 {
		fmt.Fprintln(w, "reset refs/heads/work")
	}
	fmt.Fprintf(w, "commit refs/heads/work\nmark :%d\nauthor %s %d +0000\ncommitter %s %d +0000\ndata 1\nx\n", h.marks, who, date-60, who, date)
	for i, p := range parents {
		fmt.Fprintf(w, "%s :%d\n", []string{"from", "merge"}[min(i, 1)], p.mark)
	}
	fmt.Fprintln(w, "deleteall")
	for _, path := range slices.Sorted(maps.Keys(t)) {
		e, name := t[path], `"`+strings.ReplaceAll(path, "\n", `\n`)+`"`
		if e.mode == "160000" {
			fmt.Fprintf(w, "M 160000 %040d %s\n", 1, name)
			continue
		}
		fmt.Fprintf(w, "M %s inline %s\ndata %d\n%s\n", e.mode, name, len(e.content), e.content)
	}
	return point{h.marks, t}
}

// campaign lets somebody bring the golden pipeline to this repository in the same days as to all others.
func (h *history) campaign(n int64) {
	h.clock = max(h.clock, 1_750_000_000)
	for i, e := range []entry{text("none"), workflow("    " + goldenUse + "v9")} {
		t := maps.Clone(h.tip().tree)
		delete(t, ".github/workflows/release.yaml")
		t.put(".github/workflows/ci.yml", e)
		h.trunk = append(h.trunk, h.write(t, "Cam <cam@acme.dev>", h.clock+int64(i)*30*86400+n*60, h.tip()))
	}
}

// keep makes a bare repository of the history, on the branch main.
func (h *history) keep(t testing.TB, dir string) {
	t.Helper()
	fmt.Fprintf(&h.stream, "reset refs/heads/main\nfrom :%d\n", h.tip().mark)
	runGit(t, "", "init", "-q", "--bare", "-b", "main", dir)
	cmd := exec.Command("git", "-C", dir, "fast-import", "--quiet", "--done")
	cmd.Stdin = strings.NewReader(h.stream.String() + "done\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("fast-import into %s: %v\n%s", dir, err, out)
	}
}

// runGit runs git in a folder and returns what it prints.
func runGit(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s in %s: %v", strings.Join(args, " "), dir, err)
	}
	return string(out)
}

// generate makes so many repositories of so many commits below dir.
func generate(t testing.TB, dir string, repos, commits int) []string {
	t.Helper()
	var dirs []string
	for i := range repos {
		made := filepath.Join(dir, fmt.Sprintf("r%02d.git", i))
		newHistory(uint64(i), commits).keep(t, made)
		dirs = append(dirs, made)
	}
	return dirs
}
