package main

import (
	"fmt"
	"io"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// ofCohorts are the words of filters where times are asked for that begin at some moment.
var ofCohorts = filterWords{
	team: "only what belonged to this team when its time began", group: "only what belonged to the teams of this group",
	from: "only times that began then or later", to: "only times that began before",
	asOf: "the moment asked about (default: now)",
}

// cohortFlags are what can be asked about times.
type cohortFlags struct {
	filters
	units    bool
	narrowed []*narrowing
}

// narrowing is a flag that narrows the list behind figures down.
type narrowing struct {
	flag, value string
	names       []string
}

// narrows offers a flag that takes some names, with --units alone.
func (f *cohortFlags) narrows(cmd *cobra.Command, flag, words string, names []string) {
	n := &narrowing{flag: flag, names: names}
	f.narrowed = append(f.narrowed, n)
	cmd.Flags().StringVar(&n.value, flag, "", "with --units, only "+words+": "+strings.Join(names, ", "))
	complete(cmd, flag, names)
}

func (f *cohortFlags) check() error {
	for _, n := range f.narrowed {
		if n.value != "" && !f.units {
			return usagef("--%s narrows the list of --units down: give that, too", n.flag)
		}
		if err := oneOf(n.flag, n.value, n.names); err != nil {
			return err
		}
	}
	return f.filters.check()
}

func (f *cohortFlags) add(p *program, cmd *cobra.Command, units string) {
	f.filters.add(p, cmd, ofCohorts)
	cmd.Flags().BoolVar(&f.units, "units", false, units)
}

func (f *cohortFlags) query() url.Values {
	asked := f.filters.query()
	if f.units {
		asked.Set("detail", "units")
	}
	for _, n := range f.narrowed {
		set(asked, n.flag, n.value)
	}
	return asked
}

func (p *program) retentionCommand() *cobra.Command {
	var f cohortFlags
	cmd := &cobra.Command{
		Use: "retention", Short: "How long stays on a path last, chosen and mandated apart",
		Long: `Prints for every path how long stays on it last: of all of them, of those that were chosen (with those that were
born on the path), of the mandated ones, and of those that a bot or the platform team brought. The median and
the share that lasts 90 days are Kaplan-Meier estimates, so that stays that go on count for as long as they have
gone on. A stay is left when the path was away for leave_after; one that an exemption, archival or the like
ended was not left. Stays whose begin nobody knows are left out.

The line below the table says whether chosen and mandated stays differ, by the log-rank test. The whole
curve is in the other forms of output. With --units it prints the stays behind these figures.`,
		Example: `  trodden retention
  trodden retention --path ci --units
  trodden retention --path ci --units --manner chosen --outcome left
  trodden retention --path ci --team payments
  trodden retention --path ci --from 2025-01-01 --to 2026-01-01    # stays begun in 2025
  trodden retention --as-of 2026-07-01 --output json | jq '.data[] | {path, origin, d90}'`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return f.check() },
		RunE: func(cmd *cobra.Command, _ []string) error {
			table := retentionTable
			if f.units {
				table = tableOf(stayColumns()...)
			}
			return p.ask(cmd, question{resource: "retention", query: f.query(), table: table})
		},
	}
	f.add(p, cmd, "a row for each stay")
	f.narrows(cmd, "manner", "stays that began so", named(query.StayManners()))
	f.narrows(cmd, "without", "stays without a team that owned them, or a group that this is in", query.Labels()[1:])
	f.narrows(cmd, "outcome", "stays of which this became", named(query.StayOutcomes()))
	return cmd
}

// stayRow is what tables show of a stay.
type stayRow struct {
	Repo      string
	Component string
	Team      string
	Path      string
	Origin    string
	From      *string
	Days      float64
	Left      bool
	Returned  bool
}

func stayColumns() []column[stayRow] {
	type R = stayRow
	return []column[R]{
		{"REPOSITORY", false, func(r R) string { return metrics.UnitName(r.Repo, r.Component) }},
		{"PATH", false, func(r R) string { return r.Path }},
		{"TEAM", false, func(r R) string { return dash(r.Team) }},
		{"ORIGIN", false, func(r R) string { return r.Origin }},
		{"FROM", false, func(r R) string { return day(r.From) }},
		{"LASTED", true, func(r R) string { return inDays(&r.Days, "") }},
		{"LEFT", false, func(r R) string {
			switch {
			case r.Returned:
				return "left, came back"
			case r.Left:
				return "left"
			}
			return none
		}},
	}
}

// curvePoint is a point of a Kaplan-Meier curve.
type curvePoint struct{ S, Lo, Hi float64 }

// retentionRow is what tables show of the stays on a path.
type retentionRow struct {
	Path         string
	Origin       string
	Spells       int
	Left         int
	MedianDays   *float64 `json:"median_days"`
	D90          *curvePoint
	TriedAndLeft *float64 `json:"tried_and_left"`
	Returned     rate
	LogRankP     *float64 `json:"log_rank_p"`
	Reason       string
}

// retentionTable prints the rows, and for each path whether chosen and mandated stays differ.
func retentionTable(w io.Writer, a *answer) error {
	rows, err := rowsOf[retentionRow](a)
	if err != nil {
		return err
	}
	if err := tableOf(retentionColumns()...)(w, a); err != nil {
		return err
	}
	gap := "\n"
	for _, r := range rows {
		if r.Origin != "mandated" {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s%s: %s\n", gap, plain(r.Path), compared(r.LogRankP)); err != nil {
			return err
		}
		gap = ""
	}
	return nil
}

func retentionColumns() []column[retentionRow] {
	type R = retentionRow
	return []column[R]{
		{"PATH", false, func(r R) string { return r.Path }},
		{"ORIGIN", false, func(r R) string { return r.Origin }},
		{"SPELLS", true, func(r R) string { return number(r.Spells) }},
		{"LEFT", true, func(r R) string { return number(r.Left) }},
		{"MEDIAN", true, func(r R) string { return inDays(r.MedianDays, r.Reason) }},
		{"90 DAYS", true, func(r R) string {
			if r.D90 == nil {
				return lacking(r.Reason)
			}
			return fmt.Sprintf("%s %% (%.0f–%.0f)", percent(r.D90.S), r.D90.Lo*100, r.D90.Hi*100)
		}},
		{"TRIED AND LEFT", true, func(r R) string {
			if r.TriedAndLeft == nil {
				return lacking(r.Reason)
			}
			return fmt.Sprintf("%s %%", percent(*r.TriedAndLeft))
		}},
		{"RETURNED", true, func(r R) string { return r.Returned.String() }},
	}
}

// significant is the p-value below which two curves are said to differ.
const significant = 0.05

// compared says what the log-rank test says.
func compared(p *float64) string {
	switch {
	case p == nil:
		return "chosen and mandated stays cannot be compared"
	case *p < 0.001:
		return "chosen and mandated stays differ in how long they last (log-rank p < 0.001)"
	case *p < significant:
		return fmt.Sprintf("chosen and mandated stays differ in how long they last (log-rank p = %.2g)", *p)
	default:
		return fmt.Sprintf("chosen and mandated stays last equally long, as far as can be told (log-rank p = %.2g)", *p)
	}
}

// inDays shows a time, or that there is none and why.
func inDays(days *float64, reason string) string {
	if days == nil {
		return lacking(reason)
	}
	return strconv.FormatFloat(math.Round(*days*10)/10, 'f', -1, 64) + " d"
}

// lacking shows that there is nothing, and why where that is known.
func lacking(reason string) string {
	if reason == "" {
		return none
	}
	return none + " " + words(reason)
}
