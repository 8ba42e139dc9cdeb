package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// view is an empty git directory of our own that borrows the objects of a clone, and shows them with the
// same cut. As git never sees the clone's configuration, attributes, hooks, remotes and references, none of
// them can run anything, a clone of another user can be read, and objects that a partial clone left at its
// remote are simply missing.
type view struct {
	clone clone
	dir   string
	env   []string
}

// settings is the configuration of a view. The first two lines are what makes it a repository; the others
// are git's defaults for what must not depend on the version.
const settings = `[core]
	repositoryformatversion = %d
	bare = true
	fsmonitor = false
	hooksPath = /dev/null
	attributesFile = /dev/null
	deltaBaseCacheLimit = 32m
	bigFileThreshold = 8m
[extensions]
	%s
[log]
	showRoot = true
	showSignature = false
	mailmap = false
[gc]
	auto = 0
`

// openView makes a view of a clone whose object ids are as long as like.
func openView(c clone, cut cut, like metrics.OID) (v *view, err error) {
	if _, err := os.Stat(c.objects()); err != nil {
		return nil, unreadable(err)
	}
	dir, err := os.MkdirTemp("", "trodden-git-")
	if err != nil {
		return nil, fmt.Errorf("make a view of %s: %w", c.dir, err)
	}
	v = &view{clone: c, dir: dir, env: environment(dir)}
	v.env = append(v.env, "GIT_OBJECT_DIRECTORY="+c.objects())
	defer func() {
		if err != nil {
			v.close()
		}
	}()
	version, extension := 0, ""
	if len(like) > 20 {
		version, extension = 1, "objectFormat = sha256"
	}
	files := map[string]string{
		"HEAD":   "ref: refs/heads/none\n",
		"config": fmt.Sprintf(settings, version, extension),
	}
	if cut.shallow != "" {
		files["shallow"] = cut.shallow
	}
	if cut.grafts != "" {
		files["info/grafts"] = cut.grafts
	}
	if len(cut.replace) > 0 {
		files["packed-refs"] = strings.Join(cut.replace, "\n") + "\n"
	}
	return v, v.fill(files)
}

// fill writes the files of the view.
func (v *view) fill(files map[string]string) error {
	for _, folder := range []string{"refs", "info"} {
		if err := os.Mkdir(filepath.Join(v.dir, folder), 0o700); err != nil {
			return fmt.Errorf("make a view of %s: %w", v.clone.dir, err)
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(v.dir, filepath.FromSlash(name)), []byte(text), 0o600); err != nil {
			return fmt.Errorf("make a view of %s: %w", v.clone.dir, err)
		}
	}
	return nil
}

// close removes the view.
func (v *view) close() { _ = os.RemoveAll(v.dir) }

// environment is all of the environment that git gets. The settings in it forbid, once more and for every
// git directory, what a view has no occasion for.
func environment(gitDir string) []string {
	env := []string{
		"GIT_DIR=" + gitDir,
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + gitDir,
		"XDG_CONFIG_HOME=" + gitDir,
		"LC_ALL=C",
		"TZ=UTC",
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_ATTR_NOSYSTEM=1",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_ASKPASS=" + os.DevNull,
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_NO_LAZY_FETCH=1",
		"GIT_ALLOW_PROTOCOL=none",
		"GIT_PAGER=cat",
		"GIT_FLUSH=0", // else git log writes commit by commit
		"GIT_ADVICE=0",
	}
	forbidden := []string{
		"safe.directory=*", "core.fsmonitor=false", "core.hooksPath=" + os.DevNull, "protocol.allow=never",
		"log.showSignature=false", "core.alternateRefsCommand=",
	}
	for i, setting := range forbidden {
		key, value, _ := strings.Cut(setting, "=")
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, value))
	}
	return append(env, fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(forbidden)))
}

// grace is how long a killed git may take to end.
const grace = 5 * time.Second

// command prepares git with an environment, in a folder that is not the clone.
func command(ctx context.Context, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = env, string(filepath.Separator), grace
	detach(cmd)
	return cmd
}

// line returns the one line that git prints in the clone itself, or "" where it says no.
func (c clone) line(ctx context.Context, args ...string) (string, error) {
	cmd := command(ctx, append(environment(c.own), "GIT_NO_REPLACE_OBJECTS=1"), args...)
	var complaint complaint
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 && len(complaint.text) == 0 {
		return "", nil
	}
	if err != nil {
		return "", unreadable(complaint.explain(fmt.Errorf("git %s in %s: %w", args[0], c.dir, err)))
	}
	return strings.TrimRight(string(out), "\n"), nil
}

// pipeSize is the room between git and its reader.
const pipeSize = 1 << 20

// run starts git on the view, gives it input, and its output to read. When read fails, git is stopped and
// that error returned, unless git itself failed before.
func (v *view) run(ctx context.Context, env []string, input io.Reader, read func(*bufio.Reader) error, args ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := command(ctx, append(append([]string{}, v.env...), env...), args...)
	var complaint complaint
	cmd.Stdin, cmd.Stderr = input, &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("git %s: %w", args[0], err)
	}
	widen(out, pipeSize)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start git: %w", err)
	}
	failed := read(bufio.NewReaderSize(out, 256<<10))
	if failed == nil {
		_, failed = io.Copy(io.Discard, out)
	}
	if failed != nil && !errors.Is(failed, io.ErrUnexpectedEOF) {
		cancel() // git would wait for a reader for ever
		_ = cmd.Wait()
		return failed
	}
	if err := cmd.Wait(); err != nil {
		return v.judge(ctx, &complaint, fmt.Errorf("git %s in %s: %w", args[0], v.clone.dir, err))
	}
	return failed
}

// complaint keeps the beginning of what git says about a failure.
type complaint struct{ text []byte }

const maxComplaint = 8 << 10

// Write implements io.Writer.
func (c *complaint) Write(p []byte) (int, error) {
	c.text = append(c.text, p[:min(len(p), maxComplaint-len(c.text))]...)
	return len(p), nil
}

// first returns the first line that git said, "" where it said nothing.
func (c *complaint) first() string {
	line, _, _ := bytes.Cut(bytes.TrimSpace(c.text), []byte{'\n'})
	return string(line)
}

// explain puts git's own words in the place of an exit status.
func (c *complaint) explain(err error) error {
	var exit *exec.ExitError
	if line := c.first(); line != "" && errors.As(err, &exit) {
		return errors.New(strings.Replace(err.Error(), exit.Error(), line, 1))
	}
	return err
}

// judge says why a repository cannot be read from what git complained about: a missing object, damage, or
// no permission.
func (v *view) judge(ctx context.Context, c *complaint, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	text := strings.ToLower(string(c.text))
	why := metrics.ReasonUnreadable
	switch {
	case strings.Contains(text, "permission denied"):
		why = metrics.ReasonForbidden
	case containsAny(text, "corrupt", "inflate", "unpack", "mismatch", "is empty", "packfile", "garbage", "too small"):
	case containsAny(text, "unable to read", "could not read", "bad object", "failed to read", "missing"):
		why = metrics.ReasonMissingObjects
	}
	return &collectors.ReadError{Reason: why, Err: c.explain(err)}
}

func containsAny(text string, words ...string) bool {
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
