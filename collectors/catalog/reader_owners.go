package catalog

import (
	"cmp"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// keepOwners lets owners stay what they were in what the portal could not tell of them. They are found by whom they stand
// for, or by their place where the entity names the same owners as before.
func keepOwners(now, was *metrics.Snapshot, told []Owner) {
	same := len(now.Owners) == len(was.Owners) && slices.Equal(ownersNamed(now), ownersNamed(was))
	for i := range now.Owners {
		owner := &now.Owners[i]
		k := placeOf(owner, was.Owners)
		switch {
		case k >= 0 && told[i].Unasked:
			owner.Gone = was.Owners[k].Gone
		case k < 0 && same && told[i].Unasked:
			*owner = was.Owners[i]
		case k < 0 && same && told[i].Unlisted:
			owner.Ref, owner.Person = was.Owners[i].Ref, was.Owners[i].Person
		}
	}
}

// ownersNamed are the owners of an entity as it names them.
func ownersNamed(s *metrics.Snapshot) []string {
	for _, f := range s.Fields {
		if f.Name == metrics.FieldOwner {
			return f.Values
		}
	}
	return nil
}

// placeOf is where an owner is among some; below zero where it is not.
func placeOf(owner *metrics.EntityOwner, among []metrics.EntityOwner) int {
	return slices.IndexFunc(among, func(o metrics.EntityOwner) bool { return o.Ref == owner.Ref && o.Person == owner.Person })
}

// lost says since when an owner is seen to be none any more: from now on where it was one before, and nobody knows of one
// that is seen the first time. That it was one is told by a whole list with teams alone: in one that broke off, or left them out,
// whoever could not be asked about counts as one, too.
func (x *reading) lost(entity, was *metrics.Snapshot, at int) metrics.Instant {
	now := &entity.Owners[at]
	k := placeOf(now, was.Owners)
	if now.Ref == (metrics.EntityRef{}) && slices.Equal(ownersNamed(entity), ownersNamed(was)) { // then its place tells which one it is
		k = at
	}
	switch {
	case !now.Gone || k < 0 || k >= len(was.Owners):
		return metrics.Beginning
	case was.Owners[k].Gone:
		return was.Owners[k].Since
	case was.Seen > x.whole.At, !x.grouped, len(x.whole.Kinds) > 0 && !slices.Contains(x.whole.Kinds, cmp.Or(now.Ref.Kind, kindGroup)):
		return metrics.Beginning
	}
	return x.now
}
