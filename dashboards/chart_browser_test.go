package dashboards

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// drawing is a place where any chart is drawn by itself.
type drawing struct {
	chart chart
	url   string
}

func newDrawing(t *testing.T) *drawing {
	t.Helper()
	d, page := &drawing{}, newTest(t, openStore(t))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			page.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		check(t, page.templates[embedPage].ExecuteTemplate(w, "layout", layout{ChartsBuilt: true, Body: embedded{Title: "A chart", Chart: d.chart}}))
	}))
	t.Cleanup(server.Close)
	d.url = server.URL + "/"
	return d
}

// texts draws a chart in a window of some width, and returns what is written in it, by place from left to right, and what of it is
// crossed or leaves the chart.
func (d *drawing) texts(t *testing.T, ctx context.Context, width int64, c chart) (texts, bad []string) {
	t.Helper()
	c.ID, c.Built = "chart-alone", true
	d.chart = c
	check(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 700)))
	check(t, chromedp.Do(ctx, chromedp.Navigate(d.url)))
	_, err := chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
	check(t, err)
	texts, err = chromedp.Run(ctx, chromedp.Evaluate[[]string](`(() => {
		const left = (s) => { const r = s.getBoundingRect().clone(); if (s.transform) r.applyTransform(s.transform); return r.x; };
		return echarts.getInstanceByDom(document.querySelector("[data-option]")).getZr().storage.getDisplayList(true)
			.filter((s) => s.type === "tspan" && s.style.text).sort((a, b) => left(a) - left(b)).map((s) => s.style.text.trim());
	})()`))
	check(t, err)
	bad, err = chromedp.Run(ctx, chromedp.Evaluate[[]string](crossed))
	check(t, err)
	for i := range texts {
		texts[i] = spaced(texts[i])
	}
	return texts, bad
}

// matching are the texts that look like something.
func matching(texts []string, like string) []string {
	is := regexp.MustCompile(like)
	return slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return !is.MatchString(s) })
}

// TestStaysInBrowser: each curve has its name, however short it is, and days are named from the first on, at as many distances as have
// room.
func TestStaysInBrowser(t *testing.T) {
	ctx, d := browser(t), newDrawing(t)
	curveTo := func(name string, days ...float64) curve {
		c := curve{name: name, points: []query.CurvePoint{{S: 1, Lo: 1, Hi: 1}}}
		for i, d := range days {
			c.points = append(c.points, query.CurvePoint{Days: d, S: 1 - 0.1*float64(i+1), Lo: 0.4, Hi: 1})
		}
		return c
	}
	for name, c := range map[string]struct {
		curves []curve
		width  int64
		want   string
	}{
		"a short one beside a long one": {[]curve{curveTo("chosen", 30, 900), curveTo("mandated", 20, 61)}, 1280, "0 d,90 d,180 d,270 d,360 d,450 d,540 d,630 d,720 d,810 d,900 d|chosen mandated"},
		"on a telephone":                {[]curve{curveTo("chosen", 30, 900), curveTo("mandated", 20, 61)}, 390, "0 d,180 d,360 d,540 d,720 d,900 d|chosen mandated"},
		"one alone":                     {[]curve{curveTo("chosen", 20, 352.5)}, 390, "0 d,90 d,180 d,270 d|chosen"},
		"a few days":                    {[]curve{curveTo("mandated", 20, 40)}, 390, "0 d,30 d,60 d,90 d|mandated"},
	} {
		texts, bad := d.texts(t, ctx, c.width, chart{Ends: everyLine, Option: staysChart("chart-alone", c.curves).JSON()})
		names := matching(texts, "^(chosen|mandated)$")
		slices.Sort(names)
		if got := strings.Join(matching(texts, " d$"), ",") + "|" + strings.Join(names, " "); got != c.want || len(bad) > 0 {
			t.Errorf("%s: got %q, %q, want %q", name, got, bad, c.want)
		}
		keep(t, ctx, "stays-"+strings.ReplaceAll(name, " ", "-"))
	}
}

// TestTimesOnAxes: an axis of times names them as tables write them.
func TestTimesOnAxes(t *testing.T) {
	ctx, d := browser(t), newDrawing(t)
	known := &known{}
	for width, want := range map[int64]string{390: "5 min,1 h,6 h,1 d,7 d,90 d", 1280: "5 min,15 min,1 h,6 h,1 d,7 d,30 d,90 d,365 d"} {
		short, long := 0.05, 9000.0
		rows := []query.FrictionRow{{Path: "ci", Group: query.Using, MedianHours: &short}, {Path: "ci", Group: query.NotUsing, MedianHours: &long}}
		texts, bad := d.texts(t, ctx, width, *known.medians(query.DeployLead, rows, true))
		if got := strings.Join(matching(texts, `^[\d ]+ (min|h|d|y)$`), ","); got != want || len(bad) > 0 {
			t.Errorf("%d pixels: got %q, %q, want %q", width, got, bad, want)
		}
		muted, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`echarts.getInstanceByDom(document.querySelector("[data-option]")).getOption().xAxis[0].nameTextStyle.color ===
			getComputedStyle(document.documentElement).getPropertyValue("--muted").trim()`))
		check(t, err)
		if !muted || !slices.Contains(texts, "logarithmic") {
			t.Errorf("%d pixels: the axis does not say in the colour of its labels that it is logarithmic: %q", width, texts)
		}
	}
}

// TestLinesThatMeet: lines of adoption that end in one point have one name, in one line or two, and others one each.
func TestLinesThatMeet(t *testing.T) {
	ctx, d := browser(t), newDrawing(t)
	for name, c := range map[string]struct {
		using, chose int
		width        int64
		want         string
	}{
		"equal":                        {3, 3, 1280, "■■All and voluntary"},
		"equal, on a telephone":        {3, 3, 360, "■■All andvoluntary"},
		"none, on a telephone":         {0, 0, 360, "■■All andvoluntary"},
		"everything, on a telephone":   {4, 4, 360, "■■All andvoluntary"},
		"different":                    {3, 2, 1280, "■All■Voluntary"},
		"nearly equal":                 {3, 2, 360, "■All■Voluntary"},
		"nothing voluntary, telephone": {4, 0, 360, "■All■Voluntary"},
	} {
		rate := func(n int) figure { return newFigure(query.NewRate(n, 4, "")) }
		points := []point{{at("2026-01-01"), rate(1), rate(2)}, {at("2026-06-01"), rate(c.chose), rate(c.using)}}
		option := sharesChart("chart-alone", points).JSON()
		_, bad := d.texts(t, ctx, c.width, chart{Ends: everyLine, Together: allVoluntary, Option: option})
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`echarts.getInstanceByDom(document.querySelector("[data-option]")).getZr().storage.getDisplayList(true)
			.filter((s) => s.type === "tspan" && /[■a-z]/.test(s.style.text) && !/20\d\d|^[A-Z][a-z][a-z]$/.test(s.style.text)).map((s) => s.style.text.trim()).join("").replaceAll("All ■", "All■")`))
		check(t, err)
		if got != c.want || len(bad) > 0 {
			t.Errorf("%s: got %q, %q, want %q", name, got, bad, c.want)
		}
	}
}

// TestNamesOfLevels: what lines of adoption are compared with has its name beside the chart, where no line passes, whole at any width
// and at any value.
func TestNamesOfLevels(t *testing.T) {
	ctx, d := browser(t), newDrawing(t)
	rate := func(n int) figure { return newFigure(query.NewRate(n, 50, "")) }
	for _, width := range []int64{360, 390, 680, 1280} {
		for _, now := range []int{0, 5, 20, 50} {
			points := []point{{at("2026-01-01"), rate(5), rate(6)}, {at("2026-06-01"), rate(now), rate(max(now, 6))}}
			_, bad := d.texts(t, ctx, width, chart{Ends: everyLine, Together: allVoluntary, Option: adoptionChart("chart-alone", points).JSON()})
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => {
				const chart = echarts.getInstanceByDom(document.querySelector("[data-option]")), grid = chart.getModel().getComponent("grid").coordinateSystem.getRect();
				const left = (s) => { const r = s.getBoundingRect().clone(); if (s.transform) r.applyTransform(s.transform); return r.x; };
				const beside = chart.getZr().storage.getDisplayList(true).filter((s) => s.type === "tspan" && left(s) > grid.x + grid.width).map((s) => s.style.text.trim());
				return beside.join("").replaceAll(" ", "").replaceAll("\u202f", "");
			})()`))
			check(t, err)
			for _, want := range []string{"–typicalportal:10%", "–fasterpath:40%"} {
				if !strings.Contains(got, want) || len(bad) > 0 {
					t.Errorf("%d pixels, %d of 50: got %q, %q, want %q in it", width, now, got, bad, want)
				}
			}
		}
	}
	keep(t, ctx, "levels")
}

// TestNamesOfKeyResults: the lines of a key result have their names and figures beside the chart, whole at any width.
func TestNamesOfKeyResults(t *testing.T) {
	ctx, d := browser(t), newDrawing(t)
	figure, _ := metrics.FindFigure("adoption.teams.voluntary")
	ten, now := 0.1, 0.8
	row := query.OKRRow{From: at("2026-04-01").Time(), To: at("2026-12-31").Time(), Baseline: &ten, Value: &now, Target: 0.9,
		Series: []query.WeekValue{{Period: "2026-06-01", Value: 0.7}, {Period: "2026-07-01", Value: now}}, Forecast: &query.Forecast{Value: 1, Lo: 0.68, Hi: 1}}
	for _, width := range []int64{360, 390, 680, 1280} {
		texts, bad := d.texts(t, ctx, width, chart{Ends: "Target Plan Forecast", Option: okrChart("chart-alone", row, measured{figure}).JSON()})
		got := strings.Join(texts, " ")
		for _, want := range []string{"Forecast", "100 %", "Target", "90 %", "Plan"} {
			if !strings.Contains(got, want) || strings.Contains(got, "…") || len(bad) > 0 {
				t.Errorf("%d pixels: got %q, %q, want %q in it", width, got, bad, want)
			}
		}
	}
}

// TestVersionsInBrowser: what is new, old and of no known release differs in colour, and each bar has its words, which have room at any
// width, and no axis.
func TestVersionsInBrowser(t *testing.T) {
	ctx, d := browser(t), newDrawing(t)
	none, year := 0.0, 365.0
	var bars []versionBar
	for _, row := range []query.LagRow{{Version: "v3", Repos: 18, Floating: 18}, {Version: "v2-edge", Repos: 1, Floating: 1}, {Version: "v3.1.0", Repos: 400, DaysBehind: &none}, {Version: "v1.0.0", Repos: 2, DaysBehind: &year}, {Version: "abc", Repos: 1}} {
		bars = append(bars, versionBar{row.Version, row.Repos, barWords(row), ageOf(row)})
	}
	var colours []string
	for _, item := range versionsChart("chart-alone", bars).MultiSeries[0].Data.([]barItem) {
		colours = append(colours, item.ItemStyle.Color)
	}
	if want := []string{"var(--right)", "var(--right)", "var(--right)", "var(--aged)", "var(--unverified)"}; !slices.Equal(colours, want) {
		t.Errorf("got the colours %q, want %q", colours, want)
	}
	if got := len(versionsLegend(bars))*10 + len(versionsLegend(bars[:3])); got != 31 {
		t.Errorf("got %d meanings of all and of new ones, want 31", got)
	}
	for _, width := range []int64{360, 390, 1280} {
		texts, bad := d.texts(t, ctx, width, chart{Rows: len(bars), Legend: versionsLegend(bars), Option: versionsChart("chart-alone", bars).JSON()})
		slices.Sort(texts)
		want := []string{"1 repository", "1 repository", "18 repositories", "2 repositories", "365 days behind", "400 repositories", "abc", "follow v3 by themselves", "follows v2-edge by itself", "newest", "v1.0.0", "v2-edge", "v3", "v3.1.0"}
		if !slices.Equal(texts, want) || len(bad) > 0 {
			t.Errorf("%d pixels: got %q, %q, want %q", width, texts, bad, want)
		}
		keep(t, ctx, fmt.Sprint("versions-", width))
	}
}
