package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// fetcher is a git directory of our own that stands for a clone while it is fetched. Like a view it has a
// configuration of its own, and nothing of the clone's: no hooks (which a configuration can hold too, from
// git 2.54 on, where core.hooksPath does not stop them), no remotes, no rewritten URLs, no credential helper
// and no command. Unlike a view it is a door: the objects, references and reflogs in it are the clone's, so
// that git itself, with its locks and checks, writes there what `git fetch` writes. (The folders are links, as
// in work trees made by git-new-workdir; that the clone's folders are none is seen to by checkWritable.)
//
// The credentials of a fetch are those of whoever runs this program: see outside.
type fetcher struct {
	clone clone
	dir   string
	env   []string // for what is only done here
}

// fetchSettings adds to the settings of a view what is for fetching. Objects are checked on their way in,
// but for three old mistakes that hosts let pass too. Nothing is tidied up: a git directory that does not
// know all that holds objects of the clone (its work trees do) must not say what is garbage.
const fetchSettings = settings + `[core]
	logAllRefUpdates = %t
	sharedRepository = "%s"
	filesRefLockTimeout = 10000
	packedRefsTimeout = 10000
	alternateRefsCommand = true
[fetch]
	fsckObjects = true
	writeCommitGraph = false
[fetch "fsck"]
	badTimezone = ignore
	missingSpaceBeforeDate = ignore
	zeroPaddedFilemode = ignore
[maintenance]
	auto = false
[credential]
	interactive = false
[remote "trodden"]
	url = "%s"
	followRemoteHEAD = never
`

func newFetcher(c clone, o origin) (f *fetcher, err error) {
	url, err := c.address(o.url)
	if err != nil {
		return nil, err
	}
	if err := c.checkWritable(o); err != nil {
		return nil, err
	}
	shallow, err := c.optional("shallow")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "trodden-git-")
	if err != nil {
		return nil, fmt.Errorf("fetch into %s: %w", c.dir, err)
	}
	f = &fetcher{clone: c, dir: dir, env: append(environment(dir), "GIT_OBJECT_DIRECTORY="+c.objects())}
	if err := f.fill(o, url, shallow); err != nil {
		f.close()
		return nil, fmt.Errorf("fetch into %s: %w", c.dir, err)
	}
	return f, nil
}

// fill writes the files of the git directory. The cut of a shallow clone goes in and stays as it is: without
// --depth, git neither deepens nor takes a branch that would need another cut.
func (f *fetcher) fill(o origin, url, shallow string) error {
	version, extension := 0, ""
	if o.sha256 {
		version, extension = 1, "objectFormat = sha256"
	}
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	files := map[string]string{
		"HEAD": "ref: refs/heads/none\n",
		"config": fmt.Sprintf(fetchSettings, version, extension, !o.bare,
			cmp.Or(o.shared, "umask"), quoted.Replace(url)),
	}
	if shallow != "" {
		files["shallow"] = shallow
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	for _, name := range []string{"refs", "packed-refs", "logs"} {
		if name == "logs" && !f.clone.has(name) {
			continue
		}
		if err := os.Symlink(filepath.Join(f.clone.common, name), filepath.Join(f.dir, name)); err != nil {
			return err
		}
	}
	return nil
}

func (f *fetcher) close() { _ = os.RemoveAll(f.dir) }

// checkWritable refuses a clone that must not be written to. One of another user could change while git
// looks, and links in it could lead git to write elsewhere. In a partial clone git would have to fetch what
// is missing, or fail for the lack of it.
func (c clone) checkWritable(o origin) error {
	if info, err := os.Stat(c.common); err != nil || !ours(info) {
		return cmp.Or(err, errors.New("it belongs to another user"))
	}
	promised, _ := filepath.Glob(filepath.Join(c.objects(), "pack", "*.promisor"))
	switch {
	case len(promised) > 0:
		return errors.New("a partial clone is not fetched into")
	case o.odd != "":
		return fmt.Errorf("a clone with %s is not fetched into", o.odd)
	case c.has("reftable"):
		return errors.New("its references are not kept in files")
	}
	for _, name := range []string{"objects", "refs", "logs", "packed-refs"} {
		if err := checkPlain(filepath.Join(c.common, name), name == "objects"); err != nil {
			return err
		}
	}
	return nil
}

// checkPlain refuses a tree with anything but folders and files in it. Flat says that folders in it are not
// looked into.
func checkPlain(root string, flat bool) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case !entry.IsDir() && !entry.Type().IsRegular():
			return fmt.Errorf("%s is neither a folder nor a file", path)
		case flat && entry.IsDir() && path != root:
			return fs.SkipDir
		}
		return nil
	})
}

// git runs git and returns what it prints. What it says of a failure is the error.
func (f *fetcher) git(ctx context.Context, env []string, limit time.Duration, args ...string) (string, error) {
	out, complaint, err := answer(ctx, env, nil, limit, args...)
	return out, complaint.explain(err)
}

// answer runs git in a session of its own and returns what it prints, and what it complains about. An error that
// is none of its exit says all by itself.
func answer(ctx context.Context, env []string, input io.Reader, limit time.Duration, args ...string) (string, *complaint, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("git %s: no end after %s", args[0], limit))
	defer cancel()
	cmd := command(ctx, env, args...)
	isolate(cmd)
	said := &complaint{}
	cmd.Stdin, cmd.Stderr = input, said
	out, err := cmd.Output()
	switch {
	case err == nil:
		return string(out), said, nil
	case ctx.Err() != nil:
		return "", said, context.Cause(ctx)
	default:
		return "", said, fmt.Errorf("git %s: %w", args[0], err)
	}
}

// outside is the environment of git where it speaks to the origin. Whoever has trodden fetch means their own
// access: their environment, their ssh and its agent, their git configuration (of the user and of the
// machine) with its credential helpers, proxies and rewritten URLs hold, as for a `git fetch` that they
// type; only an includeIf "gitdir:" does not know the clone. Those of git's own variables that lead it
// elsewhere or change what is done do not hold. Nobody is there to answer a question, so that none is asked.
// An origin on this machine is read by git with this environment too, and is not trusted either.
func (f *fetcher) outside() []string {
	return append(abroad(),
		"GIT_DIR="+f.dir, "GIT_OBJECT_DIRECTORY="+f.clone.objects(), "GIT_ALLOW_PROTOCOL="+protocols,
		"GIT_REFLOG_ACTION=trodden fetch",
	)
}

// abroad is what outside and a mirror have in common.
func abroad() []string {
	access := []string{
		"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH", "GIT_HTTP_", "GIT_PROXY_", "GIT_SSH", "GIT_SSL_",
	}
	env := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(name, "GIT_") && !slices.ContainsFunc(access, func(prefix string) bool {
			return strings.HasPrefix(name, prefix)
		}) || name == "DISPLAY" || name == "WAYLAND_DISPLAY"
	})
	return append(env,
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=", "SSH_ASKPASS_REQUIRE=never", "GCM_INTERACTIVE=never",
		"GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1", "GIT_ADVICE=0", "LC_ALL=C",
	)
}
