package dashboards

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// teamsPage is the list behind the headline of one path: a row a team.
type teamsPage struct {
	Mistakes []string
	Filters  filters
	Key      metrics.PathKey
	Title    string
	Words    string
	Table    table
	Without  *fact // teams that have no repository here; nil where the list has them, or there are none
	Empty    *empty
	Narrowed bool // to what a rate counts
}

func fillTeams(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	page := teamsPage{Empty: known.empty(), Key: known.path(q)}
	narrowed, only := selected(q, teamSelections())
	ungrouped := q.without() == query.ByGroup
	if page.Empty == nil && narrowed.name == "known" {
		page.known(q, known)
	} else if page.Empty == nil {
		page.Key = cmp.Or(page.Key, known.paths[0].Key)
		q.values["path"] = string(page.Key)
		rows, err := query.Adoption(ctx, p.DB, query.AdoptionQuestion{
			Path: page.Key, Team: known.team(q), Group: known.group(q), By: query.ByTeam, AsOf: q.asOf})
		if err != nil {
			return content{}, fmt.Errorf("ask for adoption by team: %w", err)
		}
		if ungrouped {
			rows = slices.DeleteFunc(slices.Clone(rows), func(row query.AdoptionRow) bool { return row.Team == nil || known.grouped(*row.Team) })
		}
		page.fill(q, known, rows, narrowed)
	}
	page.Filters = known.filters(q, "path", "team", "group", "as_of")
	page.Filters.prepend(q, only)
	page.Filters.unlabelled(q)
	page.Mistakes = q.mistakes
	return content{heading: "Teams", body: &page, intro: "Which teams are on a path, and which of them by choice."}, nil
}

// known makes a row of every team that the data know, whatever path it is on.
func (page *teamsPage) known(q *request, known *known) {
	page.Title, page.Narrowed = "Every team that is known", true
	page.Table = table{Label: page.Title, Columns: texts("Team", "Group", "Named by", "Provides paths")}
	for _, t := range known.teams {
		if key := known.team(q); key != "" && t.Key != key || known.group(q) != "" && !slices.Contains(t.Groups, known.group(q)) {
			continue
		}
		name := lead(string(t.Key), q.teamLink(t.Key))
		if title := known.teamTitle(t.Key); title != "" {
			name.Sub = []string{title}
		}
		by := "files, a catalog or the code host"
		if t.Configured {
			by = "teams in trodden.yaml"
		}
		page.Table.Rows = append(page.Table.Rows, []cell{name, say(t.Group), say(by), say(yesNo(t.Platform))})
	}
	page.Words = plural(len(page.Table.Rows), "team", "teams") + ", on whichever path, as the newest scan knows them."
}

// grouped reports whether a team is in a group.
func (k *known) grouped(key metrics.TeamKey) bool {
	return slices.ContainsFunc(k.teams, func(t query.TeamRow) bool { return t.Key == key && len(t.Groups) > 0 })
}

// fill makes a row of every team that the path serves.
func (page *teamsPage) fill(q *request, known *known, rows []query.AdoptionRow, narrowed selection[query.AdoptionRow]) {
	page.Title = known.title(page.Key)
	page.Table = table{Label: "Teams on " + page.Title, Columns: append(texts("Team", "Verdict", "Voluntary"), numbers("Repositories using it", "Repositories that chose it")...),
		Next:    noTeams(q, narrowed),
		Caption: fmt.Sprintf("A team is on the path when %s or more of its active repositories use it, and voluntary when %s or more of those chose it.", percent(known.onAt(page.Key)), percent(0.5))}
	order := []query.Verdict{query.TeamOn, query.TeamPartial, query.TeamOff}
	if slices.ContainsFunc(rows, func(row query.AdoptionRow) bool { return row.Repos.Total.Reason == metrics.ReasonBeforeLaunch }) {
		page.Table.Next = "The path had not been launched. " + launchWords(q, known, page.Key)
		return
	}
	without, on, voluntary, choice, unsure := 0, 0, 0, 0, 0
	page.Narrowed = narrowed.name != ""
	served := slices.DeleteFunc(slices.Clone(rows), func(row query.AdoptionRow) bool {
		owned := row.Team != nil && *row.Team != ""
		if owned && withoutRepos(row) && !narrowed.holds(row) {
			without++
		}
		return !owned || !narrowed.holds(row)
	})
	slices.SortFunc(served, func(a, b query.AdoptionRow) int {
		return cmp.Or(slices.Index(order, a.Verdict)-slices.Index(order, b.Verdict), cmp.Compare(*a.Team, *b.Team))
	})
	for _, row := range served {
		page.Table.Rows = append(page.Table.Rows, known.teamsRow(q, row))
		on += row.Teams.Total.Num
		if unsureOf(row) {
			unsure++
		} else {
			voluntary += row.Teams.Voluntary.Num
		}
		choice += row.Teams.Voluntary.Den
	}
	page.Words = fmt.Sprintf("%s of %s on it. %s had a choice; %s of those chose it.",
		count(on), plural(len(served), "team is", "teams are"), count(choice), count(voluntary))
	unknown := 0
	for _, row := range rows {
		unknown += row.States.Unknown
	}
	if unknown > 0 && !page.Narrowed {
		page.Table.Next = fmt.Sprintf("Nothing that teams own here could be read: %s unknown. The page of the data says why.", plural(unknown, "repository is", "repositories are"))
	}
	if unsure > 0 {
		page.Words += fmt.Sprintf(" Of %s it is not known: nobody could tell how some of their repositories came to it, or what they use.", count(unsure))
	}
	if page.Narrowed {
		page.Words = narrowed.text + ": " + plural(len(served), "team", "teams") + "."
	}
	if without > 0 {
		page.Without = &fact{Text: plural(without, "team is", "teams are") + " without an active repository that this path is for",
			Href: q.link("/teams", []string{"path", "team", "group"}, "only", "without")}
	}
}

// noTeams says why no team is listed, and what to do: mostly it is what was asked for.
func noTeams(q *request, narrowed selection[query.AdoptionRow]) string {
	team, group := q.values["team"], q.values["group"]
	switch {
	case narrowed.name != "":
		return fmt.Sprintf("No team is like that (%s): choose All.", narrowed.text)
	case team != "":
		return fmt.Sprintf("Team %s has no active repository that this path is for. Take Team away to see the others.", team)
	case group != "":
		return fmt.Sprintf("No team of group %s has an active repository that this path is for. Take Group away to see the others.", group)
	}
	return "No team owns an active repository that this path is for. " + ownersCome
}

// withoutRepos reports whether a team has no active repository that a path is for.
func withoutRepos(r query.AdoptionRow) bool {
	return r.Verdict == query.TeamNoRepos && r.States.Served() == 0
}

// teamSelections lists what rates of teams count.
func teamSelections() []selection[query.AdoptionRow] {
	return []selection[query.AdoptionRow]{
		{"", "All", func(r query.AdoptionRow) bool { return r.States.Served() > 0 }},
		{"served", "In the rates", func(r query.AdoptionRow) bool { return r.Teams.Total.Den > 0 }},
		{"choice", "Had a choice", func(r query.AdoptionRow) bool { return r.Teams.Voluntary.Den > 0 }},
		{"eligible", "In gross adoption", func(r query.AdoptionRow) bool { return r.Teams.Gross.Den > 0 }},
		{"without", "Without an active repository", withoutRepos},
		{"known", "Every team that is known", func(query.AdoptionRow) bool { return true }},
	}
}

// teamsRow is a team on a path.
func (k *known) teamsRow(q *request, row query.AdoptionRow) []cell {
	name := lead(string(*row.Team), q.teamLink(*row.Team))
	if title := k.teamTitle(*row.Team); title != "" {
		name.Sub = []string{title}
	}
	list := func(only string) string {
		return q.link("/states", nil, "path", string(row.Path), "team", string(*row.Team), "only", only)
	}
	return []cell{
		name, verdictCell(row.Verdict, ""), voluntaryCell(row), partsCell(row.Repos.Total, list("served")), partsCell(row.Repos.Voluntary, list("choice")),
	}
}

// voluntaryCell says whether a team chose a path, if it had a choice.
func voluntaryCell(row query.AdoptionRow) cell {
	switch {
	case unsureOf(row):
		return say("not known")
	case row.Teams.Voluntary.Den == 0:
		return cell{Text: "had no choice", Mute: true}
	}
	return say(yesNo(row.Teams.Voluntary.Num > 0))
}

// partsCell is the parts of a rate, which lead to their list. Of nothing there are none.
func partsCell(r query.Rate, href string) cell {
	if r.Den == 0 {
		return say("")
	}
	return lead(partsOf(r), href)
}

// unsureOf reports whether a team with a choice may have chosen the path or not, as far as is known.
func unsureOf(row query.AdoptionRow) bool {
	b := row.Bounds.TeamsVoluntary
	return row.Teams.Voluntary.Den > 0 && b != nil && b[0] != b[1]
}
