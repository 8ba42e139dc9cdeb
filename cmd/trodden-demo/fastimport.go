package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// stream writes a history in the language of git fast-import. All commits
// are made on one reference, each naming its parents; the last word puts the
// reference on the tip of the default branch.
func stream(h history) []byte {
	var b bytes.Buffer
	branch := "refs/heads/" + h.repo.main()
	for _, c := range h.commits {
		writeCommit(&b, c, branch)
	}
	fmt.Fprintf(&b, "reset %s\nfrom :%d\n\n", branch, h.head)
	names := make([]string, 0, len(h.tags))
	for name := range h.tags {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "reset refs/tags/%s\nfrom :%d\n\n", name, h.tags[name])
	}
	b.WriteString("done\n")
	return b.Bytes()
}

func writeCommit(b *bytes.Buffer, c commit, branch string) {
	if c.ref != "" {
		branch = c.ref
	}
	fmt.Fprintf(b, "commit %s\nmark :%d\n", branch, c.mark)
	fmt.Fprintf(b, "author %s\ncommitter %s\n", c.author, c.committer)
	writeData(b, c.message+"\n")
	if c.from > 0 {
		fmt.Fprintf(b, "from :%d\n", c.from)
	}
	if c.merge > 0 {
		fmt.Fprintf(b, "merge :%d\n", c.merge)
	}
	for _, f := range c.files {
		if f.gone {
			fmt.Fprintf(b, "D %s\n", f.path)
			continue
		}
		fmt.Fprintf(b, "M 100644 inline %s\n", f.path)
		writeData(b, f.text)
	}
	b.WriteByte('\n')
}

func writeData(b *bytes.Buffer, text string) {
	fmt.Fprintf(b, "data %d\n%s\n", len(text), text)
}

// String is the signature as git stores it.
func (s signature) String() string {
	return fmt.Sprintf("%s <%s> %d %s", s.name, s.mail, s.at.Unix(), s.zone)
}

// git runs one git command in an environment that no user or system
// configuration reaches, and returns what it printed.
func git(ctx context.Context, dir string, stdin []byte, args ...string) (string, error) {
	fixed := []string{"-c", "core.fsync=none", "-c", "core.autocrlf=false", "-c", "gc.auto=0", "-c", "advice.detachedHead=false"}
	cmd := exec.CommandContext(ctx, "git", append(fixed, args...)...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_ATTR_NOSYSTEM=1",
		// fast-import frees a few hundred KiB after each object. Handing them
		// back to the system each time took more than half of a build.
		"MALLOC_TRIM_THRESHOLD_=33554432",
	}
	cmd.Stdin = bytes.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s in %s: %w: %s", strings.Join(args, " "), dir, err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}
