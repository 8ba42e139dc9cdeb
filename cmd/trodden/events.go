package main

import (
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics"
)

// evidence is what tables show of a piece of evidence.
type evidence struct {
	File    string
	Line    int
	Text    string
	Version string
	Via     []string
}

// place is the file and line of a piece of evidence.
func (e evidence) place() string {
	if e.Line == 0 {
		return e.File
	}
	return fmt.Sprintf("%s:%d", e.File, e.Line)
}

// eventRow is what tables show of an event row.
type eventRow struct {
	At        string
	Kind      string
	Repo      string
	Component string
	Path      string
	From, To  string
	Version   string
	Commit    *string
	Origin    string
	Evidence  []evidence
}

func (p *program) eventsCommand() *cobra.Command {
	var path, repo, from, to string
	cmd := &cobra.Command{
		Use: "events", Short: "What happened, oldest first",
		Long: `Prints every change of state: when and by which commit a repository came to a path or left it, how it came
to that, and the evidence; also exemptions, mandates and archival. Events of one repository at the same
instant stand in the order of its branch.`,
		Example: `  trodden events --path ci --from 2026-07-01
  trodden events --repo github.com/acme/pay --output json
  trodden events --output csv > events.csv`,
		Args: cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error {
			return firstError(isDate("from", from), isDate("to", to))
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := url.Values{}
			set(query, "path", path)
			set(query, "repo", repo)
			set(query, "from", from)
			set(query, "to", to)
			return p.ask(cmd, question{resource: "events", query: query, table: tableOf(eventColumns()...)})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&path, "path", "", "only this path")
	flags.StringVar(&repo, "repo", "", "only this repository, by any name it ever had")
	flags.StringVar(&from, "from", "", "begin (default: the first event)")
	flags.StringVar(&to, "to", "", "end, exclusive (default: now)")
	completeWith(cmd, "path", p.fromConfig(pathKeys))
	return cmd
}

func eventColumns() []column[eventRow] {
	type R = eventRow
	return []column[R]{
		{"AT", false, func(r R) string { return moment(r.At) }},
		{"REPOSITORY", false, func(r R) string { return metrics.UnitName(r.Repo, r.Component) }},
		{"PATH", false, func(r R) string { return r.Path }},
		{"EVENT", false, func(r R) string { return words(r.Kind) }},
		{"FROM", false, func(r R) string { return dash(r.From) }},
		{"TO", false, func(r R) string { return dash(r.To) }},
		{"ORIGIN", false, func(r R) string { return dash(r.Origin) }},
		{"VERSION", false, func(r R) string { return r.Version }},
		{"COMMIT", false, func(r R) string { return short(r.Commit) }},
		{"EVIDENCE", false, func(r R) string {
			if len(r.Evidence) == 0 {
				return ""
			}
			return r.Evidence[0].place()
		}},
	}
}
