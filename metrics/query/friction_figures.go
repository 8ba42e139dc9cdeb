package query

import (
	"context"
	"net/url"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// medianFriction is the median of a row, p90Friction what nine tenths do not exceed, frictionRatio the median through that
// of those who do not use the path.
func medianFriction(r FrictionRow) measured {
	return r.reached(measured{Value: r.MedianHours, Lo: r.MedianBetween.Lo, Hi: r.MedianBetween.Hi})
}

func p90Friction(r FrictionRow) measured {
	return r.reached(measured{Value: r.P90Hours, Lo: r.P90Between.Lo, Hi: r.P90Between.Hi})
}

func frictionRatio(r FrictionRow) measured { return r.reached(measured{Value: r.RatioToOther}) }

// reached says of a figure without value why there is none.
func (r FrictionRow) reached(m measured) measured {
	if m.Value != nil {
		return m
	}
	if r.Reason == "" {
		return unmeasured(metrics.ReasonNotReached)
	}
	return unmeasured(r.Reason)
}

// recentFriction reports whether of a measure the last weeks count for key results: what happens, rather than how long
// something takes from its begin.
func recentFriction(m FrictionMeasure) bool {
	return m == Pipelines || m == Recovery || m == Maintenance
}

// frictionRows returns the rows of one group by one measure, as key results count them at a moment.
func frictionRows(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant, m FrictionMeasure, group FrictionGroup) ([]FrictionRow, error) {
	q := FrictionQuestion{CohortQuestion{Path: k.Path, Team: k.Team, Group: k.Group, AsOf: t}, m}
	if recentFriction(m) {
		q.From = max(t-besideJoin, metrics.Beginning)
	}
	rows, err := Friction(ctx, db, q)
	var of []FrictionRow
	for _, r := range rows {
		if r.Group == group {
			of = append(of, r)
		}
	}
	return of, err
}

// frictionOfOne is a figure of those that use one path.
func frictionOfOne(m FrictionMeasure, pick func(FrictionRow) measured) func(context.Context, DB, metrics.KeyResult, metrics.Instant) (measured, error) {
	return func(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) (measured, error) {
		rows, err := frictionRows(ctx, db, k, t, m, Using)
		return ofOne(rows, pick), err
	}
}

// succeeded is the share of runs that succeeded, of all paths together.
func succeeded(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) (measured, error) {
	rows, err := frictionRows(ctx, db, k, t, Pipelines, Using)
	return measuredRate(pooled(rows, func(r FrictionRow) Rate { return *r.Success })), err
}

// maintained is the share of upkeep in what platform teams do, whatever the path.
func maintained(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) (measured, error) {
	rows, err := frictionRows(ctx, db, k, t, Maintenance, AllAuthors)
	return measuredRate(pooled(rows, func(r FrictionRow) Rate { return r.Work.Upkeep })), err
}

// behindFriction asks for the rows that a figure of key results is in, and of new repositories for those themselves.
func behindFriction(params url.Values, figure string, at metrics.Instant) {
	m := FrictionMeasure(strings.Split(figure, ".")[1])
	if figure == "friction.pipeline.recovery" {
		m = Recovery
	}
	params.Set("measure", string(m))
	switch {
	case recentFriction(m):
		params.Set("from", max(at-besideJoin, metrics.Beginning+1).String())
	case m == ScaffoldLead:
		params.Set("detail", "units")
	}
}
