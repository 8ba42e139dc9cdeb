package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// How long an origin may take to say where its branch is, and to send what is new.
const (
	askLimit  = time.Minute
	pullLimit = 10 * time.Minute
)

// fetch brings a clone up to date, once in a scan however many names it has, and returns how many times its
// origin was asked. It belongs to the reading and not to the listing: several repositories are read at once,
// listing waits for none of them, and which head is new is only decided by the reading. A clone that cannot
// be brought up to date is read as it is.
func (s *Source) fetch(ctx context.Context, c clone) (requests int, err error) {
	if !s.config.Fetch {
		return 0, nil
	}
	place := c.common
	if real, err := filepath.EvalSymlinks(place); err == nil {
		place = real
	}
	s.mu.Lock()
	once, known := s.fetches[place]
	if !known {
		once = sync.OnceValues(func() (int, error) { return c.fetch(ctx, s.config.Branch) })
		s.fetches[place] = once
	}
	s.mu.Unlock()
	requests, err = once()
	if known {
		requests = 0
	}
	return requests, err
}

// stale says that a clone could not be brought up to date.
func stale(repo metrics.Repo, c clone, err error) metrics.Warning {
	why := strings.TrimSpace(collectors.NewProblem(repo.Name, err).Detail) // free of secrets
	return metrics.Warning{Repo: repo.ID, Message: fmt.Sprintf("%s is read as it is, it could not be brought up to date: %s", c.dir, why)}
}

// fetch brings the branch that is read up to date, and no other: what landed on it is all that is looked at,
// a shallow clone gets nothing from before its cut on account of another branch, and no branch of anybody
// else is touched. A clone without an origin is up to date.
func (c clone) fetch(ctx context.Context, branch string) (requests int, err error) {
	config, err := c.optional("config")
	if err != nil {
		return 0, err
	}
	o := readOrigin(config)
	if o.url == "" {
		return 0, nil
	}
	to := c.landing(o)
	if branch == "" && to.head == "" {
		head, err := c.resolve("HEAD")
		if err != nil {
			return 0, err
		}
		if branch = short(head.name, branchPrefix); branch == "" {
			return 0, errors.New("its HEAD names no branch")
		}
	}
	f, err := newFetcher(c, o)
	if err != nil {
		return 0, err
	}
	defer f.close()
	return 1, f.update(ctx, branch, to)
}

// update brings one branch, or the origin's default branch, to where the origin has it. Most of the time it
// is there already, and one question is all.
func (f *fetcher) update(ctx context.Context, branch string, to landing) error {
	follow := branch == ""
	branch, oid, err := f.ask(ctx, branch)
	if err != nil {
		return err
	}
	ref := to.prefix + branch
	at, err := f.clone.resolve(ref)
	switch {
	case err != nil:
		return err
	case at.name != ref: // git would move what it stands for
		return fmt.Errorf("%s is a symbolic reference", ref)
	case oid == "":
		return f.prune(ctx, branch, ref, to.force && at.oid != "")
	case at.oid != oid:
		err = f.pull(ctx, branch, at, oid, to.force)
	}
	if err != nil || !follow {
		return err
	}
	return f.follow(ctx, to.head, ref)
}

// ask asks the origin where a branch is, or its default branch and where that is. The id is empty where the
// origin does not have the branch.
func (f *fetcher) ask(ctx context.Context, branch string) (string, metrics.OID, error) {
	wanted := "HEAD"
	if branch != "" {
		if err := checkBranch(branch); err != nil {
			return "", "", err
		}
		wanted = branchPrefix + branch
	}
	out, err := f.git(ctx, f.outside(), askLimit, "ls-remote", "--quiet", "--symref", "trodden", wanted)
	if err != nil {
		return "", "", err
	}
	var oid metrics.OID
	for line := range strings.Lines(out) {
		value, name, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		target, symbolic := strings.CutPrefix(value, "ref: "+branchPrefix)
		switch {
		case name != wanted: // a pattern matches the ends of names
		case symbolic && branch == "":
			branch = target
		case !strings.HasPrefix(value, "ref: "):
			if oid, err = metrics.ParseOID(value); err != nil {
				return "", "", err
			}
		}
	}
	if branch == "" {
		return "", "", errors.New("its origin has no default branch")
	}
	return branch, oid, checkBranch(branch)
}

// prune takes a branch away that is not at the origin any more. It is an error in any case: the branch was
// asked for by name.
func (f *fetcher) prune(ctx context.Context, branch, ref string, there bool) error {
	err := fmt.Errorf("its origin has no branch %s", branch)
	if there {
		_, failed := f.git(ctx, f.env, askLimit, "update-ref", "-d", ref)
		err = errors.Join(err, failed)
	}
	return err
}

// pull fetches a branch to its reference. What counts is where the reference is then: git takes no offence at
// a branch whose history the origin does not have whole; and where it fails because somebody else fetches at
// the same time, all may be well.
func (f *fetcher) pull(ctx context.Context, branch string, at reference, oid metrics.OID, force bool) error {
	spec := branchPrefix + branch + ":" + at.name
	if force {
		spec = "+" + spec
	}
	_, err := f.git(ctx, f.outside(), pullLimit, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
		"--no-recurse-submodules", "--no-auto-gc", "--no-auto-maintenance", "--no-prune",
		"--show-forced-updates", "trodden", spec) // where the last option is off, git forces
	now, failed := f.clone.resolve(at.name)
	switch {
	case failed != nil:
		return cmp.Or(err, failed)
	case now.oid == oid:
		return nil
	case err != nil && !force:
		return fmt.Errorf("%w (a bare clone that is not configured as a mirror only goes forward)", err)
	case err == nil && now.oid == at.oid:
		return fmt.Errorf("git fetch: %s stays where it is, as the history of its origin is cut off", at.name)
	}
	return err
}

// follow lets the head of the origin, as the clone knows it, stand for the origin's default branch. Plain
// git does that at the first fetch only; but when the default branch was renamed, the one that is read would
// be that which nobody works on any more.
func (f *fetcher) follow(ctx context.Context, head, ref string) error {
	if at, err := f.clone.resolve(head); err == nil && at.name == ref {
		return nil
	}
	env := f.env
	if head == "HEAD" { // the one reference that has no folder to link to
		env = append(slices.Clip(env), "GIT_DIR="+f.clone.common, "GIT_COMMON_DIR="+f.dir)
	}
	_, err := f.git(ctx, env, askLimit, "symbolic-ref", head, ref)
	return err
}
