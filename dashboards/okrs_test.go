package dashboards

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// objectives are one with two key results, and one of which nothing is measured.
func objectives() []metrics.Objective {
	begun, over := at("2026-04-01"), at("2026-12-31")
	ten := 0.1
	return []metrics.Objective{
		{Key: "choose", Title: "Teams <choose> it", Results: []metrics.KeyResult{
			{Key: "vol", Title: "Voluntary adoption", Measure: "adoption.teams.voluntary", Path: "ci", Baseline: metrics.Baseline{Value: &ten}, Target: 0.9, From: begun, To: over, Weight: 1},
			{Key: "next", Title: "Next year", Measure: "adoption.repos.total", Path: "image", Baseline: metrics.Baseline{At: over}, Target: 0.4, From: over, To: over + 180*metrics.Day, Weight: 1},
		}},
	}
}

// TestOKRs says what the page of objectives shows.
func TestOKRs(t *testing.T) {
	p, err := New(Options{DB: openStore(t), Objectives: objectives, Now: clock})
	check(t, err)
	status, root, text := get(t, p, "/okrs")
	holds(t, root, text)
	shown := words(root)
	for _, want := range []string{
		"Teams <choose> it", "of the way, as the weighted mean", "Voluntary adoption", "Build & test <a> service: teams with a choice that chose it adoption.teams.voluntary", "of the way; the tick is what was planned by now, 33 %", "The forecast decides, not how far it is by now: if it goes on as in the last 12 weeks, it is at", "Its time begins on 31 Dec 2026.", "The line is the value of the last 12 weeks.", "State at the begin of each of the last 12 weeks", "In comparison", "To reach the target at the cost of one of these is no success.",
		"From, as it was set 10 % on 1 Apr 2026", "Measured that day", "90 % by 31 Dec 2026", "What may not suffer", "exempt repositories", "not started", "nothing that was read tells of it", "the baseline is that of 31 Dec 2026",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not on the page:\n%s", want, shown)
		}
	}
	if status != http.StatusOK || len(elements(root, "svg")) != 1 {
		t.Errorf("got status %d and %d bars, want one", status, len(elements(root, "svg")))
	}
	_, _, overview := get(t, p, "/")
	for name, page := range map[string]string{"the page": text, "the overview": overview} {
		for _, want := range []string{"↗\ufe0e</span>on track", "·</span>not started"} {
			if !strings.Contains(page, `<span class="sign" aria-hidden="true">`+want) {
				t.Errorf("%s does not have the sign of %q", name, want)
			}
		}
	}
	teams := ""
	for _, a := range elements(root, "a") {
		if attr(a.Parent, "class") == "figure" && teams == "" {
			teams = attr(a, "href")
		}
	}
	if teams != "/teams?only=choice&path=ci" {
		t.Errorf("the value leads to %q, want the teams behind it", teams)
	}
}

// TestMeasureWords finds words for everything that a key result can measure, and a key that is none as it is.
func TestMeasureWords(t *testing.T) {
	none := measureWords("nothing")
	for _, f := range metrics.Figures() {
		if measureWords(f.Name) == none {
			t.Errorf("%s has no words", f.Name)
		}
	}
}

// TestWayMade says how far a key result is beside what was planned, both as parts of its way, and names the tick.
func TestWayMade(t *testing.T) {
	if got, want := wayMade(0.22, 0.834), "22\u202f% of the way; the tick is what was planned by now, 83\u202f%"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOKRStatus(t *testing.T) {
	for want, row := range map[string]query.OKRRow{"met": {Status: "met"}, "on track": {Status: "on_track"}, "not started": {Status: "not_started"}, "not known": {Status: query.StatusUnknown}} {
		if got := okrStatus(row); got != want {
			t.Errorf("%s is %q, want %q", row.Status, got, want)
		}
	}
}

// TestOKRBecause says what decides a status: the forecast where there is one, however fast it went so far.
func TestOKRBecause(t *testing.T) {
	number := func(v float64) *float64 { return &v }
	row := query.OKRRow{Value: number(0.4), Baseline: number(0.2), Target: 0.6, Score: number(0.5), Pace: number(2), Elapsed: 0.25, Status: "off_track",
		From: at("2026-04-01").Time(), To: at("2026-12-31").Time(), Direction: metrics.Up, Series: make([]query.WeekValue, 12)}
	const forecast = "The forecast decides, not how far it is by now: if it goes on as in the last 12 weeks, it is at "
	const offTrack = " made. Below 70\u202f% of the way a key result is off track."
	const atRisk = " made. From 70\u202f% of the way on, short of all of it, a key result is at risk."
	for name, c := range map[string]struct {
		change func(*query.OKRRow)
		want   string
	}{
		"fast, and stuck since": {func(r *query.OKRRow) { r.Forecast = &query.Forecast{Value: 0.45} }, forecast + "45\u202f% by 31 Dec 2026, with 63\u202f% of the way" + offTrack},
		"most of the way":       {func(r *query.OKRRow) { r.Forecast = &query.Forecast{Value: 0.5}; r.Status = "at_risk" }, forecast + "50\u202f% by 31 Dec 2026, with 75\u202f% of the way" + atRisk},
		"all of it":             {func(r *query.OKRRow) { r.Forecast = &query.Forecast{Value: 0.7}; r.Status = "on_track" }, forecast + "70\u202f% by 31 Dec 2026, with all of the way made."},
		"downwards": {func(r *query.OKRRow) {
			r.Direction, r.Baseline, r.Target, r.Forecast = metrics.Down, number(0.6), 0.2, &query.Forecast{Value: 0.5}
		}, forecast + "50\u202f% by 31 Dec 2026, with 25\u202f% of the way" + offTrack},
		"by its pace":      {func(r *query.OKRRow) { r.Pace = number(0.8); r.Status = "at_risk" }, "There is no forecast: if it goes on as since it began, it ends with 80\u202f% of the way" + atRisk},
		"over":             {func(r *query.OKRRow) { r.Elapsed, r.Pace = 1, number(0.5) }, "Its time is over, with 50\u202f% of the way" + offTrack},
		"met":              {func(r *query.OKRRow) { r.Status, r.Score = "met", number(1) }, "The target is reached now."},
		"not begun":        {func(r *query.OKRRow) { r.Status, r.Score = "not_started", nil }, "Its time begins on 1 Apr 2026."},
		"no figure":        {func(r *query.OKRRow) { r.Status, r.Score, r.Value = query.StatusUnknown, nil, nil }, ""},
		"too much unknown": {func(r *query.OKRRow) { r.Status, r.Score, r.Reason = query.StatusUnknown, nil, metrics.ReasonUncertain }, heading(phrase.WhyNot(metrics.ReasonUncertain)) + "."},
	} {
		t.Run(name, func(t *testing.T) {
			row := row
			c.change(&row)
			if got := okrBecause(row, measured{metrics.Figure{Share: true}}); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestWeeksLeadToTheirLists follows the value of each week, and the baseline, to the teams behind them.
func TestWeeksLeadToTheirLists(t *testing.T) {
	frozen := func() []metrics.Objective {
		list := objectives()
		list[0].Results[0].Baseline = metrics.Baseline{At: at("2026-04-01")}
		return list
	}
	p, err := New(Options{DB: openStore(t), Objectives: frozen, Now: clock})
	check(t, err)
	_, root, _ := get(t, p, "/okrs")
	followed := map[string]int{}
	for _, a := range elements(root, "a") {
		list, err := url.Parse(attr(a, "href"))
		check(t, err)
		then := list.Query().Get("as_of")
		if list.Path != "/teams" || then == "" {
			continue
		}
		_, teams, _ := get(t, p, list.String())
		chose, rows := 0, 0
		for _, row := range elements(teams, "tr")[1:] {
			rows++
			if cells := elements(row, "td"); words(cells[1]) == "yes" {
				chose++
			}
		}
		if want := strings.Join(strings.Fields(percent(float64(chose)/float64(rows))), " "); !strings.HasPrefix(words(a), want) {
			t.Errorf("%s has %d of %d teams, but %q leads there", list, chose, rows, words(a))
		}
		followed[a.Parent.Data]++
	}
	if followed["td"] < 10 || followed["dd"] != 1 {
		t.Errorf("followed %v, want each week and the baseline", followed)
	}
}

// TestMeasuredAsElsewhere: values of key results are written as on the pages of what they measure.
func TestMeasuredAsElsewhere(t *testing.T) {
	for _, c := range []struct {
		measure    string
		value      float64
		text, goal string
	}{
		{"adoption.repos.total", 0.414, "41\u202f%", "41\u202f%"},
		{"time_to_adopt.median_days", 557.3, "557 days", "557.3 days"},
		{"time_to_adopt.median_days", 90, "90 days", "90 days"},
		{"retention.median_days", 1, "1 day", "1 day"},
		{"lag.days_behind", 1234.5, "1\u202f235 days", "1\u202f234.5 days"},
		{"catalog.half_life", 41.2, "41 days", "41.2 days"},
		{"lag.releases_behind", 1.5, "1.5", "1.5"},
		{"flow.net", -3, "-3", "-3"},
		{"friction.scaffold.median", 0.25, "15\u202fmin", "15\u202fmin"},
		{"friction.pipeline.recovery", 72, "3\u202fd", "3\u202fd"},
		{"friction.scaffold.ratio", 0.45, "0.45", "0.45"},
		{"catalog.dark", 29, "29", "29"},
	} {
		figure, _ := metrics.FindFigure(c.measure)
		m := measured{figure}
		if text, goal := m.text(&c.value), m.goal(c.value); text != c.text || goal != c.goal {
			t.Errorf("%s of %v: got %q and %q, want %q and %q", c.measure, c.value, text, goal, c.text, c.goal)
		}
	}
}

// TestLinesOfKeyResultsSayWhereTheyEnd: the target and the forecast have their figures where they are, the plan its name, and the first month its year. A
// key result of which nothing is known has no chart.
func TestLinesOfKeyResultsSayWhereTheyEnd(t *testing.T) {
	ctx := browser(t)
	p := newTest(t, openStore(t))
	p.Objectives = objectives
	server := httptest.NewServer(p)
	defer server.Close()
	check(t, chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)))
	check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+"/okrs")))
	_, err := chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
	check(t, err)
	got, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`(() => {
  const chart = echarts.getInstanceByDom(document.getElementById("chart-okr-0")), option = chart.getOption();
  const named = option.series.filter((s) => s.endLabel && s.endLabel.show).map((s) => s.endLabel.formatter.replace(/\{mark\d*[|]■\} /, ""));
  return [...named, option.xAxis[0].axisLabel.formatter(Date.parse("2026-05-01"), 1), option.xAxis[0].axisLabel.formatter(Date.parse("2026-07-01"), 2),
    option.xAxis[0].axisLabel.formatter(Date.parse("2027-01-01"), 3), option.xAxis[0].axisLabel.formatter(Date.parse("2026-07-15"), 4), String(document.getElementById("chart-okr-1"))];
})()`))
	check(t, err)
	if diff := strings.Join(got, "|"); spaced(diff) != "Forecast 100 %|Target 90 %|Plan|May 2026|Jul|2027|15 Jul|null" {
		t.Errorf("got %q", spaced(diff))
	}
}

// TestPlanOfKeyResults: the target is level, and the plan leads to it from where the weeks begin, or from the begin where that is later
// or there are no weeks.
func TestPlanOfKeyResults(t *testing.T) {
	ten := 0.1
	weeks := func(days ...string) (list []query.WeekValue) {
		for _, day := range days {
			list = append(list, query.WeekValue{Period: day, Value: 0.3})
		}
		return list
	}
	day := func(s string) time.Time { return at(s).Time() }
	for name, c := range map[string]struct {
		baseline *float64
		weeks    []query.WeekValue
		want     string
	}{
		"weeks from the middle on": {&ten, weeks("2026-01-25", "2026-02-01"), "Target 01-25 50, 02-18 50; Plan 01-25 30, 02-18 50"},
		"weeks before the begin":   {&ten, weeks("2025-12-25", "2026-02-01"), "Target 12-25 50, 02-18 50; Plan 01-01 10, 02-18 50"},
		"no weeks":                 {&ten, nil, "Target 01-01 50, 02-18 50; Plan 01-01 10, 02-18 50"},
		"no baseline":              {nil, weeks("2026-01-25"), "Target 01-25 50, 02-18 50"},
	} {
		figure, _ := metrics.FindFigure("adoption.teams.voluntary")
		row := query.OKRRow{From: day("2026-01-01"), To: day("2026-02-18"), Baseline: c.baseline, Target: 0.5, Series: c.weeks}
		var got []string
		for _, s := range okrChart("chart", row, measured{figure}).MultiSeries {
			if s.Name != "Target" && s.Name != "Plan" {
				continue
			}
			var points []string
			for _, d := range s.Data.([]opts.LineData) {
				v := d.Value.([]any)
				points = append(points, fmt.Sprintf("%s %.0f", v[0].(string)[5:10], v[1]))
			}
			got = append(got, s.Name+" "+strings.Join(points, ", "))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: got %q, want %q", name, strings.Join(got, "; "), c.want)
		}
	}

	for measure, want := range map[string]string{"adoption.teams.voluntary": "var(--voluntary)", "adoption.teams.total": "var(--total)", "freshness.owners": "var(--total)"} {
		figure, _ := metrics.FindFigure(measure)
		series := okrChart("chart", query.OKRRow{From: day("2026-01-01"), To: day("2026-02-18"), Target: 0.5, Series: weeks("2026-01-25")}, measured{figure}).MultiSeries
		if got := series[len(series)-1].LineStyle.Color; got != want {
			t.Errorf("%s: got a line of %s, want %s", measure, got, want)
		}
	}
}
