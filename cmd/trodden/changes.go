package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func (p *program) changesCommand() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use: "changes --from DATE [--to DATE]", Short: "Whether more use a path than did, or whether that may be chance",
		Long: `Compares the adoption of every path at two moments, on the same repositories and on the same teams: those that
adoption counts at both. What was born, archived, excused or fell asleep in between changes nothing here.

THEN and NOW are the shares that used the path (teams: that were on), and that did so by choice, of those that
had one at both moments. JOINED did so only at --to, LEFT only at --from. CHANGE is in percentage points, with
its 95 % interval (Newcombe, for pairs). P is the exact probability that chance alone moves as many so lopsidedly
(McNemar): from 0.05 on there is no difference that can be told from chance, which is no proof that there is none.

--team and --group mean the owner of a repository at --to. ` + "`trodden flows --units`" + ` between the same dates
lists the repositories that moved.`,
		Example: `  trodden changes --from 2026-01-01 --to 2026-07-01
  trodden changes --from 2026-07-01 --path ci --group fintech
  trodden changes --from 2026-01-01 --to 2026-07-01 --output json | jq '.data[] | {path, teams: .teams.voluntary.verdict}'
  trodden flows --from 2026-01-01 --to 2026-07-01 --path ci --units    # the repositories that moved`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return f.checkFrom() },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd, question{resource: "changes", query: f.query(), table: changesTable})
		},
	}
	f.add(p, cmd, filterWords{
		team: "only what belongs to this team at --to", group: "only what belongs to the teams of this group at --to",
		from: "the earlier moment", to: "the later moment (default: now)",
	})
	return cmd
}

// checkFrom also refuses a question without an earlier moment.
func (f *filters) checkFrom() error {
	if f.from == "" {
		return usagef("--from is missing, expected a date such as 2026-07-01")
	}
	return f.check()
}

// changesRow is what tables show of the changes of a path.
type changesRow struct {
	Path         string
	Repos, Teams struct{ Using, Voluntary change }
	Born         int
	Unknown      int
}

// change is that of one proportion.
type change struct {
	Left, Joined       int
	From, To           rate
	Difference, Lo, Hi *float64
	P                  *float64
	Verdict            *string
	Small              bool
	Reason             string
}

// changesLine is a line of the table: a change with what it is of.
type changesLine struct {
	path, of string
	change
}

// changesTable prints four lines a path, then how many could not be compared.
func changesTable(w io.Writer, a *answer) error {
	rows, err := rowsOf[changesRow](a)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(w, "no rows")
		return err
	}
	var lines []changesLine
	var remarks []string
	for _, r := range rows {
		lines = append(lines, changesLine{r.Path, "teams by choice", r.Teams.Voluntary}, changesLine{r.Path, "teams", r.Teams.Using},
			changesLine{r.Path, "repos by choice", r.Repos.Voluntary}, changesLine{r.Path, "repos", r.Repos.Using})
		if r.Born > 0 {
			remarks = append(remarks, fmt.Sprintf("%s: %s new on it, not compared", r.Path, count(r.Born, "repository", "repositories")))
		}
		if r.Unknown > 0 {
			remarks = append(remarks, fmt.Sprintf("%s: %s unknown at either moment, not compared", r.Path, count(r.Unknown, "repository", "repositories")))
		}
	}
	return firstError(writeTable(w, lines, changesColumns()), writeLines(w, remarks))
}

func changesColumns() []column[changesLine] {
	type R = changesLine
	return []column[R]{
		{"PATH", false, func(r R) string { return r.path }},
		{"OF", false, func(r R) string { return r.of }},
		{"THEN", true, func(r R) string { return share(r.From) }},
		{"NOW", true, func(r R) string { return share(r.To) }},
		{"JOINED", true, func(r R) string { return number(r.Joined) }},
		{"LEFT", true, func(r R) string { return number(r.Left) }},
		{"CHANGE", true, R.points},
		{"P", true, R.chance},
		{"VERDICT", false, R.verdict},
	}
}

// share shows a rate without its interval: that of the change says more. Why there is none stands beside it.
func share(r rate) string {
	if r.Rate == nil {
		return none
	}
	r.Lo, r.Hi = nil, nil
	return r.String()
}

// chance shows a p-value.
func (c change) chance() string {
	switch {
	case c.P == nil:
		return none
	case *c.P < 0.001:
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", *c.P)
}

// points is the difference in percentage points, with its interval.
func (c change) points() string {
	if c.Difference == nil {
		return none
	}
	return fmt.Sprintf("%+.0f (%+.0f to %+.0f)", *c.Difference*100, *c.Lo*100, *c.Hi*100)
}

func (c change) verdict() string {
	switch {
	case c.Verdict == nil:
		return lacking(c.Reason)
	case c.Small:
		return words(*c.Verdict) + " (few)"
	}
	return words(*c.Verdict)
}
