package collectors

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trodden/trodden/metrics"
)

// Interest says what is wanted of a file.
type Interest uint8

// What is wanted of files, the least first.
const (
	Unwatched Interest = iota
	Existence          // whether it is there: its folder is then there too
	Presence           // whether it is there, and blank
	Whole              // its content
)

// Limit returns the size in bytes up to which a file is read.
func (i Interest) Limit() uint64 {
	if i == Whole {
		return metrics.MaxBlob
	}
	return metrics.MaxPresenceBlob
}

// Matcher decides which paths are watched. It is asked for every changed file of a history, nearly all of
// which are not, so globs are sorted by what can be looked up: whole paths, base names, extensions. What
// remains is matched one by one, after its fixed beginning and end.
type Matcher struct {
	paths map[string]Interest
	bases map[string]Interest // **/base
	ends  map[string][]glob   // by extension with its dot
	rest  []glob
}

// glob is a pattern with the fixed text at its ends.
type glob struct {
	pattern      string
	prefix, base string // the base name's fixed beginning, for **/base* globs
	want         Interest
}

// NewMatcher compiles a watch set. It refuses globs that cannot be right.
func NewMatcher(watch metrics.WatchSet) (*Matcher, error) {
	m := &Matcher{paths: map[string]Interest{}, bases: map[string]Interest{}, ends: map[string][]glob{}}
	for _, list := range []struct {
		globs []string
		want  Interest
	}{{watch.Folders, Existence}, {watch.Presence, Presence}, {watch.Whole, Whole}} {
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

func (m *Matcher) add(pattern string, want Interest) {
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

// Wants says what is wanted of the file at a path.
func (m *Matcher) Wants(path []byte) Interest {
	base := path[bytes.LastIndexByte(path, '/')+1:]
	want := max(m.paths[string(path)], m.bases[string(base)])
	if want == Whole {
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

func (g *glob) wants(path, base []byte) Interest {
	if !hasPrefix(path, g.prefix) || !hasPrefix(base, g.base) {
		return Unwatched
	}
	if !doublestar.MatchUnvalidated(g.pattern, string(path)) {
		return Unwatched
	}
	return g.want
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}
