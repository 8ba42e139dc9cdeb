package query_test

import (
	"math"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
	"github.com/trodden/trodden/metrics/stats"
)

// organisation is what the reference below answers from.
type organisation struct {
	defs  metrics.Definitions
	spans []metrics.Span
}

// reference answers a question of adoption unit by unit and team by team, moment by moment, as section 2 and
// 3 of the specification say it; what cannot be known it tries out in every combination. It is slow, and
// shares nothing with the statements that it checks.
func (o organisation) reference(q query.AdoptionQuestion) []query.AdoptionRow {
	rows := []query.AdoptionRow{}
	for _, t := range o.moments(q) {
		for _, path := range o.defs.Paths {
			if q.Path != "" && path.Key != q.Path {
				continue
			}
			for _, label := range o.labels(q, t) {
				rows = append(rows, o.row(q, t, path, label))
			}
		}
	}
	return rows
}

// moments steps through the calendar a day at a time.
func (o organisation) moments(q query.AdoptionQuestion) []metrics.Instant {
	if q.Interval == "" {
		return []metrics.Instant{q.AsOf}
	}
	begins := func(day time.Time) bool {
		switch q.Interval {
		case query.Week:
			return day.Weekday() == time.Monday
		case query.Month:
			return day.Day() == 1
		default:
			return day.Day() == 1 && slices.Contains([]time.Month{1, 4, 7, 10}, day.Month())
		}
	}
	day := q.From.Time().Truncate(24 * time.Hour)
	for !begins(day) {
		day = day.AddDate(0, 0, -1)
	}
	var list []metrics.Instant
	for ; metrics.At(day) < q.To; day = day.AddDate(0, 0, 1) {
		if begins(day) {
			list = append(list, metrics.At(day))
		}
	}
	return list
}

// groupsOf climbs from a team to the top.
func groupsOf(teams metrics.Teams, team metrics.TeamKey) []string {
	for _, t := range teams.List {
		if t.Key == team {
			return climb(teams, t.Group)
		}
	}
	return nil
}

// climb lists a group and those above it.
func climb(teams metrics.Teams, group string) []string {
	if group == "" {
		return nil
	}
	for _, g := range teams.Groups {
		if g.Key == group {
			return append([]string{group}, climb(teams, g.Parent)...)
		}
	}
	return []string{group}
}

// inGroup reports whether a team is in a group or below it; every team is in the group "".
func inGroup(teams metrics.Teams, team metrics.TeamKey, group string) bool {
	return group == "" || slices.Contains(groupsOf(teams, team), group)
}

func (o organisation) asked(q query.AdoptionQuestion, s metrics.Span) bool {
	return (q.Team == "" || s.Team == q.Team) && inGroup(o.defs.Teams, s.Team, q.Group)
}

// labelled are the rows in which what is of a team counts.
func (o organisation) labelled(q query.AdoptionQuestion, team metrics.TeamKey) []string {
	switch q.By {
	case query.ByTeam:
		return []string{string(team)}
	case query.ByGroup:
		var list []string
		for _, group := range groupsOf(o.defs.Teams, team) {
			if list = append(list, group); group == q.Group {
				break
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	return []string{""}
}

// labels lists the teams or groups that own anything at a moment, and those that are defined.
func (o organisation) labels(q query.AdoptionQuestion, t metrics.Instant) []string {
	if q.By != query.ByTeam && q.By != query.ByGroup {
		return []string{""}
	}
	var list []string
	for _, s := range o.spans {
		if s.Contains(t) && o.asked(q, s) && (q.Path == "" || s.Path == q.Path) {
			list = append(list, o.labelled(q, s.Team)...)
		}
	}
	for _, team := range o.defs.Teams.List {
		platform := slices.Contains(o.defs.Teams.Platform, team.Key)
		if !platform && o.asked(q, metrics.Span{Team: team.Key}) {
			list = append(list, o.labelled(q, team.Key)...)
		}
	}
	for _, g := range o.defs.Teams.Groups {
		above := climb(o.defs.Teams, g.Key)
		empty := !slices.ContainsFunc(o.defs.Teams.List, func(t metrics.Team) bool { return inGroup(o.defs.Teams, t.Key, g.Key) })
		if q.By == query.ByGroup && q.Team == "" && empty && (q.Group == "" || slices.Contains(above, q.Group)) {
			list = append(list, g.Key)
		}
	}
	if len(list) == 0 {
		return []string{""}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// row counts one cell.
func (o organisation) row(q query.AdoptionQuestion, t metrics.Instant, path metrics.Path, label string) query.AdoptionRow {
	row := query.AdoptionRow{Period: t.Time().Format("2006-01-02"), Path: path.Key}
	if q.Interval == "" {
		row.Period = t.Time().Format("2006-01-02T15:04:05Z")
	}
	var units []metrics.Span
	for _, s := range o.spans {
		if s.Path == path.Key && s.Contains(t) && o.asked(q, s) && slices.Contains(o.labelled(q, s.Team), label) {
			units = append(units, s)
			count(&row, s)
		}
	}
	switch q.By {
	case query.ByTeam:
		team := metrics.TeamKey(label)
		row.Team = &team
		if team != "" && t >= path.Since {
			row.Verdict = judge(known(units)).verdict(o.defs.Measure.TeamOnAt)
		}
	case query.ByGroup:
		row.Group = &label
	}
	rates := []struct {
		name   string
		rate   *query.Rate
		bounds **query.Bounds
		of     func([]metrics.Span) (num, den int)
	}{
		{"repos.voluntary", &row.Repos.Voluntary, &row.Bounds.ReposVoluntary, ofUnits(func(u unit) bool { return u.free }, func(u unit) bool { return u.served && u.choice })},
		{"repos.total", &row.Repos.Total, &row.Bounds.ReposTotal, ofUnits(func(u unit) bool { return u.uses }, func(u unit) bool { return u.served })},
		{"repos.gross", &row.Repos.Gross, &row.Bounds.ReposGross, ofUnits(func(u unit) bool { return u.free }, func(u unit) bool { return u.served || u.exempt })},
		{"teams.voluntary", &row.Teams.Voluntary, &row.Bounds.TeamsVoluntary, o.ofTeams(team.voluntary, func(t team) bool { return t.choice > 0 })},
		{"teams.total", &row.Teams.Total, &row.Bounds.TeamsTotal, o.ofTeams(team.on, func(t team) bool { return t.served > 0 })},
		{"teams.gross", &row.Teams.Gross, &row.Bounds.TeamsGross, o.ofTeams(team.voluntary, func(t team) bool { return t.served+t.exempt > 0 })},
	}
	o.weigh(&row.Teams, units, path, t)
	for _, r := range rates {
		num, den := r.of(units)
		if t < path.Since {
			*r.rate = query.Undefined(metrics.ReasonBeforeLaunch)
			continue
		}
		*r.rate = query.NewRate(num, den, o.why(r.name, units))
		if den > 0 {
			bounds := extremes(units, r.of)
			*r.bounds = &bounds
		}
	}
	return row
}

// weigh works the weighted rates out of the weights of the teams in them.
func (o organisation) weigh(rates *query.TeamRates, units []metrics.Span, path metrics.Path, t metrics.Instant) {
	for _, r := range []struct {
		name     string
		rate     *query.WeightedRate
		num, den func(team) bool
	}{
		{"teams.voluntary", &rates.Weighted.Voluntary, team.voluntary, func(t team) bool { return t.choice > 0 }},
		{"teams.total", &rates.Weighted.Total, team.on, func(t team) bool { return t.served > 0 }},
		{"teams.gross", &rates.Weighted.Gross, team.voluntary, func(t team) bool { return t.served+t.exempt > 0 }},
	} {
		var num, den, squares float64
		for key, team := range o.judged(units) {
			weight := o.weight(key)
			if r.den(team) {
				den, squares = den+weight, squares+weight*weight
				if r.num(team) {
					num += weight
				}
			}
		}
		switch {
		case t < path.Since:
			*r.rate = query.WeightedRate{Small: true, Reason: metrics.ReasonBeforeLaunch}
		case den == 0:
			*r.rate = query.WeightedRate{Small: true, Reason: o.why(r.name, units)}
		default:
			share, effective := num/den, den*den/squares
			lo, hi := stats.WilsonShare(share, effective, stats.Z95)
			*r.rate = query.WeightedRate{Num: num, Den: den, Rate: &share, Lo: &lo, Hi: &hi, Small: effective < 5-1e-9, Effective: effective}
		}
	}
}

func (o organisation) weight(key metrics.TeamKey) float64 {
	for _, t := range o.defs.Teams.List {
		if t.Key == key && t.Weight != 0 {
			return t.Weight
		}
	}
	return 1
}

// why says why a rate has no value.
func (o organisation) why(rate string, units []metrics.Span) metrics.Reason {
	var served, exempt, none, unknown, owned int
	for _, u := range known(units) {
		switch {
		case u.served:
			served++
			if u.team != "" {
				owned++
			}
		case u.exempt:
			exempt++
		case u.none:
			none++
		}
	}
	for _, s := range units {
		if s.State == metrics.Unknown {
			unknown++
		}
	}
	counted := served
	if rate == "repos.gross" || rate == "teams.gross" {
		counted += exempt
	}
	switch {
	case counted == 0 && served+exempt+none == 0 && unknown > 0:
		return metrics.ReasonAllUnknown
	case counted == 0:
		return metrics.ReasonEmpty
	case rate == "repos.voluntary", rate == "teams.voluntary" && owned > 0:
		return metrics.ReasonNoAlternative
	default:
		return metrics.ReasonNoTeam
	}
}

// count adds a unit to the counts of a row.
func count(row *query.AdoptionRow, s metrics.Span) {
	if s.State == metrics.Unknown {
		row.States.Unknown++
		return
	}
	if !s.Active {
		row.Inactive++
		return
	}
	states := map[metrics.State]*int{
		metrics.On: &row.States.On, metrics.Mixed: &row.States.Mixed, metrics.Off: &row.States.Off, metrics.None: &row.States.None,
		metrics.Dormant: &row.States.Dormant, metrics.Exempt: &row.States.Exempt, metrics.Ineligible: &row.States.Ineligible,
	}
	*states[s.State]++
	if !s.State.Using() {
		return
	}
	origins := map[metrics.Origin]*int{
		metrics.Enforced: &row.Origin.Enforced, metrics.Mandated: &row.Origin.Mandated, metrics.Born: &row.Origin.Born,
		metrics.Automated: &row.Origin.Automated, metrics.Assisted: &row.Origin.Assisted, metrics.Chosen: &row.Origin.Chosen,
		metrics.UnknownOrigin: &row.Origin.Unknown,
	}
	*origins[s.Origin]++
	if s.Kept {
		row.Kept++
	}
	if s.Voluntary && s.Mandated {
		row.ChosenBeforeMandate++
	}
}

// unit is what rates see of a span.
type unit struct {
	team                                     metrics.TeamKey
	served, uses, free, choice, exempt, none bool
}

// known returns the active units whose state is known.
func known(spans []metrics.Span) []unit {
	var list []unit
	for _, s := range spans {
		if s.Active && s.State != metrics.Unknown {
			list = append(list, unit{
				team: s.Team, served: s.State.Served(), uses: s.State.Using(), free: s.State.Using() && s.Voluntary,
				choice: s.Choice, exempt: s.State == metrics.Exempt, none: s.State == metrics.None,
			})
		}
	}
	return list
}

// team is what rates see of a team's units.
type team struct {
	onAt                               float64
	served, uses, free, choice, exempt int
}

func judge(units []unit) team {
	var t team
	for _, u := range units {
		switch {
		case u.exempt:
			t.exempt++
		case u.served:
			t.served++
			if u.uses {
				t.uses++
			}
			if u.free {
				t.free++
			}
			if u.choice {
				t.choice++
			}
		}
	}
	return t
}

func (t team) verdict(onAt float64) query.Verdict {
	t.onAt = onAt
	switch {
	case t.served == 0:
		return query.TeamNoRepos
	case t.on():
		return query.TeamOn
	case t.uses == 0:
		return query.TeamOff
	}
	return query.TeamPartial
}

func (t team) on() bool { return t.uses > 0 && float64(t.uses)/float64(t.served) >= t.onAt }

func (t team) voluntary() bool { return t.on() && float64(t.free) >= float64(t.uses)/2 }

// ofUnits counts units.
func ofUnits(num, den func(unit) bool) func([]metrics.Span) (int, int) {
	return func(spans []metrics.Span) (n, d int) {
		for _, u := range known(spans) {
			if den(u) {
				d++
				if num(u) {
					n++
				}
			}
		}
		return n, d
	}
}

// ofTeams counts teams.
func (o organisation) ofTeams(num, den func(team) bool) func([]metrics.Span) (int, int) {
	return func(spans []metrics.Span) (n, d int) {
		for _, t := range o.judged(spans) {
			if den(t) {
				d++
				if num(t) {
					n++
				}
			}
		}
		return n, d
	}
}

// judged are the teams that own any of the spans.
func (o organisation) judged(spans []metrics.Span) map[metrics.TeamKey]team {
	byTeam := make(map[metrics.TeamKey][]unit)
	for _, u := range known(spans) {
		if u.team != "" {
			byTeam[u.team] = append(byTeam[u.team], u)
		}
	}
	teams := make(map[metrics.TeamKey]team, len(byTeam))
	for key, units := range byTeam {
		t := judge(units)
		t.onAt = o.defs.Measure.TeamOnAt
		teams[key] = t
	}
	return teams
}

// extremes tries out what the unknown may be: a unit of unknown state may not count, or be off, or use the
// path, freely or not; one of unknown origin may use it freely or not. Freely is only what has a choice, or may
// have had one before a mandate.
func extremes(spans []metrics.Span, of func([]metrics.Span) (int, int)) query.Bounds {
	least := query.Bounds{math.Inf(1), math.Inf(-1)}
	spans = slices.Clone(spans)
	var try func(i int)
	try = func(i int) {
		if i == len(spans) {
			if num, den := of(spans); den > 0 {
				rate := float64(num) / float64(den)
				least[0], least[1] = min(least[0], rate), max(least[1], rate)
			}
			return
		}
		was := spans[i]
		switch {
		case was.State == metrics.Unknown:
			for _, s := range []metrics.Span{
				{State: metrics.Ineligible}, {State: metrics.Off}, {State: metrics.On},
				{State: metrics.On, Voluntary: was.Choice || was.Mandated},
			} {
				s.Team, s.Choice, s.Active = was.Team, was.Choice, true
				spans[i] = s
				try(i + 1)
			}
		case was.Active && was.State.Using() && was.Origin == metrics.UnknownOrigin:
			for _, free := range []bool{false, was.Choice || was.Mandated} {
				spans[i].Voluntary = free
				try(i + 1)
			}
		default:
			try(i + 1)
		}
		spans[i] = was
	}
	try(0)
	return least
}
