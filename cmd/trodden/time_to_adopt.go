package main

import (
	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func (p *program) timeToAdoptCommand() *cobra.Command {
	var f cohortFlags
	cmd := &cobra.Command{
		Use: "time-to-adopt", Short: "How long repositories take to come to a path",
		Long: `Prints for every path after how long half of the repositories that it serves had come to it, and nine
tenths of them: from the launch of the path or the first commit of the repository, whichever is later, to
the begin of its first stay. These are Kaplan-Meier estimates: repositories that have not come count for as
long as they have been without it. What had come before the launch took no time. Repositories whose first
commit nobody has seen are left out.

--team, --group, --from and --to go by the moment at which that time began. With --units it prints the
repositories behind these figures.`,
		Example: `  trodden time-to-adopt
  trodden time-to-adopt --path ci --units
  trodden time-to-adopt --path ci --units --came no
  trodden time-to-adopt --path ci --from 2026-01-01    # new repositories only
  trodden time-to-adopt --path ci --as-of 2026-07-01 --output json | jq '.data[0].curve'`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return f.check() },
		RunE: func(cmd *cobra.Command, _ []string) error {
			table := tableOf(timeToAdoptColumns()...)
			if f.units {
				table = tableOf(waitColumns()...)
			}
			return p.ask(cmd, question{resource: "time-to-adopt", query: f.query(), table: table})
		},
	}
	f.add(p, cmd, "a row for each repository (or component) and path")
	f.narrows(cmd, "without", "what had no team then, or one in no group", query.Labels()[1:])
	f.narrows(cmd, "came", "what came to the path, or did not", named(query.WaitOutcomes()))
	return cmd
}

// waitRow is what tables show of a unit that came to a path, or did not.
type waitRow struct {
	Repo      string
	Component string
	Team      string
	Path      string
	From      *string
	Adopted   bool
	Days      float64
}

func waitColumns() []column[waitRow] {
	type R = waitRow
	return []column[R]{
		{"REPOSITORY", false, func(r R) string { return metrics.UnitName(r.Repo, r.Component) }},
		{"PATH", false, func(r R) string { return r.Path }},
		{"TEAM", false, func(r R) string { return dash(r.Team) }},
		{"FROM", false, func(r R) string { return day(r.From) }},
		{"ADOPTED", true, func(r R) string {
			if r.Adopted {
				return "after " + inDays(&r.Days, "")
			}
			return "not in " + inDays(&r.Days, "")
		}},
	}
}

// timeToAdoptRow is what tables show of the time to adopt a path.
type timeToAdoptRow struct {
	Path       string
	Units      int
	Adopted    int
	MedianDays *float64 `json:"median_days"`
	P90Days    *float64 `json:"p90_days"`
	Reason     string
}

func timeToAdoptColumns() []column[timeToAdoptRow] {
	type R = timeToAdoptRow
	return []column[R]{
		{"PATH", false, func(r R) string { return r.Path }},
		{"REPOS", true, func(r R) string { return number(r.Units) }},
		{"ADOPTED", true, func(r R) string { return number(r.Adopted) }},
		{"MEDIAN", true, func(r R) string { return inDays(r.MedianDays, r.Reason) }},
		{"NINE TENTHS", true, func(r R) string { return inDays(r.P90Days, r.Reason) }},
	}
}
