package dashboards

import (
	"context"
	"fmt"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// moves are what teams may have done between two moments.
var moves = []string{"", "came", "left", "stayed", "neither"}

// movedPage is the list of teams before and after.
type movedPage struct {
	unitsPage
	ask   query.FlowsQuestion
	teams []movedTeam
}

// movedTeam is a team at two moments.
type movedTeam struct {
	key           metrics.TeamKey
	before, after query.AdoptionRow
	did           string // one of moves
}

// records are the teams of the page.
func (page *movedPage) records() [][]string {
	list := [][]string{{"team", "path", "from", "to", "was", "became", "was_num", "was_den", "became_num", "became_den", "moved"}}
	for _, t := range page.teams {
		was, is := t.before.Repos.Total, t.after.Repos.Total
		list = append(list, []string{query.Cell(string(t.key)), query.Cell(string(page.ask.Path)), page.ask.From.String(), page.ask.To.String(),
			string(t.before.Verdict), string(t.after.Verdict), strconv.Itoa(was.Num), strconv.Itoa(was.Den), strconv.Itoa(is.Num), strconv.Itoa(is.Den), t.did})
	}
	return list
}

// fillMoved is the list behind the teams that came to a path and left it: a row a team that the path served at both moments.
func fillMoved(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	filters, err := known.onePath(q, "path", "team", "group", "moved", "from", "to", "as_of")
	if err != nil {
		return content{}, err
	}
	moved, choice := q.oneOf("moved", moves...), q.oneOf("choice", "", "true")
	var page movedPage
	page.unitsPage = unitsPage{Empty: known.empty(), Filters: filters,
		Table: table{Label: "Teams before and after", Columns: texts("Team", "Before", "After", "What it did"), Next: "No team did that between these days."}}
	page.ask = known.flows(q) // of the path that the filters chose
	if page.Empty == nil {
		if err := p.fillMovedTeams(ctx, q, moved, choice != "", &page); err != nil {
			return content{}, err
		}
	}
	page.Mistakes = q.mistakes
	on, of := "on it", "of those that it served on both days"
	if choice != "" {
		on, of = "on it by choice", "of those that had a choice on both days"
	}
	return content{heading: "Teams that came and left", body: &page,
		intro: known.said(page.ask.Path, fmt.Sprintf("which teams were %s on %s and on %s, %s.", on, day(page.ask.From), day(page.ask.To), of))}, nil
}

// fillMovedTeams takes the teams that moved so: of all that are on the path, or of those that are on it by choice.
func (p *Pages) fillMovedTeams(ctx context.Context, q *request, moved string, choice bool, page *movedPage) error {
	ask := page.ask
	var before, after []query.AdoptionRow
	at := func(t metrics.Instant) func() ([]query.AdoptionRow, error) {
		return func() ([]query.AdoptionRow, error) {
			return query.Adoption(ctx, p.DB, query.AdoptionQuestion{Path: ask.Path, Team: ask.Team, Group: ask.Group, By: query.ByTeam, AsOf: t})
		}
	}
	var both errgroup.Group
	both.Go(answer(&before, "teams before", at(ask.From)))
	both.Go(answer(&after, "teams after", at(ask.To)))
	if err := both.Wait(); err != nil {
		return err
	}
	was := make(map[metrics.TeamKey]query.AdoptionRow, len(before))
	for _, row := range before {
		was[*row.Team] = row
	}
	for _, row := range after {
		then, there := was[*row.Team]
		of := func(r query.AdoptionRow) query.Rate {
			if choice {
				return r.Teams.Voluntary
			}
			return r.Teams.Total
		}
		if *row.Team == "" || !there || of(then).Den == 0 || of(row).Den == 0 {
			continue
		}
		did := teamMove(of(then).Num > 0, of(row).Num > 0)
		if moved != "" && moved != did {
			continue
		}
		page.teams = append(page.teams, movedTeam{*row.Team, then, row, did})
		key := string(*row.Team)
		list := func(t metrics.Instant, r query.AdoptionRow) cell {
			c := verdictCell(r.Verdict, q.link("/states", nil, "path", string(ask.Path), "team", key, "only", "served", "as_of", t.String()))
			c.Sub = []string{partsOf(r.Repos.Total) + " use it"}
			return c
		}
		page.Table.Rows = append(page.Table.Rows, []cell{lead(key, q.teamLink(*row.Team)), list(ask.From, then), list(ask.To, row),
			lead(moveWords(did), q.link("/flows", nil, "path", string(ask.Path), "team", key, "from", ask.From.String(), "to", ask.To.String()))})
	}
	page.Table.Caption = plural(len(page.Table.Rows), "team", "teams")
	page.CSV = q.link("/moved", []string{"path", "team", "group", "from", "to", "moved", "choice"}, "format", formatCSV)
	return nil
}

// teamMove says what a team did that was on a path or not, and is on it or not.
func teamMove(before, after bool) string {
	switch {
	case before && after:
		return "stayed"
	case before:
		return "left"
	case after:
		return "came"
	}
	return "neither"
}

func moveWords(moved string) string {
	if moved == "neither" {
		return "is not on it"
	}
	return moved
}
