package catalog

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Taker is a portal that can be told facts about the entities of its catalog. What it is told stands beside what people
// wrote, under keys that begin with trodden_: nothing of theirs is touched, and no entity is made.
type Taker interface {
	Portal
	// Look says what telling the gifts would write. It looks up what the portal has, and writes nothing.
	Look(ctx context.Context, gifts []Gift) (Offer, error)
	// Give writes what is offered. Given is told, again and again, of which of the writes the portal took; an error of it
	// ends the giving. What the portal does not take of a single entity is told behind all others.
	Give(ctx context.Context, offer []Write, given func([]Write) error) error
}

// Gift is what is told about an entity.
type Gift struct {
	Ref    metrics.EntityRef
	Facts  []metrics.PortalFact // none where nothing is so any more
	Before []metrics.PortalFact // what was told last: that of it which is not among Facts is taken back
}

// Mark identifies what is told, whenever and whomever it is.
func (g Gift) Mark() uint64 { return markOf(g.Facts) }

func markOf(facts []metrics.PortalFact) uint64 {
	var parts []string
	for _, f := range facts {
		parts = append(parts, string(f.Path), f.About, f.Value)
	}
	return metrics.Fingerprint(parts...)
}

// Offer is what giving would write.
type Offer struct {
	Writes []Write // of the entities that the portal has, in the order of the gifts
	Absent []metrics.EntityRef
	Lacks  []string // what is not told of it, in words: what the portal has no place for and how it gets one, and what has to wait
}

// Write is what is written to one entity.
type Write struct {
	Ref    metrics.EntityRef
	Values []Value              // that change; where there are none the portal has all of it already
	Facts  []metrics.PortalFact // that the portal then has
	Mark   uint64               // of them, as Gift.Mark

	name string // as the portal itself writes it
	in   string // the blueprint that it is of, where there are such
}

// Value is what is written under a key.
type Value struct {
	Key string
	Old string // "" where it is not there, or the portal does not tell
	New string // "" where there is nothing to tell
	metrics.PortalFact
	Back bool // the fact itself is taken back: its key goes
}

// ours begins the keys of what trodden writes.
const ours = "trodden_"

// isOurs reports whether a key of a portal is one that trodden writes: it is no field that anybody filled.
func isOurs(key string) bool { return strings.HasPrefix(strings.ToLower(key), ours) }

// unfit matches what a key of a portal cannot hold. Port allows these characters alone, at most 100 of them.
var unfit = regexp.MustCompile(`[^A-Za-z0-9-]`)

// maxKey is how many characters a key has at most.
const maxKey = 100

// keyOf is the key under which a fact is written: its name, with _ for what divides it.
func keyOf(f metrics.PortalFact) string {
	if f.Path == "" {
		return ours + f.About
	}
	return ours + unfit.ReplaceAllString(string(f.Path), "-") + "_" + f.About
}

// fitting refuses gifts that no portal could take: keys of two paths that are the same, or too long.
func fitting(gifts []Gift) error {
	paths := map[string]metrics.PathKey{}
	for _, g := range gifts {
		for _, f := range g.Facts {
			key := keyOf(f)
			switch other, taken := paths[key]; {
			case len(key) > maxKey:
				return fmt.Errorf("the key of path %s is too long for a portal, which takes %d characters: %w", f.Path, maxKey, metrics.ErrInvalid)
			case taken && other != f.Path:
				return fmt.Errorf("a portal cannot tell the keys of paths %s and %s apart, both are %s: %w", other, f.Path, key, metrics.ErrInvalid)
			}
			paths[key] = f.Path
		}
	}
	return nil
}

// offered makes the write of a gift, where takes says what there is a place for, and has what the portal has under a key, and
// whether that is there; it is nil where the portal does not tell, and forgets what it is not told again.
func (g Gift) offered(name, in string, takes func(metrics.PortalFact) bool, has func(key string) (value string, there bool)) Write {
	w := Write{Ref: g.Ref, name: name, in: in}
	for _, f := range g.Facts {
		if !takes(f) {
			continue
		}
		w.Facts = append(w.Facts, f)
		v := Value{Key: keyOf(f), New: f.Value, PortalFact: f}
		if has != nil {
			v.Old, _ = has(v.Key)
		}
		if has == nil && v.New != "" || v.Old != v.New {
			w.Values = append(w.Values, v)
		}
	}
	w.Mark = markOf(w.Facts)
	for _, f := range g.over() {
		v, there := Value{Key: keyOf(f), PortalFact: f, Back: true}, true
		if has != nil {
			v.Old, there = has(v.Key)
		}
		if there {
			w.Values = append(w.Values, v)
		}
	}
	return w
}

// over are the facts that were told and are none any more. What another one has the key of is overwritten by that.
func (g Gift) over() (list []metrics.PortalFact) {
	for _, was := range g.Before {
		if !slices.ContainsFunc(g.Facts, func(f metrics.PortalFact) bool { return keyOf(f) == keyOf(was) }) {
			list = append(list, metrics.PortalFact{Path: was.Path, About: was.About})
		}
	}
	return list
}

// json is the value as portals take it; none where it is taken away.
func (v Value) json(none any) any {
	switch {
	case v.New == "":
		return none
	case v.Kind == metrics.TruthFact:
		return v.New == "true"
	}
	return v.New
}

// receivers finds what the gifts are about in what a portal lists.
type receivers struct {
	gifts map[metrics.EntityRef]int // places of those that nothing was found for yet
	list  []Gift
	found map[int]Write
}

func newReceivers(gifts []Gift) *receivers {
	r := &receivers{gifts: make(map[metrics.EntityRef]int, len(gifts)), list: gifts, found: map[int]Write{}}
	for i, g := range gifts {
		r.gifts[g.Ref] = i
	}
	return r
}

// take notes what would be written to an entity, where a gift is about it. The first of several is meant, as in a reading.
func (r *receivers) take(ref metrics.EntityRef, write func(Gift) Write) {
	if i, ok := r.gifts[ref]; ok {
		delete(r.gifts, ref)
		r.found[i] = write(r.list[i])
	}
}

// offer is what was found.
func (r *receivers) offer() (o Offer) {
	for i, g := range r.list {
		if w, ok := r.found[i]; ok {
			o.Writes = append(o.Writes, w)
		} else {
			o.Absent = append(o.Absent, g.Ref)
		}
	}
	return o
}

// putOff leaves for later offers what is taken back beyond some values, and returns how much that is. Until then it counts as
// told: it is taken back then as if this offer had not been.
func (o *Offer) putOff(most int) (later int) {
	writes := o.Writes[:0]
	for _, w := range o.Writes {
		var kept []Value
		for _, v := range w.Values {
			switch {
			case !v.Back:
			case most > 0:
				most--
			default:
				later++
				w.Facts = append(w.Facts, v.PortalFact)
				continue
			}
			kept = append(kept, v)
		}
		if len(kept) < len(w.Values) {
			w.Mark = markOf(w.Facts)
		}
		if len(kept) > 0 || len(w.Values) == 0 {
			w.Values = kept
			writes = append(writes, w)
		}
	}
	o.Writes = writes
	return later
}

// takesBack reports whether a fact is taken back by a write.
func (w Write) takesBack() bool {
	return slices.ContainsFunc(w.Values, func(v Value) bool { return v.Back })
}

// changes takes out of an offer what the portal has already, which is told of at once.
func changes(offer []Write, given func([]Write) error) ([]Write, error) {
	var rest, had []Write
	for _, w := range offer {
		if len(w.Values) > 0 {
			rest = append(rest, w)
		} else {
			had = append(had, w)
		}
	}
	if len(had) == 0 {
		return rest, nil
	}
	return rest, given(had)
}

// give sends what changes something, and is told nothing but whether it was taken.
func (w *wire) give(ctx context.Context, method string, r request) error {
	req, err := w.request(ctx, r)
	if err != nil {
		return err
	}
	req.Method = method
	resp, err := w.client.Do(req)
	if err != nil {
		return w.say(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return w.refused(resp)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, maxRefusal))
	return err
}

// ungiven says why a portal does not take what it is given. Right is what the key needs for that.
func (w *wire) ungiven(err error, right string) error {
	status := statusOf(err)
	if errors.Is(err, quota.ErrRefused) || slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden}, status) {
		return quota.Say(fmt.Sprintf("%s; %s", err, right), err)
	}
	return err
}

// parcels divides writes so that the bodies of requests with them stay small.
func parcels(writes []Write, most, bytes int) (list [][]Write, err error) {
	from, size := 0, 0
	for i, w := range writes {
		text, err := json.Marshal(w.Values)
		if err != nil {
			return nil, err
		}
		if i > from && (i-from == most || size+len(text) > bytes) {
			list, from, size = append(list, writes[from:i]), i, 0
		}
		size += len(text) + len(w.name)
	}
	if from < len(writes) {
		list = append(list, writes[from:])
	}
	return list, nil
}

// refusals are entities that a portal did not take anything for.
type refusals struct {
	n     int
	first error
}

func (r *refusals) add(ref metrics.EntityRef, err error) {
	r.n++
	r.first = cmp.Or(r.first, fmt.Errorf("%s: %w", ref, err))
}

// err tells of all by the first of them.
func (r *refusals) err() error {
	if r.n > 1 {
		return fmt.Errorf("%d entities are not taken, the first is %w", r.n, r.first)
	}
	return r.first
}
