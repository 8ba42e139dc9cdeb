package config

import (
	"fmt"
	"strconv"

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

// noFigure says why an answer that looks like a measure is none, and what to measure instead; "" of all others.
func noFigure(name string) string {
	switch name {
	case "maturity":
		return "a label, expected one of the figures that it is made of, such as adoption.pull or retention.d90"
	case "changes":
		return "a comparison of two dates, expected the figure that is to change, such as adoption.repos.total"
	}
	return ""
}

// figureShape is the name of a figure.
func figureShape() shape[string] {
	s := oneOf("measure", figureNames()...)
	return scalar("a measure", s.schema, func(name string) (string, error) {
		if _, ok := metrics.FindFigure(name); ok {
			return name, nil
		}
		if why := noFigure(name); why != "" {
			return "", fmt.Errorf("%s is no measure but %s", quote(name), why)
		}
		return "", fmt.Errorf("%s is no measure, %s", quote(name), expected(name, figureNames()))
	})
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
		key("measure", "What is measured.", figureShape(), func(r *T) *string { return &r.Measure }).must(),
		key("path", "Only this path.", reference[metrics.PathKey]("a path key", toPath), func(r *T) *metrics.PathKey { return &r.Path }),
		key("team", "Only this team.", reference[metrics.TeamKey]("a team key", toTeam), func(r *T) *metrics.TeamKey { return &r.Team }),
		key("group", "Only the teams of this group, and of those below it.", reference[string]("a group of teams", toGroup), func(r *T) *string { return &r.Group }),
		key("baseline", "Where it begins: a number, or {at: DATE}; default: the value at from.", baselineShape(anyNumber), func(r *T) *metrics.Baseline { return &r.Baseline }),
		key("target", "What is to be reached.", anyNumber, func(r *T) *float64 { return &r.Target }).must(),
		key("direction", "Where it is to go; default: from a number as baseline to the target, else up, or down where less is better.", oneOf("direction", metrics.Up, metrics.Down), func(r *T) *metrics.Direction { return &r.Direction }),
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
	if n := m.find("baseline"); n != nil && r.Baseline.Value == nil && r.To != 0 && r.Baseline.At > max(r.To, r.From) {
		d.problem(d.value(d.part(n, "at")), "the baseline is after to, expected a date until then")
	}
	checkShares(d, m, r)
	checkDirection(d, m, r)
}

// checkShares refuses what a share cannot be.
func checkShares(d *decoder, m mapping, r *metrics.KeyResult) {
	if figure, _ := metrics.FindFigure(r.Measure); !figure.Share {
		return
	}
	for _, key := range []string{"target", "baseline"} {
		n := m.find(key)
		if n == nil {
			continue
		}
		f, ok := numberOf(d.value(n))
		if !ok || f >= 0 && f <= 1 {
			continue
		}
		hint := ""
		if f > 1 && f <= 100 {
			hint = fmt.Sprintf(", %s for %s %%", decimal(f/100), decimal(f))
		}
		d.problemf(n, "%s: expected a share between 0 and 1%s", decimal(f), hint)
	}
}

// checkDirection refuses a direction that leads from the baseline away from the target.
func checkDirection(d *decoder, m mapping, r *metrics.KeyResult) {
	target := m.find("target")
	if r.Direction == "" || r.Baseline.Value == nil || target == nil {
		return
	}
	if _, ok := numberOf(d.value(target)); !ok {
		return
	}
	open := *r
	open.Direction = ""
	if ahead := open.Heads(); *r.Baseline.Value != r.Target && ahead != r.Direction {
		d.problemf(m.find("direction"), "the direction %s leads from the baseline %s away from the target %s, expected %s",
			r.Direction, decimal(*r.Baseline.Value), decimal(r.Target), ahead)
	}
}

// decimal shows a number in messages.
func decimal(f float64) string { return strconv.FormatFloat(f, 'g', 6, 64) }

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
