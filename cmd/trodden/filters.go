package main

import (
	"net/url"

	"github.com/spf13/cobra"
)

// filters are what questions are narrowed down by, and the moments that they are about. Each command offers those
// that its question has.
type filters struct{ path, team, group, by, from, to, interval, asOf string }

// filterWords say what the flags of a command mean. A flag without words is not offered; --path always is.
type filterWords struct {
	team, group, from, to, asOf string
	interval                    string
	by                          string
	bys                         []string // what --by takes
}

// ofUnits are the words where units are meant as they are at the moment asked about.
var ofUnits = filterWords{team: "only this team", group: "only the teams of this group, and of those below it", asOf: "the moment asked about (default: now)"}

// series returns the words for a question that can be asked for many moments, too.
func (w filterWords) series() filterWords {
	w.from, w.to = "begin of a series (default: the first event)", "end of a series, exclusive (default: now)"
	w.interval = "a series by week, month or quarter"
	return w
}

// add offers the flags for which there are words.
func (f *filters) add(p *program, cmd *cobra.Command, w filterWords) {
	flag := func(into *string, name, words string, completion func()) {
		if words != "" {
			cmd.Flags().StringVar(into, name, "", words)
			completion()
		}
	}
	none := func() {}
	flag(&f.path, "path", "only this path", func() { completeWith(cmd, "path", p.fromConfig(pathKeys)) })
	flag(&f.team, "team", w.team, func() { completeWith(cmd, "team", p.fromConfig(teamKeys)) })
	flag(&f.group, "group", w.group, func() { completeWith(cmd, "group", p.fromConfig(groupNames)) })
	flag(&f.by, "by", w.by, func() { complete(cmd, "by", w.bys) })
	flag(&f.from, "from", w.from, none)
	flag(&f.to, "to", w.to, none)
	flag(&f.interval, "interval", w.interval, func() { complete(cmd, "interval", intervals()) })
	flag(&f.asOf, "as-of", w.asOf, none)
}

// check refuses what no question can mean. bys is what --by takes.
func (f *filters) check(bys ...string) error {
	return firstError(oneOf("by", f.by, bys), oneOf("interval", f.interval, intervals()),
		isDate("from", f.from), isDate("to", f.to), isDate("as-of", f.asOf))
}

// query returns what is set as the API takes it.
func (f *filters) query() url.Values {
	query := url.Values{}
	set(query, "path", f.path)
	set(query, "team", f.team)
	set(query, "group", f.group)
	set(query, "by", f.by)
	set(query, "from", f.from)
	set(query, "to", f.to)
	set(query, "interval", f.interval)
	set(query, "as_of", f.asOf)
	return query
}

func intervals() []string { return []string{"week", "month", "quarter"} }
