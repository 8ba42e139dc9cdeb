package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) adoptionCommand() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use: "adoption", Short: "Who uses the paths, and by choice",
		Long: `Prints the adoption of every path: the voluntary rate over teams and repositories, the gross rate over teams
(which no mandate and no exemption can raise) and the total over repositories; below them the states of the
repositories behind it, and how those that use the path came to it. DORMANT, EXEMPT, INELIGIBLE and KEPT
(still there long after a mandate ended) are shown where there are any. Every rate comes with its numerator,
its denominator and its Wilson 95 % interval; a rate that is not defined says why. Where it is not known of some
repositories what they use, or how they came to it, the rate is shown as the range of what it can be, 0–60 %, and below
the table why; the counts and the interval after it are of what is known. The total over teams, the gross rate over
repositories, all bounds and how many repositories are inactive are in JSON and CSV.

A group counts the teams of all groups below it, so that a team counts in every group above it: the rows of
--by group do not add up. Where teams have a weight, the table shows the voluntary rate BY WEIGHT, too.

--by origin and --by way split those that use the path, as shares of all it serves. A way is told there only
as far as it is gone beside the path: ` + "`trodden fragmentation`" + ` tells how many go each way, with the path or
without, and ` + "`trodden states --way jenkins`" + ` which.

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

	Kept   int
	Bounds map[string][]float64 // of rates, by their dotted path
}

// within is a rate as tables show it, with its bounds.
func (r adoptionRow) within(of string, one rate) string {
	text, _ := one.within(r.Bounds[of])
	return text
}

// ranges reports whether unknown things make a rate that tables show a range.
func (r adoptionRow) ranges() bool {
	for of, one := range map[string]rate{
		"teams.voluntary": r.Teams.Voluntary, "teams.gross": r.Teams.Gross, "repos.voluntary": r.Repos.Voluntary, "repos.total": r.Repos.Total,
	} {
		if _, ranges := one.within(r.Bounds[of]); ranges {
			return true
		}
	}
	return false
}

// whyRanges says what makes rates ranges; "" where nothing does.
func whyRanges(rows []adoptionRow) string {
	var of []string
	some := func(what string, is func(adoptionRow) bool) {
		if slices.ContainsFunc(rows, func(r adoptionRow) bool { return r.ranges() && is(r) }) {
			of = append(of, what)
		}
	}
	some("how they came to use the path (unknown in CAME TO IT); their history may tell: `trodden scan --history`", func(r adoptionRow) bool { return r.came("unknown") > 0 })
	some("what they use (UNKNOWN)", func(r adoptionRow) bool { return r.States["unknown"] > 0 })
	if len(of) == 0 {
		return ""
	}
	return "a range of percents is what the rate can be, since of some repositories it is not known\n  " + strings.Join(of, "\n  ")
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

// came counts those that came to use the path in a way.
func (r adoptionRow) came(origin string) int {
	var counts map[string]int
	if json.Unmarshal(r.Origin, &counts) != nil {
		return 0
	}
	return counts[origin]
}

// origins tells how many came to use the path in which way, the most common first.
func (r adoptionRow) origins() string {
	var counts map[string]int
	if json.Unmarshal(r.Origin, &counts) != nil {
		return none
	}
	names := slices.DeleteFunc(originNames(), func(name string) bool { return counts[name] == 0 })
	slices.SortStableFunc(names, func(a, b string) int { return counts[b] - counts[a] })
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, counts[name])
	}
	return dash(strings.Join(names, ", "))
}

// adoptionTable prints adoption as it was asked for: the rates, and below them what is behind them.
func (f *filters) adoptionTable() func(io.Writer, *answer) error {
	return func(w io.Writer, a *answer) error {
		rows, err := rowsOf[adoptionRow](a)
		if err != nil {
			return err
		}
		if f.by == "origin" || f.by == "way" {
			return tableOf(f.shareColumns()...)(w, a)
		}
		if err := tableOf(f.rateColumns(rows)...)(w, a); err != nil || len(rows) == 0 {
			return err
		}
		if why := whyRanges(rows); why != "" {
			fmt.Fprintln(w, why)
		}
		fmt.Fprintln(w)
		return writeTable(w, rows, f.countColumns(rows))
	}
}

// of are the columns that say what a row is about.
func (f *filters) of() []column[adoptionRow] {
	type R = adoptionRow
	named := func(s *string) string {
		if s == nil {
			return ""
		}
		return dash(*s)
	}
	return []column[R]{
		{"PERIOD", false, func(r R) string {
			if f.interval == "" {
				return "" // the line below the table says which moment
			}
			return r.Period
		}},
		{"PATH", false, func(r R) string { return r.Path }},
		{"TEAM", false, func(r R) string { return named(r.Team) }},
		{"GROUP", false, func(r R) string { return named(r.Group) }},
	}
}

// shareColumns are those of rows by origin or way.
func (f *filters) shareColumns() []column[adoptionRow] {
	type R = adoptionRow
	title := "USING REPOS, OF THOSE SERVED"
	if f.by == "way" {
		title = "USING REPOS THAT GO IT, OF THOSE SERVED"
	}
	return append(f.of(),
		column[R]{"ORIGIN", false, R.origin},
		column[R]{"WAY", false, func(r R) string { return r.Way }},
		column[R]{title, true, func(r R) string { return r.Rate.String() }})
}

// rateColumns are the rates. Those with weights are only there where any team has another weight than 1; of a single
// team they tell nothing.
func (f *filters) rateColumns(rows []adoptionRow) []column[adoptionRow] {
	type R = adoptionRow
	weighted := f.by != "team" && slices.ContainsFunc(rows, R.weighs)
	return append(f.of(),
		column[R]{"VOLUNTARY TEAMS", true, func(r R) string { return r.within("teams.voluntary", r.Teams.Voluntary) }},
		column[R]{"BY WEIGHT", true, func(r R) string {
			if !weighted || r.Teams.Weighted == nil {
				return ""
			}
			return r.Teams.Weighted.Voluntary.String()
		}},
		column[R]{"GROSS TEAMS", true, func(r R) string { return r.within("teams.gross", r.Teams.Gross) }},
		column[R]{"VOLUNTARY REPOS", true, func(r R) string { return r.within("repos.voluntary", r.Repos.Voluntary) }},
		column[R]{"ALL REPOS", true, func(r R) string { return r.within("repos.total", r.Repos.Total) }})
}

// countColumns are what is behind the rates. What there is none of in any row is only named where it always counts.
func (f *filters) countColumns(rows []adoptionRow) []column[adoptionRow] {
	type R = adoptionRow
	always := func(title string, count func(R) int) column[R] {
		return column[R]{title, true, func(r R) string { return number(count(r)) }}
	}
	some := func(title string, count func(R) int) column[R] {
		if !slices.ContainsFunc(rows, func(r R) bool { return count(r) > 0 }) {
			return column[R]{title, true, func(R) string { return "" }}
		}
		return always(title, count)
	}
	state := func(name string) func(R) int { return func(r R) int { return r.States[name] } }
	return append(f.of(),
		always("ON", state("on")), always("MIXED", state("mixed")), always("OFF", state("off")), always("NONE", state("none")),
		some("DORMANT", state("dormant")), some("EXEMPT", state("exempt")), some("INELIGIBLE", state("ineligible")),
		always("UNKNOWN", state("unknown")), some("KEPT", func(r R) int { return r.Kept }), column[R]{"CAME TO IT", false, R.origins})
}
