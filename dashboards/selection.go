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
	var names []string
	words := make(map[string]string)
	for _, s := range list {
		names, words[s.name] = append(names, s.name), s.text
	}
	only, filter := only(q, names, words)
	return list[slices.Index(names, only)], filter
}

// only returns the name of the selection that a request asks for, and the filter that offers all of them in words.
func only(q *request, names []string, words map[string]string) (string, field) {
	f := field{Name: "only", Label: "Show", Value: q.values["only"], Options: worded(names, words)}
	return q.oneOf("only", names...), f.choose()
}

// worded offers names in words.
func worded(names []string, words map[string]string) []option {
	list := make([]option, len(names))
	for i, name := range names {
		list[i] = option{Value: name, Text: words[name]}
	}
	return list
}

// stateNarrowings are what the filter of states takes, and what it calls them.
func stateNarrowings() (names []string, words map[string]string) {
	return query.SelectionNames(query.StateSelections()), map[string]string{
		"": "Everything", "counted": "What is counted", "served": "In the rates", "eligible": "In gross adoption", "using": "Using the path",
		"choice": "Had a choice", "voluntary": "Chose it", "before_mandate": "Chose it, has no choice now", "kept": "Kept after a mandate",
		"inactive": "Inactive",
	}
}

// decisionNarrowings are the same of decisions.
func decisionNarrowings() (names []string, words map[string]string) {
	return query.SelectionNames(query.DecisionSelections()), map[string]string{
		"": "All", "free": "Free ones, which count", "for": "Free ones for the path", "against": "Free ones against it",
		"moves": "Free ones to come or to leave", "towards": "All for the path", "unfree": "Others, which do not",
	}
}

// repoNarrowings are the same of repositories.
func repoNarrowings() (names []string, words map[string]string) {
	return query.SelectionNames(query.RepoSelections()), map[string]string{
		"": "All", "whole": "Read whole", "unread": "Could not be read", "archived": "Archived", "shallow": "Shallow clones",
	}
}

// mannerNarrowings are how stays began.
func mannerNarrowings() (names []string, words map[string]string) {
	return query.SelectionNames(query.StayManners()), map[string]string{
		"": "However they began", string(query.ByChoice): "chosen", string(query.ByMandate): "mandated", string(query.ByOthers): "brought by others",
	}
}

// outcomeNarrowings are what became of stays.
func outcomeNarrowings() (names []string, words map[string]string) {
	return query.SelectionNames(query.StayOutcomes()), map[string]string{
		"": "Anything", "left": "left", "returned": "left, and came back", "stays": "not left",
	}
}

// comingNarrowings are what became of what could come to a path.
func comingNarrowings() (names []string, words map[string]string) {
	return query.SelectionNames(query.WaitOutcomes()), map[string]string{
		"": "Whether they came or not", "yes": "came to it", "no": "did not come yet",
	}
}

// withoutOptions are what a list may be narrowed down to that is without.
func withoutOptions() []option {
	return []option{{Text: "Any owner, or none"}, {Value: string(query.ByTeam), Text: "no team"}, {Value: string(query.ByGroup), Text: "no group"}}
}

// without reads what the rows of a list are without.
func (q *request) without() query.By { return query.By(q.oneOf("without", query.Labels()...)) }

// unlabelled adds the filter of what rows are without, where a link set it.
func (f *filters) unlabelled(q *request) {
	f.linked(q, "without", withoutOptions())
}

// linked adds a filter that only links set, where one did: who follows it sees how the list is narrowed down, and can take that away.
func (f *filters) linked(q *request, name string, options []option) {
	if value, given := q.values[name]; given {
		f.Fields = append(f.Fields, field{Name: name, Label: labels()[name], Value: value, Options: options}.choose())
		f.resets(q, name)
	}
}

// lagNarrowings are what can be so of the version that something uses.
func lagNarrowings() (names []string, words map[string]string) {
	return query.SelectionNames(query.LagSelections()), map[string]string{
		"": "Any version", "known": "Release known", "newest": "Newest release", "behind": "Behind the newest", "far": "Over 90 days behind", "unknown": "Release not known",
	}
}

// narrowed reads which of some names a request asks for.
func (q *request) narrowed(parameter string, narrowings func() ([]string, map[string]string)) string {
	names, _ := narrowings()
	return q.oneOf(parameter, names...)
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

// reasonNames are what the filter of reasons takes; "" is every reason.
func reasonNames() []string {
	names := []string{""}
	for _, r := range query.StateReasons() {
		names = append(names, string(r))
	}
	return names
}
