package config

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// shape reads one kind of value, and describes it in the published schema: one table serves both.
type shape[T any] struct {
	schema *Schema
	read   func(d *decoder, n ast.Node, into *T)
}

// field is one key of a mapping that becomes a T.
type field[T any] struct {
	key    string
	needed bool
	hint   string // what it is or where it comes from, for who did not give one that is needed
	schema *Schema
	read   func(d *decoder, n ast.Node, into *T)
}

// key returns the field that keeps a value of the given shape where at says.
func key[T, F any](name, doc string, s shape[F], at func(*T) *F) field[T] {
	return field[T]{key: name, schema: s.schema.described(doc), read: func(d *decoder, n ast.Node, into *T) {
		s.read(d, n, at(into))
	}}
}

// must returns the field as one that a mapping cannot do without.
func (f field[T]) must() field[T] {
	f.needed = true
	return f
}

// mustFor is must with a hint at what is missing, which may not be empty either.
func (f field[T]) mustFor(hint string) field[T] {
	f.needed, f.hint = true, hint
	return f
}

// check looks at a mapping as a whole once its keys have been read.
type check[T any] func(d *decoder, m mapping, got *T)

// object returns the shape of a mapping with the given keys and no others. What names it in messages, with
// its article.
func object[T any](what string, fields []field[T], checks ...check[T]) shape[T] {
	return shape[T]{schema: objectSchema(fields), read: func(d *decoder, n ast.Node, into *T) {
		m, ok := d.mapping(n, what)
		if !ok {
			return
		}
		readFields(d, m, what, fields, into)
		for _, c := range checks {
			c(d, m, into)
		}
	}}
}

func readFields[T any](d *decoder, m mapping, what string, fields []field[T], into *T) {
	for _, e := range m.entries {
		i := slices.IndexFunc(fields, func(f field[T]) bool { return f.key == e.key })
		if i < 0 {
			d.problemf(e.at, "unknown key %s in %s, %s", quote(e.key), what, expected(e.key, keysOf(fields)))
			continue
		}
		v := d.value(e.value)
		if _, null := v.(*ast.NullNode); v == nil || null && !fields[i].needed {
			continue
		}
		if hint := fields[i].hint; hint != "" && d.hollowText(v) {
			d.problemf(v, "%s has no value, expected one: %s", e.key, hint)
			continue
		}
		fields[i].read(d, e.value, into)
	}
	for _, f := range fields {
		if f.needed && m.find(f.key) == nil {
			d.problemAt(firstKey(m.node), "the key "+quote(f.key)+" is missing, expected it in "+what+after(": ", f.hint))
		}
	}
}

// after puts a separator before a text that is there.
func after(separator, text string) string {
	if text == "" {
		return ""
	}
	return separator + text
}

// hollowText reports whether a value is nothing, or a text without anything in it.
func (d *decoder) hollowText(n ast.Node) bool {
	v := d.value(n)
	_, null := v.(*ast.NullNode)
	text, ok := stringOf(v)
	return null || ok && strings.TrimSpace(text) == ""
}

func keysOf[T any](fields []field[T]) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	return keys
}

func objectSchema[T any](fields []field[T]) *Schema {
	s := &Schema{Type: Types{"object"}, Properties: map[string]*Schema{}, Closed: true}
	for _, f := range fields {
		s.Properties[f.key] = f.schema
		if f.needed {
			s.Required = append(s.Required, f.key)
		} else {
			s.Properties[f.key] = f.schema.orNull()
		}
	}
	return s
}

// each looks at the entry of a list that was read last, the last of got, which stands at n.
type each[T any] func(d *decoder, n ast.Node, got []T)

// list returns the shape of a list. What names its entries in messages, without an article.
func list[T any](what string, s shape[T], checks ...each[T]) shape[[]T] {
	return shape[[]T]{
		schema: &Schema{Type: Types{"array"}, Items: s.schema},
		read: func(d *decoder, n ast.Node, into *[]T) {
			for _, item := range d.items(n, what) {
				if d.value(item) == nil {
					continue
				}
				var v T
				s.read(d, item, &v)
				*into = append(*into, v)
				for _, c := range checks {
					c(d, item, *into)
				}
			}
		},
	}
}

// items returns the entries of a list, or reports that the value is none.
func (d *decoder) items(n ast.Node, what string) []ast.Node {
	v := d.value(n)
	seq, ok := v.(*ast.SequenceNode)
	if ok {
		return seq.Values
	}
	if v != nil {
		d.problemf(v, "expected a list of %s, found %s", what, kindOf(v))
	}
	return nil
}

// once allows each name only once in a list. Name is the key that holds it, "" where the entries are plain.
func once[T any](name, what string, of func(T) string) each[T] {
	return func(d *decoder, n ast.Node, got []T) {
		last := len(got) - 1
		text := of(got[last])
		if text == "" || !slices.ContainsFunc(got[:last], func(v T) bool { return of(v) == text }) {
			return
		}
		d.problemf(d.part(n, name), "duplicate %s %s, expected each once", what, quote(text))
	}
}

// part returns the value of a key in a mapping, or the whole where there is none.
func (d *decoder) part(n ast.Node, key string) ast.Node {
	if m, ok := d.value(n).(*ast.MappingNode); ok {
		if v := (mapping{entries: d.entriesOf(m)}).find(key); v != nil {
			return v
		}
	}
	return n
}

// nonEmpty also asks for at least one entry.
func nonEmpty[T any](s shape[[]T], what string) shape[[]T] {
	schema := *s.schema
	schema.MinItems = 1
	return shape[[]T]{schema: &schema, read: func(d *decoder, n ast.Node, into *[]T) {
		s.read(d, n, into)
		if seq, ok := d.value(n).(*ast.SequenceNode); ok && len(seq.Values) == 0 {
			d.problemf(n, "an empty list, expected at least one %s", what)
		}
	}}
}
