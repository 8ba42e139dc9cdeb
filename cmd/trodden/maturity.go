package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// ofMaturity are the words of filters where maturity is asked for.
var ofMaturity = filterWords{
	team: "only what this team decided", group: "only what the teams of this group decided",
	asOf: "the moment asked about (default: now)",
}

func (p *program) maturityCommand() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use: "maturity", Short: "How mature the adoption of a path is, from push to pull to give and take",
		Long: `Prints for every path a level of adoption, after the Platform Engineering Maturity Model of the CNCF:

  1 erratic         some come on their own, but do not stay, or leave as fast
  2 extrinsic push  most come because of a mandate, a bot or the platform team
  3 intrinsic pull  half or more come by choice, more come than leave, and 80 % of chosen stays last 90 days
  4 participatory   and 20 % of the changes to the path come from people outside the platform teams

The model has words only: that these numbers stand for them is a heuristic. Entries, exits and changes are
those of the twelve weeks before the moment asked about; where nobody came and nobody left there is no level: a
path that everybody uses already looks no different from one that nobody wants. BETWEEN has the levels that are
possible, by unknown origins and by the 95 % intervals of the figures; few beside a level says that it hangs on
fewer than 5. What is not known at all is named, and no level is made of it.

A change is what landed on the default branch of a repository that provides the path (` + "`provided_by`" + `): a merge,
or a commit by itself. Its author counts, and whether that was a member of a platform team then. --team and
--group narrow down who came, left and stays, not who changes the path.

What is behind the figures: ` + "`trodden decisions`" + ` lists who came (for the path) and left, and which were free;
` + "`trodden events`" + ` and ` + "`trodden states`" + ` have the evidence; ` + "`trodden retention`" + ` has the stays; and
` + "`git log --first-parent`" + ` in the repositories that the other forms of output name has the changes.`,
		Example: `  trodden maturity
  trodden maturity --path ci --group fintech
  trodden maturity --path ci --as-of 2026-07-01 --output json | jq '.data[0] | {level, between, missing}'
  trodden decisions --path ci --from 2026-04-08 --as-of 2026-07-01    # the entries and exits behind it`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return f.check() },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd, question{resource: "maturity", query: f.query(), table: maturityTable})
		},
	}
	f.add(p, cmd, ofMaturity)
	return cmd
}

// maturityRow is what tables show of the maturity of a path.
type maturityRow struct {
	Path    string
	Level   *int
	Small   bool
	Name    string
	Between []int
	Why     []string
	Pull    rate
	NetFlow struct {
		Value  *int
		Reason string
	} `json:"net_flow"`
	D90 struct {
		S, Lo, Hi *float64
		Reason    string
	}
	Outside rate
	Reason  string
}

// maturityTable prints the rows, and for each path what its level is made of.
func maturityTable(w io.Writer, a *answer) error {
	rows, err := rowsOf[maturityRow](a)
	if err != nil {
		return err
	}
	if err := tableOf(maturityColumns()...)(w, a); err != nil {
		return err
	}
	for _, r := range rows {
		lines := append([]string{plain(r.Path)}, r.Why...)
		if _, err := fmt.Fprintf(w, "\n%s\n", strings.Join(lines, "\n  ")); err != nil {
			return err
		}
	}
	return nil
}

func maturityColumns() []column[maturityRow] {
	type R = maturityRow
	return []column[R]{
		{"PATH", false, func(r R) string { return r.Path }},
		{"LEVEL", false, func(r R) string {
			if r.Level == nil {
				return lacking(r.Reason)
			}
			if r.Small {
				return fmt.Sprintf("%d %s (few)", *r.Level, words(r.Name))
			}
			return fmt.Sprintf("%d %s", *r.Level, words(r.Name))
		}},
		{"BETWEEN", false, R.between},
		{"BY CHOICE", true, func(r R) string { return r.Pull.String() }},
		{"NET", true, func(r R) string {
			if r.NetFlow.Value == nil {
				return lacking(r.NetFlow.Reason)
			}
			return fmt.Sprintf("%+d", *r.NetFlow.Value)
		}},
		{"90 DAYS", true, func(r R) string {
			if r.D90.S == nil {
				return lacking(r.D90.Reason)
			}
			return fmt.Sprintf("%s %% (%.0f–%.0f)", percent(*r.D90.S), *r.D90.Lo*100, *r.D90.Hi*100)
		}},
		{"FROM OUTSIDE", true, func(r R) string { return r.Outside.String() }},
	}
}

// between shows the levels that are possible, where there are several.
func (r maturityRow) between() string {
	if len(r.Between) != 2 || r.Between[0] == r.Between[1] {
		return ""
	}
	return fmt.Sprintf("%d–%d", r.Between[0], r.Between[1])
}
