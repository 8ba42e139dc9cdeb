package git

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trodden/trodden/metrics"
)

// interest says what is wanted of a file.
type interest uint8

const (
	unwatched interest = iota
	existence          // whether it is there: its folder is then there too
	presence           // whether it is there, and blank
	whole              // its content
)

// matcher decides which paths are watched. It is asked for every changed file of a history, nearly all of
// which are not, so globs are sorted by what can be looked up: whole paths, base names, extensions. What
// remains is matched one by one, after its fixed beginning and end.
type matcher struct {
	paths map[string]interest
	bases map[string]interest // **/base
	ends  map[string][]glob   // by extension with its dot
	rest  []glob
}

// glob is a pattern with the fixed text at its ends.
type glob struct {
	pattern      string
	prefix, base string // the base name's fixed beginning, for **/base* globs
	want         interest
}

// newMatcher compiles a watch set.
func newMatcher(watch metrics.WatchSet) (*matcher, error) {
	m := &matcher{paths: map[string]interest{}, bases: map[string]interest{}, ends: map[string][]glob{}}
	for _, list := range []struct {
		globs []string
		want  interest
	}{{watch.Folders, existence}, {watch.Presence, presence}, {watch.Whole, whole}} {
		for _, pattern := range list.globs {
			if !doublestar.ValidatePattern(pattern) {
				return nil, fmt.Errorf("watched glob %q: %w", pattern, metrics.ErrInvalid)
			}
			m.add(pattern, list.want)
		}
	}
	return m, nil
}

// meta are the characters that are special in a glob.
const meta = `*?[{\`

func (m *matcher) add(pattern string, want interest) {
	if !strings.ContainsAny(pattern, meta) {
		m.paths[pattern] = max(m.paths[pattern], want)
		return
	}
	g := glob{pattern: pattern, want: want}
	base, anywhere := strings.CutPrefix(pattern, "**/")
	if anywhere && !strings.ContainsAny(base, meta+"/") {
		m.bases[base] = max(m.bases[base], want)
		return
	}
	if anywhere && !strings.Contains(base, "/") {
		g.base = base[:strings.IndexAny(base, meta)]
	} else {
		first := strings.IndexAny(pattern, meta)
		g.prefix = strings.TrimSuffix(pattern[:first], "/") // a/** means a as well
	}
	// An extension is a dot and plain characters at the very end, outside of any brackets or braces.
	last := pattern[strings.LastIndexByte(pattern, '/')+1:]
	if dot := strings.LastIndexByte(last, '.'); dot >= 0 && !strings.ContainsAny(last[dot:], meta+"]}") &&
		!strings.ContainsAny(pattern, `{\`) {
		m.ends[last[dot:]] = append(m.ends[last[dot:]], g)
		return
	}
	m.rest = append(m.rest, g)
}

// wants says what is wanted of the file at a path.
func (m *matcher) wants(path []byte) interest {
	base := path[bytes.LastIndexByte(path, '/')+1:]
	want := max(m.paths[string(path)], m.bases[string(base)])
	if want == whole {
		return want
	}
	if dot := bytes.LastIndexByte(base, '.'); dot >= 0 {
		for i := range m.ends[string(base[dot:])] {
			want = max(want, m.ends[string(base[dot:])][i].wants(path, base))
		}
	}
	for i := range m.rest {
		want = max(want, m.rest[i].wants(path, base))
	}
	return want
}

func (g *glob) wants(path, base []byte) interest {
	if !hasPrefix(path, g.prefix) || !hasPrefix(base, g.base) {
		return unwatched
	}
	if !doublestar.MatchUnvalidated(g.pattern, string(path)) {
		return unwatched
	}
	return g.want
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}
