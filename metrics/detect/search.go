package detect

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// search is a compiled regular expression in multi-line mode, with texts of which every match holds one: to
// look for them first costs a fraction of what the expression costs.
type search struct {
	regex   *regexp.Regexp
	needles []string // empty where none are known
}

// newSearch compiles a checked expression.
func newSearch(expr string) *search {
	expr = "(?m)" + expr
	s := &search{regex: regexp.MustCompile(expr)}
	if tree, err := syntax.Parse(expr, syntax.Perl); err == nil {
		s.needles = needles(tree.Simplify())
	}
	return s
}

// possible reports whether the content may hold a match.
func (s *search) possible(content string) bool {
	return len(s.needles) == 0 ||
		slices.ContainsFunc(s.needles, func(n string) bool { return strings.Contains(content, n) })
}

// hits returns where the expression matches, at most one hit a line. White space at the start of a
// match does not count, so that ^\s*word is found on the line of the word.
func (s *search) hits(content string) (hits []hit) {
	if !s.possible(content) {
		return nil
	}
	line, counted := 1, 0
	for _, m := range s.regex.FindAllStringIndex(content, maxHits) {
		start := m[0]
		for start < m[1]-1 && (content[start] == ' ' || content[start] == '\t' || content[start] == '\n') {
			start++
		}
		if start > counted {
			line += strings.Count(content[counted:start], "\n")
			counted = start
		}
		if len(hits) > 0 && hits[len(hits)-1].line == line {
			continue
		}
		hits = append(hits, hit{line: line, text: clip(lineOf(content, start))})
	}
	return hits
}

// maxNeedles is how many texts are looked for before an expression is tried.
const maxNeedles = 8

// needles returns texts of which every match holds at least one; none where they are not known.
func needles(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return []string{string(re.Rune)}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needles(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needles(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if list := needles(sub); shortest(list) > shortest(best) {
				best = list
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			list := needles(sub)
			if len(list) == 0 || len(all)+len(list) > maxNeedles {
				return nil
			}
			all = append(all, list...)
		}
		return all
	}
	return nil
}

// shortest returns the length of the shortest text.
func shortest(list []string) int {
	if len(list) == 0 {
		return 0
	}
	return len(slices.MinFunc(list, func(a, b string) int { return len(a) - len(b) }))
}
