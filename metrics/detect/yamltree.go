package detect

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/trodden/trodden/metrics"
)

const (
	maxSteps      = 200_000 // nodes that one reading of a file visits, aliases followed
	maxDepth      = 200     // of merges and recursive descents
	maxDirectives = 64      // %-lines of a file; the parser takes quadratic time over them
	maxFlaws      = 20      // of one file
	mergeTag      = "!!merge"
)

// errTooFar says that anchors, aliases and merges make a file larger than anybody writes.
const errTooFar = "aliases expand too far"

// yamlFile is a parsed file of one or more YAML documents. Its methods follow aliases and merges, and visit
// a bounded number of nodes.
type yamlFile struct {
	docs  []*yaml.Node // roots of the documents that are not empty
	steps int          // visited so far
}

// parseYAML parses all documents of a file. A file that does not parse has no documents and one flaw; a
// duplicate key and an anchor inside itself are flaws only.
func parseYAML(content string) (file *yamlFile, flaws []flaw) {
	file = &yamlFile{}
	defer func() { // a parser must not end the program over somebody's file
		if r := recover(); r != nil {
			file.docs, flaws = nil, []flaw{{message: clip(fmt.Sprintf("parse YAML: %v", r))}}
		}
	}()
	if n := strings.Count(content, "\n%"); n > maxDirectives {
		return file, []flaw{{line: 1, column: 1, message: fmt.Sprintf("parse YAML: %d lines begin with %%", n)}}
	}
	if root, ok := readBlocks(content); ok {
		if root != nil {
			file.docs, flaws = []*yaml.Node{root}, duplicates(root, nil)
		}
		return file, flaws
	}
	return parseAnyYAML(content)
}

// parseAnyYAML parses whatever the library parses.
func parseAnyYAML(content string) (file *yamlFile, flaws []flaw) {
	file = &yamlFile{}
	loader, err := yaml.NewLoader(strings.NewReader(metrics.OfYAML11(content)))
	if err != nil {
		return file, []flaw{yamlFlaw(content, err)}
	}
	for {
		var doc yaml.Node
		if err := loader.Load(&doc); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return &yamlFile{}, []flaw{yamlFlaw(content, err)}
		}
		if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
			file.docs = append(file.docs, doc.Content[0])
			flaws = duplicates(doc.Content[0], flaws)
			flaws = cycles(doc.Content[0], map[*yaml.Node]bool{}, flaws)
		}
	}
	return file, flaws
}

// yamlFlaw turns a parser's error into a flaw with its position.
func yamlFlaw(content string, err error) flaw {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return flaw{message: clip("parse YAML: " + err.Error())}
	}
	f := flaw{line: e.Mark.Line, column: e.Mark.Column, message: clip("parse YAML: " + e.Message)}
	if f.line == 0 {
		f.line, f.column = e.ContextMark.Line, e.ContextMark.Column
	}
	if f.line == 0 {
		f.line, f.column = lineAt(content, badByte(content))
	}
	return f
}

// badByte returns the offset of the first byte that no YAML file may hold: the parser does not say.
func badByte(content string) int {
	for i, r := range content {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(content[i:]); size <= 1 {
				return i
			}
		}
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f {
			return i
		}
	}
	return 0
}

// duplicates adds a flaw for each key that stands twice in a mapping.
func duplicates(n *yaml.Node, flaws []flaw) []flaw {
	if n.Kind == yaml.MappingNode && len(n.Content) > 2 {
		first := make(map[string]int, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode || key.Tag == mergeTag {
				continue
			}
			if line, again := first[key.Value]; !again {
				first[key.Value] = key.Line
			} else if len(flaws) < maxFlaws {
				flaws = append(flaws, flaw{key.Line, key.Column,
					clip(fmt.Sprintf("duplicate key %q, first on line %d", key.Value, line))})
			}
		}
	}
	for _, child := range n.Content {
		flaws = duplicates(child, flaws)
	}
	return flaws
}

// cycles adds a flaw for each alias inside what it stands for. open are the anchors around the node.
func cycles(n *yaml.Node, open map[*yaml.Node]bool, flaws []flaw) []flaw {
	if n.Kind == yaml.AliasNode {
		if open[n.Alias] && len(flaws) < maxFlaws {
			flaws = append(flaws, flaw{n.Line, n.Column, clip("anchor " + n.Value + " contains itself")})
		}
		return flaws
	}
	if n.Anchor != "" {
		open[n] = true
		defer delete(open, n)
	}
	for _, child := range n.Content {
		flaws = cycles(child, open, flaws)
	}
	return flaws
}

// spent reports whether the file was too large to be read to its end.
func (f *yamlFile) spent() bool { return f.steps > maxSteps }

// step counts a visited node and reports whether more may be visited.
func (f *yamlFile) step() bool {
	f.steps++
	return f.steps <= maxSteps
}

// resolve follows an alias.
func resolve(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// entries yields the keys and values of a mapping: first all of its own, duplicates too, then those that it
// merges and does not have itself. Values have their aliases followed.
func (f *yamlFile) entries(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		f.eachEntry(n, nil, 0, yield)
	}
}

// yieldEntry is given one entry of a mapping and says whether it wants another.
type yieldEntry func(key, value *yaml.Node) bool

// eachEntry does the work of entries. hidden are the keys that come from nearer mappings.
func (f *yamlFile) eachEntry(n *yaml.Node, hidden map[string]bool, depth int, yield yieldEntry) bool {
	n = resolve(n)
	if n == nil || n.Kind != yaml.MappingNode || depth > maxDepth {
		return true
	}
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := resolve(n.Content[i]), resolve(n.Content[i+1])
		if !f.step() {
			return false
		}
		if key.Tag == mergeTag {
			merges = append(merges, value)
		} else if !hidden[key.Value] && !yield(key, value) {
			return false
		}
	}
	if len(merges) == 0 {
		return true
	}
	return f.eachMerge(n, merges, hidden, depth, yield)
}

// eachMerge yields what a mapping merges: earlier sources hide later ones.
func (f *yamlFile) eachMerge(n *yaml.Node, merges []*yaml.Node, hidden map[string]bool, depth int, yield yieldEntry) bool {
	seen := map[string]bool{}
	for k := range hidden {
		seen[k] = true
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		seen[resolve(n.Content[i]).Value] = true
	}
	for _, merge := range merges {
		sources := []*yaml.Node{merge}
		if merge.Kind == yaml.SequenceNode {
			sources = merge.Content
		}
		for _, source := range sources {
			var added []string
			more := f.eachEntry(source, seen, depth+1, func(key, value *yaml.Node) bool {
				added = append(added, key.Value)
				return yield(key, value)
			})
			if !more || !f.step() {
				return false
			}
			for _, k := range added {
				seen[k] = true
			}
		}
	}
	return true
}

// values yields the values of a key of a mapping: none, one, or more where the key is duplicated.
func (f *yamlFile) values(n *yaml.Node, name string) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		for key, value := range f.entries(n) {
			if key.Kind == yaml.ScalarNode && key.Value == name && !yield(key, value) {
				return
			}
		}
	}
}

// items yields the items of a sequence with aliases followed; a sequence in the place of an item, as an
// alias of a list leaves it, is gone through too.
func (f *yamlFile) items(n *yaml.Node) iter.Seq[*yaml.Node] {
	return func(yield func(item *yaml.Node) bool) { f.eachItem(n, 0, yield) }
}

// eachItem does the work of items.
func (f *yamlFile) eachItem(n *yaml.Node, depth int, yield func(item *yaml.Node) bool) bool {
	if n = resolve(n); n == nil || n.Kind != yaml.SequenceNode || depth > maxDepth {
		return true
	}
	for _, item := range n.Content {
		if !f.step() {
			return false
		}
		item = resolve(item)
		if item.Kind == yaml.SequenceNode {
			if !f.eachItem(item, depth+1, yield) {
				return false
			}
		} else if !yield(item) {
			return false
		}
	}
	return true
}

// scalar returns the text of a scalar; a null and anything else is "".
func scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// text returns the scalar text of the first value of a key, and "" where there is none.
func (f *yamlFile) text(n *yaml.Node, name string) string {
	for _, value := range f.values(n, name) {
		return scalar(value)
	}
	return ""
}
