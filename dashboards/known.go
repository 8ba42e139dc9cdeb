package dashboards

import (
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// known is what filters can choose from.
type known struct {
	paths []query.PathRow
	teams []query.TeamRow
	fresh query.Freshness
}

// known asks for it, and notes which filters of a request name something else.
func (p *Pages) known(ctx context.Context, q *request) (*known, error) {
	var k known
	var err error
	if k.paths, err = query.Paths(ctx, p.DB); err != nil {
		return nil, fmt.Errorf("ask for paths: %w", err)
	}
	if k.teams, err = query.Teams(ctx, p.DB); err != nil {
		return nil, fmt.Errorf("ask for teams: %w", err)
	}
	if k.fresh, err = query.Fresh(ctx, p.DB, q.asOf); err != nil {
		return nil, fmt.Errorf("ask how fresh the data are: %w", err)
	}
	if path, given := q.values["path"]; given && !slices.ContainsFunc(k.paths, func(r query.PathRow) bool { return string(r.Key) == path }) {
		q.wrong("There is no path %q.", path)
		delete(q.values, "path")
	}
	if team, given := q.values["team"]; given && !slices.ContainsFunc(k.teams, func(r query.TeamRow) bool { return string(r.Key) == team }) {
		q.wrong("There is no team %q.", team)
		delete(q.values, "team")
	}
	return &k, nil
}

// path returns the path that a request is about; "" for all.
func (k *known) path(q *request) metrics.PathKey { return metrics.PathKey(q.values["path"]) }

// team returns the team that a request is about; "" for all.
func (k *known) team(q *request) metrics.TeamKey { return metrics.TeamKey(q.values["team"]) }

// position returns where a path stands in the definitions.
func (k *known) position(key metrics.PathKey) int {
	return slices.IndexFunc(k.paths, func(p query.PathRow) bool { return p.Key == key })
}

// title returns the title of a path.
func (k *known) title(key metrics.PathKey) string {
	for _, p := range k.paths {
		if p.Key == key && p.Title != "" {
			return p.Title
		}
	}
	return string(key)
}

// teamTitle returns the title of a team where it has one of its own.
func (k *known) teamTitle(key metrics.TeamKey) string {
	for _, t := range k.teams {
		if t.Key == key && t.Title != string(key) {
			return t.Title
		}
	}
	return ""
}

// empty says what to do where there is nothing to show; nil where there is something.
func (k *known) empty() *empty {
	switch {
	case len(k.paths) > 0:
		return nil
	case k.fresh.Scanned == metrics.Beginning:
		return &empty{What: "There has been no scan yet.", Command: "trodden scan",
			Next: "Say in trodden.yaml where the repositories are and what the paths look like; trodden init writes a first one. Then run:"}
	}
	return &empty{What: "No path is defined.", Command: "trodden check",
		Next: "Define a path in trodden.yaml: a key and a golden rule are enough. Then scan again. This says whether the configuration is right:"}
}

// filters is the form above a page.
type filters struct {
	Action string
	Fields []field
	Set    bool // some filter is set
}

// field is one filter: a list to choose from, or an input.
type field struct {
	Name, Label, Type, Value, Hint string
	Options                        []option
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
		_, given := q.values[name]
		f.Set = f.Set || given
	}
	return f
}

func (k *known) field(q *request, name string) field {
	value := q.values[name]
	f := field{Name: name, Value: value}
	choose := func(label string, options ...option) field {
		for i := range options {
			options[i].Chosen = options[i].Value == value
		}
		f.Label, f.Options = label, options
		return f
	}
	switch name {
	case "path":
		options := []option{{Text: "All paths"}}
		for _, p := range k.paths {
			options = append(options, option{Value: string(p.Key), Text: k.title(p.Key)})
		}
		return choose("Path", options...)
	case "team":
		options := []option{{Text: "All teams"}}
		for _, t := range k.teams {
			options = append(options, option{Value: string(t.Key), Text: string(t.Key)})
		}
		return choose("Team", options...)
	case "interval":
		return choose("Every", option{Value: "", Text: "month"}, option{Value: "week", Text: "week"}, option{Value: "quarter", Text: "quarter"})
	case "state":
		options := []option{{Text: "All states"}}
		for _, s := range metrics.States() {
			options = append(options, option{Value: s.String(), Text: s.String()})
		}
		return choose("State", options...)
	case "only":
		var options []option
		for _, s := range listSelections() {
			options = append(options, option{Value: s.name, Text: s.text})
		}
		return choose("Show", options...)
	}
	f.Type, f.Value = "date", dateField(value)
	f.Label = map[string]string{"from": "From", "to": "To", "as_of": "As of"}[name]
	return f
}
