package query_test

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
	"github.com/trodden/trodden/metrics/stats"
)

// told is what a figure was at a moment.
type told struct {
	value, lo, hi *float64
	num, den      *int
	small         bool
	reason        metrics.Reason
}

func nothing(reason metrics.Reason) told { return told{reason: reason} }

func toldRate(r query.Rate) told {
	if r.Rate == nil {
		return nothing(r.Reason)
	}
	return told{value: r.Rate, lo: r.Lo, hi: r.Hi, num: &r.Num, den: &r.Den, small: r.Small}
}

// about are the paths that a key result is about.
func (c company) about(k metrics.KeyResult) []metrics.Path {
	return c.shop.lagging(query.LagQuestion{Path: k.Path})
}

// together is a proportion of all paths of a key result.
func (c company) together(k metrics.KeyResult, of func(metrics.Path) query.Rate) told {
	paths := c.about(k)
	if len(paths) == 0 {
		return nothing(metrics.ReasonNotRead)
	}
	num, den, reason := 0, 0, of(paths[0]).Reason
	for _, path := range paths {
		r := of(path)
		num, den = num+r.Num, den+r.Den
		if r.Reason != reason {
			reason = metrics.ReasonEmpty // for reasons of several kinds
		}
	}
	return toldRate(query.NewRate(num, den, reason))
}

// alone is a figure that paths do not add up to.
func (c company) alone(k metrics.KeyResult, of func(metrics.Path) told) told {
	paths := c.about(k)
	switch len(paths) {
	case 0:
		return nothing(metrics.ReasonNotRead)
	case 1:
		return of(paths[0])
	}
	return nothing(metrics.ReasonNeedsPath)
}

// units are the spans that count at a moment.
func (c company) units(k metrics.KeyResult, t metrics.Instant, path metrics.PathKey) []metrics.Span {
	var list []metrics.Span
	for _, s := range c.spans {
		if s.Path == path && s.Contains(t) && c.asked(query.AdoptionQuestion{Team: k.Team, Group: k.Group}, s) {
			list = append(list, s)
		}
	}
	return list
}

// figure is what a key result measures, at a moment.
func (c company) figure(k metrics.KeyResult, t metrics.Instant) told {
	family, which, _ := strings.Cut(k.Measure, ".")
	switch {
	case k.Measure == "adoption.pull":
		return c.together(k, func(path metrics.Path) query.Rate { return c.pull(k, path, t) })
	case strings.HasPrefix(which, "teams.weighted."):
		return c.weighted(k, t)
	case family == "adoption":
		return c.together(k, func(path metrics.Path) query.Rate { return c.adopted(k, t, which, path) })
	case family == "flow":
		return c.decidedSince(k, t, which == "net")
	case k.Measure == "fragmentation":
		return c.alone(k, func(path metrics.Path) told {
			row := c.fragmentation(query.AdoptionQuestion{Path: path.Key, Team: k.Team, Group: k.Group, AsOf: t})[0]
			return told{value: row.Fragmentation, reason: row.Reason}
		})
	case family == "time_to_adopt":
		return c.alone(k, func(path metrics.Path) told {
			row := c.lives.timeToAdopt(query.CohortQuestion{Path: path.Key, Team: k.Team, Group: k.Group, AsOf: t})[0]
			return orNotReached(told{value: row.MedianDays}, row.Reason)
		})
	case k.Measure == "retention.returned":
		return c.together(k, func(path metrics.Path) query.Rate { return c.staysOn(k, path, t).Returned })
	case family == "retention":
		return c.alone(k, func(path metrics.Path) told { return lasting(c.staysOn(k, path, t), which) })
	case k.Measure == "lag.latest":
		return c.together(k, func(path metrics.Path) query.Rate { return c.behind(k, path, t).OnLatest })
	case family == "lag":
		return c.alone(k, func(path metrics.Path) told {
			row := c.behind(k, path, t)
			return told{value: map[string]*float64{"releases_behind": row.ReleasesBehind.Median, "days_behind": row.DaysBehind.Median}[which], reason: row.Reason}
		})
	}
	return nothing(metrics.ReasonNotMeasured)
}

func orNotReached(t told, reason metrics.Reason) told {
	if t.value == nil {
		if t.reason = reason; reason == "" {
			t.reason = metrics.ReasonNotReached
		}
	}
	return t
}

// adopted is one of the rates of adoption of a path.
func (c company) adopted(k metrics.KeyResult, t metrics.Instant, which string, path metrics.Path) query.Rate {
	if t < path.Since {
		return query.Undefined(metrics.ReasonBeforeLaunch)
	}
	units := c.units(k, t, path.Key)
	count := map[string]func([]metrics.Span) (int, int){
		"repos.voluntary": ofUnits(func(u unit) bool { return u.free }, func(u unit) bool { return u.served && u.choice }),
		"repos.total":     ofUnits(func(u unit) bool { return u.uses }, func(u unit) bool { return u.served }),
		"repos.gross":     ofUnits(func(u unit) bool { return u.free }, func(u unit) bool { return u.served || u.exempt }),
		"teams.voluntary": c.ofTeams(team.voluntary, func(t team) bool { return t.choice > 0 }),
		"teams.total":     c.ofTeams(team.on, func(t team) bool { return t.served > 0 }),
		"teams.gross":     c.ofTeams(team.voluntary, func(t team) bool { return t.served+t.exempt > 0 }),
	}
	num, den := count[which](units)
	return query.NewRate(num, den, c.why(which, units))
}

// weighted is one of the rates of teams with weights, of all paths of a key result.
func (c company) weighted(k metrics.KeyResult, t metrics.Instant) told {
	paths := c.about(k)
	if len(paths) == 0 {
		return nothing(metrics.ReasonNotRead)
	}
	var num, den, squares float64
	var reasons []metrics.Reason
	for _, path := range paths {
		var rates query.TeamRates
		c.weigh(&rates, c.units(k, t, path.Key), path, t)
		r := map[string]query.WeightedRate{
			"adoption.teams.weighted.voluntary": rates.Weighted.Voluntary, "adoption.teams.weighted.total": rates.Weighted.Total,
			"adoption.teams.weighted.gross": rates.Weighted.Gross,
		}[k.Measure]
		if reasons = append(reasons, r.Reason); r.Rate != nil {
			num, den, squares = num+r.Num, den+r.Den, squares+r.Den*r.Den/r.Effective
		}
	}
	if den == 0 {
		if slices.Sort(reasons); reasons[0] != reasons[len(reasons)-1] {
			return nothing(metrics.ReasonEmpty)
		}
		return nothing(reasons[0])
	}
	share, effective := num/den, den*den/squares
	lo, hi := stats.WilsonShare(share, effective, stats.Z95)
	return told{value: &share, lo: &lo, hi: &hi, small: effective < 5-1e-9}
}

// pull is the share of free ones among the decisions for a path in the twelve weeks before a moment.
func (c company) pull(k metrics.KeyResult, path metrics.Path, t metrics.Instant) query.Rate {
	if t < path.Since {
		return query.Undefined(metrics.ReasonBeforeLaunch)
	}
	from := t - 12*7*metrics.Day
	free, all, unknown, stuck := 0, 0, 0, 0
	for _, x := range c.of(query.DecisionsQuestion{Path: path.Key, Team: k.Team, Group: k.Group, From: from, AsOf: t}) {
		if !x.For {
			continue
		}
		all++
		switch {
		case x.Free:
			free++
		case x.Origin == metrics.UnknownOrigin:
			unknown++
		}
		if !x.Choice && x.Origin != metrics.Mandated && x.Origin != metrics.Enforced {
			stuck++
		}
	}
	unseen := false
	for _, l := range c.lives.lives {
		for _, s := range l.spells {
			wanted := c.lives.wanted(query.CohortQuestion{Path: path.Key, Team: k.Team, Group: k.Group, From: max(from, path.Since)}, s.Path, s.Team, s.From)
			unseen = unseen || !s.Known && s.From <= t && wanted
		}
	}
	switch {
	case all > 0 && stuck == all:
		return query.Undefined(metrics.ReasonNoAlternative)
	case all == 0 && unseen, all > 0 && unknown == all:
		return query.Undefined(metrics.ReasonAllUnknown)
	}
	return query.NewRate(free, all, metrics.ReasonEmpty)
}

// decidedSince is the voluntary flow since the key result began, or how many more came than left.
func (c company) decidedSince(k metrics.KeyResult, t metrics.Instant, net bool) told {
	if t <= k.From {
		return nothing(metrics.ReasonNotStarted)
	}
	flow := func(path metrics.Path) query.FlowRow {
		return c.flow(query.DecisionsQuestion{Team: k.Team, Group: k.Group, AsOf: t}, "", path, k.From, t)
	}
	rate := c.together(k, func(path metrics.Path) query.Rate { return flow(path).VoluntaryFlow })
	if !net {
		return rate
	}
	sum, known := 0., false
	for _, path := range c.about(k) {
		if n := flow(path).NetFlow; n != nil {
			sum, known = sum+float64(*n), true
		}
	}
	if !known {
		return nothing(rate.reason)
	}
	return told{value: &sum}
}

func (c company) staysOn(k metrics.KeyResult, path metrics.Path, t metrics.Instant) query.RetentionRow {
	rows := c.lives.retention(query.CohortQuestion{Path: path.Key, Team: k.Team, Group: k.Group, AsOf: t})
	return rows[slices.IndexFunc(rows, func(r query.RetentionRow) bool { return r.Origin == query.AllManners })]
}

// lasting is a figure of a curve.
func lasting(row query.RetentionRow, which string) told {
	t := told{}
	switch {
	case which == "median_days":
		t.value = row.MedianDays
	case row.D90 != nil && which == "d90":
		t = told{value: &row.D90.S, lo: &row.D90.Lo, hi: &row.D90.Hi}
	case row.D90 != nil:
		value, lo, hi := 1-row.D90.S, 1-row.D90.Hi, 1-row.D90.Lo
		t = told{value: &value, lo: &lo, hi: &hi}
	}
	return orNotReached(t, row.Reason)
}

func (c company) behind(k metrics.KeyResult, path metrics.Path, t metrics.Instant) query.LagPathRow {
	return c.shop.lagByPath(query.LagQuestion{Path: path.Key, Team: k.Team, Group: k.Group, AsOf: t})[0]
}

// start is the value at the moment of a baseline: what happens over a time is taken over as long a time before it.
func (c company) start(k metrics.KeyResult) told {
	k.From = k.Baseline.At - (k.To - k.From)
	return c.figure(k, k.Baseline.At)
}

// excused counts active units with an exemption.
func (c company) excused(k metrics.KeyResult, t metrics.Instant) told {
	paths := c.about(k)
	if len(paths) == 0 {
		return nothing(metrics.ReasonNotRead)
	}
	n := 0.
	for _, path := range paths {
		for _, s := range c.units(k, t, path.Key) {
			if s.Active && s.State == metrics.Exempt {
				n++
			}
		}
	}
	return told{value: &n}
}

// activated is the share of what ran, of what goes a path or would if it were not dormant, where that is known.
func (c company) activated(k metrics.KeyResult, t metrics.Instant) told {
	ran, all := 0, 0
	for _, path := range c.about(k) {
		for _, s := range c.units(k, t, path.Key) {
			goes := s.State == metrics.On || s.State == metrics.Mixed || s.State == metrics.Dormant
			if s.Active && goes && s.Activation != metrics.NotTold {
				if all++; s.Activation == metrics.Ran {
					ran++
				}
			}
		}
	}
	return toldRate(query.NewRate(ran, all, metrics.ReasonNotMeasured))
}
