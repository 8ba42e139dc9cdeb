package classify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// portals returns the teams that portals name for a unit, those of the first source first.
func (c *Classifier) portals(told []metrics.CatalogClaim, component string) []stay {
	var list []stay
	told = slices.SortedStableFunc(slices.Values(told), func(a, b metrics.CatalogClaim) int { return cmp.Compare(a.Source, b.Source) })
	for len(told) > 0 {
		var portal []metrics.CatalogClaim
		source := told[0].Source
		portal, told = cut(told, func(x *metrics.CatalogClaim) bool { return x.Source == source })
		list = append(list, c.claimed(ofPortal(portal, component), func(cl claim) []string { return cl.catalog }, c.roll(source))...)
	}
	return list
}

// ofPortal returns what one portal says of a unit: a claim for each time that it says something else.
func ofPortal(told []metrics.CatalogClaim, component string) (claims []claim) {
	there := map[metrics.EntityRef]metrics.CatalogClaim{}
	for len(told) > 0 {
		var together []metrics.CatalogClaim
		seen := told[0].Seen
		together, told = cut(told, func(x *metrics.CatalogClaim) bool { return x.Seen == seen })
		for _, t := range together {
			if there[t.Ref] = t; t.Gone {
				delete(there, t.Ref)
			}
		}
		now := claim{at: seen}
		now.catalog, now.lost = ownersOf(entitiesOf(there, component))
		if n := len(claims); n == 0 || !slices.Equal(claims[n-1].catalog, now.catalog) || !slices.Equal(claims[n-1].lost, now.lost) {
			claims = append(claims, now)
		}
	}
	return claims
}

// entitiesOf returns the entities that stand for a unit, in the order of their references: those that are about its folder,
// else those about the only folder below that any is about.
func entitiesOf(there map[metrics.EntityRef]metrics.CatalogClaim, component string) []metrics.CatalogClaim {
	var here, under []metrics.CatalogClaim
	for _, t := range there {
		if t.Folder == component {
			here = append(here, t)
		} else if below(component, t.Folder) {
			under = append(under, t)
		}
	}
	if len(here) == 0 {
		here = under
	}
	if slices.ContainsFunc(here, func(t metrics.CatalogClaim) bool { return t.Folder != here[0].Folder }) {
		return nil
	}
	slices.SortFunc(here, func(a, b metrics.CatalogClaim) int { return strings.Compare(a.Ref.String(), b.Ref.String()) })
	return here
}

// ownersOf returns the owners of the first component of a place that has any, else those of its only entity, and those of
// them that are lost.
func ownersOf(place []metrics.CatalogClaim) (owners, lost []string) {
	i := slices.IndexFunc(place, func(t metrics.CatalogClaim) bool { return isComponent(t.Ref.Kind) && len(t.Owners) > 0 })
	switch {
	case i >= 0:
		return place[i].Owners, place[i].Lost
	case len(place) == 1:
		return place[0].Owners, place[0].Lost
	}
	return nil, nil
}
