package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// checkGlobs refuses globs that cannot be right.
func checkGlobs(globs []string) error {
	for _, glob := range globs {
		if glob == "" || !doublestar.ValidatePattern(filepath.ToSlash(glob)) {
			return fmt.Errorf("dirs: glob %q: %w", glob, metrics.ErrInvalid)
		}
	}
	return nil
}

// found is a clone with the name of its repository.
type found struct {
	clone
	name string
}

// Repos implements collectors.Source. It lists repositories once however many clones there are of them,
// those with the largest packs first, so that the longest walk does not begin last. What could not be
// looked at, and globs that match nothing, are told in one error at the end.
func (s *Source) Repos(ctx context.Context, _ *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(yield func(metrics.Repo, error) bool) {
		var all []found
		var wrong []error
		for _, glob := range s.config.Dirs {
			list, err := expand(ctx, glob)
			all = append(all, list...)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("dirs: %s: %w", glob, err))
			}
		}
		for _, c := range s.choose(ctx, all) {
			if ctx.Err() != nil || !yield(s.fact(ctx, c), nil) {
				return
			}
		}
		if err := errors.Join(append(wrong, ctx.Err())...); err != nil {
			yield(metrics.Repo{}, err)
		}
	}
}

// fact says what is known of a repository without reading it. Of a damaged one that is little; reading it
// says what is wrong.
func (s *Source) fact(ctx context.Context, c found) metrics.Repo {
	repo := metrics.Repo{
		ID: metrics.NewRepoID(c.name), Name: c.name, Source: s.Name(), Seen: s.config.Now(), Location: c.dir,
	}
	if at, err := c.tip(ctx, s.config.Branch); err == nil {
		repo.DefaultBranch, repo.Head = at.branch, at.oid
	}
	if shallow, err := c.optional("shallow"); err == nil {
		repo.Shallow = shallow != ""
	}
	return repo
}

// expand finds the clones that a glob matches. Things that are no repositories are passed over, but a glob
// that finds none at all is an error.
func expand(ctx context.Context, glob string) ([]found, error) {
	full, err := filepath.Abs(glob)
	if err != nil {
		return nil, err
	}
	fixed, pattern := doublestar.SplitPattern(strings.TrimSuffix(filepath.ToSlash(full), "/.git"))
	tree := &tree{FS: os.DirFS(fixed), alive: ctx.Err}
	var options []doublestar.GlobOption
	if strings.Contains(pattern, "**") {
		options = append(options, doublestar.WithNoFollow()) // a link may lead back up
	}
	var list []found
	matches := 0
	err = doublestar.GlobWalk(tree, pattern, func(match string, entry fs.DirEntry) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		matches++
		c, err := openClone(filepath.Join(fixed, filepath.FromSlash(match)))
		switch {
		case errors.Is(err, errNoClone):
			return nil
		case err != nil && c.own == "":
			tree.errs = append(tree.errs, err)
			return nil
		}
		list = append(list, found{clone: c, name: c.name(match)})
		if !entry.IsDir() || len(options) == 0 {
			return nil // SkipDir would pass over the siblings too
		}
		return fs.SkipDir // nothing inside of a repository is one of its own
	}, options...)
	switch {
	case err == nil && matches == 0 && len(tree.errs) == 0:
		err = errors.New("the glob matches nothing")
	case err == nil && len(list) == 0 && len(tree.errs) == 0:
		err = errors.New("no git repository is among what the glob matches")
	}
	return list, errors.Join(append(tree.errs, err)...)
}

// tree is a file tree that remembers what could not be looked at, since a listing that lacks something must
// not be taken for a whole one.
type tree struct {
	fs.FS
	alive func() error
	errs  []error
}

// ReadDir implements fs.ReadDirFS.
func (t *tree) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := t.alive(); err != nil {
		return nil, err
	}
	list, err := fs.ReadDir(t.FS, name)
	if err != nil && !absent(err) {
		t.errs = append(t.errs, err)
	}
	return list, err
}

// name returns the identity of the clone's repository: that of its origin's URL, or where it has none,
// local/ and its path below the fixed part of the glob.
func (c clone) name(match string) string {
	config, err := readFile(filepath.Join(c.common, "config"))
	if err == nil {
		if name, ok := metrics.RepoName(originURL(config)); ok && !strings.Contains(name, "@") {
			return name
		}
	}
	return strings.ToLower("local" + strings.TrimSuffix(path.Clean("/"+match), ".git"))
}

// choose keeps one clone of each repository: that with the newest head. Worktrees of one clone are not told
// from one another; different clones are worth a warning.
func (s *Source) choose(ctx context.Context, all []found) []found {
	byName := make(map[string][]found)
	for _, c := range all {
		byName[c.name] = append(byName[c.name], c)
	}
	warnings := make(map[string]string)
	var list []found
	for _, clones := range byName {
		clones = distinct(clones)
		if len(clones) > 1 {
			clones = s.newestFirst(ctx, clones)
			warnings[clones[0].dir] = duplicates(clones)
		}
		list = append(list, clones[0])
	}
	s.mu.Lock()
	s.warnings = warnings
	clear(s.fetches)
	s.mu.Unlock()
	sizes := make(map[string]int64, len(list))
	for _, c := range list {
		sizes[c.name] = c.size()
	}
	slices.SortFunc(list, func(a, b found) int {
		if sizes[a.name] != sizes[b.name] {
			return int(max(-1, min(1, sizes[b.name]-sizes[a.name])))
		}
		return strings.Compare(a.name, b.name)
	})
	return list
}

// distinct drops clones that were matched twice, and linked worktrees of a clone that is there itself.
func distinct(clones []found) []found {
	if len(clones) == 1 {
		return clones
	}
	slices.SortFunc(clones, func(a, b found) int {
		if linked := a.own != a.common; linked != (b.own != b.common) {
			return map[bool]int{true: 1, false: -1}[linked]
		}
		return strings.Compare(a.dir, b.dir)
	})
	seen := make(map[string]bool)
	return slices.DeleteFunc(clones, func(c found) bool {
		place := c.common
		if real, err := filepath.EvalSymlinks(place); err == nil {
			place = real
		}
		again := seen[place]
		seen[place] = true
		return again
	})
}

// newestFirst sorts clones by the committer dates of their heads; where these do not tell, by folder.
func (s *Source) newestFirst(ctx context.Context, clones []found) []found {
	dates := make(map[string]metrics.Instant, len(clones))
	for _, c := range clones {
		dates[c.dir] = s.headDate(ctx, c.clone)
	}
	slices.SortStableFunc(clones, func(a, b found) int { return int(dates[b.dir] - dates[a.dir]) })
	return clones
}

// headDate returns the committer date of a clone's head; Beginning where it cannot be read.
func (s *Source) headDate(ctx context.Context, c clone) (date metrics.Instant) {
	at, err := c.tip(ctx, s.config.Branch)
	if err != nil || at.oid == "" {
		return metrics.Beginning
	}
	v, err := openView(c, cut{}, at.oid)
	if err != nil {
		return metrics.Beginning
	}
	defer v.close()
	text, err := v.show(ctx, at.oid.String())
	if err != nil {
		return metrics.Beginning
	}
	return signed(text, "committer")
}

// duplicates says that there are several clones of a repository, the first of which is read.
func duplicates(clones []found) string {
	others := make([]string, 0, len(clones)-1)
	for _, c := range clones[1:] {
		others = append(others, c.dir)
	}
	return fmt.Sprintf("several clones: %s has the newest head and is read, not %s", clones[0].dir, strings.Join(others, ", "))
}

// warning returns what the last listing found odd about a repository's clones.
func (s *Source) warning(location string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.warnings[location]
}
