package query_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
	"github.com/trodden/trodden/metrics/stats"
)

// objective: key of the objective, key of the result. The baseline is a number or a date.
func (w *world) objective(l line) {
	k := metrics.KeyResult{
		Key: l.words[1], Title: l.words[1], Measure: strings.ReplaceAll(l.named["measure"], " ", "_"), Path: metrics.PathKey(l.named["path"]),
		Team: metrics.TeamKey(l.named["team"]), Group: l.named["group"], Target: l.real("target"), From: l.moment("from"), To: l.moment("to"), Weight: 1,
		Direction: metrics.Direction(l.named["direction"]),
	}
	if l.named["weight"] != "" {
		k.Weight = l.real("weight")
	}
	if value, err := strconv.ParseFloat(l.named["baseline"], 64); err == nil {
		k.Baseline.Value = &value
	} else {
		k.Baseline.At = l.moment("baseline")
	}
	last := len(w.goals) - 1
	if last < 0 || w.goals[last].Key != l.words[0] {
		w.goals = append(w.goals, metrics.Objective{Key: l.words[0], Title: strings.ToUpper(l.words[0])})
		last++
	}
	w.goals[last].Results = append(w.goals[last].Results, k)
}

func (l line) real(key string) float64 {
	f, err := strconv.ParseFloat(l.named[key], 64)
	if err != nil {
		l.w.t.Fatal(err)
	}
	return f
}

// baseline: key of the objective, key of the result, which are defined before it.
func (w *world) baseline(l line) {
	for _, o := range w.goals {
		for _, k := range o.Results {
			if o.Key == l.words[0] && k.Key == l.words[1] {
				w.begun = append(w.begun, metrics.FrozenBaseline{
					Objective: o.Key, Key: k.Key, Question: k.Question(), At: k.Baseline.At, Value: l.real("value"), Num: l.number("num"),
					Den: l.number("den"), Definitions: uint64(l.number("definitions")), Frozen: l.moment("frozen"),
				})
			}
		}
	}
}

func askOKRs(w *world, db *clickhouse.DB, l line) (any, error) {
	return query.OKRs(w.t.Context(), db, l.goals(), l.moment("as_of"))
}

// askGuards tells of each key result nothing but its guards.
func askGuards(w *world, db *clickhouse.DB, l line) (any, error) {
	type guarded struct {
		Key    string        `json:"key"`
		Guards []query.Guard `json:"guards"`
	}
	rows, err := query.OKRs(w.t.Context(), db, l.goals(), l.moment("as_of"))
	list := make([]guarded, len(rows))
	for i, r := range rows {
		list[i] = guarded{r.Key, r.Guards}
	}
	return list, err
}

func askDueBaselines(w *world, db *clickhouse.DB, l line) (any, error) {
	due, err := query.DueBaselines(w.t.Context(), db, l.goals(), 5, l.moment("as_of"), l.moment("as_of"))
	for i := range due {
		due[i].Question = 0 // a fingerprint says nothing to a reader
	}
	return due, err
}

// goals are the objectives of the case, or the one that is named.
func (l line) goals() []metrics.Objective {
	return slices.DeleteFunc(slices.Clone(l.w.goals), func(o metrics.Objective) bool {
		return l.named["objective"] != "" && o.Key != l.named["objective"]
	})
}

// TestEveryFigureIsMeasured holds the list of figures to what can be got at: what has no value says why.
func TestEveryFigureIsMeasured(t *testing.T) {
	db := openStore(t)
	w := readWorld(t, nil)
	w.write(db)
	var all metrics.Objective
	for _, f := range metrics.Figures() {
		all.Results = append(all.Results, metrics.KeyResult{Key: f.Name, Measure: f.Name, From: at("2024-01-01"), To: at("2024-07-01")})
	}
	rows, err := query.OKRs(t.Context(), db, []metrics.Objective{all}, at("2024-03-01"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		family, _, _ := strings.Cut(row.Measure, ".")
		notYet := family == "catalog" || row.Measure == "friction.maintenance.upkeep" // no changes are known
		if (row.Reason == metrics.ReasonNotMeasured) != notYet || row.Reason == "" {
			t.Errorf("%s: got reason %q", row.Measure, row.Reason)
		}
	}
}

// TestQuestionsOfBaselines says which changes of a key result make its baseline another one.
func TestQuestionsOfBaselines(t *testing.T) {
	base := metrics.KeyResult{
		Key: "k", Measure: "adoption.teams.total", Path: "ci", Target: 0.4, From: at("2024-01-01"), To: at("2024-07-01"), Weight: 1,
		Baseline: metrics.Baseline{At: at("2024-01-01")},
	}
	for _, c := range []struct {
		name   string
		change func(*metrics.KeyResult)
		want   bool
	}{
		{"title", func(k *metrics.KeyResult) { k.Title = "other" }, true},
		{"target", func(k *metrics.KeyResult) { k.Target = 0.5 }, true},
		{"weight", func(k *metrics.KeyResult) { k.Weight = 2 }, true},
		{"direction", func(k *metrics.KeyResult) { k.Direction = metrics.Down }, true},
		{"end", func(k *metrics.KeyResult) { k.To = at("2024-08-01") }, true},
		{"measure", func(k *metrics.KeyResult) { k.Measure = "adoption.teams.gross" }, false},
		{"path", func(k *metrics.KeyResult) { k.Path = "" }, false},
		{"team", func(k *metrics.KeyResult) { k.Team = "a" }, false},
		{"group", func(k *metrics.KeyResult) { k.Group = "a" }, false},
		{"date", func(k *metrics.KeyResult) { k.Baseline.At++ }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := base
			c.change(&changed)
			if got := changed.Question() == base.Question(); got != c.want {
				t.Errorf("the same question: got %v, want %v", got, c.want)
			}
		})
	}
}

// grid is the step of random moments: what is asked once more for the same moment is kept.
const grid = 28 * metrics.Day

// drawGoals makes up objectives about the world of testdata/okrs.txtar.
func drawGoals(r *rapid.T) []metrics.Objective {
	goals := make([]metrics.Objective, rapid.IntRange(1, 3).Draw(r, "objectives"))
	for i := range goals {
		goals[i].Key = fmt.Sprint("o", i)
		for j := range rapid.IntRange(1, 2).Draw(r, "results") {
			from := at("2024-05-01") + metrics.Instant(rapid.IntRange(0, 7).Draw(r, "from"))*grid
			k := metrics.KeyResult{
				Key: fmt.Sprint("k", j), Measure: rapid.SampledFrom(metrics.Figures()).Draw(r, "figure").Name,
				Path: rapid.SampledFrom([]metrics.PathKey{"", "ci", "image", "legacy"}).Draw(r, "path"),
				Team: rapid.SampledFrom([]metrics.TeamKey{"", "", "web"}).Draw(r, "team"), Target: rapid.Float64Range(0, 1).Draw(r, "target"),
				From: from, To: from + metrics.Instant(rapid.IntRange(1, 7).Draw(r, "length"))*grid, Weight: rapid.Float64Range(0.1, 3).Draw(r, "weight"),
			}
			k.Direction = rapid.SampledFrom([]metrics.Direction{"", metrics.Up, metrics.Down}).Draw(r, "direction")
			if k.Baseline.At = from; rapid.Bool().Draw(r, "number") {
				value := rapid.Float64Range(0, 1).Draw(r, "baseline")
				k.Baseline = metrics.Baseline{Value: &value}
			}
			goals[i].Results = append(goals[i].Results, k)
		}
	}
	return goals
}

// TestOKRsHoldTogether asks for random objectives: scores are shares, what is not known says why, forecasts are
// where values can be, and the order of objectives changes nothing but the order of rows.
func TestOKRsHoldTogether(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/okrs.txtar")
	if err != nil {
		t.Fatal(err)
	}
	db := openStore(t)
	readWorld(t, archive.Files).write(db)
	kept := query.NewCache(db, at("2025-01-01").Time) // rapid asks the same again and again
	rapid.Check(t, func(r *rapid.T) {
		goals := drawGoals(r)
		now := at("2024-05-01") + metrics.Instant(rapid.IntRange(0, 14).Draw(r, "now"))*grid
		rows, err := query.OKRs(t.Context(), kept, goals, now)
		if err != nil {
			r.Fatal(err)
		}
		for _, row := range rows {
			for _, fault := range faults(row) {
				r.Errorf("%s: %+v", fault, row)
			}
		}
		slices.Reverse(goals)
		turned, err := query.OKRs(t.Context(), kept, goals, now)
		if err != nil {
			r.Fatal(err)
		}
		byObjective := func(a, b query.OKRRow) int { return strings.Compare(a.Objective, b.Objective) }
		slices.SortStableFunc(turned, byObjective)
		slices.SortStableFunc(rows, byObjective)
		if diff := cmp.Diff(turned, rows); diff != "" {
			r.Errorf("objectives in another order, -got +want\n%s", diff)
		}
	})
}

// faults lists what no row may be.
func faults(r query.OKRRow) []string {
	var list []string
	fault := func(is bool, what string) {
		if is {
			list = append(list, what)
		}
	}
	share := func(v *float64) bool { return v == nil || *v >= 0 && *v <= 1 }
	figure, _ := metrics.FindFigure(r.Measure)
	fault(!share(r.Score) || !share(r.ObjectiveScore) || !share(&r.Elapsed), "score out of range")
	fault(figure.Share && !share(r.Value), "value out of range")
	fault(r.Pace != nil && (math.IsInf(*r.Pace, 0) || *r.Pace < 0), "pace out of range")
	fault((r.Score == nil) != (r.Reason != ""), "score and reason")
	fault(r.Score != nil && (r.Value == nil || r.Baseline == nil), "score of nothing")
	fault((r.Status == stats.NotStarted) != (r.Elapsed == 0), "begin")
	fault((r.Status == query.StatusUnknown) != (r.Elapsed > 0 && r.Score == nil), "unknown")
	fault((r.Status == stats.Met) != (r.Score != nil && *r.Score == 1), "met")
	fault(r.Score != nil && (*r.Score == 1) != atTarget(r), "score and target")
	fault((r.Trend == nil) != (r.Forecast == nil), "trend and forecast")
	fault(r.Trend != nil && !(math.Abs(r.Trend.Tau) <= 1 && share(&r.Trend.P)), "trend out of range")
	if f := r.Forecast; f != nil {
		fault(r.Lo != nil && figure.Share && f.Hi-f.Lo < min(*r.Hi-*r.Value, 1-f.Value)+min(*r.Value-*r.Lo, f.Value)-1e-9, "surer of the end than of now")
		fault(len(r.Series) < 8 || len(r.Series) > 12, "too few or many weeks")
		fault(f.Lo > f.Value || f.Value > f.Hi || f.Lo < 0 && !figure.Signed || figure.Share && f.Hi > 1, "forecast out of range")
		fault(r.Elapsed == 0 || r.Elapsed == 1, "nothing to forecast")
	}
	return list
}

// atTarget reports whether a value is at the target or on the good side of it.
func atTarget(r query.OKRRow) bool {
	if r.Direction == metrics.Down {
		return *r.Value <= r.Target
	}
	return *r.Value >= r.Target
}

// TestDirections says where key results are to go. What is measured at the begin has no say in it.
func TestDirections(t *testing.T) {
	number := func(f float64) metrics.Baseline { return metrics.Baseline{Value: &f} }
	measured := metrics.Baseline{At: at("2024-01-01")}
	for _, c := range []struct {
		name     string
		measure  string
		baseline metrics.Baseline
		given    metrics.Direction
		want     metrics.Direction
	}{
		{"more is better", "retention.d90", measured, "", metrics.Up},
		{"less is better: days behind", "lag.days_behind", measured, "", metrics.Down},
		{"less is better: leaving", "retention.tried_and_left", measured, "", metrics.Down},
		{"less is better: ways", "fragmentation", measured, "", metrics.Down},
		{"less is better: waiting", "time_to_adopt.median_days", measured, "", metrics.Down},
		{"the latest is better", "lag.latest", measured, "", metrics.Up},
		{"a number below the target", "lag.days_behind", number(0.1), "", metrics.Up},
		{"a number above the target", "retention.d90", number(0.9), "", metrics.Down},
		{"a number at the target", "retention.d90", number(0.5), "", metrics.Up},
		{"a number at the target, less is better", "fragmentation", number(0.5), "", metrics.Down},
		{"as configured", "retention.d90", measured, metrics.Down, metrics.Down},
		{"as configured, though less is better", "fragmentation", measured, metrics.Up, metrics.Up},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := metrics.KeyResult{Measure: c.measure, Baseline: c.baseline, Target: 0.5, Direction: c.given}
			if got := k.Heads(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
