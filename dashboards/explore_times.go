package dashboards

import (
	"context"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// retention tells how many stays go on after 90 days.
func (e *exploring) retention(ctx context.Context) ([]explored, error) {
	if e.by == byPath || e.by == byOrigin {
		return e.manners(ctx)
	}
	var list []explored
	rows, err := query.RetentionBy(ctx, e.DB, e.cohort(), query.By(e.by))
	for _, r := range rows {
		list = append(list, explored{e.q.asOf, e.part(r.Row.Path, r.Label), e.stayed(r.Row).to(e.list("/stays", r.Row.Path, r.Label, ""))})
	}
	return list, err
}

// manners tells retention of all stays on each path, or of those that began in one manner.
func (e *exploring) manners(ctx context.Context) ([]explored, error) {
	var list []explored
	rows, err := query.Retention(ctx, e.DB, e.cohort())
	if e.by == byOrigin {
		e.cut = "Stays of which nobody knows how they began are in none of these; by path they are in the whole."
	}
	for _, row := range rows {
		all := row.Origin == query.AllManners
		if all != (e.by == byPath) {
			continue
		}
		part := e.known.title(row.Path)
		if !all {
			part = mannerWords(row.Origin)
		}
		list = append(list, explored{e.q.asOf, part, e.stayed(row).to(linkOf(row.Spells, e.list("/stays", row.Path, "", "", "manner", mannerName(row.Origin))))})
	}
	return list, err
}

// stayed is the share of stays that go on after 90 days.
func (e *exploring) stayed(row query.RetentionRow) figure {
	parts := "of " + plural(row.Spells, "stay", "stays")
	if row.D90 == nil {
		return e.measure.unit.newAmount(nil, nil, nil, row.Reason, parts)
	}
	return e.measure.unit.newAmount(&row.D90.S, &row.D90.Lo, &row.D90.Hi, "", parts)
}

// timeToAdopt tells after how many days half of the repositories had come.
func (e *exploring) timeToAdopt(ctx context.Context) ([]explored, error) {
	var list []explored
	add := func(row query.TimeToAdoptRow, label string) {
		f := e.measure.unit.newAmount(row.MedianDays, nil, nil, row.Reason, count(row.Adopted)+" of "+count(row.Units)+" came")
		list = append(list, explored{e.q.asOf, e.part(row.Path, label), f.to(linkOf(row.Units, e.list("/waits", row.Path, label, "")))})
	}
	if e.by == byPath {
		rows, err := query.TimeToAdopt(ctx, e.DB, e.cohort())
		for _, row := range rows {
			add(row, "")
		}
		return list, err
	}
	rows, err := query.TimeToAdoptBy(ctx, e.DB, e.cohort(), query.By(e.by))
	for _, r := range rows {
		add(r.Row, r.Label)
	}
	return list, err
}

// lag tells a figure of how far repositories lag behind, or the share of those on the newest release where none is picked. Its
// list has all whose lag is known; which version each has stands in it.
func (e *exploring) lag(ctx context.Context, pick func(query.LagPathRow) *float64) ([]explored, error) {
	var list []explored
	add := func(row query.LagPathRow, label string) {
		f := newFigure(row.OnLatest)
		if pick != nil {
			f = e.measure.unit.newAmount(pick(row), nil, nil, row.Reason, "in "+plural(row.OnLatest.Den, "repository", "repositories"))
		}
		list = append(list, explored{e.q.asOf, e.part(row.Path, label), f.to(linkOf(row.OnLatest.Den, e.list("/states", row.Path, label, "", "only", "using", "lag", "known")))})
	}
	ask := query.LagQuestion{Path: e.known.path(e.q), Team: e.known.team(e.q), Group: e.known.group(e.q), AsOf: e.q.asOf}
	if e.by == byPath {
		rows, err := query.LagByPath(ctx, e.DB, ask)
		for _, row := range rows {
			add(row, "")
		}
		return list, err
	}
	rows, err := query.LagBy(ctx, e.DB, ask, query.By(e.by))
	for _, r := range rows {
		add(r.Row, r.Label)
	}
	return list, err
}

// friction tells the median of those on each path.
func (e *exploring) friction(ctx context.Context, m query.FrictionMeasure) ([]explored, error) {
	var list []explored
	rows, err := query.Friction(ctx, e.DB, query.FrictionQuestion{CohortQuestion: e.cohort(), Measure: m})
	for _, row := range rows {
		if row.Group != query.Using {
			continue
		}
		parts, why := "", row.Reason
		if row.N != nil {
			parts = "of " + count(*row.N)
		} else if row.MedianHours == nil && why == "" {
			why = metrics.ReasonSmallGroup
		}
		f := e.measure.unit.newAmount(row.MedianHours, row.MedianBetween.Lo, row.MedianBetween.Hi, why, parts)
		href := e.q.link("/friction", whose, "path", string(row.Path)) + "#measure-" + string(m)
		if len(m.Sides()) > 0 && row.N != nil && *row.N > 0 {
			href = e.q.link("/friction/units", whose, "path", string(row.Path), "measure", string(m), "only", string(query.Using))
		}
		list = append(list, explored{e.q.asOf, e.known.title(row.Path), f.to(href)})
	}
	return list, err
}
