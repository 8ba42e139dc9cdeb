package main

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics"
)

// flowsFlags are what can be asked about flows.
type flowsFlags struct {
	filters
	units bool
}

func (p *program) flowsCommand() *cobra.Command {
	var f flowsFlags
	cmd := &cobra.Command{
		Use: "flows --from DATE --to DATE", Short: "Who went from which ways to which, between two dates",
		Long: `Prints how many repositories (or components) went from which ways to which on every path, between the
moments --from and --to: what moved first, then what stayed as it was. With --units it prints the
repositories behind these figures.

The states are those that adoption counts at either moment. What is in no rate (inactive, unknown, exempt,
ineligible) is named by its state, whatever there is in the repository. A team is the one that a repository
belongs to at --to.`,
		Example: `  trodden flows --from 2026-01-01 --to 2026-07-01
  trodden flows --from 2026-01-01 --to 2026-07-01 --path ci --units
  trodden flows --from 2026-01-01 --to 2026-07-01 --group fintech --output csv > flows.csv`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return f.check() },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd, question{resource: "flows", query: f.query(), table: f.table()})
		},
	}
	f.add(p, cmd, filterWords{
		team: "only what belongs to this team at --to", group: "only what belongs to the teams of this group at --to",
		from: "the earlier moment", to: "the later moment",
	})
	cmd.Flags().BoolVar(&f.units, "units", false, "a row for each repository (or component) and path")
	return cmd
}

func (f *flowsFlags) check() error {
	for _, date := range []struct{ flag, given string }{{"from", f.from}, {"to", f.to}} {
		if date.given == "" {
			return usagef("--%s is missing, expected a date such as 2026-07-01", date.flag)
		}
	}
	return f.filters.check()
}

func (f *flowsFlags) query() url.Values {
	query := f.filters.query()
	if f.units {
		query.Set("detail", "units")
	}
	return query
}

// flowsRow is what tables show of a flow, or of a unit in one.
type flowsRow struct {
	Path      string
	From, To  []string
	FromState string `json:"from_state"`
	ToState   string `json:"to_state"`
	Repos     int

	Repo      string
	Component string
	Team      string
}

func (r flowsRow) moved() bool { return r.FromState != r.ToState || !slices.Equal(r.From, r.To) }

func (r flowsRow) from() string { return stand(r.From, r.FromState, "not there yet") }

func (r flowsRow) to() string { return stand(r.To, r.ToState, "gone") }

// stand says which ways a unit goes, or what it counts as where that does not say it all.
func stand(ways []string, state, absent string) string {
	text := strings.Join(ways, " + ")
	switch {
	case state == "":
		return absent
	case text == "":
		return state
	case state == "dormant":
		return text + ", dormant"
	}
	return text
}

// table prints what moved, then what did not.
func (f flowsFlags) table() func(io.Writer, *answer) error {
	return func(w io.Writer, a *answer) error {
		rows, err := rowsOf[flowsRow](a)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			_, err := fmt.Fprintln(w, "no rows")
			return err
		}
		var moved, stayed []flowsRow
		for _, r := range rows {
			if r.moved() {
				moved = append(moved, r)
			} else {
				stayed = append(stayed, r)
			}
		}
		if len(moved) == 0 {
			_, err = fmt.Fprintln(w, "nothing moved")
		} else {
			err = writeTable(w, moved, f.columns("FROM", column[flowsRow]{"TO", false, flowsRow.to}))
		}
		if err != nil || len(stayed) == 0 {
			return err
		}
		fmt.Fprintln(w)
		return writeTable(w, stayed, f.columns("STAYED"))
	}
}

// columns are those of flows, or of units; from is the title of where they came from.
func (f flowsFlags) columns(from string, to ...column[flowsRow]) []column[flowsRow] {
	type R = flowsRow
	path := column[R]{"PATH", false, func(r R) string { return r.Path }}
	ends := append([]column[R]{{from, false, R.from}}, to...)
	if f.units {
		return append([]column[R]{
			{"REPOSITORY", false, func(r R) string { return metrics.UnitName(r.Repo, r.Component) }},
			{"TEAM", false, func(r R) string { return dash(r.Team) }},
			path,
		}, ends...)
	}
	return slices.Concat([]column[R]{path}, ends, []column[R]{{"REPOS", true, func(r R) string { return number(r.Repos) }}})
}
