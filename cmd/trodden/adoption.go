package main

import (
	"encoding/json"
	"io"
	"slices"

	"github.com/spf13/cobra"
)

func (p *program) adoptionCommand() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use: "adoption", Short: "Who uses the paths, and by choice",
		Long: `Prints the adoption of every path: the voluntary rate over teams and repositories, the total, the gross
rate, the states of the repositories behind it, and how they came to use the path. Every rate comes with
its numerator, its denominator and its Wilson 95 % interval; a rate that is not defined says why.

A group counts the teams of all groups below it, so that a team counts in every group above it: the rows of
--by group do not add up. Where teams have a weight, the table shows the voluntary rate BY WEIGHT, too.

Without --interval there is one row a path, for the moment of --as-of. With it there is one for each week,
month or quarter begun before --to, with the state at its first instant; dates are UTC.`,
		Example: `  trodden adoption
  trodden adoption --path ci --by team
  trodden adoption --path ci --interval month --from 2025-01-01
  trodden adoption --as-of 2026-07-01 --output csv > adoption.csv`,
		Args: cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error {
			return f.check(bys()...)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd, question{resource: "adoption", query: f.query(), table: f.adoptionTable()})
		},
	}
	words := ofUnits.series()
	words.by, words.bys = "a row for each path, team, group, origin or way (default path)", bys()
	f.add(p, cmd, words)
	return cmd
}

func bys() []string { return []string{"path", "team", "group", "origin", "way"} }

// rates are the three rates over one kind of unit.
type rates struct{ Voluntary, Total, Gross rate }

// teamRates are those over teams; Weighted is nil where a server of an older version answered.
type teamRates struct {
	rates
	Weighted *struct{ Voluntary, Total, Gross weightedRate }
}

// adoptionRow is what a table shows of an adoption row.
type adoptionRow struct {
	Period string
	Path   string
	Team   *string
	Group  *string
	Teams  teamRates
	Repos  rates
	States map[string]int
	Origin json.RawMessage // counts, or with --by origin a name
	Way    string
	Rate   *rate
}

// weighs reports whether the weights of teams make a difference to the row.
func (r adoptionRow) weighs() bool {
	w := r.Teams.Weighted
	return w != nil && (w.Voluntary.differs(r.Teams.Voluntary) || w.Total.differs(r.Teams.Total) || w.Gross.differs(r.Teams.Gross))
}

// origin is the name of an origin in rows by origin.
func (r adoptionRow) origin() string {
	var name string
	if json.Unmarshal(r.Origin, &name) != nil {
		return ""
	}
	return dash(name)
}

// adoptionTable prints adoption as it was asked for. Rates with weights are only there where any team has another
// weight than 1; of a single team they tell nothing.
func (f *filters) adoptionTable() func(io.Writer, *answer) error {
	return func(w io.Writer, a *answer) error {
		rows, err := rowsOf[adoptionRow](a)
		if err != nil {
			return err
		}
		weighted := f.by != "team" && slices.ContainsFunc(rows, adoptionRow.weighs)
		return tableOf(f.adoptionColumns(weighted)...)(w, a)
	}
}

// adoptionColumns are the columns of the table.
func (f *filters) adoptionColumns(weighted bool) []column[adoptionRow] {
	type R = adoptionRow
	period := column[R]{"PERIOD", false, func(r R) string {
		if f.interval == "" {
			return "" // the line below the table says which moment
		}
		return r.Period
	}}
	path := column[R]{"PATH", false, func(r R) string { return r.Path }}
	if f.by == "origin" || f.by == "way" {
		return []column[R]{period, path,
			{"ORIGIN", false, R.origin},
			{"WAY", false, func(r R) string { return r.Way }},
			{"OF SERVED REPOSITORIES", true, func(r R) string { return r.Rate.String() }}}
	}
	named := func(s *string) string {
		if s == nil {
			return ""
		}
		return dash(*s)
	}
	state := func(title, name string) column[R] {
		return column[R]{title, true, func(r R) string { return number(r.States[name]) }}
	}
	return []column[R]{period, path,
		{"TEAM", false, func(r R) string { return named(r.Team) }},
		{"GROUP", false, func(r R) string { return named(r.Group) }},
		{"VOLUNTARY TEAMS", true, func(r R) string { return r.Teams.Voluntary.String() }},
		{"BY WEIGHT", true, func(r R) string {
			if !weighted || r.Teams.Weighted == nil {
				return ""
			}
			return r.Teams.Weighted.Voluntary.String()
		}},
		{"VOLUNTARY REPOS", true, func(r R) string { return r.Repos.Voluntary.String() }},
		{"ALL REPOS", true, func(r R) string { return r.Repos.Total.String() }},
		state("ON", "on"), state("MIXED", "mixed"), state("OFF", "off"), state("NONE", "none"), state("UNKNOWN", "unknown")}
}
