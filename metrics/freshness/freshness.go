// Package freshness compares what a software catalog says with what is really so: field by field, with a reason in words
// and with evidence. It is pure: it reads no clock, and knows of the world what it is given.
//
// A field is judged by what it is about: an owner by whether the team is there and at work (owner.go, team.go, work.go), a
// lifecycle by its repository (lifecycle.go), references by the rest of the catalog (reference.go), whatever names a
// repository, and links, by those (source.go). From the verdicts follow the shares (overview.go), duplicates, the half-life
// of what is confirmed, what each field is worth and what to do with it (audit.go, advice.go), and where portals disagree.
//
// Unknown is a value here. What nobody could look up makes nothing wrong, and shares say how much of them is unknown.
package freshness

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Record is an entity with what is known of how its fields came to be as they are.
type Record struct {
	metrics.Entity
	Confirmed []Confirmation // of each of Fields, in their order; those that are missing are not known
	Lines     []int          // likewise where they stand in the descriptor, from 1; 0 where that is not known
	Backstage bool           // it is written by the schema of Backstage
}

// Confirmation says when the value of a field was last confirmed: when it was changed to what it is. It comes from the
// history of the descriptor or from successive observations, never from what a portal calls an update.
type Confirmation struct {
	At    metrics.Instant // Beginning where it is not known
	By    metrics.Editor
	Wrote metrics.Instant // when it was changed by anybody, be it a program; Beginning where that is not known
	Wrong metrics.Instant // since when an earlier judgement found this value wrong; Beginning where none did
	Cause Cause           // why the one before did
	Dated bool            // Wrong is when it became so, rather than when that was found
	Held  bool            // the judgement before knew enough of this value to find it wrong, and did not
}

// Judged is what was found out about one entity.
type Judged struct {
	*Record
	Counted bool    // in shares: people, teams and places where descriptors lie are none of the things that a catalog is for
	Fields  []Field // by name; with the owner of what is counted, even where there is none
	Owner   Ladder
	Fresh   metrics.Truth // of what is counted
	Ghost   metrics.Truth // it has no living source
	GhostBy Cause         // why it is one, or may be
	Covers  string        // the active repository that has it, by name; "" for none
	Fills   []Fill        // by field: those that others of its kind have, too, and that something could fill; of what is counted
}

// Fill says what could fill a field of an entity.
type Fill struct{ Field, Truth string }

// Field returns the verdict on a field; ok is false where the entity does not have it.
func (e *Judged) Field(name string) (f *Field, ok bool) {
	i, ok := slices.BinarySearchFunc(e.Fields, name, func(f Field, name string) int { return strings.Compare(f.Name, name) })
	if !ok {
		return nil, false
	}
	return &e.Fields[i], true
}

// Judgement is what was found out about the catalog of one source. Its methods may be called concurrently.
type Judgement struct {
	Entities []Judged // in the order in which they were given

	Fresh    Share    // of the counted entities
	Owners   Share    // of them, those whose owner is right
	Ladder   [5]Share // of them, those that reach O1 to O5
	Ghosts   Share    // of them, those without a living source
	Orphans  int      // of them, those that nothing in the catalog brings any more
	Coverage Share    // of the active repositories, those that have an entity
	Unread   []string // repositories of which it is not known whether they are active, by name: in no coverage
	Dark     []string // active repositories that have no entity, by name

	Uncertain []string // active repositories of which it is not known whether they have one

	Duplicates []Duplicate

	judge *judge
}

// Judge compares all entities of one source with the world. Its fields are sorted by name, as in metrics.Entity. The same
// entities in another order get the same verdicts.
func Judge(records []Record, w World, m metrics.Measure) *Judgement {
	j := newJudge(records, w, m)
	out := &Judgement{Entities: make([]Judged, len(records)), judge: j}
	for i := range records {
		out.Entities[i] = j.entity(&records[i])
	}
	out.count()
	out.cover()
	out.fill()
	out.Duplicates = duplicates(out.Entities, j.world)
	return out
}

// judge holds what all verdicts are made from.
type judge struct {
	world *index
	m     metrics.Measure
	now   metrics.Instant
}

func newJudge(records []Record, w World, m metrics.Measure) *judge {
	return &judge{world: newIndex(records, w), m: m, now: w.Now}
}

// uncounted are the kinds of entities that are no things: who there is, and where descriptors lie.
var uncounted = [...]string{"group", "team", "user", "location", "_team", "_user"}

func (j *judge) entity(r *Record) Judged {
	e := Judged{Record: r, Counted: !slices.Contains(uncounted[:], r.Ref.Kind)}
	e.Fields = make([]Field, 0, len(r.Fields)+1)
	s := subject{Record: r, here: j.world.place(r)}
	for i := range r.Fields {
		s.field, s.confirmed = &r.Fields[i], Confirmation{}
		if i < len(r.Confirmed) {
			s.confirmed = r.Confirmed[i]
		}
		if e.Counted && s.field.Name == metrics.FieldOwner {
			continue
		}
		e.Fields = append(e.Fields, j.field(&s))
	}
	if !e.Counted {
		return e
	}
	owner := j.ownerOf(&s, &e.Owner)
	at, _ := slices.BinarySearchFunc(e.Fields, metrics.FieldOwner, func(f Field, name string) int { return strings.Compare(f.Name, name) })
	e.Fields = slices.Insert(e.Fields, at, owner)
	e.Fresh = e.fresh(j.m.FreshFields, nil, nil)
	e.Ghost, e.GhostBy = j.ghost(r, s.here)
	return e
}

// ownerOf judges the owner, which counted entities have to have.
func (j *judge) ownerOf(s *subject, l *Ladder) Field {
	s.field, s.confirmed = &metrics.EntityField{Name: metrics.FieldOwner}, Confirmation{}
	for i := range s.Fields {
		if s.Fields[i].Name != metrics.FieldOwner {
			continue
		}
		s.field = &s.Fields[i]
		if i < len(s.Confirmed) {
			s.confirmed = s.Confirmed[i]
		}
	}
	f, ladder := j.owner(s)
	*l = ladder
	return j.complete(f, s)
}

// subject is a field of an entity that is being judged.
type subject struct {
	*Record
	here      place
	field     *metrics.EntityField
	confirmed Confirmation
}

// field judges any field but the owner of what is counted.
func (j *judge) field(s *subject) Field {
	return j.complete(j.verdict(s), s)
}

func (j *judge) verdict(s *subject) Field {
	kind, refers := Refers(s.field.Name, s.Ref.Kind)
	switch {
	case s.field.Unresolved && len(s.field.Values) == 0:
		return unchecked(CauseUnresolved, "nothing but the name of its entity could be read, which is too large or has no such shape")
	case s.field.Unresolved:
		return unchecked(CauseUnresolved, "a placeholder stands for it, which nobody has looked up")
	case !filled(s.field.Values), refers && !slices.ContainsFunc(s.field.Values, func(v string) bool { return !j.blank(s, v, kind) }):
		return Field{Verdict: Empty, Cause: CauseEmpty, Reason: "it is not filled, or with a word that stands for nothing"}
	}
	switch s.field.Name {
	case metrics.FieldLifecycle:
		return j.lifecycle(s)
	case metrics.FieldSource:
		return j.source(s)
	case metrics.FieldLinks:
		return j.links(s)
	}
	if refers {
		return j.references(s, kind)
	}
	if names := j.world.reposNamed(s.Record, s.field); len(names) > 0 {
		return j.repos(s, names)
	}
	return unchecked(CauseUnchecked, "nothing can check it")
}

// complete names the field, ages what nothing could check, and dates what is wrong. How old a placeholder is says nothing
// of what it stands for.
func (j *judge) complete(f Field, s *subject) Field {
	f.Name, f.Confirmed, f.By = s.field.Name, s.confirmed.At, s.confirmed.By
	switch {
	case f.Verdict == Wrong:
		f.Since, f.Dated = j.since(&f, s.confirmed)
	case f.Verdict == Aged && (f.Cause == CauseUnresolved || !j.old(s.confirmed.At)):
		f.Verdict = Unverified
	}
	return f
}

// old reports whether a confirmation is too long ago. Where none is known, that is not known either.
func (j *judge) old(confirmed metrics.Instant) bool {
	return confirmed != metrics.Beginning && confirmed.Add(j.m.StaleAfter) < j.now
}

// since dates a wrong value: by its cause, but never before somebody or something wrote it; else by the first judgement that
// found it wrong, which is dated late and says so. A date that was known before a reading failed stays.
func (j *judge) since(f *Field, c Confirmation) (at metrics.Instant, dated bool) {
	switch {
	case f.Since != metrics.Beginning && f.Since <= j.now:
		return max(f.Since, c.At, c.Wrote), true
	case c.Wrong != metrics.Beginning:
		return max(c.Wrong, c.At, c.Wrote), c.Dated && c.found(f.Cause) && j.world.Lapsed.any()
	}
	return j.now, false
}
