package detect

import (
	"path"
	"slices"
	"strings"
	"sync"
)

// interest says which signals look at a path.
type interest struct {
	signals []int32
	node    nodeKind // the pipeline that the file begins; noNode for most
	part    bool     // a pipeline may refer to the file
}

// pathCache remembers the interest in paths.
type pathCache struct {
	mu    sync.RWMutex
	paths map[string]*interest
}

const maxPaths = 1 << 18 // paths that a cache remembers; it begins anew when there are more

// interest returns the interest in a path, asking judge where it is not remembered.
func (c *pathCache) interest(path string, judge func(path string) *interest) *interest {
	c.mu.RLock()
	in, ok := c.paths[path]
	c.mu.RUnlock()
	if ok {
		return in
	}
	in = judge(path)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paths == nil || len(c.paths) >= maxPaths {
		c.paths = map[string]*interest{}
	}
	c.paths[path] = in
	return in
}

// interest returns which signals look at a path of a unit. What counts from the root of the repository and
// what counts from the folder of a component are remembered apart, so that many components share it.
func (s *Set) interest(unit, path string) *interest {
	if unit == "" {
		return s.whole.interest(path, func(p string) *interest { return s.look(p, true, true) })
	}
	rooted := s.rooted.interest(path, func(p string) *interest { return s.look(p, true, false) })
	rest, inside := strings.CutPrefix(path, unit+"/")
	if !inside {
		return rooted
	}
	relative := s.relative.interest(rest, func(p string) *interest { return s.look(p, false, true) })
	if len(relative.signals) == 0 {
		return rooted
	}
	return &interest{slices.Concat(rooted.signals, relative.signals), rooted.node, rooted.part}
}

// look says which signals look at a path: those whose globs count from the root of the repository, those
// whose globs count from the folder of the unit, or both.
func (s *Set) look(path string, rooted, relative bool) *interest {
	in := &interest{}
	if rooted {
		in.node, in.part = rootNode(path), s.part(path)
	}
	for i, sig := range s.signals {
		switch sig.kind.how {
		case byGraph:
			if in.node != noNode && in.node.graph() == sig.kind.graph {
				in.signals = append(in.signals, int32(i))
			}
		case byPresence, byFile:
			if sig.wants(path, rooted, relative) {
				in.signals = append(in.signals, int32(i))
			}
		}
	}
	return in
}

// Wants reports whether some signal may ask for the content of a file of that path, in the repository or in
// any folder that may be a component; where signals are given, one of those. Files that a GitLab pipeline includes, and those that an expression
// does not name, are asked for without having been announced here.
func (s *Set) Wants(path string, signals ...int) bool {
	asked := func(i int32) bool { return len(signals) == 0 || slices.Contains(signals, int(i)) }
	if slices.ContainsFunc(s.interest("", path).signals, asked) {
		return true
	}
	for i := range len(path) {
		if path[i] == '/' && slices.ContainsFunc(s.interest(path[:i], path).signals, asked) {
			return true
		}
	}
	action := isAction(path)
	for i, sig := range s.signals {
		if asked(int32(i)) && (action && sig.kind.how == byGraph && sig.kind.graph == githubGraph || sig.kind.how == byExpression && sig.wants(path, true, true)) {
			return true
		}
	}
	return false
}

// wants reports whether one of the signal's globs matches a path.
func (s signal) wants(path string, rooted, relative bool) bool {
	if s.kind.foreign && foreign(path) {
		return false
	}
	return slices.ContainsFunc(s.globs, func(g glob) bool {
		fromRoot := g.rooted || s.kind.Root
		return (fromRoot && rooted || !fromRoot && relative) && g.match(path)
	})
}

// part reports whether a pipeline may refer to the file.
func (s *Set) part(p string) bool {
	if isAction(p) && len(s.tests[githubGraph]) > 0 {
		return true
	}
	ext := path.Ext(p)
	return len(s.tests[gitlabGraph]) > 0 && (ext == ".yml" || ext == ".yaml")
}

// isAction reports whether the file may be that of a GitHub action.
func isAction(p string) bool {
	base := path.Base(p)
	return base == "action.yml" || base == "action.yaml"
}
