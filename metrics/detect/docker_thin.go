package detect

import (
	"bufio"
	"strings"
	"unicode"
)

// thinDockerfile leaves comments and RUN instructions out, as far as they certainly are in order: none of them
// says what an image builds on.
func thinDockerfile(content string, _ []any) *thinned {
	t := &thinned{}
	plain := plainDockerfile(content)
	const (
		before = iota // the first instruction: parser directives may stand here
		between
		kept    // within an instruction that goes on in the next line
		dropped // within one that is left out
	)
	state := before
	for line := range strings.Lines(content) {
		text := strings.TrimLeftFunc(line, unicode.IsSpace)
		if t.last == 0 {
			text = strings.TrimLeftFunc(strings.TrimPrefix(line, "\uFEFF"), unicode.IsSpace)
		}
		comment := text == "" || text[0] == '#'
		switch {
		case !plain, state == before && comment:
			plain = plain && !containsFold(text, "escape") // lines may go on in another way
			t.keep(line)
			continue
		case comment && (state == between || state == dropped):
			t.drop()
			continue
		case comment:
			t.keep(line)
			continue
		case state == dropped, state == between && plainRun(text):
			t.drop()
			state = dropped
		default:
			t.keep(line)
			state = kept
		}
		if !goesOn(text) {
			state = between
		}
	}
	return t
}

// plainDockerfile reports whether a file has no here-document, whose lines stand for themselves, and no line
// that could be too long for the parser.
func plainDockerfile(content string) bool {
	for line := range strings.Lines(content) {
		if len(line) >= bufio.MaxScanTokenSize/2 {
			return false
		}
	}
	return !strings.Contains(content, "<<")
}

// plainRun reports whether a line begins a RUN instruction that no parser objects to: with neither options
// nor a list.
func plainRun(text string) bool {
	if len(text) < 5 || !strings.EqualFold(text[:3], "RUN") || text[3] != ' ' && text[3] != '\t' {
		return false
	}
	command := strings.TrimLeft(text[3:], " \t")
	return len(command) > 0 && (command[0] == '/' || 'a' <= command[0]|0x20 && command[0]|0x20 <= 'z')
}

// goesOn reports whether the instruction of a line goes on in the next one.
func goesOn(text string) bool {
	text = strings.TrimRight(strings.TrimRight(text, "\r\n"), " \t")
	return strings.HasSuffix(text, `\`) && !strings.HasSuffix(text, `\\`)
}
