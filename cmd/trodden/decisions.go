package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// ofDecisions are the words of filters where decisions are asked for.
var ofDecisions = filterWords{
	team: "only what this team decided", group: "only what the teams of this group decided",
	from: "begin (default: the first decision)", to: "end, exclusive (default: now)",
	asOf: "only what was known to be a decision at this moment (default: now)",
}

// decisionRow is what tables show of a decision.
type decisionRow struct {
	At        string
	Kind      string
	Repo      string
	Component string
	Team      string
	Path      string
	For       bool
	Choice    bool
	Free      bool
	Origin    string
	Commit    *string
}

// counts says whether a decision counts in the voluntary flow, or why not.
func (r decisionRow) counts() string {
	switch {
	case r.Free:
		return "yes"
	case !r.Choice:
		return "no: there was no choice"
	default:
		return "no: " + r.Origin
	}
}

func (p *program) decisionsCommand() *cobra.Command {
	var f filters
	var only string
	selections := named(query.DecisionSelections())
	cmd := &cobra.Command{
		Use: "decisions", Short: "When which team decided for or against a path, and freely",
		Long: `Prints the moments at which a team decided about a path for one of its repositories: when it was new (told
once its first days are over), when it came to the path, when it left for good. A decision is free when
there was a choice and a human made it; free ones alone count in ` + "`trodden voluntary-flow`" + `.`,
		Example: `  trodden decisions --path ci --from 2026-07-01
  trodden decisions --path ci --only against
  trodden decisions --team payments --output csv > decisions.csv`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return firstError(oneOf("only", only, selections), f.check()) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			asked := f.query()
			set(asked, "only", only)
			return p.ask(cmd, question{resource: "decisions", query: asked, table: tableOf(decisionColumns()...)})
		},
	}
	f.add(p, cmd, ofDecisions)
	cmd.Flags().StringVar(&only, "only", "", "only free decisions (free), of these those for the path or against it, or those that are not free: "+strings.Join(selections, ", "))
	complete(cmd, "only", selections)
	return cmd
}

func decisionColumns() []column[decisionRow] {
	type R = decisionRow
	direction := map[bool]string{true: "for", false: "against"}
	return []column[R]{
		{"AT", false, func(r R) string { return day(&r.At) }},
		{"REPOSITORY", false, func(r R) string { return metrics.UnitName(r.Repo, r.Component) }},
		{"TEAM", false, func(r R) string { return dash(r.Team) }},
		{"PATH", false, func(r R) string { return r.Path }},
		{"DECISION", false, func(r R) string { return r.Kind + ", " + direction[r.For] }},
		{"COUNTS", false, R.counts},
		{"COMMIT", false, func(r R) string { return short(r.Commit) }},
	}
}

// flowRow is what tables show of the voluntary flow.
type flowRow struct {
	Period        string
	Path          string
	VoluntaryFlow rate `json:"voluntary_flow"`
	Births        rate
	Entries       *int
	Exits         *int
	NetFlow       *int           `json:"net_flow"`
	NotFree       map[string]int `json:"not_free"`
}

func (p *program) voluntaryFlowCommand() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use: "voluntary-flow", Short: "Of all free decisions, how many are for the path",
		Long: `Prints for every path the share of free decisions that were for it: of new repositories, of those that came
and of those that left. What bots, mandates and platform teams did is told beside it and does not count.

Without --interval there is one row a path, for the whole time from --from. With it there is one for each
week, month or quarter begun before --to. ` + "`trodden decisions`" + ` lists what is behind the figures.`,
		Example: `  trodden voluntary-flow --from 2026-07-01
  trodden voluntary-flow --path ci --interval quarter --output csv`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return f.check() },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd, question{resource: "voluntary-flow", query: f.query(), table: tableOf(f.flowColumns()...)})
		},
	}
	words := ofDecisions
	words.interval = "a series by week, month or quarter"
	f.add(p, cmd, words)
	return cmd
}

// flowColumns shows the voluntary flow as it was asked for.
func (f *filters) flowColumns() []column[flowRow] {
	type R = flowRow
	return []column[R]{
		{"PERIOD", false, func(r R) string {
			if f.interval == "" {
				return f.span()
			}
			return r.Period
		}},
		{"PATH", false, func(r R) string { return r.Path }},
		{"FOR THE PATH", true, func(r R) string { return r.VoluntaryFlow.String() }},
		{"NEW REPOS", true, func(r R) string { return r.Births.String() }},
		{"CAME", true, func(r R) string { return figure("%d", r.Entries) }},
		{"LEFT", true, func(r R) string { return figure("%d", r.Exits) }},
		{"NET", true, func(r R) string { return figure("%+d", r.NetFlow) }},
		{"NOT FREE", true, func(r R) string { return number(r.notFree()) }},
	}
}

// span is the time asked about, as it was asked for.
func (f *filters) span() string {
	to := cmp.Or(f.to, f.asOf, "now")
	if f.from == "" {
		return "until " + to
	}
	return f.from + " to " + to
}

// figure shows a number that may not be there.
func figure(format string, n *int) string {
	if n == nil {
		return none
	}
	return fmt.Sprintf(format, *n)
}

// notFree is the number of decisions that do not count.
func (r flowRow) notFree() (n int) {
	for _, count := range r.NotFree {
		n += count
	}
	return n
}
