package dashboards

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestNoTeams: where no team is listed the filter that is the cause is named, and what to do.
func TestNoTeams(t *testing.T) {
	for name, c := range map[string]struct {
		team, group, only string
		want              string
	}{
		"nothing owned":     {want: "No team owns an active repository that this path is for. " + ownersCome},
		"a team":            {team: "guild", want: "Team guild has no active repository that this path is for. Take Team away to see the others."},
		"a group":           {group: "fintech", want: "No team of group fintech has an active repository that this path is for. Take Group away to see the others."},
		"a team of a group": {team: "guild", group: "fintech", want: "Team guild has no active repository that this path is for. Take Team away to see the others."},
		"a selection":       {team: "guild", only: "choice", want: "No team is like that (Had a choice): choose All."},
	} {
		q := &request{values: map[string]string{"team": c.team, "group": c.group, "only": c.only}}
		narrowed, _ := selected(q, teamSelections())
		if c.only == "" {
			narrowed = teamSelections()[0]
		}
		if got := noTeams(q, narrowed); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestTeamOfAnotherGroup is told on every page.
func TestTeamOfAnotherGroup(t *testing.T) {
	p := newTest(t, groupedStore(t))
	for _, target := range []string{"/?", "/teams?", "/states?", "/explore?path=ci&", "/stays?"} {
		for team, want := range map[string]bool{"team-00": true, "team-11": false} { // which is in it
			_, root, _ := get(t, p, target+"group=pay&team="+team)
			if got := strings.Contains(words(root), "Team "+team+" does not belong to group pay: take one of the two away."); got != want {
				t.Errorf("%s with %s: told %v, want %v", target, team, got, want)
			}
		}
	}
}

// TestEveryTeamIsListed: the number of teams that are known leads to all of them, on whichever path, at any moment.
func TestEveryTeamIsListed(t *testing.T) {
	db := openStore(t)
	p := newTest(t, db)
	teams, err := query.Teams(t.Context(), db)
	check(t, err)
	for _, moment := range []string{"", "&as_of=2022-01-01", "&path=later"} {
		if got := walk(t, p, "/teams?only=known"+moment); got != len(teams) || got == 0 {
			t.Errorf("%q: %d teams are listed, want %d", moment, got, len(teams))
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

// TestEveryStateHasItsPatch: verdicts on teams have the patches that states of repositories have, and links to states are underlined as
// others are.
func TestEveryStateHasItsPatch(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, openStore(t)))
	defer server.Close()
	const look = `(() => {
  const bare = [...document.querySelectorAll("h3 .state, .cards td, .cards th[scope=row]")].filter((e) => /^(on|partly|off)$/.test(e.innerText.trim()) && !e.querySelector(".patch")).map((e) => e.innerText);
  const plain = [...document.querySelectorAll("main a > .state")].filter((e) => !getComputedStyle(e).textDecorationLine.includes("underline")).map((e) => e.innerText);
  return { Patches: [...new Set([...document.querySelectorAll("h3 .patch, .cards .patch")].map((e) => e.className.replace("patch patch-", "")))].sort().join(" "), Bare: bare, Plain: plain };
})()`
	type states struct {
		Patches     string
		Bare, Plain []string
	}
	for address, want := range map[string]string{"/teams?path=ci": "on partly", "/teams?path=image": "off", "/team?team=team-03": "off on", "/moved?path=ci&from=2024-01-01&to=2026-06-01": "off on partly", "/states?path=ci": "off on"} {
		check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+address)))
		got, err := chromedp.Run(ctx, chromedp.Evaluate[states](look))
		check(t, err)
		for _, state := range strings.Fields(want) {
			if !slices.Contains(strings.Fields(got.Patches), state) {
				t.Errorf("%s: got the patches %q, without %q", address, got.Patches, state)
			}
		}
		if len(got.Bare) > 0 || len(got.Plain) > 0 {
			t.Errorf("%s: without a patch: %q; without a line: %q", address, got.Bare, got.Plain)
		}
	}
}
