package dashboards

import (
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// staysSection shows how long repositories stay that chose the path, and that were told to take it.
func staysSection(q *request, known *known, a *pathAnswers, built bool) section {
	s := section{ID: "stays", Title: "Do they stay?", Open: true}
	s.Why, s.Next = noStays(q, a.present[0])
	t := table{Label: "Stays by how they began", Caption: leaveWords(a.measure) + " Stays that go on count for as long as they lasted.",
		Columns: append(texts("Began"), numbers("Stays", "Left", "Still there after 90 days", "Tried and left", "Half left within", "Came back, of those that left")...)}
	kept := append([]string{"from", "to"}, whose...)
	var curves []curve
	for _, row := range a.stays {
		if row.Spells == 0 || row.Reason != "" {
			continue
		}
		s.Why = ""
		list := func(outcome string) string {
			return q.link("/stays", kept, "path", string(row.Path), "manner", mannerName(row.Origin), "outcome", outcome)
		}
		t.Rows = append(t.Rows, []cell{
			say(mannerWords(row.Origin)), counted(row.Spells, list("")), counted(row.Left, list("left")), lasting(row.D90, list("")), triedAndLeft(row, list("")),
			lead(medianWords(row.MedianDays), list("")), rated(newFigure(row.Returned).to(returnedLink(row.Returned, list)))})
		if row.Origin != query.AllManners && len(row.Curve) > 0 {
			curves = append(curves, curve{string(row.Origin), row.Curve})
		}
	}
	s.Table = t
	if s.Why != "" {
		return s
	}
	s.Words = staysWords(a.stays)
	if len(curves) == 0 {
		s.Words = append(s.Words, "Of none of them it is known how it began, so no curve is drawn.")
		return s
	}
	var meanings []legend
	_, began := mannerNarrowings()
	for _, c := range curves {
		meanings = append(meanings, legend{"origin-" + c.name, began[c.name] + ": share that stays longer"}, legend{c.name + "-band", "its 95\u202f% interval"})
	}
	s.Chart = &chart{ID: "chart-stays", Built: built, Legend: meanings, Ends: everyLine, Option: staysChart("chart-stays", curves).JSON(),
		Label: "Share of stays that last longer, by how they began; the tables have the figures"}
	s.Points = curveTable(curves)
	return s
}

// curveDays are the days after which the table says what share of stays goes on.
var curveDays = []int{30, 60, triedDays, 180, 365, 2 * 365, 3 * 365, 4 * 365, 5 * 365}

// curveTable has the points of curves, as long as anybody is known to have lasted.
func curveTable(curves []curve) *table {
	t := table{Label: "Share of stays that last longer", Caption: "The share that is still there, with its 95 % interval, and how many are known for so long", Columns: texts("After"),
		Next: "No stay is known for 30 days."}
	for _, c := range curves {
		t.Columns = append(t.Columns, numbers(heading(c.name))...)
	}
	for _, day := range curveDays {
		row, some := []cell{{Text: days(float64(day)), NoWrap: true}}, false
		for _, c := range curves {
			p, ok := c.at(day)
			if !ok {
				row = append(row, say(""))
				continue
			}
			row, some = append(row, cell{Text: percent(p.S), Sub: []string{percent(p.Lo) + " to " + percent(p.Hi)}}), true
		}
		if some {
			t.Rows = append(t.Rows, row)
		}
	}
	return &t
}

// noStays says why there are no stays, and what to do.
func noStays(q *request, row query.AdoptionRow) (why, next string) {
	s := row.States
	switch {
	case q.values["from"] != "" || q.values["to"] != "":
		return "No stay began in this time.", "Take From and To away, or choose another time."
	case s.On+s.Mixed+s.Dormant == 0:
		return "No stay began at a moment that is known.", "No active repository is on the path. See below who goes another way."
	}
	return "No stay began at a moment that is known.", "Stays are dated by the history of repositories: scan those on the path with their history."
}

// returnedLink is the address of the list of those that came back; where nobody did, of those that left.
func returnedLink(r query.Rate, list func(outcome string) string) string {
	if r.Num > 0 {
		return list("returned")
	}
	return linkOf(r.Den, list("left"))
}

// linkOf is the address of a list, unless there is nothing in it.
func linkOf(n int, href string) string {
	if n == 0 {
		return ""
	}
	return href
}

// leaveWords says when a stay is over.
func leaveWords(m *metrics.Measure) string {
	if m == nil {
		return "A stay is left when the path was not used for longer than its definition allows."
	}
	return "A stay is left when the path was not used for " + daysOf(m.LeaveAfter) + "."
}

// mannerName is what the filter calls a manner.
func mannerName(m query.Manner) string {
	if m == query.AllManners {
		return ""
	}
	return string(m)
}

func mannerWords(m query.Manner) string {
	switch m {
	case query.ByChoice:
		return "chosen, or born on it"
	case query.ByMandate:
		return "mandated"
	case query.ByOthers:
		return "brought by a bot or the platform team"
	}
	return "all, however they began"
}

// lasting is the share that lasts 90 days, with its interval; there may be none that is known for so long.
func lasting(p *query.CurvePoint, list string) cell {
	if p == nil {
		return say("")
	}
	return lead(percent(p.S), list, percent(p.Lo)+" to "+percent(p.Hi), count(p.AtRisk)+" known so long")
}

// triedAndLeft is the share that did not last 90 days, as it is estimated from all the stays.
func triedAndLeft(row query.RetentionRow, list string) cell {
	if row.TriedAndLeft == nil {
		return say("")
	}
	return lead(percent(*row.TriedAndLeft), list, "of "+plural(row.Spells, "stay", "stays"))
}

func medianWords(d *float64) string {
	if d == nil {
		return "not yet"
	}
	return days(*d)
}

// staysWords says whether chosen and mandated stays differ.
func staysWords(rows []query.RetentionRow) []string {
	words := "Chosen and mandated stays cannot be compared: there are too few of one of them."
	i := slices.IndexFunc(rows, func(r query.RetentionRow) bool { return r.LogRankP != nil })
	if i >= 0 {
		p := *rows[i].LogRankP
		words = "Chosen and mandated stays last about equally long, as far as can be told: chance alone often makes as much of a difference"
		if p < 0.05 {
			words = "Chosen and mandated stays do not last equally long: chance alone would rarely make as much of a difference"
		}
		words += " (log-rank test, " + pEquals(p) + ")."
	}
	return []string{words}
}

// fillStays is the list behind retention: a row a stay.
func fillStays(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	ask := query.StaysQuestion{Without: q.without(), Manner: q.narrowed("manner", mannerNarrowings), Outcome: q.narrowed("outcome", outcomeNarrowings)}
	page := unitsPage{Empty: known.empty(), Filters: known.filters(q, "path", "team", "group", "manner", "outcome", "from", "to", "as_of"),
		Table: table{Label: "Stays", Columns: texts("Repository", pathColumn, "Team when it came", "How it came", "Began", "Lasted", "What became of it", "Came with"),
			Next: "No stay is like that. Take a filter away."}}
	page.Table.Columns[5].Number = true
	page.Filters.unlabelled(q)
	if page.Empty == nil {
		ask.CohortQuestion = known.cohort(q)
		if err := p.fillStayRows(ctx, q, known, ask, &page); err != nil {
			return content{}, err
		}
	}
	page.Table.ofPath(known.one(q))
	page.Mistakes = q.mistakes
	return content{heading: "Stays", body: &page,
		intro: known.said(known.path(q), "who came when, how, and for how long. Stays whose begin is not known are not among them.")}, nil
}

// outcome says what became of a stay, and when it was left.
func outcome(row query.StayRow) cell {
	if !row.Left {
		return say("not left")
	}
	c := say("left on " + day(metrics.At(row.From)+metrics.Instant(row.Days*float64(metrics.Day))))
	if row.Returned {
		c.Sub = []string{"and came back"}
	}
	return c
}

// fillStayRows takes the rows of one page.
func (p *Pages) fillStayRows(ctx context.Context, q *request, known *known, ask query.StaysQuestion, page *unitsPage) error {
	ask.After, ask.Limit = after[query.StayKey](q), unitsPerPage+1
	found, err := query.Stays(ctx, p.DB, ask)
	if err != nil {
		return fmt.Errorf("ask for stays: %w", err)
	}
	rows, more := onPage(found)
	var last query.StayKey
	for _, row := range rows {
		unit, change := metrics.UnitName(row.Repo, row.Component), say("")
		if row.Change != nil {
			change = p.committed(row.Repo, *row.Change)
		}
		page.Table.Rows = append(page.Table.Rows, []cell{
			lead(unit, q.link("/repo", nil, "repo", unit, "path", string(row.Path))), say(known.title(row.Path)), team(q, row.Team), say(row.Origin.String()),
			timed(stampOf(&row.From)), say(days(row.Days)), outcome(row), change})
		last = row.Key()
	}
	asked := []string{"path", "team", "group", "from", "to", "manner", "outcome", "without"}
	page.links(q, asked, more, last)
	page.files(q, "/api/v1/retention", asked, "detail", "units")
	return nil
}
