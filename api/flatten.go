package api

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/trodden/trodden/metrics/query"
)

// column is one column of a CSV answer: a field of a row, reached through structs.
type column struct {
	name  string // dotted path of JSON names
	index []int  // for reflect.Value.FieldByIndex
}

// columnsOf returns the columns of a row type in the order of its fields, whatever the rows hold, so that
// the header of a question is always the same. Structs are opened into their fields; everything else is
// one column.
func columnsOf(t reflect.Type) []column {
	var list []column
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() && !f.Anonymous || name == "-" {
			continue
		}
		inner := []column{{}}
		if opens(f.Type) {
			inner = columnsOf(deref(f.Type))
		}
		if name == "" && !f.Anonymous {
			name = f.Name
		}
		for _, c := range inner {
			list = append(list, column{
				name:  strings.Trim(name+"."+c.name, "."),
				index: append([]int{i}, c.index...),
			})
		}
	}
	return list
}

// opens reports whether a type is a struct that JSON writes field by field.
func opens(t reflect.Type) bool {
	marshals := func(t reflect.Type) bool {
		return t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
	}
	t = deref(t)
	return t.Kind() == reflect.Struct && !marshals(t) && !marshals(reflect.PointerTo(t))
}

// deref returns what a pointer type points to.
func deref(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// record returns the cells of a row.
func record(row reflect.Value, columns []column) ([]string, error) {
	cells := make([]string, len(columns))
	for i, c := range columns {
		v, ok := reach(row, c.index)
		if !ok {
			continue
		}
		text, err := cell(v)
		if err != nil {
			return nil, fmt.Errorf("write column %s: %w", c.name, err)
		}
		cells[i] = text
	}
	return cells, nil
}

// reach follows an index path; ok is false where it meets a nil pointer.
func reach(v reflect.Value, index []int) (_ reflect.Value, ok bool) {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

// cell returns a value as JSON has it, but strings bare, null empty, and lists of plain values joined
// by ";". Lists of objects and objects with free keys stay JSON. What is no number is made safe for spreadsheets.
func cell(v reflect.Value) (string, error) {
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		return "", err
	}
	text, err := cellOf(raw)
	if err != nil || raw[0] != '"' && raw[0] != '[' {
		return text, err
	}
	return query.Cell(text), nil
}

func cellOf(raw []byte) (string, error) {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", nil
	case raw[0] == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case raw[0] != '[':
		return string(raw), nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return "", err
	}
	parts := make([]string, len(list))
	for i, item := range list {
		if item = bytes.TrimSpace(item); item[0] == '{' || item[0] == '[' {
			return string(raw), nil
		}
		text, err := cellOf(item)
		if err != nil {
			return "", err
		}
		parts[i] = text
	}
	return strings.Join(parts, ";"), nil
}
