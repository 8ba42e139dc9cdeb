package detect

import (
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// meta are the characters that make a glob or pattern more than a literal.
const meta = `*?[{`

// literal reports whether a glob matches only itself.
func literal(pattern string) bool { return !strings.ContainsAny(pattern, meta+`\`) }

// glob is a glob of paths, prepared for the shapes that nearly all of them have.
type glob struct {
	pattern string // without the leading slash
	rooted  bool   // had a leading slash
	shape   shape
	part    string // the literal part of the shape
}

type shape uint8

const (
	general shape = iota
	exact         // part
	anyBase       // **/part
	anyEnd        // **/*part
)

// newGlob prepares a glob, valid or not; one that is not valid matches nothing.
func newGlob(pattern string) glob {
	pattern = cleanGlob(pattern)
	rest, rooted := strings.CutPrefix(pattern, "/")
	g := glob{pattern: rest, rooted: rooted, part: rest}
	tail, deep := strings.CutPrefix(rest, "**/")
	switch {
	case literal(rest):
		g.shape = exact
	case deep && literal(tail):
		g.shape, g.part = anyBase, tail
	case deep && strings.HasPrefix(tail, "*") && literal(tail[1:]) && !strings.Contains(tail, "/"):
		g.shape, g.part = anyEnd, tail[1:]
	}
	return g
}

// match reports whether the glob matches the path, which is relative to what the glob is relative to.
func (g glob) match(path string) bool {
	switch g.shape {
	case exact:
		return path == g.part
	case anyBase:
		head, ok := strings.CutSuffix(path, g.part)
		return ok && (head == "" || strings.HasSuffix(head, "/"))
	case anyEnd:
		return strings.HasSuffix(path, g.part)
	}
	return doublestar.MatchUnvalidated(g.pattern, path)
}

// checkGlob says what is wrong with a glob of files.
func checkGlob(field, pattern string) []Problem {
	clean := strings.TrimPrefix(cleanGlob(pattern), "/")
	switch {
	case pattern == "":
		return nil
	case !doublestar.ValidatePattern(clean):
		return problem(field, "%q is no glob: a bracket or brace is not closed, or a \\ ends it", pattern)
	case clean == "" || clean == "." || strings.HasSuffix(pattern, "/"):
		return problem(field, "%q names a folder, expected a glob of files such as %q", pattern, clean+"/**")
	case strings.HasPrefix(clean, ".."):
		return problem(field, "%q leaves the repository, expected a path inside it", pattern)
	}
	return nil
}

// problem returns one problem.
func problem(field, format string, args ...any) []Problem {
	return []Problem{{Field: field, Message: fmt.Sprintf(format, args...)}}
}
