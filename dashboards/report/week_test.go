package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// campaign is an organisation in which a campaign brought six repositories of three teams to the path last week, and one was born
// on it; no team chose it. Team born is new.
func campaign() []unit {
	units := []unit{{"github.com/acme/delta-1", "delta", []stay{{born, metrics.Off, 0}, {"2026-03-10", metrics.On, metrics.Chosen}}}}
	for i, name := range []string{"a", "b", "c", "d", "e", "f"} {
		team := []string{"alpha", "beta", "gamma"}[i%3]
		units = append(units, unit{"github.com/acme/" + team + "-" + name, team, []stay{{born, metrics.Off, 0}, {"2026-06-24", metrics.Mixed, metrics.Automated}}},
			unit{"github.com/acme/" + team + "-off-" + name, team, []stay{{born, metrics.Off, 0}}})
	}
	return append(units, unit{"github.com/acme/delta-2", "delta", []stay{{"2026-06-25", metrics.On, metrics.Born}}})
}

// flat are the words of a report in one line.
func flat(t *testing.T, r *report.Report) string {
	t.Helper()
	text, err := r.Text()
	check(t, err)
	return strings.Join(strings.Fields(text), " ")
}

// told builds a report and holds its text to what it must have, and must not.
func told(t *testing.T, db *clickhouse.DB, scope string, week report.Week, want, not []string) *report.Report {
	t.Helper()
	s, err := report.ParseScope(scope)
	check(t, err)
	r, err := report.Build(t.Context(), cached(db), at(now), report.Question{Scope: s, Week: week, Org: "acme"})
	check(t, err)
	text := flat(t, r)
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q:\n%s", scope, w, text)
		}
	}
	for _, n := range not {
		if strings.Contains(text, n) {
			t.Errorf("%s has %q:\n%s", scope, n, text)
		}
	}
	return r
}

// TestWhatCameOtherwise tells of a week in which no team chose a path and much came to it: with the figures that the overview has.
func TestWhatCameOtherwise(t *testing.T) {
	db := fill(t, campaign(), definitions())
	changes, err := query.Changes(t.Context(), db, query.FlowsQuestion{From: lastWeek().From, To: lastWeek().To})
	check(t, err)
	if c := changes[0]; c.Repos.Using.Joined != 6 || c.Born != 1 || c.Teams.Voluntary.Joined != 0 {
		t.Fatalf("the overview has %d that came, %d born and %d teams that chose", c.Repos.Using.Joined, c.Born, c.Teams.Voluntary.Joined)
	}
	want := []string{
		"No team chose or left a path, 6 repositories came by a bot or a campaign, 1 repository was born on one.",
		"Use of “Build & test <a> service”, chosen or not, rose from 8 % to 54 % of repositories, which is more than chance would do.",
		"Of 13 repositories that count on both days 6 came and none left, 8 % to 54 %", "Besides, 1 new repository uses it.",
		"Build & test <a> service: 6 repositories of 3 teams came otherwise than by choice: by a bot or a campaign.",
		"Build & test <a> service: 1 repository was born on it.", "More than chance would do: “Build & test <a> service” (all repositories)",
	}
	told(t, db, "leadership", lastWeek(), want, []string{"mall changes", "Most weekly moves are noise", "nothing changed"})
	told(t, db, "path:ci", lastWeek(), want[:1], nil)
	told(t, db, "team:alpha", lastWeek(), []string{"No repository chose or left a path, 2 repositories came by a bot or a campaign."}, []string{"beta", "gamma"})
}

// TestNoCatalogThen asks about a week before the first judgement, and about one that single entities are no longer known of.
func TestNoCatalogThen(t *testing.T) {
	db := openStore(t)
	before := report.LastWeek(at("2026-06-20"), time.UTC)
	then := "No catalog had been judged by the end of that week. The newest judgement is of 27 Jun 2026, 00:00 UTC"
	told(t, db, "leadership", before, []string{"Catalog freshness", then}, []string{"backstage"})
	told(t, db, "team:gamma", before, []string{then}, []string{"of 1 entity"})
	told(t, db, "group:greek", before, []string{then}, nil)
	told(t, db, "team:alpha", lastWeek(), []string{"backstage: 100 % 1 of 1 entity; 95 % interval 21 % to 100 %; judged 27 Jun 2026"}, []string{then})
	told(t, db, "leadership", report.LastWeek(at("2026-06-23"), time.UTC), []string{"backstage: 0 % 0 of 2 entities", "judged 20 Jun 2026"}, nil)
	told(t, fill(t, organisation(), definitions()), "leadership", lastWeek(), []string{"No catalog was judged yet: no scan has found one."}, nil)
}

// TestNothingReadable reports of repositories of which none could ever be read, and of one that is nobody's.
func TestNothingReadable(t *testing.T) {
	units := []unit{
		{"github.com/acme/alpha-1", "alpha", []stay{{"2026-06-30", metrics.Unknown, 0}}}, {"github.com/acme/beta-1", "beta", []stay{{"2026-06-30", metrics.Unknown, 0}}},
		{"github.com/acme/nobodys", "", []stay{{"2026-06-30", metrics.Unknown, 0}}},
	}
	db := fill(t, units, definitions())
	all := "Every repository"
	told(t, db, "leadership", lastWeek(), []string{"By now 3 repositories are unknown", "alpha-1, github.com/acme/beta-1 and github.com/acme/nobodys. Why: no permission",
		"Make 3 unknown repositories readable", "it left 3 repositories unknown, github.com/acme/alpha-1"}, []string{all, "could read all"})
	told(t, db, "team:alpha", lastWeek(), []string{"By now 1 repository is unknown", "that nobody is known to own"}, []string{all, "nobodys", "beta"})
	told(t, db, "team:gamma", lastWeek(), []string{"Nothing of what is known to be yours. 1 repository is unknown of which nobody knows whose it is."}, []string{all, "nobodys", "beta"})
	never := fill(t, []unit{{"github.com/acme/alpha-1", "alpha", []stay{{born, metrics.Unknown, 0}}}}, definitions())
	told(t, never, "leadership", lastWeek(), []string{"Until then there is no figure for “Build & test <a> service”: everything that counts there is unknown."}, []string{"hangs on none of this"})
}
