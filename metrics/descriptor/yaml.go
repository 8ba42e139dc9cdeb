package descriptor

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/trodden/trodden/metrics"
	"go.yaml.in/yaml/v4"
)

type node = yaml.Node

const (
	maxDepth      = 200  // of merges and of values inside values
	maxDirectives = 64   // %-lines of a file; the parser takes quadratic time over them
	maxDocuments  = 5000 // that are parsed one by one after the file as a whole does not parse
	maxWarnings   = 50   // of one file
	maxMessage    = 200  // characters
	mergeTag      = "!!merge"
)

// reader reads one file.
type reader struct {
	file    File
	targets map[string]bool // of locations
	steps   int             // how many nodes may yet be visited, aliases followed; below zero: more than a file has without tricks
}

// documents returns the roots of the documents of a file. Where the file as a whole does not parse, its documents are
// parsed one by one: a line that begins with --- begins a document whatever stands before it.
func (r *reader) documents(content string) []*node {
	if n := strings.Count(content, "\n%"); n > maxDirectives {
		r.broken(1, 1, fmt.Sprintf("%d lines begin with %%", n))
		return nil
	}
	roots, err := load(content)
	if err != nil {
		roots = r.apart(content)
	}
	for _, root := range roots {
		r.duplicates(root)
	}
	return roots
}

// part is a text that begins behind some lines of a file.
type part struct {
	text   string
	behind int
}

// split cuts a file before each line that begins a document, and the directives above it.
func split(content string) (parts []part) {
	begin, behind, line := 0, 0, 0
	head, above := 0, 0 // where the directives and comments above a line begin
	for at := 0; at < len(content); line++ {
		switch {
		case strings.HasPrefix(content[at:], "---"):
			if head > begin {
				parts = append(parts, part{content[begin:head], behind})
				begin, behind = head, above
			}
			head, above = -1, 0
		case !strings.ContainsRune("%#\r\n", rune(content[at])):
			head, above = -1, 0
		}
		end := strings.IndexByte(content[at:], '\n')
		if end < 0 {
			break
		}
		if at += end + 1; head < 0 {
			head, above = at, line+1
		}
	}
	return append(parts, part{content[begin:], behind})
}

// apart parses the documents of a file one by one and warns of those that do not parse.
func (r *reader) apart(content string) (roots []*node) {
	parts := split(content)
	if len(parts) > maxDocuments {
		parts = []part{{content, 0}}
	}
	for _, p := range parts {
		found, err := load(p.text)
		if err != nil {
			line, column, message := position(p.text, err)
			r.broken(line+p.behind, column, message)
			if found, err = load(undirected(p.text)); err != nil {
				continue
			}
		}
		for _, root := range found {
			shift(root, p.behind)
			roots = append(roots, root)
		}
	}
	return roots
}

var directives = regexp.MustCompile(`(?m)^%[^\r\n]*`)

// undirected returns a document with empty lines for its directives, which may be what does not parse.
func undirected(text string) string {
	head, rest, cut := strings.Cut(text, "---")
	if !cut {
		return text
	}
	return directives.ReplaceAllString(head, "") + "---" + rest
}

// shift moves a tree down by some lines.
func shift(n *node, lines int) {
	n.Line += lines
	for _, child := range n.Content {
		shift(child, lines)
	}
}

// load parses a text. A parser must not end the program over somebody's file.
func load(text string) (roots []*node, err error) {
	defer func() {
		if p := recover(); p != nil {
			roots, err = nil, fmt.Errorf("%v", p)
		}
	}()
	loader, err := yaml.NewLoader(strings.NewReader(metrics.OfYAML11(text)))
	if err != nil {
		return nil, err
	}
	for {
		var doc node
		if err := loader.Load(&doc); errors.Is(err, io.EOF) {
			return roots, nil
		} else if err != nil {
			return nil, err
		}
		if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
			roots = append(roots, doc.Content[0])
		}
	}
}

// position returns where a parser failed and why.
func position(text string, err error) (line, column int, message string) {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return 1, 1, err.Error()
	}
	line, column = e.Mark.Line, e.Mark.Column
	if line == 0 {
		line, column = e.ContextMark.Line, e.ContextMark.Column
	}
	if line == 0 { // what no YAML file may hold: the parser does not say where
		line, column = lineColumn(text, badByte(text))
	}
	return line, max(column, 1), e.Message
}

// badByte returns the offset of the first byte that no YAML file may hold, 0 where there is none.
func badByte(text string) int {
	for i, c := range text {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size <= 1 {
				return i
			}
		}
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			return i
		}
	}
	return 0
}

// lineColumn returns the line and column of an offset.
func lineColumn(text string, offset int) (line, column int) {
	before := text[:offset]
	begin := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[begin:]) + 1
}

// broken warns of a part that does not parse.
func (r *reader) broken(line, column int, message string) {
	r.file.Broken = true
	r.warnAt(line, column, "parse YAML: %s", message)
}

// warn adds a warning at a node.
func (r *reader) warn(n *node, format string, args ...any) {
	r.warnAt(n.Line, n.Column, format, args...)
}

// leaveOut warns of what is no entity but was meant to be one.
func (r *reader) leaveOut(n *node, format string, args ...any) {
	r.file.LeftOut = true
	r.warn(n, "no entity: "+format, args...)
}

// warnAt adds a warning; those beyond the first are passed over.
func (r *reader) warnAt(line, column int, format string, args ...any) {
	if len(r.file.Warnings) >= maxWarnings {
		return
	}
	message := clip(fmt.Sprintf(format, args...))
	r.file.Warnings = append(r.file.Warnings, metrics.Warning{File: r.file.Place.Path, Line: max(line, 1), Column: max(column, 1), Message: message})
}

// clip makes a message fit to be kept.
func clip(message string) string {
	message = strings.ToValidUTF8(message, "�")
	if utf8.RuneCountInString(message) <= maxMessage {
		return message
	}
	return string([]rune(message)[:maxMessage-1]) + "…"
}

// duplicates warns of each key that stands twice in a mapping; the first holds.
func (r *reader) duplicates(n *node) {
	if n.Kind == yaml.MappingNode && len(n.Content) > 2 {
		first := make(map[string]int, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode || key.Tag == mergeTag {
				continue
			}
			if line, again := first[key.Value]; again {
				r.warn(key, "duplicate key %q, first on line %d", key.Value, line)
				continue
			}
			first[key.Value] = key.Line
		}
	}
	for _, child := range n.Content {
		r.duplicates(child)
	}
}

// resolve follows an alias.
func resolve(n *node) *node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// entry is a key of a mapping with its value, whose alias is not followed: that is where it is written.
type entry struct{ key, value *node }

// mapping is the entries of a mapping: all of its own, then those that it merges. The first of a name holds.
type mapping []entry

// mapping reads a mapping; anything else has no entries.
func (r *reader) mapping(n *node) mapping { return r.merged(nil, n, 0) }

// merged adds the entries of a mapping and of what it merges.
func (r *reader) merged(out mapping, n *node, depth int) mapping {
	n = resolve(n)
	if n == nil || n.Kind != yaml.MappingNode || depth > maxDepth {
		return out
	}
	var sources []*node
	for i := 0; i+1 < len(n.Content) && r.step(); i += 2 {
		key, value := resolve(n.Content[i]), n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
		case key.Tag != mergeTag:
			out = append(out, entry{key, value})
		case resolve(value).Kind == yaml.SequenceNode:
			sources = append(sources, resolve(value).Content...)
		default:
			sources = append(sources, value)
		}
	}
	for _, source := range sources {
		if r.step() {
			out = r.merged(out, source, depth+1)
		}
	}
	return out
}

// step counts a visited node and reports whether it may be visited.
func (r *reader) step() bool {
	if r.steps >= 0 {
		r.steps--
	}
	return r.steps >= 0
}

// get returns the entry of a key; ok is false where there is none.
func (m mapping) get(name string) (found entry, ok bool) {
	for _, e := range m {
		if e.key.Value == name {
			return e, true
		}
	}
	return entry{}, false
}

// value returns the value of a key, nil where there is none.
func (m mapping) value(name string) *node {
	e, _ := m.get(name)
	return e.value
}

// text returns the text of a key; "" where it is none.
func (m mapping) text(name string) string { return text(m.value(name)) }

// text returns the text of a scalar; a null and anything else is "".
func text(n *node) string {
	n = resolve(n)
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// items returns the items of a list; a value that is none stands for a list of itself.
func items(n *node) []*node {
	switch n = resolve(n); {
	case n == nil, n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		return nil
	case n.Kind == yaml.SequenceNode:
		return n.Content
	}
	return []*node{n}
}
