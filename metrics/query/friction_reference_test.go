package query_test

import (
	"cmp"
	"math"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
	"github.com/trodden/trodden/metrics/stats"
)

// workshop is an organisation with what ran in it. The reference below goes through its runs one by one, as section 6 of
// the specification says it, and shares nothing with the statements that it checks.
type workshop struct {
	lives
	facts metrics.Batch
}

// beside is how long before and after they joined repositories are looked at.
const beside = 84 * metrics.Day

// bornWithin is when a birth is decided in these tests.
const bornWithin = 7 * metrics.Day

// of returns what became of a repository on a path, and whether it was ever on it.
func (o workshop) of(repo metrics.RepoID, path metrics.PathKey, q query.FrictionQuestion) (spans []metrics.Span, spells []metrics.Spell) {
	for _, l := range o.lives.lives {
		if l.spans[0].Repo == repo && l.spans[0].Path == path && l.spans[0].Component == "" {
			for _, s := range l.spans {
				if s.From <= q.AsOf {
					spans = append(spans, s)
				}
			}
			spells = append(spells, l.spells...)
		}
	}
	return spans, spells
}

// knownUntil returns until when all runs of a repository are known without a gap from a moment on.
func (o workshop) knownUntil(repo metrics.RepoID, from, asOf metrics.Instant, source func(string) bool) (until metrics.Instant, any bool) {
	until = from
	for range o.facts.RunWindows {
		for _, w := range o.facts.RunWindows {
			if w.Repo != repo || !source(w.Source) {
				continue
			}
			any = true
			read := w.Seen
			for _, r := range o.facts.Readings {
				if r.Repo == repo && r.Source == w.Source && r.Complete {
					read = max(read, r.At)
				}
			}
			if end := min(w.To, read, asOf); w.From <= until && end > until {
				until = end
			}
		}
	}
	return until, any
}

func anySource(string) bool { return true }

func (o workshop) created(repo metrics.RepoID) metrics.Instant {
	for _, r := range o.facts.Repos {
		if r.ID == repo {
			return r.Created
		}
	}
	return 0
}

// firstSuccess returns the first moment at which something succeeded.
func (o workshop) firstSuccess(m query.FrictionMeasure, repo metrics.RepoID) metrics.Instant {
	first := metrics.Forever
	if m == query.ScaffoldLead {
		for _, r := range o.ends() {
			if r.Repo == repo && r.Outcome == metrics.RunSucceeded {
				first = min(first, r.Finished)
			}
		}
		return first
	}
	for _, d := range o.facts.Deployments {
		if d.Repo == repo && d.Outcome == metrics.RunSucceeded {
			first = min(first, d.Finished)
		}
	}
	return first
}

// deploys reports whether a source tells of any deployment.
func (o workshop) deploys(source string) bool {
	return slices.ContainsFunc(o.facts.Deployments, func(d metrics.Deployment) bool { return d.Source == source })
}

// ends are the runs on default branches that came to an end, each as it was seen last.
func (o workshop) ends() []metrics.Run {
	last := make(map[uint64]metrics.Run)
	for _, r := range o.facts.Runs {
		if r.Default && (r.Outcome == metrics.RunSucceeded || r.Outcome == metrics.RunFailed) && r.Seen >= last[r.ID].Seen {
			last[r.ID] = r
		}
	}
	var list []metrics.Run
	for _, r := range last {
		if r.Finished == 0 {
			r.Finished = max(r.Created, r.Started)
			r.Started = r.Finished + 1 // how long it took is not known
		}
		list = append(list, r)
	}
	return list
}

// told returns the question as of when anything was told at last: as of later nothing is known that was not then.
func (o workshop) told(q query.FrictionQuestion) query.FrictionQuestion {
	told := metrics.Instant(0)
	for _, r := range o.facts.Readings {
		if r.Complete {
			told = max(told, r.At)
		}
	}
	for _, w := range o.facts.RunWindows {
		told = max(told, w.Seen)
	}
	if told > 0 {
		q.AsOf = min(q.AsOf, told)
	}
	return q
}

// friction answers for one of the measures that are about repositories.
func (o workshop) friction(q query.FrictionQuestion) []query.FrictionRow {
	q = o.told(q)
	var rows []query.FrictionRow
	for _, path := range o.defs.Paths {
		if q.Path != "" && q.Path != path.Key {
			continue
		}
		switch q.Measure {
		case query.Pipelines:
			rows = append(rows, o.pipelines(q, path)...)
		case query.Recovery:
			rows = append(rows, o.recoveries(q, path)...)
		default:
			rows = append(rows, o.leads(q, path, q.Measure)...)
		}
	}
	return rows
}

func (o workshop) leads(q query.FrictionQuestion, path metrics.Path, m query.FrictionMeasure) []query.FrictionRow {
	times := map[string][]observed{}
	left := map[metrics.Reason]int{}
	for _, l := range o.lives.lives {
		birth := l.spans[0]
		if birth.Path != path.Key || birth.From > q.AsOf || !o.wanted(q.CohortQuestion, path.Key, birth.Team, birth.From) {
			continue
		}
		var then metrics.State
		followed := metrics.Beginning
		for _, s := range l.spans {
			if s.From > q.AsOf {
				break
			}
			if s.Contains(birth.From + bornWithin) {
				then = s.State
			}
			if s.State != metrics.Unknown && s.State != metrics.Ineligible {
				followed = s.To
			}
		}
		start := max(birth.From, o.created(birth.Repo))
		known, any := o.knownUntil(birth.Repo, start, q.AsOf, func(source string) bool { return m == query.ScaffoldLead || o.deploys(source) })
		side := map[bool]string{true: "using", false: "not_using"}[then.Using()]
		switch {
		case birth.Component != "":
			left[metrics.ReasonComponents]++
		case !birth.Dated || birth.Reason == metrics.ReasonBeforeGraft:
			left[metrics.ReasonNoHistory]++
		case birth.From+bornWithin > q.AsOf || then == 0:
			left[metrics.ReasonTooYoung]++
		case o.created(birth.Repo) > birth.From+metrics.Day:
			left[metrics.ReasonImported]++
		case then == metrics.Unknown:
			left[metrics.ReasonAllUnknown]++
		case then == metrics.Ineligible || then == metrics.Exempt:
		case !any:
			left[metrics.ReasonNotMeasured]++
		case known == start:
			left[metrics.ReasonKnownLater]++
		default:
			until := min(known, followed, q.AsOf)
			t := observed{hours(birth.From, until), false}
			if first := o.firstSuccess(m, birth.Repo); first <= until {
				t = observed{hours(birth.From, first), true}
			}
			times[side] = append(times[side], t)
		}
	}
	told := len(o.facts.RunWindows) > 0
	if m == query.DeployLead {
		told = len(o.facts.Deployments) > 0
	}
	if len(times) == 0 && left[metrics.ReasonNotMeasured]+left[metrics.ReasonKnownLater] > 0 {
		told = false
	}
	return compared(q, path, m, [2]query.FrictionGroup{query.Using, query.NotUsing}, times["using"], times["not_using"], told, left)
}

func hours(from, to metrics.Instant) float64 { return float64(max(to, from)-from) / 3600 }

// compared makes the rows of two lists of times.
func compared(q query.FrictionQuestion, path metrics.Path, m query.FrictionMeasure, groups [2]query.FrictionGroup, a, b []observed, told bool, left map[metrics.Reason]int) []query.FrictionRow {
	rows := make([]query.FrictionRow, 2)
	for i, times := range [][]observed{a, b} {
		rows[i] = emptyRow(q, path, m, groups[i], len(times), told, left)
		if rows[i].Reason != "" {
			continue
		}
		ended := 0
		for _, t := range times {
			if t.ended {
				ended++
			}
		}
		rows[i].Ended, rows[i].MedianHours, rows[i].P90Hours = &ended, reached(times, .5), reached(times, .9)
		rows[i].MedianBetween, rows[i].P90Between = bounds(times, .5), bounds(times, .9)
	}
	if _, p, ok := stats.LogRank(lifetimes(a), lifetimes(b)); ok && groups[0] == query.Using && rows[0].Reason+rows[1].Reason == "" {
		rows[0].LogRankP, rows[1].LogRankP = &p, &p
	}
	withRatios(rows)
	return rows
}

func emptyRow(q query.FrictionQuestion, path metrics.Path, m query.FrictionMeasure, group query.FrictionGroup, n int, told bool, left map[metrics.Reason]int) query.FrictionRow {
	row := query.FrictionRow{Measure: m, Path: path.Key, Group: group, N: &n, LeftOut: []query.LeftOut{}, Association: true, Reason: why(q.CohortQuestion, path, n)}
	if row.Reason == metrics.ReasonEmpty && !told {
		row.Reason = metrics.ReasonNotMeasured
	}
	for reason, n := range left {
		row.LeftOut = append(row.LeftOut, query.LeftOut{Reason: reason, N: &n})
	}
	slices.SortFunc(row.LeftOut, func(a, b query.LeftOut) int { return cmp.Compare(a.Reason, b.Reason) })
	return row
}

func withRatios(rows []query.FrictionRow) {
	for i := range rows {
		own, other := rows[i].MedianHours, rows[1-i].MedianHours
		if own != nil && other != nil && *other > 0 {
			r := *own / *other
			rows[i].RatioToOther = &r
		}
	}
}

// bounds are the first times at which the lower and the upper curve reach a share.
func bounds(times []observed, share float64) query.Between {
	var b query.Between
	points := curve(times)
	for _, p := range points {
		if p.Lo <= 1-share+1e-9 && b.Lo == nil {
			b.Lo = &p.Days
		}
		if p.Hi <= 1-share+1e-9 && b.Hi == nil {
			b.Hi = &p.Days
		}
	}
	if b.Lo == nil {
		b.Lo = &points[len(points)-1].Days
	}
	return b
}

// sidesOf returns on which sides of a path a repository was at a moment.
func (o workshop) sidesOf(q query.FrictionQuestion, repo metrics.RepoID, path metrics.Path, at metrics.Instant) []query.FrictionGroup {
	var list []query.FrictionGroup
	spans, spells := o.of(repo, path.Key, q)
	any := query.CohortQuestion{Team: q.Team, Group: q.Group}
	for _, s := range spans {
		if s.Contains(at) && s.State.Served() && o.wanted(any, path.Key, s.Team, at) {
			list = append(list, map[bool]query.FrictionGroup{true: query.Using, false: query.NotUsing}[s.State.Using()])
		}
	}
	if len(spans) == 0 || len(spells) == 0 || spells[0].From > q.AsOf {
		return list
	}
	join := spells[0]
	from := join.From - beside
	known, _ := o.knownUntil(repo, from, q.AsOf, anySource)
	if !join.Known || spans[0].From > from || join.From+beside > q.AsOf || known < join.From+beside || !o.wanted(any, path.Key, join.Team, at) {
		return list
	}
	switch {
	case from <= at && at < join.From:
		list = append(list, query.BeforeJoin)
	case join.From <= at && at < min(join.From+beside, join.To):
		list = append(list, query.AfterJoin)
	}
	return list
}

// eachRun calls do for each run that counts, and each group in which it does.
func (o workshop) eachRun(q query.FrictionQuestion, path metrics.Path, do func(metrics.Run, query.FrictionGroup)) {
	if len(o.facts.RunWindows) == 0 { // runs are not measured
		return
	}
	for _, r := range o.ends() {
		if r.Finished > q.AsOf || r.Created < q.From || q.To > 0 && r.Created >= q.To {
			continue
		}
		for _, group := range o.sidesOf(q, r.Repo, path, r.Created) {
			do(r, group)
		}
	}
}

// ranFor is how many hours a run took; nil where that is not known.
func ranFor(r metrics.Run) *float64 {
	if r.Started == 0 || r.Started > r.Finished {
		return nil
	}
	h := hours(r.Started, r.Finished)
	return &h
}

func (o workshop) pipelines(q query.FrictionQuestion, path metrics.Path) []query.FrictionRow {
	type side struct {
		n, successes int
		repos        map[metrics.RepoID]bool
		hours        []float64
	}
	found := map[query.FrictionGroup]*side{}
	o.eachRun(q, path, func(r metrics.Run, group query.FrictionGroup) {
		s := found[group]
		if s == nil {
			s = &side{repos: map[metrics.RepoID]bool{}}
			found[group] = s
		}
		s.n++
		s.repos[r.Repo] = true
		if r.Outcome == metrics.RunSucceeded {
			s.successes++
		}
		if h := ranFor(r); h != nil {
			s.hours = append(s.hours, *h)
		}
	})
	var rows []query.FrictionRow
	for _, group := range []query.FrictionGroup{query.Using, query.NotUsing, query.BeforeJoin, query.AfterJoin} {
		s := found[group]
		if s == nil {
			s = &side{}
		}
		row := emptyRow(q, path, query.Pipelines, group, s.n, len(o.facts.RunWindows) > 0, nil)
		repos := len(s.repos)
		row.Repos = &repos
		rate := query.NewRate(s.successes, s.n, row.Reason)
		if row.Reason == "" {
			row.Ended = row.N
			row.MedianHours, row.P90Hours = nearest(s.hours, .5), nearest(s.hours, .9)
		} else {
			rate = query.Undefined(row.Reason)
		}
		row.Success = &rate
		rows = append(rows, row)
	}
	withRatios(rows[:2])
	withRatios(rows[2:])
	return rows
}

// nearest is the smallest value that a share does not exceed.
func nearest(values []float64, share float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	return &values[int(math.Ceil(share*float64(len(values))-1e-9))-1]
}

// eachRed calls do for each failure that counts, with how long it was red, and each group in which it does.
func (o workshop) eachRed(q query.FrictionQuestion, path metrics.Path, do func(red, observed, query.FrictionGroup)) {
	for _, red := range o.reds(q.AsOf) {
		until, _ := o.knownUntil(red.repo, red.at, q.AsOf, anySource)
		followed := metrics.Beginning
		for _, l := range o.lives.lives {
			for _, s := range l.spans {
				if s.Repo == red.repo && s.Component == "" && s.From <= q.AsOf && s.State != metrics.Ineligible {
					followed = max(followed, s.To)
				}
			}
		}
		until = min(until, followed)
		if until <= red.at || red.at < q.From || q.To > 0 && red.at >= q.To {
			continue
		}
		t := observed{hours(red.at, until), false}
		if red.green <= until {
			t = observed{hours(red.at, red.green), true}
		}
		for _, group := range o.sidesOf(q, red.repo, path, red.at) {
			do(red, t, group)
		}
	}
}

func (o workshop) recoveries(q query.FrictionQuestion, path metrics.Path) []query.FrictionRow {
	times := map[query.FrictionGroup][]observed{}
	repos := map[query.FrictionGroup]map[metrics.RepoID]bool{}
	o.eachRed(q, path, func(r red, t observed, group query.FrictionGroup) {
		times[group] = append(times[group], t)
		if repos[group] == nil {
			repos[group] = map[metrics.RepoID]bool{}
		}
		repos[group][r.repo] = true
	})
	told := len(o.facts.RunWindows) > 0
	rows := append(
		compared(q, path, query.Recovery, [2]query.FrictionGroup{query.Using, query.NotUsing}, times[query.Using], times[query.NotUsing], told, nil),
		compared(q, path, query.Recovery, [2]query.FrictionGroup{query.BeforeJoin, query.AfterJoin}, times[query.BeforeJoin], times[query.AfterJoin], told, nil)...)
	for i := range rows {
		n := len(repos[rows[i].Group])
		rows[i].Repos = &n
	}
	return rows
}

// red is a failure after a success; green is Forever where no success followed.
type red struct {
	repo      metrics.RepoID
	at, green metrics.Instant
}

func (o workshop) reds(asOf metrics.Instant) []red {
	runs := slices.DeleteFunc(o.ends(), func(r metrics.Run) bool { return r.Finished > asOf })
	slices.SortFunc(runs, func(a, b metrics.Run) int {
		return cmp.Or(cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.Workflow, b.Workflow), cmp.Compare(a.Finished, b.Finished), -cmp.Compare(a.Outcome, b.Outcome))
	})
	var list []red
	for i, r := range runs {
		same := func(j int) bool { return runs[j].Repo == r.Repo && runs[j].Workflow == r.Workflow }
		if i == 0 || !same(i-1) || r.Outcome != metrics.RunFailed || runs[i-1].Outcome != metrics.RunSucceeded {
			continue
		}
		found := red{r.Repo, r.Finished, metrics.Forever}
		for j := i + 1; j < len(runs) && same(j); j++ {
			if runs[j].Outcome == metrics.RunSucceeded {
				found.green = runs[j].Finished
				break
			}
		}
		list = append(list, found)
	}
	return list
}
