package dashboards

import (
	"context"
	"fmt"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// comings are what may have become of who could come to a path.
var comings = []string{"", "yes", "no"}

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
	came := q.oneOf("came", comings...)
	page := unitsPage{Empty: known.empty(), Filters: known.onePath(q, "path", "team", "group", "came", "from", "to", "as_of"),
		Table: table{Label: "How long repositories took", Columns: texts("Repository", "Team then", "Could come since", "It took", "Came"),
			Next: "No repository is like that. Take a filter away."}}
	page.Table.Columns[3].Number = true
	if page.Empty == nil {
		err := p.fillWaitRows(ctx, q, known.cohort(q), &page, func(row query.WaitRow) bool { return came == "" || row.Adopted == (came == "yes") })
		if err != nil {
			return content{}, err
		}
	}
	page.Mistakes = q.mistakes
	return content{heading: "How long they took", body: &page,
		intro: known.said(known.path(q), "from its launch, or from the birth of a repository if that was later, to the first time that it used the path.")}, nil
}

// fillWaitRows takes the rows of one page.
func (p *Pages) fillWaitRows(ctx context.Context, q *request, ask query.CohortQuestion, page *unitsPage, holds func(query.WaitRow) bool) error {
	rows, more, err := pickRows(after[query.StateKey](q), query.WaitRow.Key, func(after *query.StateKey) ([]query.WaitRow, error) {
		return query.Waits(ctx, p.DB, ask, after, unitsChunk)
	}, holds)
	if err != nil {
		return fmt.Errorf("ask for the time that each took: %w", err)
	}
	var last query.StateKey
	for _, row := range rows {
		unit, took := metrics.UnitName(row.Repo, row.Component), say(days(row.Days))
		if !row.Adopted {
			took = say("more than " + days(row.Days))
		}
		page.Table.Rows = append(page.Table.Rows, []cell{
			lead(unit, q.link("/repo", nil, "repo", unit, "path", string(row.Path))), team(q, row.Team), timed(stampOf(&row.From)), took, say(yesNo(row.Adopted))})
		last = row.Key()
	}
	page.links(q, []string{"path", "team", "group", "from", "to", "came"}, more, last)
	asked := append([]string{"path", "from", "to"}, whose...)
	page.JSON = q.link("/api/v1/time-to-adopt", asked, "detail", "units")
	page.CSV = q.link("/api/v1/time-to-adopt", asked, "detail", "units", "format", "csv", "limit", "0")
	return nil
}
