package starter

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// surroundings is all of the environment that git gets. Nothing that is configured in a clone runs, and
// nothing is ever fetched.
func surroundings() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "LANG=C", "HOME=/nonexistent",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none",
		"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		"GIT_CONFIG_KEY_1=core.fsmonitor", "GIT_CONFIG_VALUE_1=false",
	}
}

func git(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env = dir, surroundings()
	return cmd
}

// look reads what the clone holds at the head of its default branch.
func (c *Clone) look(ctx context.Context) error {
	if url, err := git(ctx, c.Dir, "config", "--local", "--no-includes", "--get", "remote.origin.url").Output(); err == nil {
		c.Name, _ = metrics.RepoName(strings.TrimSpace(string(url)))
	}
	files, err := c.files(ctx)
	if err != nil {
		return err
	}
	contents, err := read(ctx, c.Dir, files)
	if err != nil {
		return err
	}
	c.finds = find(files, contents)
	return nil
}

// entry is a file at the head.
type entry struct {
	path string
	oid  metrics.OID
}

// files lists the files at the head that a proposal looks at.
func (c *Clone) files(ctx context.Context) ([]entry, error) {
	var list []byte
	var err error
	for _, head := range []string{"refs/remotes/origin/HEAD", "HEAD"} {
		list, err = git(ctx, c.Dir, "ls-tree", "-r", "-z", "--full-tree", head).Output()
		if err == nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", c.Dir, err)
	}
	var files []entry
	for line := range bytes.SplitSeq(list, []byte{0}) {
		// 100644 blob <oid>\t<path>
		head, path, _ := strings.Cut(string(line), "\t")
		fields := strings.Fields(head)
		if len(fields) != 3 || !strings.HasPrefix(fields[0], "100") || !watched(path) {
			continue
		}
		oid, err := metrics.ParseOID(fields[2])
		if err != nil {
			return nil, fmt.Errorf("list the files of %s: %w", c.Dir, err)
		}
		files = append(files, entry{path, oid})
	}
	return files, nil
}

// blobs holds contents by object id. What is not in it could not be read.
type blobs map[metrics.OID]string

// Blob implements detect.Blobs.
func (b blobs) Blob(oid metrics.OID) (string, metrics.Reason) {
	if text, ok := b[oid]; ok {
		return text, ""
	}
	return "", metrics.ReasonMissingObjects
}

// read returns the contents of the files that are not too large.
func read(ctx context.Context, dir string, files []entry) (blobs, error) {
	contents := blobs{}
	if len(files) == 0 {
		return contents, nil
	}
	var ask strings.Builder
	for _, f := range files {
		ask.WriteString(f.oid.String() + "\n")
	}
	cmd := git(ctx, dir, "cat-file", "--batch", "--buffer")
	cmd.Stdin = strings.NewReader(ask.String())
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start git: %w", err)
	}
	err = contents.fill(bufio.NewReader(out))
	if err != nil {
		io.Copy(io.Discard, out) // so that git can end
	}
	if waited := cmd.Wait(); err == nil {
		err = waited
	}
	if err != nil {
		return nil, fmt.Errorf("read the files of %s: %w", dir, err)
	}
	return contents, nil
}

// fill reads the answers of git cat-file: "<oid> blob <size>", the content, a line end; or "<oid> missing".
func (b blobs) fill(r *bufio.Reader) error {
	for {
		head, err := r.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		fields := strings.Fields(head)
		if err != nil || len(fields) < 2 {
			return fmt.Errorf("cannot understand git: %q", head)
		}
		if len(fields) != 3 {
			continue // missing
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil || size < 0 {
			return fmt.Errorf("cannot understand git: %q", head)
		}
		if size > metrics.MaxBlob {
			if _, err := io.CopyN(io.Discard, r, size+1); err != nil {
				return err
			}
			continue
		}
		text := make([]byte, size+1)
		if _, err := io.ReadFull(r, text); err != nil {
			return err
		}
		oid, err := metrics.ParseOID(fields[0])
		if err != nil || oid == "" {
			return fmt.Errorf("cannot understand git: %q", head)
		}
		b[oid] = string(text[:size])
	}
}
