package query_test

import (
	"cmp"
	"math"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
	"github.com/trodden/trodden/metrics/stats"
)

// life is a unit on a path: its spans, oldest first, and the stays among them.
type life struct {
	spans  []metrics.Span
	spells []metrics.Spell
}

// lives are what the reference below answers from: it goes through them one by one, as section 4 of the
// specification says it, and shares nothing with the statements that it checks.
type lives struct {
	defs  metrics.Definitions
	lives []life
}

// time is one observed time in days.
type observed struct {
	days  float64
	ended bool
}

func days(from, to metrics.Instant) float64 { return float64(to-from) / 86400 }

func (o lives) wanted(q query.CohortQuestion, path metrics.PathKey, team metrics.TeamKey, begun metrics.Instant) bool {
	return (q.Path == "" || path == q.Path) && (q.Team == "" || team == q.Team) && inGroup(o.defs.Teams, team, q.Group) &&
		begun >= q.From && (q.To == 0 || begun < q.To)
}

// retention answers for every path.
func (o lives) retention(q query.CohortQuestion) []query.RetentionRow {
	rows := []query.RetentionRow{}
	for _, path := range o.defs.Paths {
		if q.Path != "" && path.Key != q.Path {
			continue
		}
		sorts := map[query.Manner][]metrics.Origin{
			query.AllManners: append(metrics.Origins(), metrics.NoOrigin), query.ByMandate: {metrics.Mandated},
			query.ByChoice: {metrics.Chosen, metrics.Born}, query.ByOthers: {metrics.Assisted, metrics.Automated},
		}
		for _, sort := range []query.Manner{query.AllManners, query.ByChoice, query.ByMandate, query.ByOthers} {
			times, left, returned := o.stays(q, path.Key, sorts[sort])
			row := query.RetentionRow{Path: path.Key, Origin: sort, Spells: len(times), Left: left, Curve: []query.CurvePoint{}}
			if row.Reason = why(q, path, len(times)); row.Reason != "" {
				row.Returned = query.Undefined(row.Reason)
				rows = append(rows, row)
				continue
			}
			row.Curve, row.MedianDays = curve(times), reached(times, .5)
			row.Returned = query.NewRate(returned, left, metrics.ReasonEmpty)
			if p, ok := point(times, 90); ok {
				tried := 1 - p.S
				row.D90, row.TriedAndLeft = &p, &tried
			}
			if sort == query.ByChoice || sort == query.ByMandate {
				chosen, _, _ := o.stays(q, path.Key, sorts[query.ByChoice])
				mandated, _, _ := o.stays(q, path.Key, sorts[query.ByMandate])
				if _, p, ok := stats.LogRank(lifetimes(chosen), lifetimes(mandated)); ok {
					row.LogRankP = &p
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// stays finds the stays of some origins, as they stood at the moment.
func (o lives) stays(q query.CohortQuestion, path metrics.PathKey, origins []metrics.Origin) (times []observed, left, returned int) {
	leave := metrics.Instant(o.defs.Measure.LeaveAfter.Seconds())
	for _, l := range o.lives {
		for i, s := range l.spells {
			if s.Path != path || s.From > q.AsOf || !s.Known || !slices.Contains(origins, s.Origin) || !o.wanted(q, s.Path, s.Team, s.From) {
				continue
			}
			t := observed{days(s.From, min(s.To, l.lastSeen(q.AsOf))), s.Outcome == metrics.LeftPath && s.To+leave <= q.AsOf}
			times = append(times, t)
			if t.ended {
				left++
				if i+1 < len(l.spells) && l.spells[i+1].From <= q.AsOf {
					returned++
				}
			}
		}
	}
	return times, left, returned
}

// lastSeen returns the last moment, not after t, at which the unit's files had the path.
func (l life) lastSeen(t metrics.Instant) metrics.Instant {
	var last metrics.Instant
	for _, s := range l.spans {
		if s.From <= t && s.Tree.Using() {
			last = min(s.To, t)
		}
	}
	return last
}

// timeToAdopt answers for every path.
func (o lives) timeToAdopt(q query.CohortQuestion) []query.TimeToAdoptRow {
	rows := []query.TimeToAdoptRow{}
	for _, path := range o.defs.Paths {
		if q.Path != "" && path.Key != q.Path {
			continue
		}
		row := query.TimeToAdoptRow{Path: path.Key, Curve: []query.CurvePoint{}}
		var times []observed
		for _, l := range o.lives {
			if t, ok := o.wait(q, path, l); ok {
				times = append(times, t)
				if t.ended {
					row.Adopted++
				}
			}
		}
		row.Units = len(times)
		if row.Reason = why(q, path, len(times)); row.Reason == "" {
			row.Curve, row.MedianDays, row.P90Days = curve(times), reached(times, .5), reached(times, .9)
		}
		rows = append(rows, row)
	}
	return rows
}

// wait says how long a unit took to come to a path, or has not come yet.
func (o lives) wait(q query.CohortQuestion, path metrics.Path, l life) (observed, bool) {
	birth := l.spans[0]
	clock := max(birth.From, path.Since)
	if birth.Path != path.Key || clock > q.AsOf || !birth.Dated || birth.Reason == metrics.ReasonBeforeGraft {
		return observed{}, false
	}
	team, served, there, without := birth.Team, false, metrics.Beginning, metrics.Beginning
	for _, s := range l.spans {
		if s.From > q.AsOf {
			break
		}
		if s.From <= clock {
			team = s.Team
		}
		served = served || s.State.Served()
		if s.State.Served() || s.State == metrics.None {
			there = s.To
			if len(l.spells) == 0 || s.From < l.spells[0].From {
				without = s.To
			}
		}
	}
	if !served || !o.wanted(q, path.Key, team, clock) {
		return observed{}, false
	}
	if len(l.spells) > 0 && l.spells[0].From <= q.AsOf && l.spells[0].Known {
		return observed{days(clock, max(clock, l.spells[0].From)), true}, there > clock
	}
	return observed{days(clock, min(without, q.AsOf)), false}, without > clock
}

func why(q query.CohortQuestion, path metrics.Path, n int) metrics.Reason {
	switch {
	case q.AsOf < path.Since:
		return metrics.ReasonBeforeLaunch
	case n == 0:
		return metrics.ReasonEmpty
	}
	return ""
}

func lifetimes(times []observed) []stats.Lifetime {
	var list []stats.Lifetime
	for _, t := range times {
		list = append(list, stats.Lifetime{Days: t.days, Ended: t.ended})
	}
	return list
}

// point is the Kaplan-Meier estimate at one time, multiplied anew.
func point(times []observed, at float64) (query.CurvePoint, bool) {
	p, greenwood, longest := query.CurvePoint{Days: at, S: 1}, 0.0, 0.0
	done := map[float64]bool{}
	for _, end := range times {
		longest = max(longest, end.days)
		if end.days >= at {
			p.AtRisk++
		}
		if !end.ended || end.days > at || done[end.days] {
			continue
		}
		done[end.days] = true
		n, d := 0.0, 0.0
		for _, t := range times {
			if t.days >= end.days {
				n++
			}
			if t.ended && t.days == end.days {
				d++
			}
		}
		p.S *= 1 - d/n
		greenwood += d / (n * (n - d))
	}
	switch {
	case p.S == 1:
		p.Lo, p.Hi = allOf(float64(p.AtRisk)), 1
	case p.S < 1e-12:
		p.Hi = 1
		for _, end := range times {
			if end.days < longest && end.ended {
				before, _ := point(times, end.days)
				p.Hi = min(p.Hi, before.Hi)
			}
		}
		last := 0.0
		for _, t := range times {
			if t.days == longest {
				last++
			}
		}
		p.Hi *= 1 - allOf(last)
	default:
		spread := stats.Z95 * math.Sqrt(greenwood) / math.Log(p.S)
		p.Lo, p.Hi = math.Pow(p.S, math.Exp(-spread)), math.Pow(p.S, math.Exp(spread))
	}
	return p, at <= longest || p.S < 1e-12
}

// allOf is the lower bound of a share that is all of n.
func allOf(n float64) float64 { return n / (n + stats.Z95*stats.Z95) }

// curve has a point at 0, at each end and at the longest time.
func curve(times []observed) []query.CurvePoint {
	marks := []float64{0, slices.MaxFunc(times, func(a, b observed) int { return cmp.Compare(a.days, b.days) }).days}
	for _, t := range times {
		if t.ended {
			marks = append(marks, t.days)
		}
	}
	slices.Sort(marks)
	list := []query.CurvePoint{}
	for _, m := range slices.Compact(marks) {
		p, _ := point(times, m)
		list = append(list, p)
	}
	return list
}

// reached returns the first time by which a share has ended.
func reached(times []observed, share float64) *float64 {
	for _, p := range curve(times) {
		if p.S <= 1-share+1e-9 {
			return &p.Days
		}
	}
	return nil
}
