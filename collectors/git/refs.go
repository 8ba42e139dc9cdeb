package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/trodden/trodden/metrics"
)

// tip is the newest commit of the branch that is read.
type tip struct {
	branch string      // short name; empty where HEAD is detached
	oid    metrics.OID // empty in a repository without commits
}

const (
	originPrefix = "refs/remotes/origin/"
	branchPrefix = "refs/heads/"
)

// tip finds the branch to read: the named one, as the origin has it or else the clone; with no name, the
// origin's default branch, else HEAD. No process is started for it, so that looking for news is cheap.
func (c clone) tip(ctx context.Context, branch string) (tip, error) {
	look := c.looker(ctx)
	if branch != "" {
		return c.named(look, branch)
	}
	origin, err := look(originPrefix + "HEAD")
	if err != nil {
		return tip{}, unreadable(err)
	}
	if origin.oid != "" {
		return tip{branch: short(origin.name, originPrefix), oid: origin.oid}, nil
	}
	head, err := look("HEAD")
	if err != nil {
		return tip{}, unreadable(err)
	}
	switch {
	case head.oid != "":
	case head.name == "HEAD":
		return tip{}, unreadable(fmt.Errorf("%s: HEAD is missing", c.own))
	case c.hasBranch():
		return tip{}, unreadable(fmt.Errorf("%s: HEAD names %s, which is not there, though other branches are; `branch` in the configuration names one", c.own, head.name))
	}
	return tip{branch: short(head.name, branchPrefix), oid: head.oid}, nil
}

// hasBranch reports whether the clone has any branch, of its own or of its origin.
func (c clone) hasBranch() bool {
	if c.packedBelow(branchPrefix) || c.packedBelow(originPrefix) {
		return true
	}
	found := false
	for _, prefix := range []string{branchPrefix, originPrefix} {
		_ = filepath.WalkDir(filepath.Join(c.common, filepath.FromSlash(prefix)), func(_ string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return nil
			}
			found = true
			return fs.SkipAll
		})
	}
	return found
}

// short returns the short name of a branch; "" for a HEAD that names none.
func short(ref, prefix string) string {
	name := strings.TrimPrefix(ref, prefix)
	if name == "HEAD" {
		return ""
	}
	return name
}

// named finds a branch by its name. A repository that has no commit at all is empty; in any other the
// branch has to be there.
func (c clone) named(look lookup, branch string) (tip, error) {
	for _, prefix := range []string{originPrefix, branchPrefix} {
		at, err := look(prefix + branch)
		if err != nil {
			return tip{}, unreadable(err)
		}
		if at.oid != "" {
			return tip{branch: branch, oid: at.oid}, nil
		}
	}
	head, err := look("HEAD")
	if err == nil && (head.oid != "" || head.name == "HEAD") {
		err = fmt.Errorf("%s has no branch %s", c.dir, branch)
	}
	if err != nil {
		return tip{}, unreadable(err)
	}
	return tip{branch: branch}, nil
}

// reference is what a name leads to: the last name of a chain of symbolic ones, and its commit, empty where
// there is none.
type reference struct {
	name string
	oid  metrics.OID
}

type lookup func(name string) (reference, error)

// looker returns how references are looked up in this clone.
func (c clone) looker(ctx context.Context) lookup {
	if info, err := os.Stat(filepath.Join(c.common, "reftable")); err == nil && info.IsDir() {
		return func(name string) (reference, error) { return c.askGit(ctx, name) }
	}
	return c.resolve
}

// maxChain is how many symbolic references in a row are followed, as in git.
const maxChain = 5

// resolve follows a reference through the files of the git directory.
func (c clone) resolve(name string) (reference, error) {
	for range maxChain {
		dir := c.common
		if name == "HEAD" {
			dir = c.own
		}
		text, err := readFile(filepath.Join(dir, filepath.FromSlash(name)))
		if absent(err) {
			oid, err := c.packed(name)
			return reference{name, oid}, err
		}
		if err != nil {
			return reference{}, err
		}
		text = strings.TrimRight(text, " \t\r\n")
		target, symbolic := strings.CutPrefix(text, "ref:")
		if !symbolic {
			oid, err := metrics.ParseOID(text)
			if err != nil {
				return reference{}, fmt.Errorf("%s: %s is neither a commit nor a name", c.own, name)
			}
			return reference{name, oid}, nil
		}
		name = strings.TrimLeft(target, " \t")
		if !validRef(name) {
			return reference{}, fmt.Errorf("%s: a symbolic reference leads out of it", c.own)
		}
	}
	return reference{}, fmt.Errorf("%s: symbolic references lead round in a circle", c.own)
}

// absent reports whether a loose reference is not there: no such file, a folder of that name, or a file
// where a folder would have to be.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, errFolder)
}

// validRef reports whether a name stays below refs/.
func validRef(name string) bool {
	return strings.HasPrefix(name, "refs/") && !strings.Contains(name, "..") && !strings.ContainsAny(name, "\x00\\\n")
}

// packed looks a reference up in packed-refs.
func (c clone) packed(name string) (oid metrics.OID, err error) {
	err = c.eachPacked(func(id, ref []byte) error {
		if string(ref) == name {
			oid, err = metrics.ParseOID(string(id))
		}
		return err
	})
	return oid, err
}

// eachPacked calls visit for each line of packed-refs.
func (c clone) eachPacked(visit func(id, ref []byte) error) error {
	f, err := openFile(filepath.Join(c.common, "packed-refs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 64<<10), 1<<20)
	for lines.Scan() {
		id, ref, ok := bytes.Cut(lines.Bytes(), []byte{' '})
		if !ok || len(id) == 0 || id[0] == '#' || id[0] == '^' {
			continue
		}
		if err := visit(id, ref); err != nil {
			return fmt.Errorf("%s: packed-refs: %w", c.common, err)
		}
	}
	return lines.Err()
}

// askGit looks a reference up with the git program, for clones that keep them in another form than files.
func (c clone) askGit(ctx context.Context, name string) (reference, error) {
	if target, err := c.line(ctx, "symbolic-ref", "--quiet", name); err != nil {
		return reference{}, err
	} else if target != "" {
		name = target
	}
	text, err := c.line(ctx, "rev-parse", "--quiet", "--verify", name)
	if err != nil || text == "" {
		return reference{name: name}, err
	}
	oid, err := metrics.ParseOID(text)
	return reference{name, oid}, err
}
