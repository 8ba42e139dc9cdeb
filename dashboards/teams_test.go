package dashboards

import (
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestNoTeams: where no team is listed the filter that is the cause is named, and what to do.
func TestNoTeams(t *testing.T) {
	guild := metrics.TeamKey("guild")
	for name, c := range map[string]struct {
		team, group, only string
		rows              []query.AdoptionRow
		want              string
	}{
		"nothing owned":      {want: "No team owns an active repository that this path is for. " + ownersCome},
		"a team":             {team: "guild", rows: []query.AdoptionRow{{Team: &guild}}, want: "Team guild has no active repository that this path is for. Take Team away to see the others."},
		"a group":            {group: "fintech", want: "No team of group fintech has an active repository that this path is for. Take Group away to see the others."},
		"a team of another":  {team: "guild", group: "fintech", want: "Team guild does not belong to group fintech: take one of the two away."},
		"a team of that one": {team: "guild", group: "fintech", rows: []query.AdoptionRow{{Team: &guild}}, want: "Team guild has no active repository that this path is for. Take Team away to see the others."},
		"a selection":        {team: "guild", only: "choice", rows: []query.AdoptionRow{{Team: &guild}}, want: "No team is like that (Had a choice): choose All."},
	} {
		q := &request{values: map[string]string{"team": c.team, "group": c.group, "only": c.only}}
		narrowed, _ := selected(q, teamSelections())
		if c.only == "" {
			narrowed = teamSelections()[0]
		}
		if got := noTeams(q, c.rows, narrowed); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestTeamWithoutRepositories: the page of a team that owns nothing says what to do, once, and leads to its repositories on each path.
func TestTeamWithoutRepositories(t *testing.T) {
	db, ctx, c, defs := openStore(t), t.Context(), conclusions(), definitions()
	defs.Teams.List = append(defs.Teams.List, metrics.Team{Key: "guild"})
	defs.Paths = defs.Paths[:2] // those that were launched
	g, err := db.NextGeneration(ctx)
	check(t, err)
	var marks []clickhouse.Mark
	for i := range repos {
		marks = append(marks, clickhouse.Mark{Repo: metrics.NewRepoID(repoName(i)), Generation: g})
	}
	check(t, db.WriteDefined(ctx, g, &defs))
	check(t, db.WriteConclusions(ctx, g, &c))
	check(t, db.Publish(ctx, g, 0, marks))
	p := newTest(t, db)
	for target, want := range map[string][]string{
		"/teams?path=ci&team=guild": {"Team guild has no active repository that this path is for."},
		"/team?team=guild":          {"No path is for anything active that this team has. It is known to own no repository. Ownership comes from", "for nothing active that this team has: ", "Build & test <a> service ,"},
	} {
		status, root, _ := get(t, p, target)
		for _, want := range want {
			if shown := words(root); status != 200 || strings.Count(shown, want) != 1 {
				t.Errorf("%s: got %d, and %q not once: %s", target, status, want, shown)
			}
		}
	}
	if _, root, _ := get(t, p, "/team?team=guild"); linked(root, "Build & test <a> service") == "" {
		t.Error("the paths lead nowhere")
	}
}
