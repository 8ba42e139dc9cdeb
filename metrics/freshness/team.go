package freshness

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// claim is one owner that a field names, and whom it means.
type claim struct {
	text   string
	ref    metrics.EntityRef // as an entity; the zero EntityRef where it cannot be one
	team   *Team             // nil where nothing is known of it
	there  metrics.Truth     // there is such a team
	gone   Missing           // since when there is not
	person bool              // it is a person instead
}

// teamKinds are what catalogs call teams.
var teamKinds = [...]string{"group", "team", "_team"}

func isTeam(kind string) bool { return slices.Contains(teamKinds[:], kind) }

// claim looks up an owner, in lower case, that an entity in a namespace names. The configuration goes before all else, so
// that it can say for which team a person stands.
func (x *index) claim(owner, namespace string) claim {
	key := namespace + "\x00" + owner
	c, known := x.claims[key]
	if !known {
		c = x.lookUp(owner, namespace)
		x.claims[key] = c
	}
	return c
}

func (x *index) lookUp(owner, namespace string) claim {
	ref, _ := metrics.ParseEntityRef(owner, "group", namespace)
	thing := metrics.IsThing(owner)
	c := claim{text: owner, ref: ref, person: !thing && metrics.IsPerson(owner)}
	c.team = x.team(owner, c.person || thing)
	switch {
	case c.team != nil:
		c.person, c.there, c.gone = false, metrics.Yes, Missing{c.team.Gone, c.team.Found}
	case !c.person && !thing:
		c.there = x.grouped(owner, namespace)
	default:
		return c
	}
	if isTeam(ref.Kind) { // a team of the same name in another namespace may be there
		if gone, missing := x.Missing[metrics.EntityRef{Kind: "group", Namespace: ref.Namespace, Name: ref.Name}]; missing {
			c.gone = gone
		}
	}
	if c.gone.At != metrics.Beginning && c.gone.At <= x.Now {
		c.there = metrics.No
	}
	return c
}

// team returns the team that is configured under a spelling, or under the name in it; of what is no team, only under the
// whole.
func (x *index) team(owner string, other bool) *Team {
	if t, ok := x.teams[owner]; ok {
		return t
	}
	name := strings.TrimPrefix(owner[strings.LastIndexAny(owner, ":/")+1:], "@")
	if t, ok := x.teams[name]; ok && !other {
		return t
	}
	i := slices.IndexFunc(x.patterns, func(p pattern) bool {
		return metrics.Wildcard(p.alias, owner) || !other && metrics.Wildcard(p.alias, name)
	})
	if i < 0 {
		return nil
	}
	return x.patterns[i].team
}

// grouped reports whether a team of which nothing else is known is in the catalog, or in another. It is nowhere only where
// all teams are known, or the catalog, read whole, has teams and not this one. That a file describes a team says nothing of
// others, though what portals have may.
func (x *index) grouped(owner, namespace string) metrics.Truth {
	whole := x.TeamsKnown || x.AllTeams
	for _, kind := range teamKinds {
		ref, err := metrics.ParseEntityRef(owner, kind, namespace)
		if err == nil && isTeam(ref.Kind) && (x.entities[ref] || x.teamElsewhere(ref)) {
			return metrics.Yes
		}
		if err != nil { // no entity can be called so
			ref.Kind = kind
		}
		whole = whole || x.groups && !x.Part && isTeam(ref.Kind) && x.everyEntity(ref.Kind)
	}
	if whole {
		return metrics.No
	}
	return metrics.Maybe
}

// teamElsewhere reports whether another catalog has a team, whatever it calls teams.
func (x *index) teamElsewhere(ref metrics.EntityRef) bool {
	return slices.ContainsFunc(teamKinds[:], func(kind string) bool {
		ref.Kind = kind
		return x.Elsewhere[ref]
	})
}

// staffed reports whether a team has an active member.
func (t *Team) staffed(now metrics.Instant) metrics.Truth {
	switch {
	case t == nil || t.Several:
		return metrics.Maybe
	case slices.ContainsFunc(t.Members, func(p metrics.Period) bool { return p.Contains(now) }):
		return metrics.Yes
	case t.Known:
		return metrics.No
	}
	return metrics.Maybe
}

// deserted returns when the last member left, as far as that is known.
func (t *Team) deserted() metrics.Instant {
	last := metrics.Beginning
	for _, p := range t.Members {
		last = max(last, p.To)
	}
	return last
}
