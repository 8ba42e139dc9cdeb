package detect

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// value reads a value that begins at an offset of the present line, and goes to the line behind it.
func (r *blockReader) value(at, dent, column int) *yaml.Node {
	rest, end := r.rest(at)
	if strings.IndexByte(rest, '\t') >= 0 {
		return nil
	}
	var n *yaml.Node
	switch rest[0] {
	case '|':
		return r.literal(rest, end, dent, column)
	case '"', '\'':
		n = r.quote(rest, column)
	case '[':
		n = r.flow(rest, column)
	case '{':
		n = r.braces(rest, column)
	default:
		n = r.plain(rest, column)
	}
	if n == nil {
		return nil
	}
	r.line++
	if !r.next(end) || r.dent > dent {
		return nil // it may go on there
	}
	return n
}

// scalar makes a scalar of the present line.
func (r *blockReader) scalar(text string, style yaml.Style, column int) *yaml.Node {
	n := r.make(yaml.ScalarNode, r.line, column)
	n.Value, n.Style = text, style
	if style == 0 {
		n.Tag = tagOf(text)
	}
	return n
}

func tagOf(plain string) string {
	switch plain {
	case "~", "null", "Null", "NULL":
		return "!!null"
	}
	return ""
}

// quote reads a text in quotes, to the end of its line, that needs no escape.
func (r *blockReader) quote(rest string, column int) *yaml.Node {
	text, behind, style := unquote(rest)
	if style == 0 || !nothing(behind) {
		return nil
	}
	return r.scalar(text, style, column)
}

// unquote cuts a text in quotes without escapes off a line. Of anything else the style is 0.
func unquote(rest string) (text, behind string, style yaml.Style) {
	text, behind, closed := strings.Cut(rest[1:], rest[:1])
	if !closed || strings.IndexByte(text, '\\') >= 0 && rest[0] == '"' || rest[0] == '\'' && strings.HasPrefix(behind, "'") {
		return "", "", 0
	}
	if rest[0] == '"' {
		return text, behind, yaml.DoubleQuotedStyle
	}
	return text, behind, yaml.SingleQuotedStyle
}

// plain reads a text without quotes, to the end of its line.
func (r *blockReader) plain(rest string, column int) *yaml.Node {
	text := rest
	if i := strings.Index(rest, " #"); i >= 0 {
		text = rest[:i]
	}
	text = strings.TrimRight(text, " ")
	if strings.IndexByte(",[]{}#&*!|>'\"%@`?:-", text[0]) >= 0 && !(text[0] == '-' && len(text) > 1 && text[1] != ' ') {
		return nil
	}
	if strings.Contains(text, ": ") || strings.HasSuffix(text, ":") || text == "<<" {
		return nil
	}
	return r.scalar(text, 0, column)
}

// flow reads a list of scalars in brackets, to the end of its line.
func (r *blockReader) flow(rest string, column int) *yaml.Node {
	list := r.make(yaml.SequenceNode, r.line, column)
	list.Style = yaml.FlowStyle
	at := skipBlanks(rest, 1)
	if at < len(rest) && rest[at] == ']' && nothing(rest[at+1:]) {
		return list
	}
	for at < len(rest) {
		text, next, style := flowScalar(rest, at)
		if next == 0 {
			return nil
		}
		list.Content = append(list.Content, r.scalar(text, style, column+runes(rest[:at])))
		at = skipBlanks(rest, next)
		switch {
		case at < len(rest) && rest[at] == ',':
			at = skipBlanks(rest, at+1)
		case at < len(rest) && rest[at] == ']' && nothing(rest[at+1:]):
			return list
		default:
			return nil
		}
	}
	return nil
}

func runes(text string) int { return utf8.RuneCountInString(text) }

func skipBlanks(rest string, at int) int {
	for at < len(rest) && rest[at] == ' ' {
		at++
	}
	return at
}

// flowScalar reads a scalar of a list in brackets; next is 0 where there is none that is plainly one.
func flowScalar(rest string, at int) (text string, next int, style yaml.Style) {
	if quoted(rest[at]) {
		text, behind, style := unquote(rest[at:])
		if style == 0 {
			return "", 0, 0
		}
		return text, len(rest) - len(behind), style
	}
	end := at
	for end < len(rest) && (isWord(rest[end]) || end > at && strings.IndexByte(" -/+=@^~<>()|", rest[end]) >= 0) {
		end++
	}
	text = strings.TrimRight(rest[at:end], " ")
	if text == "" {
		return "", 0, 0
	}
	return text, end, 0
}

// braces reads an empty mapping.
func (r *blockReader) braces(rest string, column int) *yaml.Node {
	if at := skipBlanks(rest, 1); at >= len(rest) || rest[at] != '}' || !nothing(rest[at+1:]) {
		return nil
	}
	n := r.make(yaml.MappingNode, r.line, column)
	n.Style = yaml.FlowStyle
	return n
}

// literal reads a literal block, whose lines are indented deeper than its key.
func (r *blockReader) literal(header string, at, dent, column int) *yaml.Node {
	chomp := byte(0)
	rest := header[1:]
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		chomp, rest = rest[0], rest[1:]
	}
	if !nothing(rest) {
		return nil
	}
	n := r.scalar("", yaml.LiteralStyle, column)
	end, inner, lines, ok := r.extent(at, dent)
	if !ok {
		return nil
	}
	n.Value = chomped(unindent(r.text[at:end], inner), chomp)
	r.line += 1 + lines
	if !r.next(end) || r.dent > dent {
		return nil
	}
	return n
}

// extent finds where a literal block that begins at an offset ends, how deep it is indented, and how many
// lines it has. Blank lines behind it belong to it.
func (r *blockReader) extent(at, dent int) (end, inner, lines int, ok bool) {
	for at < len(r.text) {
		first := at
		for r.text[first] == ' ' {
			first++
		}
		depth := first - at
		blank := r.text[first] == '\n'
		switch {
		case inner == 0 && blank && depth > 0:
			return 0, 0, 0, false // how deep the block is may hang on it
		case blank:
		case inner == 0 && (depth <= dent || depth == 0 || r.text[first] == '\t'):
			return 0, 0, 0, false // an empty block, or one of the document's own depth
		case inner == 0:
			inner = depth
		case depth < inner:
			return at, inner, lines, r.text[first] != '\t'
		}
		_, at = r.rest(first)
		lines++
	}
	return at, inner, lines, inner > 0
}

// unindent takes so many blanks off the begin of each line.
func unindent(text string, depth int) string {
	var b strings.Builder
	b.Grow(len(text))
	for line := range strings.Lines(text) {
		if len(line) > depth {
			line = line[depth:]
		} else {
			line = "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

// chomped ends a literal block as its header says: with one line end, with none (-), or with all (+).
func chomped(text string, how byte) string {
	if how == '+' {
		return text
	}
	text = strings.TrimRight(text, "\n")
	if how == '-' {
		return text
	}
	return text + "\n"
}
