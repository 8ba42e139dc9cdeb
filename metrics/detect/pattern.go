package detect

import (
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// pattern is a doublestar glob over a whole target without its ref. acme/golden/** matches acme/golden and
// everything below it, never acme/golden-setup; a pattern without any of *?[{ matches only itself; * stops
// at a slash. The zero pattern matches everything.
type pattern struct {
	text   string
	exact  bool   // has no special characters
	folded string // with the owner and repository in lower case; empty where case matters throughout
	needle string // a lower-case text that every matching target holds; empty where there is none
}

// newPattern prepares a pattern in which case matters.
func newPattern(text string) pattern {
	return pattern{text: text, exact: !strings.ContainsAny(text, meta), needle: needleOf(text)}
}

// newRepoPattern prepares a pattern over owner/repository/path, of which GitHub compares the first two
// without regard to case and the path with it.
func newRepoPattern(text string) pattern {
	p := newPattern(text)
	p.folded = foldRepo(text)
	return p
}

// newImagePattern prepares a pattern over images, in which ${ARG} stands for itself.
func newImagePattern(text string) pattern {
	return newPattern(argument.ReplaceAllString(text, `$$\{$1\}`))
}

// argument matches a build argument in an image.
var argument = regexp.MustCompile(`\$\{(\w+)\}`)

// newFoldPattern prepares a pattern in which case does not matter; it is asked with matchFold.
func newFoldPattern(text string) pattern { return newPattern(strings.ToLower(text)) }

// match reports whether the pattern matches the target.
func (p pattern) match(target string) bool {
	switch {
	case p.text == "", p.text == target:
		return true
	case p.exact:
		return false
	}
	return doublestar.MatchUnvalidated(p.text, target)
}

// matchRepo is match for a pattern of newRepoPattern; folded is foldRepo(target).
func (p pattern) matchRepo(target, folded string) bool {
	if p.match(target) {
		return true
	}
	if p.exact {
		return p.folded == folded
	}
	return doublestar.MatchUnvalidated(p.folded, folded)
}

// matchFold is match for a pattern of newFoldPattern.
func (p pattern) matchFold(target string) bool { return p.match(strings.ToLower(target)) }

// matchAny reports whether the pattern matches one of the targets.
func (p pattern) matchAny(targets []string) bool {
	for _, t := range targets {
		if p.match(t) {
			return true
		}
	}
	return p.text == ""
}

// foldRepo puts the first two segments of a target or pattern into lower case. Of alternatives in braces the
// first says how many segments they are.
func foldRepo(text string) string {
	depth, slashes, first := 0, 0, true
	for i := range len(text) {
		switch text[i] {
		case '{', '[':
			depth, first = depth+1, true
		case '}', ']':
			depth--
		case ',':
			first = false
		case '/':
			if depth <= 0 || first {
				slashes++
			}
			if depth <= 0 && slashes >= 2 {
				return strings.ToLower(text[:i]) + text[i:]
			}
		}
	}
	return strings.ToLower(text)
}

// needleOf returns the longest run of plain letters, digits, - and _ outside of braces and brackets, in
// lower case; of several the last, since hosts stand first. Every target that the pattern matches holds it, apart from case.
func needleOf(text string) string {
	best, start, depth := "", -1, 0
	flush := func(end int) {
		if start >= 0 && end-start >= len(best) {
			best = text[start:end]
		}
		start = -1
	}
	for i := range len(text) {
		c := text[i]
		plain := c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
		switch {
		case c == '\\': // the next character may be any
			return ""
		case c == '{' || c == '[':
			flush(i)
			depth++
		case c == '}' || c == ']':
			depth--
		case plain && depth == 0 && start < 0:
			start = i
		case !plain && depth == 0:
			flush(i)
		}
	}
	if depth == 0 {
		flush(len(text))
	}
	return strings.ToLower(best)
}

// lacks reports whether content certainly holds no target that the pattern matches. escapes are the texts
// by which the content's format can write a character in another way; with one of them nothing is certain.
func (p pattern) lacks(content string, escapes ...string) bool {
	if p.needle == "" || containsFold(content, p.needle) {
		return false
	}
	for _, e := range escapes {
		if strings.Contains(content, e) {
			return false
		}
	}
	return true
}

// containsFold reports whether content holds the lower-case ASCII text in any case.
func containsFold(content, lower string) bool {
	if strings.Contains(content, lower) {
		return true
	}
	a := after(content, lower[0], -1)
	b := len(content)
	if upper := lower[0] &^ 0x20; lower[0] >= 'a' {
		b = after(content, upper, -1)
	}
	for a < len(content) || b < len(content) {
		at := min(a, b)
		if len(content)-at < len(lower) {
			return false
		}
		if strings.EqualFold(content[at:at+len(lower)], lower) {
			return true
		}
		if at == a {
			a = after(content, lower[0], a)
		} else {
			b = after(content, lower[0]&^0x20, b)
		}
	}
	return false
}

// after returns the offset of the next c behind i, and the length of the content where there is none.
func after(content string, c byte, i int) int {
	if j := strings.IndexByte(content[i+1:], c); j >= 0 {
		return i + 1 + j
	}
	return len(content)
}

// checkPattern says what is wrong with a pattern.
func checkPattern(field, text string) []Problem {
	if text != "" && !doublestar.ValidatePattern(text) {
		return problem(field, "%q is no pattern: a bracket or brace is not closed, or a \\ ends it", text)
	}
	return nil
}

// checkTarget says what is wrong with a pattern over targets that carry their ref after sep.
func checkTarget(field, text, sep string) []Problem {
	if p := checkPattern(field, text); p != nil {
		return p
	}
	if target, _, found := strings.Cut(text, sep); found && !strings.HasPrefix(text, "@") {
		return problem(field, "%q has a ref, expected a pattern without it such as %q", text, target)
	}
	return nil
}
