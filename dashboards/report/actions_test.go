package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// steps are the actions of a report, in lines.
func steps(t *testing.T, db *clickhouse.DB, scope string, objectives ...metrics.Objective) (*report.Report, string) {
	t.Helper()
	s, err := report.ParseScope(scope)
	check(t, err)
	r, err := report.Build(t.Context(), cached(db), at(now), report.Question{Scope: s, Week: lastWeek(), Objectives: objectives, Org: "acme"})
	check(t, err)
	var b strings.Builder
	for _, a := range r.Actions {
		fmt.Fprintf(&b, "%s: %s %s\n", a.Kind, a.What, a.Effect)
	}
	return r, strings.ReplaceAll(b.String(), "\u00a0", " ")
}

// TestActionsAreOfChoice finds the team that one choice more would bring onto the path, whatever a bot did there, and none that has
// no choice left.
func TestActionsAreOfChoice(t *testing.T) {
	units := []unit{ // on it by a bot, one choice short of being on it by choice
		{"github.com/acme/alpha-1", "alpha", []stay{{born, metrics.Off, 0}, {"2026-03-10", metrics.On, metrics.Automated}}},
		{"github.com/acme/alpha-2", "alpha", []stay{{born, metrics.Off, 0}}},
		// on it by a bot with all it has
		{"github.com/acme/beta-1", "beta", []stay{{born, metrics.Off, 0}, {"2026-03-10", metrics.On, metrics.Automated}}},
		// two short: one more would be half, of which half came by a bot alone
		{"github.com/acme/gamma-1", "gamma", []stay{{born, metrics.Off, 0}, {"2026-03-10", metrics.On, metrics.Automated}}},
		{"github.com/acme/gamma-2", "gamma", []stay{{born, metrics.Off, 0}, {"2026-03-10", metrics.On, metrics.Automated}}},
		{"github.com/acme/gamma-3", "gamma", []stay{{born, metrics.Off, 0}}}, {"github.com/acme/gamma-4", "gamma", []stay{{born, metrics.Off, 0}}},
		{"github.com/acme/delta-1", "delta", []stay{{born, metrics.On, metrics.Born}}},
	}
	db := fill(t, units, definitions())
	_, got := steps(t, db, "leadership")
	want := "win: Win one team for “Build & test <a> service”: Team alpha is 1 repository short of being on it by choice. " +
		"If it chooses the path there, voluntary adoption goes from 25 % to 50 % (2 of 4 teams, now 1)."
	if !strings.Contains(got, want) || strings.Contains(got, "beta") {
		t.Errorf("got\n%s", got)
	}
	if _, got = steps(t, db, "team:gamma"); !strings.Contains(got, "Bring 2 more repositories onto") || !strings.Contains(got, "2 would be there by choice and not none: 50 % instead of 0 %. That makes you a team on the path by choice.") {
		t.Errorf("gamma gets\n%s", got)
	}
	if _, got = steps(t, db, "team:beta"); got != "" {
		t.Errorf("beta, which has nothing left to choose for, gets\n%s", got)
	}
}

// several has something of every kind: teams that are short, one that left, one on both ways, what is unknown, an exemption that ends
// and another way that many go.
func several() []unit {
	return append(organisation(), unit{"github.com/acme/zeta-1", "zeta", []stay{{born, metrics.Off, 0}, {"2026-05-10", metrics.Mixed, metrics.Chosen}}},
		unit{"github.com/acme/eta-1", "eta", []stay{{born, metrics.Exempt, 0}}})
}

// severalTeams are definitions with the teams of several.
func severalTeams() metrics.Definitions {
	d := definitions()
	d.Teams.List = append(d.Teams.List, metrics.Team{Key: "zeta"}, metrics.Team{Key: "eta"})
	return d
}

// TestActionsOfKinds wants three for everybody where there are three, of different kinds where there are.
func TestActionsOfKinds(t *testing.T) {
	db := fill(t, several(), severalTeams())
	id := metrics.NewRepoID("github.com/acme/eta-1")
	check(t, db.WriteExemption(t.Context(), metrics.Exemption{Repo: id, Path: "ci", By: "lead", Reason: "sold", Period: metrics.Period{From: at(born), To: at("2026-08-01")}, Recorded: at(born)}))
	for _, scope := range []string{"leadership", "path:ci"} {
		r, got := steps(t, db, scope)
		kinds := map[report.ActionKind]bool{}
		for _, a := range r.Actions {
			kinds[a.Kind] = true
		}
		if len(r.Actions) != 3 || len(kinds) != 3 {
			t.Errorf("%s gets\n%s", scope, got)
		}
		if !slices.IsSortedFunc(r.Actions, func(a, b report.Action) int { return int(b.Points*1e6) - int(a.Points*1e6) }) {
			t.Errorf("%s gets them out of order:\n%s", scope, got)
		}
	}
	_, got := steps(t, db, "team:zeta")
	if !strings.Contains(got, "stay: Finish the move to") || !strings.Contains(got, "you would no longer be a team on the path by choice") {
		t.Errorf("zeta gets\n%s", got)
	}
	if _, got = steps(t, db, "team:eta"); !strings.Contains(got, "decide: Decide about the 1 exemption from “Build & test <a> service” that ends within 90 days, the first on Sat 1 Aug: github.com/acme/eta-1.") {
		t.Errorf("eta gets\n%s", got)
	}
	if _, got = steps(t, db, "team:beta"); !strings.Contains(got, "stay: Say what drove you off") {
		t.Errorf("beta gets\n%s", got)
	}
}

// TestActionForResult has a key result that is behind: something that moves it is among the three, and it says so.
func TestActionForResult(t *testing.T) {
	zero := 0.1
	result := metrics.KeyResult{Key: "vol", Title: "Teams that chose it", Measure: "adoption.teams.voluntary", Path: "ci",
		Baseline: metrics.Baseline{Value: &zero}, Target: 0.9, From: at("2026-01-01"), To: at("2027-01-01"), Weight: 1}
	r, got := steps(t, fill(t, several(), severalTeams()), "leadership", metrics.Objective{Key: "o", Results: []metrics.KeyResult{result}})
	if !strings.Contains(got, "Key result “Teams that chose it” is at risk: it asks for 90 %.") || r.Results[0].Next != "What moves it most is step 1 above." {
		t.Errorf("got %q and\n%s", r.Results[0].Next, got)
	}
}

// TestActionForStays has a key result about how long stays last, which is off track: those that may still stay are named, with what
// they would do to it.
func TestActionForStays(t *testing.T) {
	units := []unit{ // of four stays that began long ago, two were left soon
		{"github.com/acme/alpha-1", "alpha", []stay{{born, metrics.Off, 0}, {"2025-06-01", metrics.On, metrics.Chosen}}},
		{"github.com/acme/alpha-2", "alpha", []stay{{born, metrics.Off, 0}, {"2025-06-01", metrics.On, metrics.Chosen}}},
		{"github.com/acme/beta-1", "beta", []stay{{born, metrics.Off, 0}, {"2025-06-01", metrics.On, metrics.Chosen}, {"2025-07-01", metrics.Off, metrics.Chosen}}},
		{"github.com/acme/beta-2", "beta", []stay{{born, metrics.Off, 0}, {"2025-06-01", metrics.On, metrics.Chosen}, {"2025-08-01", metrics.Off, metrics.Chosen}}},
		// two began a month ago; the key result counts what a bot brought as well
		{"github.com/acme/gamma-1", "gamma", []stay{{born, metrics.Off, 0}, {"2026-06-01", metrics.On, metrics.Chosen}}},
		{"github.com/acme/gamma-2", "gamma", []stay{{born, metrics.Off, 0}, {"2026-06-01", metrics.On, metrics.Automated}}},
	}
	half := 0.5
	result := metrics.KeyResult{Key: "stay", Title: "They stay", Measure: "retention.d90", Path: "ci", Baseline: metrics.Baseline{Value: &half},
		Target: 0.9, From: at("2026-01-01"), To: at("2027-01-01"), Weight: 1}
	_, got := steps(t, fill(t, units, definitions()), "leadership", metrics.Objective{Key: "o", Results: []metrics.KeyResult{result}})
	want := "stay: Look after 2 repositories in their first 90 days on “Build & test <a> service”: github.com/acme/gamma-1 and github.com/acme/gamma-2. " +
		"If all of them stay, key result “They stay”, off track, goes from 50 % to 67 %; it asks for 90 %. That alone does not reach the target: stays that ended count, too."
	if !strings.Contains(got, want) {
		t.Errorf("got\n%s", got)
	}
}
