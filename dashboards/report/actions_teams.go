package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// win finds, for each path, the teams that lack least to be on it by choice.
func (w *build) win() ([]Action, error) {
	rows, err := w.teamRows(w.asOf)
	if err != nil {
		return nil, err
	}
	free, err := w.freeOff()
	if err != nil {
		return nil, err
	}
	if w.Scope.Kind == OfTeam {
		return w.winOwn(rows, free), nil
	}
	was, err := w.wereOn()
	if err != nil {
		return nil, err
	}
	near := map[metrics.PathKey]map[int][]metrics.TeamKey{}
	for _, row := range rows {
		key := teamPath{*row.Team, row.Path}
		if n := w.short(row, len(free[key])); n > 0 && !was[key] { // whom it was won from is another matter: see stay
			if near[row.Path] == nil {
				near[row.Path] = map[int][]metrics.TeamKey{}
			}
			near[row.Path][n] = append(near[row.Path][n], *row.Team)
		}
	}
	var list []Action
	for _, p := range w.r.Paths {
		lack := 0
		for n := range near[p.Key] {
			if lack == 0 || n < lack {
				lack = n
			}
		}
		if len(near[p.Key]) == 0 || p.Now.Rate == nil {
			continue
		}
		names, which := w.leads(near[p.Key][lack])
		a := Action{Kind: Win, Path: p.Key, Which: which, Points: points(p, len(names)) / float64(lack),
			What: fmt.Sprintf("Win %s for %s: %s %s %s short of being on it by choice.", verb(len(names), "one team", "the nearest teams"), quoted(p.Title), named(names),
				verb(len(names), "is", "are each"), plural(lack, "repository", "repositories"))}
		if len(names) == 1 {
			a.Effect = "If it chooses the path there, " + goes(p, 1) + "."
		} else {
			a.Effect = fmt.Sprintf("If %s choose the path there, %s; each of them is worth %s.", all(len(names)), goes(p, len(names)), percentPoints(points(p, 1)))
		}
		list = append(list, w.forResult(a, p.Key, "adoption.teams.voluntary", "adoption.teams.total", "adoption.teams.gross"))
	}
	return list, nil
}

// leads are the titles of teams, and where each has its page.
func (w *build) leads(keys []metrics.TeamKey) (names []string, leads []Lead) {
	for _, key := range keys {
		names = append(names, w.teamTitle(key))
		leads = append(leads, Lead{w.teamTitle(key), w.link("/team", "team", string(key))})
	}
	return names, leads
}

// percentPoints writes a difference of shares.
func percentPoints(points float64) string {
	if points < 1 {
		return "less than a percentage point"
	}
	return plural(int(points+0.5), "percentage point", "percentage points")
}

// winOwn finds the repositories with which the team would be on a path by choice, or would be on it with more of them.
func (w *build) winOwn(rows []query.AdoptionRow, free map[teamPath][]query.StateRow) (list []Action) {
	for _, row := range rows {
		off := free[teamPath{*row.Team, row.Path}]
		if len(off) == 0 || row.Repos.Voluntary.Rate == nil {
			continue
		}
		var names []string
		for _, s := range off {
			names = append(names, metrics.UnitName(s.Repo, s.Component))
		}
		title, v := quoted(titleOf(w.path(row.Path))), row.Repos.Voluntary
		need := w.short(row, len(off))
		more := max(need, 1)
		a := Action{Kind: Win, Path: row.Path, Href: w.link("/states", "team", w.Scope.Key, "path", string(row.Path), "state", "off"),
			What: fmt.Sprintf("Bring %s onto %s; off it %s %s.", plural(more, "more repository", "more repositories"), title, verb(len(names), "is", "are"), named(names)),
			Effect: fmt.Sprintf("Of your %s that could choose, %s would be there by choice and not %s: %s instead of %s.", plural(v.Den, "repository", "repositories"),
				count(v.Num+more), number(v.Num), percent(float64(v.Num+more)/float64(v.Den)), percent(*v.Rate)),
			Points: 100 / float64(v.Den) / 2}
		if v.Den == 1 {
			a.Effect = "It is your only repository that could choose."
		}
		switch {
		case need > 0:
			a.Effect += " That makes you a team on the path by choice."
			a.Points = 100 / float64(v.Den) / float64(need) * 2
		case row.Teams.Voluntary.Num > 0:
			a.Effect += " You are a team on the path by choice already."
		}
		list = append(list, w.forResult(a, row.Path, "adoption.repos.voluntary", "adoption.repos.total", "adoption.repos.gross"))
	}
	return list
}

// since is the moment before the week at which who left since is worth winning back.
func (w *build) since() metrics.Instant {
	return max(w.asOf-lookBack*metrics.Day, metrics.Beginning+1)
}

// wereOn are the teams that were on a path by choice some weeks ago.
func (w *build) wereOn() (map[teamPath]bool, error) {
	return once(w.Builder, fmt.Sprint("were on ", w.since()), func() (map[teamPath]bool, error) {
		rows, err := w.byTeam(w.since())
		was := map[teamPath]bool{}
		for _, row := range rows {
			if row.Team != nil && row.Teams.Voluntary.Num > 0 {
				was[teamPath{*row.Team, row.Path}] = true
			}
		}
		return was, err
	})
}

// stay finds, for each path, the teams that left it and those that one step back would take off it.
func (w *build) stay() ([]Action, error) {
	now, err := w.teamRows(w.asOf)
	if err != nil {
		return nil, err
	}
	was, err := w.wereOn()
	if err != nil {
		return nil, err
	}
	left, shaky, rows := map[metrics.PathKey][]metrics.TeamKey{}, map[metrics.PathKey][]metrics.TeamKey{}, map[metrics.PathKey]query.AdoptionRow{}
	for _, row := range now {
		v := row.Teams.Voluntary
		switch {
		case v.Num == 0 && v.Den > 0 && was[teamPath{*row.Team, row.Path}]:
			left[row.Path] = append(left[row.Path], *row.Team)
		case v.Num > 0 && row.States.Mixed > 0 && !w.freely(row, -row.States.Mixed, row.States.Served()):
			shaky[row.Path] = append(shaky[row.Path], *row.Team)
		}
		rows[row.Path] = row
	}
	var list []Action
	for _, p := range w.r.Paths {
		gone, which := w.leads(left[p.Key])
		loose, others := w.leads(shaky[p.Key])
		if len(gone)+len(loose) == 0 {
			continue
		}
		if w.Scope.Kind == OfTeam {
			list = append(list, w.stayOwn(p, rows[p.Key], len(gone) > 0))
			continue
		}
		if p.Now.Rate == nil {
			continue
		}
		a := Action{Kind: Stay, Path: p.Key, Which: append(which, others...), Points: points(p, len(gone)) + points(p, len(loose))/2}
		if len(gone) > 0 {
			a.What = fmt.Sprintf("Win back %s, which %s on %s by choice on %s and no longer %s.", named(gone), verb(len(gone), "was", "were"), quoted(p.Title), w.day(w.since()), verb(len(gone), "is", "are"))
			a.Effect = "With " + allOf(gone) + " back, " + goes(p, len(gone)) + "."
		}
		if len(loose) > 0 {
			what := fmt.Sprintf("Help %s to finish the move to %s: %s by choice, and still %s another way beside it.", named(loose), quoted(p.Title),
				verb(len(loose), "it is there", "they are there"), verb(len(loose), "goes", "go"))
			a.What = sentences(a.What, what)
			a.Effect = sentences(a.Effect, fmt.Sprintf("Should %s go back, voluntary adoption falls from %s to %s.", allOf(loose),
				percent(*p.Now.Rate), percent(float64(p.Now.Num-len(loose))/float64(p.Now.Den))))
		}
		list = append(list, w.forResult(a, p.Key, "adoption.teams.voluntary", "adoption.teams.total", "adoption.teams.gross"))
	}
	return list, nil
}

// stayOwn is what the team itself can do to stay, or to come back.
func (w *build) stayOwn(p Path, row query.AdoptionRow, left bool) Action {
	a := Action{Kind: Stay, Path: p.Key, Href: w.link("/states", "team", w.Scope.Key, "path", string(p.Key), "only", "served")}
	served := max(row.States.Served(), 1)
	if left {
		a.What = fmt.Sprintf("Say what drove you off %s: on %s you were on it by choice, and no longer are.", quoted(p.Title), w.day(w.since()))
		a.Effect = fmt.Sprintf("%s of your %s use it now. Those who provide the path can only mend what they know.", count(row.States.Using()), plural(served, "repository", "repositories"))
		a.Points = 100 / float64(served)
		return a
	}
	a.What = fmt.Sprintf("Finish the move to %s: %s still %s another way beside it.", quoted(p.Title), plural(row.States.Mixed, "repository", "repositories"), verb(row.States.Mixed, "goes", "go"))
	a.Effect = "Should " + verb(row.States.Mixed, "it", "they") + " go back, you would no longer be a team on the path by choice."
	a.Points = 50 / float64(served)
	return a
}

// allOf names one, or says how many.
func allOf(names []string) string {
	if len(names) == 1 {
		return named(names)
	}
	return all(len(names))
}

// all says so of several.
func all(n int) string {
	if n == 2 {
		return "both"
	}
	return "all " + count(n)
}

// sentences joins two, of which the first may be empty.
func sentences(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

// lasting says what moves a key result about how long stays last: those that have not lasted 90 days yet.
func (w *build) lasting() ([]Action, error) {
	var list []Action
	for _, k := range w.r.Results {
		if !k.OffPlan() || k.Path == "" || k.Value == nil || (k.Measure != "retention.d90" && k.Measure != "retention.tried_and_left") {
			continue
		}
		q := query.CohortQuestion{Path: k.Path, Team: k.Team, Group: k.Group, AsOf: w.asOf}
		stays, err := once(w.Builder, fmt.Sprintf("stays %+v", q), func() ([]query.StayRow, error) {
			return query.Stays(w.ctx, w.db, query.StaysQuestion{CohortQuestion: q})
		})
		if err != nil {
			return nil, err
		}
		if a, ok := w.youngStays(k, stays); ok {
			list = append(list, a)
		}
	}
	return list, nil
}

// youngStays is the action about the stays that a key result may still keep.
func (w *build) youngStays(k Result, stays []query.StayRow) (Action, bool) {
	var held []query.StayRow
	var young []string
	gone, since := 0, w.asOf-youngDays*metrics.Day
	for _, s := range stays {
		switch {
		case !s.Left && metrics.At(s.From) >= since:
			young = append(young, metrics.UnitName(s.Repo, s.Component))
			s.Days = youngDays + 1
		case s.Left && s.Days < youngDays && metrics.At(s.From) > w.asOf-2*youngDays*metrics.Day:
			gone++
		}
		held = append(held, s)
	}
	value, ok := query.StillThere(held, youngDays)
	if !ok {
		return Action{}, false
	}
	if k.Measure == "retention.tried_and_left" {
		value = 1 - value
	}
	gain := value - *k.Value
	title := quoted(titleOf(w.path(k.Path)))
	list := func(pairs ...string) string {
		return w.link("/stays", append(pairs, "path", string(k.Path), "team", string(k.Team), "group", k.Group)...)
	}
	a := Action{Kind: Stay, Path: k.Path, For: k.id(), Href: list("from", since.String(), "outcome", "stays"),
		Points: behindPlan * 100 * max(gain, -gain)}
	if len(young) == 0 {
		a.Href = list("outcome", "left")
		a.What = fmt.Sprintf("Find out why repositories leave %s within their first %d days, before more are asked to come.", title, youngDays)
		a.Effect = fmt.Sprintf("Nothing is in its first %d days there now, so key result %s, %s at %s, rises only with new stays that last.", youngDays,
			quoted(cmp.Or(k.Title, k.Key)), words(string(k.Status)), k.amount(k.Value))
		a.Points = max(a.Points, leastWorth)
		return a, true
	}
	slices.Sort(young)
	a.What = fmt.Sprintf("Look after %s in %s first %d days on %s: %s.", plural(len(young), "repository", "repositories"), verb(len(young), "its", "their"), youngDays, title, named(young))
	a.Effect = fmt.Sprintf("If %s, key result %s, %s, goes from %s to %s; it asks for %s.", verb(len(young), "it stays", "all of them stay"),
		quoted(cmp.Or(k.Title, k.Key)), words(string(k.Status)), k.amount(k.Value), k.amount(&value), k.goal())
	if gone > 0 {
		a.Effect += fmt.Sprintf(" %s of those that came in the last %d days left within %d.", count(gone), 2*youngDays, youngDays)
	}
	if !k.Reached(value) {
		a.Effect += " That alone does not reach the target: stays that ended count, too."
	}
	a.Points = max(a.Points, leastWorth)
	return a, true
}

// ease finds, for each path, the other way that keeps most teams off it.
func (w *build) ease() ([]Action, error) {
	if w.Scope.Kind == OfTeam {
		return nil, nil
	}
	rows, err := w.teamRows(w.asOf)
	if err != nil {
		return nil, err
	}
	free, err := w.freeOff()
	if err != nil {
		return nil, err
	}
	was, err := w.wereOn()
	if err != nil {
		return nil, err
	}
	type gain struct{ repos, teams, won, work int }
	of := map[metrics.PathKey]map[metrics.WayKey]*gain{}
	for _, row := range rows {
		byWay := map[metrics.WayKey]int{}
		for _, s := range free[teamPath{*row.Team, row.Path}] {
			for _, way := range s.Ways {
				byWay[way]++
			}
		}
		for way, n := range byWay {
			if of[row.Path] == nil {
				of[row.Path] = map[metrics.WayKey]*gain{}
			}
			g := of[row.Path][way]
			if g == nil {
				g = new(gain)
				of[row.Path][way] = g
			}
			g.repos += n
			g.teams++
			if need := w.short(row, n); need > 0 && !was[teamPath{*row.Team, row.Path}] {
				g.won++
				g.work += need
			}
		}
	}
	var list []Action
	for _, p := range w.r.Paths {
		var way metrics.WayKey
		var best gain
		for key, g := range of[p.Key] {
			if c := cmp.Or(g.won-best.won, g.repos-best.repos); c > 0 || c == 0 && key < way {
				way, best = key, *g
			}
		}
		if best.won == 0 || p.Now.Rate == nil {
			continue
		}
		a := Action{Kind: Ease, Path: p.Key, Href: w.link("/states", "path", string(p.Key), "way", string(way), "state", "off", "active", "true", "choice", "true", "group", w.group()),
			What: fmt.Sprintf("Make it easy to leave %s for %s: %s of %s %s that way and could choose.", quoted(string(way)), quoted(p.Title),
				plural(best.repos, "repository", "repositories"), Teams.count(best.teams), verb(best.repos, "goes", "go")),
			Effect: fmt.Sprintf("If %s the path, %s on it by choice: %s.", plural(best.work, "of these repositories chooses", "of these repositories choose"),
				plural(best.won, "more team is", "more teams are"), goes(p, best.won)),
			Points: points(p, best.won) * float64(best.won) / float64(best.work) * 0.75, // a road for many takes longer than a talk with one
		}
		list = append(list, w.forResult(a, p.Key, "adoption.teams.voluntary", "adoption.teams.total", "adoption.teams.gross"))
	}
	return list, nil
}
