package config

import (
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/detect"
)

// fieldsOf returns the keys that a kind of signal has, described as the kind does.
func fieldsOf(k detect.Kind) []field[metrics.Signal] {
	var fields []field[metrics.Signal]
	for _, f := range signalFields() {
		i := slices.IndexFunc(k.Keys, func(key detect.Key) bool { return key.Name == f.key })
		if i < 0 {
			continue
		}
		f.schema = f.schema.described(k.Keys[i].Help)
		fields = append(fields, f)
	}
	return fields
}

// judge reports what is wrong with a signal that has the right keys: its globs, its expressions, or that
// one is missing. Where that is not said of one key, it is reported at the signal's
// first one.
func (d *decoder) judge(s metrics.Signal, m mapping) {
	for _, p := range detect.Check(s) {
		if v := m.find(p.Field); v != nil {
			d.problem(d.value(v), p.Message)
		} else {
			d.problemAt(firstKey(m.node), p.Message)
		}
	}
}

// ruleSchema describes rules: any, all, not, or one signal.
func ruleSchema() *Schema {
	rule := func() *Schema { return &Schema{Ref: "#/$defs/rule"} }
	rules := func() *Schema { return &Schema{Type: Types{"array"}, Items: rule(), MinItems: 1} }
	s := &Schema{
		Type: Types{"object"}, Closed: true, MinKeys: 1, MaxKeys: 1,
		Description: "One signal, or any, all or not over rules.",
		Properties: map[string]*Schema{
			"any": rules().described("One of them holds."),
			"all": rules().described("All of them hold."),
			"not": rule().described("It does not hold."),
		},
	}
	for _, k := range detect.Kinds() {
		s.Properties[k.Name] = signalSchema(k)
	}
	return s
}

// signalSchema describes a signal: a mapping, or a bare value for its main key where that is enough.
func signalSchema(k detect.Kind) *Schema {
	object := objectSchema(fieldsOf(k))
	alone := true // the main key is enough
	for _, key := range k.Keys {
		if key.Required {
			object.Required = append(object.Required, key.Name)
			alone = alone && key.Name == k.Main
		}
	}
	forms := []*Schema{object}
	for _, f := range fieldsOf(k) {
		if f.key == k.Main && alone {
			forms = append(forms, f.schema)
		}
	}
	return (&Schema{AnyOf: forms}).described(k.Help)
}
