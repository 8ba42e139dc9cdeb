package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/descriptor"
	"github.com/trodden/trodden/metrics/freshness"
)

// catalogState is what one catalog says, as it was read last.
type catalogState struct {
	source    string
	records   []freshness.Record
	backstage bool                                  // it is one of Backstage, or of a product that is made of it
	groups    []metrics.EntityRef                   // teams that it has as entities
	goneTeams map[metrics.TeamKey]goneTeam          // teams of which it says itself that they are not there any more
	goneRefs  map[metrics.EntityRef]goneTeam        // those of them that it can refer to, of the kind group
	vanished  map[metrics.EntityRef]metrics.Instant // entities that it had once: since when it has not
	complete  bool                                  // it was read whole
	lapsed    bool                                  // not all of what it had was, for no other reason than that a reading failed or left it out
	unread    bool                                  // it never was
	open      map[string]bool                       // repositories that it may have without that being known
	kinds     []string                              // of which kinds that is so; none for all
	missed    []string                              // of that of files: repositories that were not read
	partly    []string                              // likewise: repositories whose files describe more than was read
}

// has reports whether all that the catalog has of a kind was read, where anything was read whole.
func (c *catalogState) has(kind string) bool {
	return len(c.kinds) == 0 || slices.Contains(c.kinds, kind)
}

// add takes an entity in, with what is known of its fields.
func (c *catalogState) add(r freshness.Record) {
	r.Backstage = c.backstage
	if c.source == metrics.DescribedSource {
		r.Backstage = descriptor.FormatOf(r.Descriptor.Path) == descriptor.Backstage
	}
	c.records = append(c.records, r)
	if isGroup(r.Ref.Kind) {
		c.groups = append(c.groups, r.Ref)
	}
}

// home returns the repository that an entity is about. What a slug names is thought to be on the usual host where no place is
// called so; where nothing is known of it there, it is what is or was called so on the host of the file that describes the
// entity, if anything is.
func (s *survey) home(e *metrics.Entity) string {
	_, known := s.ids[e.Repo]
	_, path, named := strings.Cut(e.Repo, "/")
	own, _, described := strings.Cut(e.Descriptor.Repo, "/")
	slugged := func(f metrics.EntityField) bool {
		return strings.HasSuffix(f.Name, "/project-slug") && len(f.Values) == 1 && strings.EqualFold(strings.Trim(f.Values[0], " /"), path)
	}
	if known || !named || !described || !slices.ContainsFunc(e.Fields, slugged) {
		return e.Repo
	}
	if _, there := s.ids[own+"/"+path]; there {
		return own + "/" + path
	}
	return e.Repo
}

// isGroup reports whether entities of a kind are teams, whatever portals call them.
func isGroup(kind string) bool { return kind == "group" || kind == "team" || kind == "_team" }

// foundBefore notes of values that are still there since when they were found to be wrong, or that they were not.
func (c *catalogState) foundBefore(before []clickhouse.FoundField) {
	type place struct {
		ref   metrics.EntityRef
		field string
	}
	found := make(map[place][]clickhouse.FoundField, len(before))
	for _, w := range before {
		at := place{w.Ref, w.Field}
		found[at] = append(found[at], w)
	}
	for i := range c.records {
		r := &c.records[i]
		for k, f := range r.Fields {
			for _, was := range found[place{r.Ref, f.Name}] {
				switch known := slices.Equal(was.Values, f.Values); {
				case known && was.Wrong:
					r.Confirmed[k].Wrong, r.Confirmed[k].Dated, r.Confirmed[k].Cause = was.Since, was.Dated, was.Cause
				case known:
					r.Confirmed[k].Held = true
				}
			}
		}
	}
}

// descriptions are the entities that files describe, by where and what they are.
type descriptions struct {
	survey *survey
	at     map[describedAt]*metrics.Described
}

type describedAt struct {
	repo metrics.RepoID
	ref  metrics.EntityRef
}

func newDescriptions(s *survey, described []metrics.Described) descriptions {
	x := descriptions{survey: s, at: make(map[describedAt]*metrics.Described, len(described))}
	for i := range described {
		d := &described[i]
		if _, twice := x.at[describedAt{d.Repo, d.Ref}]; !twice {
			x.at[describedAt{d.Repo, d.Ref}] = d
		}
	}
	return x
}

// of returns how the file describes an entity that a portal has it from; nil where it has it from none, or the history of
// that was not read.
func (x descriptions) of(e *metrics.Entity) *metrics.Described {
	id, known := x.survey.ids[e.Descriptor.Repo]
	if !known || !x.survey.walked[id] {
		return nil
	}
	return x.at[describedAt{id, e.Ref}]
}

// portalCatalog is a catalog as its snapshots tell it. When a field was confirmed says the history of the file that it comes from,
// where there is one, and else how the portal was seen to change.
func portalCatalog(s *survey, list *catalogReading, snapshots []metrics.Snapshot, described descriptions) *catalogState {
	c := &catalogState{
		source: list.Source, backstage: list.backstage, complete: list.Complete, unread: !list.whole, kinds: list.Kinds,
		goneTeams: map[metrics.TeamKey]goneTeam{}, goneRefs: map[metrics.EntityRef]goneTeam{}, vanished: map[metrics.EntityRef]metrics.Instant{},
	}
	// A list tells of kinds only where it leaves out one of which something was there: that is the same as one that broke off.
	c.lapsed = list.whole && (!list.Complete || len(list.Kinds) > 0)
	for i := range snapshots {
		shot := &snapshots[i]
		if shot.Gone {
			c.vanished[shot.Ref] = shot.Seen
			continue
		}
		c.goneOwners(s, shot)
		d, n := described.of(&shot.Entity), len(shot.Fields)
		r := freshness.Record{Entity: shot.Entity, Confirmed: make([]freshness.Confirmation, n), Lines: make([]int, n)}
		for k, f := range shot.Fields {
			r.Confirmed[k] = observed(shot, k)
			if at, there := fieldOf(d, f.Name); there {
				if r.Lines[k] = lineOf(d, at); says(&d.Fields[at], &f) {
					r.Confirmed[k] = written(d, at)
				}
			}
			if shot.Verified > r.Confirmed[k].At {
				r.Confirmed[k] = freshness.Confirmation{At: shot.Verified, By: metrics.EditedByHuman}
			}
		}
		r.Repo = s.home(&r.Entity)
		c.add(r)
	}
	return c
}

// goneTeam is since when there is no such team any more: found is set where that is only when it was found to be so.
type goneTeam struct {
	at    metrics.Instant
	found bool
}

// or adds that an entity, as it is seen from a moment on, says so, after it took it for a team until another. Of several the
// first is taken that is dated, else the first.
func (g goneTeam) or(seen, since metrics.Instant) goneTeam {
	other := goneTeam{seen, true}
	if since != metrics.Beginning {
		other = goneTeam{since, false}
	}
	if g.at == metrics.Beginning || g.found && !other.found || g.found == other.found && other.at < g.at {
		return other
	}
	return g
}

// goneOwners notes the teams of which a portal says that they are not there any more. Where it cannot refer to them they
// are called as the owner was typed.
func (c *catalogState) goneOwners(s *survey, shot *metrics.Snapshot) {
	var typed []string
	for _, f := range shot.Fields {
		if f.Name == metrics.FieldOwner {
			typed = f.Values
		}
	}
	for i, o := range shot.Owners {
		called := o.Ref.String()
		if o.Ref == (metrics.EntityRef{}) && len(typed) == len(shot.Owners) {
			called = typed[i]
		}
		key, ok := s.rules.Team(called)
		if !ok || !o.Gone || o.Person != 0 {
			continue
		}
		c.goneTeams[key] = c.goneTeams[key].or(shot.Seen, o.Since)
		if o.Ref != (metrics.EntityRef{}) {
			o.Ref.Kind = "group"
			c.goneRefs[o.Ref] = c.goneRefs[o.Ref].or(shot.Seen, o.Since)
		}
	}
}

// missing are the teams of which a portal says that they are not there any more, but for those that are configured, or listed
// all the same.
func (c *catalogState) missing(s *survey) map[metrics.EntityRef]freshness.Missing {
	var list map[metrics.EntityRef]freshness.Missing
	for ref, gone := range c.goneRefs {
		key, _ := s.rules.Team(ref.String())
		configured := slices.ContainsFunc(s.rules.Definitions().Teams.List, func(t metrics.Team) bool { return t.Key == key })
		listed := slices.ContainsFunc(c.groups, func(g metrics.EntityRef) bool { return g.Namespace == ref.Namespace && g.Name == ref.Name })
		if configured || listed {
			continue
		}
		if list == nil {
			list = map[metrics.EntityRef]freshness.Missing{}
		}
		list[ref] = freshness.Missing{At: gone.at, Found: gone.found}
	}
	return list
}

// fileCatalog is the catalog that all files of repositories are together. An entity that is described twice is in it twice.
func fileCatalog(s *survey, described []metrics.Described) *catalogState {
	c := &catalogState{source: metrics.DescribedSource, complete: s.read, missed: s.missed}
	for i := range described {
		d := &described[i]
		if d.Ref == (metrics.EntityRef{}) {
			c.lead(s, d)
			continue
		}
		confirmed := make([]freshness.Confirmation, len(d.Fields))
		for k := range d.Fields {
			confirmed[k] = written(d, k)
		}
		r := freshness.Record{Entity: d.Entity, Confirmed: confirmed, Lines: d.Lines}
		r.Repo = s.home(&r.Entity)
		c.add(r)
	}
	c.lapsed = len(c.missed) > 0 && len(c.partly) == 0
	return c
}

// lead takes in that a file describes more than was read. What it leads to in files of repositories that are known may be
// about any of them.
func (c *catalogState) lead(s *survey, d *metrics.Described) {
	id, known := s.ids[d.Entity.Repo]
	if d.Repo != id && known && s.walked[id] && d.Folder == "" {
		return
	}
	c.complete = false
	if c.unread = c.unread || known && d.Folder != ""; c.open == nil {
		c.open = map[string]bool{}
	}
	if !c.open[d.Descriptor.Repo] {
		c.open[d.Descriptor.Repo], c.partly = true, append(c.partly, d.Descriptor.Repo)
	}
}

// gap says in words what of a catalog of files was not read; of a portal its list says so.
func (c *catalogState) gap() string {
	if c.source != metrics.DescribedSource || c.complete {
		return ""
	}
	var parts []string
	if n := len(c.missed); n > 0 {
		parts = append(parts, count(n, "repository was", "repositories were")+" not read: "+few(c.missed))
	}
	if n := len(c.partly); n > 0 {
		parts = append(parts, "files of "+count(n, "repository", "repositories")+" describe more than was read: "+few(c.partly))
	}
	return cmp.Or(strings.Join(parts, "; "), "no repository was read")
}

// mostMissed is how many repositories are named that were not read.
const mostMissed = 3

// few names some of a list of repositories.
func few(list []string) string {
	text := strings.Join(list[:min(len(list), mostMissed)], ", ")
	if more := len(list) - mostMissed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// observed is when a portal was seen to change a field to what it is, and who did.
func observed(shot *metrics.Snapshot, field int) (c freshness.Confirmation) {
	if field < len(shot.Since) {
		c.At = shot.Since[field]
	}
	if field < len(shot.By) {
		c.By = shot.By[field]
	}
	return c
}

// written is when a human last changed a field of a file, as its history tells, and when a program did after that.
func written(d *metrics.Described, field int) (c freshness.Confirmation) {
	if field < len(d.Confirmed) && d.Confirmed[field] != metrics.Beginning {
		c = freshness.Confirmation{At: d.Confirmed[field], By: metrics.EditedByHuman}
	}
	if field < len(d.Written) && d.Written[field] > c.At {
		c.Wrote, c.By = d.Written[field], metrics.EditedByMachine
	}
	return c
}

// fieldOf finds a field of a description; there is false where the file does not name it, or there is no file.
func fieldOf(d *metrics.Described, name string) (at int, there bool) {
	if d == nil {
		return 0, false
	}
	at = slices.IndexFunc(d.Fields, func(f metrics.EntityField) bool { return f.Name == name })
	return at, at >= 0
}

// says reports whether a file says of a field what the portal has. A portal can be behind the file, and when somebody gave
// the field another value is not when that of the portal was confirmed.
func says(file, portal *metrics.EntityField) bool {
	if file.Unresolved || portal.Unresolved || len(file.Values) != len(portal.Values) {
		return false
	}
	_, refers := freshness.Refers(portal.Name, "")
	return !slices.ContainsFunc(file.Values, func(v string) bool {
		return !slices.ContainsFunc(portal.Values, func(w string) bool { return spelledAlike(v, w, refers) })
	})
}

// spelledAlike reports whether two values are the same: of references, which portals write in full, by the name that they
// end in.
func spelledAlike(v, w string, refer bool) bool {
	v, w = strings.ToLower(strings.TrimSpace(v)), strings.ToLower(strings.TrimSpace(w))
	if refer && v != w && !strings.Contains(v+w, "://") {
		v, w = v[strings.LastIndexAny(v, ":/")+1:], w[strings.LastIndexAny(w, ":/")+1:]
	}
	return v == w
}

// lineOf is where a field of a description stands; 0 where that is not known.
func lineOf(d *metrics.Described, field int) int {
	if field < len(d.Lines) {
		return d.Lines[field]
	}
	return 0
}
