package detect

import (
	"path"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Watch adds to the watch set what the signal must read that is not read already.
func Watch(s metrics.Signal, w *metrics.WatchSet) { WatchFolder(s, "", w) }

// WatchFolder adds to the watch set what the signal must read in the components whose folders the glob
// matches. An empty glob means the repository itself.
func WatchFolder(s metrics.Signal, folders string, w *metrics.WatchSet) {
	kind, ok := kindsByName()[s.Kind]
	if !ok {
		return
	}
	folders = cleanGlob(folders)
	for _, pattern := range kind.files(s) {
		g := newGlob(pattern)
		if !covers(*w, g.in(folders, kind.Root), kind.Whole) {
			w.Add(g.in(folders, kind.Root).full(), kind.Whole)
		}
	}
}

// place is a glob together with the folder that it is relative to.
type place struct{ folder, pattern string }

// in returns the glob as it stands for a component in folder; rooted kinds and globs with a leading slash
// stay at the root of the repository.
func (g glob) in(folder string, root bool) place {
	if root || g.rooted {
		folder = ""
	}
	return place{folder, g.pattern}
}

// full returns the glob from the root of the repository.
func (p place) full() string {
	if p.folder == "" {
		return p.pattern
	}
	return p.folder + "/" + p.pattern
}

// covers reports whether the watch set reads every file that the glob matches there; for presence either
// list will do.
func covers(w metrics.WatchSet, p place, whole bool) bool {
	for _, watched := range w.Whole {
		if p.coveredBy(watched) {
			return true
		}
	}
	if whole {
		return false
	}
	for _, watched := range w.Presence {
		if p.coveredBy(watched) {
			return true
		}
	}
	return false
}

// coveredBy reports whether a watched glob certainly matches every path that the glob matches there. It may
// say no although it does: globs are compared as texts, apart from folders, endings and literal paths.
func (p place) coveredBy(watched string) bool {
	full := p.full()
	switch {
	case watched == full, watched == "**/"+p.pattern, everything(watched, full):
		return true
	case literal(full) && newGlob(watched).match(full):
		return true
	case strings.HasPrefix(p.pattern, "**/") && watched == p.pattern:
		return true
	}
	parent, ok := strings.CutSuffix(watched, "/"+p.pattern)
	return ok && p.folder != "" && literal(p.folder) && newGlob(parent).match(p.folder)
}

// everything reports whether the watched glob is of the form folder/**, or folder/**/*ending, and whether
// whatever the other glob matches lies in that folder and has that ending.
func everything(watched, full string) bool {
	folder, ending, found := strings.Cut(watched, "**")
	ending, starred := strings.CutPrefix(ending, "/*")
	return found && (starred || ending == "") && literal(folder) && literal(ending) && !strings.Contains(ending, "/") &&
		(folder == "" || strings.HasSuffix(folder, "/")) && len(full) >= len(folder)+len(ending) &&
		strings.HasPrefix(full, folder) && strings.HasSuffix(full, ending)
}

// cleanGlob drops what does not belong to a path in a repository: a leading ./ and doubled or trailing
// slashes. A leading slash stays.
func cleanGlob(pattern string) string {
	if pattern == "" || pattern == "/" {
		return ""
	}
	return path.Clean(strings.TrimPrefix(pattern, "./"))
}
