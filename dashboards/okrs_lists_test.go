package dashboards

import (
	"context"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// measuring is an objective with a key result for each measure of one kind: for one path, or for all.
func measuring(path metrics.PathKey, kinds ...string) func() []metrics.Objective {
	o := metrics.Objective{Key: "all", Title: "All of it"}
	for _, f := range metrics.Figures() {
		for _, kind := range kinds {
			if strings.HasPrefix(f.Name, kind) {
				o.Results = append(o.Results, metrics.KeyResult{Key: strings.NewReplacer(".", "-", "_", "-").Replace(f.Name), Title: f.Name, Measure: f.Name, Path: path,
					Baseline: metrics.Baseline{At: at("2025-10-01")}, Target: 0.9, From: at("2026-01-01"), To: at("2026-12-31"), Weight: 1})
			}
		}
	}
	return func() []metrics.Objective { return []metrics.Objective{o} }
}

// medianOf is of how many a figure of path ci is that is no proportion, at a moment.
func medianOf(t *testing.T, db query.DB, row query.OKRRow, when metrics.Instant) int {
	t.Helper()
	ctx, cohort := t.Context(), query.CohortQuestion{Path: "ci", AsOf: when}
	stays := func() int {
		rows, err := query.Retention(ctx, db, cohort)
		check(t, err)
		return rows[0].Spells
	}
	return map[string]func() int{
		"adoption.teams.weighted.voluntary": func() int { return adoptionOf(t, db, when).Teams.Voluntary.Den },
		"adoption.teams.weighted.total":     func() int { return adoptionOf(t, db, when).Teams.Total.Den },
		"adoption.teams.weighted.gross":     func() int { return adoptionOf(t, db, when).Teams.Gross.Den },
		"fragmentation":                     func() int { return adoptionOf(t, db, when).Repos.Total.Den },
		"retention.d90":                     stays, "retention.tried_and_left": stays, "retention.median_days": stays,
		"time_to_adopt.median_days": func() int {
			rows, err := query.TimeToAdopt(ctx, db, cohort)
			check(t, err)
			return rows[0].Units
		},
		"flow.net": func() int {
			rows, err := query.VoluntaryFlow(ctx, db, query.FlowQuestion{DecisionsQuestion: query.DecisionsQuestion{Path: "ci", From: metrics.At(row.From), To: when, AsOf: when}})
			check(t, err)
			return *rows[0].Entries + *rows[0].Exits
		},
		"lag.latest": func() int { return lagOf(t, db, when) }, "lag.releases_behind": func() int { return lagOf(t, db, when) }, "lag.days_behind": func() int { return lagOf(t, db, when) },
	}[row.Measure]()
}

func adoptionOf(t *testing.T, db query.DB, when metrics.Instant) query.AdoptionRow {
	t.Helper()
	rows, err := query.Adoption(t.Context(), db, query.AdoptionQuestion{Path: "ci", AsOf: when})
	check(t, err)
	return rows[0]
}

func lagOf(t *testing.T, db query.DB, when metrics.Instant) int {
	t.Helper()
	rows, err := query.LagByPath(t.Context(), db, query.LagQuestion{Path: "ci", AsOf: when})
	check(t, err)
	return rows[0].OnLatest.Den
}

// listedAt counts what a list has: the rows of its pages, or what a table of paths adds up to.
func listedAt(t *testing.T, p *Pages, target string) int {
	t.Helper()
	list, err := url.Parse(target)
	check(t, err)
	if list.Path != "/explore" {
		return walk(t, p, target)
	}
	_, root, _ := get(t, p, target)
	sum := 0
	for _, table := range elements(root, "table") {
		for _, row := range elements(table, "tr") {
			if cells := elements(row, "td"); len(cells) > 0 {
				if n := regexp.MustCompile(`\d+ of (\d+)`).FindStringSubmatch(words(cells[0])); n != nil {
					one, err := strconv.Atoi(n[1])
					check(t, err)
					sum += one
				}
			}
		}
	}
	return sum
}

// keyResults returns, by the title of each key result on the page, where its value leads, and its article.
func keyResults(root *html.Node) (values map[string]string, articles map[string]*html.Node) {
	values, articles = map[string]string{}, map[string]*html.Node{}
	for _, article := range elements(root, "article") {
		name := words(elements(article, "code")[0])
		articles[name] = article
		for _, a := range elements(article, "a") {
			if strings.HasPrefix(attr(a.Parent, "class"), "figure") {
				values[name] = attr(a, "href")
			}
		}
	}
	return values, articles
}

// TestKeyResultsLeadToWhatTheyCount follows the value of each measure, now and when its time begins, and counts what is listed there;
// the overview leads to the same.
func TestKeyResultsLeadToWhatTheyCount(t *testing.T) {
	for name, c := range map[string]struct {
		db    query.DB
		kinds []string
		least int
	}{
		"decisions, and who is excused": {decisionsStore(t), []string{"adoption.", "flow.", "fragmentation", "time_to_adopt."}, 13},
		"who comes and goes":            {moversStore(t), []string{"retention.", "lag."}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := New(Options{DB: c.db, Objectives: measuring("ci", c.kinds...), Now: clock})
			check(t, err)
			_, overview, _ := get(t, p, "/")
			for _, address := range []string{"/okrs", "/okrs?as_of=2026-03-15"} {
				_, root, _ := get(t, p, address)
				when := at(now)
				if strings.Contains(address, "as_of") {
					when = at("2026-03-15")
				}
				rows, err := query.OKRs(t.Context(), c.db, p.Objectives(), when)
				check(t, err)
				values, _ := keyResults(root)
				followed := 0
				for _, row := range rows {
					if row.Value == nil {
						continue
					}
					want := 0
					if followed++; row.Den != nil && !strings.HasPrefix(row.Measure, "lag.") {
						want = *row.Den
					} else {
						want = medianOf(t, c.db, row, when)
					}
					if got := listedAt(t, p, values[row.Measure]); got != want || want == 0 {
						t.Errorf("%s: %s leads to %q, which has %d, want %d", address, row.Measure, values[row.Measure], got, want)
					}
					if address == "/okrs" && !leadsTo(overview, values[row.Measure]) {
						t.Errorf("%s leads from the overview to another list than %q", row.Measure, values[row.Measure])
					}
				}
				if followed < c.least {
					t.Errorf("%s: followed %d values, want %d", address, followed, c.least)
				}
			}
		})
	}
}

func leadsTo(root *html.Node, href string) bool {
	for _, a := range elements(root, "a") {
		if attr(a, "href") == href {
			return true
		}
	}
	return false
}

// TestKeyResultsOfAllPaths lead to one list, or to their parts by path, each of which leads to its list. What stands beside them leads
// to pages, too.
func TestKeyResultsOfAllPaths(t *testing.T) {
	for name, c := range map[string]struct {
		db    query.DB
		when  string
		kinds []string
		least int
	}{
		"decisions":          {decisionsStore(t), "2026-03-15", []string{"adoption.teams.voluntary", "adoption.teams.total", "adoption.repos.", "adoption.pull", "flow."}, 8},
		"who comes and goes": {moversStore(t, "image"), "2026-07-01", []string{"retention.", "lag.latest"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := New(Options{DB: c.db, Objectives: measuring("", c.kinds...), Now: clock})
			check(t, err)
			rows, err := query.OKRs(t.Context(), c.db, p.Objectives(), at(c.when))
			check(t, err)
			_, root, _ := get(t, p, "/okrs?as_of="+c.when)
			values, articles := keyResults(root)
			followed := 0
			for _, row := range rows {
				if row.Value == nil {
					continue
				}
				want := 0
				if followed++; row.Den != nil {
					want = *row.Den
				} else {
					want = movesSince(t, c.db, metrics.At(row.From), at(c.when))
				}
				if got := listedAt(t, p, values[row.Measure]); got != want || want == 0 {
					t.Errorf("%s leads to %q, which adds up to %d, want %d", row.Measure, values[row.Measure], got, want)
				}
				for _, a := range elements(articles[row.Measure], "a") {
					if strings.HasPrefix(attr(a, "href"), "/api/") {
						t.Errorf("%s: %q leads to %q, which is no page", row.Measure, words(a), attr(a, "href"))
					}
				}
			}
			if followed < c.least {
				t.Errorf("followed %d values, want %d", followed, c.least)
			}
		})
	}
}

// movesSince counts who freely came to any path or left it.
func movesSince(t *testing.T, db query.DB, from, to metrics.Instant) (moves int) {
	t.Helper()
	flows, err := query.VoluntaryFlow(t.Context(), db, query.FlowQuestion{DecisionsQuestion: query.DecisionsQuestion{From: from, To: to, AsOf: to}})
	check(t, err)
	for _, f := range flows {
		if f.NetFlow != nil {
			moves += *f.Entries + *f.Exits
		}
	}
	return moves
}

// TestBaselinesLeadToTheirLists: that of a flow is of the time before it, that of a state of its moment.
func TestBaselinesLeadToTheirLists(t *testing.T) {
	db := decisionsStore(t)
	p, err := New(Options{DB: db, Objectives: measuring("ci", "adoption.repos.", "flow.voluntary"), Now: clock})
	check(t, err)
	_, root, _ := get(t, p, "/okrs")
	_, articles := keyResults(root)
	flow, err := query.VoluntaryFlow(context.Background(), db, query.FlowQuestion{DecisionsQuestion: query.DecisionsQuestion{
		Path: "ci", From: at("2025-10-01") - (at("2026-12-31") - at("2026-01-01")), To: at("2025-10-01"), AsOf: at("2025-10-01")}})
	check(t, err)
	then := adoptionOf(t, db, at("2025-10-01")).Repos
	for measure, want := range map[string]int{"flow.voluntary": flow[0].VoluntaryFlow.Den, "adoption.repos.voluntary": then.Voluntary.Den,
		"adoption.repos.total": then.Total.Den, "adoption.repos.gross": then.Gross.Den} {
		href := ""
		for _, a := range elements(articles[measure], "a") {
			if a.Parent.Data == "dd" && href == "" {
				href = attr(a, "href")
			}
		}
		if got := listedAt(t, p, href); got != want || want == 0 {
			t.Errorf("the baseline of %s leads to %q, which has %d, want %d", measure, href, got, want)
		}
	}
}

// TestEveryMeasureHasItsList, so that a new one is not forgotten.
func TestEveryMeasureHasItsList(t *testing.T) {
	for _, f := range metrics.Figures() {
		if _, known := okrLists()[f.Name]; !known && !strings.HasPrefix(f.Name, "catalog.") {
			t.Errorf("%s has no list", f.Name)
		}
	}
}

// judgedStore is openStore with catalogs, judged on the day before.
func judgedStore(t *testing.T, list ...clickhouse.Judgement) *clickhouse.DB {
	t.Helper()
	db := openStore(t)
	check(t, db.WriteJudgements(t.Context(), at("2026-06-30"), list, nil))
	return db
}

// TestKeyResultsOfCatalogs lead to the entities that they count: those of the one portal that there is, of all portals, or
// of all catalogs.
func TestKeyResultsOfCatalogs(t *testing.T) {
	day := at("2026-06-30")
	files := judgedCatalog(metrics.DescribedSource, day, math.NaN(), entity(metrics.DescribedSource, 0, metrics.FieldOwner, string(teamKey(0))))
	port := judgedCatalog("port", day, math.NaN(), entity("port", 0, metrics.FieldOwner, string(teamKey(0))), entity("port", repos-1, metrics.FieldOwner, string(teamKey(0))))
	wrong := judgedCatalog("port", day, math.NaN(), entity("port", 0, metrics.FieldOwner, "nobody"), entity("port", 1, metrics.FieldOwner, ""))
	for name, c := range map[string]struct {
		list    []clickhouse.Judgement
		address string // of all lists
		whole   bool   // lists have what is counted, as nothing is so
	}{
		"a portal beside files":      {[]clickhouse.Judgement{portal("backstage", day), files}, "/catalog/entities", false},
		"two portals":                {[]clickhouse.Judgement{portal("backstage", day), port}, "/catalog/entities", false},
		"two portals beside files":   {[]clickhouse.Judgement{portal("backstage", day), port, files}, "/catalog/entities", false},
		"files alone":                {[]clickhouse.Judgement{files}, "/catalog/entities", false},
		"a portal with wrong owners": {[]clickhouse.Judgement{wrong}, "/catalog/entities", true},
	} {
		t.Run(name, func(t *testing.T) {
			db := judgedStore(t, c.list...)
			p, err := New(Options{DB: db, Objectives: measuring("", "catalog."), Now: clock})
			check(t, err)
			rows, err := query.OKRs(t.Context(), db, p.Objectives(), at(now))
			check(t, err)
			_, root, _ := get(t, p, "/okrs")
			_, overview, _ := get(t, p, "/")
			values, _ := keyResults(root)
			for _, row := range rows {
				if row.Value == nil {
					continue
				}
				list, err := url.Parse(values[row.Measure])
				check(t, err)
				if !leadsTo(overview, list.String()) {
					t.Errorf("%s leads from the overview to another list than %q", row.Measure, list)
				}
				want, address := int(*row.Value), c.address
				switch row.Measure {
				case "catalog.freshness", "catalog.owners":
					if want = *row.Num; c.whole {
						want = *row.Den
					}
				case "catalog.ghosts":
				case "catalog.coverage":
					want, address = *row.Den, "/catalog/repos"
				case "catalog.dark":
					address = "/catalog/repos"
				default:
					continue
				}
				if list.Path != address {
					t.Errorf("%s leads to %q, want %s", row.Measure, list, address)
				}
				if got := walk(t, p, list.String()); got != want {
					t.Errorf("%s leads to %q, which has %d, want %d", row.Measure, list, got, want)
				}
			}
			_, past, _ := get(t, p, "/okrs?as_of=2026-06-29")
			if values, _ := keyResults(past); values["catalog.freshness"] != "" {
				t.Errorf("before anything was judged it leads to %q", values["catalog.freshness"])
			}
		})
	}
}

// TestPortalsAreAChoice where there are several beside files, and no catalog where there is none.
func TestPortalsAreAChoice(t *testing.T) {
	day, owner := at("2026-06-30"), string(teamKey(0))
	judge := func(source string) clickhouse.Judgement {
		return judgedCatalog(source, day, math.NaN(), entity(source, 0, metrics.FieldOwner, owner))
	}
	for name, c := range map[string]struct {
		sources []string
		offered bool
		chosen  string // what is shown where portals are asked for
	}{
		"two beside files": {[]string{"backstage", "files", "port"}, true, "/catalog/entities backstage port"},
		"two alone":        {[]string{"backstage", "port"}, false, "/catalog/entities backstage port"},
		"one beside files": {[]string{"backstage", "files"}, false, "/catalog/entities backstage"},
		"files alone":      {[]string{"files"}, false, "There is no catalog"},
	} {
		t.Run(name, func(t *testing.T) {
			var list []clickhouse.Judgement
			for _, source := range c.sources {
				list = append(list, judge(source))
			}
			p := newTest(t, judgedStore(t, list...))
			offers := func(root *html.Node) (portals bool) {
				for _, o := range elements(root, "option") {
					portals = portals || attr(o, "value") == metrics.Portals
				}
				return portals
			}
			_, all, _ := get(t, p, "/catalog/entities?field=owner")
			if offers(all) != c.offered {
				t.Errorf("all portals are offered: %t, want %t", !c.offered, c.offered)
			}
			_, root, _ := get(t, p, "/catalog/entities?field=owner&source=portals")
			got := "There is no catalog"
			if offers(root) {
				got = "/catalog/entities"
				for _, body := range elements(root, "tbody") {
					for _, tr := range elements(body, "tr") {
						_, source, _ := strings.Cut(words(tr), " in ")
						got += " " + strings.Fields(source)[0]
					}
				}
			} else if !strings.Contains(words(root), `There is no catalog "portals".`) {
				t.Error("it does not say that there is none")
			}
			if got != c.chosen {
				t.Errorf("got %q, want %q", got, c.chosen)
			}
		})
	}
}

// TestObjectivesAsFiles are those of the moment of the page.
func TestObjectivesAsFiles(t *testing.T) {
	p, err := New(Options{DB: openStore(t), Objectives: objectives, Now: clock})
	check(t, err)
	for address, want := range map[string][]string{
		"/okrs":                  {"/api/v1/okrs", "/api/v1/okrs?format=csv"},
		"/okrs?as_of=2026-05-01": {"/api/v1/okrs?as_of=2026-05-01", "/api/v1/okrs?as_of=2026-05-01&format=csv"},
	} {
		_, root, _ := get(t, p, address)
		for _, href := range want {
			if !leadsTo(root, href) {
				t.Errorf("%s does not lead to %s", address, href)
			}
		}
	}
}

// TestGuardsLeadToTheirLists: now, and when the key result began.
func TestGuardsLeadToTheirLists(t *testing.T) {
	db, ten := decisionsStore(t), 0.1
	for name, c := range map[string]struct {
		baseline metrics.Baseline
		then     string
	}{
		"a baseline of a moment":   {metrics.Baseline{At: at("2025-10-01")}, "2025-10-01"},
		"a number as the baseline": {metrics.Baseline{Value: &ten}, "2026-01-01"},
	} {
		t.Run(name, func(t *testing.T) {
			list := measuring("ci", "adoption.teams.total")()
			list[0].Results[0].Baseline = c.baseline
			p, err := New(Options{DB: db, Objectives: func() []metrics.Objective { return list }, Now: clock})
			check(t, err)
			_, root, _ := get(t, p, "/okrs")
			_, articles := keyResults(root)
			followed := 0
			for _, row := range elements(articles["adoption.teams.total"], "tr") {
				cells := elements(row, "td")
				if len(cells) != 3 || words(cells[0]) == nothing {
					continue
				}
				for i, when := range []metrics.Instant{at(c.then), at(now)} {
					links := elements(cells[i], "a")
					if len(links) != 1 {
						t.Errorf("%s: %q leads nowhere", words(row), words(cells[i]))
						continue
					}
					want, href := adoptionOf(t, db, when).States.Exempt, attr(links[0], "href")
					if strings.HasPrefix(href, "/stays") {
						stays, err := query.Retention(t.Context(), db, query.CohortQuestion{Path: "ci", AsOf: when})
						check(t, err)
						want = stays[0].Spells
					}
					if got := walk(t, p, href); got != want {
						t.Errorf("%s: %q leads to %q, which has %d, want %d", words(row), words(cells[i]), href, got, want)
					}
					followed++
				}
			}
			if followed < 4 {
				t.Errorf("followed %d figures of guards, want those of stays and exemptions", followed)
			}
		})
	}
}
