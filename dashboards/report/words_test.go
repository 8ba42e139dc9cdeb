package report

import (
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
	"github.com/trodden/trodden/metrics/stats"
)

func TestChance(t *testing.T) {
	for p, want := range map[float64]string{
		0.00001: "chance alone would hardly do that (p < 0.001)", 0.004: "chance alone would hardly do that (p = 0.004)", 0.03125: "chance alone would rarely do that (p = 0.031)",
		0.07: "chance alone may do as much (p = 0.070)", 1: "chance alone may do as much (p = 1.00)",
	} {
		if got := strings.ReplaceAll(chance(p), space, " "); got != want {
			t.Errorf("%v: got %q, want %q", p, got, want)
		}
	}
}

func TestWhyNot(t *testing.T) {
	for _, test := range []struct {
		reason metrics.Reason
		units  Units
		want   string
	}{
		{metrics.ReasonNoAlternative, Teams, "nobody here had a choice"},
		{metrics.ReasonNoAlternative, Repos, "none of your repositories had another way to choose"},
		{metrics.ReasonBeforeLaunch, Repos, "not launched by then"},
	} {
		if got := whyNot(test.reason, test.units); got != test.want {
			t.Errorf("%s of %s: got %q, want %q", test.reason, test.units, got, test.want)
		}
	}
}

// TestOutlook says where a key result will end; without a forecast, how far was planned by now, which is a part of the same way.
func TestOutlook(t *testing.T) {
	number := func(v float64) *float64 { return &v }
	for want, row := range map[string]query.OKRRow{
		"If the trend of the last weeks holds: 49 % at the end (28 % to 74 %).": {Measure: "adoption.teams.voluntary", Score: number(1), Pace: number(1.2), Elapsed: 0.83, Forecast: &query.Forecast{Value: 0.49, Lo: 0.28, Hi: 0.74}},
		"83 % of it was planned by now. No forecast yet.":                       {Score: number(0.22), Pace: number(0.265), Elapsed: 0.83},
		"No forecast can be made.":                                              {},
	} {
		if got := strings.ReplaceAll((Result{OKRRow: row}).outlook(), space, " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestStatus says each status in words after its sign.
func TestStatus(t *testing.T) {
	for _, test := range []struct {
		status     stats.Status
		want, sign string
	}{
		{stats.Met, "met", "✓"}, {stats.OnTrack, "on track", "↗\ufe0e"}, {stats.AtRisk, "at risk", "→"}, {stats.OffTrack, "off track", "↘\ufe0e"},
		{stats.NotStarted, "not started", "·"}, {query.StatusUnknown, "not known", "?"},
	} {
		k := Result{OKRRow: query.OKRRow{Status: test.status}}
		if f := (&Report{Results: []Result{k}}).objectives().Figures[0]; f.State != test.want || f.Sign != test.sign {
			t.Errorf("%s: got %q after %q, want %q after %q", test.status, f.State, f.Sign, test.want, test.sign)
		}
	}
}

// TestKeyResultWithoutValue has no figure, and says why.
func TestKeyResultWithoutValue(t *testing.T) {
	k := Result{OKRRow: query.OKRRow{Measure: "adoption.teams.voluntary", Target: 0.8, Reason: metrics.ReasonNoAlternative, Status: query.StatusUnknown}}
	r := &Report{Results: []Result{k}}
	f := r.objectives().Figures[0]
	if f.Value != "–" || f.State != "not known" || !strings.HasPrefix(f.Beside[0], "Nobody here had a choice; to 80") {
		t.Errorf("got %+v", f)
	}
}

// change is a comparison of two moments in which some came or left.
func change(joined, left, both, neither int, p float64) query.Change {
	all := both + neither + joined + left
	verdict := query.NoDifference
	if p < 0.05 {
		verdict = "more"
	}
	return query.Change{From: query.NewRate(both+left, all, ""), To: query.NewRate(both+joined, all, ""), Both: both, Neither: neither, Joined: joined, Left: left, P: &p, Verdict: &verdict}
}

// TestLead has in the lead of a report what is more than chance would do, in three sentences, and all else where it is told how sure
// that is.
func TestLead(t *testing.T) {
	path := func(title string, c query.Change) Path {
		now := query.NewRate(4, 10, "")
		return Path{Title: title, Units: Teams, Now: now, Before: now, Total: now, Change: &query.ChangesRow{Repos: query.ChangesOf{Using: c}}, Came: []Crossing{{Origin: metrics.Automated, Repos: c.Joined}}}
	}
	sure, noise := change(8, 0, 10, 20, 0.008), change(1, 0, 10, 20, 1)
	for _, test := range []struct {
		name       string
		paths      []Path
		want, sure string
		below      int
	}{
		{"noise", []Path{path("A", noise), path("B", noise)}, "", "Most weekly moves are noise, and so may all of these be", 2},
		{"one", []Path{path("A", noise), path("B", sure)}, " Use of “B”, chosen or not, rose from 26 % to 47 % of repositories, which is more than chance would do.",
			"the surest of these has p = 0.008. Chance alone may make the other change.", 1},
		{"several", []Path{path("A", sure), path("B", sure), path("C", sure)},
			" Use of “A”, chosen or not, rose from 26 % to 47 % of repositories, which is more than chance would do; so is the change of 2 more paths.", "of these has p = 0.008.", 0},
		{"many", []Path{path("A", noise), path("B", noise), path("C", noise), path("D", noise), path("E", noise), path("F", noise), path("G", noise), path("H", noise)}, "", "noise", 7},
	} {
		r := &Report{Scope: Scope{Kind: Leadership}, Paths: test.paths}
		plain := func(s string) string { return strings.ReplaceAll(s, space, " ") }
		gist := plain(r.gist())
		_, rest, _ := strings.Cut(gist, "is 40 %, as a week ago.")
		if rest != test.want || strings.Count(gist, ". ")+1 > 3 {
			t.Errorf("%s: the lead is %q", test.name, gist)
		}
		text, lines := r.chances()
		if !strings.Contains(plain(text), test.sure) || len(lines) != test.below {
			t.Errorf("%s: how sure is %q with %+v", test.name, text, lines)
		}
		for _, p := range r.Paths {
			told := strings.Contains(plain(p.all()), "came and none left")
			if told != beyondChance(p.Change.Repos.Using) {
				t.Errorf("%s: beside %s stands %q", test.name, p.Title, p.all())
			}
		}
	}
}

// TestOwnersThatNobodyKnows: where of some owners it is not known whether they are right, the share of right ones is a range.
func TestOwnersThatNobodyKnows(t *testing.T) {
	if between(3, 0, 4) != nil {
		t.Error("all is known, so nothing is a range")
	}
	for want, bounds := range map[string]*query.Bounds{"Owners are right for 50 % to 75 %.": between(2, 1, 4), "Owners are right for 50 %.": nil} {
		r := Report{Week: Week{Zone: time.UTC}, Catalogs: []Catalog{{Source: "portal", Now: query.NewRate(1, 4, metrics.ReasonEmpty), Owners: query.NewRate(2, 4, metrics.ReasonEmpty), OwnerBounds: bounds}}}
		beside := r.catalogs().Figures[0].Beside
		if got := strings.ReplaceAll(beside[len(beside)-1], "\u00a0", " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
