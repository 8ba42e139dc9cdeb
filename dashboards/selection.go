package dashboards

import (
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// selection narrows a list down to what a number counts.
type selection[R any] struct {
	name, text string // the first of a list, without a name, has everything
	holds      func(R) bool
}

// selected returns the selection that a request asks for, and the filter that offers all of them.
func selected[R any](q *request, list []selection[R]) (selection[R], field) {
	only := field{Name: "only", Label: "Show", Value: q.values["only"]}
	var names []string
	for _, s := range list {
		names, only.Options = append(names, s.name), append(only.Options, option{Value: s.name, Text: s.text})
	}
	return list[slices.Index(names, q.oneOf("only", names...))], only.choose()
}

// served reports whether a unit is in the denominator of adoption.
func served(r query.StateRow) bool { return r.Active && r.State.Served() }

// stateSelections lists what the figures of other pages count of states.
func stateSelections() []selection[query.StateRow] {
	return []selection[query.StateRow]{
		{"", "Everything", func(query.StateRow) bool { return true }},
		{"counted", "What is counted", func(r query.StateRow) bool { return r.Active || r.State == metrics.Unknown }},
		{"served", "In the rates", served},
		{"eligible", "In gross adoption", func(r query.StateRow) bool { return r.Active && (r.State.Served() || r.State == metrics.Exempt) }},
		{"using", "Using the path", func(r query.StateRow) bool { return served(r) && r.State.Using() }},
		{"choice", "Had a choice", func(r query.StateRow) bool { return served(r) && r.Choice }},
		{"voluntary", "Chose it", func(r query.StateRow) bool { return served(r) && r.Choice && r.Voluntary }},
		{"before_mandate", "Chose it, has no choice now", func(r query.StateRow) bool { return served(r) && r.State.Using() && r.Voluntary && !r.Choice }},
		{"kept", "Kept after a mandate", func(r query.StateRow) bool { return served(r) && r.State.Using() && r.Kept }},
		{"inactive", "Inactive", func(r query.StateRow) bool { return !r.Active && r.State != metrics.Unknown }},
	}
}

// stateNames are what the filter of states takes; "" is every state.
func stateNames() []string {
	names := []string{""}
	for _, s := range metrics.States() {
		names = append(names, s.String())
	}
	return names
}

// originNames are what the filter of origins takes; "" is every origin.
func originNames() []string {
	names := []string{""}
	for _, o := range metrics.Origins() {
		names = append(names, o.String())
	}
	return names
}
