package dashboards

import (
	"strings"

	"github.com/trodden/trodden/metrics"
)

// filters is the form above a page.
type filters struct {
	Action string
	Fields []field
	Reset  string // where none of them is set; "" where none is
}

// field is one filter: a list to choose from, or an input.
type field struct {
	Name, Label, Type, Value string
	Moment                   string // of a date: the moment that it is the day of, where that has an hour; "" where not
	Options                  []option
}

// Words says which filters are set, as paper has no form.
func (f filters) Words() string {
	var list []string
	for _, field := range f.Fields {
		text := field.Value
		for _, o := range field.Options {
			if o.Chosen {
				text = o.Text
			}
		}
		if field.Value != "" && field.Type != "hidden" {
			list = append(list, field.Label+": "+text)
		}
	}
	return strings.Join(list, " · ")
}

type option struct {
	Value, Text string
	Chosen      bool
}

// filters returns the form with the named filters.
func (k *known) filters(q *request, names ...string) filters {
	f := filters{Action: q.address}
	for _, name := range names {
		f.Fields = append(f.Fields, k.field(q, name))
		f.resets(q, name)
	}
	return f
}

// resets notes where nothing is filtered, where a filter is set. What the page is about stays.
func (f *filters) resets(q *request, name string) {
	subject := map[string]string{"/team": "team", "/path": "path", "/flows": "path", "/moved": "path", "/friction/units": "measure", "/friction/runs": "repo"}[q.address]
	if _, given := q.values[name]; given && name != subject {
		f.Reset = q.link(q.address, []string{subject}, "as_of", "")
	}
}

// field returns one filter: a list where there is one to choose from, otherwise a date.
func (k *known) field(q *request, name string) field {
	f := field{Name: name, Label: labels()[name], Value: q.values[name], Options: k.options(name)}
	for i := range f.Options {
		f.Options[i].Chosen = f.Options[i].Value == f.Value
	}
	if f.Options == nil {
		f.Type, f.Value = "date", dateField(f.Value)
		if given := q.values[name]; given != f.Value {
			f.Moment = given
		}
	}
	return f
}

func labels() map[string]string {
	return map[string]string{"path": "Path", "team": "Team", "group": "Group", "interval": "Every", "state": "State", "only": "Show", "origin": "How it came",
		"manner": "Began", "outcome": "What became of it", "came": "Came to it", "moved": "What they did",
		"way": "Way", "version": "Version", "lag": "Its version", "runs": "Pipeline", "active": "Activity", "choice": "Choice", "without": "Owner", "reason": "Why",
		"from": "From", "to": "To", "as_of": "As of"}
}

// options returns what a filter can choose from; nil where anything goes.
func (k *known) options(name string) []option {
	var list []option
	switch name {
	case "path":
		list = []option{{Text: "All paths"}}
		for _, p := range k.paths {
			list = append(list, option{Value: string(p.Key), Text: k.title(p.Key)})
		}
	case "team":
		list = []option{{Text: "All teams"}}
		for _, t := range k.teams {
			list = append(list, option{Value: string(t.Key), Text: string(t.Key)})
		}
	case "group":
		list = []option{{Text: "All groups"}}
		for _, g := range k.groups {
			list = append(list, option{Value: g.Key, Text: g.Key})
		}
	case "interval":
		list = []option{{Text: "month"}, {Value: "week", Text: "week"}, {Value: "quarter", Text: "quarter"}}
	case "state":
		list = []option{{Text: "All states"}}
		for _, s := range metrics.States() {
			list = append(list, option{Value: s.String(), Text: s.String()})
		}
	case "origin":
		list = []option{{Text: "However it came"}}
		for _, o := range originNames()[1:] {
			list = append(list, option{Value: o, Text: o})
		}
	case "manner":
		list = worded(mannerNarrowings())
	case "outcome":
		list = worded(outcomeNarrowings())
	case "came":
		list = worded(comingNarrowings())
	case "moved":
		list = []option{{Text: "Whatever they did"}, {Value: moves[1], Text: "came"}, {Value: moves[2], Text: "left"}, {Value: moves[3], Text: "stayed"}, {Value: moves[4], Text: "not on it on either day"}}
	case "only":
		list = worded(stateNarrowings())
	}
	return list
}
