package descriptor

import (
	"net/url"
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
	As     string // the path where a portal resolves the target as a URL, without query, fragment and escapes; "" where that is no other
}

// Readings returns what a location leads to, in the order in which that is looked for: to files that are called literally so,
// and, where there are none, to those that it is the URL of.
func (l Location) Readings() []Location {
	literal, resolved := l, l
	literal.As, resolved.As = "", ""
	if l.As == "" {
		return []Location{literal}
	}
	resolved.To.Path, resolved.Glob = l.As, strings.Contains(l.As, "*")
	return []Location{literal, resolved}
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
		r.file.Locations = append(r.file.Locations, Location{target, to, glob, n.Line, r.resolved(target, to)})
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
	inside, ok := r.inside(target)
	if templated(target) || !ok {
		return metrics.Place{}, false, false
	}
	return metrics.Place{Repo: r.file.Place.Repo, Path: inside}, strings.ContainsAny(inside, "*?"), true
}

// inside returns the path from the root of the repository that one from the folder of the file is, or one that begins with a
// slash; ok is false where it leads out of the repository.
func (r *reader) inside(target string) (file string, ok bool) {
	file = path.Clean(target)
	if !path.IsAbs(target) {
		file = path.Join(path.Dir(r.file.Place.Path), target)
	}
	return strings.TrimPrefix(file, "/"), file != ".." && !strings.HasPrefix(file, "../")
}

// resolved returns the path of a target that is resolved as a URL; "" where that is the same, or none. A target with a host
// was resolved before.
func (r *reader) resolved(target string, to metrics.Place) string {
	if to.Repo == "" || strings.Contains(target, "://") {
		return ""
	}
	bare, _, _ := strings.Cut(target, "#")
	bare, _, _ = strings.Cut(bare, "?")
	bare, err := url.PathUnescape(bare)
	if err != nil || bare == "" {
		return ""
	}
	if file, ok := r.inside(bare); ok && file != to.Path {
		return file
	}
	return ""
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
		at := l.In(tree)
		found := at.files(tree)
		if len(found) == 0 {
			f.Warnings = append(f.Warnings, metrics.Warning{File: f.Place.Path, Line: l.Line, Column: 1, Message: clip("location " + l.Target + " leads to no file")})
		}
		paths = append(paths, found...)
	}
	return paths
}

// In returns the reading of a location that leads to files of its repository; the last one where none does.
func (l Location) In(tree Tree) (reading Location) {
	for _, reading = range l.Readings() {
		if len(reading.files(tree)) > 0 {
			break
		}
	}
	return reading
}

// files returns the files of a repository that a reading of a location leads to.
func (l *Location) files(tree Tree) []string {
	if l.Glob {
		if doublestar.ValidatePattern(l.To.Path) {
			return tree.Match(l.To.Path)
		}
		return nil
	}
	if _, ok := tree.Read(l.To.Path); !ok {
		return nil
	}
	return []string{l.To.Path}
}

// maxNamed is how many files of a repository are found by their names alone. Those beyond are left out.
const maxNamed = 500

// Names returns what locations name inside their own repository, beginning with those of some files of it: paths and globs, each
// once, in the order in which Follow gets to them. A path is written as the glob that matches nothing else, and may be that of
// a file that is not there. A location that can be read in two ways names both, whichever file is there by now. Left out are
// those of which usual reports that they are known without it.
func Names(repo string, tree Tree, usual func(path string) bool, paths ...string) (names []string) {
	room, seen := maxNamed, map[string]bool{}
	for _, file := range Follow(repo, tree, paths...) {
		for _, l := range file.readings() {
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

// readings returns all readings of the locations of a file.
func (f *File) readings() (all []Location) {
	for _, l := range f.Locations {
		all = append(all, l.Readings()...)
	}
	return all
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
