package classify

import (
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/trodden/trodden/metrics"
)

// namedFiles are the files of a repository that are read since others of it name them, be it not at every time.
type namedFiles struct {
	paths map[string]bool
	globs []string
}

// namedBy returns those of a repository as it was read last: with its history, or at a newer head that was seen without.
func namedBy(f *metrics.History, b *branch) namedFiles {
	if n := len(f.Walks); n > 0 && len(b.sights) == 0 {
		return newNamedFiles(f.Walks[n-1].Named)
	}
	return newNamedFiles(f.Named)
}

func newNamedFiles(globs []string) namedFiles {
	n := namedFiles{paths: map[string]bool{}}
	for _, glob := range globs {
		n.paths[unquoted.Replace(glob)] = true // as locations write it
		if strings.ContainsAny(unescaped(glob), `*?[{`) {
			n.globs = append(n.globs, glob)
		}
	}
	return n
}

// unquoted takes back that a path is written as a glob.
var unquoted = strings.NewReplacer(`\\`, `\`, `\*`, "*", `\?`, "?", `\[`, "[", `\{`, "{")

// unescaped returns what of a glob may match more than itself.
func unescaped(glob string) string {
	return strings.NewReplacer(`\\`, "", `\*`, "", `\?`, "", `\[`, "", `\{`, "").Replace(glob)
}

// has reports whether a file, or a glob itself, is named.
func (n namedFiles) has(file string) bool {
	return n.paths[file] || slices.ContainsFunc(n.globs, func(glob string) bool {
		ok, _ := doublestar.Match(glob, file)
		return ok
	})
}

// NamedFiles returns what reports whether a file of a repository is read since others of it name it, besides those that Wants
// and WantsLast report.
func NamedFiles(f *metrics.History) func(file string) bool {
	globs := f.Named
	if n := len(f.Walks); n > 0 {
		globs = slices.Concat(globs, f.Walks[n-1].Named)
	}
	return newNamedFiles(globs).has
}

// isCatalog reports whether a file describes the repository to a catalog at some time: one that does in every repository, or
// that others name.
func (r *replay) isCatalog(file string) bool { return r.c.isCatalog(file) || r.named.has(file) }

// catalogs returns the catalog files that portals read now: of those that others name, the ones that are named now.
func (r *replay) catalogs() []string {
	if r.said == nil || len(r.named.paths) == 0 {
		return r.owners.catalogs
	}
	reached := map[string]bool{}
	var next []string
	reach := func(file string) {
		if _, there := slices.BinarySearch(r.owners.catalogs, file); there && !reached[file] {
			reached[file] = true
			next = append(next, file)
		}
	}
	for _, file := range r.owners.catalogs {
		if r.c.isCatalog(file) {
			reach(file)
		}
	}
	for len(next) > 0 {
		file := next[0]
		next = next[1:]
		for _, l := range r.said.File(file).Locations {
			switch l = l.In(headTree{r}); {
			case l.To.Repo != r.b.repo:
			case !l.Glob:
				reach(l.To.Path)
			default:
				for _, found := range r.owners.catalogs {
					if ok, _ := doublestar.Match(l.To.Path, found); ok {
						reach(found)
					}
				}
			}
		}
	}
	return slices.Sorted(func(yield func(string) bool) {
		for file := range reached {
			if !yield(file) {
				return
			}
		}
	})
}
