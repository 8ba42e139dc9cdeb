package collectors

import (
	"context"
	"maps"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// Tree is the files of a repository at its head.
type Tree interface {
	Read(path string) (content string, ok bool)
	Match(glob string) (paths []string)
}

// Naming says which files of a repository others of it name, by the globs that match them: they are read whole besides those
// that are watched in all repositories. What it has to know of files it learns by reading them, be it in several turns.
type Naming func(repo string, tree Tree) (globs []string)

// Head is where a repository stands.
type Head struct {
	Repo  string                 // its name
	Files map[string]metrics.OID // by path; symbolic links and submodules are none
	// Bring returns the contents of some of them. Those that cannot be had, or are too large, are left out.
	Bring func(ctx context.Context, oids []metrics.OID) (map[metrics.OID]string, error)
}

// What is read to find out what files name. A repository with more of them names the others in vain.
const (
	namingTurns = 16
	namingFiles = 1000
	namingBytes = 64 << 20
)

// At returns what is named at a head. Contents are brought many at once: all that are needed to get further.
func (n Naming) At(ctx context.Context, head Head) (globs []string, err error) {
	if n == nil {
		return nil, nil
	}
	t := &headTree{head: head, texts: map[metrics.OID]string{}, asked: map[metrics.OID]bool{}, matched: map[string][]string{}}
	for range namingTurns {
		globs = n(head.Repo, t)
		if len(t.wanted) == 0 || t.bytes > namingBytes {
			break
		}
		came, err := head.Bring(ctx, t.wanted)
		if err != nil {
			return nil, err
		}
		t.take(came)
	}
	return globs, nil
}

// headTree is a head as far as it was read.
type headTree struct {
	head    Head
	paths   []string // sorted
	texts   map[metrics.OID]string
	asked   map[metrics.OID]bool
	wanted  []metrics.OID
	bytes   int
	matched map[string][]string // by glob
}

// take notes what was brought.
func (t *headTree) take(came map[metrics.OID]string) {
	for oid, text := range came {
		t.bytes += len(text)
		t.texts[oid] = text
	}
	t.wanted = nil
}

// Read implements Tree. What is not here yet is wanted, up to a number of files.
func (t *headTree) Read(path string) (content string, ok bool) {
	oid, there := t.head.Files[path]
	if !there {
		return "", false
	}
	if content, ok = t.texts[oid]; !ok && !t.asked[oid] && len(t.asked) < namingFiles {
		t.asked[oid] = true
		t.wanted = append(t.wanted, oid)
	}
	return content, ok
}

// Match implements Tree.
func (t *headTree) Match(glob string) (paths []string) {
	if paths, known := t.matched[glob]; known {
		return paths
	}
	m, err := NewMatcher(metrics.WatchSet{Whole: []string{glob}})
	if err != nil {
		return nil
	}
	if t.paths == nil {
		t.paths = slices.Sorted(maps.Keys(t.head.Files))
	}
	for _, path := range t.paths {
		if m.Wants([]byte(path)) == Whole {
			paths = append(paths, path)
		}
	}
	t.matched[glob] = paths
	return paths
}

// Named returns what is to be watched in a repository besides, of which something was watched so before: that, where it holds
// all that is named now. Else more is true. It then holds both, so that what was read once stays so, but what is named now
// goes first where that is too much.
func Named(before, now []string) (globs []string, more bool) {
	fresh := slices.DeleteFunc(slices.Clone(now), func(glob string) bool { return slices.Contains(before, glob) })
	if len(fresh) == 0 {
		return before, false
	}
	globs = slices.Clone(now)
	for _, glob := range before {
		if !slices.Contains(now, glob) && len(globs) < namedMost {
			globs = append(globs, glob)
		}
	}
	slices.Sort(globs)
	return globs, true
}

// namedMost is how many globs a repository is watched by besides.
const namedMost = 500
