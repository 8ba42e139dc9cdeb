package dashboards

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/trodden/trodden/metrics"
)

// sent is what a form sends when its button is pressed, with some of its fields filled in.
func sent(form *html.Node, filled map[string]string) string {
	v := make(url.Values)
	for _, input := range elements(form, "input") {
		v.Set(attr(input, "name"), attr(input, "value"))
	}
	for name, value := range filled {
		v.Set(name, value)
	}
	return attr(form, "action") + "?" + v.Encode()
}

// TestFormsKeepMoments: a form that is sent as it is shows the same moments, though its fields have days alone; another day is taken.
func TestFormsKeepMoments(t *testing.T) {
	p := newTest(t, openStore(t))
	for name, c := range map[string]struct {
		page   string
		filled map[string]string
		asOf   string
		from   string
	}{
		"as it was":        {"/path?path=ci&as_of=2026-05-03T20:00:00Z&from=2026-01-02T03:04:05Z", nil, "2026-05-03T20:00:00Z", "2026-01-02T03:04:05Z"},
		"another day":      {"/path?path=ci&as_of=2026-05-03T20:00:00Z", map[string]string{"as_of": "2026-05-04"}, "2026-05-04T00:00:00Z", ""},
		"no day":           {"/path?path=ci&as_of=2026-05-03T20:00:00Z", map[string]string{"as_of": ""}, now, ""},
		"a zone":           {"/path?path=ci&as_of=2026-05-03T20:00:00-07:00", nil, "2026-05-04T03:00:00Z", ""},
		"a day as it was":  {"/path?path=ci&as_of=2026-05-03", nil, "2026-05-03T00:00:00Z", ""},
		"another from":     {"/path?path=ci&as_of=2026-05-03T20:00:00Z&from=2026-01-02T03:04:05Z", map[string]string{"from": "2026-02-01"}, "2026-05-03T20:00:00Z", "2026-02-01T00:00:00Z"},
		"nonsense instead": {"/path?path=ci&as_of=2026-05-03", map[string]string{"as_of_moment": "soon"}, "2026-05-03T00:00:00Z", ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, root, _ := get(t, p, c.page)
			if status != 200 {
				t.Fatalf("%s: got %d", c.page, status)
			}
			target := sent(elements(root, "form")[0], c.filled)
			u, err := url.Parse(target)
			check(t, err)
			q := parseRequest(u, at(now))
			if q.asOf.String() != c.asOf || c.from != "" && q.from.String() != c.from {
				t.Errorf("%s asks as of %s from %s, want %s and %s", target, q.asOf, q.from, c.asOf, c.from)
			}
			if _, root, _ := get(t, p, target); !strings.Contains(words(root), minute(at(c.asOf))) {
				t.Errorf("%s does not show %s", target, minute(at(c.asOf)))
			}
		})
	}
}

// TestBeginOfDay: where a judgement came later on the day that was asked about, the page says which moment a date is.
func TestBeginOfDay(t *testing.T) {
	for name, c := range map[string]struct {
		asOf, judged string
		says         bool
	}{
		"later on the day":     {"2026-05-03", "2026-05-03T08:00:00Z", true},
		"on another day":       {"2026-05-03", "2026-05-04T08:00:00Z", false},
		"a moment was asked":   {"2026-05-03T07:00:00Z", "2026-05-03T08:00:00Z", false},
		"as late as can be so": {"2026-05-03", "2026-05-03T23:59:59Z", true},
	} {
		last := at(c.judged).Time()
		q := &request{asOf: at(c.asOf), now: at(now)}
		e := catalogs{last: &last}.empty(q, &known{})
		if e == nil || strings.Contains(e.Next, "A date is the begin of its day") != c.says || !strings.Contains(e.What, minute(metrics.Instant(at(c.asOf)))) {
			t.Errorf("%s: got %+v", name, e)
		}
	}
}
