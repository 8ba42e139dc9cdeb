package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a configuration file. They are far above what an organisation of thousands of teams needs, and
// keep hostile files from costing time: the parser takes quadratic time for lists and mappings.
const (
	maxBytes = 2 << 20
	maxDepth = 100
	maxItems = 10_000 // of one list
	maxKeys  = 1_000  // of one mapping
)

// parse turns the text of a configuration into the tree of its only document, or reports why it cannot.
func (d *decoder) parse(text string) (ast.Node, bool) {
	text, ok := d.plainText(text)
	if !ok {
		return nil, false
	}
	tokens, err := guarded(func() (token.Tokens, error) { return lexer.Tokenize(text), nil })
	if err != nil {
		d.syntax(err)
		return nil, false
	}
	if tk, why := tooMuch(tokens); tk != nil {
		d.problemAt(tk, why)
		return nil, false
	}
	d.visits = minVisits + visitsEach*len(tokens)
	file, err := guarded(func() (*ast.File, error) { return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) })
	if err != nil {
		d.syntax(err)
		return nil, false
	}
	return d.onlyDocument(file)
}

// plainText refuses what is no text, and takes away the byte order mark that some editors write.
func (d *decoder) plainText(text string) (string, bool) {
	if len(text) > maxBytes {
		d.add(1, 1, fmt.Sprintf("the file is larger than %d MiB, expected a configuration", maxBytes>>20))
		return "", false
	}
	text = strings.TrimPrefix(text, "\ufeff")
	for line, i := range strings.SplitAfter(text, "\n") {
		for at, r := range i {
			why := ""
			switch {
			case r == utf8.RuneError && !strings.HasPrefix(i[at:], "\ufffd"):
				why = "this byte is not valid UTF-8, expected a text file in UTF-8"
			case r < ' ' && !strings.ContainsRune("\t\n\r", r), r == 0x7f:
				why = fmt.Sprintf("control character %U, expected text", r)
			}
			if why != "" {
				d.add(line+1, utf8.RuneCountInString(i[:at])+1, why)
				return "", false
			}
		}
	}
	return text, true
}

// guarded keeps a crash of the parser, should there be one, from being ours.
func guarded[T any](parse func() (T, error)) (got T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("not understood as YAML: %v", r)
		}
	}()
	return parse()
}

func (d *decoder) syntax(err error) {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		d.problemAt(at.GetToken(), at.GetMessage()+", expected YAML")
		return
	}
	d.add(1, 1, err.Error())
}

// onlyDocument returns the body of the file's one document.
func (d *decoder) onlyDocument(file *ast.File) (ast.Node, bool) {
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case doc.Body.Type() == ast.DirectiveType:
		case body != nil:
			d.problem(doc.Body, "a second document, expected one configuration in the file")
			return nil, false
		default:
			body = doc.Body
		}
	}
	if body == nil {
		d.add(1, 1, `the file is empty, expected at least "sources"`)
		return nil, false
	}
	return body, true
}

// level is an open block or bracket while tokens are counted.
type level struct {
	column, keys, items int
	flow                bool
}

// tooMuch returns the token at which a file goes beyond the limits, and which one. It follows brackets and
// the columns of block entries, which is near enough to the structure for that purpose.
func tooMuch(tokens token.Tokens) (*token.Token, string) {
	levels := []level{{}}
	marks := 0 // tokens without a value between them, such as ? and tags
	for _, tk := range tokens {
		marks++
		column := tk.Position.Column
		switch tk.Type {
		case token.SequenceStartType, token.MappingStartType:
			levels = append(levels, level{flow: true})
		case token.SequenceEndType, token.MappingEndType:
			if len(levels) > 1 {
				levels = levels[:len(levels)-1]
			}
		case token.SequenceEntryType:
			levels = block(levels, column)
			levels[len(levels)-1].items++
		case token.MappingValueType:
			if tk.Prev != nil {
				column = tk.Prev.Position.Column
			}
			levels = block(levels, column)
			levels[len(levels)-1].keys++
		case token.CollectEntryType:
			levels[len(levels)-1].items++
		case token.MappingKeyType, token.TagType, token.AnchorType:
		default:
			marks = 0
		}
		top := levels[len(levels)-1]
		switch {
		case len(levels) > maxDepth || marks > 2*maxDepth:
			return tk, fmt.Sprintf("nested deeper than %d levels, expected less", maxDepth)
		case top.items > maxItems:
			return tk, fmt.Sprintf("more than %d entries in one list, expected less", maxItems)
		case top.keys > maxKeys && !top.flow || top.keys > maxItems:
			return tk, fmt.Sprintf("more than %d keys in one mapping, expected less", maxKeys)
		}
	}
	return nil, ""
}

// block closes the blocks that a token in the column ends, and opens one where it begins one.
func block(levels []level, column int) []level {
	for !levels[len(levels)-1].flow && levels[len(levels)-1].column > column {
		levels = levels[:len(levels)-1]
	}
	if top := levels[len(levels)-1]; !top.flow && top.column < column {
		levels = append(levels, level{column: column})
	}
	return levels
}
