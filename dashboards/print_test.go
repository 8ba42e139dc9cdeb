package dashboards

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// onPaper asks a page what of it is not as it should be on paper: tables that run over their box, words of everyday length in tables that
// are broken, letters of tables that are smaller than 8.5 points, links within sentences that do not look like some, and headings without
// anything below them. A word is broken where its letters stand on more than one line; a hyphen or a slash
// ends one.
const onPaper = `(() => {
  const found = [];
  for (const e of document.querySelectorAll(".scroll"))
    if (e.checkVisibility() && e.scrollWidth > e.clientWidth) found.push(e.getAttribute("aria-label") + " is " + (e.scrollWidth - e.clientWidth) + " pixels too wide");
  const range = document.createRange(), words = /[\p{L}\p{N}.,:;()]+/gu;
  for (const cell of document.querySelectorAll(".scroll th, .scroll td")) {
    if (!cell.checkVisibility()) continue;
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) for (const m of walker.currentNode.data.matchAll(words)) {
      if (m[0].length > 14) continue;
      range.setStart(walker.currentNode, m.index);
      range.setEnd(walker.currentNode, m.index + m[0].length);
      if (new Set([...range.getClientRects()].map((r) => Math.round(r.y))).size > 1) found.push(m[0] + " is broken, in " + cell.dataset.label);
    }
  }
  for (const e of document.querySelectorAll(".scroll table"))
    if (parseFloat(getComputedStyle(e).fontSize) < 8.5 * 96 / 72 - 0.01) found.push(e.parentElement.getAttribute("aria-label") + " has letters of " + getComputedStyle(e).fontSize);
  for (const e of document.querySelectorAll("main p:not(.figure, .second) > a"))
    if (e.checkVisibility() && !getComputedStyle(e).textDecorationLine.includes("underline")) found.push(e.innerText + " does not look like a link");
  for (const s of document.querySelectorAll("main section"))
    if (s.checkVisibility() && ![...s.children].some((e) => !/^(H2|P)$/.test(e.tagName) && e.checkVisibility())) found.push(s.innerText + " has nothing below it");
  return [...new Set(found)];
})()`

// TestLittleIsBlankOnPaper: boxes with charts, and the headline, stand beside each other on a sheet of paper; a box with a table goes on on
// the next sheet, but no row and no chart does. What is so while somebody looks, as how long ago the scan was, is not printed.
func TestLittleIsBlankOnPaper(t *testing.T) {
	ctx := browser(t)
	at := serveEveryPage(t)
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	check(t, err)
	check(t, chromedp.Do(ctx, chromedp.EmulateViewport(718, 1000)))
	const look = `(() => {
  const cards = [...document.querySelectorAll(".grid.wide > *")].map((e) => e.getBoundingClientRect());
  const breaks = (selector) => [...new Set([...document.querySelectorAll(selector)].map((e) => getComputedStyle(e).breakInside))].join();
  return {
    Beside: cards.length < 2 || cards[0].top === cards[1].top && cards[0].height === cards[1].height,
    Boxes: breaks("section > .panel:has(> .scroll)"), Rows: breaks("tr"), Charts: breaks(".canvas"),
    Freshness: document.querySelector(".freshness").innerText,
  };
})()`
	type sheet struct {
		Beside                         bool
		Boxes, Rows, Charts, Freshness string
	}
	for _, name := range []string{"overview", "path", "team", "okrs"} {
		check(t, chromedp.Do(ctx, chromedp.Navigate(at(name)+everyPage[name])))
		got, err := chromedp.Run(ctx, chromedp.Evaluate[sheet](look))
		check(t, err)
		if !got.Beside || strings.Contains(got.Boxes, "avoid") || got.Rows != "avoid" || got.Charts != "" && got.Charts != "avoid" || strings.Contains(got.Freshness, " ago") || strings.Contains(got.Freshness, "just now") {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// TestOnPaper looks at every page as wide as a sheet of paper.
func TestOnPaper(t *testing.T) {
	ctx := browser(t)
	at := serveEveryPage(t)
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	check(t, err)
	pages := maps.Clone(everyPage)
	pages["catalog, with nothing killed"] = "/catalog"
	across := []string{"entities", "friction list", "repositories", "stays"}
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		check(t, chromedp.Do(ctx, chromedp.Navigate(at(name)+pages[name])))
		sheet, err := chromedp.Run(ctx, chromedp.Evaluate[string]("getComputedStyle(document.body).page"))
		check(t, err)
		if is := sheet == "across"; is != slices.Contains(across, name) {
			t.Errorf("%s: printed across is %t", name, is)
		}
		width := map[string]int64{"across": 1047}[sheet] // of A4 between its margins
		check(t, chromedp.Do(ctx, chromedp.EmulateViewport(max(width, 718), 1000)))
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](onPaper))
		check(t, err)
		for _, words := range found {
			t.Errorf("%s: %s", name, words)
		}
	}
}
