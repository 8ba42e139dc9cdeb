package git

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// clone is where a repository's files are.
type clone struct {
	dir    string // what the glob matched
	own    string // the git directory, which has HEAD
	common string // the one that has objects and branches: for a linked worktree its repository's
}

// errNoClone means that a folder is no git repository.
var errNoClone = errors.New("no git repository")

// openClone finds the git directory of dir: a folder with .git in it (a folder, or a file that points to
// one), or a bare repository. A damaged repository is one too.
func openClone(dir string) (clone, error) {
	dotGit := filepath.Join(dir, ".git")
	info, err := os.Stat(dotGit)
	switch {
	case err == nil && info.IsDir():
		return commonOf(clone{dir: dir, own: dotGit})
	case err == nil && info.Mode().IsRegular():
		return linkedClone(dir, dotGit)
	case errors.Is(err, fs.ErrPermission):
		return clone{}, unreadable(err)
	case isBare(dir):
		return commonOf(clone{dir: dir, own: dir})
	default:
		return clone{}, fmt.Errorf("%s: %w", dir, errNoClone)
	}
}

// isBare reports whether a folder is a bare repository: at least two of its three essential parts are there.
func isBare(dir string) bool {
	parts := 0
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.IsDir() == (name != "HEAD") {
			parts++
		}
	}
	return parts >= 2
}

// linkedClone follows a .git file, as worktrees and submodules have them.
func linkedClone(dir, dotGit string) (clone, error) {
	c := clone{dir: dir, own: dotGit, common: dotGit}
	text, err := readFile(dotGit)
	if err != nil {
		return c, unreadable(err)
	}
	target, ok := strings.CutPrefix(strings.TrimRight(text, "\r\n"), "gitdir: ")
	if !ok {
		return c, unreadable(fmt.Errorf("%s does not say where the git directory is", dotGit))
	}
	c.own = absolute(dir, target)
	if _, err := os.Stat(c.own); err != nil {
		return c, unreadable(err)
	}
	return commonOf(c)
}

// commonOf fills in where the objects are.
func commonOf(c clone) (clone, error) {
	c.common = c.own
	text, err := readFile(filepath.Join(c.own, "commondir"))
	switch {
	case err == nil:
		c.common = absolute(c.own, strings.TrimRight(text, "\r\n"))
	case !errors.Is(err, fs.ErrNotExist):
		return c, unreadable(err)
	}
	return c, nil
}

// absolute resolves a path that a file in dir names.
func absolute(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// objects returns the folder that holds the objects.
func (c clone) objects() string { return filepath.Join(c.common, "objects") }

// size returns the size of the clone's packs: how long a walk takes, roughly.
func (c clone) size() (total int64) {
	packs, _ := os.ReadDir(filepath.Join(c.objects(), "pack"))
	for _, pack := range packs {
		if info, err := pack.Info(); err == nil {
			total += info.Size()
		}
	}
	return total
}

// maxFile is the size up to which files of a git directory are read at once. References in packed-refs are
// read line by line, however many there are.
const maxFile = 16 << 20

// readFile reads a file of a git directory. Anything but a regular file of bearable size is an error: a
// pipe would block for good.
func readFile(path string) (string, error) {
	f, err := openFile(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxFile {
		return "", fmt.Errorf("%s is larger than %d bytes", path, maxFile)
	}
	return string(text), nil
}

// errFolder means that a folder is where a file was looked for.
var errFolder = errors.New("is a folder")

func openFile(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s: %w", path, errFolder)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	return os.Open(path)
}

// unreadable makes err say why a repository is unknown: a lack of permission, or else damage.
func unreadable(err error) error {
	var known *collectors.ReadError
	if errors.As(err, &known) {
		return err
	}
	why := metrics.ReasonUnreadable
	if errors.Is(err, fs.ErrPermission) {
		why = metrics.ReasonForbidden
	}
	return &collectors.ReadError{Reason: why, Err: err}
}
