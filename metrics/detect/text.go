package detect

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxText = 200 // characters of an evidence's text and a warning's message
	maxHits = 20  // pieces of evidence that one signal takes from one file
)

// hit is one thing that a signal found in a file.
type hit struct {
	line    int // counted from 1; 0: the file as a whole
	text    string
	version string
}

// clone returns a hit that holds nothing of the file that it was found in.
func (h hit) clone() hit {
	h.text, h.version = strings.Clone(h.text), strings.Clone(h.version)
	return h
}

// addHit adds a hit, unless the list is full or an alias led to the same place before.
func addHit(hits []hit, h hit) []hit {
	if len(hits) >= maxHits || slices.Contains(hits, h) {
		return hits
	}
	return append(hits, h)
}

// flaw is one thing that is wrong with a file.
type flaw struct {
	line, column int // counted from 1; 0: not known
	message      string
}

// clip makes one trimmed line of valid UTF-8 and at most 200 characters out of any text.
func clip(text string) string {
	if len(text) > 8*maxText {
		text = text[:8*maxText]
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) <= maxText {
		return text
	}
	end := 0
	for range maxText {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	return strings.TrimSpace(text[:end])
}

// lineText returns the source line with the given number, counted from 1, without its end.
func lineText(content string, line int) string {
	for ; line > 1; line-- {
		_, rest, found := strings.Cut(content, "\n")
		if !found {
			return ""
		}
		content = rest
	}
	text, _, _ := strings.Cut(content, "\n")
	return strings.TrimSuffix(text, "\r")
}

// lineAt returns the number of the line, counted from 1, and the column in which the offset lies.
func lineAt(content string, offset int) (line, column int) {
	head := content[:min(max(offset, 0), len(content))]
	line = strings.Count(head, "\n") + 1
	return line, len(head) - strings.LastIndexByte(head, '\n')
}

// blank reports whether content is white space only; a byte order mark counts as such.
func blank(content string) bool {
	return strings.TrimSpace(strings.TrimPrefix(content, "\uFEFF")) == ""
}
