package dashboards

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

const (
	flowsReach = 365 * metrics.Day // how far back flows go where no begin is given
	flowsDrawn = 40                // at most so many are drawn
	flowsRows  = 100               // and so many are in the table
)

// flows is the question how repositories moved between two moments.
func (k *known) flows(q *request) query.FlowsQuestion {
	ask := query.FlowsQuestion{Path: k.path(q), Team: k.team(q), Group: k.group(q), From: q.from, To: q.to}
	ask.From = q.since(flowsReach)
	return ask
}

// end is one end of a flow, in words and colours.
type end struct{ query.FlowEnd }

// words says what it is; absent is what it is called where the unit does not exist.
func (e end) words(absent string) string {
	ways := strings.ReplaceAll(joined(e.Ways), ", ", " and ")
	switch {
	case e.State == "":
		return absent
	case !e.State.Served() || ways == "":
		return string(e.State)
	case string(e.State) == metrics.Dormant.String():
		return ways + ", dormant"
	}
	return ways
}

// colour is that of its state, or of the one other way that units go.
func (e end) colour(shades map[metrics.WayKey]string) string {
	if e.State == query.Standing(metrics.Off.String()) && len(e.Ways) == 1 && shades[e.Ways[0]] != "" {
		return shades[e.Ways[0]]
	}
	if _, err := metrics.ParseState(string(e.State)); err != nil || e.State == "" {
		return "var(--outside)"
	}
	return "var(--" + string(e.State) + ")"
}

// What the ends of flows are called where a unit does not exist.
const (
	notThereYet = "new"
	gone        = "gone"
)

// flowsSection shows who went from which ways to which between two moments.
func flowsSection(q *request, known *known, rows []query.FlowsRow, shades map[metrics.WayKey]string, built bool) section {
	ask := known.flows(q)
	s := section{ID: "flows", Title: "Who moved", Why: "There was no repository at either moment.", Next: "Choose another time with From and To.",
		Words: []string{fmt.Sprintf("From %s (left) to %s (right); From and To choose other days. A stream is as wide as the repositories that went that way, and has the colour of where they went.",
			day(ask.From), day(ask.To))}}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b query.FlowsRow) int { return b.Repos - a.Repos })
	list := func(pairs ...string) string {
		return q.link("/flows", append([]string{"to"}, whose...), append([]string{"path", string(ask.Path), "from", ask.From.String()}, pairs...)...)
	}
	s.Table = table{Label: "Repositories by the ways they went before and after", Columns: append(texts("Before", "After"), numbers("Repositories")...),
		Caption: "Repositories by the ways they went on both days, the most first"}
	var drawn []stream
	aside, total := 0, 0
	for _, row := range rows {
		from, to := end{query.FlowEnd{State: row.FromState, Ways: row.From}}, end{query.FlowEnd{State: row.ToState, Ways: row.To}}
		total += row.Repos
		if from.State.Served() || to.State.Served() {
			drawn = append(drawn, stream{from, to, row.Repos})
		} else {
			aside += row.Repos
		}
		if len(s.Table.Rows) < flowsRows {
			after := say(to.words(gone))
			if from.Key() == to.Key() {
				after.Sub = []string{"as before"}
			}
			s.Table.Rows = append(s.Table.Rows, []cell{say(from.words(notThereYet)), after, counted(row.Repos, list("was", from.Key(), "became", to.Key()))})
		}
	}
	if total == 0 {
		return s
	}
	between := []string{"path", string(ask.Path), "from", ask.From.String(), "to", ask.To.String()}
	s.Why, s.More = "", []more{{"All " + plural(total, "repository", "repositories") + ", before and after", list()},
		{"Teams, before and after", q.link("/moved", whose, between...)}, {"Every decision in this time", q.link("/decisions", whose, between...)}}
	if len(drawn) > flowsDrawn {
		s.Words = append(s.Words, fmt.Sprintf("The %d widest of %s streams are drawn.", flowsDrawn, count(len(drawn))))
		drawn = drawn[:flowsDrawn]
	}
	if aside > 0 {
		s.Words = append(s.Words, "What is in no rate on both days is only in the table.")
		s.More = append(s.More, more{count(aside) + " in no rate on both days", list("moved", "aside")})
	}
	if len(drawn) > 0 {
		s.Chart = &chart{ID: "chart-flows", Built: built, Tall: len(drawn) > 8, Option: flowsChart("chart-flows", drawn, shades).JSON(),
			Label: "Repositories by the ways they went before and after; the table has the figures"}
	}
	return s
}

// flowEnd reads the key of an end of a flow; "" for any, and for one that there is not.
func (k *known) flowEnd(q *request, name string) string {
	key, given := q.values[name]
	if !given {
		return ""
	}
	e, err := query.ParseFlowEnd(key)
	if err != nil {
		q.wrong("%s: %q is not known; write a state, a colon and ways: off:%s.", name, key, cmp.Or(k.someWay(q), "circleci"))
		delete(q.values, name)
		return ""
	}
	for _, way := range e.Ways {
		if !k.hasWay(q, way) {
			q.wrong("%s: there is no way %q.", name, way)
			delete(q.values, name)
			return ""
		}
	}
	return key
}

// fillFlows is the list behind the flows: a row a repository.
func fillFlows(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	filters, err := known.onePath(q, "path", "team", "group", "from", "to", "as_of")
	if err != nil {
		return content{}, err
	}
	page := unitsPage{Empty: known.empty(), Filters: filters,
		Table: table{Label: "Repositories before and after", Columns: texts("Repository", "Team", "Before", "After"),
			Next: "No repository moved like that between these days."}}
	ask := known.flows(q)
	ask.Was, ask.Became = known.flowEnd(q, "was"), known.flowEnd(q, "became")
	if page.Empty == nil {
		if err := p.fillMoves(ctx, q, ask, &page); err != nil {
			return content{}, err
		}
	}
	page.Mistakes = q.mistakes
	return content{heading: "Ways then and now", body: &page,
		intro: known.said(ask.Path, fmt.Sprintf("which ways repositories went on %s and on %s.", day(ask.From), day(ask.To)))}, nil
}

// fillMoves takes the rows of one page.
func (p *Pages) fillMoves(ctx context.Context, q *request, ask query.FlowsQuestion, page *unitsPage) error {
	ask.Moved = q.oneOf("moved", query.SelectionNames(query.Moves())...)
	ask.After, ask.Limit = after[query.StateKey](q), unitsPerPage+1
	found, err := query.FlowsUnits(ctx, p.DB, ask)
	if err != nil {
		return fmt.Errorf("ask for the units of flows: %w", err)
	}
	rows, more := onPage(found)
	var last query.StateKey
	for _, row := range rows {
		from, to, unit := end{row.Before()}, end{row.After()}, metrics.UnitName(row.Repo, row.Component)
		page.Table.Rows = append(page.Table.Rows, []cell{
			lead(unit, q.link("/repo", nil, "repo", unit, "path", string(row.Path))), team(q, row.Team), say(from.words(notThereYet)), say(to.words(gone))})
		last = row.Key()
	}
	asked := []string{"path", "team", "group", "from", "to", "was", "became", "moved"}
	page.links(q, asked, more, last)
	if ask.Moved != "" {
		page.Table.Caption += "; " + map[string]string{"came": "came to the path", "left": "left the path", "born": "new on the path", "aside": "in no rate on both days"}[ask.Moved]
	}
	if len(rows) > 0 && ask.Was != "" {
		page.Table.Caption += "; before: " + end{rows[0].Before()}.words(notThereYet)
	}
	if len(rows) > 0 && ask.Became != "" {
		page.Table.Caption += "; after: " + end{rows[0].After()}.words(gone)
	}
	page.files(q, "/api/v1/flows", asked, "detail", "units", "from", ask.From.String())
	return nil
}
