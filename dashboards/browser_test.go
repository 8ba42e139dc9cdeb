package dashboards

import (
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browser starts a browser, or says why not: where none is installed the test is not run, unless
// TRODDEN_REQUIRE names browsers.
func browser(t testing.TB) context.Context {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && program == "" {
			program = path
		}
	}
	if program == "" {
		const missing = "needs Chromium: apt-get install chromium"
		if slices.Contains(strings.Split(os.Getenv("TRODDEN_REQUIRE"), ","), "browser") {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 8*time.Minute)
	t.Cleanup(cancel)
	check(t, chromedp.Do(ctx, chromedp.Navigate("about:blank")))
	return ctx
}

// watched is what a browser said and asked for while it showed pages.
type watched struct {
	mu       sync.Mutex
	messages []string
	hosts    map[string]bool
}

// watch notes what the console says and which hosts are asked.
func watch(t *testing.T, ctx context.Context) *watched {
	t.Helper()
	w := &watched{hosts: make(map[string]bool)}
	messages := chromedp.Console(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			w.mu.Lock()
			w.messages = append(w.messages, m.String())
			w.mu.Unlock()
		}
	})
	t.Cleanup(func() { chromedp.Cancel(ctx); done.Wait() })
	check(t, chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok {
			if u, err := url.Parse(e.Request.URL); err == nil && u.Scheme != "data" {
				w.mu.Lock()
				w.hosts[u.Host] = true
				w.mu.Unlock()
			}
		}
	}))
	return w
}

// shown is what a page turned out to be.
type shown struct {
	Charts int // places for charts
	Drawn  int // those with something drawn in them
	Wider  int // pixels by which the page is wider than the window
	Title  string
}

// look asks a page for it, once its charts are drawn.
const look = `(async () => {
  const places = [...document.querySelectorAll("[data-option]")];
  for (let i = 0; i < 100 && places.length > 0 && !document.documentElement.dataset.charts; i++)
    await new Promise((done) => setTimeout(done, 50));
  const painted = (canvas) => canvas.width > 0 &&
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((v) => v !== 0);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return {
    Charts: places.length,
    Drawn: places.filter((p) => { const c = p.querySelector("canvas"); return c && painted(c); }).length,
    Wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    Title: document.title,
  };
})()`

// TestInBrowser looks at every page in a window and on a telephone, by day and by night.
func TestInBrowser(t *testing.T) {
	ctx := browser(t)
	p := newTest(t, catalogStore(t))
	p.Objectives = objectives
	if !p.assets.has(chartLibrary) {
		t.Fatal("the chart library is not part of this build: run make setup")
	}
	server := httptest.NewServer(p)
	defer server.Close()
	w := watch(t, ctx)
	charts := map[string]int{"/": 3, "/?path=ci": 2, "/path?path=ci": 6, "/path?path=later": 0, "/flows?path=ci": 0, "/stays?path=ci": 0, "/teams": 0, "/states": 0, "/repo?repo=repo-00": 0, "/nope": 0,
		"/team?team=team-03": 2, "/okrs": 1, "/friction": 0, "/data": 0, "/catalog": 4, "/catalog?kill=owner&source=port": 2, "/catalog/entities": 0, "/catalog/repos": 0, "/explore": 1, "/explore?by=team&show=time": 1, "/explore?measure=retention.d90&by=origin": 1, "/repos": 0}
	for _, width := range []int64{360, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			check(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 800)))
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			check(t, err)
			for target, want := range charts {
				check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+target)))
				got, err := chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
				check(t, err)
				if got.Charts != want || got.Drawn != want || got.Wider > 0 || got.Title == "" {
					t.Errorf("%s, %d pixels, %s: got %+v, want %d charts drawn and nothing too wide", target, width, scheme, got, want)
				}
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.messages {
		if !strings.Contains(m, "404 (Not Found)") { // the page that there is not
			t.Errorf("the console says: %s", m)
		}
	}
	for host := range w.hosts {
		if "http://"+host != server.URL {
			t.Errorf("the pages ask the host %q", host)
		}
	}
	if len(w.hosts) == 0 {
		t.Error("no request was seen, so none could be found wrong")
	}
}

// TestColoursFollowTheScheme draws a chart by day and then by night, without loading the page again.
func TestColoursFollowTheScheme(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, openStore(t)))
	defer server.Close()
	colour := func(scheme string) string {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		check(t, err)
		_, err = chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
		check(t, err)
		c, err := chromedp.Run(ctx, chromedp.Evaluate[string](
			`echarts.getInstanceByDom(document.getElementById("chart-adoption-ci")).getOption().series[3].lineStyle.color`))
		check(t, err)
		return c
	}
	check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL)))
	if got, want := colour("light")+" "+colour("dark"), "#0072b2 #56b4e9"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// crossed asks a page which texts of its charts lie on one another, or have lines that do, leave their chart, or are struck through by
// a line: one that is drawn above them, or one below them that no ground as high as letters hides.
const crossed = `[...document.querySelectorAll("[data-option]")].flatMap((box) => {
  const chart = echarts.getInstanceByDom(box), list = chart.getZr().storage.getDisplayList(true), found = [];
  const rect = (shape) => { const r = shape.getBoundingRect().clone(); if (shape.transform) r.applyTransform(shape.transform); return r; };
  const texts = new Map(); // the lines of a text are one
  list.forEach((shape, i) => {
    if (shape.type !== "tspan" || shape.ignore || shape.invisible || !shape.style.text) return;
    const whole = texts.get(shape.parent) ?? { words: "", i, rects: [], grounds: list.filter((s) => s.type === "rect" && s.parent === shape.parent).map(rect) };
    whole.words += shape.style.text;
    const r = rect(shape), high = parseFloat(/([\d.]+)px/.exec(shape.style.font)?.[1] ?? 12) * 1.15; // letters are higher than what is measured
    whole.rects.push({ x: r.x, width: r.width, y: r.y + (r.height - high) / 2, height: high });
    texts.set(shape.parent, whole);
  });
  const all = [...texts.values()], on = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  all.forEach((a, i) => {
    if (a.rects.some((r) => r.x < -1 || r.x + r.width > chart.getWidth() + 1)) found.push(box.id + ": " + a.words + " leaves it");
    a.rects.forEach((r, k) => { if (a.rects.slice(k + 1).some((other) => on({ ...r, y: r.y + 1, height: r.height - 2 }, other))) found.push(box.id + ": the lines of " + a.words + " on one another"); });
    for (const b of all.slice(i + 1))
      if (a.rects.some((r) => b.rects.some((other) => on({ ...r, width: r.width + 3 }, other)))) found.push(box.id + ": " + a.words + " on " + b.words);
    list.forEach((shape, j) => {
      const dashed = shape.style.lineDash && shape.style.lineDash !== "solid";
      const bare = (r) => j > a.i || !a.grounds.some((g) => g.y <= r.y && g.y + g.height >= r.y + r.height);
      if (dashed && shape.type.endsWith("line") && a.rects.some((r) => on(r, rect(shape)) && bare(r))) found.push(box.id + ": a line through " + a.words);
    });
  });
  return found;
})`

// TestYearsOnATelephone: an axis of years names no months where these have no room, and each January is its year; bars are no thicker than they need to be.
func TestYearsOnATelephone(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, openStore(t)))
	defer server.Close()
	for _, c := range []struct {
		width  int64
		from   string
		months bool
	}{{390, "2024-07-01", false}, {1280, "2024-07-01", true}, {1280, "2025-01-01", true}} {
		check(t, chromedp.Do(ctx, chromedp.EmulateViewport(c.width, 844)))
		check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+"/path?path=ci&from="+c.from)))
		_, err := chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
		check(t, err)
		names, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`echarts.getInstanceByDom(document.getElementById("chart-adoption-ci")).getZr().storage.getDisplayList(true)
			.filter((s) => s.type === "tspan").map((s) => s.style.text).filter((text) => /^(?:[A-Z][a-z]{2})?(?: ?20\d\d)?$/.test(text) && text !== "All")`))
		check(t, err)
		named := slices.ContainsFunc(names, func(s string) bool { return strings.ContainsAny(s, "JFMASOND") })
		if named != c.months || !slices.Contains(names, "2025") {
			t.Errorf("from %s on, at %d, the axis of time names %q", c.from, c.width, names)
		}
	}
	check(t, chromedp.Do(ctx, chromedp.EmulateViewport(390, 844)))
	check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+"/?embed=chart-states")))
	_, err := chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
	check(t, err)
	thick, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`Math.max(...echarts.getInstanceByDom(document.getElementById("chart-states")).getZr().storage.getDisplayList(true)
		.filter((s) => s.type === "rect" && s.shape.width > 0 && s.shape.width < 300).map((s) => s.shape.height))`))
	check(t, err)
	if thick <= 0 || thick > 36 {
		t.Errorf("a bar is %v thick", thick)
	}
}

// TestNamesBesideBars: a name beside a chart is there from its beginning, and what there is no room for is cut off at its end.
func TestNamesBesideBars(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, hostileStore(t)))
	defer server.Close()
	for address, width := range map[string]int64{"/": 1280, "/path": 390} {
		check(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 844)))
		check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+address)))
		_, err := chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
		check(t, err)
		got, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll("[data-rows]")].flatMap((box) => {
			const chart = echarts.getInstanceByDom(box), names = chart.getOption().yAxis[0].data;
			return chart.getZr().storage.getDisplayList(true).filter((s) => s.type === "tspan" && s.style.textAlign === "right").flatMap((s) => {
				const text = s.style.text, r = s.getBoundingRect().clone();
				if (s.transform) r.applyTransform(s.transform);
				const kept = text.endsWith("…") && names.some((name) => name.startsWith(text.slice(0, -1)));
				return r.x >= 0 && (names.includes(text) || kept) ? [] : [text + " at " + r.x];
			});
		})`))
		check(t, err)
		if len(got) > 0 {
			t.Errorf("%s, %d pixels: %q are not there from their beginning", address, width, got)
		}
	}
}
