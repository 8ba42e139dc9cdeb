package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// shallowDepth is how much of its history the shallow clone has: enough to
// reach back before the golden workflow became faster.
const shallowDepth = 60

// A clone is where one repository is written.
type clone struct {
	repo repo
	dir  string // what a person sees
	git  string // what git calls the git directory
}

// place gives the folder of a clone below the folder of all clones.
func place(root string, r repo) clone {
	if r.clone == cloneBare {
		dir := filepath.Join(root, r.name+".git")
		return clone{repo: r, dir: dir, git: dir}
	}
	dir := filepath.Join(root, r.name)
	return clone{repo: r, dir: dir, git: filepath.Join(dir, ".git")}
}

// make writes the history as a clone that looks like anybody's, and returns
// how many commits can be read there.
func (c clone) make(ctx context.Context, h history) (int, error) {
	if c.repo.clone == cloneShallow {
		return c.makeShallow(ctx, h)
	}
	if err := c.fill(ctx, h); err != nil {
		return 0, err
	}
	switch c.repo.clone {
	case cloneEmpty, cloneBare:
		return len(h.commits), nil
	case cloneAside:
		if err := c.standAside(ctx); err != nil {
			return 0, err
		}
	}
	if _, err := git(ctx, c.dir, nil, "reset", "-q", "--hard"); err != nil {
		return 0, err
	}
	if c.repo.clone == cloneCorrupt {
		return 0, c.corrupt()
	}
	return len(h.commits), nil
}

// fill makes the git directory with all commits and the origin's address,
// which nobody ever calls.
func (c clone) fill(ctx context.Context, h history) error {
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return fmt.Errorf("make folder of %s: %w", c.repo.name, err)
	}
	args := []string{"init", "-q", "--template=", "--object-format=sha1", "--initial-branch=" + c.repo.main()}
	if c.repo.clone == cloneBare {
		args = append(args, "--bare")
	}
	if _, err := git(ctx, c.dir, nil, args...); err != nil {
		return err
	}
	if err := c.nameOrigin(); err != nil {
		return err
	}
	if len(h.commits) == 0 {
		return nil
	}
	_, err := git(ctx, c.dir, stream(h), "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--done", "--date-format=raw")
	return err
}

// nameOrigin appends the origin to the configuration of a new repository.
func (c clone) nameOrigin() error {
	f, err := os.OpenFile(filepath.Join(c.git, "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("name the origin of %s: %w", c.repo.name, err)
	}
	_, err = fmt.Fprintf(f, "[remote \"origin\"]\n\turl = %s\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n", c.origin())
	if err = firstError(err, f.Close()); err != nil {
		return fmt.Errorf("name the origin of %s: %w", c.repo.name, err)
	}
	return nil
}

func (c clone) origin() string { return "https://github.com/acme/" + c.repo.name + ".git" }

// standAside leaves the clone on the branch that never landed, while the
// origin's head says which branch is the default.
func (c clone) standAside(ctx context.Context) error {
	branch := c.repo.main()
	for _, args := range [][]string{
		{"update-ref", "refs/remotes/origin/" + branch, "refs/heads/" + branch},
		{"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/" + branch},
		{"symbolic-ref", "HEAD", "refs/heads/" + asideBranch},
	} {
		if _, err := git(ctx, c.dir, nil, args...); err != nil {
			return err
		}
	}
	return nil
}

// corrupt cuts the pack in half, as a full disk does. The references and the
// work tree stay, so the folder looks whole.
func (c clone) corrupt() error {
	packs, err := filepath.Glob(filepath.Join(c.git, "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		return fmt.Errorf("find the pack of %s: got %d packs", c.repo.name, len(packs))
	}
	info, err := os.Stat(packs[0])
	if err != nil {
		return fmt.Errorf("measure the pack of %s: %w", c.repo.name, err)
	}
	if err := firstError(os.Chmod(packs[0], 0o644), os.Truncate(packs[0], info.Size()/2)); err != nil {
		return fmt.Errorf("cut the pack of %s: %w", c.repo.name, err)
	}
	return nil
}

// makeShallow makes the whole repository aside and clones the end of it.
func (c clone) makeShallow(ctx context.Context, h history) (int, error) {
	whole := clone{repo: c.repo, dir: c.dir + ".whole", git: filepath.Join(c.dir+".whole", ".git")}
	defer os.RemoveAll(whole.dir)
	if err := whole.fill(ctx, h); err != nil {
		return 0, err
	}
	parent := filepath.Dir(c.dir)
	if _, err := git(ctx, parent, nil, "clone", "-q", "--template=", "--no-tags", "--depth", strconv.Itoa(shallowDepth), "file://"+whole.dir, c.dir); err != nil {
		return 0, err
	}
	if _, err := git(ctx, c.dir, nil, "config", "remote.origin.url", c.origin()); err != nil {
		return 0, err
	}
	count, err := git(ctx, c.dir, nil, "rev-list", "--count", "HEAD")
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(count))
	if err != nil {
		return 0, fmt.Errorf("count commits of %s: %w", c.repo.name, err)
	}
	return n, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
