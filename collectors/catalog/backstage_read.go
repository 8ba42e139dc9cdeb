package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// read is one reading of the catalog: what was told by now, and what waits for what was not.
type read struct {
	take func(Item) error

	known  map[metrics.EntityRef]person // all that was told
	emails map[string]metrics.EntityRef // persons by their address, in lower case
	held   []gathered                   // items that refer to what was not listed yet
	gone   map[metrics.EntityRef]bool   // what the catalog was asked for and did not show
	hidden map[string]bool              // kinds of teams that it has, or had the last time, and of which it showed none by now

	told   told // of the list, since it was begun
	total  int  // entities that the list has by its own word; below zero where it does not tell
	listed int  // entities in it, each once
	twice  int
	bare   int  // that have no kind or no name
	whole  bool // all that is in it was told, persons among it

	numbered bool // it goes on by numbers: it passes over what moves to a page that was read
}

// newRead begins a reading of a catalog in which some things were the last time.
func newRead(take func(Item) error, before []metrics.EntityRef) *read {
	r := &read{
		take: take, known: map[metrics.EntityRef]person{}, emails: map[string]metrics.EntityRef{}, gone: map[metrics.EntityRef]bool{}, hidden: map[string]bool{kindGroup: true},
	}
	for _, ref := range before {
		if slices.Contains(groups, ref.Kind) {
			r.hidden[ref.Kind] = true
		}
	}
	r.anew()
	return r
}

// anew begins the list anew. What was taken of it is not taken again.
func (r *read) anew() { r.told, r.total, r.listed, r.twice, r.bare = told{}, -1, 0, 0, 0 }

// named are the entities in the list that have a name, each once.
func (r *read) named() int { return r.listed - r.bare }

// add takes one entity of the list.
func (r *read) add(g gathered, ok bool) error {
	if !ok {
		r.bare++
		r.listed++
		return nil
	}
	if r.told.again(g.item.Entity.Ref.String()) {
		r.twice++
		return nil
	}
	r.listed++
	return r.note(g)
}

// note hands an item on, or holds it until what it refers to is known. Of each thing it takes the first.
func (r *read) note(g gathered) error {
	if _, again := r.known[g.item.Entity.Ref]; again {
		return nil
	}
	r.known[g.item.Entity.Ref] = g.person()
	delete(r.hidden, g.item.Entity.Ref.Kind)
	for _, s := range g.item.Spelled {
		if s.Email != "" {
			r.emails[strings.ToLower(s.Email)] = g.item.Entity.Ref
		}
	}
	if !r.settled(g) {
		r.held = append(r.held, g)
		return nil
	}
	return r.take(r.finish(g))
}

// settled reports whether all is known that an item refers to.
func (r *read) settled(g gathered) bool {
	for ref := range g.refers() {
		if _, ok := r.known[ref]; !ok {
			return false
		}
	}
	return true
}

// release hands on what was held and waits for nothing any more; with all of it where nothing is to come.
func (r *read) release(all bool) error {
	still := r.held[:0]
	for i, g := range r.held {
		if !all && !r.settled(g) {
			still = append(still, g)
			continue
		}
		if err := r.take(r.finish(g)); err != nil {
			r.held = append(still, r.held[i+1:]...)
			return err
		}
	}
	clear(r.held[len(still):])
	r.held = still
	return nil
}

// missing are the references to what was not listed and is not known to be gone, each once.
func (r *read) missing() (refs []metrics.EntityRef) {
	met := map[metrics.EntityRef]bool{}
	for _, g := range r.held {
		for ref := range g.refers() {
			if _, ok := r.known[ref]; !ok && !r.gone[ref] && !met[ref] {
				met[ref] = true
				refs = append(refs, ref)
			}
		}
	}
	return refs
}

// complete is an error where the list, read to its end, is not all of the catalog for sure.
func (r *read) complete() error {
	switch {
	case r.bare > 0:
		return fmt.Errorf("%d of %d entities have no kind or no name: which ones they are is not known", r.bare, r.listed)
	case r.twice > 0:
		return fmt.Errorf("%d entities are listed twice: the list moved while it was read", r.twice)
	case r.listed < r.total:
		return fmt.Errorf("%d entities are listed where there were to be %d: the list shrank while it was read", r.listed, r.total)
	}
	return nil
}

// finish says who the owners and members of an item are, by all that is known now.
func (r *read) finish(g gathered) Item {
	for _, ref := range g.owners {
		g.item.Owners = append(g.item.Owners, r.owner(ref))
	}
	for _, ref := range g.members {
		if p := r.known[ref]; p.as != nil {
			g.item.Team.Members = append(g.item.Team.Members, *p.as)
		}
	}
	if g.item.Team != nil {
		g.item.Team.Hidden = len(g.members) > 0 && len(g.item.Team.Members) == 0
	}
	return g.item
}

// lacks reports whether the catalog does not have something that it was asked for. What a token may not see is answered just
// as what is not there: where it shows no group at all, or nothing more of a kind of teams that it had, its answer tells nothing of
// that kind.
func (r *read) lacks(ref metrics.EntityRef) bool { return r.gone[ref] && !r.hidden[ref.Kind] }

// owner is whom a reference means. The catalog takes an address, and a name without a kind, for the name of a group: where
// there is no such group it is that of a person.
func (r *read) owner(ref metrics.EntityRef) Owner {
	if p, ok := r.known[ref]; ok {
		return Owner{Ref: ref, Person: p.as}
	}
	if p := mailed(ref.Name); p != nil {
		user, listed := r.emails[strings.ToLower(p.Email)]
		return Owner{Ref: user, Person: p, Unlisted: !listed && !r.whole}
	}
	if ref.Kind != kindGroup {
		return Owner{Ref: ref, Gone: r.lacks(ref), Unasked: !r.lacks(ref)}
	}
	for _, namespace := range []string{ref.Namespace, metrics.DefaultNamespace} {
		user := metrics.EntityRef{Kind: kindUser, Namespace: namespace, Name: ref.Name}
		if p, ok := r.known[user]; ok {
			return Owner{Ref: user, Person: p.as}
		}
	}
	return Owner{Ref: ref, Gone: r.lacks(ref), Unsure: !r.whole && !r.gone[ref], Unasked: !r.lacks(ref)}
}

// entity takes an entity of the list.
func (r *read) entity(raw []byte) error { return r.add(gather(raw)) }

// found takes what a look-up found; nothing is null.
func (r *read) found(raw []byte) error {
	g, ok := gather(raw)
	if !ok {
		return nil
	}
	return r.note(g)
}

// unprocessed takes a row of what was not processed. One without errors is merely waiting for its turn.
func (r *read) unprocessed(raw []byte) error {
	g, ok := gatherRow(raw)
	if !ok || len(g.item.Entity.Problems) == 0 {
		return nil
	}
	return r.note(g)
}
