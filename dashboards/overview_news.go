package dashboards

import (
	"fmt"
	"slices"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// week is how far the overview looks back for what changed.
const week = 7 * metrics.Day

// weekTable says what changed on each path within a week, or the time that was chosen: what teams chose, and all that came otherwise
// beside it.
// Present is how each path stands in the end, which may say better why there is nothing to compare.
func (k *known) weekTable(q *request, rows []query.ChangesRow, present []query.AdoptionRow) table {
	from := q.since(week)
	t := table{Label: "What changed", Columns: texts("Path"),
		Caption: fmt.Sprintf("From %s to %s. Teams and repositories that were there on both days are compared; new repositories are beside them.", day(from), day(q.to)),
		Next:    "There is nothing to compare."}
	t.Columns = append(append(t.Columns, numbers("Teams that chose it", "Gave it up", "Teams that came", "Teams that left", "Repositories that came", "Repositories that left", "New on it")...), texts("How sure")...)
	if len(rows) > 0 && !slices.ContainsFunc(rows, tells) {
		t.Next = fmt.Sprintf("Nothing moved from %s to %s: no team and no repository came or left.", day(from), day(q.to))
		return t
	}
	for _, row := range rows {
		list := func(page, choice, moved string) string {
			return q.link(page, whose, "path", string(row.Path), "from", from.String(), "to", q.to.String(), "choice", choice, "moved", moved)
		}
		chose, teams, repos := row.Teams.Voluntary, row.Teams.Using, row.Repos.Using
		t.Rows = append(t.Rows, []cell{lead(k.title(row.Path), q.pathLink(row.Path)),
			counted(chose.Joined, list("/moved", "true", "came")), counted(chose.Left, list("/moved", "true", "left")),
			counted(teams.Joined, list("/moved", "", "came")), counted(teams.Left, list("/moved", "", "left")),
			counted(repos.Joined, list("/flows", "", "came")), counted(repos.Left, list("/flows", "", "left")),
			counted(row.Born, list("/flows", "", "born")), sureCell(row, present)})
	}
	return t
}

// tells reports whether a week has anything to tell: that something moved, or why it cannot be told.
func tells(row query.ChangesRow) bool {
	moved := row.Born
	for _, c := range []query.Change{row.Teams.Voluntary, row.Teams.Using, row.Repos.Using} {
		moved += c.Joined + c.Left
	}
	return row.Teams.Using.Verdict == nil || moved > 0
}

// sureCell says of the choice of teams, and of the use of repositories, whether it is more than chance.
func sureCell(row query.ChangesRow, present []query.AdoptionRow) cell {
	i := slices.IndexFunc(present, func(r query.AdoptionRow) bool { return r.Path == row.Path })
	inactive := ""
	if i >= 0 && idle(present[i]) {
		inactive = idleWords(present[i])
	}
	choice, repos := changeWords(row.Teams.Voluntary, inactive), changeWords(row.Repos.Using, inactive)
	if choice == repos && row.Repos.Using.Verdict == nil {
		return say(heading(choice))
	}
	return say("Choice: "+choice, "repositories: "+repos)
}

// changeWords says in words whether a change is more than chance. Inactive says that nothing is active that could be counted; "" where
// something is.
func changeWords(c query.Change, inactive string) string {
	nobody := c.Reason == metrics.ReasonEmpty || c.Reason == metrics.ReasonAllUnknown
	switch {
	case c.Verdict == nil && nobody && inactive != "":
		return "no figure: " + inactive
	case c.Verdict == nil:
		return "no figure: " + phrase.WhyNot(c.Reason)
	case c.Joined+c.Left == 0:
		return "nothing moved"
	case *c.Verdict == query.More:
		return "more than chance, upwards"
	case *c.Verdict == query.Fewer:
		return "more than chance, downwards"
	}
	return "no more than chance may do"
}

// wholeOrganisation says of a part of a page that filters do not apply to it, where some are set; "" where none is.
func wholeOrganisation(q *request) string {
	for _, name := range append([]string{"path"}, whose...) {
		if q.values[name] != "" {
			return "Of the whole organisation: filters do not apply to this."
		}
	}
	return ""
}

// okrTable says how key results stand, in a row each.
func (k *known) okrTable(q *request, c catalogs, rows []query.OKRRow) table {
	t := table{Label: "Key results", Caption: wholeOrganisation(q), Columns: append(append(texts("Key result", "Objective"), numbers("Value", "Target", "Progress to target")...), texts("Status")...)}
	for _, row := range rows {
		figure, _ := metrics.FindFigure(row.Measure)
		m, score := measured{figure}, nothing
		if row.Score != nil {
			score = percent(*row.Score)
		}
		value := lead(m.text(row.Value), okrValue(q, row).list(q, c))
		if row.Value == nil {
			value = say("", phrase.WhyNot(row.Reason))
		}
		t.Rows = append(t.Rows, []cell{lead(row.Title, q.link("/okrs", nil)), say(row.ObjectiveTitle), value, say(m.goal(row.Target)), say(score), {Text: okrStatus(row), Sign: phrase.Sign(row.Status)}})
	}
	return t
}

// catalogTable says how fresh catalogs are, in a row each.
func catalogTable(q *request, rows []query.CatalogRow) table {
	t := table{Label: "Catalogs", Caption: wholeOrganisation(q), Columns: append(texts("Catalog"), numbers("Fresh", "Owners right", "Coverage", "Ghosts", "Dark")...)}
	for _, row := range rows {
		page := q.link("/catalog", nil, "source", row.Source)
		entities := func(show string) string { // which are known as of the last judgement alone
			if q.asOf != q.now {
				return page
			}
			return q.link("/catalog/entities", nil, "source", row.Source, "field", metrics.FieldOwner, "show", show)
		}
		rates := func(show string, r query.Rate) string {
			if q.asOf != q.now {
				return page
			}
			return catalogs{}.rateLink(q, row.Source, show, r)
		}
		coverage := func(only string) string {
			if q.asOf != q.now {
				return page
			}
			return catalogs{}.coverageLink(q, row.Source, only)
		}
		bounded := func(r query.Rate, name, list string) cell { return rated(catalogs{}.within(row, r, name).to(list)) }
		t.Rows = append(t.Rows, []cell{lead(row.Source, page), bounded(row.Fresh, "fresh", rates("fresh", row.Fresh)), bounded(row.Owners, "owners", rates("right", row.Owners)),
			bounded(row.Coverage, "coverage", coverage("")), counted(row.Ghosts, entities("ghost")), counted(row.Dark, coverage("no"))})
	}
	return t
}
