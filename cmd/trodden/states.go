package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// stateRow is what tables show of a state row.
type stateRow struct {
	Repo       string
	Component  string
	Team       string
	Path       string
	State      string
	Ways       []string
	Origin     string
	Voluntary  bool
	Since      *string
	SpellSince *string `json:"spell_since"`
	Version    string
	Active     bool
	ReadAt     *string `json:"read_at"`
	Reason     string
	Runs       string
	Exemption  *stateExemption
}

// runsText says how its pipeline runs.
func (r stateRow) runsText() string {
	switch r.Runs {
	case "ran":
		return "it ran within 28 days"
	case "partly":
		return "it ran within 28 days, but other CI ran more often"
	case "idle":
		return "it did not run within 28 days"
	}
	return ""
}

// stateExemption is what makes something exempt.
type stateExemption struct {
	By, Reason  string
	From, Until *string
}

// until is until when it holds.
func (e stateExemption) until() string {
	if e.Until == nil {
		return "ended"
	}
	return day(e.Until)
}

func (r stateRow) unit() string { return metrics.UnitName(r.Repo, r.Component) }

// stateText is the state with the reason why it is unknown, or that nobody works there.
func (r stateRow) stateText() string {
	text := r.State
	if r.Reason != "" {
		text += " (" + words(r.Reason) + ")"
	}
	if !r.Active {
		text += ", inactive"
	}
	return text
}

// since is the day on which the state began, which is not that of the files where something else than they decides.
func (r stateRow) since() string {
	switch r.State {
	case "exempt":
		if r.Exemption == nil {
			return none
		}
		return day(r.Exemption.From)
	case "ineligible", "dormant":
		return none
	}
	return day(r.Since)
}

// stateCell is the state with what there is to say about it, until when an exemption holds among it.
func (r stateRow) stateCell() string {
	if r.Exemption == nil || r.Exemption.Until == nil {
		return r.stateText()
	}
	return r.stateText() + " until " + day(r.Exemption.Until)
}

func stateNames() []string {
	var names []string
	for _, s := range metrics.States() {
		names = append(names, s.String())
	}
	return names
}

// runsNames are the values of --runs.
func runsNames() []string {
	var names []string
	for _, a := range metrics.Activations() {
		names = append(names, a.String())
	}
	return append(names, "known")
}

func originNames() []string {
	var names []string
	for _, o := range metrics.Origins() {
		names = append(names, o.String())
	}
	return names
}

// named are the names of selections, but for the one that has everything.
func named[R any](list []query.Selection[R]) []string { return query.SelectionNames(list)[1:] }

func reasonNames() []string {
	var names []string
	for _, r := range query.StateReasons() {
		names = append(names, string(r))
	}
	return names
}

func (p *program) statesCommand() *cobra.Command {
	var (
		f       filters
		origin  string
		state   string
		way     string
		version string
		lag     string
		without string
		runs    string
		only    string
		reason  string
		truths  = map[string]*bool{"active": new(bool), "choice": new(bool), "voluntary": new(bool)}
	)
	cmd := &cobra.Command{
		Use: "states", Short: "The state of every repository on every path",
		Long: `Prints one row a repository (or component) and path: its state at the moment of --as-of, since when, how it
came to use the path, in which version, and who owns it. What is ineligible or dormant has no date: SINCE is
that of the files, or of the exemption. Who exempted what, and why: trodden exempt, or trodden explain.

These are the repositories behind the figures of adoption: it counts those that are active, and those that are
unknown. So the numerator of its voluntary rate over repositories are the rows of --active --choice --voluntary.
--runs tells apart what uses a path by its pipeline, of 28 days in which its default branch had a commit: it ran,
partly (less than half of the CI runs there were its), is idle (it did not run), or any of these (known).
--only lists what a figure counts: in the rates (served), in gross adoption (eligible), using the path, with a
choice, voluntary, and so on.`,
		Example: `  trodden states --path ci --state off --active
  trodden states --path ci --active --choice --voluntary
  trodden states --path ci --origin mandated --as-of 2026-07-01
  trodden states --path ci --way jenkins --team payments
  trodden states --path ci --pinned v3
  trodden states --path ci --lag behind                # those that are not on the newest release
  trodden states --path ci --runs idle
  trodden states --path ci --only kept                 # still there after their mandate ended
  trodden states --state unknown --reason forbidden
  trodden states --output ndjson | jq -r 'select(.state == "unknown") | .repo + " " + .reason'`,
		Args: cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error {
			return firstError(oneOf("state", state, stateNames()), oneOf("origin", origin, originNames()), oneOf("runs", runs, runsNames()),
				oneOf("lag", lag, named(query.LagSelections())), oneOf("without", without, query.Labels()[1:]),
				oneOf("only", only, named(query.StateSelections())), oneOf("reason", reason, reasonNames()), f.check())
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			asked := f.query()
			set(asked, "state", state)
			set(asked, "origin", origin)
			set(asked, "way", way)
			set(asked, "version", version)
			set(asked, "lag", lag)
			set(asked, "without", without)
			set(asked, "runs", runs)
			set(asked, "only", only)
			set(asked, "reason", reason)
			for name, is := range truths {
				if cmd.Flags().Changed(name) {
					asked.Set(name, strconv.FormatBool(*is))
				}
			}
			return p.ask(cmd, question{resource: "states", query: asked, table: tableOf(stateColumns()...)})
		},
	}
	flags := cmd.Flags()
	f.add(p, cmd, ofUnits)
	flags.StringVar(&state, "state", "", "only this state: "+strings.Join(stateNames(), ", "))
	flags.StringVar(&version, "pinned", "", "only those that pin this version of the path, as it is written")
	flags.StringVar(&lag, "lag", "", "only those that use the path in such a version: "+strings.Join(named(query.LagSelections()), ", "))
	flags.StringVar(&without, "without", "", "only those that no team owns (team), or whose team is in no group (group)")
	flags.StringVar(&origin, "origin", "", "only those that came to the path so: "+strings.Join(originNames(), ", "))
	flags.StringVar(&runs, "runs", "", "only those whose pipeline runs so, as far as runs are known: "+strings.Join(runsNames(), ", "))
	flags.StringVar(&way, "way", "", "only those that go this way, alone or beside others")
	flags.StringVar(&only, "only", "", "only what a figure counts: "+strings.Join(named(query.StateSelections()), ", "))
	flags.StringVar(&reason, "reason", "", "only those that are unknown, or left out, for this reason: "+strings.Join(reasonNames(), ", "))
	flags.BoolVar(truths["active"], "active", false, "only those that are active (--active=false: that are not)")
	flags.BoolVar(truths["choice"], "choice", false, "only those that have a choice")
	flags.BoolVar(truths["voluntary"], "voluntary", false, "only those that use the path by choice")
	complete(cmd, "state", stateNames())
	complete(cmd, "origin", originNames())
	complete(cmd, "lag", named(query.LagSelections()))
	complete(cmd, "without", query.Labels()[1:])
	complete(cmd, "runs", runsNames())
	complete(cmd, "only", named(query.StateSelections()))
	complete(cmd, "reason", reasonNames())
	return cmd
}

func stateColumns() []column[stateRow] {
	type R = stateRow
	return []column[R]{
		{"REPOSITORY", false, R.unit},
		{"PATH", false, func(r R) string { return r.Path }},
		{"STATE", false, R.stateCell},
		{"SINCE", false, R.since},
		{"TEAM", false, func(r R) string { return dash(r.Team) }},
		{"ORIGIN", false, func(r R) string { return dash(r.Origin) }},
		{"VERSION", false, func(r R) string { return shortVersion(r.Version) }},
		{"WAYS", false, func(r R) string { return strings.Join(r.Ways, ", ") }},
	}
}
