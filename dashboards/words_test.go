package dashboards

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestWordsForKeys says in words what answers of the API have keys for.
func TestWordsForKeys(t *testing.T) {
	m := metrics.DefaultMeasure()
	behind := 929.4
	newest := 0.0
	for name, c := range map[string]struct{ got, want string }{
		"one team":               {chosenWords(query.NewRate(0, 1, "")), "0 of 1 team with a choice chose it"},
		"teams":                  {chosenWords(query.NewRate(1, 4, "")), "1 of 4 teams with a choice chose it"},
		"a version behind":       {barWords(query.LagRow{Repos: 1, DaysBehind: &behind}), "1 repository · 929 days behind"},
		"the newest version":     {barWords(query.LagRow{Repos: 5, DaysBehind: &newest}), "5 repositories · newest"},
		"a floating version":     {barWords(query.LagRow{Version: "v3", Repos: 2, Floating: 2}), "2 repositories · follow v3 by themselves"},
		"one that floats alone":  {barWords(query.LagRow{Version: "v3", Repos: 1, Floating: 1}), "1 repository · follows v3 by itself"},
		"a long name":            {barWords(query.LagRow{Version: "release/2026", Repos: 1, Floating: 1}), "1 repository · follows it by itself"},
		"a version of no age":    {barWords(query.LagRow{Repos: 2}), "2 repositories"},
		"when a stay is over":    {leaveWords(&m), "A stay is left when the path was not used for 14 days."},
		"a stay, not defined":    {leaveWords(nil), "A stay is left when the path was not used for longer than its definition allows."},
		"fields":                 {askedWords(&m), "the fields owner, lifecycle, system and source"},
		"fields, not defined":    {askedWords(nil), "the fields that freshness asks for"},
		"advice":                 {adviceWords(6, 1, 3), "6 fields: stop asking for 1 (kill), have 3 filled by what knows the truth (automate), and keep 2 as now."},
		"a mandate that began":   {eventWords(metrics.MandateStarted), "mandate began"},
		"somebody came":          {eventWords(metrics.Entered), "came to the path"},
		"another kind of change": {eventWords(metrics.Changed), "changed"},
		"the first state":        {whatHappened(query.EventRow{Kind: metrics.Changed, To: metrics.Off}), "first seen"},
		"another state":          {whatHappened(query.EventRow{Kind: metrics.Changed, From: metrics.None, To: metrics.Off}), "changed"},
		"another first event":    {whatHappened(query.EventRow{Kind: metrics.Entered, To: metrics.On}), "came to the path"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", name, c.got, c.want)
		}
	}
	for _, kind := range metrics.EventKinds() {
		if strings.Contains(eventWords(kind), "_") {
			t.Errorf("%s has no words", kind)
		}
	}
}

// TestSinceWhenItUsesThePath: a stay begins where the path was taken up, and not where the other way was given up.
func TestSinceWhenItUsesThePath(t *testing.T) {
	feb, mar := at("2026-02-02").Time(), at("2026-03-02").Time()
	for want, row := range map[string]query.StateRow{
		"It uses the path, since 2 Feb 2026: chosen; as it does now since 2 Mar 2026.":                                       {State: metrics.On, Origin: metrics.Chosen, Since: &mar, SpellSince: &feb},
		"It uses the path beside another way (golden, circleci), since 2 Feb 2026: chosen; as it does now since 2 Mar 2026.": {State: metrics.Mixed, Ways: []metrics.WayKey{"golden", "circleci"}, Origin: metrics.Chosen, Since: &mar, SpellSince: &feb},
		"It uses the path, since 2 Feb 2026: chosen.":                                                                        {State: metrics.On, Origin: metrics.Chosen, Since: &feb, SpellSince: &feb},
		"It goes another way (circleci), since 2 Mar 2026.":                                                                  {State: metrics.Off, Ways: []metrics.WayKey{"circleci"}, Since: &mar},
	} {
		if got := stateSentence(row).String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestRangesAreExplained says once on a page that has a range what it is, and nothing of it on others.
func TestRangesAreExplained(t *testing.T) {
	p := newTest(t, openStore(t))
	for target, want := range map[string]int{"/": 1, "/path?path=ci": 1, "/path?path=image": 0, "/?path=image": 0} {
		_, root, _ := get(t, p, target)
		if got := strings.Count(words(root), "A range of a rate is what unknown repositories could make of it."); got != want {
			t.Errorf("%s: said %d times, want %d", target, got, want)
		}
	}
}

// TestNamesInCharts: names of levels to compare with are not in the chart, and bars have a line for each thing said of them.
func TestNamesInCharts(t *testing.T) {
	for name, c := range map[string]struct {
		option map[string]any
		want   string
	}{
		"a level":                     {adoptionChart("a", []point{{at: at(now)}}).JSON(), `"label":{"show":false}`}, // the script writes its name beside the chart
		"all below what is voluntary": {sharesChart("a", nil).JSON(), `"lineStyle":{"color":"var(--total)","width":5}},{"name":"Voluntary"`},
		"a definition":                {redefined{rows: []query.DefinitionRow{{}}}.mark(adoptionChart("a", nil)).JSON(), `"fontSize":11,"lineHeight":14,"position":"end"`},
		"a version":                   {versionsChart("v", []versionBar{{"v1", 1, "1 repository" + apart + "newest", upToDate}}).JSON(), `"formatter":"1 repository\nnewest"`},
	} {
		if b, err := json.Marshal(c.option); err != nil || !strings.Contains(string(b), c.want) {
			t.Errorf("%s: no %s in %s, %v", name, c.want, b, err)
		}
	}
}

// TestLinksInBrowser: what leads to a chart by itself looks like a link, links below a table are as big as it, and no name breaks
// within a word that has room.
func TestLinksInBrowser(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, openStore(t)))
	defer server.Close()
	for target, c := range map[string]struct{ script, want string }{
		"/path?path=ci":   {`getComputedStyle(document.querySelector(".embed a")).textDecorationLine`, "underline"},
		"/states?path=ci": {`["font-size", "overflow-wrap"].map((name, i) => getComputedStyle(document.querySelector([".pages", "td > a"][i])).getPropertyValue(name)).join(" ")`, "13px break-word"},
	} {
		check(t, chromedp.Do(ctx, chromedp.EmulateViewport(1200, 800)))
		check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+target)))
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](c.script))
		check(t, err)
		if got != c.want {
			t.Errorf("%s: got %q, want %q", target, got, c.want)
		}
	}
}
