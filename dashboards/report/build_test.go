package report_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// facts are what a report tells, in lines that tests compare.
func facts(r *report.Report) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for _, p := range r.Paths {
		say("path %s: %d of %d %s now, %d of %d before", p.Key, p.Now.Num, p.Now.Den, p.Units, p.Before.Num, p.Before.Den)
		if p.Change != nil && p.Change.Teams.Voluntary.P != nil {
			c := p.Change.Teams.Voluntary
			say("  joined %d, left %d, p %.2f", c.Joined, c.Left, *c.P)
		}
		for _, c := range p.Came {
			say("  %d repositories of %d teams came: %s", c.Repos, c.Teams, c.Origin)
		}
		for _, c := range p.Gone {
			say("  %d repositories of %d teams gone, faded %t", c.Repos, c.Teams, c.Faded)
		}
	}
	for _, list := range []struct {
		did   string
		moves []report.Move
	}{{"chose", r.Chose}, {"left", r.Left}} {
		for _, m := range list.moves {
			say("%s %s: %s", m.Who, list.did, m.Path)
			for _, why := range m.Why {
				say("  %s", strings.TrimSpace(why.Repo+" "+why.Text))
			}
		}
	}
	for _, k := range r.Results {
		say("result %s: %s, before %s", k.Key, k.Status, k.Before.Status)
	}
	for _, c := range r.Catalogs {
		say("catalog %s: %d of %d fresh, before %d of %d, owners %d", c.Source, c.Now.Num, c.Now.Den, c.Before.Num, c.Before.Den, c.Owners.Num)
	}
	if r.NoCatalog != "" {
		say("%s", r.NoCatalog)
	}
	say("unknown %d, before %d %v, by now %d %v, unowned %d", r.Unknown.Units, r.Unknown.Before, r.Unknown.Repos, r.Unknown.Newest, r.Unknown.NewestRepos, r.Unknown.Unowned)
	for _, a := range r.Actions {
		say("do (%s, %.1f points%s): %s %s", a.Kind, a.Points, map[bool]string{true: ", for " + a.For}[a.For != ""], a.What, a.Effect)
	}
	say("changed %t", r.Changed())
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}

// TestBuild holds what reports of each scope tell to what was looked at once: testdata/facts.
func TestBuild(t *testing.T) {
	db := openStore(t)
	for _, scope := range []string{"leadership", "path:ci", "path:later", "group:greek", "team:alpha", "team:gamma", "team:odd", "team:bare"} {
		t.Run(scope, func(t *testing.T) {
			golden(t, "facts/"+strings.ReplaceAll(scope, ":", "-")+".txt", facts(asked(t, db, scope)))
		})
	}
	for _, scope := range []report.Scope{{Kind: report.OfPath, Key: "nope"}, {Kind: report.OfTeam, Key: "nope"}, {Kind: report.OfGroup, Key: "nope"}} {
		_, err := report.Build(t.Context(), db, at(now), report.Question{Scope: scope, Week: lastWeek()})
		if !errors.Is(err, metrics.ErrNotFound) {
			t.Errorf("%s: got %v, want not found", scope, err)
		}
	}
}

// TestTeamReportHoldsNothingOfOthers looks for the names of other teams and their repositories in all renderings.
func TestTeamReportHoldsNothingOfOthers(t *testing.T) {
	db := openStore(t)
	r := asked(t, db, "team:gamma")
	html, err := r.HTML()
	check(t, err)
	markdown, err := r.Markdown()
	check(t, err)
	text, err := r.Text()
	check(t, err)
	slack, err := r.Slack()
	check(t, err)
	for name, got := range map[string]string{"HTML": html, "Markdown": markdown, "text": text, "Slack": string(slack)} {
		for _, other := range []string{"alpha", "beta", "delta", "eps", "acme/odd"} {
			if strings.Contains(strings.ReplaceAll(got, "\u0026", ""), other) {
				t.Errorf("%s of gamma speaks of %s", name, other)
			}
		}
		if !strings.Contains(got, "gamma") {
			t.Errorf("%s of gamma does not speak of gamma", name)
		}
	}
}

// TestChanged asks about weeks in which nothing happened, and in which something did.
func TestChanged(t *testing.T) {
	db := openStore(t)
	for _, test := range []struct {
		week string
		want bool
	}{{"2026-06-24", true}, {"2026-05-20", false}, {"2026-03-10", true}} {
		week, err := report.ParseWeek(test.week, at(now), time.UTC)
		check(t, err)
		r, err := report.Build(t.Context(), db, at(now), report.Question{Scope: report.Scope{Kind: report.Leadership}, Week: week, Org: "acme"})
		check(t, err)
		if r.Changed() != test.want {
			t.Errorf("week of %s: changed is %t, want %t\n%s", test.week, r.Changed(), test.want, facts(r))
		}
	}
}

// TestEmptyStore builds a report of nothing: it says what to do.
func TestEmptyStore(t *testing.T) {
	r, err := report.Build(t.Context(), emptyStore(t), at(now), report.Question{Scope: report.Scope{Kind: report.Leadership}, Week: lastWeek(), Org: "acme", Objectives: objectives()})
	check(t, err)
	text, err := r.Text()
	check(t, err)
	if !strings.Contains(text, "trodden scan") || r.Changed() {
		t.Errorf("changed is %t\n%s", r.Changed(), text)
	}
}

func TestWeeks(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	check(t, err)
	auckland, err := time.LoadLocation("Pacific/Auckland")
	check(t, err)
	for _, test := range []struct {
		now      string
		zone     *time.Location
		key      string
		from, to string
	}{
		{"2026-07-01T12:00:00Z", time.UTC, "2026-06-22", "2026-06-22T00:00:00Z", "2026-06-29T00:00:00Z"},
		{"2026-06-28T22:00:00Z", berlin, "2026-06-22", "2026-06-21T22:00:00Z", "2026-06-28T22:00:00Z"}, // Monday begins there
		{"2026-06-28T21:59:59Z", berlin, "2026-06-15", "2026-06-14T22:00:00Z", "2026-06-21T22:00:00Z"},
		{"2026-03-30T06:00:00Z", berlin, "2026-03-23", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"}, // an hour shorter
		{"2026-06-28T12:00:00Z", auckland, "2026-06-22", "2026-06-21T12:00:00Z", "2026-06-28T12:00:00Z"},
	} {
		w := report.LastWeek(at(test.now), test.zone)
		got := fmt.Sprint(w.Key(), " ", w.From, " ", w.To)
		if want := fmt.Sprint(test.key, " ", test.from, " ", test.to); got != want {
			t.Errorf("%s in %s: got %s, want %s", test.now, test.zone, got, want)
		}
	}
	for _, day := range []string{"", "2026-07-06", "2026-13-01", "1970-01-01", "2106-02-07", "2026-07-01T00:00:00Z", "x"} {
		if w, err := report.ParseWeek(day, at(now), time.UTC); !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("%q: got %v, %v, want it to be refused", day, w, err)
		}
	}
}

// TestUnknownSinceTheWeek reports of a week at whose end nothing was unknown: what the newest scan could not read is told all the
// same. Before the first scan nobody had tried to read anything, which is not to have read it.
func TestUnknownSinceTheWeek(t *testing.T) {
	const since = "By now 1 repository is unknown, as the newest scan could not read everything: github.com/acme/eps-2. Why: no permission to read it; give the token of the scan leave."
	for name, c := range map[string]struct {
		scanned     metrics.Instant // when another scan had ended; 0: none
		want, never string
	}{
		"after a scan":          {at("2026-06-01"), "Everything could be read at the end of the week. " + since, "No scan had been made"},
		"before the first scan": {0, "No scan had been made by the end of the week: what could not be read since is not counted there. " + since, "could be read at the end"},
	} {
		t.Run(name, func(t *testing.T) {
			db := openStore(t)
			if c.scanned > 0 {
				check(t, db.WriteScan(t.Context(), clickhouse.Scan{ID: 2, Began: c.scanned - 9, Ended: c.scanned, Complete: true}))
			}
			r, err := report.Build(t.Context(), db, at(now), report.Question{Scope: everything, Week: report.LastWeek(at("2026-06-20"), time.UTC), Org: "acme"})
			check(t, err)
			text, err := r.Text()
			check(t, err)
			if flat := strings.Join(strings.Fields(text), " "); !strings.Contains(flat, c.want) || strings.Contains(flat, c.never) {
				t.Errorf("the report says\n%s", text)
			}
		})
	}
}
