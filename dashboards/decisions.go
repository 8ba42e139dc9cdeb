package dashboards

import (
	"cmp"
	"context"
	"fmt"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// fillDecisions is the list behind voluntary flow: a row a decision.
func fillDecisions(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	names, words := decisionNarrowings()
	chosen, filter := only(q, names, words)
	page := unitsPage{Empty: known.empty(), Filters: known.filters(q, "path", "team", "group", "from", "to", "as_of"),
		Table: table{Label: "Decisions", Columns: texts("When", "Repository", pathColumn, "Team then", "What", "Commit", "For the path", "Counts as voluntary", "How it came about"), Next: "Nothing was decided like that. Take a filter away, or choose a longer time."}}
	page.Filters.prepend(q, filter)
	if page.Empty == nil {
		c := known.cohort(q)
		ask := query.DecisionsQuestion{Path: c.Path, Team: c.Team, Group: c.Group, AsOf: c.AsOf, From: c.From, To: c.To, Only: chosen}
		if err := p.fillDecisionRows(ctx, q, known, ask, &page); err != nil {
			return content{}, err
		}
	}
	page.Table.ofPath(known.one(q))
	page.Mistakes = q.mistakes
	return content{heading: "What was decided", body: &page,
		intro: known.said(known.path(q), "at its birth, and whenever it comes to the path or leaves it for good, a repository is decided about. What somebody did who could do otherwise counts.")}, nil
}

// fillDecisionRows takes the rows of one page.
func (p *Pages) fillDecisionRows(ctx context.Context, q *request, known *known, ask query.DecisionsQuestion, page *unitsPage) error {
	ask.After, ask.Limit = after[query.DecisionKey](q), unitsPerPage+1
	found, err := query.Decisions(ctx, p.DB, ask)
	if err != nil {
		return fmt.Errorf("ask for decisions: %w", err)
	}
	rows, more := onPage(found)
	var last query.DecisionKey
	for _, r := range rows {
		unit := metrics.UnitName(r.Repo, r.Component)
		change, how := say(""), say("")
		if commit := cmp.Or(r.Change, r.Commit); commit != nil { // what was decided, rather than the merge that landed it
			change = p.committed(r.Repo, *commit)
		}
		if r.Origin != metrics.NoOrigin {
			how = say(r.Origin.String())
		}
		page.Table.Rows = append(page.Table.Rows, []cell{timed(stampOf(&r.At)), lead(unit, q.link("/repo", nil, "repo", unit, "path", string(r.Path))), say(known.title(r.Path)), team(q, r.Team),
			say(decisionWords(r.Kind)), change, say(yesNo(r.For)), say(whyFree(r)), how})
		last = r.Key()
	}
	asked := []string{"path", "team", "group", "from", "to", "only"}
	page.links(q, asked, more, last)
	page.Table.Caption = plural(len(page.Table.Rows), "row", "rows") + ", the oldest first"
	if page.First != "" || page.Next != "" {
		page.Table.Caption += ", a part of the list"
	}
	page.files(q, "/api/v1/decisions", asked)
	return nil
}

// decisionWords says in words at which moment something was decided.
func decisionWords(k metrics.DecisionKind) string {
	switch k {
	case metrics.Birth:
		return "born"
	case metrics.Entry:
		return "came to the path"
	case metrics.Exit:
		return "left the path"
	}
	return k.String()
}

// whyFree says whether a decision counts, and why not.
func whyFree(r query.DecisionRow) string {
	switch {
	case r.Free:
		return "yes"
	case !r.Choice:
		return "no: there was no choice"
	}
	switch r.Origin {
	case metrics.Enforced:
		return "no: a policy did it"
	case metrics.Mandated:
		return "no: it was mandated"
	case metrics.Automated:
		return "no: a bot or a campaign did it"
	case metrics.Assisted:
		return "no: the platform team did it"
	}
	return "not known: nobody knows how it came"
}
