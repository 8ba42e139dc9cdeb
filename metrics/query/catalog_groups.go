package query

import (
	"context"
	_ "embed"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/descriptor"
)

//go:embed catalog_groups.sql
var catalogGroupsSQL string

// groupKind is what a catalog calls teams whose owners are references to entities.
const groupKind = "group"

// groups knows the groups that catalogs have, and finds out which of them a team is.
type groups struct {
	in    map[string][]metrics.EntityRef                   // by source
	times map[metrics.TeamKey]map[metrics.EntityRef]uint64 // that owners refer to it and mean the team
	found map[teamIn]foundGroup
}

// foundGroup is the group that a team is.
type foundGroup struct {
	ref  metrics.EntityRef // the zero EntityRef where there is none
	sure bool              // else there are several, and nothing tells which is meant
}

// catalogGroups looks up the groups of all catalogs, to which owners refer by the names that teams have there.
func catalogGroups(ctx context.Context, db DB, names map[teamIn][]spelling) (groups, error) {
	type row struct {
		Source    string `ch:"source"`
		Namespace string `ch:"namespace"`
		Name      string `ch:"name"`
	}
	rows, err := ask[row](ctx, db, "for the groups of catalogs", catalogGroupsSQL, nil)
	if err != nil {
		return groups{}, err
	}
	in := map[string][]metrics.EntityRef{}
	for _, r := range rows {
		in[r.Source] = append(in[r.Source], metrics.EntityRef{Kind: groupKind, Namespace: r.Namespace, Name: r.Name})
	}
	return newGroups(in, names), nil
}

func newGroups(in map[string][]metrics.EntityRef, names map[teamIn][]spelling) groups {
	g := groups{in, map[metrics.TeamKey]map[metrics.EntityRef]uint64{}, map[teamIn]foundGroup{}}
	for key, list := range names {
		if g.times[key.team] == nil {
			g.times[key.team] = map[metrics.EntityRef]uint64{}
		}
		for _, s := range list {
			if ref, ok := refersTo(s.text, s.namespace); ok {
				g.times[key.team][ref] += s.times
			}
		}
	}
	return g
}

// of returns the group that a team is in a catalog, else in the others.
func (g groups) of(key teamIn) foundGroup {
	found, known := g.found[key]
	if known {
		return found
	}
	if found = g.most(key.team, g.in[key.source]); found.sure && found.ref == (metrics.EntityRef{}) {
		found = g.most(key.team, slices.Concat(slices.Collect(maps.Values(g.in))...))
	}
	g.found[key] = found
	return found
}

// most returns which of the groups a team is: of those that have its name, or that owners refer to where they mean it, the one
// that most of them refer to.
func (g groups) most(team metrics.TeamKey, list []metrics.EntityRef) foundGroup {
	most, times := foundGroup{sure: true}, g.times[team]
	for _, ref := range list {
		switch {
		case ref == most.ref || times[ref] == 0 && !strings.EqualFold(ref.Name, string(team)):
		case most.ref == (metrics.EntityRef{}) || times[ref] > times[most.ref]:
			most = foundGroup{ref, true}
		case times[ref] == times[most.ref]:
			most.sure = false
		}
	}
	return most
}

// refersTo returns the entity that an owner refers to, where a thing in a namespace names it.
func refersTo(owner, namespace string) (ref metrics.EntityRef, ok bool) {
	ref, err := metrics.ParseEntityRef(owner, groupKind, namespace)
	return ref, err == nil
}

// refers reports whether owners of the file that a change is in are references to entities.
func (c *ownerChange) refers() bool { return descriptor.FormatOf(c.File) == descriptor.Backstage }

// spelledAs returns how a team is to be written that is a group of a catalog: as spelled has it, where that refers to the
// group from the namespace, else as the shortest reference of that form that does.
func spelledAs(group metrics.EntityRef, team metrics.TeamKey, old, namespace string, names []spelling) string {
	fit := slices.DeleteFunc(slices.Clone(names), func(s spelling) bool {
		ref, ok := refersTo(s.text, s.namespace)
		return !ok || ref != group
	})
	text := spelled(team, old, namespace, fit)
	if ref, ok := refersTo(text, namespace); ok && ref == group {
		return text
	}
	was := formOf(text)
	text = group.Name
	if was == byNamespace || was == byRef || group.Namespace != namespace {
		text = group.Namespace + "/" + text
	}
	if was == byKind || was == byRef {
		text = groupKind + ":" + text
	}
	return text
}
