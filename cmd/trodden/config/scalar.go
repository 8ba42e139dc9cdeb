package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
)

// scalar returns the shape of a text that parse turns into a T; its error says what was expected.
func scalar[T any](what string, schema *Schema, parse func(string) (T, error)) shape[T] {
	return shape[T]{schema: schema, read: func(d *decoder, n ast.Node, into *T) {
		v := d.value(n)
		if v == nil {
			return
		}
		s, ok := stringOf(v)
		if !ok {
			hint := ""
			if schema.Pattern == "" && schema.Enum == nil {
				hint = quoteHint(v)
			}
			d.problemf(v, "expected %s, found %s%s", what, kindOf(v), hint)
			return
		}
		got, err := parse(s)
		if err != nil {
			d.problem(v, err.Error())
			return
		}
		*into = got
	}}
}

// quoteHint tells how to write text that YAML takes for something else.
func quoteHint(n ast.Node) string {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return ": put it in quotes if it is meant as text"
	default:
		return ""
	}
}

// textSchema describes any text.
func textSchema() *Schema { return &Schema{Type: Types{"string"}} }

// text is any text, also none.
func text() shape[string] {
	return scalar("text", textSchema(), func(s string) (string, error) { return s, nil })
}

// name is a text that is there and can be shown on a line.
func name[T ~string](what string) shape[T] {
	schema := textSchema()
	schema.MinLength = 1
	return scalar(what, schema, func(s string) (T, error) {
		switch {
		case strings.TrimSpace(s) == "":
			return "", fmt.Errorf("an empty text, expected %s", what)
		case strings.TrimSpace(s) != s || strings.ContainsFunc(s, unicode.IsControl):
			return "", fmt.Errorf("%s has white space around it or control characters, expected %s", quote(s), what)
		default:
			return T(s), nil
		}
	})
}

// oneOf is one of a few words.
func oneOf[T ~string](what string, words ...T) shape[T] {
	known := make([]string, len(words))
	for i, w := range words {
		known[i] = string(w)
	}
	schema := &Schema{Type: Types{"string"}, Enum: known}
	return scalar(what, schema, func(s string) (T, error) {
		for _, w := range words {
			if string(w) == s {
				return w, nil
			}
		}
		return "", fmt.Errorf("%s is no %s, %s", quote(s), what, expected(s, known))
	})
}

// flag is true or false.
func flag() shape[bool] {
	return shape[bool]{schema: &Schema{Type: Types{"boolean"}}, read: func(d *decoder, n ast.Node, into *bool) {
		v := d.value(n)
		if b, ok := v.(*ast.BoolNode); ok {
			*into = b.Value
		} else if v != nil {
			d.problemf(v, "expected true or false, found %s", kindOf(v))
		}
	}}
}

// number is a finite number that fits says yes to; what says which ones those are.
func number(what string, schema *Schema, fits func(float64) bool) shape[float64] {
	schema.Type = Types{"number"}
	return shape[float64]{schema: schema, read: func(d *decoder, n ast.Node, into *float64) {
		v := d.value(n)
		if v == nil {
			return
		}
		f, ok := numberOf(v)
		switch {
		case !ok:
			d.problemf(v, "expected %s, found %s", what, kindOf(v))
		case !fits(f):
			d.problemf(v, "%s is out of range, expected %s", strconv.FormatFloat(f, 'g', -1, 64), what)
		default:
			*into = f
		}
	}}
}

func numberOf(n ast.Node) (float64, bool) {
	switch n := n.(type) {
	case *ast.FloatNode:
		return n.Value, !math.IsInf(n.Value, 0) && !math.IsNaN(n.Value)
	case *ast.IntegerNode:
		switch i := n.Value.(type) {
		case int64:
			return float64(i), true
		case uint64:
			return float64(i), true
		}
	}
	return 0, false
}

// whole is a whole number of at least least and at most most.
func whole(what string, least, most float64) shape[int] {
	schema := &Schema{Minimum: &least, Maximum: &most}
	f := number(what, schema, func(f float64) bool { return f >= least && f <= most && f == math.Trunc(f) })
	schema.Type = Types{"integer"}
	return shape[int]{schema: schema, read: func(d *decoder, n ast.Node, into *int) {
		var got float64
		f.read(d, n, &got)
		*into = int(got)
	}}
}

// narrow returns a shape that also passes what it read through accept.
func narrow[T any](s shape[T], accept func(T) (T, error)) shape[T] {
	return shape[T]{schema: s.schema, read: func(d *decoder, n ast.Node, into *T) {
		before := d.mistakes
		var got T
		s.read(d, n, &got)
		if d.mistakes > before || d.value(n) == nil {
			return
		}
		got, err := accept(got)
		if err != nil {
			d.problem(d.value(n), err.Error())
			return
		}
		*into = got
	}}
}
