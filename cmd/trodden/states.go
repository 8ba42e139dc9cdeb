package main

import (
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics"
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

func stateNames() []string {
	var names []string
	for _, s := range metrics.States() {
		names = append(names, s.String())
	}
	return names
}

func (p *program) statesCommand() *cobra.Command {
	var path, team, group, state, version, asOf string
	cmd := &cobra.Command{
		Use: "states", Short: "The state of every repository on every path",
		Long: `Prints one row a repository (or component) and path: its state at the moment of --as-of, since when, how it
came to use the path, in which version, and who owns it.`,
		Example: `  trodden states --path ci --state off
  trodden states --team payments --as-of 2026-07-01
  trodden states --path ci --pinned v3
  trodden states --output ndjson | jq -r 'select(.state == "unknown") | .repo + " " + .reason'`,
		Args: cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error {
			return firstError(oneOf("state", state, stateNames()), isDate("as-of", asOf))
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := url.Values{}
			set(query, "path", path)
			set(query, "team", team)
			set(query, "group", group)
			set(query, "state", state)
			set(query, "version", version)
			set(query, "as_of", asOf)
			return p.ask(cmd, question{resource: "states", query: query, table: tableOf(stateColumns()...)})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&path, "path", "", "only this path")
	flags.StringVar(&team, "team", "", "only repositories of this team")
	flags.StringVar(&group, "group", "", "only repositories of this group of teams")
	flags.StringVar(&state, "state", "", "only this state: "+strings.Join(stateNames(), ", "))
	flags.StringVar(&version, "pinned", "", "only those that pin this version of the path, as it is written")
	flags.StringVar(&asOf, "as-of", "", "the moment asked about (default: now)")
	completeWith(cmd, "path", p.fromConfig(pathKeys))
	completeWith(cmd, "team", p.fromConfig(teamKeys))
	completeWith(cmd, "group", p.fromConfig(groupNames))
	complete(cmd, "state", stateNames())
	return cmd
}

func stateColumns() []column[stateRow] {
	type R = stateRow
	return []column[R]{
		{"REPOSITORY", false, R.unit},
		{"PATH", false, func(r R) string { return r.Path }},
		{"STATE", false, R.stateText},
		{"SINCE", false, func(r R) string { return day(r.Since) }},
		{"TEAM", false, func(r R) string { return dash(r.Team) }},
		{"ORIGIN", false, func(r R) string { return dash(r.Origin) }},
		{"VERSION", false, func(r R) string { return r.Version }},
		{"WAYS", false, func(r R) string { return strings.Join(r.Ways, ", ") }},
	}
}
