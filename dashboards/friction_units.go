package dashboards

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// listedMeasures are those that have a list: behind tenth pull requests are people.
func listedMeasures() (names []string) {
	for _, m := range query.FrictionMeasures() {
		if len(m.Sides()) > 0 {
			names = append(names, string(m))
		}
	}
	return names
}

// sideWords say which part of a list of a measure one sees.
func sideWords(m query.FrictionMeasure, side query.FrictionGroup) string {
	switch side {
	case "":
		return "All"
	case query.NeitherGroup:
		if m == query.Maintenance {
			return "What does not count"
		}
		return "In neither group"
	case query.AllAuthors:
		return "All that count"
	case query.BeforeJoin:
		return "Before they joined"
	case query.AfterJoin:
		return "After they joined"
	}
	return strings.ToUpper(groupWords(side)[:1]) + groupWords(side)[1:]
}

// sideField offers the groups of a measure.
func sideField(q *request, m query.FrictionMeasure) (query.FrictionGroup, field) {
	sides := append([]query.FrictionGroup{""}, m.Sides()...)
	only, names := field{Name: "only", Label: labels()["only"], Value: q.values["only"]}, make([]string, len(sides))
	for i, side := range sides {
		names[i] = string(side)
		only.Options = append(only.Options, option{Value: names[i], Text: sideWords(m, side)})
	}
	return query.FrictionGroup(q.oneOf("only", names...)), only.choose()
}

// measureField offers the measures that have a list.
func measureField(q *request) (query.FrictionMeasure, field) {
	m := query.FrictionMeasure(q.oneOf("measure", listedMeasures()...))
	f := field{Name: "measure", Label: "Measure", Value: string(m)}
	for _, name := range listedMeasures() {
		f.Options = append(f.Options, option{Value: name, Text: frictionWords[query.FrictionMeasure(name)].title})
	}
	return m, f.choose()
}

// frictionUnits is where the list behind a measure is.
func (q *request) frictionUnits(m query.FrictionMeasure, path metrics.PathKey, side query.FrictionGroup, pairs ...string) string {
	keep := append([]string{"from", "to"}, whose...)
	return q.link("/friction/units", keep, append([]string{"measure", string(m), "path", string(path), "only", string(side)}, pairs...)...)
}

// fillFrictionUnits is the list behind a measure of friction.
func fillFrictionUnits(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	measure, measures := measureField(q)
	side, only := sideField(q, measure)
	list := frictionList{request: q, known: known, Pages: p, ask: query.FrictionListQuestion{
		FrictionQuestion: query.FrictionQuestion{CohortQuestion: known.cohort(q), Measure: measure}, Side: side}}
	names, fields := []string{"path", "team", "group", "from", "to", "as_of"}, []field{measures, only}
	if measure == query.Maintenance { // which is of no one path
		names = names[1:]
		works := []string{"", string(metrics.Upkeep), string(metrics.Improvement), string(metrics.Unclassified)}
		list.ask.Work = metrics.Work(q.oneOf("work", works...))
		fields = append(fields, listField(q, "work", "It is", "Anything", works[1:]))
	}
	page := unitsPage{Empty: known.empty(), Filters: known.filters(q, names...)}
	page.Filters.prepend(q, fields...)
	page.Table = table{Label: frictionWords[measure].title, Next: "Nothing is like that. Take a filter away, or choose a longer time."}
	if page.Empty == nil {
		if err := list.fill(ctx, &page); err != nil {
			return content{}, fmt.Errorf("ask for the list behind friction: %w", err)
		}
	}
	page.Mistakes = q.mistakes
	return content{heading: frictionWords[measure].title, body: &page, intro: listIntro(measure)}, nil
}

// listIntro says what stands in a list.
func listIntro(m query.FrictionMeasure) string {
	intro := frictionWords[m].words
	switch m {
	case query.ScaffoldLead, query.DeployLead:
		return intro + " A row a repository and path, by whether it used the path when that was decided; what is in neither group is not compared."
	case query.Pipelines:
		return intro + " A row a repository, path and side on which its runs began; the number of runs leads to them."
	case query.Recovery:
		return intro + " A row a failure."
	case query.Maintenance:
		return intro + " A row a merged change; it is told by its title and labels what it was for, and not whose it is."
	}
	return intro
}

// frictionList is a list that a page shows.
type frictionList struct {
	*request
	*known
	*Pages
	ask query.FrictionListQuestion
}

// fill takes the rows of one page.
func (l *frictionList) fill(ctx context.Context, page *unitsPage) error {
	columns := func(words []string, figures ...string) {
		page.Table.Columns = append(texts(words...), numbers(figures...)...)
	}
	took := frictionWords[l.ask.Measure].title
	switch l.ask.Measure {
	case query.Pipelines:
		columns([]string{"Repository", "Path", "Its side"}, "Runs", "Succeed", "Median", "9 of 10 within")
		return fillFrictionRows(ctx, l, page, query.PipelineUnits, l.pipelines)
	case query.Recovery:
		columns([]string{"Repository", "Path", "Its side then", "Workflow", "Turned red", "Run that failed", "Green again", "Run that succeeded"})
		page.Table.Columns[6].Number = true
		return fillFrictionRows(ctx, l, page, query.Reds, l.red)
	case query.Maintenance:
		columns([]string{"Repository", "Change", "Merged", "Team then", "By", "Title", "Labels", "It is"})
		return fillFrictionRows(ctx, l, page, query.UpkeepUnits, l.upkeep)
	}
	columns([]string{"Repository", "Path", "Team then", "It counts", "First commit", took, "Evidence"})
	page.Table.Columns[5].Number = true
	return fillFrictionRows(ctx, l, page, query.Leads, l.lead)
}

// fillFrictionRows takes the rows of one page of a list.
func fillFrictionRows[R interface{ Key() query.FrictionKey }](ctx context.Context, l *frictionList, page *unitsPage,
	ask func(context.Context, query.DB, query.FrictionListQuestion, *query.FrictionKey, int) ([]R, error), row func(R) []cell, detail ...string) error {
	found, err := ask(ctx, l.DB, l.ask, after[query.FrictionKey](l.request), unitsPerPage+1)
	if err != nil {
		return err
	}
	rows, more := onPage(found)
	var last query.FrictionKey
	for _, r := range rows {
		page.Table.Rows = append(page.Table.Rows, row(r))
		last = r.Key()
	}
	kept := append([]string{"path", "from", "to"}, whose...)
	page.links(l.request, append([]string{"measure", "only", "work", "repo"}, kept...), more, last)
	page.files(l.request, "/api/v1/friction", append([]string{"repo"}, kept...),
		append([]string{"measure", string(l.ask.Measure), "side", string(l.ask.Side), "work", string(l.ask.Work), "detail", "units"}, detail...)...)
	return nil
}

// repo leads to the page of a repository.
func (l *frictionList) repo(name, component string, path metrics.PathKey) cell {
	unit := metrics.UnitName(name, component)
	return lead(unit, l.link("/repo", nil, "repo", unit, "path", string(path)))
}

// pathOf leads to the page of a path.
func (l *frictionList) pathOf(path metrics.PathKey) cell {
	return lead(l.title(path), l.pathLink(path))
}

func (l *frictionList) lead(r query.LeadRow) []cell {
	group, evidence := say("in neither group", phrase.WhyNot(r.Reason)), say("")
	if r.Group != nil {
		group = say(groupWords(*r.Group))
	}
	if r.Run != nil {
		evidence = l.runAt(r.Repo, *r.Run)
	} else if r.Ended && r.Measure == query.DeployLead {
		evidence = outward("deployments", l.deployments(r.Repo))
	}
	return []cell{l.repo(r.Repo, r.Component, r.Path), l.pathOf(r.Path), team(l.request, r.Team), group, timed(stampOf(&r.From)), tookCell(r.Hours, r.Ended), evidence}
}

// tookCell is how long something took, or went on so far.
func tookCell(h *float64, ended bool) cell {
	switch {
	case h == nil:
		return say("")
	case ended:
		return say(hours(h))
	}
	return say("not in "+hours(h), "as long as is known")
}

func (l *frictionList) pipelines(r query.PipelineRow) []cell {
	runs := l.link("/friction/runs", append([]string{"from", "to"}, whose...), "repo", r.Repo, "path", string(r.Path), "only", string(r.Group))
	return []cell{l.repo(r.Repo, "", r.Path), l.pathOf(r.Path), say(onItsSide(r.Group)), counted(r.N, runs), rated(newFigure(r.Success).to(runs)), say(hours(r.MedianHours)), say(hours(r.P90Hours))}
}

// onItsSide says of one repository where it is.
func onItsSide(g query.FrictionGroup) string {
	switch g {
	case query.BeforeJoin:
		return "in the weeks before it joined"
	case query.AfterJoin:
		return "in the weeks after it joined"
	}
	return groupWords(g)
}

func (l *frictionList) red(r query.RedRow) []cell {
	green := say("")
	if r.Green != nil {
		green = l.runAt(r.Repo, *r.Green)
	}
	return []cell{l.repo(r.Repo, "", r.Path), l.pathOf(r.Path), say(onItsSide(r.Group)), say(r.Workflow), timed(minuteOf(r.From)), l.runAt(r.Repo, r.Run), tookCell(&r.Hours, r.Ended), green}
}

func (l *frictionList) upkeep(r query.UpkeepRow) []cell {
	is := say(map[metrics.Work]string{metrics.Upkeep: "upkeep", metrics.Improvement: "improvement", metrics.Unclassified: "cannot be told"}[value(r.Work)])
	if r.Work == nil {
		is = say("of no account", whyNoUpkeep(r.Reason))
	}
	by := "a person"
	if r.By == "bot" {
		by = "a program"
	}
	return []cell{l.repo(r.Repo, "", ""), outward("#"+strconv.FormatUint(r.Number, 10), l.change(r.Repo, r.Number)), timed(stampOf(&r.Merged)), team(l.request, r.Team),
		say(by), say(string(r.Class)), say(strings.Join(r.Labels, ", ")), is}
}

// value is what a pointer points to, or nothing.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// whyNoUpkeep says why a change is none of the platform teams.
func whyNoUpkeep(reason metrics.Reason) string {
	switch reason {
	case metrics.ReasonOutside:
		return "somebody made it who is in no platform team"
	case metrics.ReasonNoActor:
		return "it is not known who made it"
	}
	return phrase.WhyNot(reason)
}

// runAt leads to a run at its host.
func (l *frictionList) runAt(repo string, r query.RunRef) cell {
	text := "run " + strconv.FormatUint(r.ID, 10)
	if r.Attempt > 1 {
		text += ", attempt " + strconv.Itoa(int(r.Attempt))
	}
	return outward(text, l.run(repo, r))
}

// outward is a cell that leads to a host, where its address is known.
func outward(text, href string) cell {
	if href == "" {
		return say(text)
	}
	return lead(text, href)
}

// fillFrictionRuns is the list of the runs of a repository.
func fillFrictionRuns(ctx context.Context, p *Pages, q *request) (content, error) {
	unit, repo, err := p.namedUnit(ctx, q)
	if err != nil {
		return content{}, err
	}
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	side, only := sideField(q, query.Pipelines)
	list := frictionList{request: q, known: known, Pages: p, ask: query.FrictionListQuestion{
		FrictionQuestion: query.FrictionQuestion{CohortQuestion: known.cohort(q), Measure: query.Pipelines}, Side: side, Repo: unit.Repo}}
	page := unitsPage{Empty: known.empty(), Filters: known.filters(q, "path", "team", "group", "from", "to", "as_of"),
		Table: table{Label: "Runs", Columns: texts("Run", "Path", "Its side then", "Workflow", "Created", "Took", "It"), Next: "No run is like that. Take a filter away, or choose a longer time."}}
	page.Table.Columns[5].Number = true
	page.Filters.prepend(q, only)
	page.Filters.Fields = append(page.Filters.Fields, field{Name: "repo", Type: "hidden", Value: q.values["repo"]})
	if page.Empty == nil {
		if err := fillFrictionRows(ctx, &list, &page, query.Runs, list.single, "detail", "runs"); err != nil {
			return content{}, fmt.Errorf("ask for runs: %w", err)
		}
	}
	page.Mistakes = q.mistakes
	return content{heading: "Runs of " + repo, body: &page,
		intro: "Those on its default branch that came to an end, by the side of a path on which the repository was when they began. A run counts once for each path."}, nil
}

func (l *frictionList) single(r query.RunRow) []cell {
	it := "failed"
	if r.Success {
		it = "succeeded"
	}
	return []cell{l.runAt(r.Repo, r.Run), l.pathOf(r.Path), say(onItsSide(r.Group)), say(r.Workflow), timed(minuteOf(r.From)), say(hours(r.Hours)), say(it)}
}

// frictionLeft says how many count in no group of a measure, of all paths, and where they are listed.
func frictionLeft(q *request, m query.FrictionMeasure, path metrics.PathKey, rows []query.FrictionRow) (n int, href string) {
	if !slices.Contains(m.Sides(), query.NeitherGroup) {
		return 0, ""
	}
	for _, row := range rows {
		if row.Group == query.Using || row.Group == query.AllAuthors { // those of the other group are the same
			for _, left := range row.LeftOut {
				n += value(left.N)
			}
		}
	}
	return n, q.frictionUnits(m, path, query.NeitherGroup)
}
