package dashboards

import (
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// waitFacts say how long repositories took to come to a path; none where nothing is known of that.
func waitFacts(q *request, rows []query.TimeToAdoptRow) []fact {
	if len(rows) == 0 || rows[0].Units == 0 || rows[0].Reason != "" {
		return nil
	}
	row := rows[0]
	list := func(came string) string {
		return q.link("/waits", append([]string{"from", "to"}, whose...), "path", string(row.Path), "came", came)
	}
	within := func(d *float64) string {
		if d == nil {
			return "not yet"
		}
		return days(*d)
	}
	could := "Repositories that could come to it"
	if _, given := q.values["from"]; given {
		could += " from " + day(q.from) + " on"
	}
	return []fact{
		countedFact(could, row.Units, list("")),
		countedFact("Of these, came to it", row.Adopted, list("yes")),
		{Label: "Half of them came within", Text: within(row.MedianDays), Href: list("")},
		{Label: "Nine tenths came within", Text: within(row.P90Days), Href: list("")},
	}
}

// fillWaits is the list behind the time to adopt: a row a repository.
func fillWaits(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	ask := query.WaitsQuestion{Without: q.without(), Came: q.narrowed("came", comingNarrowings)}
	page := unitsPage{Empty: known.empty(), Filters: known.filters(q, "path", "team", "group", "came", "from", "to", "as_of"),
		Table: table{Label: "How long repositories took", Columns: texts("Repository", pathColumn, "Team at the start", "Could come since", "It took", "Came"),
			Next: "No repository is like that. Take a filter away."}}
	page.Table.Columns[4].Number = true
	page.Filters.unlabelled(q)
	if page.Empty == nil {
		ask.CohortQuestion = known.cohort(q)
		if err := p.fillWaitRows(ctx, q, known, ask, &page); err != nil {
			return content{}, err
		}
	}
	page.Table.ofPath(known.one(q))
	page.Mistakes = q.mistakes
	return content{heading: "How long they took", body: &page,
		intro: known.said(known.path(q), "from its launch, or from the birth of a repository if that was later, to the first time that it used the path.")}, nil
}

// fillWaitRows takes the rows of one page.
func (p *Pages) fillWaitRows(ctx context.Context, q *request, known *known, ask query.WaitsQuestion, page *unitsPage) error {
	ask.After, ask.Limit = after[query.StateKey](q), unitsPerPage+1
	found, err := query.Waits(ctx, p.DB, ask)
	if err != nil {
		return fmt.Errorf("ask for the time that each took: %w", err)
	}
	rows, more := onPage(found)
	var last query.StateKey
	for _, row := range rows {
		unit, took := metrics.UnitName(row.Repo, row.Component), say(days(row.Days))
		if !row.Adopted {
			took = say("more than " + days(row.Days))
		}
		page.Table.Rows = append(page.Table.Rows, []cell{
			lead(unit, q.link("/repo", nil, "repo", unit, "path", string(row.Path))), say(known.title(row.Path)), team(q, row.Team), known.couldCome(row), took, say(yesNo(row.Adopted))})
		last = row.Key()
	}
	asked := []string{"path", "team", "group", "from", "to", "came", "without"}
	page.links(q, asked, more, last)
	page.files(q, "/api/v1/time-to-adopt", asked, "detail", "units")
	return nil
}

// couldCome is since when a repository could come to a path: its birth, or the day of the launch.
func (k *known) couldCome(row query.WaitRow) cell {
	i := slices.IndexFunc(k.paths, func(p query.PathRow) bool { return p.Key == row.Path })
	if i >= 0 && k.paths[i].Since != nil && k.paths[i].Since.Equal(row.From) {
		return dated(launchDay(k.paths[i]), "")
	}
	return timed(stampOf(&row.From))
}
