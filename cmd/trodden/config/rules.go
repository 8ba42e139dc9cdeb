package config

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/trodden/trodden/metrics"
)

// maxRules is how deep any, all and not may be nested.
const maxRules = 30

// ruleShape reads a signal, or any, all or not over rules.
func ruleShape() shape[metrics.Rule] {
	return shape[metrics.Rule]{schema: &Schema{Ref: "#/$defs/rule"}, read: func(d *decoder, n ast.Node, into *metrics.Rule) {
		d.rule(n, into)
		d.reportHollow()
	}}
}

// goldenShape reads the rule of a path. One without any signal is a mistake of the path, see hasSignal.
func goldenShape() shape[metrics.Rule] {
	return shape[metrics.Rule]{schema: &Schema{Ref: "#/$defs/rule"}, read: (*decoder).rule}
}

// hasSignal reports a path whose golden rule, though there, asks for nothing.
func hasSignal(d *decoder, m mapping, p *metrics.Path) {
	if len(d.hollow) > 0 && len(p.Golden.Signals()) == 0 {
		d.hollow = nil
		d.problemAt(firstKey(m.node), "the path has no signal, expected one in golden, or any, all, not over some")
	}
	d.reportHollow()
}

// reportHollow reports the rules without content that were read since the last time.
func (d *decoder) reportHollow() {
	for _, n := range d.hollow {
		d.problem(n, "an empty rule, expected a signal, or any, all, not over some")
	}
	d.hollow = nil
}

func (d *decoder) rule(n ast.Node, into *metrics.Rule) {
	v := d.value(n)
	if v == nil {
		return
	}
	if _, null := v.(*ast.NullNode); null {
		d.hollow = append(d.hollow, v)
		return
	}
	if d.rules++; d.rules > maxRules {
		d.problemf(v, "rules nested deeper than %d levels, expected less", maxRules)
	} else if m, ok := d.mapping(v, "a signal or any, all, not"); ok {
		d.oneRule(m, into)
	}
	d.rules--
}

func (d *decoder) oneRule(m mapping, into *metrics.Rule) {
	if len(m.entries) == 0 {
		d.hollow = append(d.hollow, m.node)
		return
	}
	for i, e := range m.entries {
		if i > 0 {
			d.problemf(e.at, "a second key %s in one rule, expected one signal, or several under any or all", quote(e.key))
		}
		var got metrics.Rule
		switch e.key {
		case "any":
			got.Any = d.someRules(e.value)
		case "all":
			got.All = d.someRules(e.value)
		case "not":
			got.Not = new(metrics.Rule)
			d.rule(e.value, got.Not)
		default:
			got.Signal = d.signal(e)
		}
		if i == 0 {
			*into = got
		}
	}
}

func (d *decoder) someRules(n ast.Node) []metrics.Rule {
	items := d.items(n, "rules")
	if seq, ok := d.value(n).(*ast.SequenceNode); ok && len(items) == 0 {
		d.hollow = append(d.hollow, seq)
	}
	rules := make([]metrics.Rule, len(items))
	for i, item := range items {
		d.rule(item, &rules[i])
	}
	return rules
}
