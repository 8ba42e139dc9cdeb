package report

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// maxReasons is how many repositories are named of a team that moved.
const maxReasons = 3

// unitKey tells units on paths apart.
type unitKey struct {
	repo, component string
	path            metrics.PathKey
}

// moved is what became of a unit in the week.
type moved struct {
	query.FlowsUnitRow
	event *query.EventRow // that made it so, the last one; nil for clocks that leave none
}

// using reports whether something that stands so uses the path.
func using(s query.Standing) bool { return s == "on" || s == "mixed" }

// origin is how a unit came to the path; NoOrigin where nothing changed in it: it counts now, and did not.
func (m moved) origin() metrics.Origin {
	switch {
	case m.event != nil && m.event.Kind == metrics.Entered:
		return m.event.Origin
	case m.FromState == "": // it was seen for the first time, and no history tells of it
		return metrics.UnknownOrigin
	}
	return metrics.NoOrigin
}

// faded reports whether a unit no longer uses the path without having left it.
func (m moved) faded() bool { return !using(m.ToState) && m.ToState != "off" && m.ToState != "none" }

// movedUnits are the units that are not what they were, those with the path alone.
func (w *build) movedUnits() ([]moved, error) {
	return once(w.Builder, fmt.Sprint("moved ", w.Week.From, w.asOf), func() ([]moved, error) {
		rows, err := query.FlowsUnits(w.ctx, w.db, query.FlowsQuestion{From: w.Week.From, To: w.asOf})
		if err != nil {
			return nil, err
		}
		events, err := query.Events(w.ctx, w.db, query.EventsQuestion{From: w.Week.From + 1, To: w.asOf + 1})
		if err != nil {
			return nil, err
		}
		last := make(map[unitKey]map[metrics.EventKind]*query.EventRow, len(events))
		for i := range events {
			e := &events[i]
			key := unitKey{e.Repo, e.Component, e.Path}
			if last[key] == nil {
				last[key] = make(map[metrics.EventKind]*query.EventRow, 2)
			}
			last[key][e.Kind], last[key][0] = e, e
		}
		var list []moved
		for _, row := range rows {
			if using(row.FromState) == using(row.ToState) {
				continue
			}
			of, kind := last[unitKey{row.Repo, row.Component, row.Path}], metrics.Left
			if using(row.ToState) {
				kind = metrics.Entered
			}
			list = append(list, moved{row, cmp.Or(of[kind], of[0])}) // an upgrade after it does not tell how it came
		}
		return list, nil
	})
}

// moves finds who came to a path by choice, and who left it.
func (w *build) moves() error {
	units, err := w.movedUnits()
	if err != nil {
		return err
	}
	w.crossings(units)
	if w.Scope.Kind == OfTeam {
		w.unitMoves(units)
		return nil
	}
	now, err := w.byTeam(w.asOf)
	if err != nil {
		return err
	}
	then, err := w.byTeam(w.Week.From)
	if err != nil {
		return err
	}
	type key struct {
		team metrics.TeamKey
		path metrics.PathKey
	}
	before := make(map[key]query.AdoptionRow, len(then))
	for _, row := range then {
		if row.Team != nil {
			before[key{*row.Team, row.Path}] = row
		}
	}
	for _, row := range now {
		if row.Team == nil || *row.Team == "" || !w.inScope(*row.Team) || !w.has(row.Path) {
			continue
		}
		was := before[key{*row.Team, row.Path}]
		chose := row.Teams.Voluntary.Num > 0 && was.Teams.Voluntary.Num == 0
		left := was.Verdict == query.TeamOn && row.Verdict != query.TeamOn
		if chose || left {
			m := w.teamMove(row, units, chose)
			if chose {
				w.r.Chose = append(w.r.Chose, m)
			} else {
				w.r.Left = append(w.r.Left, m)
			}
		}
	}
	return nil
}

// teamMove is a team that came or left, with what became of its repositories.
func (w *build) teamMove(row query.AdoptionRow, units []moved, came bool) Move {
	m := Move{Who: w.teamTitle(*row.Team), Path: titleOf(w.path(row.Path)),
		Href: w.link("/states", "team", string(*row.Team), "path", string(row.Path))}
	m.Faded = !came
	for _, u := range units {
		if u.Team != *row.Team || u.Path != row.Path || using(u.ToState) != came {
			continue
		}
		m.Faded = m.Faded && u.faded()
		if len(m.Why) == maxReasons {
			m.Other++
			continue
		}
		m.Why = append(m.Why, w.reason(u))
	}
	if len(m.Why) == 0 {
		m.Why = []Reason{{Text: "its repositories on the path stayed as they were; which of them count changed, by ownership, work or age"}}
	}
	return m
}

// unitMoves are the repositories of the team that came or left.
func (w *build) unitMoves(units []moved) {
	for _, u := range units {
		if !w.inScope(u.Team) || u.Team == "" || !w.has(u.Path) {
			continue
		}
		why := w.reason(u)
		m := Move{Who: why.Repo, Href: why.Href, Path: titleOf(w.path(u.Path)), Why: []Reason{{Text: why.Text}}, Faded: u.faded(), Free: u.origin().Voluntary()}
		if using(u.ToState) {
			w.r.Chose = append(w.r.Chose, m)
		} else {
			w.r.Left = append(w.r.Left, m)
		}
	}
}

// reason says what became of a unit.
func (w *build) reason(u moved) Reason {
	name := metrics.UnitName(u.Repo, u.Component)
	text, by, also := came(u)
	if !using(u.ToState) {
		text, by, also = gone(u)
	}
	if u.event != nil {
		text += " on " + w.day(metrics.At(u.event.At)) + by
	}
	text += also
	return Reason{Repo: name, Href: w.link("/repo", "repo", name), Text: text}
}

// came says how a unit came to the path, by whose doing, and what it was before.
func came(u moved) (text, whose, before string) {
	if u.event != nil {
		whose = by(u.event.Origin)
	}
	switch {
	case u.FromState == "":
		return "is new, and on the path", whose, ""
	case u.FromState == "none":
		return "took up the path", whose, "; it had no way before"
	case u.FromState == "off" && len(u.From) > 0:
		return "came from " + ways(u.From), whose, ""
	case u.event != nil && u.event.Kind == metrics.Entered:
		return "took up the path", whose, stood[u.FromState].before
	}
	return "began to count as on the path", whose, stood[u.FromState].before
}

// gone says how a unit left the path, by whose doing, and what it has now.
func gone(u moved) (text, whose, after string) {
	switch u.ToState {
	case "off":
		if u.event != nil {
			whose = by(u.event.Origin)
		}
		return "went to " + ways(u.To), whose, ""
	case "none":
		return "took the path away", "", "; it has no way now"
	case "":
		return "is gone", "", ""
	}
	return "stopped counting as on the path", "", stood[u.ToState].now
}

// by says by whose doing, as far as that is more than a choice.
func by(o metrics.Origin) string {
	switch o {
	case metrics.Chosen, metrics.Born:
		return ", by choice"
	case metrics.Mandated, metrics.Enforced:
		return ", as it had to"
	case metrics.Automated:
		return ", by a bot or a campaign"
	case metrics.Assisted:
		return ", with the platform team"
	case metrics.UnknownOrigin:
		return ", by nobody knows whom"
	}
	return ""
}

// stood says why a unit did not count as on a path before, and why it does not now.
var stood = map[query.Standing]struct{ before, now string }{
	"inactive":   {"; it was inactive before: nobody worked on it", "; it is inactive: nobody works on it"},
	"dormant":    {"; it was dormant before: its pipeline did not run", "; it is dormant: its pipeline does not run"},
	"exempt":     {"; it was exempt before", "; it is exempt now"},
	"ineligible": {"; the path was not for it before", "; the path is not for it any more"},
	"unknown":    {"; it could not be read before", "; it cannot be read now"},
	"off":        {"; it did without before", "; it does without now"},
}

// ways names ways; without any there is nothing but the absence of the path.
func ways(list []metrics.WayKey) string {
	var names []string
	for _, w := range list {
		if w != metrics.Golden {
			names = append(names, string(w))
		}
	}
	return cmp.Or(strings.Join(names, " and "), "no other way")
}

// link returns the address of a page at the moment of the report; "" where the report has no pages.
func (w *build) link(address string, pairs ...string) string { return w.r.link(address, pairs...) }

// link returns the address of a page at the moment of the report; "" where the report has no pages.
func (r *Report) link(address string, pairs ...string) string {
	if r.Base == "" {
		return ""
	}
	v := url.Values{"as_of": {r.AsOf.String()}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return strings.TrimSuffix(r.Base, "/") + address + "?" + v.Encode()
}

// day writes a date in the time zone of the report.
func (w *build) day(t metrics.Instant) string { return w.r.Week.day(t) }

func (w Week) day(t metrics.Instant) string { return t.Time().In(w.Zone).Format("Mon 2 Jan") }

// plural writes a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", count(n), many)
}
