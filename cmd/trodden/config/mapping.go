package config

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// entry is one key of a mapping and its value.
type entry struct {
	key   string
	at    ast.Node // the key
	value ast.Node
}

// mapping is a mapping whose anchors, merges and duplicate keys have been dealt with.
type mapping struct {
	node    ast.Node
	entries []entry // in the order of the file
}

// find returns the value of a key, or nil.
func (m mapping) find(key string) ast.Node {
	for _, e := range m.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// mapping reads a value as a mapping, or reports that it is none.
func (d *decoder) mapping(n ast.Node, what string) (mapping, bool) {
	v := d.value(n)
	if v == nil {
		return mapping{}, false
	}
	node, ok := v.(*ast.MappingNode)
	if !ok {
		d.problemf(v, "expected a mapping (%s), found %s", what, kindOf(v))
		return mapping{}, false
	}
	return mapping{node: node, entries: d.entriesOf(node)}, true
}

// entriesOf returns the keys of a mapping, its own and merged ones.
func (d *decoder) entriesOf(node *ast.MappingNode) []entry {
	var m mapping
	d.ownKeys(node, &m)
	d.mergedKeys(node, &m, 0)
	return m.entries
}

// ownKeys collects the keys that stand in the mapping itself, where none may stand twice.
func (d *decoder) ownKeys(node *ast.MappingNode, m *mapping) {
	lines := map[string]int{}
	for _, v := range node.Values {
		if _, merge := v.Key.(*ast.MergeKeyNode); merge {
			continue
		}
		key := keyText(v.Key)
		if line, twice := lines[key]; twice {
			d.problemf(v.Key, "duplicate key %s, expected it once (it also stands in line %d)", quote(key), line)
			continue
		}
		lines[key] = first(v.Key).Position.Line
		m.entries = append(m.entries, entry{key: key, at: v.Key, value: v.Value})
	}
}

// mergedKeys adds what `<<` brings in, as far as the mapping does not say it itself.
func (d *decoder) mergedKeys(node *ast.MappingNode, m *mapping, depth int) {
	for _, v := range node.Values {
		if _, merge := v.Key.(*ast.MergeKeyNode); !merge {
			continue
		}
		list := []ast.Node{v.Value}
		if seq, ok := d.value(v.Value).(*ast.SequenceNode); ok {
			list = seq.Values
		}
		for _, n := range list {
			d.merge(n, m, depth)
		}
	}
}

func (d *decoder) merge(n ast.Node, m *mapping, depth int) {
	v := d.value(n)
	if v == nil {
		return
	}
	from, ok := v.(*ast.MappingNode)
	if !ok || depth > maxDepth {
		d.problemf(n, "<< merges %s, expected a mapping", kindOf(v))
		return
	}
	var other mapping
	d.ownKeys(from, &other)
	for _, e := range other.entries {
		if m.find(e.key) == nil {
			m.entries = append(m.entries, e)
		}
	}
	d.mergedKeys(from, m, depth+1)
}

// keyText returns a key as it stands in the file.
func keyText(n ast.MapKeyNode) string {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	if k, ok := n.(*ast.MappingKeyNode); ok && k.Value != nil {
		return strings.TrimSpace(k.Value.GetToken().Value)
	}
	return n.GetToken().Value
}
