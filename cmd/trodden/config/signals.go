package config

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/detect"
)

// signalFields lists every key that a signal of some kind can have. Which ones a kind has, what they mean
// there, and which of them a bare value sets, is said by detect.Kinds.
func signalFields() []field[metrics.Signal] {
	type S = metrics.Signal
	words := list("texts", pattern())
	return []field[S]{
		key("path", "Glob of a file, or a YAMLPath.", pattern(), func(s *S) *string { return &s.Path }),
		key("file", "Glob of the files that are looked at.", pattern(), func(s *S) *string { return &s.File }),
		key("regex", "Regular expression (RE2, ^ and $ match at lines).", pattern(), func(s *S) *string { return &s.Regex }),
		key("lines", "Only the first so many lines.", whole("a whole number above 0", 1, 1<<31), func(s *S) *int { return &s.Lines }),
		key("matches", "Glob that the value matches.", asWritten(), func(s *S) *string { return &s.Matches }),
		key("equals", "Text that the value is.", pointer(asWritten()), func(s *S) **string { return &s.Equals }),
		key("name", "Glob or pattern of a name.", pattern(), func(s *S) *string { return &s.Name }),
		key("value", "Glob of a value.", asWritten(), func(s *S) *string { return &s.Value }),
		key("triggers", "What starts the workflow, any of them.", words, func(s *S) *[]string { return &s.Triggers }),
		key("runs", "Regular expression over the commands that it runs.", pattern(), func(s *S) *string { return &s.Runs }),
		key("unless_uses", "Pattern of what it must not use.", pattern(), func(s *S) *string { return &s.UnlessUses }),
		key("target", "Pattern of what is used, without its ref.", pattern(), func(s *S) *string { return &s.Target }),
		key("all_of", "Patterns that one file must all use.", words, func(s *S) *[]string { return &s.AllOf }),
		key("project", "Pattern of an included project.", pattern(), func(s *S) *string { return &s.Project }),
		key("component", "Pattern of an included component.", pattern(), func(s *S) *string { return &s.Component }),
		key("remote", "Pattern of an included address.", pattern(), func(s *S) *string { return &s.Remote }),
		key("template", "Pattern of an included template.", pattern(), func(s *S) *string { return &s.Template }),
		key("local", "Pattern of an included file of the repository.", pattern(), func(s *S) *string { return &s.Local }),
		key("image", "Pattern of an image, without tag and digest.", pattern(), func(s *S) *string { return &s.Image }),
		key("stage", "final (the default) or any.", pattern(), func(s *S) *string { return &s.Stage }),
		key("version", "Range of versions.", asWritten(), func(s *S) *string { return &s.Version }),
		key("expr", "Expression (CEL) over repo and files.", pattern(), func(s *S) *string { return &s.Expr }),
	}
}

// pattern is a text that is there; what it must look like is judged with the whole signal.
func pattern() shape[string] {
	schema := textSchema()
	schema.MinLength = 1
	return narrow(scalar("text", schema, func(s string) (string, error) { return s, nil }), notEmpty)
}

// asWritten is a text that may also be written as a number, true or false, as values in files are.
func asWritten() shape[string] {
	s := text()
	schema := &Schema{Type: Types{"string", "number", "boolean"}}
	return shape[string]{schema: schema, read: func(d *decoder, n ast.Node, into *string) {
		switch v := d.value(n).(type) {
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
			*into = v.GetToken().Value
		default:
			s.read(d, n, into)
		}
	}}
}

// signal reads an entry of a rule as a signal: a mapping, or a bare value for its main key.
func (d *decoder) signal(e entry) *metrics.Signal {
	i := slices.IndexFunc(d.kinds, func(k detect.Kind) bool { return k.Name == e.key })
	if i < 0 {
		known := []string{"any", "all", "not"}
		for _, k := range d.kinds {
			known = append(known, k.Name)
		}
		d.problemf(e.at, "unknown key %s in a rule, %s", quote(e.key), expected(e.key, known))
		return nil
	}
	before := d.mistakes
	s := &metrics.Signal{Kind: e.key}
	m, ok := d.signalKeys(d.kinds[i], e, s)
	if ok && d.mistakes == before {
		d.judge(*s, m)
	}
	return s
}

// signalKeys fills a signal from its value.
func (d *decoder) signalKeys(k detect.Kind, e entry, s *metrics.Signal) (mapping, bool) {
	fields := fieldsOf(k)
	switch v := d.value(e.value).(type) {
	case nil:
		return mapping{}, false
	case *ast.MappingNode:
		m, ok := d.mapping(v, e.key)
		readFields(d, m, "a "+e.key+" signal", fields, s)
		return m, ok
	case *ast.SequenceNode, *ast.NullNode:
		d.problemf(v, "expected %s or a mapping with %s, found %s", k.Main, strings.Join(keysOf(fields), ", "), kindOf(v))
		return mapping{}, false
	default:
		main := slices.IndexFunc(fields, func(f field[metrics.Signal]) bool { return f.key == k.Main })
		fields[main].read(d, v, s)
		return mapping{node: v, entries: []entry{{key: k.Main, at: v, value: v}}}, true
	}
}
