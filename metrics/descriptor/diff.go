package descriptor

import (
	"fmt"
	"strings"
)

// around is how many lines before and after a change are part of a patch.
const around = 3

// diff returns the changes of lines of a file as a patch in unified format, "" where there are none. Both texts have the
// same number of lines.
func diff(path, before, after string) string {
	old, now := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	if old[len(old)-1] == "" {
		old, now = old[:len(old)-1], now[:len(now)-1]
	}
	var b strings.Builder
	for _, h := range hunks(old, now) {
		if b.Len() == 0 {
			fmt.Fprintf(&b, "--- %s\n+++ %s\n", pathOf("a/"+path), pathOf("b/"+path))
		}
		fmt.Fprintf(&b, "@@ -%d,%d +%d,%d @@\n", h.from+1, h.to-h.from, h.from+1, h.to-h.from)
		h.write(&b, old, now)
	}
	return b.String()
}

// hunk is a range of lines, from inclusive, to exclusive.
type hunk struct{ from, to int }

// hunks returns the ranges that hold changes and what is around them; those that would touch are one.
func hunks(old, now []string) (all []hunk) {
	for i := range old {
		if old[i] == now[i] {
			continue
		}
		h := hunk{max(i-around, 0), min(i+around+1, len(old))}
		if last := len(all) - 1; last >= 0 && all[last].to >= h.from {
			all[last].to = h.to
		} else {
			all = append(all, h)
		}
	}
	return all
}

// write writes the lines of a hunk: of neighbours that changed, the old ones come first.
func (h hunk) write(b *strings.Builder, old, now []string) {
	for i := h.from; i < h.to; i++ {
		if old[i] == now[i] {
			line(b, ' ', old[i])
			continue
		}
		end := i
		for end < h.to && old[end] != now[end] {
			line(b, '-', old[end])
			end++
		}
		for ; i < end; i++ {
			line(b, '+', now[i])
		}
		i--
	}
}

// line writes one line of a patch, and says so where the file ends without an end of line.
func line(b *strings.Builder, sign byte, text string) {
	b.WriteByte(sign)
	b.WriteString(text)
	if !strings.HasSuffix(text, "\n") {
		b.WriteString("\n\\ No newline at end of file\n")
	}
}

// pathOf returns a path as patches name it: in quotes where it holds what they use themselves, and with a tab behind one
// with spaces, which tells where it ends.
func pathOf(path string) string {
	if !strings.ContainsFunc(path, func(c rune) bool { return c < ' ' || c == '"' || c == '\\' || c == 0x7f }) {
		if strings.Contains(path, " ") {
			return path + "\t"
		}
		return path
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
