package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) fragmentationCommand() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use: "fragmentation", Short: "In how many ways a job is done, and how evenly",
		Long: `Prints for every path how many active repositories go each of its ways, and the entropy of these numbers as
a share of the highest there could be: 0 where all go one way, 1 where every way is as common as every
other. A repository that goes several ways counts in each. A path that declares no alternatives has none.

Without --interval there is one row a path, for the moment of --as-of. With it there is one for each week,
month or quarter begun before --to, with the state at its first instant; dates are UTC.`,
		Example: `  trodden fragmentation
  trodden fragmentation --path ci --interval quarter --from 2025-01-01
  trodden fragmentation --team payments --as-of 2026-07-01 --output json`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return f.check() },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd, question{resource: "fragmentation", query: f.query(), table: tableOf(fragmentationColumns(f.interval != "")...)})
		},
	}
	f.add(p, cmd, ofUnits.series())
	return cmd
}

// fragmentationRow is what tables show of the fragmentation of a path.
type fragmentationRow struct {
	Period string
	Path   string
	Ways   []struct {
		Way   string
		Units int
	}
	Units         int
	Fragmentation *float64
	Reason        string
}

// value is the fragmentation, or why there is none.
func (r fragmentationRow) value() string {
	if r.Fragmentation == nil {
		return none + " " + words(r.Reason)
	}
	return fmt.Sprintf("%.2f", *r.Fragmentation)
}

// ways lists the ways with their units.
func (r fragmentationRow) ways() string {
	var list []string
	for _, w := range r.Ways {
		list = append(list, fmt.Sprintf("%s %d", w.Way, w.Units))
	}
	return strings.Join(list, ", ")
}

// fragmentationColumns are those of a series, or of one moment.
func fragmentationColumns(series bool) []column[fragmentationRow] {
	type R = fragmentationRow
	return []column[R]{
		{"PERIOD", false, func(r R) string {
			if !series {
				return "" // the line below the table says which moment
			}
			return r.Period
		}},
		{"PATH", false, func(r R) string { return r.Path }},
		{"FRAGMENTATION", true, R.value},
		{"REPOS", true, func(r R) string { return number(r.Units) }},
		{"WAYS", false, R.ways},
	}
}
