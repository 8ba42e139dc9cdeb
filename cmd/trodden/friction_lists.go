package main

import (
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// frictionFlags are what can be asked about friction.
type frictionFlags struct {
	filters
	measure, side, repo string
	units, runs         bool
}

func (f *frictionFlags) add(p *program, cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.measure, "measure", "", "only this measure")
	complete(cmd, "measure", frictionMeasures())
	f.filters.add(p, cmd, ofFriction)
	cmd.Flags().BoolVar(&f.units, "units", false, "the list behind the figures")
	cmd.Flags().BoolVar(&f.runs, "runs", false, "the single runs behind pipeline")
	cmd.Flags().StringVar(&f.side, "side", "", "of a list only what counts in this group")
	complete(cmd, "side", frictionSides())
	cmd.Flags().StringVar(&f.repo, "repo", "", "of a list only this repository")
}

// check refuses what no question can mean.
func (f *frictionFlags) check() error {
	sides := strings.Join(namesOf(f.of().Sides()), ", ")
	switch err := firstError(oneOf("measure", f.measure, frictionMeasures()), f.filters.check()); {
	case err != nil:
		return err
	case f.units && f.runs:
		return usagef("--units and --runs are two lists, expected one of them")
	case f.runs && f.of() != query.Pipelines:
		return usagef("--runs lists runs of pipelines, expected --measure %s with it", query.Pipelines)
	case f.units && sides == "":
		return usagef("--units has nothing to list of %s, as it would tell of single people", f.measure)
	case !f.units && !f.runs && f.side+f.repo != "":
		return usagef("--side and --repo are for lists, expected --units or --runs with them")
	}
	return oneOf("side", f.side, namesOf(f.of().Sides()))
}

func (f *frictionFlags) of() query.FrictionMeasure { return query.FrictionMeasure(f.measure) }

// query returns what is set as the API takes it.
func (f *frictionFlags) query() url.Values {
	values := f.filters.query()
	set(values, "measure", f.measure)
	set(values, "side", f.side)
	set(values, "repo", f.repo)
	switch {
	case f.units:
		values.Set("detail", "units")
	case f.runs:
		values.Set("detail", "runs")
	}
	return values
}

// table prints what was asked for.
func (f *frictionFlags) table() func(io.Writer, *answer) error {
	switch {
	case f.runs:
		return tableOf(runColumns()...)
	case !f.units:
		return frictionTable
	case f.of() == query.Pipelines:
		return tableOf(pipelineColumns()...)
	case f.of() == query.Recovery:
		return tableOf(redColumns()...)
	case f.of() == query.Maintenance:
		return tableOf(changeColumns()...)
	}
	return tableOf(leadColumns()...)
}

// frictionSides are what --side takes, of one measure or the other.
func frictionSides() []string {
	return namesOf([]query.FrictionGroup{query.Using, query.NotUsing, query.BeforeJoin, query.AfterJoin, query.AllAuthors, query.OfHumans, query.NeitherGroup})
}

// leadRow is what tables show of a new repository.
type leadRow struct {
	Repo      string
	Component string
	Team      string
	Path      string
	Measure   string
	Group     *string
	From      *string
	Ended     bool
	Hours     *float64
	Reason    string
}

func leadColumns() []column[leadRow] {
	type R = leadRow
	return []column[R]{
		{"REPOSITORY", false, func(r R) string { return metrics.UnitName(r.Repo, r.Component) }},
		{"PATH", false, func(r R) string { return r.Path }},
		{"TEAM", false, func(r R) string { return dash(r.Team) }},
		{"MEASURE", false, func(r R) string { return r.Measure }},
		{"GROUP", false, func(r R) string { return words(optional(r.Group)) }},
		{"FROM", false, func(r R) string { return day(r.From) }},
		{"SUCCEEDED", true, func(r R) string {
			if r.Hours == nil {
				return lacking(r.Reason)
			}
			return endedAfter(r.Ended, r.Hours)
		}},
	}
}

// endedAfter says when something came to its end, or for how long it did not.
func endedAfter(ended bool, hours *float64) string {
	if ended {
		return "after " + inHours(hours, "")
	}
	return "not in " + inHours(hours, "")
}

// pipelineRow is what tables show of how the pipelines of a repository go.
type pipelineRow struct {
	Repo    string
	Path    string
	Group   string
	N       int
	Median  *float64 `json:"median_hours"`
	P90     *float64 `json:"p90_hours"`
	Success rate
}

func pipelineColumns() []column[pipelineRow] {
	type R = pipelineRow
	return []column[R]{
		{"REPOSITORY", false, func(r R) string { return r.Repo }},
		{"PATH", false, func(r R) string { return r.Path }},
		{"GROUP", false, func(r R) string { return words(r.Group) }},
		{"RUNS", true, func(r R) string { return number(r.N) }},
		{"MEDIAN", true, func(r R) string { return inHours(r.Median, "") }},
		{"P90", true, func(r R) string { return inHours(r.P90, "") }},
		{"SUCCESS", true, func(r R) string { return r.Success.String() }},
	}
}

// runRow is what tables show of a run.
type runRow struct {
	Repo     string
	Path     string
	Group    string
	From     *string
	Workflow string
	Run      runRef
	Hours    *float64
	Success  bool
}

// runRef is what hosts call a run.
type runRef struct{ ID, Attempt uint64 }

// String is the number, and which attempt it was where that was not the first.
func (r runRef) String() string {
	text := strconv.FormatUint(r.ID, 10)
	if r.Attempt > 1 {
		text += ", attempt " + strconv.FormatUint(r.Attempt, 10)
	}
	return text
}

func runColumns() []column[runRow] {
	type R = runRow
	return []column[R]{
		{"REPOSITORY", false, func(r R) string { return r.Repo }},
		{"PATH", false, func(r R) string { return r.Path }},
		{"GROUP", false, func(r R) string { return words(r.Group) }},
		{"CREATED", false, func(r R) string { return day(r.From) }},
		{"WORKFLOW", false, func(r R) string { return r.Workflow }},
		{"RUN", false, func(r R) string { return r.Run.String() }},
		{"TOOK", true, func(r R) string { return inHours(r.Hours, "") }},
		{"SUCCEEDED", false, func(r R) string { return yesNo(r.Success) }},
	}
}

// redRow is what tables show of a time in which a workflow was red.
type redRow struct {
	Repo     string
	Path     string
	Group    string
	From     *string
	Workflow string
	Run      runRef
	Ended    bool
	Hours    *float64
}

func redColumns() []column[redRow] {
	type R = redRow
	return []column[R]{
		{"REPOSITORY", false, func(r R) string { return r.Repo }},
		{"PATH", false, func(r R) string { return r.Path }},
		{"GROUP", false, func(r R) string { return words(r.Group) }},
		{"FROM", false, func(r R) string { return day(r.From) }},
		{"WORKFLOW", false, func(r R) string { return r.Workflow }},
		{"RUN THAT FAILED", false, func(r R) string { return r.Run.String() }},
		{"GREEN AGAIN", true, func(r R) string { return endedAfter(r.Ended, r.Hours) }},
	}
}

// changeRow is what tables show of a change of a platform team.
type changeRow struct {
	Repo   string
	Number uint64
	Team   string
	By     string
	Merged *string
	Class  string
	Labels []string
	Work   *string
	Reason string
}

func changeColumns() []column[changeRow] {
	type R = changeRow
	return []column[R]{
		{"REPOSITORY", false, func(r R) string { return r.Repo }},
		{"CHANGE", true, func(r R) string { return strconv.FormatUint(r.Number, 10) }},
		{"TEAM", false, func(r R) string { return dash(r.Team) }},
		{"MERGED", false, func(r R) string { return day(r.Merged) }},
		{"BY", false, func(r R) string { return r.By }},
		{"TITLE", false, func(r R) string { return dash(r.Class) }},
		{"LABELS", false, func(r R) string { return dash(strings.Join(r.Labels, ", ")) }},
		{"IT IS", false, func(r R) string {
			if r.Work == nil {
				return lacking(r.Reason)
			}
			return words(*r.Work)
		}},
	}
}
