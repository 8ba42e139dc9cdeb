package detect

import (
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
			return contentTest{newSearch(s.Regex), s.Lines}, nil
		},
		judge: judgeContent,
	}
}

// contentTest is a compiled content signal.
type contentTest struct {
	regex *search
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
		found[i] = t.regex.hits(firstLines(content, t.lines))
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

// lineOf returns the line in which the offset lies.
func lineOf(content string, offset int) string {
	begin := strings.LastIndexByte(content[:offset], '\n') + 1
	text, _, _ := strings.Cut(content[begin:], "\n")
	return text
}
