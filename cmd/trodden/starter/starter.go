// Package starter proposes a first configuration for the clones at hand: it looks at what they hold at
// their heads and writes down the paths that most of them already go.
package starter

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
)

// maxDepth is how far below a folder clones are looked for.
const maxDepth = 3

// maxClones is how many clones are looked into; a proposal needs no more.
const maxClones = 500

// Clone is a clone that was found.
type Clone struct {
	Dir   string
	Root  string // the folder below which it was looked for
	Depth int    // how far below
	Name  string // host/owner/name of its origin; "" where it has none
	finds finds
}

// Survey is what was found in the clones.
type Survey struct {
	Clones []Clone
	Looked int      // clones that were looked into
	Broken []string // folders of clones that could not be read
}

// Look finds the clones below the folders and looks into them with the git program.
func Look(ctx context.Context, dirs []string) (*Survey, error) {
	s := &Survey{}
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("look for clones: %s is no folder: %w", dir, metrics.ErrInvalid)
		}
		s.Clones = append(s.Clones, below(dir, dir, 0)...)
	}
	looked := s.Clones[:min(len(s.Clones), maxClones)]
	broken := make([]bool, len(looked))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range looked {
		group.Go(func() error {
			c := &looked[i]
			err := c.look(ctx)
			broken[i] = err != nil
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, c := range looked {
		if broken[i] {
			s.Broken = append(s.Broken, c.Dir)
		} else {
			s.Looked++
		}
	}
	return s, nil
}

// below lists the clones in dir and the folders below it. What lies inside a clone belongs to it.
func below(root, dir string, depth int) []Clone {
	if isClone(dir) {
		return []Clone{{Dir: dir, Root: root, Depth: depth}}
	}
	if depth == maxDepth {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // a folder that may not be read has no clones for us
	}
	var list []Clone
	for _, e := range entries {
		if isFolder(dir, e) && !strings.HasPrefix(e.Name(), ".") && e.Name() != "node_modules" {
			list = append(list, below(root, filepath.Join(dir, e.Name()), depth+1)...)
		}
	}
	return list
}

// isFolder also follows a link to a clone, but to no other folder: it may lead back up.
func isFolder(dir string, e fs.DirEntry) bool {
	return e.IsDir() || e.Type()&fs.ModeSymlink != 0 && isClone(filepath.Join(dir, e.Name()))
}

// isClone reports whether a folder is a git repository, bare or not.
func isClone(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
		return true
	}
	return !slices.ContainsFunc([]string{"HEAD", "objects", "refs"}, func(part string) bool {
		_, err := os.Stat(filepath.Join(dir, part))
		return err != nil
	})
}

// Globs returns globs that match the clones, one for each depth below each folder. Dir is the folder that
// relative globs begin at, home the one that ~ means.
func (s *Survey) Globs(dir, home string) []string {
	bare := map[string]bool{} // whether all clones that a glob matches are called *.git
	var globs []string
	for _, c := range s.Clones {
		glob := shown(c.Root, dir, home) + strings.Repeat("/*", c.Depth)
		only, seen := bare[glob]
		bare[glob] = strings.HasSuffix(c.Dir, ".git") && (only || !seen)
		if !seen {
			globs = append(globs, glob)
		}
	}
	for i, glob := range globs {
		if bare[glob] && strings.HasSuffix(glob, "*") {
			globs[i] += ".git"
		}
		globs[i] = strings.TrimPrefix(globs[i], "./")
	}
	return globs
}

// shown writes a folder as short as it can stand in a configuration in dir. What is special in globs is
// quoted.
func shown(folder, dir, home string) string {
	if rel, err := filepath.Rel(dir, folder); err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
		return quoteMeta(rel)
	}
	if rel, err := filepath.Rel(home, folder); home != "" && err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
		return filepath.Join("~", quoteMeta(rel))
	}
	return quoteMeta(folder)
}

func quoteMeta(folder string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`).Replace(folder)
}
