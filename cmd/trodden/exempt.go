package main

import (
	"net/url"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// exemptFlags are what an exemption says.
type exemptFlags struct {
	path, until, reason, by string
	end                     bool
}

// exemption is an exemption in requests and answers.
type exemption struct {
	Repo      string `json:"repo"`
	Component string `json:"component,omitempty"`
	Path      string `json:"path"`
	Until     string `json:"until,omitempty"`
	Reason    string `json:"reason,omitempty"`
	By        string `json:"by,omitempty"`
}

func (p *program) exemptCommand() *cobra.Command {
	var f exemptFlags
	cmd := &cobra.Command{
		Use: "exempt [REPO --path K --until D --reason S]", Short: "Excuse a repository from a path for a time",
		Long: `Excuses a repository (or HOST/OWNER/NAME//FOLDER, a component) from a path until a day, with the reason.
While it holds, the repository is exempt: in no rate but the gross one. --end ends it now. Every exemption
stays in the trail, with who granted and who ended it; without REPO the trail is printed.`,
		Example: `  trodden exempt github.com/acme/pay --path ci --until 2027-01-01 --reason "audit until the new year"
  trodden exempt github.com/acme/pay --path ci --end
  trodden exempt`,
		Args:    cobra.MaximumNArgs(1),
		PreRunE: func(_ *cobra.Command, args []string) error { return f.check(args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return p.ask(cmd, question{resource: "exemptions", query: f.query(""), table: tableOf(exemptionColumns()...)})
			}
			return p.exempt(cmd, f, args[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.path, "path", "", "the path")
	flags.StringVar(&f.until, "until", "", "when it ends (exclusive)")
	flags.StringVar(&f.reason, "reason", "", "why, in at most 1,000 characters")
	flags.StringVar(&f.by, "by", "", "who grants or ends it (default: you)")
	flags.BoolVar(&f.end, "end", false, "end the one in force now")
	completeWith(cmd, "path", p.fromConfig(pathKeys))
	return cmd
}

func (f exemptFlags) check(args []string) error {
	switch {
	case !utf8.ValidString(f.reason):
		return usagef("--reason is not UTF-8")
	case !utf8.ValidString(f.by):
		return usagef("--by is not UTF-8")
	case len(args) == 0 && (f.until != "" || f.reason != "" || f.end):
		return usagef("REPO is missing, expected one such as github.com/acme/pay")
	case len(args) == 0:
		return nil
	case f.path == "":
		return usagef("--path is missing, expected the key of a path")
	case f.end && (f.until != "" || f.reason != ""):
		return usagef("--end ends an exemption now, expected no --until and no --reason beside it")
	case f.end:
		return nil
	case f.until == "":
		return usagef("--until is missing, expected a date: an exemption ends")
	case f.reason == "":
		return usagef("--reason is missing, expected why in words")
	default:
		return isDate("until", f.until)
	}
}

func (f exemptFlags) query(repo string) url.Values {
	query := url.Values{}
	set(query, "repo", repo)
	set(query, "path", f.path)
	return query
}

// exempt records or ends an exemption and prints it; in a format for programs, with the whole trail of that
// repository and path.
func (p *program) exempt(cmd *cobra.Command, f exemptFlags, repo string) error {
	by := f.by
	if by == "" {
		by = p.userName()
	}
	resource, request := "exemptions", exemption{Repo: repo, Path: f.path, Until: f.until, Reason: f.reason, By: by}
	if f.end {
		resource = "exemptions/end"
	}
	var row exemptionRow
	err := p.reach(cmd.Context(), func(c *client) error {
		if err := c.post(cmd.Context(), resource, request, &row); err != nil {
			return err
		}
		if p.output == "" || p.output == "table" {
			return nil
		}
		q := question{resource: "exemptions", query: f.query(repo)}
		return p.askOf(cmd, c, q)
	})
	switch {
	case err != nil || p.output != "" && p.output != "table":
		return err
	case f.end:
		p.say("%s is no longer exempt from %s", row.unit(), row.Path)
	default:
		p.say("%s is exempt from %s until %s", row.unit(), row.Path, day(row.Until))
	}
	return nil
}

// exemptionRow is what tables show of an exemption.
type exemptionRow struct {
	Repo      string
	Component string
	Path      string
	From      *string
	Until     *string
	InForce   bool `json:"in_force"`
	By        string
	Reason    string
	EndedBy   string `json:"ended_by"`

	GrantedUntil *string `json:"granted_until"`
}

func (r exemptionRow) unit() string {
	return stateRow{Repo: r.Repo, Component: r.Component}.unit()
}

// grantedUntil is until when it was granted, where it ended before.
func (r exemptionRow) grantedUntil() string {
	if r.EndedBy == "" {
		return ""
	}
	return day(r.GrantedUntil)
}

func exemptionColumns() []column[exemptionRow] {
	type R = exemptionRow
	return []column[R]{
		{"REPOSITORY", false, R.unit},
		{"PATH", false, func(r R) string { return r.Path }},
		{"FROM", false, func(r R) string { return day(r.From) }},
		{"UNTIL", false, func(r R) string { return day(r.Until) }},
		{"GRANTED UNTIL", false, R.grantedUntil},
		{"IN FORCE", false, func(r R) string { return yesNo(r.InForce) }},
		{"BY", false, func(r R) string { return dash(r.By) }},
		{"REASON", false, func(r R) string { return r.Reason }},
		{"ENDED BY", false, func(r R) string { return r.EndedBy }},
	}
}
