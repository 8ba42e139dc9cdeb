package dashboards

import (
	"net/url"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestChangesOfAChosenTime: what changed is told of the time that somebody chose, on the overview and of a team, and paths lead to
// the teams and decisions behind it.
func TestChangesOfAChosenTime(t *testing.T) {
	p := newTest(t, moversStore(t))
	team := string(moverTeam(7))
	for address, c := range map[string]struct{ said, not, leads string }{
		"/":                               {"What changed in the last 7 days", "", ""},
		"/?from=2025-09-01&to=2026-02-01": {"What changed from 1 Sep 2025 to 1 Feb 2026", "the last 7 days", "/moved?choice=true&from=2025-09-01T00%3A00%3A00Z&moved=came&path=ci&to=2026-02-01T00%3A00%3A00Z"},
		"/team?team=" + team:              {"since 2 Apr 2026", "", ""},
		"/team?from=2025-08-01&to=2026-01-01&team=" + team: {"From 1 Aug 2025 to 1 Jan 2026", "Nothing changed its way", "/repo?path=ci&repo=github.com%2Facme%2Fmover-"},
		"/path?from=2025-09-01&to=2026-02-01":              {"Teams, before and after", "", "/moved?from=2025-09-01T00%3A00%3A00Z&path=ci&to=2026-02-01T00%3A00%3A00Z"},
		"/path?path=ci":                                    {"Every decision in this time", "", "/decisions?from="},
	} {
		status, root, _ := get(t, p, address)
		shown := words(root)
		if status != 200 || !strings.Contains(shown, c.said) || c.not != "" && strings.Contains(shown, c.not) {
			t.Errorf("%s: got status %d, want %q and not %q in\n%s", address, status, c.said, c.not, shown)
		}
		led := c.leads == ""
		for _, a := range elements(root, "a") {
			led = led || strings.HasPrefix(attr(a, "href"), c.leads)
		}
		if !led {
			t.Errorf("%s leads nowhere like %s", address, c.leads)
		}
	}
	if status, _, text := get(t, p, "/states?path=ci&as_of=2026-07-02"); status != 200 || strings.Contains(text, "2026-07-02") {
		t.Errorf("tomorrow, which is today elsewhere: got status %d; files of that moment are refused, so nothing may lead there", status)
	}
	if status, root, _ := get(t, p, "/?from=2026-01-01&to=2030-01-01"); status != 400 || !strings.Contains(words(root), "to: 1 Jan 2030 has not come yet") || !strings.Contains(words(root), "What changed from 1 Jan 2026 to 1 Jul 2026") {
		t.Errorf("a time that ends in the future: got status %d and %s", status, words(root))
	}
	if status, _, _ := get(t, p, "/explore?measure=teams.total&by=team&format=csv"); status != 400 {
		t.Errorf("a file of what cannot be told apart so: got status %d, want 400", status)
	}
}

// TestStaysThatOthersBrought have their row, and their list, where there are any.
func TestStaysThatOthersBrought(t *testing.T) {
	p := newTest(t, emptyStore(t))
	q := p.request(&url.URL{Path: "/path"}, at(now))
	rows := []query.RetentionRow{{Path: "ci", Origin: query.AllManners, Spells: 14, Left: 9}, {Path: "ci", Origin: query.ByChoice, Reason: metrics.ReasonEmpty},
		{Path: "ci", Origin: query.ByMandate, Reason: metrics.ReasonEmpty}, {Path: "ci", Origin: query.ByOthers, Spells: 14, Left: 9}}
	s := staysSection(q, &known{}, &pathAnswers{stays: rows, present: make([]query.AdoptionRow, 1)}, false)
	if n := len(s.Table.Rows); n != 2 {
		t.Fatalf("got %d rows, want those of all and of others: %+v", n, s.Table.Rows)
	}
	brought := s.Table.Rows[1]
	if brought[0].Text != "brought by a bot or the platform team" || brought[2].Text != "9" || brought[2].Href != "/stays?manner=brought&outcome=left&path=ci" {
		t.Errorf("got %+v", brought[:3])
	}
}

// TestGrossIsOfThoseThatChose: it is said of gross adoption what it counts.
func TestGrossIsOfThoseThatChose(t *testing.T) {
	for _, m := range exploreMeasures() {
		if strings.HasSuffix(m.key, ".gross") && (!strings.Contains(m.words, "mandated and excused ones included") || !strings.Contains(m.words, "cho")) {
			t.Errorf("%s: %s", m.key, m.words)
		}
	}
}
