package main

import (
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics/query"
)

// ofFriction are the words of filters where the times of friction are asked for.
var ofFriction = filterWords{
	team: "only what belonged to this team when its time began", group: "only what belonged to the teams of this group",
	from: "only what began, or was merged, then or later", to: "only what began, or was merged, before",
	asOf: "the moment asked about (default: now)",
}

func (p *program) frictionCommand() *cobra.Command {
	var f frictionFlags
	cmd := &cobra.Command{
		Use: "friction", Short: "Whether the path is really faster",
		Long: `Prints for every path how those that use it fare against those that do not:

  scaffold     first commit of a repository to its first pipeline that succeeded on the default branch,
               by whether it used the path a week later (measure.born_within)
  deploy       the same, to its first deployment
  pipeline     runs on default branches: how many succeed, how long they take
  recovery     first failure of a workflow after a success to its next success
  tenth_pull   first contribution of somebody to their tenth merged change, by whether their team used
               the path then; of fewer than five people nothing is told
  maintenance  merged changes of the platform teams in their own repositories: how many are upkeep

Medians, the 90th percentile and the ratio to the median of the other group rest on Kaplan-Meier estimates:
what has not come to its end counts for as long as it is known to go on. Before and after are the same
repositories in the twelve weeks before and after they joined. All of it tells that groups differ, not why:
repositories come to be in one by themselves.

Repositories whose runs are not known from their first commit on are in no time of scaffold and deploy. The
other forms of output tell how many were left out and why.

--units lists what stands behind the figures: new repositories, those left out among them; with --measure
pipeline how each repository fared on each side, with recovery each time that a workflow was red, with
maintenance each change, never with its author. Behind tenth_pull are people, who are not listed. --runs
lists the single runs behind pipeline. --side and --repo narrow lists down.`,
		Example: `  trodden friction
  trodden friction --path ci --measure scaffold --from 2026-01-01    # repositories begun since then
  trodden friction --path ci --measure pipeline --from 2026-06-01 --to 2026-07-01
  trodden friction --path ci --measure scaffold --units
  trodden friction --path ci --measure pipeline --units --side not_using
  trodden friction --path ci --measure pipeline --runs --repo github.com/acme/pay
  trodden friction --as-of 2026-07-01 --output json | jq '.data[] | {measure, path, group, median_hours}'`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return f.check() },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd, question{resource: "friction", query: f.query(), table: f.table()})
		},
	}
	f.add(p, cmd)
	return cmd
}

func frictionMeasures() []string { return namesOf(query.FrictionMeasures()) }

// namesOf are words as flags take them.
func namesOf[T ~string](list []T) []string {
	names := make([]string, len(list))
	for i, one := range list {
		names[i] = string(one)
	}
	return names
}

// frictionRow is what tables show of one group by one measure.
type frictionRow struct {
	Measure string
	Path    string
	Group   string
	N       *int
	Ended   *int
	Median  *float64 `json:"median_hours"`
	P90     *float64 `json:"p90_hours"`
	Ratio   *float64 `json:"ratio_to_other"`
	P       *float64 `json:"log_rank_p"`
	Success *rate
	Work    *struct {
		Upkeep rate
		Bounds []float64
	}
	LeftOut []leftOut `json:"left_out"`
	Reason  string
}

// leftOut is how many are in no group, and why; N is nil where it would tell of single people.
type leftOut struct {
	Reason string
	N      *int
}

// why says why a row has no figure: where there is nothing to count since something was left out, why most of that was.
func (r frictionRow) why() string {
	if r.Reason != "empty" || len(r.LeftOut) == 0 {
		return r.Reason
	}
	most := r.LeftOut[0]
	for _, l := range r.LeftOut[1:] {
		if most.N == nil || l.N != nil && *l.N > *most.N {
			most = l
		}
	}
	return most.Reason
}

// whyLeftOut explains reasons that rows are given for.
func whyLeftOut() map[string]string {
	return map[string]string{
		"known_later":  "what is known of their runs, or of them, begins after their first commit",
		"imported":     "they are older than their host knows",
		"too_young":    "they have not been there for long enough",
		"components":   "their runs are known of the whole repository only",
		"not_measured": "nothing that was read tells of it",
		"no_team":      "no team owned what they worked on",
		"program":      "programs, where people count",
		"outside":      "changes elsewhere than in the platform teams' own repositories",
		"no_actor":     "nobody could be found behind them",
		"small_group":  "so few people that a figure would tell of each",
	}
}

// frictionTable prints the rows, and what they do not say.
func frictionTable(w io.Writer, a *answer) error {
	rows, err := rowsOf[frictionRow](a)
	if err != nil {
		return err
	}
	if err := tableOf(frictionColumns()...)(w, a); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, line := range explained(rows) {
		fmt.Fprintln(w, line)
	}
	_, err = fmt.Fprintln(w, "that groups differ is an association; no cause is claimed")
	return err
}

// explained lists the reasons that a table shows with what they mean, each once.
func explained(rows []frictionRow) (lines []string) {
	all, told := whyLeftOut(), map[string]bool{}
	for _, r := range rows {
		why := r.why()
		if r.Median == nil && all[why] != "" && !told[why] {
			told[why] = true
			lines = append(lines, words(why)+": "+all[why])
		}
	}
	return lines
}

func frictionColumns() []column[frictionRow] {
	type R = frictionRow
	return []column[R]{
		{"MEASURE", false, func(r R) string { return words(r.Measure) }},
		{"PATH", false, func(r R) string { return r.Path }},
		{"GROUP", false, func(r R) string { return words(r.Group) }},
		{"N", true, R.counted},
		{"MEDIAN", true, func(r R) string { return inHours(r.Median, r.why()) }},
		{"P90", true, func(r R) string { return inHours(r.P90, "") }},
		{"RATIO", true, func(r R) string {
			if r.Ratio == nil {
				return ""
			}
			return "× " + twoDigits(*r.Ratio)
		}},
		{"P", true, func(r R) string {
			if r.P == nil {
				return ""
			}
			return twoDigits(*r.P)
		}},
		{"SUCCESS OR UPKEEP", true, R.share},
	}
}

// twoDigits shows a figure as exactly as its first two digits, or its integer part, are.
func twoDigits(f float64) string {
	if f >= 10 {
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	return strconv.FormatFloat(f, 'g', 2, 64)
}

// counted is how many there are, and how many of them came to their end where not all did.
func (r frictionRow) counted() string {
	switch {
	case r.N == nil:
		return none
	case r.Ended != nil && *r.Ended < *r.N:
		return fmt.Sprintf("%d, %d ended", *r.N, *r.Ended)
	}
	return number(*r.N)
}

// share is that of runs that succeeded, or of changes that are upkeep.
func (r frictionRow) share() string {
	of := func(r rate) string {
		r.Lo, r.Hi = nil, nil // for there is no room
		return r.String()
	}
	switch {
	case r.Success != nil:
		if r.Success.Rate == nil && r.Success.Reason == r.Reason {
			return "" // the median says why
		}
		return of(*r.Success)
	case r.Work == nil:
		return ""
	case len(r.Work.Bounds) == 2:
		return fmt.Sprintf("%s, within %.0f–%.0f %%", of(r.Work.Upkeep), r.Work.Bounds[0]*100, r.Work.Bounds[1]*100)
	}
	return of(r.Work.Upkeep)
}

// inHours shows a time that is given in hours in the unit that suits it, or that there is none and why.
func inHours(hours *float64, reason string) string {
	if hours == nil {
		return lacking(reason)
	}
	value, unit := *hours, "h"
	switch {
	case value < 1./60:
		value, unit = value*3600, "s"
	case value < 1:
		value, unit = value*60, "min"
	case value >= 48:
		value, unit = value/24, "d"
	}
	return strconv.FormatFloat(math.Round(value*10)/10, 'f', -1, 64) + " " + unit
}
