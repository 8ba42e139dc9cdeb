package dashboards

import (
	"fmt"
	"slices"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// week is what the overview calls this week.
const week = 7 * metrics.Day

// weekTable says what changed on each path within a week.
func (k *known) weekTable(q *request, rows []query.ChangesRow) table {
	t := table{Label: "What changed within a week", Columns: append(append(texts("Path"), numbers("Teams that came", "Teams that left", "Repositories that came", "Repositories that left")...), texts("How sure")...),
		Caption: fmt.Sprintf("From %s to %s, on the same teams and repositories at both ends", day(q.asOf-week), day(q.asOf)), Next: "There is nothing to compare a week with."}
	if len(rows) > 0 && !slices.ContainsFunc(rows, tells) {
		t.Next = fmt.Sprintf("Nothing moved from %s to %s: no team and no repository came or left.", day(q.asOf-week), day(q.asOf))
		return t
	}
	for _, row := range rows {
		units := q.link("/flows", whose, "path", string(row.Path), "from", (q.asOf - week).String(), "to", q.asOf.String())
		teams := func(moved string) string {
			return q.link("/moved", whose, "path", string(row.Path), "from", (q.asOf - week).String(), "to", q.asOf.String(), "moved", moved)
		}
		sure := changeWords(row.Teams.Using)
		t.Rows = append(t.Rows, []cell{lead(k.title(row.Path), q.pathLink(row.Path)), counted(row.Teams.Using.Joined, teams("came")), counted(row.Teams.Using.Left, teams("left")),
			counted(row.Repos.Using.Joined, units), counted(row.Repos.Using.Left, units), say(sure)})
	}
	return t
}

// tells reports whether a week has anything to tell: that something moved, or why it cannot be told.
func tells(row query.ChangesRow) bool {
	teams, repos := row.Teams.Using, row.Repos.Using
	return teams.Verdict == nil || teams.Joined+teams.Left+repos.Joined+repos.Left > 0
}

// changeWords says in words whether a change is more than chance.
func changeWords(c query.Change) string {
	switch {
	case c.Verdict == nil:
		return "no figure: " + phrase.WhyNot(c.Reason)
	case c.Joined+c.Left == 0:
		return "nothing moved"
	case *c.Verdict == query.More:
		return "more than chance: teams came"
	case *c.Verdict == query.Fewer:
		return "more than chance: teams left"
	}
	return "no more than chance may do"
}

// okrTable says how key results stand, in a row each.
func (k *known) okrTable(q *request, rows []query.OKRRow) table {
	t := table{Label: "Key results", Columns: append(append(texts("Key result", "Objective"), numbers("Value", "Target", "Made of the way")...), texts("Status")...)}
	for _, row := range rows {
		figure, _ := metrics.FindFigure(row.Measure)
		m, score := measured{figure}, nothing
		if row.Score != nil {
			score = percent(*row.Score)
		}
		value := lead(m.text(row.Value), pageOf(q, row.Behind))
		if row.Value == nil {
			value = say("", phrase.WhyNot(row.Reason))
		}
		target := row.Target
		t.Rows = append(t.Rows, []cell{lead(row.Title, q.link("/okrs", nil)), say(row.ObjectiveTitle), value, say(m.text(&target)), say(score), {Text: okrStatus(row), Status: string(row.Status)}})
	}
	return t
}

// catalogTable says how fresh catalogs are, in a row each.
func catalogTable(q *request, rows []query.CatalogRow) table {
	t := table{Label: "Catalogs", Columns: append(texts("Catalog"), numbers("Fresh", "Owners right", "Coverage", "Ghosts", "Dark")...)}
	for _, row := range rows {
		page := q.link("/catalog", nil, "source", row.Source)
		bounded := func(r query.Rate, name string) cell {
			f := newFigure(r)
			if b, is := row.Bounds[name]; is {
				f = f.within(&b)
			}
			return rated(f.to(page))
		}
		t.Rows = append(t.Rows, []cell{lead(row.Source, page), bounded(row.Fresh, "fresh"), bounded(row.Owners, "owners"), bounded(row.Coverage, "coverage"),
			counted(row.Ghosts, page), counted(row.Dark, page)})
	}
	return t
}
