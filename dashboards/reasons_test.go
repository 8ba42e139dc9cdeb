package dashboards

import (
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// told is a page with what it has to say, and what not.
type told struct {
	target    string
	status    int
	want, not []string
}

// tell asks for pages and looks for what they say.
func tell(t *testing.T, p *Pages, pages map[string]told) {
	t.Helper()
	for name, c := range pages {
		t.Run(name, func(t *testing.T) {
			status, root, text := get(t, p, c.target)
			if status != c.status {
				t.Errorf("got status %d, want %d", status, c.status)
			}
			shown := words(root)
			for _, want := range c.want {
				if !strings.Contains(shown, want) {
					t.Errorf("%q is not on the page:\n%s", want, shown)
				}
			}
			for _, not := range c.not {
				if strings.Contains(shown, not) {
					t.Errorf("%q is on the page:\n%s", not, shown)
				}
			}
			holds(t, root, text)
		})
	}
}

// oneTeam is a store in which one team has what spans say, on paths of which soon is launched in a year.
func oneTeam(t testing.TB, spans ...metrics.Span) *clickhouse.DB {
	t.Helper()
	db, ctx := emptyStore(t), t.Context()
	defs := metrics.Definitions{Org: "acme", Measure: metrics.DefaultMeasure(), Teams: metrics.Teams{List: []metrics.Team{{Key: teamKey(0)}}},
		Paths: []metrics.Path{{Key: "soon", Title: "Soon", Since: at("2027-06-01")}, {Key: "ci"}}}
	var marks []clickhouse.Mark
	g, err := db.NextGeneration(ctx)
	check(t, err)
	for _, s := range spans {
		marks = append(marks, clickhouse.Mark{Repo: s.Repo, Generation: g})
	}
	check(t, db.WriteScan(ctx, clickhouse.Scan{ID: 1, Began: at("2026-07-01") - 9, Ended: at("2026-07-01"), Complete: true, Repos: uint32(len(spans))}))
	check(t, db.WriteDefined(ctx, g, &defs))
	check(t, db.WriteConclusions(ctx, g, &clickhouse.Conclusions{Spans: spans}))
	check(t, db.Publish(ctx, g, 0, marks))
	return db
}

// always is what one repository of the team always was.
func always(i int, path metrics.PathKey, state metrics.State) metrics.Span {
	s := span(i, path, at("2024-01-01"), metrics.Forever, state)
	s.Team = teamKey(0)
	return s
}

// TestWhyNothingIsCounted looks at repositories that are inactive, with one that is unknown, long after the newest scan.
func TestWhyNothingIsCounted(t *testing.T) {
	idle := always(1, "ci", metrics.On)
	idle.Active = false
	db := oneTeam(t, idle, always(2, "ci", metrics.Unknown))
	p, err := New(Options{DB: db, Objectives: objectives, Now: clock})
	check(t, err)
	ahead := "Nothing is known of what came after the newest scan, of 1 Jul 2026 . Figures as of 1 Jan 2030, 00:00 UTC take all for unchanged since"
	tell(t, p, map[string]told{
		"inactive, not unknown": {"/?path=ci", 200, []string{"No figure: nothing here is active: 1 repository is inactive, and of 1 nothing is known."}, []string{"No figure: everything", "Nothing is known of what came after"}},
		"a path now":            {"/path?path=ci", 200, nil, []string{"Nothing is known of what came after"}},
		"what has not come yet": {"/?as_of=2030-01-01&path=ci", 400, []string{"as_of: 1 Jan 2030 has not come yet, so nothing is known of it; this is up to 1 Jul 2026."}, []string{"take all for unchanged since"}},
	})
	p.Now = func() time.Time { return at("2031-01-01").Time() }
	tell(t, p, map[string]told{
		"long after the newest scan": {"/?as_of=2030-01-01", 200, []string{ahead}, nil},
		"what changed, long after":   {"/?as_of=2030-01-01&path=ci", 200, []string{"How sure ci 0 0 0 0 0 0 0 No figure: nothing here is active: 1 repository is inactive, and of 1 nothing is known Adoption over time"}, nil},
		"objectives long after":      {"/okrs?as_of=2030-01-01", 200, []string{ahead}, nil},
		"stays long after":           {"/stays?path=ci&as_of=2030-01-01", 200, []string{ahead}, nil},
		"exploring long after":       {"/explore?as_of=2030-01-01", 200, []string{ahead}, nil},
	})
	tell(t, newTest(t, oneTeam(t, always(2, "ci", metrics.Unknown))), map[string]told{
		"teams, all unknown": {"/teams?path=ci", 200, []string{"Nothing that teams own here could be read: 1 repository is unknown."}, []string{"Ownership comes from"}},
		"really all unknown": {"/?path=ci", 200, []string{"everything that counts here is unknown"}, []string{"inactive, and"}},
	})
}

// TestNoTeam looks at an organisation in which no team owns anything: it says what to do, and draws no chart without a line.
func TestNoTeam(t *testing.T) {
	alone := always(1, "ci", metrics.On)
	alone.Team = ""
	next := "No figure: no team owns a repository here. " + ownersCome
	p := newTest(t, oneTeam(t, alone))
	tell(t, p, map[string]told{
		"the overview": {"/?path=ci", 200, []string{next, "No moment of this time has a figure of teams: no team owns a repository here. " + ownersCome, "Figures as a table"},
			[]string{"its 95\u202f% interval", "all adoption, of all teams"}},
		"the path":                    {"/path?path=ci", 200, []string{next, "No moment of this time has a figure of teams"}, []string{"take From away"}},
		"stays of an unknown history": {"/path?path=ci", 200, []string{"scan those on the path with their history."}, nil},
	})
	for _, page := range []string{"/?path=ci", "/path?path=ci"} {
		_, root, _ := get(t, p, page)
		for _, n := range elements(root, "div") {
			if id := attr(n, "id"); id == "chart-adoption-ci" {
				t.Errorf("%s draws %s", page, id)
			}
		}
	}
}

// TestWhyNothingIsUnknown says what pages say of what is unknown where nothing is, or nothing was read.
func TestWhyNothingIsUnknown(t *testing.T) {
	nowhere := always(2, "ci", metrics.Unknown)
	nowhere.Team = ""
	tell(t, newTest(t, oneTeam(t, nowhere)), map[string]told{
		"before the first scan there was": {"/data?as_of=2026-06-01&path=soon", 200, []string{"No scan had been made by then: what could not be read since is not counted."}, []string{"Nothing unknown", "Nothing was unknown then", "Every repository could be read, and"}},
		"filters leave nothing unknown":   {"/data?path=soon", 200, []string{"Nothing of these is unknown."}, []string{"Every repository could be read, and"}},
		"a team that owns what nobody knows": {"/team?team=team-00", 200, []string{"None is known to be its own. Of 1 repository nothing is known, and so not who owns them"},
			[]string{"It owns no repository now."}},
	})
	tell(t, newTest(t, emptyStore(t)), map[string]told{
		"the data before the first scan": {"/data", 200, []string{"There has been no scan yet.", "Nothing has been read yet.", "No repository was read yet.", "No scan has put definitions in force yet"},
			[]string{"Every repository could be read", "No path is defined.", "could be understood"}},
		"a path before the first scan": {"/path?path=ci", 200, []string{"There has been no scan yet."}, []string{"There is no path"}},
		"stays before the first scan":  {"/stays?path=ci", 200, []string{"Who came when, how, and for how long."}, []string{"There is no path"}},
		"states before the first scan": {"/states", 200, []string{"There has been no scan yet. Run trodden scan"}, []string{"Take a filter away"}},
	})
	failed := emptyStore(t)
	check(t, failed.WriteScan(t.Context(), clickhouse.Scan{ID: 1, Began: at(now) - 60, Ended: at(now) - 50, State: "failed", Error: "no repository matches /src/*"}))
	why := []string{"No scan came to its end yet: the newest failed.", "no repository matches /src/*. Mend that"}
	tell(t, newTest(t, failed), map[string]told{
		"the overview after a failed scan": {"/", 200, why, []string{"There has been no scan yet"}},
		"teams after a failed scan":        {"/teams", 200, why, nil},
		"exploring after a failed scan":    {"/explore", 200, why, nil},
		"states after a failed scan":       {"/states", 200, why[:1], []string{"There has been no scan yet"}},
		"the data after a failed scan":     {"/data", 200, []string{"no repository matches /src/*"}, nil},
	})
	tell(t, newTest(t, catalogStore(t)), map[string]told{
		"catalogs that no scan here read": {"/data", 200, []string{"backstage 30 Jun 2026"}, []string{"No catalog was read"}},
	})
}

// TestEntitiesLeadToTheirLines follows the line that a field of an entity stands on to its host.
func TestEntitiesLeadToTheirLines(t *testing.T) {
	_, root, _ := get(t, newTest(t, catalogStore(t)), "/catalog/entities?source=port")
	found := false
	for _, a := range elements(root, "a") {
		found = found || words(a) == "catalog-info.yaml:8" && attr(a, "href") == "https://"+repoName(0)+"/blob/HEAD/catalog-info.yaml#L8"
	}
	if !found {
		t.Errorf("no line leads to the host: %s", words(root))
	}
}

// TestGuardsWithoutABaseline asks for objectives before they began, and for one that has nothing to begin with.
func TestGuardsWithoutABaseline(t *testing.T) {
	begun := at("2026-04-01")
	late := func() []metrics.Objective {
		return append(objectives(), metrics.Objective{Key: "late", Title: "Late", Results: []metrics.KeyResult{{Key: "later", Title: "Of a path to come", Measure: "adoption.teams.voluntary", Path: "later",
			Baseline: metrics.Baseline{At: begun}, Target: 0.4, From: begun, To: at("2026-12-31"), Weight: 1}}})
	}
	p, err := New(Options{DB: openStore(t), Objectives: late, Now: clock})
	check(t, err)
	tell(t, p, map[string]told{
		"before it began":     {"/okrs?as_of=2025-06-01", 200, []string{"still on the path after 90 days – 100 % nothing to compare it with: there was no figure when it began"}, []string{"as before, or better"}},
		"after it began":      {"/okrs", 200, []string{"still on the path after 90 days 100 % 100 % as before, or better"}, nil},
		"why it has no begin": {"/okrs", 200, []string{"there is no baseline at 2026-04-01: the path had not been launched"}, []string{"before_launch"}},
	})
}

// TestNothingSuffersForItself has an objective about stays, beside which stays are no guard.
func TestNothingSuffersForItself(t *testing.T) {
	stays := func() []metrics.Objective {
		tenth := 0.1
		return []metrics.Objective{{Key: "stay", Title: "Stay", Results: []metrics.KeyResult{{Key: "d90", Title: "They stay", Measure: "retention.d90", Path: "ci",
			Baseline: metrics.Baseline{Value: &tenth}, Target: 0.9, From: at("2026-04-01"), To: at("2026-12-31"), Weight: 1}}}}
	}
	p, err := New(Options{DB: openStore(t), Objectives: stays, Now: clock})
	check(t, err)
	tell(t, p, map[string]told{"the page of objectives": {"/okrs", 200, []string{"exempt repositories", "its pipeline runs"}, []string{"still on the path after 90 days 100"}}})
}
