package query_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
	"github.com/trodden/trodden/metrics/stats"
)

// company is what the reference of key results answers from. It takes what was at a moment from the references of
// adoption, decisions, lifetimes and lag, and goes on as section 7 of the specification says it: no statement is asked for
// anything between the spans and the score.
type company struct {
	decided
	shop   shop
	lives  lives
	frozen []metrics.FrozenBaseline
}

// settled puts what was answered in the place of what it differs from by no more than numbers are rounded, for what hangs
// on whether two of them are equal.
func settled(want, got *float64) *float64 {
	if want == nil || got == nil || math.Abs(*want-*got) > 1e-9*max(1, math.Abs(*want)) {
		return want
	}
	return got
}

// okrs answers for every key result. Got is the answer to compare with: see settled.
func (c company) okrs(objectives []metrics.Objective, asOf metrics.Instant, got []query.OKRRow) []query.OKRRow {
	rows := []query.OKRRow{}
	for _, o := range objectives {
		first := len(rows)
		var sum, weights float64
		for _, k := range o.Results {
			said := query.OKRRow{}
			if len(got) > len(rows) {
				said = got[len(rows)]
			}
			row := c.okr(o, k, min(asOf, k.To), said)
			if row.Score != nil && k.Weight > 0 {
				sum, weights = sum+*row.Score*k.Weight, weights+k.Weight
			}
			rows = append(rows, row)
		}
		if score := sum / weights; weights > 0 {
			for i := range rows[first:] {
				rows[first+i].ObjectiveScore = &score
			}
		}
	}
	return rows
}

// okr says how a key result stands at a moment that is no later than its end.
func (c company) okr(o metrics.Objective, k metrics.KeyResult, t metrics.Instant, got query.OKRRow) query.OKRRow {
	row := query.OKRRow{
		Objective: o.Key, Key: k.Key, Target: k.Target, ObjectiveTitle: o.Title, Title: k.Title, Measure: k.Measure, Path: k.Path, Team: k.Team, Group: k.Group,
		From: k.From.Time(), To: k.To.Time(), Weight: k.Weight, Direction: heads(k), Series: []query.WeekValue{}, Notes: []string{},
		Elapsed: float64(max(t-k.From, 0)) / float64(k.To-k.From),
	}
	now := c.figure(k, t)
	row.Value, row.Lo, row.Hi = settled(now.value, got.Value), settled(now.lo, got.Lo), settled(now.hi, got.Hi)
	row.Num, row.Den, row.Reason = now.num, now.den, now.reason
	if now.small {
		row.Notes = append(row.Notes, "fewer than 5 units")
	}
	began := c.began(&row, o, k, t, got)
	figure, _ := metrics.FindFigure(k.Measure)
	if began != nil && row.Den != nil && !figure.Sums && math.Abs(float64(*row.Den-*began))/float64(*began) > 0.1 {
		row.Notes = append(row.Notes, fmt.Sprintf("denominator moved from %d to %d", *began, *row.Den))
	}
	if row.Value != nil && k.From < t && t < k.To {
		c.ahead(&row, k, t, got)
	}
	judgeOKR(&row, k, got)
	row.Guards = c.guards(k, t, got)
	return row
}

// heads is where a value is to go.
func heads(k metrics.KeyResult) metrics.Direction {
	less := []string{"retention.tried_and_left", "fragmentation", "time_to_adopt.median_days", "lag.releases_behind", "lag.days_behind"}
	switch base := k.Baseline.Value; {
	case k.Direction != "":
		return k.Direction
	case base != nil && *base != k.Target && *base > k.Target, (base == nil || *base == k.Target) && slices.Contains(less, k.Measure):
		return metrics.Down
	}
	return metrics.Up
}

// began finds the baseline, and the denominator at its moment.
func (c company) began(row *query.OKRRow, o metrics.Objective, k metrics.KeyResult, t metrics.Instant, got query.OKRRow) *int {
	note := func(format string, args ...any) { row.Notes = append(row.Notes, fmt.Sprintf(format, args...)) }
	if row.Baseline = k.Baseline.Value; row.Baseline != nil {
		if t <= k.From {
			return nil
		}
		begin := c.figure(k, k.From)
		row.BeginValue = settled(begin.value, got.BeginValue)
		return begin.den
	}
	at, day := k.Baseline.At.Time(), k.Baseline.At.Time().Format(time.DateOnly)
	row.BaselineAt = &at
	if k.Baseline.At > t {
		note("the baseline is that of %s", day)
		return nil
	}
	live := c.start(k)
	first := slices.IndexFunc(c.frozen, func(f metrics.FrozenBaseline) bool {
		return f.Objective == o.Key && f.Key == k.Key && f.Question == k.Question()
	})
	if first < 0 {
		if row.Baseline = settled(live.value, got.Baseline); live.value == nil {
			note("there is no baseline at %s: %s", day, live.reason)
		}
		return live.den
	}
	kept := c.frozen[first]
	since := kept.Frozen.Time()
	row.Baseline, row.BaselineFrozen = &kept.Value, &since
	if live.value == nil || math.Abs(*live.value-kept.Value) > 1e-9 {
		row.BaselineNow = live.value
		what := "what is known of " + day
		if kept.Definitions != 0 { // those in force
			what = "a definition"
		}
		note("%s changed since the baseline was frozen on %s", what, since.Format(time.DateOnly))
	}
	if kept.Den == 0 {
		return nil
	}
	return &kept.Den
}

// mondays are the last twelve before a moment.
func mondays(t metrics.Instant) []metrics.Instant {
	var list []metrics.Instant
	day := t.Time().Truncate(24 * time.Hour)
	for ; len(list) < 12; day = day.AddDate(0, 0, -1) {
		if day.Weekday() == time.Monday && metrics.At(day) < t {
			list = append(list, metrics.At(day))
		}
	}
	slices.Reverse(list)
	return list
}

// ahead says what the value will be if it goes on as in the last weeks.
func (c company) ahead(row *query.OKRRow, k metrics.KeyResult, t metrics.Instant, got query.OKRRow) {
	var samples []stats.Sample
	for i, monday := range mondays(t) {
		value := c.figure(k, monday).value
		if value == nil {
			continue
		}
		if n := len(row.Series); n < len(got.Series) {
			value = settled(value, &got.Series[n].Value)
		}
		row.Series = append(row.Series, query.WeekValue{Period: monday.Time().Format(time.DateOnly), Value: *value})
		samples = append(samples, stats.Sample{X: float64(i), Y: *value})
	}
	line, ok := stats.TheilSen(samples)
	if len(samples) < 8 || !ok {
		row.Notes = append(row.Notes, fmt.Sprintf("no forecast: %d of at least 8 weekly values are known", len(samples)))
		return
	}
	trend := stats.MannKendall(samples)
	row.Trend = &query.Trend{Tau: trend.Tau, P: trend.P, SlopePerWeek: line.Slope.Value}
	if trend.P >= 0.05 {
		row.Notes = append(row.Notes, fmt.Sprintf("the %d weeks that the forecast follows show no trend (p %.2f)", len(samples), trend.P))
	}
	row.Forecast = forecast(row, line.Slope, float64(k.To-t)/float64(7*metrics.Day))
}

// forecast is f ± as the comment of query.Forecast has it.
func forecast(row *query.OKRRow, slope stats.Estimate, left float64) *query.Forecast {
	figure, _ := metrics.FindFigure(row.Measure)
	possible := func(v float64) float64 {
		switch {
		case figure.Share && v > 1:
			return 1
		case !figure.Signed && v < 0:
			return 0
		}
		return v
	}
	v, l, u := *row.Value, *row.Value, *row.Value
	if row.Lo != nil {
		l, u = *row.Lo, *row.Hi
	}
	end := v + slope.Value*left
	down := math.Sqrt(math.Pow(v-l, 2) + math.Pow((slope.Value-slope.Lo)*left, 2))
	up := math.Sqrt(math.Pow(u-v, 2) + math.Pow((slope.Hi-slope.Value)*left, 2))
	f := possible(end)
	return &query.Forecast{Value: f, Lo: min(possible(end-down), possible(f-(v-l))), Hi: max(possible(end+up), possible(f+u-v))}
}

// judgeOKR gives score, pace and status.
func judgeOKR(row *query.OKRRow, k metrics.KeyResult, got query.OKRRow) {
	switch {
	case row.Elapsed == 0:
		if row.Status = stats.NotStarted; row.Reason == "" {
			row.Reason = metrics.ReasonNotStarted
		}
		return
	case row.Value == nil:
		row.Status = query.StatusUnknown
		return
	case row.Baseline == nil:
		row.Status, row.Reason = query.StatusUnknown, metrics.ReasonNoBaseline
		return
	}
	if k.Baseline.Value == nil && reachedTarget(row, *row.Baseline) {
		row.Notes = append(row.Notes, "the baseline was already at the target or beyond it: the score is 1 as long as the value is, too, else 0")
	}
	score := scoreOf(row, *row.Value)
	pace := score / row.Elapsed
	ahead := pace
	if row.Forecast != nil {
		if got.Forecast != nil {
			row.Forecast.Value = *settled(&row.Forecast.Value, &got.Forecast.Value)
		}
		ahead = scoreOf(row, row.Forecast.Value)
	}
	if row.Score, row.Pace = &score, &pace; row.Elapsed == 1 {
		ahead = score
	}
	switch {
	case score == 1:
		row.Status = stats.Met
	case ahead >= 1:
		row.Status = stats.OnTrack
	case ahead >= 0.7:
		row.Status = stats.AtRisk
	default:
		row.Status = stats.OffTrack
	}
}

func reachedTarget(row *query.OKRRow, value float64) bool {
	return value == row.Target || (value > row.Target) == (row.Direction == metrics.Up)
}

// scoreOf is the part of the way from baseline to target, all of it only where the target is reached. Where there is none to
// go, the target is held or it is not.
func scoreOf(row *query.OKRRow, value float64) float64 {
	switch {
	case reachedTarget(row, value):
		return 1
	case reachedTarget(row, *row.Baseline):
		return 0
	}
	return min(math.Max(0, (value-*row.Baseline)/(row.Target-*row.Baseline)), math.Nextafter(1, 0))
}

// guards are the figures beside a key result.
func (c company) guards(k metrics.KeyResult, t metrics.Instant, got query.OKRRow) []query.Guard {
	list := []query.Guard{{Guard: "exemptions"}, {Guard: "retention.d90"}, {Guard: "activation"}}
	begin := k.From
	if k.Baseline.Value == nil {
		begin = k.Baseline.At
	}
	k.Measure = "retention.d90"
	for i, figure := range []func(metrics.Instant) told{
		func(t metrics.Instant) told { return c.excused(k, t) }, func(t metrics.Instant) told { return c.figure(k, t) },
		func(t metrics.Instant) told { return c.activated(k, t) },
	} {
		g, now := &list[i], figure(t)
		if g.Value, g.Num, g.Den, g.Reason = now.value, now.num, now.den, now.reason; begin <= t {
			g.Baseline = figure(begin).value
		}
		if i < len(got.Guards) {
			g.Value, g.Baseline = settled(g.Value, got.Guards[i].Value), settled(g.Baseline, got.Guards[i].Baseline)
		}
		if g.Value != nil && g.Baseline != nil {
			g.Worse = i == 0 && *g.Value > *g.Baseline || i > 0 && *g.Value < *g.Baseline
		}
	}
	return list
}
