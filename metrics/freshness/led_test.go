package freshness_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// made are commits of some days ago.
func made(days metrics.Instant, commits int, teams ...metrics.TeamKey) freshness.Made {
	return freshness.Made{At: ago(days), Commits: commits, Teams: teams}
}

// perhapsMade may have been made elsewhere.
func perhapsMade(m freshness.Made) freshness.Made {
	m.Perhaps = true
	return m
}

// TestLedSince finds since when others do the work of who stopped 300 days ago.
func TestLedSince(t *testing.T) {
	gap := metrics.Instant(1) // the second in which what was made 180 days before does not count any more
	for _, test := range []struct {
		name string
		made []freshness.Made
		want metrics.Instant // 0 where no team has most
	}{
		{"others were at work all the time", []freshness.Made{made(310, 1, "a"), made(200, 1, "a"), made(115, 1, "a"), made(30, 1, "a")}, ago(120)},
		{"others began before", []freshness.Made{made(130, 1, "a"), made(50, 1, "a")}, ago(120)},
		{"others began later", []freshness.Made{made(100, 1, "a"), made(10, 1, "a")}, ago(100)},
		{"nobody was at work until lately", []freshness.Made{made(5, 1, "a")}, ago(5)},
		{"others paused, for less than 90 days", []freshness.Made{made(205, 1, "a"), made(116, 1, "a"), made(27, 1, "a")}, ago(120)},
		{"others paused, for 90 days to the second", []freshness.Made{made(205, 1, "a"), made(115, 1, "a"), made(25, 1, "a")}, ago(120)},
		{"others paused, for longer", []freshness.Made{made(205, 1, "a"), made(110, 1, "a"), made(25, 1, "a")}, ago(110)},
		{"others paused, and somebody in no known team did not", []freshness.Made{made(205, 2, "a"), made(116, 1), made(40, 2, "a")}, ago(120)},
		{"others paused, and somebody may not have", []freshness.Made{made(205, 2, "a"), perhapsMade(made(112, 1, "a")), made(40, 2, "a")}, ago(40)},
		{"others paused before", []freshness.Made{made(500, 1, "a"), made(310, 1, "a"), made(131, 1, "a"), made(50, 1, "a")}, ago(120)},
		{"all paused by now", []freshness.Made{made(130, 1, "a"), made(91, 1, "a")}, 0},
		{"one team after the other", []freshness.Made{made(290, 3, "a"), made(100, 1, "b"), made(20, 1, "b")}, ago(100)},
		{"one team beside the other", []freshness.Made{made(190, 3, "a"), made(111, 4, "b"), made(30, 1, "a")}, ago(120)},
		{"teams alike", []freshness.Made{made(80, 2, "a"), made(80, 2, "b")}, ago(80)},
		{"somebody in two teams", []freshness.Made{made(80, 2, "a", "b")}, ago(80)},
		{"people in no known team did most, once", []freshness.Made{made(250, 1, "a"), made(240, 2), made(65, 1, "a")}, ago(60) + gap},
		{"people in no known team did as much", []freshness.Made{made(250, 2, "a"), made(240, 2), made(80, 1, "a")}, ago(60) + gap},
		{"people in no known team did more than before", []freshness.Made{made(130, 1, "a"), made(100, 2), made(50, 1, "a")}, ago(50)},
		{"people in no known team do most", []freshness.Made{made(130, 1, "a"), made(10, 2)}, 0},
		{"people in no known team may do most", []freshness.Made{made(130, 1, "a"), perhapsMade(made(10, 2))}, 0},
		{"others may do something", []freshness.Made{made(130, 1, "a"), perhapsMade(made(50, 9, "b")), made(45, 1, "a")}, ago(120)},
		{"others may have done something alone", []freshness.Made{perhapsMade(made(100, 9, "b")), made(50, 1, "a")}, ago(50)},
		{"nobody is", nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := freshness.LedSince(test.made, ago(120), now); got != test.want {
				t.Errorf("got %v, want %v", daysBefore(got), daysBefore(test.want))
			}
		})
	}
}

// daysBefore is how many days ago a moment was.
func daysBefore(at metrics.Instant) float64 { return float64(now-at) / float64(metrics.Day) }

// TestLedAtEachMoment compares it with the verdict of each day, the team of the first commits having stopped long before.
func TestLedAtEachMoment(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) freshness.Made {
			team := rapid.SampledFrom([]metrics.TeamKey{"payments", "left", ""}).Draw(r, "team")
			m := made(metrics.Instant(rapid.IntRange(0, 479).Draw(r, "ago")), rapid.IntRange(1, 3).Draw(r, "commits"))
			if team != "" {
				m.Teams = []metrics.TeamKey{team}
			}
			m.Perhaps = rapid.IntRange(0, 4).Draw(r, "perhaps") == 0
			return m
		}), 0, 12).Draw(r, "made")
		wrong := func(at metrics.Instant) bool {
			var w freshness.Work
			w.Known = true
			for _, m := range list {
				one := freshness.Work{All: freshness.Count{In180: m.Commits}}
				if m.At+90*metrics.Day >= at {
					one.All.In90 = m.Commits
				}
				switch in := m.At <= at && m.At+180*metrics.Day >= at; {
				case !in:
					continue
				case len(m.Teams) == 0:
					one.Unplaced = one.All
				default:
					one.Teams = []freshness.TeamWork{{Team: m.Teams[0], Count: one.All}}
				}
				if m.Perhaps {
					w.Doubt(one)
				} else {
					sum(&w, one)
				}
			}
			f := verdictOf(world(freshness.Repo{Name: pay, Work: w}), component("pay", pay, "owner=checkout"))
			return f.Cause == freshness.CauseIdle
		}
		want := metrics.Beginning
		for at := ago(300); at <= now; at += metrics.Day / 2 {
			if !wrong(at) {
				want = metrics.Beginning
			} else if want == metrics.Beginning {
				want = at
			}
		}
		got := freshness.LedSince(list, ago(300), now)
		if (got == 0) != (want == 0) || got > want || got+metrics.Day/2 <= want {
			r.Fatalf("got %v, want at most half a day before %v", daysBefore(got), daysBefore(want))
		}
	})
}

// verdictOf is what is said of the owner of an entity alone.
func verdictOf(w freshness.World, r freshness.Record) freshness.Field {
	f, _ := judge(w, r).Entities[0].Field(metrics.FieldOwner)
	return *f
}

// TestIdleOwnersAreDated says since when idle owners are wrong: 180 days after the last of them stopped, or since others do the
// work. Where either is not known, it is not dated.
func TestIdleOwnersAreDated(t *testing.T) {
	at := func(team metrics.TeamKey, last metrics.Instant) freshness.TeamWork {
		return freshness.TeamWork{Team: team, Last: last}
	}
	for _, test := range []struct {
		name  string
		owner string
		led   metrics.Instant
		teams []freshness.TeamWork
		want  metrics.Instant // 0 where it is not dated
	}{
		{"others were at work before", "checkout", ago(150), []freshness.TeamWork{at("checkout", ago(200))}, ago(20)},
		{"others were at work from the same moment on", "checkout", ago(20), []freshness.TeamWork{at("checkout", ago(200))}, ago(20)},
		{"others began later", "checkout", ago(7), []freshness.TeamWork{at("checkout", ago(200))}, ago(7)},
		{"of others it is not known", "checkout", 0, []freshness.TeamWork{at("checkout", ago(200))}, 0},
		{"it is not known when it stopped", "checkout", ago(150), nil, 0},
		{"two owners", "checkout|ending", ago(150), []freshness.TeamWork{at("checkout", ago(300)), at("ending", ago(200))}, ago(20)},
		{"two owners, and others began later", "checkout|ending", ago(7), []freshness.TeamWork{at("checkout", ago(300)), at("ending", ago(200))}, ago(7)},
		{"two owners, of one of which it is not known when it stopped", "checkout|ending", ago(7), []freshness.TeamWork{at("checkout", ago(300))}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			work := worked(append(test.teams, did("payments", 1, 1))...)
			work.Led = test.led
			f := verdictOf(world(freshness.Repo{Name: pay, Work: work}), aged(component("pay", pay, "owner="+test.owner), ago(400)))
			if test.want == 0 {
				test.want = now
			}
			if f.Cause != freshness.CauseIdle || f.Since != test.want || f.Dated != (test.want != now) {
				t.Errorf("got %s since %v, dated %v", said(f), daysBefore(f.Since), f.Dated)
			}
		})
	}
}
