package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// TestCheckLinks asks the links of entities day by day, and judges the entities by what answers. Since when nothing does is known
// where something did before, and else only when it was found.
func TestCheckLinks(t *testing.T) {
	begun := true
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/never" || r.URL.Path == "/dead" && !begun {
			http.NotFound(w, r)
		}
	}))
	defer web.Close()
	o := newOrgan(t)
	o.told("backstage",
		component("a-alive", payRepo, "links="+web.URL+"/docs"), component("b-dead", payRepo, "links="+web.URL+"/dead"),
		component("c-untried", payRepo, "links=mailto:pay"), component("d-never", payRepo, "links="+web.URL+"/never"))
	run := scanRun{
		db: o.db, all: o.sources, log: slog.New(slog.DiscardHandler),
		links: &catalog.LinkChecker{Ports: []string{strings.TrimPrefix(web.URL, "http://")}, Permit: netip.Addr.IsLoopback, Now: o.now},
	}
	o.links = true
	for day, want := range []struct {
		asked       catalog.Asked
		dead, never string
		since       [2]metrics.Instant
	}{
		{catalog.Asked{Asked: 3}, "right", "unverified", [2]metrics.Instant{0, 0}},
		{catalog.Asked{Asked: 3, Dead: 1}, "unverified", "wrong", [2]metrics.Instant{0, judgedAt + metrics.Day}},
		{catalog.Asked{Asked: 3, Dead: 2}, "wrong", "wrong", [2]metrics.Instant{judgedAt + metrics.Day, judgedAt + metrics.Day}},
		{catalog.Asked{Asked: 3, Dead: 2}, "wrong", "wrong", [2]metrics.Instant{judgedAt + metrics.Day, judgedAt + metrics.Day}},
	} {
		begun = day == 0
		o.clock = judgedAt + metrics.Instant(day)*metrics.Day
		for _, want := range []catalog.Asked{want.asked, {}} { // again on the same day
			if got, err := run.checkLinks(t.Context()); err != nil || got != want {
				t.Errorf("day %d: asked are %+v, %v, want %+v", day, got, err, want)
			}
		}
		o.judgeAll()
		got := o.verdicts(metrics.FieldLinks)
		words := []string{got[0].Verdict, got[1].Verdict, got[2].Verdict, got[3].Verdict}
		since := [2]metrics.Instant{metrics.Instant(got[1].Since), metrics.Instant(got[3].Since)}
		if diff := cmp.Diff(words, []string{"right", want.dead, "unverified", want.never}); diff != "" || since != want.since {
			t.Errorf("day %d: dead since %v, want %v (-got +want)\n%s", day, since, want.since, diff)
		}
	}
	o.clock += 8 * metrics.Day // longer than what is known holds
	o.judgeAll()
	if got := o.verdicts(metrics.FieldLinks); got[0].Verdict != "unverified" || got[1].Verdict != "unverified" {
		t.Errorf("what was asked long ago makes %+v", got)
	}
	for name, none := range map[string]scanRun{
		"switched off": {db: o.db, all: o.sources}, "single repositories": {db: o.db, only: collectors.Only{}, links: run.links}, "another part": {db: o.db, links: run.links, shard: collectors.Shard{Index: 2, Count: 2}},
	} {
		if got, err := none.checkLinks(t.Context()); err != nil || got != (catalog.Asked{}) {
			t.Errorf("%s: asked are %+v, %v", name, got, err)
		}
	}
}

func TestLinksJudged(t *testing.T) {
	link := func(url string, answers metrics.Truth, checked metrics.Instant) metrics.Link {
		return metrics.Link{URL: url, Answers: answers, Checked: checked, Since: 7}
	}
	got := linksJudged([]metrics.Link{
		link("alive", metrics.Yes, before(1)), link("dead", metrics.No, before(7)), link("doubted", metrics.Maybe, before(1)), link("old", metrics.No, before(7)-1),
	}, judgedAt, metrics.DefaultMeasure())
	want := map[string]freshness.Link{"alive": {State: freshness.LinkAlive, Since: 7}, "dead": {State: freshness.LinkDead, Since: 7}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}

func TestLinkChecker(t *testing.T) {
	c := &config.Config{Sources: []config.Source{
		{Name: "github", GitHub: &config.GitHub{Org: "acme", URL: "https://Git.acme.dev:8443/api/v3"}}, {Name: "gitlab", GitLab: &config.GitLab{Group: "acme"}},
		{Name: "backstage", Catalog: &config.Catalog{URL: "http://portal.acme.dev:7007"}}, {Name: "git", Git: &config.Git{}},
	}}
	if got := linkChecker(c, nil); got != nil {
		t.Errorf("switched off it is %+v", got)
	}
	c.Catalog.CheckLinks = true
	got := linkChecker(c, nil)
	if diff := cmp.Diff(got.Ports, []string{"git.acme.dev:8443", "portal.acme.dev:7007"}); diff != "" {
		t.Errorf("ports -got +want\n%s", diff)
	}
	if diff := cmp.Diff(got.Discreet, []string{"github.com", "git.acme.dev", "gitlab.com"}); diff != "" {
		t.Errorf("discreet -got +want\n%s", diff)
	}
	if !strings.HasPrefix(got.Agent, "trodden/") || !strings.Contains(got.Agent, "+https://") {
		t.Errorf("it calls itself %q", got.Agent)
	}
}

// TestScanChecksLinks scans a catalog whose links lead to a machine that is not public: nobody goes there.
func TestScanChecksLinks(t *testing.T) {
	t.Parallel()
	portal := newPortalServer(t)
	catalog := portal.Config.Handler
	portal.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/link") {
			t.Errorf("%s of %s is asked", r.Method, r.URL)
		}
		catalog.ServeHTTP(w, r)
	})
	p := portal.beside(t, false)
	portal.has(1, fmt.Sprintf(`{"kind":"Component","metadata":{"name":"linked","links":[{"url":"%s/link"},{"url":"%s/link2"}]},"spec":{}}`, portal.URL, portal.URL))
	text := fmt.Sprintf("sources: [{backstage: {url: %q, token: \"${BACKSTAGE_TOKEN}\"}}]\ncatalog: {check_links: true}\n%s", portal.URL, hostedPaths)
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := p.run(exitDone, "scan")
	if !strings.Contains(out, "links: 2 asked, 0 dead\n") {
		t.Errorf("it prints\n%s", out)
	}
	if out, _ = p.run(exitDone, "scan"); strings.Contains(out, "links:") {
		t.Errorf("asked again at once it prints\n%s", out)
	}
}

func TestLinkWords(t *testing.T) {
	for want, l := range map[string]api.ScanLinks{
		"": {}, "links: 12 asked, 1 dead": {Asked: 12, Dead: 1}, "links: 0 asked, 0 dead, 3 left for the next scan": {Left: 3},
	} {
		if got := linkWords(l); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if what, done, of := (scanProgress{Links: 9, LinksAsked: 4}).what(); what != "asking links" || done != 4 || of != 9 {
		t.Errorf("it shows %q, %d of %d", what, done, of)
	}
}
