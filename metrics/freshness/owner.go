package freshness

import (
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// Ladder says how far an owner gets: it is filled (O1), an existing team (O2) with an active member (O3), of which one
// committed here within 90 days (O4), and which holds most human commits of 180 days (O5). What is no team has no member,
// and a team without an active member reaches neither O4 nor O5, whatever those who left did; between O4 and O5 each is asked
// for itself. Of several owners a step is reached when one of them reaches it.
type Ladder struct {
	Steps  [5]metrics.Truth
	Right  metrics.Truth     // O2, O3 and O4, or O2 and O3 where nobody committed for 90 days; and it names nothing that is not there
	Teams  []metrics.TeamKey // whom it means; of a team of which nothing but the name is known, none
	Actual metrics.TeamKey   // who holds most commits, certainly and alone; "" where that cannot be said
	Holds  Holds             // what Actual rests on; zero where there is none
}

// Holds are human commits of 180 days: those of a team, and all that were or may have been made at the place.
type Holds struct{ Team, All int }

// standing is what is known of one owner at the place that it is said to own.
type standing struct {
	claim
	staffed, commits, most metrics.Truth
	idle                   metrics.Truth // not one commit in 180 days
}

// right reports whether the owner is the right one.
func (s *standing) right(quiet metrics.Truth) metrics.Truth {
	return s.there.And(s.staffed).And(s.commits.Or(quiet))
}

// owner judges the owner of a thing.
func (j *judge) owner(s *subject) (Field, Ladder) {
	l := Ladder{}
	l.Actual, l.Holds = s.here.work.holder()
	if s.field.Unresolved {
		l.Steps, l.Right = [5]metrics.Truth{metrics.Yes, metrics.Maybe, metrics.Maybe, metrics.Maybe, metrics.Maybe}, metrics.Maybe
		return j.verdict(s), l
	}
	owners := ownersIn(s.field.Values)
	if len(owners) == 0 {
		return Field{Verdict: Empty, Cause: CauseEmpty, Reason: "it names no owner"}, l
	}
	list := make([]standing, len(owners))
	for i, owner := range owners {
		list[i] = j.standing(j.held(j.world.claim(owner, s.Ref.Namespace), s), s.here)
		j.hold(&list[i], s)
	}
	l.climb(list, s.here.quiet)
	return j.ownerVerdict(list, &l, s.here), l
}

// climb takes the best of several owners at each step. One that is not there at all makes the whole wrong.
func (l *Ladder) climb(list []standing, quiet metrics.Truth) {
	l.Steps[0] = metrics.Yes
	there := metrics.Yes
	for i := range list {
		s := &list[i]
		for step, reached := range [...]metrics.Truth{s.there, s.staffed, s.staffed.And(s.commits), s.staffed.And(s.most)} {
			l.Steps[step+1] = l.Steps[step+1].Or(reached)
		}
		l.Right = l.Right.Or(s.right(quiet))
		if !s.person {
			there = there.And(s.there)
		}
		if s.team != nil && !slices.Contains(l.Teams, s.team.Key) {
			l.Teams = append(l.Teams, s.team.Key)
		}
	}
	l.Right = l.Right.And(there)
}

// nothing reports whether there is no such team. A person is somebody, though no team.
func (s *standing) nothing() bool { return s.there == metrics.No && !s.person }

func (j *judge) standing(c claim, here place) standing {
	s := standing{claim: c}
	if c.there == metrics.No {
		return s
	}
	s.staffed = c.team.staffed(j.now)
	s.commits, s.most, s.idle = metrics.Maybe, metrics.Maybe, metrics.Maybe
	if c.team == nil || c.team.Several || here.repo == nil {
		return s
	}
	s.commits, s.most, s.idle = here.work.commits(c.team), here.work.most(c.team), here.work.idle(c.team)
	return s
}

// ownerVerdict tells what the owners together are. Nobody's commits say nothing against an owner: where nobody committed
// for 90 days, one that exists and has members counts as right, though nothing confirms it.
func (j *judge) ownerVerdict(list []standing, l *Ladder, here place) Field {
	if i := slices.IndexFunc(list, func(s standing) bool { return s.nothing() }); i >= 0 {
		return j.noTeam(&list[i])
	}
	teams := slices.DeleteFunc(slices.Clone(list), func(s standing) bool { return s.person })
	all := func(holds func(s standing) bool) bool {
		return !slices.ContainsFunc(teams, func(s standing) bool { return !holds(s) })
	}
	switch {
	case len(teams) == 0:
		return Field{Verdict: Wrong, Cause: CausePerson, Reason: "it names a person, and a person is no team"}
	case l.Right == metrics.Yes:
		return agreed(teams, here)
	case all(func(s standing) bool { return s.staffed == metrics.No }):
		return deserted(teams)
	case here.quiet == metrics.No && all(func(s standing) bool { return s.idle == metrics.Yes }):
		return idle(teams, here)
	case here.quiet == metrics.Yes:
		return unconfirmed(here)
	case l.Right == metrics.No:
		return Field{Verdict: Unverified, Cause: CauseUndecided, Reason: "nobody of the team committed here for 90 days, and others did"}
	}
	return unchecked(CauseUnchecked, "not enough is known of the team, of its members or of the commits here")
}

func (j *judge) noTeam(s *standing) Field {
	f := Field{Verdict: Wrong, Cause: CauseNoTeam, Reason: "there is no team " + quote(s.text)}
	if !s.gone.Found {
		f.Since = s.gone.At
	}
	if f.Since == metrics.Beginning {
		f.Since = j.world.Vanished[s.ref]
	}
	f.Evidence = []Evidence{{Fact: "team", Subject: s.text, At: f.Since}}
	return f
}

func agreed(teams []standing, here place) Field {
	for _, s := range teams {
		if s.right(metrics.No) == metrics.Yes {
			last := here.work.of(s.team.Key).Last
			return Field{
				Verdict: Right, Cause: CauseCommits, Reason: fmt.Sprintf("members of %s committed here within 90 days", s.team.Key),
				Evidence: []Evidence{{Fact: "commits", Subject: string(s.team.Key), At: last}},
			}
		}
	}
	return unconfirmed(here)
}

// unconfirmed is the verdict on an owner of what nobody works on, so that nothing speaks for it or against it.
func unconfirmed(here place) Field {
	reason := "nobody committed here for 90 days"
	if here.nowhere {
		reason = "it names no repository where anybody could commit"
	}
	return Field{Verdict: Unverified, Cause: CauseQuiet, Reason: reason}
}

func deserted(teams []standing) Field {
	f := Field{Verdict: Wrong, Cause: CauseNoMember, Reason: "the team has no active member"}
	for _, s := range teams {
		left := s.team.deserted()
		f.Since = max(f.Since, left)
		f.Evidence = append(f.Evidence, Evidence{Fact: "member", Subject: string(s.team.Key), At: left})
	}
	return f
}

// idle judges teams that did not commit for 180 days where somebody did lately. They are wrong where another team has
// most of the commits, even if all people who are not known to be in a team were one. They are so since the last of them
// stopped 180 days ago and another team, be it one after the other, has had most ever since, where both is known.
func idle(teams []standing, here place) Field {
	top := here.work.top("")
	if !here.work.led() {
		return Field{Verdict: Unverified, Cause: CauseUndecided, Reason: "nobody of the team committed here for 180 days, and it is not known which team did"}
	}
	others := fmt.Sprintf("%s has", top.Team)
	if here.work.rival(top.Team) >= top.In180 {
		others = "other teams have"
	}
	f := Field{
		Verdict: Wrong, Cause: CauseIdle,
		Reason:   fmt.Sprintf("nobody of the team committed here for 180 days, while %s most of the commits", others),
		Evidence: []Evidence{{Fact: "commits", Subject: string(top.Team), At: top.Last}},
	}
	dated := here.work.Led != metrics.Beginning
	for _, s := range teams {
		last := here.work.of(s.team.Key).Last
		if dated = dated && last != metrics.Beginning; last != metrics.Beginning {
			f.Since = max(f.Since, last+long)
			f.Evidence = append(f.Evidence, Evidence{Fact: "commits", Subject: string(s.team.Key), At: last})
		}
	}
	if f.Since = max(f.Since, here.work.Led); !dated { // one may have been at work until later, or nobody else
		f.Since = metrics.Beginning
	}
	return f
}
