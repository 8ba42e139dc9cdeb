package dashboards

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestEmbed shows a chart by itself, and to whom.
func TestEmbed(t *testing.T) {
	db := openStore(t)
	for name, c := range map[string]struct {
		target string
		hosts  []string
		status int
		charts int
		frames string
		whole  string
	}{
		"a chart":                 {"/?embed=chart-adoption-ci&team=team-03", nil, 200, 1, "'none'", "/?team=team-03"},
		"within another page":     {"/?embed=chart-adoption-ci", []string{"https://wiki.acme.dev"}, 200, 1, "'self' https://wiki.acme.dev", "/"},
		"one that there is not":   {"/?embed=chart-moon", []string{"https://wiki.acme.dev"}, 404, 0, "'self' https://wiki.acme.dev", "/"},
		"of a page without any":   {"/teams?embed=chart-adoption-ci", nil, 404, 0, "'none'", "/teams?path=ci"},
		"a path gone since":       {"/path?path=nope&embed=chart-ways", nil, 404, 0, "'none'", "/path"},
		"the page of a team gone": {"/team?team=nope&embed=chart-team-ci", nil, 404, 0, "'none'", "/team"},
		"a team gone since":       {"/path?path=ci&embed=chart-ways&team=nope", nil, 400, 0, "'none'", "/path?path=ci"},
		"a moment to come":        {"/path?path=ci&embed=chart-ways&as_of=2045-01-01", nil, 400, 0, "'none'", "/path?path=ci"},
		"a script":                {"/?embed=%3Cscript%3Ealert(1)%3C/script%3E", nil, 404, 0, "'none'", "/"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := New(Options{DB: db, Now: clock, EmbedIn: func() []string { return c.hosts }})
			check(t, err)
			w := httptest.NewRecorder()
			p.ServeHTTP(w, httptest.NewRequest("GET", c.target, nil))
			status, root, text := get(t, p, c.target)
			holds(t, root, text)
			shown, whole := 0, ""
			for n := range root.Descendants() {
				if attr(n, "data-option") != "" {
					shown++
				}
				if n.Data == "a" {
					whole = attr(n, "href")
				}
			}
			if status != c.status || shown != c.charts || whole != c.whole || strings.Contains(text, "<script>alert") {
				t.Errorf("got status %d, %d charts, the page %q, want %d, %d, %q", status, shown, whole, c.status, c.charts, c.whole)
			}
			if got := w.Header().Get("Content-Security-Policy"); !strings.HasSuffix(got, "frame-ancestors "+c.frames) {
				t.Errorf("got the policy %q, want frames %s", got, c.frames)
			}
		})
	}
}

// TestEmbeddedChartsSayWhoseTheyAre tells charts apart that only differ by what they were narrowed down to.
func TestEmbeddedChartsSayWhoseTheyAre(t *testing.T) {
	p := newTest(t, openStore(t))
	for target, want := range map[string]string{
		"/path?path=ci&embed=chart-ways":              "Build & test <a> service . Repositories by the way they go",
		"/path?path=ci&embed=chart-ways&team=team-03": "Build & test <a> service, team team-03 . Repositories by",
		"/?embed=chart-adoption-ci&team=team-03":      "team team-03 . ",
		"/team?team=team-03&embed=chart-team-ci":      "team team-03 . ",
		"/path?path=nope&embed=chart-ways":            `There is no path "nope". So no chart is shown.`,
		"/team?team=nope&embed=chart-team-ci":         `There is no team "nope". So no chart is shown.`,
	} {
		if _, root, _ := get(t, p, target); !strings.Contains(words(root), want) {
			t.Errorf("%s: %q is not said:\n%s", target, want, words(root))
		}
	}
}

// TestEveryChartIsEmbeddable follows the addresses at which charts are by themselves.
func TestEveryChartIsEmbeddable(t *testing.T) {
	p := newTest(t, openStore(t))
	p.Objectives = objectives
	followed := 0
	for _, target := range []string{"/?team=team-03", "/team?team=team-03", "/okrs", "/explore?by=team&show=time"} {
		_, root, _ := get(t, p, target)
		for _, a := range elements(root, "a") {
			if attr(a.Parent, "class") != "embed small" {
				continue
			}
			followed++
			status, _, text := get(t, p, attr(a, "href"))
			if status != http.StatusOK {
				t.Errorf("%s leads to %s: got %d", target, attr(a, "href"), status)
			}
			if strings.Contains(text, "the table") || !strings.Contains(text, `<noscript><span class="muted small">The chart needs JavaScript; <a href=`) {
				t.Errorf("%s does not lead to the page where it needs a script", attr(a, "href"))
			}
		}
	}
	if followed < 7 {
		t.Errorf("followed %d, want at least 7", followed)
	}
}

// TestEmbeddedChartsSayWhatColoursMean: a chart by itself has the key that its page has for it, word for word.
func TestEmbeddedChartsSayWhatColoursMean(t *testing.T) {
	p := newTest(t, catalogStore(t))
	p.Objectives = objectives
	friction := newTest(t, frictionStore(t))
	keys := func(root *html.Node) (list []string) {
		for _, ul := range elements(root, "ul") {
			if attr(ul, "class") == "legend" {
				list = append(list, spaced(words(ul)))
			}
		}
		return list
	}
	const adoption = "voluntary, of teams with a choice its 95 % interval all adoption, of all teams to compare with: 10 % in a typical portal; 40 % where one path became faster than its alternative"
	for target, c := range map[string]struct {
		pages *Pages
		chart string
		want  string
	}{
		"/?":                  {p, "chart-adoption-ci", adoption},
		"/?as_of=" + now:      {p, "chart-states", "on mixed dormant off none exempt ineligible unknown"},
		"/path?path=ci":       {p, "chart-adoption-ci", adoption},
		"/path?path=ci&":      {p, "chart-teams", "none all"},
		"/team?team=team-03":  {p, "chart-team-ci", "chose it its 95 % interval uses it"},
		"/catalog?":           {p, "chart-ladder-port", "entities whose owner reaches the step not known 95 % interval"},
		"/catalog?kill=owner": {p, "chart-fields-port", "right: a source of truth agrees unverified: nothing can check it, confirmed lately aged: confirmed too long ago wrong: a source of truth disagrees empty: not filled"},
		"/okrs?":              {p, "chart-okr-0", "value 95 % interval of the forecast"},
		"/friction?":          {friction, "chart-friction-maintenance", "upkeep improvement 95 % interval of upkeep"},
	} {
		_, page, _ := get(t, c.pages, target)
		_, by, _ := get(t, c.pages, target+"&embed="+c.chart)
		if got := keys(by); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s of %s: got the key %q, want %q", c.chart, target, got, c.want)
		}
		if got := keys(page); !slices.Contains(got, c.want) {
			t.Errorf("%s has the keys %q, and not %q", target, got, c.want)
		}
	}
}

// TestBadges draws how teams stand, as pictures that are well-formed whatever teams are called.
func TestBadges(t *testing.T) {
	p := newTest(t, openStore(t))
	for target, want := range map[string]string{
		"/badges/ci/team-03.svg":                         "200 Build & test <a> service: on, by choice",
		"/badges/image/team-03.svg":                      "200 image: off",
		"/badges/ci/team-11.svg":                         "200 Build & test <a> service: ",
		"/badges/later/team-03.svg":                      "200 Not launched yet: not launched yet",
		"/badges/moon/team-03.svg":                       "404 moon: no such path",
		"/badges/ci/nobody.svg":                          "404 Build & test <a> service: no such team",
		"/badges/%3Cscript%3E/%22onload=x.svg":           "404 <script>: no such path",
		"/badges/%E2%80%AEgro.live/%E2%81%A6y.svg":       "404 \ufffdgro.live: no such path",
		"/badges/a%01%EF%BF%BE%FFb/%02.svg":              "404 a\ufffd\ufffd\ufffdb: no such path",
		"/badges/" + strings.Repeat("x", 500) + "/y.svg": "404 " + strings.Repeat("x", 39) + "…: no such path",
	} {
		w := httptest.NewRecorder()
		p.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		var svg struct {
			Title string   `xml:"title"`
			Text  []string `xml:"g>text"`
		}
		if err := xml.Unmarshal(w.Body.Bytes(), &svg); err != nil || len(svg.Text) != 2 {
			t.Errorf("%s: %v, %d fields: %s", target, err, len(svg.Text), w.Body)
		}
		if got := w.Result().Status[:3] + " " + svg.Title; !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, want %q", target, got, want)
		}
		kept := map[int]string{200: "private, max-age=300"}[w.Code]
		if got := w.Header().Get("Cache-Control"); got != cmp.Or(kept, "no-store") {
			t.Errorf("%s: may be kept as %q", target, got)
		}
		if got := w.Header().Get("Content-Type"); got != "image/svg+xml; charset=utf-8" {
			t.Errorf("%s: got a %s", target, got)
		}
	}
	w := httptest.NewRecorder()
	if p.ServeHTTP(w, httptest.NewRequest("GET", "/badges/ci/team-03.png", nil)); w.Code != http.StatusNotFound {
		t.Errorf("a PNG: got %d", w.Code)
	}
}
