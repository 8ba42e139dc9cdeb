package dashboards

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestFrictionLeadsToItsLists follows every number of the page to its list, and counts what stands there.
func TestFrictionLeadsToItsLists(t *testing.T) {
	p := newTest(t, frictionStore(t))
	followed := map[string]int{}
	for _, address := range []string{"/friction", "/friction?path=ci", "/friction?team=" + string(teamKey(1)), "/friction?to=2026-04-01"} {
		_, root, _ := get(t, p, address)
		for _, section := range elements(root, "section") {
			for _, a := range elements(section, "a") {
				href := attr(a, "href")
				if list, err := url.Parse(href); err != nil || list.Path != "/friction/units" {
					continue
				}
				text := strings.ReplaceAll(spaced(words(a)), " ", "")
				number := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
				want, err := strconv.Atoi(number)
				if err != nil || number != text && !strings.HasSuffix(text, "andwhy") {
					continue // a time, or a share: its list is that of the number beside it
				}
				followed[strings.TrimPrefix(attr(section, "aria-labelledby"), "measure-")]++
				if got := listedBehind(t, p, href); got != want {
					t.Errorf("%s: %s has %d, want %d", address, href, got, want)
				}
			}
		}
	}
	for _, m := range listedMeasures() {
		if followed[m] < 3 {
			t.Errorf("%s: only %d numbers lead to lists", m, followed[m])
		}
	}
}

// listedBehind returns how many are in a list, over all its pages: of pipelines the runs, each of which has a row in its own list.
func listedBehind(t *testing.T, p *Pages, href string) (n int) {
	t.Helper()
	for href != "" {
		status, root, text := get(t, p, href)
		if status != 200 {
			t.Fatalf("%s: got status %d", href, status)
		}
		holds(t, root, text)
		for _, row := range bodyRows(root) {
			if !strings.Contains(href, "measure=pipeline") {
				n++
				continue
			}
			runs := elements(elements(row, "td")[2], "a")[0]
			of, err := strconv.Atoi(spaced(words(runs)))
			check(t, err)
			if got := listedBehind(t, p, attr(runs, "href")); got != of {
				t.Errorf("%s has %d runs, want %d", attr(runs, "href"), got, of)
			}
			n += of
		}
		href = ""
		for _, a := range elements(root, "a") {
			if attr(a, "rel") == "next" {
				href = attr(a, "href")
			}
		}
	}
	return n
}

// bodyRows are the rows of all tables of a page.
func bodyRows(root *html.Node) (rows []*html.Node) {
	for _, body := range elements(root, "tbody") {
		rows = append(rows, elements(body, "tr")...)
	}
	return rows
}

// TestFrictionLists checks rows of each list: what they say, and where hosts show it.
func TestFrictionLists(t *testing.T) {
	p := newTest(t, frictionStore(t))
	const host = "https://github.com/acme/"
	for address, want := range map[string]struct{ row, evidence string }{
		"/friction/units?measure=scaffold&only=using":                {"github.com/acme/new-00 Build & test <a> service team-00 on the path 5 Jan 2026 10 min run 1", host + "new-00/actions/runs/1/attempts/1"},
		"/friction/units?measure=deploy&only=not_using":              {"github.com/acme/new-01 Build & test <a> service team-01 not on it 6 Jan 2026 2 d deployments", host + "new-01/deployments"},
		"/friction/units?measure=pipeline&only=after":                {"github.com/acme/new-12 Build & test <a> service in the weeks after it joined 3 67 % 2 of 3", ""},
		"/friction/units?measure=recovery&only=not_using":            {"github.com/acme/new-01 Build & test <a> service not on it ci.yml 10 Mar 2026, 01:00 UTC run 9 1 d run 10", host + "new-01/actions/runs/9/attempts/1"},
		"/friction/units?measure=maintenance&only=human&work=upkeep": {"github.com/acme/golden #101 2 Mar 2026 platform a person fix – upkeep", host + "golden/pull/101"},
		"/friction/runs?repo=github.com/acme/new-00&only=using":      {"run 1 Build & test <a> service on the path ci.yml 5 Jan 2026, 00:05 UTC 5 min succeeded", host + "new-00/actions/runs/1/attempts/1"},
	} {
		_, root, _ := get(t, p, address)
		rows := bodyRows(root)
		if len(rows) == 0 {
			t.Errorf("%s: no rows", address)
			continue
		}
		found := false
		var said, links []string
		for _, row := range rows {
			text := spaced(words(row))
			said = append(said, text)
			found = found || strings.Contains(text, want.row)
		}
		for _, a := range elements(root, "a") {
			links = append(links, attr(a, "href"))
		}
		if !found || want.evidence != "" && !strings.Contains(strings.Join(links, "\n"), want.evidence) {
			t.Errorf("%s: no row says %q and leads to %q, but:\n%s\n%s", address, want.row, want.evidence, strings.Join(said[:min(len(said), 3)], "\n"), strings.Join(links, " "))
		}
	}
	_, root, _ := get(t, p, "/explore?measure=friction.pipeline&path=ci")
	if list := "/friction/units?measure=pipeline&only=using&path=ci"; !slices.ContainsFunc(elements(root, "a"), func(a *html.Node) bool { return attr(a, "href") == list }) {
		t.Errorf("what is explored does not lead to %s", list)
	}
	for address, want := range map[string]int{"/friction/runs": 400, "/friction/runs?repo=github.com/acme/none": 404, "/friction/units?measure=tenth_pull": 400,
		"/friction/units?measure=nosuch&only=nosuch&work=1&next=%FF": 400, "/friction/runs?repo=github.com/acme/new-00&next=e30": 200} {
		if status, _, _ := get(t, p, address); status != want {
			t.Errorf("%s: got %d, want %d", address, status, want)
		}
	}
}

// TestEvidenceOfRuns says where hosts show what runs and changes.
func TestEvidenceOfRuns(t *testing.T) {
	p := &Pages{}
	for _, c := range []struct{ repo, want string }{
		{"github.com/acme/pay", "https://github.com/acme/pay/actions/runs/7/attempts/2 https://github.com/acme/pay/pull/12 https://github.com/acme/pay/deployments"},
		{"gitlab.com/acme/sub/pay", "https://gitlab.com/acme/sub/pay/-/pipelines/7 https://gitlab.com/acme/sub/pay/-/merge_requests/12 https://gitlab.com/acme/sub/pay/-/environments"},
		{"git.example.org/pay", "  "},
	} {
		if got := fmt.Sprint(p.run(c.repo, query.RunRef{ID: 7, Attempt: 2}), " ", p.change(c.repo, 12), " ", p.deployments(c.repo)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.repo, got, c.want)
		}
	}
}

// TestKeyResultsOfFriction lead to what they count, now and at an earlier moment.
func TestKeyResultsOfFriction(t *testing.T) {
	db := frictionStore(t)
	p, err := New(Options{DB: db, Objectives: measuring("ci", "friction."), Now: clock})
	check(t, err)
	for address, when := range map[string]metrics.Instant{"/okrs": at(now), "/okrs?as_of=2026-05-15": at("2026-05-15")} {
		_, root, _ := get(t, p, address)
		rows, err := query.OKRs(t.Context(), db, p.Objectives(), when)
		check(t, err)
		values, _ := keyResults(root)
		followed := 0
		for _, row := range rows {
			of, err := url.Parse(values[row.Measure])
			check(t, err)
			if row.Value == nil || of.Path != "/friction/units" {
				continue
			}
			m := query.FrictionMeasure(of.Query().Get("measure"))
			q := query.FrictionQuestion{CohortQuestion: query.CohortQuestion{Path: "ci", AsOf: when}, Measure: m}
			if m == query.Pipelines || m == query.Recovery || m == query.Maintenance {
				q.From = when - 12*7*metrics.Day
			}
			figures, err := query.Friction(t.Context(), db, q)
			check(t, err)
			want := 0
			for _, f := range figures {
				counts := f.Group == query.Using || f.Group == query.AllAuthors
				if counts || f.Group == query.NotUsing && strings.HasSuffix(row.Measure, ".ratio") {
					want += *f.N
				}
			}
			if got := listedBehind(t, p, values[row.Measure]); got != want || want == 0 {
				t.Errorf("%s: %s leads to %s, which has %d, want %d", address, row.Measure, values[row.Measure], got, want)
			}
			followed++
		}
		if followed < 7 {
			t.Errorf("%s: followed only %d values: %v", address, followed, values)
		}
	}
}
