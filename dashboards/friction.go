package dashboards

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// frictionPage shows whether paths are really faster than what else there is.
type frictionPage struct {
	Mistakes    []string
	Filters     filters
	Empty       *empty
	ChartsBuilt bool
	Measures    []frictionMeasure
}

// frictionMeasure is one measure, over all paths.
type frictionMeasure struct {
	Key, Title, Words, Reference, Why, Next string // what to do where nothing is known is said once

	Chart *chart // nil where nothing is known
	Table table
	Units string   // the list of what was measured; "" where there is none
	Left  cell     // how many are in no group, and their list; without words where none are
	Found []string // how the groups of each path compare
	Empty string   // of which paths there is nothing to compare, and why
	Note  string   // why there is no list; "" where there is one
}

// frictionWords say what a measure is, and what others reached.
var frictionWords = map[query.FrictionMeasure]struct{ title, words, reference string }{
	query.ScaffoldLead: {"Until the first green pipeline", "From the first commit of a repository to the first pipeline that succeeded on its default branch.", "Elsewhere: 15 minutes on the path, 2 days without."},
	query.DeployLead:   {"Until the first deployment", "From the first commit of a repository to its first deployment that succeeded.", ""},
	query.Pipelines:    {"Pipelines", "Runs on default branches: how many succeed, and how long they take.", ""},
	query.Recovery:     {"Back to green", "From the first failure of a workflow after a success to its next success.", ""},
	query.TenthPull:    {"Tenth pull request", "From somebody's first contribution to their tenth merged change, by how the team that they joined stands.", "Elsewhere: 55\u202f% less on the path."},
	query.Maintenance:  {"Maintenance tax", "What platform teams do in their own repositories: upkeep, or improvement.", "Elsewhere: 70\u202f% upkeep, 30\u202f% improvement."},
}

func fillFriction(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	page := frictionPage{ChartsBuilt: p.assets.has(chartLibrary), Empty: known.empty(), Filters: known.filters(q, "path", "team", "group", "from", "to", "as_of")}
	if page.Empty == nil {
		if err := page.fill(ctx, p, q, known); err != nil {
			return content{}, err
		}
	}
	page.Mistakes = q.mistakes
	return content{heading: "Is the path really faster?", body: &page,
		intro: "Repositories and people on the path beside others. That groups differ is an association; no cause is claimed."}, nil
}

// fill asks for all measures together, as what they need is partly the same.
func (page *frictionPage) fill(ctx context.Context, p *Pages, q *request, known *known) error {
	ask := known.cohort(q)
	path := ask.Path
	ask.Path = "" // of one path they are the same, and the answer for all is kept
	rows, err := query.Friction(ctx, p.DB, query.FrictionQuestion{CohortQuestion: ask})
	if err != nil {
		return fmt.Errorf("ask for friction: %w", err)
	}
	rows = slices.DeleteFunc(rows, func(r query.FrictionRow) bool { return path != "" && r.Path != "" && r.Path != path })
	for _, m := range query.FrictionMeasures() {
		of := slices.DeleteFunc(slices.Clone(rows), func(r query.FrictionRow) bool { return r.Measure != m })
		one := known.frictionMeasure(q, m, of, page.ChartsBuilt)
		if one.Next != "" && slices.ContainsFunc(page.Measures, func(above frictionMeasure) bool { return above.Next == one.Next }) {
			one.Next = "See above what to do."
		}
		page.Measures = append(page.Measures, one)
	}
	return nil
}

// cohort is whose times a request asks for: without a begin all of them.
func (k *known) cohort(q *request) query.CohortQuestion {
	c := query.CohortQuestion{Path: k.path(q), Team: k.team(q), Group: k.group(q), AsOf: q.asOf}
	if _, given := q.values["from"]; given {
		c.From = q.from
	}
	if _, given := q.values["to"]; given {
		c.To = q.to
	}
	return c
}

// groupWords says in words what a group of a comparison is.
func groupWords(g query.FrictionGroup) string {
	switch g {
	case query.Using:
		return "on the path"
	case query.NotUsing:
		return "not on it"
	case query.BeforeJoin:
		return "the same ones, before they joined"
	case query.AfterJoin:
		return "and after"
	case query.AllAuthors:
		return "all changes"
	case query.OfHumans:
		return "of people alone"
	}
	return string(g)
}

func (k *known) frictionMeasure(q *request, m query.FrictionMeasure, rows []query.FrictionRow, built bool) frictionMeasure {
	words := frictionWords[m]
	f := frictionMeasure{Key: string(m), Title: words.title, Words: words.words, Reference: words.reference}
	f.Table = table{Label: f.Title, Columns: texts("Path", "Group"), Next: "Nothing that was read tells of it."}
	if m == query.Maintenance { // which is of no one path
		f.Table.Columns = texts("Group")
	}
	f.Table.Columns = append(f.Table.Columns, numbers(frictionColumns(m)...)...)
	path := k.path(q)
	if m == query.Maintenance {
		path = ""
	}
	if n, href := frictionLeft(q, m, path, rows); n > 0 {
		f.Left = lead(leftWords(m, path, n), href)
	}
	if nothingIn(rows) {
		f.Why, f.Next = frictionWhy(m, rows)
		return f
	}
	var empty []string
	for of := range chunks(rows) {
		if nothingIn(of) {
			empty = append(empty, k.title(of[0].Path)+" ("+phrase.WhyNot(of[0].Reason)+")")
			continue
		}
		for _, row := range of {
			if beside := row.Group == query.BeforeJoin || row.Group == query.AfterJoin; beside && row.N != nil && *row.N == 0 {
				continue
			}
			f.Table.Rows = append(f.Table.Rows, k.frictionRow(q, row))
		}
		if words := comparison(of); words != "" {
			f.Found = append(f.Found, k.said(of[0].Path, words))
		}
	}
	if len(empty) > 0 {
		f.Empty = "Nothing to compare: " + strings.Join(empty, ", ") + "."
	}
	switch {
	case m == query.Maintenance:
		f.Chart = k.upkeep(rows, built)
	default:
		f.Chart = k.medians(m, rows, built)
	}
	if len(m.Sides()) == 0 {
		f.Note = "Behind these figures are people, who are not listed; of fewer than five nothing is told."
		return f
	}
	f.Units = q.frictionUnits(m, path, "")
	return f
}

// leftWords say how many are in no group of a measure: repositories of a path; of all paths a repository has to do with several.
func leftWords(m query.FrictionMeasure, path metrics.PathKey, n int) string {
	switch {
	case m == query.Maintenance:
		return plural(n, "change does", "changes do") + " not count, and why"
	case path == "":
		return plural(n, "pair of a repository and a path is", "pairs of a repository and a path are") + " in neither group, and why"
	}
	return plural(n, "repository is", "repositories are") + " in neither group, and why"
}

// nothingIn reports whether rows count nothing.
func nothingIn(rows []query.FrictionRow) bool {
	return !slices.ContainsFunc(rows, func(r query.FrictionRow) bool { return r.N == nil || *r.N > 0 })
}

// chunks goes through the rows of one path after the other.
func chunks(rows []query.FrictionRow) iter.Seq[[]query.FrictionRow] {
	return func(yield func([]query.FrictionRow) bool) {
		for len(rows) > 0 {
			n := slices.IndexFunc(rows, func(r query.FrictionRow) bool { return r.Path != rows[0].Path })
			if n < 0 {
				n = len(rows)
			}
			if !yield(slices.Clone(rows[:n])) {
				return
			}
			rows = rows[n:]
		}
	}
}

// frictionWhy says why nothing is known of a measure, and what to do.
func frictionWhy(m query.FrictionMeasure, rows []query.FrictionRow) (why, next string) {
	const name = " are read from GitHub and GitLab, not from clones. Name such a source in trodden.yaml (sources), and scan."
	switch {
	case m == query.Maintenance:
		return "No change of a platform team is known: that takes platform teams, which teams.platform in trodden.yaml names, and their pull requests, which are read from GitHub and GitLab and not from clones.", ""
	case !slices.ContainsFunc(rows, func(r query.FrictionRow) bool { return r.Reason == metrics.ReasonNotMeasured }) && len(rows) > 0:
		return "Nothing began in this time that could be measured: " + phrase.WhyNot(rows[0].Reason) + ".", ""
	case m == query.TenthPull:
		return "No pull request is known.", "Pull requests" + name
	}
	return "No run is known.", "Runs" + name
}

func frictionColumns(m query.FrictionMeasure) []string {
	if m == query.Maintenance {
		return []string{"Changes", "Upkeep", "95\u202f% interval", "Unclassified"}
	}
	columns := []string{"Number", "Median", "95\u202f% interval", "9 of 10 within", "Compared"}
	if m == query.Pipelines {
		return append(columns, "Succeed")
	}
	return append(columns, "By chance alone (p)")
}

// frictionRow is a row of the table of a measure.
func (k *known) frictionRow(q *request, row query.FrictionRow) []cell {
	path := say("")
	if row.Path != "" {
		path = lead(k.title(row.Path), q.pathLink(row.Path))
	}
	list := ""
	if len(row.Measure.Sides()) > 0 {
		list = q.frictionUnits(row.Measure, row.Path, row.Group)
	}
	n := say("withheld", "so few people that a figure would tell of each")
	if row.N != nil {
		n = counted(*row.N, list)
	}
	cells := []cell{path, say(groupWords(row.Group)), n}
	if row.Measure == query.Maintenance {
		cells = cells[1:]
		if row.Work == nil {
			return append(cells, say("", phrase.WhyNot(row.Reason)), say(""), say(""))
		}
		upkeep := newFigure(row.Work.Upkeep).within(row.Work.Bounds)
		of := func(w metrics.Work) string { return q.frictionUnits(row.Measure, "", row.Group, "work", string(w)) }
		return append(cells, rated(upkeep.to(linkOf(row.Work.Upkeep.Num, of(metrics.Upkeep)))), say(upkeep.Interval), counted(row.Work.Unclassified, of(metrics.Unclassified)))
	}
	median := say(hours(row.MedianHours))
	if row.MedianHours != nil {
		median.Href = list
	}
	if row.MedianHours == nil && row.Reason != "" {
		median.Sub = []string{phrase.WhyNot(row.Reason)}
	}
	if row.Ended != nil && row.N != nil && *row.Ended < *row.N {
		median.Sub = append(median.Sub, count(*row.N-*row.Ended)+" not at an end yet")
	}
	ratio, first := say(""), row.Group == query.Using || row.Group == query.AfterJoin // what is compared stands in the first row of two
	if row.RatioToOther != nil && first {
		ratio = say(times(*row.RatioToOther))
	}
	cells = append(cells, median, say(between(row.MedianBetween)), say(hours(row.P90Hours)), ratio)
	switch {
	case row.Measure == query.Pipelines && row.Success != nil:
		return append(cells, rated(newFigure(*row.Success).to(linkOf(row.Success.Den, list))))
	case row.LogRankP != nil && first:
		return append(cells, say(pValue(*row.LogRankP)))
	}
	return append(cells, say(""))
}

// times says how much faster or slower something is that takes so many times as long as the other.
func times(ratio float64) string {
	word := "slower"
	if ratio < 1 {
		ratio, word = 1/ratio, "faster"
	}
	switch {
	case math.IsInf(ratio, 0) || ratio > 1000:
		return "over 1\u202f000 times " + word
	case ratio < 1.05:
		return "about as fast"
	case ratio >= 10:
		ratio = math.Round(ratio)
	}
	return amount(math.Round(ratio*10)/10) + " times " + word
}

// comparison says in a sentence how those on a path compare with the others; "" where that is not known of both.
func comparison(rows []query.FrictionRow) string {
	var on, off *query.FrictionRow
	for i := range rows {
		switch rows[i].Group {
		case query.Using:
			on = &rows[i]
		case query.NotUsing:
			off = &rows[i]
		}
	}
	if on == nil || off == nil || on.MedianHours == nil || off.MedianHours == nil || on.RatioToOther == nil {
		return ""
	}
	words := fmt.Sprintf("%s on the path, %s not on it (medians): %s.", hours(on.MedianHours), hours(off.MedianHours), times(*on.RatioToOther))
	switch {
	case on.LogRankP == nil:
		return words
	case *on.LogRankP < 0.05:
		return words + " Chance alone would rarely make as much of a difference (" + pEquals(*on.LogRankP) + ")."
	}
	return words + " Chance alone often makes as much of a difference (" + pEquals(*on.LogRankP) + "), so nothing can be said yet."
}

// hours writes a time in the unit that suits it.
func hours(h *float64) string {
	if h == nil {
		return nothing
	}
	return phrase.Hours(*h, thinSpace)
}

// between writes an interval of times.
func between(b query.Between) string {
	if b.Lo == nil {
		return nothing
	}
	if b.Hi == nil && *b.Lo == 0 { // it may be anything
		return nothing
	}
	if b.Hi == nil {
		return hours(b.Lo) + " or more"
	}
	return phrase.HoursBetween(*b.Lo, *b.Hi, thinSpace)
}
