package descriptor

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trodden/trodden/metrics"
)

// Location is where a file says that other files describe entities.
type Location struct {
	Target string        // as it was typed
	To     metrics.Place // the file; the zero Place where that is in no repository that the target tells
	Glob   bool          // its path stands for all files that it matches
	Line   int
}

// location reads the targets of a Location, each once.
func (r *reader) location(spec mapping) {
	var nodes []*node
	for _, key := range []string{"target", "targets"} {
		if n := spec.value(key); n != nil {
			nodes = append(nodes, items(n)...)
		}
	}
	for _, n := range nodes {
		target := strings.TrimSpace(text(n))
		if target == "" || !r.step() || r.known(target) {
			continue
		}
		to, glob, ok := r.target(target)
		if !ok {
			r.warn(n, "location %q leads to no file of a repository", target)
		}
		r.file.Locations = append(r.file.Locations, Location{target, to, glob, n.Line})
	}
}

// known reports whether a target is among the locations.
func (r *reader) known(target string) bool {
	if r.targets == nil {
		r.targets = map[string]bool{}
	}
	again := r.targets[target]
	r.targets[target] = true
	return again
}

// target returns the file that a target leads to: a URL, a path from the folder of the file that names it, or a path from
// the root of its repository, which begins with a slash. ok is false where it leads nowhere that is known.
func (r *reader) target(target string) (to metrics.Place, glob, ok bool) {
	if strings.Contains(target, "://") {
		to, ok = webPlace(target)
		return to, strings.Contains(to.Path, "*"), ok
	}
	if templated(target) {
		return metrics.Place{}, false, false
	}
	inside := path.Clean(target)
	if !path.IsAbs(target) {
		inside = path.Join(path.Dir(r.file.Place.Path), target)
	}
	if inside == ".." || strings.HasPrefix(inside, "../") {
		return metrics.Place{}, false, false
	}
	return metrics.Place{Repo: r.file.Place.Repo, Path: strings.TrimPrefix(inside, "/")}, strings.ContainsAny(inside, "*?"), true
}

// Tree is the files of a repository at a commit.
type Tree interface {
	Read(path string) (content string, ok bool)
	Match(glob string) (paths []string)
}

// Follow parses files of a repository, and those of the same repository that their locations lead to, each once: cycles
// end. Where a location leads to no file, the file that names it has a warning. Locations that lead to other repositories
// are left to the caller.
func Follow(repo string, tree Tree, paths ...string) (files []File) {
	seen := map[string]bool{}
	for len(paths) > 0 {
		next := paths[0]
		paths = paths[1:]
		content, ok := tree.Read(next)
		if seen[next] || !ok {
			continue
		}
		seen[next] = true
		file := Parse(metrics.Place{Repo: repo, Path: next}, content)
		paths = append(paths, file.leads(tree)...)
		files = append(files, file)
	}
	return files
}

// leads returns the files of the same repository that the locations of a file lead to.
func (f *File) leads(tree Tree) (paths []string) {
	for _, l := range f.Locations {
		if l.To.Repo != f.Place.Repo || l.To.Path == "" {
			continue
		}
		found := []string{l.To.Path}
		if l.Glob {
			found = nil
			if doublestar.ValidatePattern(l.To.Path) {
				found = tree.Match(l.To.Path)
			}
		} else if _, ok := tree.Read(l.To.Path); !ok {
			found = nil
		}
		if len(found) == 0 {
			f.Warnings = append(f.Warnings, metrics.Warning{File: f.Place.Path, Line: l.Line, Column: 1, Message: clip("location " + l.Target + " leads to no file")})
		}
		paths = append(paths, found...)
	}
	return paths
}

// maxNamed is how many files of a repository are found by their names alone. Those beyond are left out.
const maxNamed = 500

// Names returns what locations name inside their own repository, beginning with those of some files of it: paths and globs, each
// once, in the order in which Follow gets to them. A path is written as the glob that matches nothing else, and may be that of
// a file that is not there. Left out are those of which usual reports that they are known without it.
func Names(repo string, tree Tree, usual func(path string) bool, paths ...string) (names []string) {
	room, seen := maxNamed, map[string]bool{}
	for _, file := range Follow(repo, tree, paths...) {
		for i := range file.Locations {
			l := &file.Locations[i]
			if l.To.Repo != repo || l.To.Path == "" || l.To.Path == "." || usual(l.To.Path) || seen[l.To.Path] {
				continue
			}
			seen[l.To.Path] = true
			if name, files := l.name(tree); files > 0 && files <= room {
				names, room = append(names, name), room-files
			}
		}
	}
	return names
}

const (
	// maxName is how long a name may be.
	maxName = 1000
	// maxBraces is how many lists of alternatives a glob may have: each multiplies what it takes to match it.
	maxBraces = 2
)

// name returns the glob that stands for a location, and how many files it takes up: one for those that may come yet. It takes
// up none where it stands for nothing that is a file.
func (l *Location) name(tree Tree) (glob string, files int) {
	switch {
	case len(l.To.Path) > maxName || strings.ContainsAny(l.To.Path, "\x00\n"):
		return "", 0
	case !l.Glob:
		return verbatim.Replace(l.To.Path), 1
	case !doublestar.ValidatePattern(l.To.Path) || strings.Count(l.To.Path, "{") > maxBraces:
		return "", 0
	}
	return l.To.Path, max(1, len(tree.Match(l.To.Path)))
}

// verbatim writes paths as globs.
var verbatim = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "{", `\{`)
