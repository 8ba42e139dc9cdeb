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
	Rows     []teamsRow
	Without  string // teams that have no repository here
	Empty    *empty
}

type teamsRow struct {
	Team, Title, Href, Verdict, Using, Choice, Chose, Voluntary string
	order                                                       int
}

func fillTeams(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	page := teamsPage{Empty: known.empty(), Key: known.path(q)}
	if page.Empty == nil {
		page.Key = cmp.Or(page.Key, known.paths[0].Key)
		q.values["path"] = string(page.Key)
		rows, err := query.Adoption(ctx, p.DB, query.AdoptionQuestion{
			Path: page.Key, Team: known.team(q), By: query.ByTeam, AsOf: q.asOf})
		if err != nil {
			return content{}, fmt.Errorf("ask for adoption by team: %w", err)
		}
		page.fill(q, known, rows)
	}
	page.Filters = known.filters(q, "path", "team", "as_of")
	page.Mistakes = q.mistakes
	return content{heading: "Teams", body: &page, intro: "Which teams are on a path, and which of them by choice."}, nil
}

// fill makes a row of every team that the path serves.
func (page *teamsPage) fill(q *request, known *known, rows []query.AdoptionRow) {
	page.Title = known.title(page.Key)
	order := []query.Verdict{query.TeamOn, query.TeamPartial, query.TeamOff}
	without, on, voluntary, choice, unsure := 0, 0, 0, 0, 0
	for _, row := range rows {
		if row.Team == nil || *row.Team == "" {
			continue
		}
		if row.Verdict == query.TeamNoRepos {
			without++
			continue
		}
		r := newTeamsRow(q, known, row)
		r.order = slices.Index(order, row.Verdict)
		page.Rows = append(page.Rows, r)
		on += row.Teams.Total.Num
		if unsureOf(row) {
			unsure++
		} else {
			voluntary += row.Teams.Voluntary.Num
		}
		choice += row.Teams.Voluntary.Den
	}
	slices.SortFunc(page.Rows, func(a, b teamsRow) int { return cmp.Or(a.order-b.order, cmp.Compare(a.Team, b.Team)) })
	page.Words = fmt.Sprintf("%s of %s are on it. %s had a choice; %s of those chose it.",
		count(on), plural(len(page.Rows), "team", "teams"), count(choice), count(voluntary))
	if unsure > 0 {
		page.Words += fmt.Sprintf(" Of %s it is not known: nobody could tell how some of their repositories came to it, or what they use.", count(unsure))
	}
	if without > 0 {
		page.Without = fmt.Sprintf("%s without an active repository that this path is for.", plural(without, "team is", "teams are"))
	}
}

func newTeamsRow(q *request, known *known, row query.AdoptionRow) teamsRow {
	r := teamsRow{
		Team: string(*row.Team), Title: known.teamTitle(*row.Team), Verdict: verdictWords(row.Verdict),
		Using: partsOf(row.Repos.Total), Chose: partsOf(row.Repos.Voluntary), Choice: yesNo(row.Teams.Voluntary.Den > 0), Voluntary: nothing,
		Href: q.link("/states", nil, "path", string(row.Path), "team", string(*row.Team), "only", "served"),
	}
	if row.Teams.Voluntary.Den > 0 {
		r.Voluntary = yesNo(row.Teams.Voluntary.Num > 0)
	}
	if unsureOf(row) {
		r.Voluntary = "not known"
	}
	return r
}

// unsureOf reports whether a team with a choice may have chosen the path or not, as far as is known.
func unsureOf(row query.AdoptionRow) bool {
	b := row.Bounds.TeamsVoluntary
	return row.Teams.Voluntary.Den > 0 && b != nil && b[0] != b[1]
}
