package dashboards

import (
	"context"
	"maps"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// box is a table that is wider than its box.
type box struct {
	Label string
	Wider int  // pixels
	Hint  bool // its box shows that there is more
}

// wideTables asks a page which tables are wider than their boxes, once all that can be opened is open.
const wideTables = `(() => {
  for (const d of document.querySelectorAll("details")) d.open = true;
  return [...document.querySelectorAll(".scroll")].filter((e) => e.scrollWidth > e.clientWidth).map((e) => ({
    Label: e.getAttribute("aria-label"), Wider: e.scrollWidth - e.clientWidth, Hint: getComputedStyle(e).backgroundImage.includes("gradient"),
  }));
})()`

// TestTablesFit: in a window no table is wider than its box, and in a narrow one none without a sign that there is more.
func TestTablesFit(t *testing.T) {
	ctx := browser(t)
	at := serveEveryPage(t)
	for _, width := range []int64{768, 900, 1280} {
		check(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)))
		for _, name := range slices.Sorted(maps.Keys(everyPage)) {
			for _, b := range boxes(t, ctx, at(name)+everyPage[name]) {
				if width == 1280 || !b.Hint {
					t.Errorf("%s, %d pixels: %q is %d pixels wider than its box, and that is told: %t", name, width, b.Label, b.Wider, b.Hint)
				}
			}
		}
	}
}

// TestHostileTablesFit: names of hundreds of letters without a space make no table wider than two windows.
func TestHostileTablesFit(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, hostileStore(t)))
	defer server.Close()
	check(t, chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)))
	addresses := []string{"/", "/path", "/teams", "/states", "/data", "/explore?by=team", "/repos", "/team?team=" + strings.Repeat("nobody", 50)}
	for _, name := range hostileNames {
		addresses = append(addresses, "/team?team="+url.QueryEscape(name))
	}
	for _, address := range addresses {
		for _, b := range boxes(t, ctx, server.URL+address) {
			if b.Wider > 1280 {
				t.Errorf("%s: %q is %d pixels wider than its box", address, b.Label, b.Wider)
			}
		}
		wide, err := chromedp.Run(ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth - innerWidth"))
		check(t, err)
		if wide > 0 {
			t.Errorf("%.80s: the page is %d pixels wider than the window", address, wide)
		}
	}
}

// boxes are the tables of a page that are wider than their boxes.
func boxes(t *testing.T, ctx context.Context, address string) []box {
	t.Helper()
	check(t, chromedp.Do(ctx, chromedp.Navigate(address)))
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]box](wideTables))
	check(t, err)
	return found
}

// TestFiltersMakeRoom: in a window filters are open; on a telephone they are a line that opens, and figures begin on the first screen.
func TestFiltersMakeRoom(t *testing.T) {
	ctx := browser(t)
	p := newTest(t, catalogStore(t))
	p.Objectives = objectives
	server := httptest.NewServer(p)
	defer server.Close()
	const look = `(async () => {
  const form = document.querySelector("form.filters"), line = document.querySelector(".narrow > summary"), first = document.querySelector("main section");
  const before = form.querySelector("button").checkVisibility({ contentVisibilityAuto: true });
  const top = first.getBoundingClientRect().top;
  line.click();
  await new Promise((done) => setTimeout(done, 100));
  return { Open: before, Opens: form.querySelector("button").checkVisibility({ contentVisibilityAuto: true }), Line: line.checkVisibility() ? line.innerText : "", Top: top };
})()`
	type room struct {
		Open, Opens bool
		Line        string
		Top         float64
	}
	for _, address := range []string{"/", "/path?path=ci", "/teams?path=ci", "/states", "/catalog", "/explore", "/stays?path=ci"} {
		for _, width := range []int64{390, 1280} {
			check(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 844)))
			check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+address)))
			got, err := chromedp.Run(ctx, chromedp.Evaluate[room](look, chromedp.EvalAwaitPromise))
			check(t, err)
			phone := width == 390
			if got.Open == phone || !got.Opens || (got.Line != "") != phone || got.Top > 480 {
				t.Errorf("%s, %d pixels: got %+v", address, width, got)
			}
			if phone && address == "/path?path=ci" && !strings.Contains(got.Line, "Path: Build & test <a> service") {
				t.Errorf("%s: the line says %q", address, got.Line)
			}
		}
	}
}
