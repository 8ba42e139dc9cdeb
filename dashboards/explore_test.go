package dashboards

import (
	"encoding/csv"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// groupedStore is catalogStore, whose first half of teams is of group shop, and the others of group pay, which is part of it.
func groupedStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	db, ctx := catalogStore(t), t.Context()
	c, defs := conclusions(), definitions()
	defs.Teams.Groups = []metrics.Group{{Key: "shop"}, {Key: "pay", Parent: "shop"}}
	for i := range defs.Teams.List {
		defs.Teams.List[i].Group = []string{"shop", "pay"}[i/(teams/2)]
	}
	team := map[metrics.RepoID]metrics.TeamKey{}
	for i := range repos {
		team[metrics.NewRepoID(repoName(i))] = teamKey(i % teams)
	}
	for i := range c.Spells {
		c.Spells[i].Team = team[c.Spells[i].Unit.Repo]
	}
	g, err := db.NextGeneration(ctx)
	check(t, err)
	var marks []clickhouse.Mark
	for i := range repos {
		marks = append(marks, clickhouse.Mark{Repo: metrics.NewRepoID(repoName(i)), Generation: g})
	}
	check(t, db.WriteDefined(ctx, g, &defs))
	check(t, db.WriteConclusions(ctx, g, &c))
	check(t, db.Publish(ctx, g, 0, marks))
	return db
}

// TestExploreTellsEverything asks for every measure by every dimension, at a moment and over time: each has a page, and where that means
// nothing, it says so.
func TestExploreTellsEverything(t *testing.T) {
	p := newTest(t, groupedStore(t))
	for _, m := range exploreMeasures() {
		for _, d := range exploreDimensions() {
			for _, show := range []string{"", "time"} {
				target := "/explore?from=2026-03-01&show=" + show + "&by=" + d.Value + "&measure=" + m.key
				told, means := show == "" || m.over, slices.Contains(m.by, d.Value)
				if !(told && means) && d.Value != byWay && d.Value != byPath { // to say so is the same for all
					continue
				}
				status, root, text := get(t, p, target)
				shown := words(root)
				if status != 200 {
					t.Errorf("%s: got status %d:\n%s", target, status, shown)
				}
				holds(t, root, text)
				switch {
				case !means && !strings.Contains(shown, "This cannot be told apart by "+d.Text+"; it can by "):
					t.Errorf("%s does not say that it means nothing:\n%s", target, shown)
				case means && !told && !strings.Contains(shown, "This is told of one moment"):
					t.Errorf("%s does not say that there is no series:\n%s", target, shown)
				case means && told && !strings.Contains(shown, ", by "+d.Text):
					t.Errorf("%s has another title:\n%s", target, shown)
				}
			}
		}
	}
}

// TestExploredFigures says what pages of Explore show.
func TestExploredFigures(t *testing.T) {
	p := newTest(t, groupedStore(t))
	for name, c := range map[string]struct {
		target string
		status int
		want   []string
	}{
		"the first measure by its name":    {"/explore?measure=teams.voluntary", 200, []string{"Voluntary adoption, teams, by path"}},
		"what there is not":                {"/explore?measure=nope", 400, []string{"it is one of teams.voluntary, teams.total"}},
		"other ways are counted":           {"/explore?by=way&path=ci", 200, []string{"Share of repositories, by way: Build & test <a> service", "circleci"}},
		"by group, with all below":         {"/explore?by=group&measure=repos.total&path=image", 200, []string{"shop 0 %", "pay 0 %"}},
		"stays of a team":                  {"/explore?by=team&measure=retention.d90&path=ci", 200, []string{"team-00 100 % of "}},
		"stays by how they began":          {"/explore?by=origin&measure=retention.d90&path=ci", 200, []string{"chosen, or born on it 100 %", "mandated –"}},
		"days until they came":             {"/explore?measure=time_to_adopt.median", 200, []string{"days", " of 5"}},
		"how fresh catalogs are":           {"/explore?measure=catalog.freshness", 200, []string{"Catalog freshness, by catalog Entities", "backstage", "port"}},
		"how fresh those of a team are":    {"/explore?measure=catalog.owners&by=team", 200, []string{"Catalog owners, by team", "team-01, backstage"}},
		"catalogs are of no path":          {"/explore?measure=catalog.coverage&path=ci", 200, []string{"This is of whole catalogs, which are of no one path."}},
		"no pipelines are known":           {"/explore?measure=friction.scaffold&path=ci", 200, []string{"No figure: nothing that was read tells of it. Runs and deployments are read from GitHub and GitLab, not from clones"}},
		"decisions over time":              {"/explore?measure=flow.voluntary&show=time&path=ci&from=2026-01-01", 200, []string{"Voluntary flow, by path: Build & test <a> service", "Jan to Mar 2026"}},
		"the series of a team as it goes":  {"/explore?by=team&measure=repos.total&show=time&path=ci&from=2026-01-01", 200, []string{"Shown are the 8 that are highest in the end, of 1"}},
		"a path that is not launched":      {"/explore?by=way&path=later", 200, []string{"the path had not been launched"}},
		"a moment before any catalog":      {"/explore?measure=catalog.owners&by=team&as_of=2025-01-01", 200, []string{"No catalog was judged by 1 Jan 2025."}},
		"a judgement that is kept":         {"/explore?measure=catalog.freshness&as_of=2026-05-02", 200, []string{"backstage", "0 of 1"}},
		"origins are of repositories only": {"/explore?by=origin&measure=teams.total", 200, []string{"This cannot be told apart by how it came; it can by path or group."}},
	} {
		t.Run(name, func(t *testing.T) {
			status, root, _ := get(t, p, c.target)
			if status != c.status {
				t.Errorf("got status %d, want %d", status, c.status)
			}
			shown := words(root)
			for _, want := range c.want {
				if !strings.Contains(shown, want) {
					t.Errorf("%q is not on the page:\n%s", want, shown)
				}
			}
		})
	}
}

// TestExploredFiguresLeadToTheirLists follows figures and counts the rows of the lists: those of the numerator where parts of a whole
// are told, and else of the denominator.
func TestExploredFiguresLeadToTheirLists(t *testing.T) {
	p := newTest(t, groupedStore(t))
	for target, numerator := range map[string]bool{
		"/explore?path=ci": false, "/explore?path=ci&measure=teams.total": false, "/explore?path=ci&measure=teams.gross": false, "/explore?path=ci&measure=repos.gross": false,
		"/explore?path=ci&by=way": true, "/explore?path=image&by=way": true, "/explore?path=ci&by=origin": true, "/explore?path=ci&by=team&measure=repos.total": false,
		"/explore?path=ci&by=group&measure=repos.voluntary": false, "/explore?path=ci&by=group&measure=teams.total": false,
		"/explore?path=ci&by=team&measure=retention.d90": false, "/explore?path=ci&by=group&measure=retention.d90": false, "/explore?path=ci&by=group&measure=time_to_adopt.median": false,
		"/explore?path=ci&by=origin&show=time&from=2026-05-01": true, "/explore?measure=catalog.freshness&by=team": true, "/explore?measure=catalog.owners": true,
		"/explore?path=ci&measure=fragmentation": false,
	} {
		followParts(t, p, target, numerator)
	}
}

// TestWhatHasNoLabelLeadsToItsList: what no team owns, and what is in no group.
func TestWhatHasNoLabelLeadsToItsList(t *testing.T) {
	p := newTest(t, openStore(t)) // whose teams are in no group
	for target, want := range map[string]string{
		"/explore?path=ci&by=group&measure=repos.total":                               "/states",
		"/explore?path=ci&by=group&measure=teams.total":                               "/teams",
		"/explore?path=ci&by=group&measure=teams.voluntary&show=time&from=2026-04-01": "/teams",
		"/explore?path=ci&by=group&measure=repos.voluntary&show=time&from=2026-04-01": "/states",
		"/explore?path=ci&by=group&measure=retention.d90":                             "/stays",
		"/explore?path=ci&by=group&measure=time_to_adopt.median":                      "/waits",
		"/explore?path=ci&by=team&measure=retention.d90":                              "/stays",
	} {
		found := false
		for _, href := range followParts(t, p, target, false) {
			found = found || href.Path == want && href.Query().Get("without") != ""
		}
		if !found {
			t.Errorf("%s: what has no label leads to no list", target)
		}
	}
}

// followParts follows the figures of a page of Explore, counts the rows of their lists, and returns where they lead.
func followParts(t *testing.T, p *Pages, target string, numerator bool) (followed []*url.URL) {
	t.Helper()
	parts := regexp.MustCompile(`(\d+) of (\d+)|(?:of|in) (\d+) `)
	_, root, _ := get(t, p, target)
	for _, a := range elements(root, "a") {
		href, err := url.Parse(attr(a, "href"))
		check(t, err)
		if a.Parent.Data != "td" || href.Path == "/explore" {
			continue
		}
		found := parts.FindStringSubmatch(words(a.Parent) + " ")
		if found == nil {
			t.Errorf("%s: %q has no parts", target, words(a.Parent))
			continue
		}
		text := found[2] + found[3]
		if numerator && href.Query().Get("show") != "counted" { // which is of those that are counted where none is so
			text = found[1]
		}
		want, err := strconv.Atoi(text)
		check(t, err)
		status, list, _ := get(t, p, href.String())
		got := 0
		for _, body := range elements(list, "tbody") {
			got += len(elements(body, "tr"))
		}
		if got != want || status != 200 {
			t.Errorf("%s: %s has %d rows (status %d), want %d", target, href, got, status, want)
		}
		followed = append(followed, href)
	}
	if len(followed) == 0 {
		t.Errorf("%s has no figure that leads to a list", target)
	}
	return followed
}

// TestExploredFile reads what pages of Explore show as files: the same figures, unrounded, with all that a page leaves out, and nothing
// that a spreadsheet takes for a formula.
func TestExploredFile(t *testing.T) {
	p := newTest(t, groupedStore(t))
	file := func(target string) [][]string {
		w := httptest.NewRecorder()
		p.ServeHTTP(w, httptest.NewRequest("GET", target+"&format=csv", nil))
		lines, err := csv.NewReader(w.Body).ReadAll()
		if err != nil || w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || !strings.Contains(w.Header().Get("Content-Disposition"), "trodden-explore.csv") {
			t.Fatalf("%s: got %d %v %v", target, w.Code, w.Header(), err)
		}
		return lines
	}
	for _, m := range exploreMeasures() {
		target := "/explore?path=ci&measure=" + m.key
		if m.catalogs {
			target = "/explore?measure=" + m.key
		}
		_, root, _ := get(t, p, target)
		shown := 0
		for _, body := range elements(root, "tbody") {
			shown += len(elements(body, "tr"))
		}
		lines := file(target)
		if shown == 0 && len(lines) == 2 && lines[1][4] == "" { // the page says why, and nothing else
			shown = 1
		}
		if got := len(lines) - 1; got != shown || len(lines) > 1 && (lines[1][0] != m.key || lines[1][1] != m.by[0] || (lines[1][4] == "") == (lines[1][11] == "")) {
			t.Errorf("%s: the file has %d figures, the page %d: %q", target, got, shown, lines)
		}
	}
	want := "repos.total,path,Build & test <a> service,2026-07-01T12:00:00Z,0.56,0.423,0.688,0.549,0.568,28,50,"
	got := file("/explore?path=ci&measure=repos.total")[1]
	for i, cell := range got {
		got[i] = cell[:min(len(cell), 5)]
	}
	for i, cell := range strings.Split(want, ",") {
		if got[i] != cell[:min(len(cell), 5)] {
			t.Errorf("column %d: got %q, want %q", i, got[i], cell)
		}
	}
	parts := map[string]bool{}
	for _, line := range file("/explore?path=ci&measure=repos.total&by=team&show=time&from=2026-05-01")[1:] {
		parts[line[2]] = true
	}
	if len(parts) < teams-1 {
		t.Errorf("over time the file has %d teams, want all: %v", len(parts), parts)
	}
}

// decisionsStore is a store of decisions about two paths, of every kind, free ones and others.
func decisionsStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	db, c := openStore(t), conclusions()
	origins := []metrics.Origin{metrics.Chosen, metrics.Chosen, metrics.Born, metrics.Mandated, metrics.Assisted, metrics.UnknownOrigin, metrics.Enforced}
	for i := range 230 {
		when := at("2025-01-01") + metrics.Instant(i)*2*metrics.Day
		d := metrics.Decision{Unit: metrics.Unit{Repo: metrics.NewRepoID(repoName(i % repos))}, Path: []metrics.PathKey{"ci", "image"}[i%5/4], At: when, Told: when,
			Kind: []metrics.DecisionKind{metrics.Birth, metrics.Entry, metrics.Exit}[i%3], For: i%3 == 1 || i%3 == 0 && i%4 > 0, Choice: i%11 > 0, Origin: origins[i%len(origins)], Team: teamKey(i % teams), Commit: "c0ffee"}
		d.Free = d.Choice && d.Origin.Voluntary()
		c.Decisions = append(c.Decisions, d)
	}
	conclude(t, db, c)
	return db
}

// TestExploredFileHasBounds of less than a percentage point, which a page does not show.
func TestExploredFileHasBounds(t *testing.T) {
	page := explorePage{explored: []explored{{part: "ci", figure: newFigure(query.NewRate(501, 1000, "")).within(&query.Bounds{0.501, 0.502})}}}
	if line := page.records()[1]; line[4] != "0.501" || line[7] != "0.501" || line[8] != "0.502" || page.explored[0].figure.Range {
		t.Errorf("got %q", line)
	}
}

// TestNoDayIsToldTwice in a series that ends at a moment of a day that begins a period.
func TestNoDayIsToldTwice(t *testing.T) {
	p := newTest(t, openStore(t)) // now is noon of the first of July
	_, root, _ := get(t, p, "/explore?path=ci&show=time&from=2026-04-01&measure=repos.total")
	var days []string
	for _, body := range elements(root, "tbody") {
		for _, row := range elements(body, "tr") {
			days = append(days, words(elements(row, "th")[0]))
		}
	}
	if want := []string{"1 Jul 2026", "1 Jun 2026", "1 May 2026", "1 Apr 2026"}; !slices.Equal(days, want) {
		t.Errorf("got %q, want %q", days, want)
	}
}

// TestFlowLeadsToItsDecisions follows voluntary flow to the decisions that it counts.
func TestFlowLeadsToItsDecisions(t *testing.T) {
	p := newTest(t, decisionsStore(t))
	for _, target := range []string{"/explore?measure=flow.voluntary&path=ci&from=2023-01-01", "/explore?measure=flow.voluntary&path=ci&show=time&interval=quarter&from=2023-01-01"} {
		_, root, _ := get(t, p, target)
		followed := 0
		for _, a := range elements(root, "a") {
			list, err := url.Parse(attr(a, "href"))
			check(t, err)
			if list.Path != "/decisions" {
				continue
			}
			parts := regexp.MustCompile(`(\d+) of (\d+)`).FindStringSubmatch(words(a.Parent))
			if parts == nil {
				continue
			}
			free := walk(t, p, list.String())
			values := list.Query()
			values.Set("only", "for")
			list.RawQuery = values.Encode()
			if chose := walk(t, p, list.String()); strconv.Itoa(free) != parts[2] || strconv.Itoa(chose) != parts[1] {
				t.Errorf("%s lists %d of %d decisions, want %s", list, chose, free, parts[0])
			}
			followed++
		}
		if followed == 0 {
			t.Errorf("%s leads to no decisions: %s", target, words(root))
		}
	}
	for target, want := range map[string]string{
		"/decisions?path=ci":             "100 rows, the oldest first, a part of the list",
		"/decisions?path=ci&only=unfree": "no: it was mandated",
		"/decisions?path=later":          "Nothing was decided like that.",
	} {
		status, root, text := get(t, p, target)
		holds(t, root, text)
		if shown := words(root); status != 200 || !strings.Contains(shown, want) {
			t.Errorf("%s: %d, %q is not on the page: %s", target, status, want, shown)
		}
	}
}

// TestExploredValuesInBrowser: the value of each bar stands right of its bar and interval, at their height, in a window and on a
// telephone.
func TestExploredValuesInBrowser(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, openStore(t)))
	defer server.Close()
	for _, width := range []int64{390, 768, 1280} {
		for _, target := range []string{"/explore?measure=repos.total", "/explore?measure=time_to_adopt.median", "/explore?measure=repos.total&by=way&path=ci"} {
			check(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 800)))
			check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+target)))
			_, err := chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
			check(t, err)
			misplaced, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`(() => {
				const chart = echarts.getInstanceByDom(document.querySelector("[data-option]")), option = chart.getOption();
				const texts = chart.getZr().storage.getDisplayList(true).filter((s) => s.type === "tspan");
				const rect = (s) => { const r = s.getBoundingRect().clone(); if (s.transform) r.applyTransform(s.transform); return r; };
				const written = [...document.querySelectorAll("tbody tr")].map((row) => row.querySelector("td").textContent.trim().split("\n")[0].trim());
				const bars = option.series.find((s) => s.type === "bar").data;
				if (bars.length === 0) return ["no bars"];
				return bars.map((bar, i) => {
					const ends = option.series.filter((s) => s.type === "line" && s.data[0].value[1] === i).map((s) => s.data[1].value[0]);
					const [x, y] = chart.convertToPixel({ gridIndex: 0 }, [Math.max(bar.value, ...ends), i]);
					return texts.some((s) => written[i].startsWith(s.style.text) && rect(s).x > x && rect(s).x < x + 16 && rect(s).x + rect(s).width <= chart.getWidth() && Math.abs(rect(s).y + rect(s).height / 2 - y) < 4) ? "" : written[i];
				}).filter(Boolean);
			})()`))
			check(t, err)
			found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](crossed))
			check(t, err)
			if len(misplaced)+len(found) > 0 {
				t.Errorf("%s, %d pixels: %q do not stand beside their bars; %q", target, width, misplaced, found)
			}
		}
	}
}

// TestExploredLineAlone: the line of one part has its interval, in the chart, its key and the table; those of several have not. Both
// begin where something is known, unless somebody chose when.
func TestExploredLineAlone(t *testing.T) {
	for target, c := range map[string]struct {
		interval bool
		first    string
		colours  []string
	}{
		"/explore?show=time&measure=teams.voluntary&path=path0":             {true, "1 Jan 2025", []string{"var(--voluntary-band)", "var(--voluntary)"}},
		"/explore?show=time&measure=repos.total&path=path0":                 {true, "1 Jan 2025", []string{"var(--total-band)", "var(--total)"}},
		"/explore?show=time&measure=repos.total&path=path0&from=2024-03-01": {true, "1 Mar 2024", []string{"var(--total-band)", "var(--total)"}},
		"/explore?show=time&measure=fragmentation&path=path0":               {false, "1 Jan 2025", []string{"var(--total)"}},
		"/explore?show=time&measure=repos.total&from=2025-02-01":            {false, "1 Feb 2025", []string{"var(--line-1)"}},
	} {
		_, root, body := get(t, newTest(t, hostileStore(t)), target)
		rows := elements(elements(root, "tbody")[0], "tr")
		columns, key := strings.Contains(spaced(words(elements(root, "thead")[0])), "95 % interval"), slices.ContainsFunc(elements(root, "ul"), func(n *html.Node) bool {
			return attr(n, "class") == "legend" && spaced(words(n)) == "95 % interval"
		})
		if columns != c.interval || key != c.interval || strings.Contains(body, "-band)") != c.interval {
			t.Errorf("%s: got the interval in the table: %v, in the key: %v, drawn: %v, want %v", target, columns, key, strings.Contains(body, "-band)"), c.interval)
		}
		if first := words(elements(rows[len(rows)-1], "th")[0]); first != c.first {
			t.Errorf("%s begins on %s, want %s", target, first, c.first)
		}
		for _, colour := range c.colours {
			if !strings.Contains(body, `"`+colour+`"`) {
				t.Errorf("%s is not drawn in %s", target, colour)
			}
		}
	}
}
