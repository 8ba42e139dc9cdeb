package dashboards

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestFriction checks the page against what frictionStore has: of each measure rows of its table, worked out by hand, and what its
// chart draws and names.
func TestFriction(t *testing.T) {
	status, root, text := get(t, newTest(t, frictionStore(t)), "/friction?path=ci")
	if status != 200 {
		t.Fatalf("got status %d", status)
	}
	holds(t, root, text)
	rows := make(map[string][]string)
	for _, section := range elements(root, "section") {
		for _, row := range elements(section, "tr") {
			measure := strings.TrimPrefix(attr(section, "aria-labelledby"), "measure-")
			rows[measure] = append(rows[measure], strings.TrimPrefix(spaced(words(row)), "Build & test <a> service "))
		}
	}
	charts := make(map[string]string)
	for _, script := range elements(root, "script") {
		if id, found := strings.CutSuffix(attr(script, "id"), "-option"); found {
			charts[strings.TrimPrefix(id, "chart-friction-")] = spaced(script.FirstChild.Data)
		}
	}
	for measure, c := range map[string]struct {
		rows  []string
		drawn []string
	}{
		// 10, 12, 14, … 20 minutes, and of 1, 2, 3, 3, 3, 4, 5 and 54.5 days the fourth: 72 hours are 309 times 14 minutes.
		"scaffold": {[]string{"on the path 6 14 min 10 min to 20 min 20 min 309 times faster < 0.001", "not on it 8 3 d 1 d to 5 d 54 d – –"},
			[]string{"14 min", "3 d", `15 min\nelsewhere`, `"xAxis":0.25`, `2 d\nelsewhere`, `"xAxis":48`}},
		"deploy": {[]string{"on the path 6 3 h 1 h to 6 h 6 h 48 times faster < 0.001", "not on it 8 6 d 2 d to 10 d 12 d – –"}, []string{"3 h", "6 d"}},
		// Of 6 × 7 + 2 × 3 runs one in the beginning and two of three later succeed, of 6 × 5 + 2 × 3 one and one of two, but for the
		// one whose first fails.
		"pipeline": {[]string{"on the path 48 20 min – 20 min 4.5 times faster 71 % 34 of 48", "not on it 36 1.5 h – 1.5 h – 58 % 21 of 36",
			"the same ones, before they joined 4 1.5 h – 1.5 h – 50 % 2 of 4", "and after 6 20 min – 20 min 4.5 times faster 67 % 4 of 6"}, []string{"20 min", "1.5 h"}},
		// Red twice each, but those that join in April once on either side, and the one that was never green before once.
		"recovery": {[]string{"on the path 14 1 h 1 h to 1 h 1 h 24 times faster < 0.001", "not on it 13 1 d 1 d to 1 d 1 d – –"}, []string{"1 h", "1 d"}},
		"tenth_pull": {[]string{"on the path 5 12 d 10 d to 14 d 14 d 2.5 times faster 0.002", "not on it 5 30 d 20 d to 40 d 40 d – –"},
			[]string{"12 d", "30 d", "55 % less, as elsewhere", `"coord":[324,0]`}}, // 45 % of 30 days
		// 6 + 12 of 24, and one of which it is not known.
		"maintenance": {[]string{"all changes 25 72 % to 76 % 18 of 24 55 % to 88 % (for 18 of 24) 1", "of people alone 13 46 % to 54 % 6 of 12 25 % to 75 % (for 6 of 12) 1"},
			[]string{"75 %", "50 %", "70/30 elsewhere", `"xAxis":70`}},
	} {
		for _, want := range c.rows {
			if !slices.Contains(rows[measure], want) {
				t.Errorf("%s: no row is %q, but:\n%s", measure, want, strings.Join(rows[measure], "\n"))
			}
		}
		if !json.Valid([]byte(charts[measure])) {
			t.Errorf("%s: no chart", measure)
		}
		for _, want := range c.drawn {
			if !strings.Contains(charts[measure], want) {
				t.Errorf("%s: %q is not in the chart: %s", measure, want, charts[measure])
			}
		}
	}
}

// TestComparisons say in a sentence what the table of a measure has, and of what there is nothing to compare.
func TestComparisons(t *testing.T) {
	p := newTest(t, frictionStore(t))
	_, root, _ := get(t, p, "/friction?path=ci")
	for _, want := range []string{"14 min on the path, 3 d not on it (medians): 309 times faster. Chance alone would rarely make as much of a difference (p < 0.001).",
		"12 d on the path, 30 d not on it (medians): 2.5 times faster. Chance alone would rarely make as much of a difference (p = 0.002)."} {
		if !strings.Contains(spaced(words(root)), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	_, all, _ := get(t, p, "/friction")
	if shown := words(all); !strings.Contains(shown, "Nothing to compare: ") || strings.Contains(shown, "neither group 0") {
		t.Errorf("paths of which nothing is known are not told in one line: %s", shown)
	}
	hours, few := 2.0, 0.4
	one := query.FrictionRow{Group: query.Using, MedianHours: &hours, RatioToOther: &hours, LogRankP: &few}
	other := query.FrictionRow{Group: query.NotUsing, MedianHours: &hours}
	for name, c := range map[string]struct {
		rows []query.FrictionRow
		want string
	}{
		"chance":          {[]query.FrictionRow{one, other}, "2 h on the path, 2 h not on it (medians): 2 times slower. Chance alone often makes as much of a difference (p = 0.40), so nothing can be said yet."},
		"nobody is off":   {[]query.FrictionRow{one, {Group: query.NotUsing}}, ""},
		"nothing is both": {[]query.FrictionRow{other}, ""},
	} {
		if got := spaced(comparison(c.rows)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestWhoIsInNoGroup: of one path they are repositories; of all paths a repository is told of once a path.
func TestWhoIsInNoGroup(t *testing.T) {
	p := newTest(t, openStore(t))
	for address, want := range map[string]*regexp.Regexp{
		"/friction":         regexp.MustCompile(`\b(\d+) pairs? of a repository and a path (?:is|are) in neither group, and why`),
		"/friction?path=ci": regexp.MustCompile(`\b(\d+) repositor(?:y is|ies are) in neither group, and why`),
	} {
		_, root, _ := get(t, p, address)
		told := 0
		for _, a := range elements(root, "a") {
			found := want.FindStringSubmatch(spaced(words(a)))
			if found == nil {
				continue
			}
			told++
			if rows := rowsOf(t, p, attr(a, "href")); strconv.Itoa(rows) != found[1] {
				t.Errorf("%s: %q leads to %d rows", address, words(a), rows)
			}
		}
		if told == 0 {
			t.Errorf("%s says of nobody that it is in neither group", address)
		}
	}
}

// TestFrictionWithoutRuns says once what to do where no run is known.
func TestFrictionWithoutRuns(t *testing.T) {
	_, root, _ := get(t, newTest(t, openStore(t)), "/friction")
	shown := words(root)
	for words, want := range map[string]int{"No run is known.": 4, "Runs are read from GitHub and GitLab": 1, "See above what to do.": 3, "Pull requests are read from GitHub and GitLab": 1} {
		if got := strings.Count(shown, words); got != want {
			t.Errorf("%q is said %d times, want %d: %s", words, got, want, shown)
		}
	}
}

// TestFrictionChartsAreLow: a comparison of one path is no higher than it needs to be, and its axis says that it is logarithmic.
func TestFrictionChartsAreLow(t *testing.T) {
	one, two := 1.0, 50.0
	rows := []query.FrictionRow{{Path: "ci", Group: query.Using, MedianHours: &one}, {Path: "ci", Group: query.NotUsing, MedianHours: &two}}
	many := slices.Clone(rows)
	for _, path := range []metrics.PathKey{"a", "b", "c", "d"} {
		for _, row := range rows {
			row.Path = path
			many = append(many, row)
		}
	}
	for name, c := range map[string]struct {
		measure query.FrictionMeasure
		rows    []query.FrictionRow
		want    int
	}{"one path": {query.DeployLead, rows, 2}, "with what others reached": {query.ScaffoldLead, rows, 3}, "five paths": {query.DeployLead, many, 8}} {
		drawn := (&known{}).medians(c.measure, c.rows, true)
		option, err := json.Marshal(drawn.Option)
		check(t, err)
		if drawn.Rows != c.want || !strings.Contains(string(option), `"name":"logarithmic"`) {
			t.Errorf("%s: got %d rows, want %d, and an axis that says what it is: %s", name, drawn.Rows, c.want, option)
		}
	}
}

// spaced is a text with plain spaces.
func spaced(s string) string { return strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(s) }

// TestTimesTheOther says how much faster or slower something is.
func TestTimesTheOther(t *testing.T) {
	for ratio, want := range map[float64]string{0.0001: "over 1 000 times faster", 0.4: "2.5 times faster", 0.98: "about as fast", 1: "about as fast", 4.5: "4.5 times slower", 308.57: "309 times slower", 1234: "over 1 000 times slower", 0: "over 1 000 times faster"} {
		if got := spaced(times(ratio)); got != want {
			t.Errorf("%v is %q, want %q", ratio, got, want)
		}
	}
}

// TestFrictionInBrowser looks at the page with figures, and at lists behind them, in a window and on a telephone, by day and by night.
func TestFrictionInBrowser(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, frictionStore(t)))
	defer server.Close()
	for _, page := range []struct {
		name, address string
		charts        int
	}{{"friction", "/friction", 6}, {"friction-new", "/friction/units", 0}, {"friction-pipelines", "/friction/units?measure=pipeline", 0}, {"friction-red", "/friction/units?measure=recovery", 0},
		{"friction-upkeep", "/friction/units?measure=maintenance", 0}, {"friction-runs", "/friction/runs?repo=github.com/acme/new-00", 0}} {
		for _, width := range []int64{360, 390, 768, 1280} {
			if page.charts == 0 && width != 390 && width != 1280 {
				continue
			}
			for _, scheme := range []string{"light", "dark"} {
				check(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 800)))
				_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				check(t, err)
				check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+page.address)))
				got, err := chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
				check(t, err)
				if got.Charts != page.charts || got.Drawn != page.charts || got.Wider > 0 {
					t.Errorf("%s, %d pixels, %s: got %+v, want %d charts drawn and nothing too wide", page.name, width, scheme, got, page.charts)
				}
				found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](crossed))
				check(t, err)
				for _, words := range found {
					t.Errorf("%s, %d pixels, %s: %s", page.name, width, scheme, words)
				}
				keep(t, ctx, fmt.Sprintf("%s-%d-%s", page.name, width, scheme))
			}
		}
	}
}
