package query

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

// week is the step of the series that a forecast follows.
const week = 7 * metrics.Day

// How many weekly values a forecast follows.
const (
	fewestWeeks = 8
	mostWeeks   = 12
)

// significant is the p-value below which a change or a trend is more than chance may make.
const significant = 0.05

// movedBy is the part by which a denominator has to change for it to be told.
const movedBy = 0.1

// evaluation makes the row of a key result.
type evaluation struct {
	db  DB
	k   metrics.KeyResult
	at  metrics.Instant // the moment asked about, at most the end
	row OKRRow

	most *float64 // what the value could be, where something is not known
}

func (e *evaluation) run(ctx context.Context, frozen map[baselineKey]frozenBaseline) error {
	value, err := measureAt(ctx, e.db, e.k, e.at)
	if err != nil {
		return err
	}
	e.row.Value, e.row.Num, e.row.Den, e.row.Lo, e.row.Hi, e.row.Reason = value.Value, value.Num, value.Den, value.Lo, value.Hi, value.Reason
	e.most = value.Most
	if value.Small {
		e.note("fewer than %d units", smallBelow)
	}
	begin, err := e.begin(ctx, frozen)
	if err != nil {
		return err
	}
	e.row.Baseline = begin.Value
	e.moved(begin.Den)
	if err := e.forecast(ctx); err != nil {
		return err
	}
	e.judge()
	e.row.Guards, err = guards(ctx, e.db, e.k, e.started(), e.at)
	return err
}

func (e *evaluation) note(format string, args ...any) {
	e.row.Notes = append(e.row.Notes, fmt.Sprintf(format, args...))
}

// figure is what the key result measures.
func (e *evaluation) figure() metrics.Figure {
	f, _ := metrics.FindFigure(e.k.Measure)
	return f
}

// started is the moment with which guards are compared: that of the baseline, or else the begin.
func (e *evaluation) started() metrics.Instant {
	if e.k.Baseline.Value == nil {
		return e.k.Baseline.At
	}
	return e.k.From
}

// begin finds the baseline. Where that is a number, only what is measured at the begin beside it.
func (e *evaluation) begin(ctx context.Context, frozen map[baselineKey]frozenBaseline) (measured, error) {
	base := e.k.Baseline
	if base.Value != nil {
		begin := measured{}
		if e.at > e.k.From {
			var err error
			if begin, err = measureAt(ctx, e.db, e.k, e.k.From); err != nil {
				return begin, err
			}
		}
		e.row.BeginValue, begin.Value = begin.Value, base.Value
		return begin, nil
	}
	at := moment(base.At)
	e.row.BaselineAt = &at
	if base.At > e.at {
		e.note("the baseline is that of %s", dayOf(base.At))
		return measured{}, nil
	}
	told, err := measureBaseline(ctx, e.db, e.k)
	if err != nil {
		return told, err
	}
	kept, ok := frozen[baselineKey{e.row.Objective, e.row.Key, e.k.Question()}]
	if !ok {
		if told.Value == nil {
			e.note("there is no baseline at %s: %s", dayOf(base.At), told.Reason)
		}
		return told, nil
	}
	e.compare(kept, told)
	return kept.measured, nil
}

// compare tells where a frozen baseline is not what would be told now.
func (e *evaluation) compare(kept frozenBaseline, told measured) {
	since := moment(kept.at)
	e.row.BaselineFrozen = &since
	if told.Value != nil && *told.Value == *kept.Value {
		return
	}
	e.row.BaselineNow = told.Value
	what := "what is known of " + dayOf(e.k.Baseline.At)
	if !kept.same {
		what = "a definition"
	}
	e.note("%s changed since the baseline was frozen on %s", what, dayOf(kept.at))
}

// moved notes a denominator that is not what it was at the begin.
func (e *evaluation) moved(before *int) {
	if before == nil || e.row.Den == nil || e.figure().Sums {
		return
	}
	was, is := float64(*before), float64(*e.row.Den)
	if max(was-is, is-was) > movedBy*was {
		e.note("denominator moved from %d to %d", *before, *e.row.Den)
	}
}

// forecast says what the value will be at the end, if it goes on from now as in the last weeks. Weeks before the
// begin count: a trend does not begin with the key result that is to move it.
func (e *evaluation) forecast(ctx context.Context) error {
	if e.row.Value == nil || e.at >= e.k.To || e.at <= e.k.From {
		return nil
	}
	weeks, err := Week.Periods(max(e.at-1-(mostWeeks-1)*week, metrics.Beginning), e.at)
	if err != nil {
		return err
	}
	values, err := measureEach(ctx, e.db, e.k, weeks)
	if err != nil {
		return err
	}
	var samples []stats.Sample
	for i, v := range values {
		if v.Value != nil {
			samples = append(samples, stats.Sample{X: float64(weeks[i]) / float64(week), Y: *v.Value})
			e.row.Series = append(e.row.Series, WeekValue{dayOf(weeks[i]), *v.Value})
		}
	}
	line, ok := stats.TheilSen(samples)
	if len(samples) < fewestWeeks || !ok {
		e.note("no forecast: %d of at least %d weekly values are known", len(samples), fewestWeeks)
		return nil
	}
	e.follow(line.Slope, stats.MannKendall(samples))
	return nil
}

// follow goes on from the value along a slope, and says how much of a trend there is to follow.
func (e *evaluation) follow(slope stats.Estimate, trend stats.Trend) {
	e.row.Trend = &Trend{Tau: trend.Tau, P: trend.P, SlopePerWeek: slope.Value}
	if trend.P >= significant {
		e.note("the %d weeks that the forecast follows show no trend (p %.2f)", len(e.row.Series), trend.P)
	}
	value, left := *e.row.Value, float64(e.k.To-e.at)/float64(week)
	below, above := 0., 0.
	if e.row.Lo != nil && e.row.Hi != nil {
		below, above = max(value-*e.row.Lo, 0), max(*e.row.Hi-value, 0)
	}
	end := value + slope.Value*left
	cut := e.within(end)
	e.row.Forecast = &Forecast{
		Value: cut,
		Lo:    min(e.within(end-math.Hypot(below, (slope.Value-slope.Lo)*left)), e.within(cut-below)),
		Hi:    max(e.within(end+math.Hypot(above, (slope.Hi-slope.Value)*left)), e.within(cut+above)),
	}
}

// within keeps a value where it can be: a share between 0 and 1, and few figures below 0.
func (e *evaluation) within(v float64) float64 {
	figure := e.figure()
	if figure.Share {
		v = min(v, 1)
	}
	if figure.Signed {
		return v
	}
	return max(v, 0)
}

// judge gives score, pace and status, or says why there are none.
func (e *evaluation) judge() {
	e.row.Elapsed = elapsed(e.k, e.at)
	switch {
	case e.row.Elapsed == 0:
		e.row.Status = stats.NotStarted
		if e.row.Reason == "" {
			e.row.Reason = metrics.ReasonNotStarted
		}
		return
	case e.row.Value != nil && e.row.Baseline == nil:
		e.row.Reason = metrics.ReasonNoBaseline
	}
	if e.row.Reason != "" {
		e.row.Status = StatusUnknown
		return
	}
	goal := e.row.goal()
	if e.k.Baseline.Value == nil && goal.Reached(goal.Baseline) {
		e.note("the baseline was already at the target or beyond it: the score is 1 as long as the value is, too, else 0")
	}
	score, pace, status := e.stands(goal, 0)
	if e.most != nil {
		e.note("up to %g, if what is not known were so", *e.most)
		if _, _, other := e.stands(goal, *e.most-*e.row.Value); other != status {
			e.row.Status, e.row.Reason = StatusUnknown, metrics.ReasonUncertain
			return
		}
	}
	e.row.Score, e.row.Pace, e.row.Status = &score, pace, status
}

// stands judges the value, with its forecast, as if there were so many more.
func (e *evaluation) stands(goal stats.Goal, more float64) (score float64, pace *float64, status stats.Status) {
	score = goal.Score(*e.row.Value + more)
	if p, ok := stats.Pace(score, e.row.Elapsed); ok {
		pace = &p
	}
	return score, pace, stats.Judge(score, ahead(goal, score, pace, e.row.Forecast, more), e.row.Elapsed)
}

// ahead is the score that is to be expected at the end: by the forecast, as if there were so many more, or else by the pace.
func ahead(goal stats.Goal, score float64, pace *float64, forecast *Forecast, more float64) float64 {
	switch {
	case forecast != nil:
		return goal.Score(forecast.Value + more)
	case pace != nil:
		return *pace
	}
	return score
}

// AtRiskFrom is the score expected at the end from which a key result that will not be met is at risk rather than off track.
const AtRiskFrom = stats.AtRiskFrom

// Ahead returns the score that is to be expected at the end, by which the status is told before the end; ok is false where nothing is
// scored.
func (r OKRRow) Ahead() (score float64, ok bool) {
	if r.Score == nil || r.Baseline == nil {
		return 0, false
	}
	return ahead(r.goal(), *r.Score, r.Pace, r.Forecast, 0), true
}

// goal is the way from the baseline, which has to be known, to the target.
func (r OKRRow) goal() stats.Goal {
	goal := stats.Goal{Baseline: *r.Baseline, Target: r.Target}
	if r.Direction == metrics.Down {
		goal.Direction = stats.Decrease
	}
	return goal
}

// elapsed is the part of a key result's time that is over, between 0 and 1.
func elapsed(k metrics.KeyResult, t metrics.Instant) float64 {
	switch {
	case t <= k.From:
		return 0
	case t >= k.To:
		return 1
	}
	return float64(t-k.From) / float64(k.To-k.From)
}

// guards returns the figures beside a key result, now and at its begin: how many units are excused, how many stays
// last, and how much of what uses the path runs.
func guards(ctx context.Context, db DB, k metrics.KeyResult, begin, now metrics.Instant) ([]Guard, error) {
	list := []Guard{{Guard: "exemptions"}, {Guard: "retention.d90"}, {Guard: "activation"}}
	for i, get := range []measure{excused, measures()["retention.d90"], activated} {
		value, err := get(ctx, db, k, []metrics.Instant{now})
		if err != nil {
			return nil, err
		}
		list[i].Value, list[i].Num, list[i].Den, list[i].Reason = value[0].Value, value[0].Num, value[0].Den, value[0].Reason
		list[i].Behind = rowsBehindGuard(list[i].Guard, k, now)
		if begin > now {
			continue
		}
		if value, err = get(ctx, db, k, []metrics.Instant{begin}); err != nil {
			return nil, err
		}
		list[i].Baseline = value[0].Value
	}
	list[0].Worse = rises(list[0].Baseline, list[0].Value)
	list[1].Worse = rises(list[1].Value, list[1].Baseline)
	list[2].Worse = rises(list[2].Value, list[2].Baseline)
	return list, nil
}

// excused counts the active units with an exemption in force.
func excused(ctx context.Context, db DB, k metrics.KeyResult, moments []metrics.Instant) ([]measured, error) {
	rows, err := adoptionOfUnits(ctx, db, AdoptionQuestion{Path: k.Path, Team: k.Team, Group: k.Group, AsOf: moments[0]})
	if err != nil || len(rows) == 0 {
		return []measured{unmeasured(metrics.ReasonNotRead)}, err
	}
	n := 0.0
	for _, row := range rows {
		n += float64(row.States.Exempt)
	}
	return []measured{{Value: &n}}, nil
}

// rises reports whether the second of two values is known to be above the first.
func rises(from, to *float64) bool { return from != nil && to != nil && *to > *from }

func dayOf(t metrics.Instant) string { return moment(t).Format(time.DateOnly) }
