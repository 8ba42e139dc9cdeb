package detect

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// blockReader reads the YAML that people write pipelines in: one document of mappings and lists in block
// style, whose scalars stand on one line or are literal blocks. That takes a fraction of what the parser takes,
// and pipelines are most of what is parsed. It gives up on everything else, which the parser then reads: of a
// text that it accepts, it yields the same nodes, with the kinds, values, positions and literal styles of the
// parser's. Tags are told only of nulls.
type blockReader struct {
	text  string
	at    int         // offset of the first character of the line that is next, behind its indentation
	line  int         // number of that line, counted from 1
	dent  int         // its indentation; -1 at the end
	begun bool        // the document has, so that a marker is the end of it
	nodes []yaml.Node // room for the next ones
	depth int
}

// maxBlockDepth is how deep a text may nest; the parser refuses much deeper ones in words of its own.
const maxBlockDepth = 100

// readBlocks returns the root of a document, nil of one without any node. ok is false where the text has to be
// parsed.
func readBlocks(text string) (root *yaml.Node, ok bool) {
	if !plainText(text) {
		return nil, false
	}
	r := &blockReader{text: text}
	if !r.begin() {
		return nil, false
	}
	if r.dent < 0 {
		return nil, true
	}
	root = r.node(0)
	return root, root != nil && r.dent < 0
}

// plainText reports whether a text ends with a line and holds no character that the parser treats in a way of
// its own: no returns, no breaks of other alphabets, nothing that cannot be printed.
func plainText(text string) bool {
	if !strings.HasSuffix(text, "\n") {
		return false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
				return false
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError, r < 0xA0, r == '\u2028', r == '\u2029', r == '\uFEFF', r == '\uFFFE', r == '\uFFFF':
			return false
		}
		i += size - 1
	}
	return true
}

// begin goes to the first line of the document, behind the marker that may stand before it.
func (r *blockReader) begin() bool {
	r.line = 1
	if !r.next(0) {
		return false
	}
	r.begun = true
	if r.dent == 0 && strings.HasPrefix(r.text[r.at:], "---") {
		rest, end := r.rest(r.at + 3)
		r.line++
		return nothing(rest) && r.next(end) && r.dent == 0
	}
	return r.dent < 0 || r.dent == 0 && !r.marker()
}

// next goes to the next line with content at or behind an offset, which is the begin of a line. It is false
// where the parser has to decide.
func (r *blockReader) next(at int) bool {
	for ; at < len(r.text); r.line++ {
		begin := at
		for at < len(r.text) && r.text[at] == ' ' {
			at++
		}
		switch r.text[at] {
		case '\n':
			at++
			continue
		case '\t':
			return false
		case '#':
			_, at = r.rest(at)
			continue
		}
		r.at, r.dent = at, at-begin
		return !r.begun || !r.marker()
	}
	r.at, r.dent = len(r.text), -1
	return true
}

// marker reports whether the line that is next begins or ends a document, or is for the parser.
func (r *blockReader) marker() bool {
	text := r.text[r.at:]
	return r.dent == 0 && (strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...") || strings.HasPrefix(text, "%"))
}

// rest returns what is left of a line from an offset, and the offset of the next line.
func (r *blockReader) rest(at int) (text string, next int) {
	end := strings.IndexByte(r.text[at:], '\n') + at
	return r.text[at:end], end + 1
}

// nothing reports whether what is left of a line is blank or a comment. What stands right behind something
// else is none.
func nothing(rest string) bool {
	trimmed := strings.TrimLeft(rest, " ")
	return trimmed == "" || len(trimmed) < len(rest) && trimmed[0] == '#'
}

// make returns a new node at a place.
func (r *blockReader) make(kind yaml.Kind, line, column int) *yaml.Node {
	if len(r.nodes) == 0 {
		r.nodes = make([]yaml.Node, 64)
	}
	n := &r.nodes[0]
	r.nodes = r.nodes[1:]
	n.Kind, n.Line, n.Column = kind, line, column+1
	return n
}

// node reads the mapping or list whose first line is next, nil where that is for the parser.
func (r *blockReader) node(dent int) *yaml.Node {
	if r.dent != dent || r.depth > maxBlockDepth {
		return nil
	}
	r.depth++
	defer func() { r.depth-- }()
	if r.isItem() {
		return r.sequence(dent)
	}
	return r.mapping(dent)
}

// isItem reports whether the line that is next begins an item of a list.
func (r *blockReader) isItem() bool {
	return r.text[r.at] == '-' && (r.text[r.at+1] == ' ' || r.text[r.at+1] == '\n')
}

// sequence reads the items at an indentation.
func (r *blockReader) sequence(dent int) *yaml.Node {
	list := r.make(yaml.SequenceNode, r.line, dent)
	for r.dent == dent && r.isItem() {
		item := r.item(dent)
		if item == nil {
			return nil
		}
		list.Content = append(list.Content, item)
	}
	if r.dent > dent {
		return nil
	}
	return list
}

// item reads one item of a list. A mapping may begin on its line.
func (r *blockReader) item(dent int) *yaml.Node {
	at := r.at + 1
	for r.text[at] == ' ' {
		at++
	}
	inner := dent + at - r.at
	if rest, _ := r.rest(at); rest == "" || rest[0] == '#' || rest[0] == '\t' {
		return r.below(at, dent, dent, dent+1)
	}
	if r.text[at] == '-' && (r.text[at+1] == ' ' || r.text[at+1] == '\n') {
		return nil
	}
	if _, _, keyed := r.key(at); keyed {
		r.at, r.dent = at, inner
		return r.node(inner)
	}
	return r.value(at, dent, inner)
}

// mapping reads the keys at an indentation with their values.
func (r *blockReader) mapping(dent int) *yaml.Node {
	m := r.make(yaml.MappingNode, r.line, dent)
	for r.dent == dent {
		name, behind, ok := r.key(r.at)
		if !ok || r.isItem() {
			return nil
		}
		key := r.make(yaml.ScalarNode, r.line, dent)
		key.Value = name
		if !quoted(r.text[r.at]) {
			key.Tag = tagOf(name)
		}
		value := r.valueOf(behind, dent, dent+behind-r.at)
		if value == nil {
			return nil
		}
		m.Content = append(m.Content, key, value)
	}
	if r.dent > dent {
		return nil
	}
	return m
}

func quoted(c byte) bool { return c == '"' || c == '\'' }

// key reads a key at an offset, up to behind its colon: a word of letters that mean nothing else, or anything
// in quotes that needs no escape.
func (r *blockReader) key(at int) (name string, behind int, ok bool) {
	end := at
	if c := r.text[at]; quoted(c) {
		rest, _ := r.rest(at + 1)
		length := strings.IndexByte(rest, c)
		if length < 0 || strings.ContainsAny(rest[:length], "\\\t") || !ascii(rest[:length]) {
			return "", 0, false
		}
		name, end = rest[:length], at+length+2
	} else {
		for isWord(r.text[end]) || end > at && (r.text[end] == ' ' || r.text[end] == '-' || r.text[end] == '/') {
			end++
		}
		name = strings.TrimRight(r.text[at:end], " ")
	}
	if name == "" || r.text[end] != ':' || r.text[end+1] != ' ' && r.text[end+1] != '\n' || end-at > 512 {
		return "", 0, false
	}
	return name, end + 1, true
}

func isWord(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '.' || c == '$'
}

func ascii(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// valueOf reads the value behind a colon.
func (r *blockReader) valueOf(behind, dent, column int) *yaml.Node {
	at := behind
	for r.text[at] == ' ' {
		at++
	}
	if rest, _ := r.rest(at); rest == "" || rest[0] == '#' {
		return r.below(at, dent, dent-1, column)
	}
	return r.value(at, dent, column+at-behind)
}

// below reads what stands on the lines below a key or the sign of an item: what is indented deeper, a list at
// the indentation of its key, or null. least is the indentation that a list has to go beyond.
func (r *blockReader) below(at, dent, least, column int) *yaml.Node {
	rest, end := r.rest(at)
	if rest != "" && rest[0] != '#' {
		return nil
	}
	line := r.line
	r.line++
	if !r.next(end) {
		return nil
	}
	if r.dent > dent || r.dent > least && r.dent == dent && r.isItem() {
		return r.node(r.dent)
	}
	null := r.make(yaml.ScalarNode, line, column)
	null.Tag = "!!null"
	return null
}
