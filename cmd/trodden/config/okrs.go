package config

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/trodden/trodden/metrics"
)

// figureNames are the names of what key results can measure.
func figureNames() []string {
	var names []string
	for _, f := range metrics.Figures() {
		names = append(names, f.Name)
	}
	return names
}

func objectiveShape() shape[metrics.Objective] {
	type T = metrics.Objective
	return object("an objective", []field[T]{
		key("key", "Its name in answers.", name[string]("an objective key"), func(o *T) *string { return &o.Key }).must(),
		key("title", "Its name for people; default: the key.", text(), func(o *T) *string { return &o.Title }),
		key("results", "Its key results.", nonEmpty(list("key results", resultShape(),
			once("key", "result key", func(r metrics.KeyResult) string { return r.Key })), "key result"),
			func(o *T) *[]metrics.KeyResult { return &o.Results }).must(),
	}, func(_ *decoder, _ mapping, o *T) {
		if o.Title == "" {
			o.Title = o.Key
		}
	})
}

func resultShape() shape[metrics.KeyResult] {
	type T = metrics.KeyResult
	zero := 0.0
	anyNumber := number("a number", &Schema{}, func(float64) bool { return true })
	weight := number("a number above 0", &Schema{Above: &zero}, func(f float64) bool { return f > 0 })
	s := object("a key result", []field[T]{
		key("key", "Its name in answers.", name[string]("a result key"), func(r *T) *string { return &r.Key }).must(),
		key("title", "Its name for people; default: the key.", text(), func(r *T) *string { return &r.Title }),
		key("measure", "What is measured.", oneOf("measure", figureNames()...), func(r *T) *string { return &r.Measure }).must(),
		key("path", "Only this path.", reference[metrics.PathKey]("a path key", toPath), func(r *T) *metrics.PathKey { return &r.Path }),
		key("team", "Only this team.", reference[metrics.TeamKey]("a team key", toTeam), func(r *T) *metrics.TeamKey { return &r.Team }),
		key("group", "Only the teams of this group, and of those below it.", reference[string]("a group of teams", toGroup), func(r *T) *string { return &r.Group }),
		key("baseline", "Where it begins: a number, or {at: DATE}; default: the value at from.", baselineShape(anyNumber), func(r *T) *metrics.Baseline { return &r.Baseline }),
		key("target", "What is to be reached.", anyNumber, func(r *T) *float64 { return &r.Target }).must(),
		key("from", "When it begins.", date(), func(r *T) *metrics.Instant { return &r.From }).must(),
		key("to", "When it ends (exclusive).", date(), func(r *T) *metrics.Instant { return &r.To }).must(),
		key("weight", "Its share in the objective's score; default: 1.", weight, func(r *T) *float64 { return &r.Weight }),
	}, finishResult)
	return shape[T]{schema: s.schema, read: func(d *decoder, n ast.Node, into *T) {
		into.Weight = 1
		s.read(d, n, into)
	}}
}

func finishResult(d *decoder, m mapping, r *metrics.KeyResult) {
	if r.Title == "" {
		r.Title = r.Key
	}
	if r.Baseline.Value == nil && r.Baseline.At == metrics.Beginning {
		r.Baseline.At = r.From
	}
	if r.To != 0 && r.To <= r.From {
		d.problem(d.value(m.find("to")), "to is not after from, expected a later date")
	}
	if r.Baseline.Value != nil && *r.Baseline.Value == r.Target && m.find("target") != nil {
		d.problem(d.value(m.find("target")), "the target equals the baseline, expected a figure that is to move")
	}
}

// baselineShape reads a number, or a date in a mapping.
func baselineShape(value shape[float64]) shape[metrics.Baseline] {
	at := object("a baseline", []field[metrics.Baseline]{
		key("at", "The date whose value is the baseline.", date(), func(b *metrics.Baseline) *metrics.Instant { return &b.At }).must(),
	})
	return shape[metrics.Baseline]{schema: &Schema{AnyOf: []*Schema{value.schema, at.schema}}, read: func(d *decoder, n ast.Node, into *metrics.Baseline) {
		v := d.value(n)
		if _, ok := v.(*ast.MappingNode); ok {
			at.read(d, n, into)
			return
		}
		if f, ok := numberOf(v); ok {
			into.Value = &f
		} else if v != nil {
			d.problemf(v, "expected a number or {at: DATE}, found %s", kindOf(v))
		}
	}}
}
