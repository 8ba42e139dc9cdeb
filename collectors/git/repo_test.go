package git_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// builder makes a repository by git fast-import. Dates count from a fixed day, one hour a commit, unless
// they are given.
type builder struct {
	t      testing.TB
	dir    string
	script strings.Builder
	marks  int
	heads  map[string]int // marks by branch
}

// newRepo begins a bare repository at dir.
func newRepo(t testing.TB, dir string, options ...string) *builder {
	t.Helper()
	run(t, "", append(append([]string{"init", "--quiet", "--bare", "--initial-branch=main"}, options...), dir)...)
	return &builder{t: t, dir: dir, heads: map[string]int{}}
}

// make is what one commit does.
type commitOf struct {
	branch  string // main
	from    []int  // marks of the parents; none: the branch's head, or a root where it has none
	author  string // Ana <ana@acme.dev>
	date    string // of the committer, as git has it
	message string
	files   map[string]string // path -> content; "mode:" in front of the path gives a mode; "" takes away
	raw     string            // further lines of fast-import
}

// commit adds a commit and returns its mark.
func (b *builder) commit(c commitOf) int {
	b.marks++
	mark := b.marks
	if c.branch == "" {
		c.branch = "main"
	}
	if head, ok := b.heads[c.branch]; ok && len(c.from) == 0 {
		c.from = []int{head}
	}
	b.heads[c.branch] = mark
	if c.author == "" {
		c.author = "Ana <ana@acme.dev>"
	}
	if c.date == "" {
		c.date = fmt.Sprintf("%d +0000", 1700000000+3600*mark)
	}
	w := &b.script
	fmt.Fprintf(w, "commit refs/heads/%s\nmark :%d\nauthor %s %s\ncommitter %s %s\n", c.branch, mark, c.author, c.date, c.author, c.date)
	fmt.Fprintf(w, "data %d\n%s\n", len(c.message), c.message)
	for i, parent := range c.from {
		fmt.Fprintf(w, "%s :%d\n", map[bool]string{true: "from", false: "merge"}[i == 0], parent)
	}
	w.WriteString(c.raw)
	for path, content := range c.files {
		mode := "100644"
		if m, rest, ok := strings.Cut(path, ":"); ok && m != "" {
			mode, path = m, rest
		}
		if content == "" {
			fmt.Fprintf(w, "D %s\n", quote(path))
		} else {
			fmt.Fprintf(w, "M %s inline %s\ndata %d\n%s\n", mode, quote(path), len(content), content)
		}
	}
	w.WriteString("\n")
	return mark
}

func quote(path string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(path) {
		if c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			fmt.Fprintf(&b, "\\%03o", c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// done imports what was added since the last time.
func (b *builder) done() {
	b.t.Helper()
	marks := filepath.Join(b.dir, "test-marks")
	feed(b.t, b.dir, b.script.String(), "fast-import", "--quiet", "--force", "--date-format=raw-permissive",
		"--import-marks-if-exists="+marks, "--export-marks="+marks)
	b.script.Reset()
}

// run runs git in dir and returns what it prints, without line feeds at the end.
func run(t testing.TB, dir string, args ...string) string {
	t.Helper()
	return feed(t, dir, "", args...)
}

// feed does the same with an input.
func feed(t testing.TB, dir, input string, args ...string) string {
	t.Helper()
	return strings.TrimRight(output(t, dir, input, args...), "\n")
}

// output returns everything that git prints.
func output(t testing.TB, dir, input string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(input)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=Ana", "GIT_AUTHOR_EMAIL=ana@acme.dev", "GIT_COMMITTER_NAME=Ana", "GIT_COMMITTER_EMAIL=ana@acme.dev",
		"GIT_AUTHOR_DATE=1700000000 +0000", "GIT_COMMITTER_DATE=1700000000 +0000", "GIT_ALLOW_PROTOCOL=file")
	out, err := cmd.Output()
	if err != nil {
		stderr := ""
		if exit, ok := err.(*exec.ExitError); ok {
			stderr = string(exit.Stderr)
		}
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, stderr)
	}
	return string(out)
}

// busyRepo makes a history with merges and many files.
func busyRepo(t testing.TB, dir string, commits int) {
	b := newRepo(t, dir)
	main := b.commit(commitOf{message: "begin", files: map[string]string{"go.mod": "module x\n"}})
	for i := range commits {
		author := fmt.Sprintf("Dev %d <dev%d@acme.dev>", i%50, i%50)
		files := map[string]string{
			fmt.Sprintf("pkg%d/file%d.go", i%40, i%7):           fmt.Sprintf("package p // %d\n", i),
			fmt.Sprintf(".github/workflows/w%d.yml", i%5):       fmt.Sprintf("on: push # %d\n", i/10),
			fmt.Sprintf("services/s%d/Dockerfile", i%20):        fmt.Sprintf("FROM golang:%d\n", i/20),
			fmt.Sprintf("docs/deep/er/and/deeper/page%d.md", i): "text\n",
		}
		if i%10 != 0 {
			main = b.commit(commitOf{from: []int{main}, author: author, message: fmt.Sprintf("change %d", i), files: files})
			continue
		}
		side := b.commit(commitOf{branch: "side", from: []int{main}, author: author, message: "side", files: files})
		main = b.commit(commitOf{from: []int{main, side}, message: "merge", files: files})
	}
	b.done()
}

// try runs git in dir and says whether it succeeded.
func try(dir string, args ...string) (string, bool) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	return strings.TrimRight(string(out), "\n"), err == nil
}
