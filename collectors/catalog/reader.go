package catalog

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Reader turns what a portal tells into facts: what is otherwise than it was, and what is not there any more.
type Reader struct {
	Name   string // of the source
	Portal Portal
	People *collectors.People

	Lists   []metrics.CatalogList // of the source: how it was read the last time, and the last time whole
	Members []metrics.Membership  // whom the source saw in teams, periods that are over included

	Progress func(entities int) // told how many were read so far; may be nil
	Now      func() metrics.Instant
}

// Done says what a reading of a catalog came to.
type Done struct {
	At       metrics.Instant // as of when the list is kept
	Entities int             // that were listed, people and teams among them
	Changed  int             // that are written, for they are new or otherwise than before
	Gone     int
	Requests int
	Complete bool
	Detail   string   // why it is not complete, in words
	Hidden   []string // kinds of which it shows nothing, and did before: what is known of them stays
	Lacks    Lack
}

// Lack is what a catalog whose entities name owners never showed, so that little is known of these.
type Lack int

// What a catalog may lack.
const (
	LacksNothing Lack = iota
	LacksTeams        // it shows none
	LacksMembers      // it shows nobody in any of its teams
)

// asShort ends what is said of a list that is not believed for it is short. The next one is, if it is as short.
const asShort = "nothing is concluded to be gone unless the next list is as short"

// batchOf is how many entities are written together.
const batchOf = 2000

// Read reads the catalog once. Before are the entities as they were seen the last time. What the portal fails with is told
// in Done and in the list that is written behind all else, which is not complete then: what was read by that time is true,
// and nothing is concluded to be gone. That holds, too, for a reading that ctx ends, whose error is returned. Where out
// fails, nothing is told of the reading.
//
// Of an entity that is seen the first time every field counts as having always been as it is; of one that was gone, as new.
// Who wrote a field is known once the portal told of edits: it was a human where it told of a newer one.
func (r *Reader) Read(ctx context.Context, before []metrics.Snapshot, out collectors.Sink) (Done, error) {
	x := newReading(r, before, out)
	if portal, ok := r.Portal.(Recaller); ok {
		portal.Recall(x.there())
	}
	failed, err := x.list(ctx)
	if err != nil && ctx.Err() == nil {
		return Done{}, err
	}
	detail := "the reading was ended before it was complete"
	switch {
	case ctx.Err() != nil:
	case failed != nil:
		detail = x.keys.text(failed.Error())
	default:
		detail = x.doubts()
	}
	done, err := x.end(context.WithoutCancel(ctx), detail)
	return done, cmp.Or(ctx.Err(), err)
}

// reading is one reading of a catalog.
type reading struct {
	*Reader
	keys keys
	out  collectors.Sink
	now  metrics.Instant
	sent int // requests before it

	before  []metrics.Snapshot
	had     map[metrics.EntityRef]int // the places of those in before
	told    map[metrics.EntityRef]bool
	twice   int
	unknown []string // what could not be read, and why
	edits   bool     // the portal tells when people edited something
	grouped bool     // it had teams before
	owned   bool     // an entity names an owner

	whole, last metrics.CatalogList // the last whole list, and the last of all

	batch   *metrics.Batch
	crowd   *crowd
	changed int
}

func newReading(r *Reader, before []metrics.Snapshot, out collectors.Sink) *reading {
	x := &reading{
		Reader: r, keys: keys{r.People}, out: out, now: r.Now(), sent: r.Portal.Requests(), before: before,
		had: make(map[metrics.EntityRef]int, len(before)), told: make(map[metrics.EntityRef]bool, len(before)), batch: &metrics.Batch{},
	}
	for i := range before {
		x.had[before[i].Ref] = i
		x.edits = x.edits || before[i].Edited != metrics.Beginning
		x.grouped = x.grouped || slices.Contains(groups, before[i].Ref.Kind)
		x.now = max(x.now, before[i].Seen+1) // snapshots are told apart by their second
	}
	for _, l := range r.Lists {
		if x.now = max(x.now, l.At+1); l.Complete && l.At >= x.whole.At {
			x.whole = l
		}
		if l.At >= x.last.At {
			x.last = l
		}
	}
	x.crowd = newCrowd(x)
	return x
}

// list takes all that the portal lists. Failed is what the portal fails with, err what whoever keeps it does.
func (x *reading) list(ctx context.Context) (failed, err error) {
	for item, failed := range x.Portal.Items(ctx) {
		if failed != nil {
			return failed, nil
		}
		if err := x.take(ctx, item); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// take takes one thing of the list.
func (x *reading) take(ctx context.Context, item Item) error {
	if x.told[item.Entity.Ref] {
		x.twice++
		return nil
	}
	x.told[item.Entity.Ref] = true
	if x.Progress != nil {
		x.Progress(len(x.told))
	}
	x.owned = x.owned || len(item.Owners) > 0
	if item.Unread != "" {
		x.unknown = append(x.unknown, fmt.Sprintf("%s (%s)", item.Entity.Ref, item.Unread))
	}
	x.edits = x.edits || item.Entity.Edited != metrics.Beginning
	if item.Unread == "" {
		x.crowd.note(&item)
	}
	if metrics.IsPersonKind(item.Entity.Ref.Kind) || x.leaves(&item) {
		return nil
	}
	now := x.snapshot(&item)
	i, known := x.had[now.Ref]
	if known {
		keepOwners(&now, &x.before[i], item.Owners)
	}
	if known && x.since(&now, &x.before[i]) {
		return nil
	} else if !known {
		now.Since, now.By = make([]metrics.Instant, len(now.Fields)), make([]metrics.Editor, len(now.Fields))
	}
	x.changed++
	x.batch.Snapshots = append(x.batch.Snapshots, now)
	if len(x.batch.Snapshots) < batchOf {
		return nil
	}
	return x.write(ctx)
}

// leaves reports whether nothing is written of an item, so that what is known of it stays: of one that could not be read, and
// of one with an owner who may be a person, in the clear.
func (x *reading) leaves(item *Item) bool {
	there := func(ref metrics.EntityRef) bool {
		i, known := x.had[ref]
		return known && !x.before[i].Gone
	}
	return item.Unread != "" && there(item.Entity.Ref) ||
		slices.ContainsFunc(item.Owners, func(o Owner) bool { return o.Unsure && !there(o.Ref) })
}

func (x *reading) write(ctx context.Context) error {
	batch := x.batch
	x.batch = &metrics.Batch{}
	return x.out.Write(ctx, batch)
}

// snapshot is an entity as it is kept, without persons.
func (x *reading) snapshot(item *Item) metrics.Snapshot {
	s := metrics.Snapshot{Entity: item.Entity}
	s.Source, s.Seen, s.Problems, s.Fields = x.Name, x.now, nil, nil
	for _, problem := range item.Entity.Problems {
		s.Problems = append(s.Problems, x.keys.text(problem))
	}
	if item.Unread != "" {
		s.Fields = append(s.Fields, metrics.EntityField{Name: metrics.FieldLifecycle, Unresolved: true}, metrics.EntityField{Name: metrics.FieldOwner, Unresolved: true})
	}
	s.Fields = append(s.Fields, x.keys.fields(item.Entity.Fields, item.Owners)...)
	for _, o := range item.Owners {
		s.Owners = append(s.Owners, x.keys.owner(o))
	}
	return s
}

// since says of each field of an entity since when it is as it is, and who made it so, and reports whether all is as it was.
// A portal that forgets when people edited or verified it takes nothing away from what it said.
func (x *reading) since(now, was *metrics.Snapshot) (same bool) {
	editor := metrics.EditorUnknown
	switch {
	case now.Edited > was.Edited && !was.Gone:
		editor = metrics.EditedByHuman
	case x.edits && !was.Gone:
		editor = metrics.EditedByMachine
	}
	now.Edited, now.Verified = max(now.Edited, was.Edited), max(now.Verified, was.Verified)
	if now.Mark() == was.Mark() {
		return true
	}
	now.Since, now.By = make([]metrics.Instant, len(now.Fields)), make([]metrics.Editor, len(now.Fields))
	for i, f := range now.Fields {
		now.Since[i], now.By[i] = x.now, editor
		k := slices.IndexFunc(was.Fields, func(old metrics.EntityField) bool { return old.Name == f.Name })
		if k >= 0 && slices.Equal(was.Fields[k].Values, f.Values) && was.Fields[k].Unresolved == f.Unresolved {
			now.Since[i], now.By[i] = was.Since[k], was.By[k]
		}
	}
	for i := range now.Owners {
		now.Owners[i].Since = x.lost(now, was, i)
	}
	return false
}

// doubts says why a list that came without an error is not believed all the same; "" where it is.
func (x *reading) doubts() string {
	n, before := len(x.told), cmp.Or(x.whole.Entities, len(x.there()))
	switch {
	case x.twice > 0:
		return fmt.Sprintf("%d entities are listed twice: the list moved while it was read", x.twice)
	case len(x.unknown) > 0:
		return x.keys.text(x.unreadable())
	case n == 0 && before > 0:
		return fmt.Sprintf("no entity is listed, and %d are known: nothing is concluded to be gone", before)
	case n == 0 || !metrics.Shrunk(before, n):
		return ""
	case strings.HasSuffix(x.last.Detail, asShort) && !metrics.Shrunk(x.last.Entities, n):
		return ""
	}
	return fmt.Sprintf("%d entities are listed and %d were the last time: %s", n, before, asShort)
}

// mostUnread is of how many entities it is told that they could not be read.
const mostUnread = 3

// unreadable says which entities could not be read.
func (x *reading) unreadable() string {
	few := x.unknown[:min(len(x.unknown), mostUnread)]
	text := "1 entity could not be read: "
	if n := len(x.unknown); n > 1 {
		text = fmt.Sprintf("%d entities could not be read: ", n)
	}
	text += strings.Join(few, ", ")
	if more := len(x.unknown) - len(few); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + "; what is known of them stays, and nothing is concluded to be gone"
}

// there are the entities that were there.
func (x *reading) there() (refs []metrics.EntityRef) {
	for i := range x.before {
		if !x.before[i].Gone {
			refs = append(refs, x.before[i].Ref)
		}
	}
	return refs
}

// end writes what is known only at the end: what is gone, who is in which team, and how the list was. Detail says why it is
// not complete.
func (x *reading) end(ctx context.Context, detail string) (Done, error) {
	done := Done{At: x.now, Entities: len(x.told), Changed: x.changed, Requests: x.Portal.Requests() - x.sent, Complete: detail == "", Detail: detail}
	list := metrics.CatalogList{
		Source: x.Name, At: x.now, Complete: done.Complete, Entities: done.Entities, Requests: done.Requests, Detail: detail,
	}
	if done.Complete {
		unread := x.unread()
		done.Gone = x.gone(unread)
		list.Kinds, done.Hidden, done.Lacks = x.kinds(unread), unread, x.lacks()
	}
	x.crowd.close(done.Complete)
	x.batch.CatalogLists = append(x.batch.CatalogLists, list)
	return done, x.write(ctx)
}

// gone notes what a whole list does not have any more.
func (x *reading) gone(unread []string) (n int) {
	for i := range x.before {
		was := &x.before[i]
		if was.Gone || x.told[was.Ref] || slices.Contains(unread, was.Ref.Kind) {
			continue
		}
		n++
		x.batch.Snapshots = append(x.batch.Snapshots, metrics.Snapshot{Entity: metrics.Entity{Source: x.Name, Ref: was.Ref, Seen: x.now}, Gone: true})
	}
	return n
}

// unread are the kinds of teams of which none is listed though some are known, and that of persons where it is so with who is
// in teams. Portals leave them out where the token may not read them, and the list is whole without them.
func (x *reading) unread() []string {
	kinds := map[string]bool{}
	for i := range x.before {
		if was := &x.before[i]; !was.Gone && slices.Contains(groups, was.Ref.Kind) {
			kinds[was.Ref.Kind] = true
		}
	}
	for ref := range x.told {
		delete(kinds, ref.Kind)
	}
	if x.crowd.hidden() {
		kinds[kindUser] = true
	}
	return slices.Sorted(maps.Keys(kinds))
}

// lacks is what the catalog did not show, now or before.
func (x *reading) lacks() Lack {
	switch {
	case !x.owned || x.grouped && len(x.crowd.teams) == 0:
	case len(x.crowd.teams) == 0:
		return LacksTeams
	case len(x.crowd.before) == 0 && len(x.crowd.stays) == 0:
		return LacksMembers
	}
	return LacksNothing
}

// kinds are those of all that is or was there, and that of persons, without some; none where there are none of these.
func (x *reading) kinds(without []string) []string {
	if len(without) == 0 {
		return nil
	}
	all := map[string]bool{kindUser: true}
	for i := range x.before {
		all[x.before[i].Ref.Kind] = true
	}
	for ref := range x.told {
		all[ref.Kind] = true
	}
	for _, kind := range without {
		delete(all, kind)
	}
	return slices.Sorted(maps.Keys(all))
}

// groups are the kinds of entities that are teams.
var groups = []string{kindGroup, "team", "_team"}
