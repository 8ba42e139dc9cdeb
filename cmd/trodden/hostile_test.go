package main

import (
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics/query"
)

// hostilePaths look at the contents of everything that hostile repositories have.
const hostilePaths = `
paths:
  - key: ci
    golden: {workflow_uses: "acme/golden/.github/workflows/*"}
    alternatives:
      - {key: make, when: {workflow: {runs: "^make "}}}
      - {key: circleci, when: {circleci_orb: "acme/*"}}
  - key: catalog
    golden: {yaml: {file: "**/catalog-info.yaml", path: $.spec.owner, equals: pay}}
    alternatives: [{key: owners, when: {content: {file: CODEOWNERS, regex: "@pay"}}}]
`

const goldenText = "on: push\njobs:\n  build:\n    " + goldenUse + "v1\n"

// hostile is what scanned repositories may bring. Every one has a golden workflow beside it, which must be
// found.
var hostile = []struct {
	name  string
	write func(io.Writer)
	ci    string // its state
}{
	{"folder", func(w io.Writer) {
		for i := range 10_000 {
			file(w, fmt.Sprintf(".github/workflows/w%05d.yml", i), fmt.Sprintf("on: push\njobs: {j: {steps: [{run: echo %d}]}}\n", i))
		}
	}, "on"},
	{"bomb", func(w io.Writer) {
		var b strings.Builder
		b.WriteString("a0: &a0 [uses, uses, uses, uses, uses, uses, uses, uses, uses, uses]\n")
		for i := 1; i < 30; i++ {
			ref := fmt.Sprintf("*a%d", i-1)
			fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.Join([]string{ref, ref, ref, ref, ref, ref, ref, ref, ref}, ", "))
		}
		b.WriteString("jobs: {a: {steps: *a29}}\n")
		file(w, ".github/workflows/bomb.yml", b.String())
		file(w, "catalog-info.yaml", b.String())
		file(w, ".circleci/config.yml", b.String()+"orbs: *a29\n")
	}, "on"},
	{"cycle", func(w io.Writer) {
		file(w, ".github/workflows/cycle.yml", "jobs: &a\n  uses: x\n  b: *a\n  <<: *a\n")
		file(w, ".github/workflows/self.yml", "jobs: {a: {uses: ./.github/workflows/self.yml}}\n")
		file(w, "catalog-info.yaml", "spec: &s {owner: *s}\n")
		file(w, ".circleci/config.yml", "orbs: &o {a: *o}\n")
	}, "on"},
	{"deep", func(w io.Writer) {
		file(w, ".github/workflows/deep.yml", "jobs: "+strings.Repeat("[uses, ", 100_000)+"\n")
		file(w, "catalog-info.yaml", strings.Repeat("{a: ", 100_000))
	}, "on"},
	{"long", func(w io.Writer) {
		header(w, ".github/workflows/long.yml", 100<<20)
		for range 100 {
			io.WriteString(w, strings.Repeat("uses: ", 1<<20/6)+strings.Repeat(" ", 1<<20%6))
		}
		fmt.Fprintln(w)
		file(w, "CODEOWNERS", strings.Repeat("* @pay ", 100_000))
	}, "unknown too_large"}, // whether it runs make
	{"bytes", func(w io.Writer) {
		file(w, ".github/workflows/\xff\xfe.yml", "on: push\x00\njobs:\n  \xff: {uses: \"\x00\"}\n")
		file(w, "\xc0\x80/catalog-info.yaml", "spec: {owner: \"\xff\xfe\"}\n")
		file(w, "CODEOWNERS", "\x00\xff * \x00@pay\n")
		file(w, ".circleci/config.yml", "\x00\x01\x02")
	}, "on"},
}

// file writes a file for git fast-import.
func file(w io.Writer, path, content string) {
	header(w, path, len(content))
	io.WriteString(w, content+"\n")
}

func header(w io.Writer, path string, size int) {
	fmt.Fprintf(w, "M 100644 inline \"%s\"\ndata %d\n", path, size)
}

// hostileRepo makes a repository with what write gives it and a golden workflow.
func hostileRepo(t *testing.T, dir string, write func(io.Writer)) {
	t.Helper()
	runGit(t, "", "init", "-q", "--bare", "-b", "main", dir)
	cmd := exec.Command("git", "-C", dir, "fast-import", "--quiet")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(in, "commit refs/heads/main\ncommitter A\x01\xff <a\xfe> 1700000000 +0000\ndata 3\n\x00\xff\n")
	write(in)
	file(in, ".github/workflows/ci.yml", goldenText)
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("fast-import into %s: %v", dir, err)
	}
}

// TestHostileRepositories scans what repositories may bring to hurt, in bounded time and memory.
func TestHostileRepositories(t *testing.T) {
	p := newPlace(t, hostilePaths)
	for _, h := range hostile {
		hostileRepo(t, filepath.Join(p.repos(), h.name+".git"), h.write)
	}
	begun := time.Now()
	cmd := p.command("scan", "--log-level", "debug")
	out, err := cmd.CombinedOutput()
	took := time.Since(begun)
	if err != nil {
		t.Fatalf("scan: %v\n%s", err, out)
	}
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	memory := usage.Maxrss >> 10
	t.Logf("%v, %v of the processor, %d MiB\n%s", took, cmd.ProcessState.UserTime(), memory, out)
	if cpu := cmd.ProcessState.UserTime(); cpu > 20*time.Second || memory > 1024 {
		t.Errorf("got %v of the processor and %d MiB, want at most 20 s and 1 GiB", cpu, memory)
	}
	if strings.Contains(string(out), "panic") {
		t.Errorf("got a panic:\n%s", out)
	}
	got := map[string]string{}
	for _, row := range ask[struct{ Repo, State, Reason string }](p, "states", "--path", "ci") {
		got[row.Repo] = strings.TrimSpace(row.State + " " + row.Reason)
	}
	if diff := cmp.Diff(hostileWarnings(t, p), warned); diff != "" {
		t.Errorf("files with warnings (-got +want):\n%s", diff)
	}
	for _, h := range hostile {
		if state := got["local/"+h.name]; state != h.ci {
			t.Errorf("%s: got state %q, want %q", h.name, state, h.ci)
		}
	}
}

// warned are the files that cannot be understood.
var warned = []string{
	"local/bomb .github/workflows/bomb.yml",
	"local/bytes .circleci/config.yml",
	"local/bytes .github/workflows/\xff\xfe.yml",
	"local/bytes \xc0\x80/catalog-info.yaml",
	"local/cycle .circleci/config.yml",
	"local/cycle .github/workflows/cycle.yml",
	"local/cycle catalog-info.yaml",
	"local/deep .github/workflows/deep.yml",
	"local/deep catalog-info.yaml",
}

// hostileWarnings returns the files with warnings in the store, which must have positions.
func hostileWarnings(t *testing.T, p *place) []string {
	t.Helper()
	db, shut := p.open()
	defer shut()
	rows, err := query.Warnings(t.Context(), db, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, r := range rows {
		t.Logf("%s %q:%d:%d: %s", r.Repo, r.File, r.Line, r.Column, r.Message)
		files = append(files, r.Repo+" "+r.File)
		if r.Line == 0 || r.Column == 0 {
			t.Errorf("%s %q: got no position", r.Repo, r.File)
		}
	}
	return slices.Compact(files)
}
