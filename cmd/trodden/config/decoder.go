package config

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
	"github.com/trodden/trodden/metrics/detect"
)

// A file of n tokens may be visited minVisits + n*visitsEach times, so that anchors that multiply one another
// end. Without anchors far fewer visits are made.
const (
	minVisits  = 200_000
	visitsEach = 50
)

// decoder reads one configuration file. It goes on after a mistake, so that all are found in one run.
type decoder struct {
	file     string // as the user calls it
	dir      string // its folder
	env      Environment
	problems Problems
	warnings Problems
	mistakes int // problems, counted as often as they are met
	seen     map[Problem]bool
	kinds    []detect.Kind // of signals
	aliases  map[*ast.AliasNode]ast.Node
	known    names      // filled before the checks run
	checks   []func()   // what can only be judged when all has been read
	visits   int        // how many are left
	hollow   []ast.Node // rules without content, reported by whoever knows what they belong to
	rules    int        // how deep rules are nested at present
}

func newDecoder(file, dir string, env Environment) *decoder {
	return &decoder{file: file, dir: dir, env: env, seen: map[Problem]bool{}, kinds: detect.Kinds(),
		aliases: map[*ast.AliasNode]ast.Node{}}
}

// problem reports a mistake at a value.
func (d *decoder) problem(n ast.Node, message string) { d.problemAt(first(n), message) }

func (d *decoder) problemf(n ast.Node, format string, args ...any) {
	d.problem(n, fmt.Sprintf(format, args...))
}

func (d *decoder) problemAt(tk *token.Token, message string) {
	if strings.ContainsAny(message, "\n\r") { // one line a mistake
		message = strings.Join(strings.Fields(message), " ")
	}
	d.add(tk.Position.Line, tk.Position.Column, message)
}

// add keeps a problem once: what an anchor holds is read as often as it is referred to.
func (d *decoder) add(line, column int, message string) {
	d.mistakes++
	p := Problem{File: d.file, Line: max(line, 1), Column: max(column, 1), Message: message}
	if !d.seen[p] {
		d.seen[p] = true
		d.problems = append(d.problems, p)
	}
}

// warn keeps what is probably a mistake but may be meant.
func (d *decoder) warn(n ast.Node, format string, args ...any) {
	at := first(n).Position
	p := Problem{File: d.file, Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, args...)}
	if !d.seen[p] {
		d.seen[p] = true
		d.warnings = append(d.warnings, p)
	}
}

// later runs a check after the whole file has been read.
func (d *decoder) later(check func()) { d.checks = append(d.checks, check) }

// first returns the token where a value begins. The parser gives block mappings that of their first colon.
func first(n ast.Node) *token.Token {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		return m.Key.GetToken()
	}
	return n.GetToken()
}

// firstKey returns the token of a mapping's first key, or where the mapping begins if it has none.
func firstKey(n ast.Node) *token.Token {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	return first(n)
}

// link finds out what every alias stands for: the last anchor of its name before it.
func (d *decoder) link(root ast.Node) {
	l := linker{d: d, anchors: map[string]*ast.AnchorNode{}, open: map[*ast.AnchorNode]bool{}}
	l.walk(root)
}

type linker struct {
	d       *decoder
	anchors map[string]*ast.AnchorNode
	open    map[*ast.AnchorNode]bool // anchors whose value is being walked
}

func (l *linker) walk(n ast.Node) {
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			l.walk(v)
		}
	case *ast.MappingValueNode:
		l.walk(n.Key)
		l.walk(n.Value)
	case *ast.MappingKeyNode:
		l.walk(n.Value)
	case *ast.SequenceNode:
		for _, v := range n.Values {
			l.walk(v)
		}
	case *ast.TagNode:
		l.walk(n.Value)
	case *ast.AnchorNode:
		l.anchors[n.Name.GetToken().Value] = n
		l.open[n] = true
		l.walk(n.Value)
		delete(l.open, n)
	case *ast.AliasNode:
		l.alias(n)
	}
}

func (l *linker) alias(n *ast.AliasNode) {
	name := n.Value.GetToken().Value
	anchor, ok := l.anchors[name]
	switch {
	case !ok:
		l.d.problemf(n, "alias of an anchor that is not there, expected &%s before it", name)
	case l.open[anchor]:
		l.d.problemf(n, "the anchor &%s holds itself, expected a value that ends", name)
	default:
		l.d.aliases[n] = anchor.Value
	}
}

// value follows anchors, aliases and tags to the value behind them. It returns nil for an alias that leads
// nowhere, which has been reported, and when anchors have multiplied beyond the bound.
func (d *decoder) value(n ast.Node) ast.Node {
	for {
		if d.visits--; d.visits < 0 {
			if d.visits == -1 {
				d.problem(n, "aliases make this file too large, expected less")
			}
			return nil
		}
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			n = d.aliases[v]
		case *ast.TagNode:
			if v.Start.Value != "!!str" {
				n = v.Value
				continue
			}
			return textOf(v)
		case *ast.MappingValueNode:
			return &ast.MappingNode{BaseNode: v.BaseNode, Start: v.Start, Values: []*ast.MappingValueNode{v}}
		default:
			return n
		}
		if n == nil {
			return nil
		}
	}
}

// textOf gives a scalar that is tagged as text the type that it asks for.
func textOf(tag *ast.TagNode) ast.Node {
	switch tag.Value.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode:
		return ast.String(tag.Value.GetToken())
	default:
		return tag.Value
	}
}

// kindOf says what a value is, for messages. It shows no text: that could be a secret.
func kindOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.NullNode:
		return "nothing"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode:
		return "a number"
	case *ast.InfinityNode, *ast.NanNode:
		return "a number that is not finite"
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode:
		return "a mapping"
	case *ast.StringNode, *ast.LiteralNode:
		if text, _ := stringOf(n); text == "" {
			return "an empty text"
		}
		return "text"
	default:
		return "something else"
	}
}

// stringOf returns the text of a text value.
func stringOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, utf8.ValidString(n.Value)
	case *ast.LiteralNode:
		return n.Value.Value, true
	default:
		return "", false
	}
}
