package dashboards

import (
	"context"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// everyPage are the pages that are looked at, by what pictures of them are called.
var everyPage = map[string]string{
	"overview": "/", "path": "/path?path=ci", "flows": "/flows?path=ci", "stays": "/stays?path=ci", "waits": "/waits?path=ci", "moved": "/moved?path=ci", "teams": "/teams", "team": "/team?team=team-03", "repositories": "/states",
	"repo": "/repo?repo=repo-00", "catalog": "/catalog?kill=owner", "entities": "/catalog/entities", "coverage": "/catalog/repos", "friction": "/friction", "friction list": "/friction/units", "okrs": "/okrs", "data": "/data", "repos": "/repos",
	"explore": "/explore?by=team&show=time", "embed": "/?embed=chart-adoption-ci", "mistakes": "/?from=yesterday", "problem": "/nope",
}

// violation is something that a page does not let everybody use.
type violation struct {
	ID, Impact, Help string
	Targets          []string
}

// askAxe asks axe about a page: what keeps people from using it, and how badly.
const askAxe = `axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations.map((v) => ({
  ID: v.id, Impact: v.impact, Help: v.help, Targets: v.nodes.slice(0, 3).map((n) => n.target.join(" ") + ": " + n.html.slice(0, 160)),
})))`

// serveEveryPage serves the pages that are looked at, and returns where: those of friction of a store that knows runs, of which the
// other knows nothing.
func serveEveryPage(t *testing.T) (at func(name string) string) {
	t.Helper()
	p := newTest(t, catalogStore(t))
	p.Objectives = objectives
	server, friction := httptest.NewServer(p), httptest.NewServer(newTest(t, frictionStore(t)))
	t.Cleanup(func() {
		server.Close()
		friction.Close()
	})
	return func(name string) string {
		if strings.HasPrefix(name, "friction") {
			return friction.URL
		}
		return server.URL
	}
}

// TestAccessible lets axe look at every page by day, in a window and on a telephone, and by night. TRODDEN_PICTURES names a folder to
// keep a picture of each in; without it the telephone is left out.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile("../node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal("axe is not there: run make setup: ", err)
	}
	ctx := browser(t)
	at := serveEveryPage(t)
	for _, as := range []struct {
		name, scheme string
		width        int64
	}{{"light", "light", 1280}, {"dark", "dark", 1280}, {"phone", "light", 360}} {
		if as.name == "phone" && os.Getenv("TRODDEN_PICTURES") == "" {
			continue
		}
		check(t, chromedp.Do(ctx, chromedp.EmulateViewport(as.width, 900)))
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: as.scheme}}})
		check(t, err)
		for _, name := range slices.Sorted(maps.Keys(everyPage)) {
			check(t, chromedp.Do(ctx, chromedp.Navigate(at(name)+everyPage[name])))
			_, err := chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
			check(t, err)
			_, err = chromedp.Run(ctx, chromedp.Evaluate[any](string(axe)+"; 0"))
			check(t, err)
			found, err := chromedp.Run(ctx, chromedp.Evaluate[[]violation](askAxe, chromedp.EvalAwaitPromise))
			check(t, err)
			for _, v := range found {
				if v.Impact == "serious" || v.Impact == "critical" {
					t.Errorf("%s, %s: %s (%s): %s\n\t%s", name, as.name, v.ID, v.Impact, v.Help, strings.Join(v.Targets, "\n\t"))
				}
			}
			keep(t, ctx, name+"-"+as.name)
		}
	}
}

// smallTargets asks a page which links within stacked tables are less than a finger needs in either direction.
const smallTargets = `[...document.querySelectorAll(".cards td a")].filter((a) => a.checkVisibility()).flatMap((a) => {
  const r = a.getBoundingClientRect();
  return r.width < 24 || r.height < 24 ? [a.closest("td").dataset.label + ": " + a.textContent.trim().slice(0, 30) + " is " + Math.round(r.width) + " by " + Math.round(r.height)] : [];
})`

// TestFingersHaveRoom: where tables are stacked, a finger meets each link in them.
func TestFingersHaveRoom(t *testing.T) {
	ctx := browser(t)
	at := serveEveryPage(t)
	for _, width := range []int64{390, 768} {
		check(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)))
		for _, name := range slices.Sorted(maps.Keys(everyPage)) {
			check(t, chromedp.Do(ctx, chromedp.Navigate(at(name)+everyPage[name])))
			_, err := chromedp.Run(ctx, chromedp.Evaluate[any](`for (const d of document.querySelectorAll("details")) d.open = true; 0`))
			check(t, err)
			found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](smallTargets))
			check(t, err)
			if len(found) > 0 {
				t.Errorf("%s, %d pixels: %d links are small: %q", name, width, len(found), found[:min(4, len(found))])
			}
		}
	}
}

// keep keeps a picture of what the browser shows, where somebody wants it.
func keep(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("TRODDEN_PICTURES")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	check(t, err)
	check(t, os.MkdirAll(folder, 0o755))
	check(t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644))
}

// TestByKeyboard goes through a page with the keyboard alone: to the content, through the filters, and to a list.
func TestByKeyboard(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, openStore(t)))
	defer server.Close()
	check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+"/teams")))
	focused := func() string {
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => { const e = document.activeElement, s = getComputedStyle(e);
			return [e.tagName, e.name || e.textContent.trim().slice(0, 30), s.outlineStyle].join("|"); })()`))
		check(t, err)
		return text
	}
	var met []string
	for range 60 {
		check(t, chromedp.Do(ctx, chromedp.KeyEvent("\t")))
		met = append(met, focused())
		if strings.HasPrefix(met[len(met)-1], "A|team-00") {
			break
		}
	}
	for i, want := range []string{"A|Skip to the content|solid", "A|trodden acme|solid"} {
		if met[i] != want {
			t.Errorf("stop %d is %q, want %q", i, met[i], want)
		}
	}
	for _, want := range []string{"SELECT|path|solid", "SELECT|team|solid", "BUTTON|Show|solid", "A|team-00|solid"} {
		if !slices.Contains(met, want) {
			t.Errorf("the keyboard does not reach %q, but %q", want, met)
		}
	}
	check(t, chromedp.Do(ctx, chromedp.KeyEvent("\r")))
	for range 100 {
		at, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.pathname+location.search"))
		check(t, err)
		if at == "/team?team=team-00" {
			return
		}
	}
	t.Error("Enter does not follow the link")
}

// TestTimesOfTheViewer shows times as of where the viewer is, and says what they are in UTC.
func TestTimesOfTheViewer(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, openStore(t)))
	defer server.Close()
	for zone, want := range map[string]string{
		"UTC":              "1 Jul 2026, 12:00 UTC|",
		"America/New_York": "1 Jul 2026, 08:00 GMT-4|1 Jul 2026, 12:00 UTC",
		"Asia/Kolkata":     "1 Jul 2026, 17:30 GMT+5:30|1 Jul 2026, 12:00 UTC",
	} {
		_, err := chromedp.Call(ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: zone})
		check(t, err)
		check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+"/teams")))
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => { const time = document.querySelector("time"); return time.textContent + "|" + time.title; })()`))
		check(t, err)
		if got != want {
			t.Errorf("in %s: got %q, want %q", zone, got, want)
		}
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector(".freshness").textContent`))
		check(t, err)
		if told := strings.Contains(text, "days that filters name are those of UTC"); told == (zone == "UTC") {
			t.Errorf("in %s: it says %q", zone, text)
		}
	}
}

// TestDaysOfTheViewer: what happened has one day on a page, that of where the viewer is, in sentences as in tables; a day that somebody
// named is the same everywhere.
func TestDaysOfTheViewer(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, openStore(t)))
	defer server.Close()
	_, err := chromedp.Call(ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "America/Los_Angeles"})
	check(t, err)
	for page, c := range map[string]struct {
		times map[string]int // how often a page has a date
		never string
	}{
		"/repo?repo=repo-00&path=ci": {map[string]int{"29 Jul 2023": 2, "29 Jun 2026": 1}, "30 Jul 2023"}, // in the sentence and in its stays
		"/data":                      {map[string]int{"1 Jan 2030": 1}, "31 Dec 2029"},                    // in the table of paths
	} {
		check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+page)))
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main").textContent`))
		check(t, err)
		for day, times := range c.times {
			if n := strings.Count(got, day); n != times || strings.Contains(got, c.never) {
				t.Errorf("%s has %s %d times, want %d, and %s never:\n%s", page, day, n, times, c.never, got)
			}
		}
	}
}
