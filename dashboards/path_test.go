package dashboards

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

const (
	movers     = 130
	moverTeams = 45
)

// moverTeam names teams, some of them in ways that nobody should.
func moverTeam(i int) metrics.TeamKey {
	hostile := []metrics.TeamKey{"<script>alert(1)</script>", "=cmd()", metrics.TeamKey(strings.Repeat("long", 125)), "فريق الدفع", "🚀 rockets", "{b} & \"q\""}
	if i %= moverTeams; i < len(hostile) {
		return hostile[i]
	}
	return teamKey(i)
}

// mover is what one repository of moversStore did: a third goes another way, a third came, and a third came and left, or tries both.
func mover(i int) (spans []metrics.Span, spells []metrics.Spell) {
	born, comes := at("2024-01-01"), at("2025-08-01")+metrics.Instant(i)*metrics.Day
	one := func(from, to metrics.Instant, state metrics.State, ways ...metrics.WayKey) metrics.Span {
		return metrics.Span{Unit: metrics.Unit{Repo: metrics.NewRepoID(moverName(i))}, Path: "ci", Period: metrics.Period{From: from, To: to}, Team: moverTeam(i),
			State: state, Tree: state, Active: i%20 != 19, Choice: true, Dated: true, Since: from, Ways: append([]metrics.WayKey{}, ways...)}
	}
	stay := func(s metrics.Span, outcome metrics.Outcome) {
		spells = append(spells, metrics.Spell{Unit: s.Unit, Path: "ci", Period: s.Period, Outcome: outcome, Known: true, Choice: true, Origin: s.Origin,
			Team: s.Team, Change: metrics.OID(fmt.Sprintf("%020d", i))})
	}
	other := []metrics.WayKey{"circleci", "<b>jenkins"}[i%2]
	switch i % 3 {
	case 0:
		state, ways := metrics.Off, []metrics.WayKey{other}
		if i%30 == 0 {
			state, ways = metrics.None, nil
		}
		return []metrics.Span{one(born, metrics.Forever, state, ways...)}, nil
	case 1:
		s := one(comes, metrics.Forever, metrics.On, metrics.Golden)
		s.Origin, s.Version = originOrder[i/3%len(originOrder)], []string{"v1.0.0", "v2.0.0", "v2", "v9.9.9"}[i%4]
		s.Voluntary = s.Origin == metrics.Chosen || s.Origin == metrics.Born
		if i%14 == 1 {
			s.Mandated, s.Choice = true, false
		}
		stay(s, metrics.Running)
		return []metrics.Span{one(born, comes, metrics.Off, other), s}, spells
	}
	s := one(comes, comes+metrics.Instant(20+3*i)*metrics.Day, metrics.Mixed, metrics.Golden, other)
	s.Origin, s.Version, s.Voluntary = metrics.Chosen, "v1.0.0", true
	if i%4 == 0 {
		s.Origin, s.Voluntary = metrics.Mandated, false
	}
	stay(s, metrics.LeftPath)
	return []metrics.Span{one(born, comes, metrics.Off, other), s, one(s.To, metrics.Forever, metrics.Off, other)}, spells
}

func moverName(i int) string { return fmt.Sprintf("github.com/acme/mover-%03d", i) }

// moversStore knows repositories that came to a path, left it and went other ways, and the releases of the path.
func moversStore(t testing.TB, more ...metrics.PathKey) *clickhouse.DB {
	t.Helper()
	db, ctx := emptyStore(t), t.Context()
	defs := metrics.Definitions{Org: "acme", Measure: metrics.DefaultMeasure(), Paths: []metrics.Path{{Key: "ci", Title: "Golden <i>pipeline</i>",
		Alternatives: []metrics.Alternative{{Key: "circleci"}, {Key: "<b>jenkins"}}, LatestTagsOf: "github.com/acme/golden"}}}
	for _, key := range more {
		defs.Paths = append(defs.Paths, metrics.Path{Key: key, Title: string(key), Alternatives: defs.Paths[0].Alternatives})
	}
	for i := range moverTeams {
		defs.Teams.List = append(defs.Teams.List, metrics.Team{Key: moverTeam(i)})
	}
	var facts metrics.Batch
	var marks []clickhouse.Mark
	var c clickhouse.Conclusions
	g, err := db.NextGeneration(ctx)
	check(t, err)
	names := []string{"github.com/acme/golden"}
	for i := range movers {
		names = append(names, moverName(i))
		spans, spells := mover(i)
		c.Spans, c.Spells = append(c.Spans, spans...), append(c.Spells, spells...)
		for _, key := range more {
			for _, s := range spans {
				s.Path = key
				c.Spans = append(c.Spans, s)
			}
			for _, s := range spells {
				s.Path = key
				c.Spells = append(c.Spells, s)
			}
		}
	}
	for _, name := range names {
		id := metrics.NewRepoID(name)
		facts.Repos = append(facts.Repos, metrics.Repo{ID: id, Name: name, Source: "git", Seen: at("2026-06-30")})
		facts.Readings = append(facts.Readings, metrics.Reading{Source: "git", Repo: id, At: at("2026-06-30"), Complete: true})
		marks = append(marks, clickhouse.Mark{Repo: id, Generation: g})
	}
	for i, tag := range []string{"v1.0.0", "v2.0.0"} {
		facts.Releases = append(facts.Releases, metrics.Release{Repo: metrics.NewRepoID(names[0]), Tag: tag, At: at("2025-01-01") + metrics.Instant(i)*100*metrics.Day,
			Object: metrics.OID(fmt.Sprintf("%020d", i)), Commit: metrics.OID(fmt.Sprintf("%020d", i)), Source: "git", Seen: at("2026-06-30")})
	}
	check(t, db.Write(ctx, &facts))
	check(t, db.WriteScan(ctx, clickhouse.Scan{ID: 1, Began: at("2026-07-01") - 9, Ended: at("2026-07-01"), Complete: true, Repos: movers}))
	check(t, db.WriteDefined(ctx, g, &defs))
	check(t, db.WriteConclusions(ctx, g, &c))
	check(t, db.Publish(ctx, g, 0, marks))
	return db
}

// TestPathPages says what the page of a path and its lists show.
func TestPathPages(t *testing.T) {
	full, moved, bare := newTest(t, openStore(t)), newTest(t, moversStore(t)), newTest(t, emptyStore(t))
	for name, c := range map[string]struct {
		pages  *Pages
		target string
		status int
		want   []string
	}{
		"the first path, where none is named": {full, "/path", 200, []string{"Build & test <a> service", "teams with a choice chose it", "Adoption over time",
			"Kept after a mandate ended", "How they came", "Who moved From 1 Jul 2025 (left) to 1 Jul 2026 (right)", "Do they stay?", "brown was brought by others; plum was ordered.", "Still not on the path", "Of these, came to it"}},
		"a path that nobody uses": {full, "/path?path=image", 200, []string{"No repository used the path in this time.", "The path declares no alternative",
			"No stay began at a moment that is known.", "No active repository is on the path. See below who goes another way.", "No active repository uses the path.", "The first 50 of 54", "All 54 that go another way"}},
		"nobody in this time": {full, "/path?path=image&from=2026-01-01", 200, []string{"No stay began in this time.", "Take From and To away, or choose another time."}},
		"a path before its launch": {full, "/path?path=later", 200, []string{"No figure: the path had not been launched.", "The path had not been launched.",
			"It is launched on 1 Jan 2030."}},
		"versions that are not known": {full, "/path?path=ci", 200, []string{"Nothing says which version of the path a repository uses."}},
		"before there was anything":   {full, "/path?as_of=2001-01-01", 200, []string{"There was no repository at either moment.", "No active repository goes another way, or none."}},
		"in the future":               {full, "/path?as_of=2045-01-01", 400, []string{"as_of: 1 Jan 2045 has not come yet", "How they came"}},
		"a filter that there is not":  {full, "/path?tem=team-01&utm_source=mail&as_of_moment=x", 400, []string{`"tem" is no filter, so it narrows nothing down.`, "How they came"}},
		"one team":                    {full, "/path?team=team-03", 200, []string{"fewer than 5 teams"}},
		"a path that there is not":    {full, "/path?path=nope", 404, []string{`There is no path "nope".`, "See all paths"}},
		"too many weeks":              {full, "/path?interval=week&from=2020-01-01", 400, []string{"More than three years of weeks; months are shown."}},
		"hostile teams and ways": {moved, "/path", 200, []string{"Golden <i>pipeline</i>", "<script>alert(1)</script>", "=cmd()", "فريق الدفع", "🚀 rockets", "<b>jenkins",
			"The 40 of 45 teams that have most repositories."}},
		"lag":                          {moved, "/path", 200, []string{"are on the newest release, v2.0.0 of 11 Apr 2025.", "100 days", "follows releases by itself", "it is the version of no release"}},
		"retention":                    {moved, "/path", 200, []string{"(log-rank test, p", "chosen, or born on it", "mandated", "Still there after 90 days"}},
		"flows":                        {moved, "/flows", 200, []string{"Ways then and now", "100 rows, a part of the list, by repository", "golden and circleci", "Next page"}},
		"flows from somewhere":         {moved, "/flows?was=none:", 200, []string{"5 rows, by repository; before: none"}},
		"flows that nobody took":       {full, "/flows?was=dormant:golden&became=none:", 200, []string{"No repository moved like that between these days."}},
		"flows from what there is not": {full, "/flows?was=%3Cscript%3E&became=off:nosuch", 400, []string{`was: "<script>" is not known; write a state, a colon and ways: off:circleci.`, `became: there is no way "nosuch".`, "60 rows, by repository"}},
		"flows that end before":        {full, "/flows?from=2026-01-01&to=2025-01-01", 400, []string{"is not before to"}},
		"stays that were left":         {moved, "/stays?outcome=left&manner=mandated", 200, []string{"mandated", "left on 9 ", "days", "Team when it came", "Came with"}},
		"two paths at once":            {moved, "/stays?path=ci&path=image", 400, []string{"path is given 2 times, where one is expected; the first holds."}},
		"stays in no manner":           {moved, "/stays?manner=maybe", 400, []string{`manner: "maybe" is not known`}},
		"stays that there are not":     {full, "/stays?path=image", 200, []string{"No stay is like that."}},
		"a page of a list by nonsense": {moved, "/stays?next=e30xyz", 200, []string{"rows"}},
		"who took how long":            {moved, "/waits?came=no", 200, []string{"more than", "by repository", "Team at the start"}},
		"took what there is not":       {moved, "/waits?came=maybe", 400, []string{`came: "maybe" is not known`}},
		"waits before the scan":        {bare, "/waits", 200, []string{"There has been no scan yet."}},
		"teams that moved":             {moved, "/moved?from=2025-09-01&to=2026-06-01&moved=came", 200, []string{"of those that it served on both days", "came", "use it"}},
		"moved as there is not":        {moved, "/moved?moved=maybe", 400, []string{`moved: "maybe" is not known`}},
		"moved before the scan":        {bare, "/moved", 200, []string{"There has been no scan yet."}},
		"the path before the scan":     {bare, "/path", 200, []string{"There has been no scan yet."}},
		"flows before the scan":        {bare, "/flows", 200, []string{"There has been no scan yet."}},
		"stays before the scan":        {bare, "/stays", 200, []string{"There has been no scan yet."}},
	} {
		t.Run(name, func(t *testing.T) {
			status, root, text := get(t, c.pages, c.target)
			if status != c.status {
				t.Errorf("got status %d, want %d", status, c.status)
			}
			shown := words(root)
			for _, want := range c.want {
				if !strings.Contains(shown, want) {
					t.Errorf("%q is not on the page:\n%s", want, shown)
				}
			}
			holds(t, root, text)
			if len(text) > 1<<20 {
				t.Errorf("the page has %d bytes", len(text))
			}
		})
	}
}

var number = regexp.MustCompile(`^(?:All )?(\d+)\b`)

// counts is the number that a link of the page of a path stands for; false for names.
func counts(a *html.Node, target *url.URL) (int, bool) {
	text := words(a)
	if strings.Contains(text, "%") { // a rate: its parts stand beside it
		parts := strings.Fields(words(a.Parent))
		text = parts[len(parts)-1]
		if target.Path == "/stays" && parts[len(parts)-3] != "0" { // which lists those that it counts, not all, unless there are none
			text = parts[len(parts)-3]
			if strings.HasPrefix(parts[len(parts)-1], "stay") { // those that it is estimated from
				text = parts[len(parts)-2]
			}
		}
	}
	found := number.FindStringSubmatch(text)
	if found == nil || strings.Contains(text, "day") { // a time
		return 0, false
	}
	n, err := strconv.Atoi(found[1])
	return n, err == nil
}

// walk counts the rows of a list over all its pages.
func walk(t *testing.T, p http.Handler, target string) int {
	t.Helper()
	rows := 0
	for target != "" {
		status, root, _ := get(t, p, target)
		if status != http.StatusOK {
			t.Errorf("%s: got %d", target, status)
		}
		for _, body := range elements(root, "tbody") {
			rows += len(elements(body, "tr"))
		}
		target = ""
		for _, a := range elements(root, "a") {
			if attr(a, "rel") == "next" {
				target = attr(a, "href")
			}
		}
	}
	return rows
}

// TestPathFiguresLeadToTheirLists follows the numbers of the page of a path and counts the rows of the lists.
func TestPathFiguresLeadToTheirLists(t *testing.T) {
	for name, c := range map[string]struct {
		pages *Pages
		least map[string]int // of followed numbers by list
	}{
		"repositories that come one by one":  {newTest(t, openStore(t)), map[string]int{"/states": 40, "/flows": 5, "/stays": 2, "/waits": 2}},
		"repositories that come and go, too": {newTest(t, moversStore(t)), map[string]int{"/states": 40, "/flows": 8, "/stays": 6, "/waits": 2}},
	} {
		t.Run(name, func(t *testing.T) {
			_, root, _ := get(t, c.pages, "/path?path=ci")
			followed, past := make(map[string]int), 0
			for _, a := range elements(root, "a") {
				target, err := url.Parse(attr(a, "href"))
				check(t, err)
				if c.least[target.Path] == 0 || target.Query().Get("path") == "" {
					continue
				}
				if target.Query().Get("as_of") != "" {
					if past++; past%9 > 0 { // there are hundreds of other moments
						continue
					}
				}
				want, ok := counts(a, target)
				if !ok {
					continue
				}
				if rows := walk(t, c.pages, target.String()); rows != want {
					t.Errorf("%s: got %d rows, want %d", target, rows, want)
				}
				followed[target.Path]++
			}
			for list, least := range c.least {
				if followed[list] < least {
					t.Errorf("followed %d figures to %s, want at least %d", followed[list], list, least)
				}
			}
		})
	}
}

// TestLagLeadsToItsLists: those on the newest release, behind it, and of which it is not known.
func TestLagLeadsToItsLists(t *testing.T) {
	db := moversStore(t)
	p, row := newTest(t, db), query.LagPathRow{}
	rows, err := query.LagByPath(t.Context(), db, query.LagQuestion{Path: "ci", AsOf: at(now)})
	check(t, err)
	row = rows[0]
	want := map[string]int{"newest": row.OnLatest.Num, "behind": row.OnLatest.Den - row.OnLatest.Num, "unknown": row.Repos - row.OnLatest.Den}
	got := make(map[string]int)
	_, root, _ := get(t, p, "/path?path=ci")
	for _, a := range elements(root, "a") {
		target, err := url.Parse(attr(a, "href"))
		check(t, err)
		if lag := target.Query().Get("lag"); lag != "" {
			if got[lag] = walk(t, p, target.String()); !strings.HasPrefix(words(a), strconv.Itoa(got[lag])+" ") {
				t.Errorf("%q leads to %s, which has %d", words(a), target, got[lag])
			}
			_, list, _ := get(t, p, target.String())
			if !strings.Contains(words(list), "Its version: ") {
				t.Errorf("%s does not say how it is narrowed down", target)
			}
		}
	}
	if !maps.Equal(want, got) {
		t.Errorf("got lists of %v, want %v", got, want)
	}
}

// drawn returns the options of a chart of a page.
func drawn(t *testing.T, root *html.Node, id string) (o struct {
	Series []struct {
		Name string
		Data []struct{ Value any }
	}
}) {
	t.Helper()
	for _, s := range elements(root, "script") {
		if attr(s, "id") == id+"-option" {
			check(t, json.Unmarshal([]byte(s.FirstChild.Data), &o))
			return o
		}
	}
	t.Fatalf("there is no chart %s", id)
	return o
}

// TestPathChartsHaveTheFiguresOfTheirTables compares the newest values of charts with what was asked.
func TestPathChartsHaveTheFiguresOfTheirTables(t *testing.T) {
	db := moversStore(t)
	_, root, _ := get(t, newTest(t, db), "/path")
	ask := query.AdoptionQuestion{Path: "ci", AsOf: at(now)}
	adoption, err := query.Adoption(t.Context(), db, ask)
	check(t, err)
	ways, err := query.Fragmentation(t.Context(), db, ask)
	check(t, err)
	last := func(id, name string) float64 {
		for _, s := range drawn(t, root, id).Series {
			if s.Name == name {
				return s.Data[len(s.Data)-1].Value.([]any)[1].(float64)
			}
		}
		t.Fatalf("%s has no series %s", id, name)
		return 0
	}
	for _, o := range originOrder {
		want := float64(originCount(adoption[0].Origin, o)) / float64(adoption[0].States.Served()) * 100
		if got := last("chart-origins", o.String()); got < want-0.01 || got > want+0.01 {
			t.Errorf("%s: got %v, want %v", o, got, want)
		}
	}
	for _, w := range ways[0].Ways {
		if got := last("chart-ways", string(w.Way)); got != float64(w.Units) {
			t.Errorf("%s: got %v, want %d", w.Way, got, w.Units)
		}
	}
}

func TestEndOfFlow(t *testing.T) {
	shades := wayShades([]metrics.WayKey{"golden", "circleci", "jenkins"})
	for name, c := range map[string]struct {
		end                end
		words, key, colour string
	}{
		"on the path":         {end{query.FlowEnd{State: "on", Ways: []metrics.WayKey{"golden"}}}, "golden", "on:golden", "var(--on)"},
		"several ways":        {end{query.FlowEnd{State: "mixed", Ways: []metrics.WayKey{"golden", "circleci"}}}, "golden and circleci", "mixed:golden,circleci", "var(--mixed)"},
		"nothing instead":     {end{query.FlowEnd{State: "off", Ways: nil}}, "off", "off:", "var(--off)"},
		"no longer running":   {end{query.FlowEnd{State: "dormant", Ways: []metrics.WayKey{"golden"}}}, "golden, dormant", "dormant:golden", "var(--dormant)"},
		"one other way":       {end{query.FlowEnd{State: "off", Ways: []metrics.WayKey{"jenkins"}}}, "jenkins", "off:jenkins", "var(--way-b)"},
		"two other ways":      {end{query.FlowEnd{State: "off", Ways: []metrics.WayKey{"circleci", "jenkins"}}}, "circleci and jenkins", "off:circleci,jenkins", "var(--off)"},
		"not meant for it":    {end{query.FlowEnd{State: "ineligible", Ways: nil}}, "ineligible", "ineligible:", "var(--ineligible)"},
		"nobody works on it":  {end{query.FlowEnd{State: "inactive", Ways: nil}}, "inactive", "inactive:", "var(--outside)"},
		"it is not there yet": {end{query.FlowEnd{State: "", Ways: nil}}, "new", "absent:", "var(--outside)"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.end.words("new") + "|" + c.end.Key() + "|" + c.end.colour(shades); got != c.words+"|"+c.key+"|"+c.colour {
				t.Errorf("got %s, want %s|%s|%s", got, c.words, c.key, c.colour)
			}
		})
	}
}

// TestPathInBrowser draws all charts of a path whose teams and ways have bad names, and reads what their tooltips say.
func TestPathInBrowser(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, moversStore(t)))
	defer server.Close()
	w := watch(t, ctx)
	check(t, chromedp.Do(ctx, chromedp.EmulateViewport(360, 800)))
	check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+"/path")))
	got, err := chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
	check(t, err)
	if got.Charts != 7 || got.Drawn != 7 || got.Wider > 0 {
		t.Errorf("got %+v, want 7 charts drawn and nothing too wide", got)
	}
	for id, want := range map[string]string{
		"chart-flows":    "to golden: ",
		"chart-teams":    "=cmd(), Aug 2025: ",
		"chart-origins":  "chosen: ",
		"chart-stays":    " known so long)",
		"chart-versions": "Repositories: ",
	} {
		said, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`(() => {
			const box = document.getElementById(%q), chart = echarts.getInstanceByDom(box), said = new Set();
			for (let x = 10; x < box.clientWidth; x += 10) {
				for (let y = 2; y < box.clientHeight; y += 4) {
					chart.getZr().handler.dispatch("mousemove", { zrX: x, zrY: y });
					said.add(box.querySelector(".tooltip")?.textContent);
				}
			}
			return [...said].join("\n");
		})()`, id)))
		check(t, err)
		if !strings.Contains(said, want) {
			t.Errorf("%s: its tooltips do not say %q, but %.300q", id, want, said)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.messages {
		t.Errorf("the console says: %s", m)
	}
}

// TestSeriesBegin: series over time begin where something is known, unless somebody chose when.
func TestSeriesBegin(t *testing.T) {
	p := newTest(t, hostileStore(t)) // of which something is known from 2025 on
	for address, want := range map[string]string{"/path": "2025-01-01", "/path?from=2024-03-01": "2024-03-01", "/path?from=2025-06-01": "2025-06-01", "/team?team=a/b?c%23d%26e=f": "2025-01-01"} {
		_, _, body := get(t, p, address)
		options := regexp.MustCompile(`(?s)id="(chart-(?:adoption-path0|origins|ways|team-path0))-option">(.*?)</script>`).FindAllStringSubmatch(body, -1)
		if len(options) == 0 {
			t.Errorf("%s has no chart", address)
		}
		for _, option := range options {
			if first := regexp.MustCompile(`\["(\d{4}-\d\d-\d\d)T`).FindStringSubmatch(option[2]); first == nil || first[1] != want {
				t.Errorf("%s: %s begins on %.12q, want %s", address, option[1], first, want)
			}
		}
	}
}
