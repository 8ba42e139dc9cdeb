package stats_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

func TestScore(t *testing.T) {
	for _, c := range []struct {
		name    string
		goal    stats.Goal
		current float64
		want    float64
	}{
		{"two fifths of the way up", stats.Goal{Baseline: .10, Target: .40}, .22, .4},
		{"at the baseline", stats.Goal{Baseline: .10, Target: .40}, .10, 0},
		{"at the target", stats.Goal{Baseline: .10, Target: .40}, .40, 1},
		{"beyond the target", stats.Goal{Baseline: .10, Target: .40}, .90, 1},
		{"behind the baseline", stats.Goal{Baseline: .10, Target: .40}, .05, 0},
		{"half of the way down", stats.Goal{Baseline: 48, Target: 24, Direction: stats.Decrease}, 36, .5},
		{"beyond a lower target", stats.Goal{Baseline: 48, Target: 24, Direction: stats.Decrease}, 1, 1},
		{"away from a lower target", stats.Goal{Baseline: 48, Target: 24, Direction: stats.Decrease}, 60, 0},
		{"begun above the target and there", stats.Goal{Baseline: 1, Target: .95}, 1, 1},
		{"begun above the target and fallen to it", stats.Goal{Baseline: 1, Target: .95}, .95, 1},
		{"begun above the target and fallen below", stats.Goal{Baseline: 1, Target: .95}, .94, 0},
		{"begun below a lower target and there", stats.Goal{Baseline: 1, Target: 5, Direction: stats.Decrease}, 4, 1},
		{"begun below a lower target and risen above", stats.Goal{Baseline: 1, Target: 5, Direction: stats.Decrease}, 6, 0},
		{"no number at the start", stats.Goal{Baseline: notNumber, Target: .9}, .5, 0},
		{"held", stats.Goal{Baseline: .9, Target: .9}, .9, 1},
		{"more than held", stats.Goal{Baseline: .9, Target: .9}, .95, 1},
		{"not held", stats.Goal{Baseline: .9, Target: .9}, .89, 0},
		{"held down", stats.Goal{Baseline: 5, Target: 5, Direction: stats.Decrease}, 5, 1},
		{"more than held down", stats.Goal{Baseline: 5, Target: 5, Direction: stats.Decrease}, 4, 1},
		{"not held down", stats.Goal{Baseline: 5, Target: 5, Direction: stats.Decrease}, 6, 0},
		{"yes", stats.Goal{Target: 1}, 1, 1},
		{"no", stats.Goal{Target: 1}, 0, 0},
		{"no number", stats.Goal{Target: 1}, notNumber, 0},
		{"no number held", stats.Goal{Baseline: 1, Target: 1}, notNumber, 0},
		{"no target", stats.Goal{Target: notNumber}, 1, 0},
		{"a target without end", stats.Goal{Target: infinite}, infinite, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			near(t, "score", c.goal.Score(c.current), c.want, 1e-12)
		})
	}
}

func TestPace(t *testing.T) {
	for _, c := range []struct {
		name           string
		score, elapsed float64
		want           float64
		ok             bool
	}{
		{"on the line", .5, .5, 1, true},
		{"ahead", .6, .3, 2, true},
		{"behind", .1, .4, .25, true},
		{"at the end the score itself", .7, 1, .7, true},
		{"after the end too", .7, 1.5, .7, true},
		{"nothing done", 0, .5, 0, true},
		{"at the start", 0, 0, 0, false},
		{"before the start", 1, -.1, 0, false},
		{"too early to say", 1, 5e-324, 0, false},
		{"at no time", 1, notNumber, 0, false},
		{"no score", notNumber, .5, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := stats.Pace(c.score, c.elapsed)
			near(t, "pace", got, c.want, 1e-12)
			if ok != c.ok {
				t.Errorf("got %v, want %v", ok, c.ok)
			}
		})
	}
}

func TestObjective(t *testing.T) {
	for _, c := range []struct {
		name    string
		results []stats.Weighted
		want    float64
		ok      bool
	}{
		{"the plain mean", []stats.Weighted{{.4, 1}, {.8, 1}}, .6, true},
		{"one weighs three times as much", []stats.Weighted{{.4, 3}, {.8, 1}}, .5, true},
		{"one", []stats.Weighted{{.4, .2}}, .4, true},
		{"one without weight", []stats.Weighted{{.4, 1}, {.8, 0}}, .4, true},
		{"one with less than none", []stats.Weighted{{.4, 1}, {.8, -5}}, .4, true},
		{"one without number", []stats.Weighted{{.4, 1}, {notNumber, 1}, {1, notNumber}, {1, infinite}}, .4, true},
		{"no weight at all", []stats.Weighted{{.4, 0}, {.8, 0}}, 0, false},
		{"no key results", nil, 0, false},
		{"weights too large to add", []stats.Weighted{{1, 1e308}, {1, 1e308}}, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := stats.Objective(c.results)
			near(t, "score", got, c.want, 1e-12)
			if ok != c.ok {
				t.Errorf("got %v, want %v", ok, c.ok)
			}
		})
	}
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name                     string
		score, forecast, elapsed float64
		want                     stats.Status
	}{
		{"before it starts", 0, 0, 0, stats.NotStarted},
		{"before it starts, though the target is reached", 1, 1, -1, stats.NotStarted},
		{"at no time", 1, 1, notNumber, stats.NotStarted},
		{"reached", 1, 1, .5, stats.Met},
		{"reached, though it will not stay so", 1, .2, .5, stats.Met},
		{"will be reached", .3, 1, .5, stats.OnTrack},
		{"will be more than reached", .3, 1.4, .5, stats.OnTrack},
		{"will nearly be reached", .3, .99, .5, stats.AtRisk},
		{"will make seven tenths of the way", .3, .7, .5, stats.AtRisk},
		{"will make less", .3, .69, .5, stats.OffTrack},
		{"no forecast", .3, notNumber, .5, stats.OffTrack},
		{"over and reached", 1, 0, 1, stats.Met},
		{"over and most of the way made", .8, 1, 1, stats.AtRisk},
		{"over and not", .6, 1, 1.2, stats.OffTrack},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := stats.Judge(c.score, c.forecast, c.elapsed); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestScoreRisesTowardsTheTarget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float64Range(-1000, 1000)
		goal := stats.Goal{
			Baseline: value.Draw(t, "baseline"), Target: value.Draw(t, "target"),
			Direction: rapid.SampledFrom([]stats.Direction{stats.Increase, stats.Decrease}).Draw(t, "direction"),
		}
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		down := goal.Direction == stats.Decrease
		further, nearer := pick(down, max(a, b), min(a, b)), pick(down, min(a, b), max(a, b))
		if lo, hi := goal.Score(further), goal.Score(nearer); lo < 0 || lo > hi || hi > 1 {
			t.Fatalf("got %v at %v and %v at %v", lo, further, hi, nearer)
		}
		if got := goal.Score(goal.Target); got != 1 {
			t.Fatalf("at the target: got %v", got)
		}
		if met := pick(down, a <= goal.Target, a >= goal.Target); met != (goal.Score(a) == 1) || met != goal.Reached(a) {
			t.Fatalf("at %v: got %v, reached %v", a, goal.Score(a), met)
		}
		mirror := stats.Goal{Baseline: -goal.Baseline, Target: -goal.Target, Direction: 1 - goal.Direction}
		if got, want := mirror.Score(-a), goal.Score(a); got != want {
			t.Fatalf("mirrored: got %v, want %v", got, want)
		}
	})
}

func TestObjectiveLiesBetweenItsScores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		results := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stats.Weighted {
			return stats.Weighted{
				Score:  rapid.Float64Range(0, 1).Draw(t, "score"),
				Weight: rapid.Float64Range(.1, 10).Draw(t, "weight"),
			}
		}), 1, 9).Draw(t, "results")
		least, most := 1.0, 0.0
		for _, r := range results {
			least, most = min(least, r.Score), max(most, r.Score)
		}
		if got, ok := stats.Objective(results); !ok || got < least-1e-12 || got > most+1e-12 {
			t.Fatalf("got %v, %v; want it between %v and %v", got, ok, least, most)
		}
	})
}
