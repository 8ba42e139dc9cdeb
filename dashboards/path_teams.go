package dashboards

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

const (
	heatMonths = 12 // that the heat map shows
	heatTeams  = 40 // at most
)

// heatFrom returns the first instant of the months that the heat map shows: the last twelve, or fewer where the page begins
// later.
func heatFrom(q *request) metrics.Instant {
	last := query.Month.Start(q.to - 1)
	return max(metrics.At(last.Time().AddDate(0, 1-heatMonths, 0)), min(q.from, last))
}

// heatTeam is a row of the heat map: a team with its share in each month.
type heatTeam struct {
	key     metrics.TeamKey
	figures []figure // one a month, the oldest first
	served  int      // in the newest month
	known   bool     // there is a figure in some month
}

// heatSection shows how large a share of its repositories each team has on the path, month by month.
func heatSection(q *request, known *known, rows []query.ShareRow, built bool) section {
	s := section{ID: "teams", Title: "Teams", Why: "No team owns an active repository that this path is for.",
		Next: ownersCome}
	months, teams := heatTeamsOf(rows)
	if len(teams) == 0 {
		return s
	}
	s.Why, s.Words = "", []string{"The share of each team's repositories that use the path, at the beginning of each month: the stronger the colour, the larger. Blank: the team had none that the path could serve. Teams with most repositories come first."}
	if len(teams) > heatTeams {
		s.Words = append(s.Words, fmt.Sprintf("The %d of %s teams that have most repositories.", heatTeams, count(len(teams))))
		teams = teams[:heatTeams]
	}
	path := string(known.path(q))
	s.Table = table{Label: "Teams by month", Caption: "Share of the team's repositories that use the path, the newest month first", Columns: texts("Team")}
	for i := range months {
		s.Table.Columns = append(s.Table.Columns, numbers(monthOf(months[len(months)-1-i]))...)
	}
	for _, t := range teams {
		cells := []cell{lead(string(t.key), q.link("/teams", nil, "path", path, "team", string(t.key)))}
		for i := range t.figures {
			j := len(t.figures) - 1 - i
			cells = append(cells, rated(t.figures[j].to(q.link("/states", nil, "path", path, "team", string(t.key), "only", "served", "as_of", months[j].Time().Format(time.DateOnly)))))
		}
		s.Table.Rows = append(s.Table.Rows, cells)
	}
	s.More = []more{{"All teams now", q.link("/teams", whose, "path", path)}}
	s.Chart = &chart{ID: "chart-teams", Built: built, Rows: len(teams)/2 + 1, Legend: []legend{{"heat-low", "none"}, {"heat-high", "all"}}, Option: heatChart("chart-teams", months, teams).JSON(),
		Label: "Share of each team's repositories that use the path, by month; the table has the figures"}
	return s
}

// heatTeamsOf puts shares of teams in rows, those with most repositories first. Teams that the path served nothing of are
// left out.
func heatTeamsOf(rows []query.ShareRow) (months []metrics.Instant, teams []heatTeam) {
	for _, row := range rows {
		if at, err := metrics.ParseInstant(row.Period); err == nil && (len(months) == 0 || months[len(months)-1] != at) {
			months = append(months, at)
		}
	}
	by := make(map[metrics.TeamKey]*heatTeam)
	for _, row := range rows {
		at, err := metrics.ParseInstant(row.Period)
		if err != nil || row.Label == "" {
			continue
		}
		key := metrics.TeamKey(row.Label)
		t := by[key]
		if t == nil {
			t = &heatTeam{key: key, figures: make([]figure, len(months))}
			for i := range t.figures {
				t.figures[i] = newFigure(query.Undefined(metrics.ReasonEmpty))
			}
			by[key] = t
		}
		i := slices.Index(months, at)
		t.figures[i] = newFigure(row.Total)
		t.known = t.known || t.figures[i].known
		if i == len(months)-1 {
			t.served = row.Total.Den
		}
	}
	for _, t := range by {
		if t.known {
			teams = append(teams, *t)
		}
	}
	slices.SortFunc(teams, func(a, b heatTeam) int { return cmp.Or(b.served-a.served, cmp.Compare(a.key, b.key)) })
	return months, teams
}
