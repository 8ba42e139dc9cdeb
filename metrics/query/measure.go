package query

import (
	"context"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// measured is what a figure was at a moment: a value, or the reason why there is none. Num and Den are those of
// proportions, Lo and Hi the 95 % interval of figures that have one. Most is what a count would be if it held of all of
// which that is not known; nil where all is known.
type measured struct {
	Value  *float64
	Num    *int
	Den    *int
	Lo     *float64
	Hi     *float64
	Most   *float64
	Small  bool // a proportion of fewer than 5 units, or of weights that tell no more than so many
	Reason metrics.Reason
}

// unmeasured is a figure without value.
func unmeasured(reason metrics.Reason) measured { return measured{Reason: reason} }

// measuredRate is a proportion as a figure.
func measuredRate(r Rate) measured {
	if r.Rate == nil {
		return unmeasured(r.Reason)
	}
	return measured{Value: r.Rate, Num: &r.Num, Den: &r.Den, Lo: r.Lo, Hi: r.Hi, Small: r.Small}
}

// measure gets the values that the measure of a key result had for its path, team and group at moments: at one,
// or at the begins of consecutive weeks. Without a path a proportion is that of all paths together, the
// numerators through the denominators added up: whoever is on two paths counts twice. What is no proportion
// cannot be added up and has no value where there are several paths.
type measure func(ctx context.Context, db DB, k metrics.KeyResult, moments []metrics.Instant) ([]measured, error)

// measures lists how to get at what key results can name. A figure that is not among them is not measured yet.
func measures() map[string]measure {
	return map[string]measure{
		"adoption.teams.voluntary":          adopted(func(r AdoptionRow) Rate { return r.Teams.Voluntary }),
		"adoption.teams.total":              adopted(func(r AdoptionRow) Rate { return r.Teams.Total }),
		"adoption.teams.gross":              adopted(func(r AdoptionRow) Rate { return r.Teams.Gross }),
		"adoption.teams.weighted.voluntary": weighed(func(r AdoptionRow) WeightedRate { return r.Teams.Weighted.Voluntary }),
		"adoption.teams.weighted.total":     weighed(func(r AdoptionRow) WeightedRate { return r.Teams.Weighted.Total }),
		"adoption.teams.weighted.gross":     weighed(func(r AdoptionRow) WeightedRate { return r.Teams.Weighted.Gross }),
		"adoption.repos.voluntary":          adoptedByUnits(func(r unitAdoption) Rate { return r.Repos.Voluntary }),
		"adoption.repos.total":              adoptedByUnits(func(r unitAdoption) Rate { return r.Repos.Total }),
		"adoption.repos.gross":              adoptedByUnits(func(r unitAdoption) Rate { return r.Repos.Gross }),
		"adoption.pull":                     each(pulled),
		"flow.voluntary":                    each(flowed),
		"flow.net":                          each(netted),
		"fragmentation":                     fragmented,
		"time_to_adopt.median_days":         each(awaited),
		"retention.returned":                each(returned),
		"retention.d90":                     each(retained(stayed)),
		"retention.tried_and_left":          each(retained(triedAndLeft)),
		"retention.median_days":             each(retained(medianStay)),
		"lag.latest":                        each(latest),
		"lag.releases_behind":               each(behind(func(r LagPathRow) *float64 { return r.ReleasesBehind.Median })),
		"lag.days_behind":                   each(behind(func(r LagPathRow) *float64 { return r.DaysBehind.Median })),
		"friction.scaffold.median":          each(frictionOfOne(ScaffoldLead, medianFriction)),
		"friction.scaffold.p90":             each(frictionOfOne(ScaffoldLead, p90Friction)),
		"friction.scaffold.ratio":           each(frictionOfOne(ScaffoldLead, frictionRatio)),
		"friction.pipeline.success":         each(succeeded),
		"friction.pipeline.median":          each(frictionOfOne(Pipelines, medianFriction)),
		"friction.pipeline.p90":             each(frictionOfOne(Pipelines, p90Friction)),
		"friction.pipeline.recovery":        each(frictionOfOne(Recovery, medianFriction)),
		"friction.tenth_pull.median":        each(frictionOfOne(TenthPull, medianFriction)),
		"friction.tenth_pull.p90":           each(frictionOfOne(TenthPull, p90Friction)),
		"friction.tenth_pull.ratio":         each(frictionOfOne(TenthPull, frictionRatio)),
		"friction.maintenance.upkeep":       each(maintained),
		"catalog.freshness":                 catalogued(catalogRate("fresh", func(r CatalogRow) Rate { return r.Fresh })),
		"catalog.coverage":                  catalogued(catalogBest("coverage", func(r CatalogRow) Rate { return r.Coverage })),
		"catalog.owners":                    catalogued(catalogRate("owners", func(r CatalogRow) Rate { return r.Owners })),
		"catalog.ghosts":                    catalogued(catalogGhosts),
		"catalog.dark":                      catalogued(catalogDark),
		"catalog.half_life":                 catalogued(catalogHalfLife),
	}
}

// measureAt returns the value of a key result's measure at one moment.
func measureAt(ctx context.Context, db DB, k metrics.KeyResult, at metrics.Instant) (measured, error) {
	list, err := measureEach(ctx, db, k, []metrics.Instant{at})
	if err != nil {
		return measured{}, err
	}
	return list[0], nil
}

// measureEach returns the values at moments, as measure has them.
func measureEach(ctx context.Context, db DB, k metrics.KeyResult, moments []metrics.Instant) ([]measured, error) {
	get := measures()[k.Measure]
	if get == nil {
		return slices.Repeat([]measured{unmeasured(metrics.ReasonNotMeasured)}, len(moments)), nil
	}
	return get(ctx, db, k, moments)
}

// each is a measure that is asked for moment by moment.
func each(at func(context.Context, DB, metrics.KeyResult, metrics.Instant) (measured, error)) measure {
	return func(ctx context.Context, db DB, k metrics.KeyResult, moments []metrics.Instant) ([]measured, error) {
		list := make([]measured, len(moments))
		for i, t := range moments {
			var err error
			if list[i], err = at(ctx, db, k, t); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
}

// adopted is one of the rates of adoption.
func adopted(pick func(AdoptionRow) Rate) measure {
	return adoptedAs(Adoption, func(rows []AdoptionRow) measured { return measuredRate(pooled(rows, pick)) })
}

// adoptedByUnits is one of the rates of adoption that teams have no part in.
func adoptedByUnits(pick func(unitAdoption) Rate) measure {
	return adoptedAs(adoptionOfUnits, func(rows []unitAdoption) measured { return measuredRate(pooled(rows, pick)) })
}

// unitAdoption is what a row of adoption says of units.
type unitAdoption struct {
	Repos  Rates
	States StateCounts
}

// unitsOnly is a question of adoption that is not about teams.
type unitsOnly struct{ AdoptionQuestion }

// adoptionOfUnits returns what Adoption says of units. It does without judging teams.
func adoptionOfUnits(ctx context.Context, db DB, q AdoptionQuestion) ([]unitAdoption, error) {
	return answered(ctx, db, unitsOnly{q}, func() ([]unitAdoption, error) {
		rows := []unitAdoption{}
		a, err := newAdoption(ctx, db, q, ofUnits)
		if err != nil {
			return nil, err
		}
		a.each(func(c cell, path PathRow) {
			row := a.row(c, path)
			rows = append(rows, unitAdoption{row.Repos, row.States})
		})
		return rows, nil
	})
}

// weighed is one of the rates of adoption with weights.
func weighed(pick func(AdoptionRow) WeightedRate) measure {
	return adoptedAs(Adoption, func(rows []AdoptionRow) measured {
		r := pooledWeights(rows, pick)
		return measured{Value: r.Rate, Lo: r.Lo, Hi: r.Hi, Small: r.Rate != nil && r.Small, Reason: r.Reason}
	})
}

// adoptedAs is a figure made of the adoption of each path. Weeks are one question.
func adoptedAs[R any](ask func(context.Context, DB, AdoptionQuestion) ([]R, error), figure func([]R) measured) measure {
	return func(ctx context.Context, db DB, k metrics.KeyResult, moments []metrics.Instant) ([]measured, error) {
		rows, err := ask(ctx, db, questionOf(k, moments))
		return byMoment(rows, moments, figure), err
	}
}

// questionOf asks for the moments of a key result: one, or a series of weeks.
func questionOf(k metrics.KeyResult, moments []metrics.Instant) AdoptionQuestion {
	q := AdoptionQuestion{Path: k.Path, Team: k.Team, Group: k.Group, AsOf: moments[0]}
	if last := moments[len(moments)-1]; len(moments) > 1 {
		q.Interval, q.From, q.To, q.AsOf = Week, moments[0], last+1, last
	}
	return q
}

// byMoment makes a figure of the rows of each moment: as many for each, one a path.
func byMoment[R any](rows []R, moments []metrics.Instant, figure func([]R) measured) []measured {
	list := make([]measured, len(moments))
	paths := len(rows) / len(moments)
	for i := range moments {
		list[i] = figure(rows[i*paths:][:paths])
	}
	return list
}

// pooled returns the rate over the rows of all paths. Without rows the path is defined, but no scan has read
// what it asks for.
func pooled[R any](rows []R, pick func(R) Rate) Rate {
	if len(rows) == 0 {
		return Undefined(metrics.ReasonNotRead)
	}
	num, den, reason := 0, 0, pick(rows[0]).Reason
	for _, row := range rows {
		r := pick(row)
		num, den = num+r.Num, den+r.Den
		if r.Reason != reason {
			reason = metrics.ReasonEmpty
		}
	}
	return NewRate(num, den, reason)
}

// pooledWeights is pooled for rates with weights.
func pooledWeights(rows []AdoptionRow, pick func(AdoptionRow) WeightedRate) WeightedRate {
	if len(rows) == 0 {
		return newWeightedRate(0, 0, 0, metrics.ReasonNotRead)
	}
	num, den, squares, reason := 0., 0., 0., pick(rows[0]).Reason
	for _, row := range rows {
		r := pick(row)
		num, den, squares = num+r.Num, den+r.Den, squares+r.squares()
		if r.Reason != reason {
			reason = metrics.ReasonEmpty
		}
	}
	return newWeightedRate(num, den, squares, reason)
}

// flowSince returns the voluntary flow of each path from the begin of the key result to a moment after it.
func flowSince(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) ([]FlowRow, error) {
	return VoluntaryFlow(ctx, db, FlowQuestion{DecisionsQuestion: DecisionsQuestion{
		Path: k.Path, Team: k.Team, Group: k.Group, From: k.From, To: t, AsOf: t,
	}})
}

// flowed is the voluntary flow from the begin of the key result to a moment.
func flowed(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) (measured, error) {
	if t <= k.From {
		return unmeasured(metrics.ReasonNotStarted), nil
	}
	rows, err := flowSince(ctx, db, k, t)
	return measuredRate(pooled(rows, func(r FlowRow) Rate { return r.VoluntaryFlow })), err
}

// netted is how many more came freely than left, of all paths together, from the begin of the key result to a
// moment. Where nobody decided anything that is 0; paths on which nobody could, or nobody knows who did, are left out.
func netted(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) (measured, error) {
	if t <= k.From {
		return unmeasured(metrics.ReasonNotStarted), nil
	}
	rows, err := flowSince(ctx, db, k, t)
	net, known := 0., false
	for _, r := range rows {
		if r.NetFlow != nil {
			net, known = net+float64(*r.NetFlow), true
		}
	}
	if !known {
		return unmeasured(pooled(rows, func(r FlowRow) Rate { return r.VoluntaryFlow }).Reason), err
	}
	return measured{Value: &net}, err
}

// fragmented is in how many ways the job of one path is done. Weeks are one question.
func fragmented(ctx context.Context, db DB, k metrics.KeyResult, moments []metrics.Instant) ([]measured, error) {
	rows, err := Fragmentation(ctx, db, questionOf(k, moments))
	return byMoment(rows, moments, func(rows []FragmentationRow) measured {
		return ofOne(rows, func(r FragmentationRow) measured { return measured{Value: r.Fragmentation, Reason: r.Reason} })
	}), err
}

// awaited is after how many days half of the units had come to one path.
func awaited(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) (measured, error) {
	rows, err := TimeToAdopt(ctx, db, CohortQuestion{Path: k.Path, Team: k.Team, Group: k.Group, AsOf: t})
	return ofOne(rows, func(r TimeToAdoptRow) measured {
		m := measured{Value: r.MedianDays, Reason: r.Reason}
		if m.Value == nil && m.Reason == "" {
			m.Reason = metrics.ReasonNotReached
		}
		return m
	}), err
}

// pulled is the pull of the weeks before a moment.
func pulled(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) (measured, error) {
	rows, err := Maturity(ctx, db, MaturityQuestion{Path: k.Path, Team: k.Team, Group: k.Group, AsOf: t})
	return measuredRate(pooled(rows, func(r MaturityRow) Rate { return r.Pull.Rate })), err
}

// staysOf returns the retention of each path, however the stays began.
func staysOf(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) ([]RetentionRow, error) {
	rows, err := Retention(ctx, db, CohortQuestion{Path: k.Path, Team: k.Team, Group: k.Group, AsOf: t})
	return slices.DeleteFunc(rows, func(r RetentionRow) bool { return r.Origin != AllManners }), err
}

// returned is the share of leavers with a later stay.
func returned(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) (measured, error) {
	rows, err := staysOf(ctx, db, k, t)
	return measuredRate(pooled(rows, func(r RetentionRow) Rate { return r.Returned })), err
}

// retained is a figure of the curve of one path.
func retained(pick func(RetentionRow) measured) func(context.Context, DB, metrics.KeyResult, metrics.Instant) (measured, error) {
	return func(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) (measured, error) {
		rows, err := staysOf(ctx, db, k, t)
		if err != nil {
			return measured{}, err
		}
		return ofOne(rows, func(r RetentionRow) measured {
			m := pick(r)
			if m.Value == nil {
				m.Reason = r.Reason
				if m.Reason == "" {
					m.Reason = metrics.ReasonNotReached
				}
			}
			return m
		}), nil
	}
}

// ofOne returns a figure that several paths do not add up to.
func ofOne[R any](rows []R, pick func(R) measured) measured {
	switch len(rows) {
	case 0:
		return unmeasured(metrics.ReasonNotRead)
	case 1:
		return pick(rows[0])
	}
	return unmeasured(metrics.ReasonNeedsPath)
}

// stayed is S(90).
func stayed(r RetentionRow) measured {
	if r.D90 == nil {
		return measured{}
	}
	return measured{Value: &r.D90.S, Lo: &r.D90.Lo, Hi: &r.D90.Hi}
}

// triedAndLeft is 1 - S(90).
func triedAndLeft(r RetentionRow) measured {
	if r.D90 == nil {
		return measured{}
	}
	lo, hi := 1-r.D90.Hi, 1-r.D90.Lo
	return measured{Value: r.TriedAndLeft, Lo: &lo, Hi: &hi}
}

func medianStay(r RetentionRow) measured { return measured{Value: r.MedianDays} }

func lagOf(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) ([]LagPathRow, error) {
	return LagByPath(ctx, db, LagQuestion{Path: k.Path, Team: k.Team, Group: k.Group, AsOf: t})
}

// latest is the share of using units on the newest release.
func latest(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) (measured, error) {
	rows, err := lagOf(ctx, db, k, t)
	return measuredRate(pooled(rows, func(r LagPathRow) Rate { return r.OnLatest })), err
}

// behind is a median over the using units of one path.
func behind(pick func(LagPathRow) *float64) func(context.Context, DB, metrics.KeyResult, metrics.Instant) (measured, error) {
	return func(ctx context.Context, db DB, k metrics.KeyResult, t metrics.Instant) (measured, error) {
		rows, err := lagOf(ctx, db, k, t)
		return ofOne(rows, func(r LagPathRow) measured { return measured{Value: pick(r), Reason: r.Reason} }), err
	}
}
