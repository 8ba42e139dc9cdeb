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
	told(t, db, "team:gamma", lastWeek(), []string{"No repository that is known to be yours had to be read. One repository that nobody is known to own could not."}, []string{all, "nobodys", "beta"})
	never := fill(t, []unit{{"github.com/acme/alpha-1", "alpha", []stay{{born, metrics.Unknown, 0}}}}, definitions())
	told(t, never, "leadership", lastWeek(), []string{"Until then there is no figure for “Build & test <a> service”: everything that counts there is unknown."}, []string{"hangs on none of this"})
}

// TestUnowned reports to a team and a group of which everything could be read, while something of nobody could not.
func TestUnowned(t *testing.T) {
	units := append(organisation(), unit{"github.com/acme/nobodys", "", []stay{{born, metrics.Unknown, 0}}})
	db := fill(t, units, definitions())
	could := " could be read. One repository that nobody is known to own could not."
	told(t, db, "team:gamma", lastWeek(), []string{"All your repositories" + could}, []string{"whose"})
	told(t, db, "group:greek", lastWeek(), []string{"All repositories of the group" + could}, []string{"whose"})
	db = fill(t, append(units, unit{"github.com/acme/nobodys-2", "", []stay{{born, metrics.Unknown, 0}}}), definitions())
	told(t, db, "team:gamma", lastWeek(), []string{"All your repositories could be read. 2 repositories that nobody is known to own could not."}, nil)
}

// TestQuietWeek is told in a sentence: nothing came or went, and no chart or comparison says so once more.
func TestQuietWeek(t *testing.T) {
	db := openStore(t)
	week, err := report.ParseWeek("2026-05-20", at(now), time.UTC)
	check(t, err)
	noise := []string{"Who chose a path", "Who left a path", "Which repositories came and went", "none changed", "What came to a path", "What left a path", "A week ago: 33"}
	r := told(t, db, "leadership", week, []string{"Nothing came or went", "No team chose or left a path this week, and no repository came to one or left one.",
		"2 of 6 teams, as a week ago; 95 % interval 10 % to 70 %."}, noise)
	page, err := r.HTML()
	check(t, err)
	if !picture.MatchString(page) { // a team chose the path in March
		t.Error("there is no picture of what moved")
	}
	r = told(t, fill(t, organisation()[2:5], definitions()), "leadership", week, []string{"0 of 1 team, as in all of the last 26 weeks;"}, noise)
	page, err = r.HTML()
	check(t, err)
	if picture.MatchString(page) {
		t.Error("there is a picture of what never moved")
	}
	told(t, db, "team:gamma", week, []string{"Nothing came or went", "No repository came to a path or left one this week."}, noise)
}

// TestCameAndWent has no section of nothing where something else came or went.
func TestCameAndWent(t *testing.T) {
	units := organisation()
	chose, left := append(units[:1:1], units[2:]...), units[1:]
	told(t, fill(t, chose, definitions()), "leadership", lastWeek(), []string{"Who chose a path", "Team alpha chose", "No team left a path this week.", "Which repositories came and went"},
		[]string{"Who left a path", "Nothing came or went"})
	told(t, fill(t, left, definitions()), "leadership", lastWeek(), []string{"Who left a path", "Team beta left", "No team chose a path this week."}, []string{"Who chose a path"})
	told(t, fill(t, left, definitions()), "team:beta", lastWeek(), []string{"What left a path", "went to circleci on Thu 25 Jun, by choice", "No repository came to a path this week."},
		[]string{"What came to a path"})
	told(t, fill(t, campaign(), definitions()), "leadership", lastWeek(), []string{"Which repositories came and went", "No team chose or left a path this week."},
		[]string{"Who chose a path", "Who left a path", "Nothing came or went"})
	told(t, openStore(t), "group:greek", lastWeek(), []string{"choose the paved path?"}, []string{"paved paths"})
}
