package dashboards

import (
	"context"
	"fmt"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// decisionSelections lists what voluntary flow counts, and parts of it.
func decisionSelections() []selection[query.DecisionRow] {
	return []selection[query.DecisionRow]{
		{"", "All", func(query.DecisionRow) bool { return true }},
		{"free", "Free ones, which count", func(r query.DecisionRow) bool { return r.Free }},
		{"for", "Free ones for the path", func(r query.DecisionRow) bool { return r.Free && r.For }},
		{"against", "Free ones against it", func(r query.DecisionRow) bool { return r.Free && !r.For }},
		{"moves", "Free ones to come or to leave", func(r query.DecisionRow) bool { return r.Free && r.Kind != metrics.Birth }},
		{"towards", "All for the path", func(r query.DecisionRow) bool { return r.For }},
		{"unfree", "Others, which do not", func(r query.DecisionRow) bool { return !r.Free }},
	}
}

// fillDecisions is the list behind voluntary flow: a row a decision.
func fillDecisions(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	chosen, only := selected(q, decisionSelections())
	page := unitsPage{Empty: known.empty(), Filters: known.onePath(q, "path", "team", "group", "from", "to", "as_of"),
		Table: table{Label: "Decisions", Columns: texts("When", "Repository", "Team then", "What", "For the path", "It counts", "How it came"), Next: "Nothing was decided like that. Take a filter away, or choose a longer time."}}
	page.Filters.prepend(q, only)
	if page.Empty == nil {
		c := known.cohort(q)
		ask := query.DecisionsQuestion{Path: c.Path, Team: c.Team, Group: c.Group, AsOf: c.AsOf, From: c.From, To: c.To}
		if err := p.fillDecisionRows(ctx, q, ask, &page, chosen.holds); err != nil {
			return content{}, err
		}
	}
	page.Mistakes = q.mistakes
	return content{heading: "What was decided", body: &page,
		intro: known.said(known.path(q), "at its birth, and whenever it comes to the path or leaves it for good, a repository is decided about. What somebody did who could do otherwise counts.")}, nil
}

// fillDecisionRows takes the rows of one page.
func (p *Pages) fillDecisionRows(ctx context.Context, q *request, ask query.DecisionsQuestion, page *unitsPage, holds func(query.DecisionRow) bool) error {
	ask.Limit = unitsChunk
	rows, more, err := pickRows(after[query.DecisionKey](q), query.DecisionRow.Key, func(after *query.DecisionKey) ([]query.DecisionRow, error) {
		ask.After = after
		return query.Decisions(ctx, p.DB, ask)
	}, holds)
	if err != nil {
		return fmt.Errorf("ask for decisions: %w", err)
	}
	var last query.DecisionKey
	for _, r := range rows {
		unit := metrics.UnitName(r.Repo, r.Component)
		what, counts, how := say(decisionWords(r.Kind)), say(whyFree(r)), say(nothing)
		if r.Commit != nil {
			what.Sub, what.SubHref = []string{"commit " + short(*r.Commit)}, p.commit(r.Repo, *r.Commit)
		}
		if r.Origin != metrics.NoOrigin {
			how = say(r.Origin.String())
		}
		page.Table.Rows = append(page.Table.Rows, []cell{timed(stampOf(&r.At)), lead(unit, q.link("/repo", nil, "repo", unit, "path", string(r.Path))), team(q, r.Team), what, say(yesNo(r.For)), counts, how})
		last = r.Key()
	}
	page.links(q, []string{"path", "team", "group", "from", "to", "only"}, more, last)
	page.Table.Caption = plural(len(page.Table.Rows), "row", "rows") + ", the oldest first"
	if page.First != "" || page.Next != "" {
		page.Table.Caption += ", a part of the list"
	}
	asked := append([]string{"path", "from", "to"}, whose...)
	page.JSON = q.link("/api/v1/decisions", asked)
	page.CSV = q.link("/api/v1/decisions", asked, "format", "csv", "limit", "0")
	return nil
}

// decisionWords says in words at which moment something was decided.
func decisionWords(k metrics.DecisionKind) string {
	switch k {
	case metrics.Birth:
		return "it was born"
	case metrics.Entry:
		return "it came to the path"
	case metrics.Exit:
		return "it left the path"
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
