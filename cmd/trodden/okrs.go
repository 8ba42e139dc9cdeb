package main

import (
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
)

// okrsFlags are what can be asked about objectives.
type okrsFlags struct{ objective, asOf string }

func (p *program) okrsCommand() *cobra.Command {
	var f okrsFlags
	cmd := &cobra.Command{
		Use: "okrs", Short: "How objectives and their key results stand",
		Long: `Prints for every key result of the configuration its value, where it began and is to end, how much of the way
is made (score, between 0 and 1), how fast (pace: 1 is a straight line to the target), and where it will be at
the end if it goes on as in the last 8 to 12 weeks. The score of an objective is the mean of its key results'
scores, each by its weight. The interval of a forecast has both how sure the value is and how sure the trend is; a
note says where the weeks show no trend at all.

A key result goes up or down: as its direction says, else from a number as baseline to the target, else to where
its figure is better. One whose baseline was at the target or beyond it is to be held: it scores 1 or 0.

met: the target is reached. on track: the forecast reaches it. at risk: the forecast makes 70 % of the way.
Without a forecast the pace stands in for it. Before its time a key result is not started; after it, it stands as
it did at the end. Where nothing can be told, or what is not known could change it, the status is unknown, never a
failure.

A baseline {at: DATE} is kept as it was when a scan could tell it first. Where it would be told otherwise now, a
note says so. What must not suffer for a target (exemptions, retention) stands below where it did.`,
		Example: `  trodden okrs
  trodden okrs --objective 2026-h2
  trodden okrs --as-of 2026-10-01 --output json`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return isDate("as-of", f.asOf) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd, question{resource: "okrs", query: f.query(), table: okrsTable})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.objective, "objective", "", "only this objective")
	flags.StringVar(&f.asOf, "as-of", "", "the moment asked about (default: now)")
	completeWith(cmd, "objective", p.fromConfig(objectiveKeys))
	return cmd
}

func objectiveKeys(c *config.Config) []string {
	var keys []string
	for _, o := range c.OKRs {
		keys = append(keys, o.Key+"\t"+o.Title)
	}
	return keys
}

func (f okrsFlags) query() url.Values {
	query := url.Values{}
	set(query, "objective", f.objective)
	set(query, "as_of", f.asOf)
	return query
}

// okrRow is what tables show of a key result.
type okrRow struct {
	Objective string
	Key       string
	Value     *float64
	Baseline  *float64
	Target    float64
	Score     *float64
	Pace      *float64
	Forecast  *struct{ Value, Lo, Hi float64 }
	Status    string
	Guards    []okrGuard
	Reason    string

	ObjectiveTitle string `json:"objective_title"`
	Measure        string
	ObjectiveScore *float64 `json:"objective_score"`
	Num, Den       *int
	BaselineNow    *float64 `json:"baseline_now"`
	BeginValue     *float64 `json:"begin_value"`
	Notes          []string
}

// okrGuard is a figure beside a key result.
type okrGuard struct {
	Guard    string
	Value    *float64
	Baseline *float64
	Worse    bool
}

// amount shows a value of the measure: a share in percent.
func (r okrRow) amount(v *float64) string {
	if v == nil {
		return none
	}
	if figure, _ := metrics.FindFigure(r.Measure); figure.Share {
		return decimals(*v*100) + " %"
	}
	return decimals(*v)
}

// decimals shows a number with one decimal where it needs one.
func decimals(v float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", math.Round(v*10)/10), ".0")
}

func (r okrRow) value() string {
	text := r.amount(r.Value)
	switch {
	case r.Value == nil:
		return text + " " + words(r.Reason)
	case r.Den != nil:
		text += fmt.Sprintf(" %d/%d", *r.Num, *r.Den)
	}
	return text
}

func (r okrRow) way() string { return r.amount(r.Baseline) + " → " + r.amount(&r.Target) }

func (r okrRow) forecast() string {
	if r.Forecast == nil {
		return none
	}
	return fmt.Sprintf("%s (%s to %s)", r.amount(&r.Forecast.Value), r.amount(&r.Forecast.Lo), r.amount(&r.Forecast.Hi))
}

// remarks are the notes on a key result, and the guards that worsened.
func (r okrRow) remarks() []string {
	list := slices.Clone(r.Notes)
	if r.BaselineNow != nil {
		list = append(list, "told now, the baseline would be "+r.amount(r.BaselineNow))
	}
	if r.BeginValue != nil && r.amount(r.BeginValue) != r.amount(r.Baseline) {
		list = append(list, "the baseline was set; at the begin "+r.amount(r.BeginValue)+" was measured")
	}
	for _, g := range r.Guards {
		if g.Worse {
			list = append(list, fmt.Sprintf("%s went from %.3g to %.3g", g.Guard, *g.Baseline, *g.Value))
		}
	}
	return list
}

// decimal shows a score or a pace.
func decimal(v *float64) string {
	if v == nil {
		return none
	}
	return fmt.Sprintf("%.2f", *v)
}

func okrColumns() []column[okrRow] {
	type R = okrRow
	return []column[R]{
		{"OBJECTIVE", false, func(r R) string { return r.Objective }},
		{"KEY RESULT", false, func(r R) string { return r.Key }},
		{"VALUE", true, R.value},
		{"BASELINE → TARGET", true, R.way},
		{"SCORE", true, func(r R) string { return decimal(r.Score) }},
		{"PACE", true, func(r R) string { return decimal(r.Pace) }},
		{"FORECAST", true, R.forecast},
		{"STATUS", false, func(r R) string { return words(r.Status) }},
	}
}

// okrsTable prints the key results, then the scores of their objectives, then what is to be said of them.
func okrsTable(w io.Writer, a *answer) error {
	if err := tableOf(okrColumns()...)(w, a); err != nil {
		return err
	}
	rows, err := rowsOf[okrRow](a)
	if err != nil {
		return err
	}
	var scores, remarks []string
	for i, r := range rows {
		if i == 0 || r.Objective != rows[i-1].Objective {
			scores = append(scores, fmt.Sprintf("%s (%s): score %s", r.Objective, r.ObjectiveTitle, decimal(r.ObjectiveScore)))
		}
		for _, remark := range r.remarks() {
			remarks = append(remarks, r.Objective+" "+r.Key+": "+remark)
		}
	}
	return firstError(writeLines(w, scores), writeLines(w, remarks))
}

// writeLines prints lines below a table, with a gap above them.
func writeLines(w io.Writer, lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	_, err := fmt.Fprintln(w)
	for _, line := range lines {
		_, failed := fmt.Fprintln(w, plain(line))
		err = firstError(err, failed)
	}
	return err
}
