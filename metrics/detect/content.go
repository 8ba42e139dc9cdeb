package detect

import (
	"regexp"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// contentKind is the signal that a regular expression matches in a file.
func contentKind() Kind {
	return Kind{
		Name: "content", Main: "file", Whole: true,
		Help: "a regular expression matches in a file",
		Keys: []Key{
			{"file", FileGlob, true, "glob of the files"},
			{"regex", Regex, true, "regular expression (RE2, multi-line mode on)"},
			{"lines", Number, false, "look at the first so many lines only"},
		},
		how: byFile, files: fileOf,
		compile: func(s metrics.Signal) (any, []Problem) {
			return contentTest{multiline(s.Regex), s.Lines}, nil
		},
		judge: judgeContent,
	}
}

// contentTest is a compiled content signal.
type contentTest struct {
	regex *regexp.Regexp
	lines int
}

// judgeContent matches each test. Lines may end in CR LF.
func judgeContent(content string, tests []any) ([][]hit, []flaw) {
	if strings.Contains(content, "\r\n") {
		content = strings.ReplaceAll(content, "\r\n", "\n")
	}
	found := make([][]hit, len(tests))
	for i, test := range tests {
		t := test.(contentTest)
		found[i] = regexHits(t.regex, firstLines(content, t.lines))
	}
	return found, nil
}

// firstLines cuts content behind its first n lines; 0 means all of them.
func firstLines(content string, n int) string {
	if n == 0 {
		return content
	}
	end := 0
	for range n {
		i := strings.IndexByte(content[end:], '\n')
		if i < 0 {
			return content
		}
		end += i + 1
	}
	return content[:end]
}

// regexHits returns where the expression matches, at most one hit a line. White space at the start of a
// match does not count, so that ^\s*word is found on the line of the word.
func regexHits(regex *regexp.Regexp, content string) (hits []hit) {
	line, counted := 1, 0
	for _, m := range regex.FindAllStringIndex(content, maxHits) {
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

// lineOf returns the line in which the offset lies.
func lineOf(content string, offset int) string {
	begin := strings.LastIndexByte(content[:offset], '\n') + 1
	text, _, _ := strings.Cut(content[begin:], "\n")
	return text
}
