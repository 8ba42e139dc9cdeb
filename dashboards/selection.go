package dashboards

import (
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// selection narrows the list of states down to what a figure counts.
type selection struct {
	name, text string
	holds      func(query.StateRow) bool
}

// served reports whether a unit is in the denominator of adoption.
func served(r query.StateRow) bool { return r.Active && r.State.Served() }

// listSelections lists what the figures of other pages count.
func listSelections() []selection {
	return []selection{
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

// selection returns how a request narrows the list down.
func (q *request) selection() selection {
	var names []string
	for _, s := range listSelections() {
		names = append(names, s.name)
	}
	return listSelections()[slices.Index(names, q.oneOf("only", names...))]
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
