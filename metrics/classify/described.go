package classify

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/descriptor"
)

// describe replays what a landed commit did to the files that describe the repository to catalogs, so that it can be told
// when their fields were last confirmed.
func (r *replay) describe(pos int, landed []metrics.FileChange, behind []metrics.SideChange) {
	if r.said == nil {
		r.said = descriptor.NewReplay(r.b.repo)
	}
	v := descriptor.Version{At: r.b.dates[pos], Files: map[string]string{}}
	for _, ch := range landed {
		r.wrote(&v, ch.Path, ch.Blob)
	}
	sides := r.brought(pos, behind, &v)
	human := func(side descriptor.Version) bool { return side.Human }
	switch {
	case r.b.sighted(pos) || pos == 0 && r.b.grafted: // somebody wrote it, at some time
		v.Sighted = true
	case len(sides) == 0:
		v.Human = r.b.human(pos, &r.b.commits[pos][0])
	case !slices.ContainsFunc(sides, human): // a program's change stays one, whoever merges it
	case !slices.ContainsFunc(sides, func(side descriptor.Version) bool { return !human(side) }):
		v.Human = true
	default: // each changed what it changed; what the merge then makes of it is nobody's
		for _, side := range sides {
			r.said.Land(side)
		}
	}
	r.said.Land(v)
}

// wrote adds to a version what it made of a file, if that is a descriptor. A content that nobody could read changes nothing
// of what is known.
func (r *replay) wrote(v *descriptor.Version, file string, oid metrics.OID) {
	switch {
	case !r.isCatalog(file):
	case oid == "":
		v.Gone = append(v.Gone, file)
	default:
		if text, reason := r.blobs.Blob(oid); reason == "" {
			v.Files[file] = text
		}
	}
}

// brought returns what the commits behind a merge did to the descriptors that it changed, oldest first. Merges among them
// only bring what others made.
func (r *replay) brought(pos int, behind []metrics.SideChange, merged *descriptor.Version) (sides []descriptor.Version) {
	for len(behind) > 0 {
		var group []metrics.SideChange
		seq := behind[0].Seq
		group, behind = cut(behind, func(x *metrics.SideChange) bool { return x.Seq == seq })
		commit := r.side(pos, seq)
		if commit == nil || commit.Merge {
			continue
		}
		v := descriptor.Version{At: merged.At, Human: r.b.human(pos, commit), Files: map[string]string{}}
		for _, ch := range group {
			if _, written := merged.Files[ch.Path]; written || slices.Contains(merged.Gone, ch.Path) {
				r.wrote(&v, ch.Path, ch.Blob)
			}
		}
		if len(v.Files)+len(v.Gone) > 0 {
			sides = append(sides, v)
		}
	}
	return sides
}

// described returns the entities that the files at the head describe, and what is wrong with files that cannot be read whole.
// A repository that is gone describes nothing.
func (r *replay) described(f *metrics.History) (list []metrics.Described, broken []metrics.Warning) {
	begin := slices.DeleteFunc(slices.Clone(r.owners.catalogs), func(file string) bool { return !r.c.isCatalog(file) })
	if len(begin) == 0 || f.Gone != metrics.Beginning {
		return nil, nil
	}
	when := moments{r.said.Confirmed(), r.said.Written()}
	gaps := gaps{r: r, f: f, told: map[string]bool{}}
	for _, file := range begin {
		gaps.file(file)
	}
	files := descriptor.Follow(f.Repo.Name, headTree{r}, begin...)
	who := peopleIn(files)
	for _, file := range files {
		if file.Broken || file.LeftOut {
			gaps.unclear(file.Warnings)
		}
		if file.LeftOut {
			gaps.at(file.Place.Path, file.Warnings[0].Line, metrics.Place{Repo: f.Repo.Name})
		}
		for i := range file.Locations {
			gaps.location(file.Place.Path, &file.Locations[i])
		}
		for i := range file.Entities {
			if d, ok := r.c.entity(f, &file.Entities[i], who, when); ok {
				d.Seen, d.Blob = r.b.dates[r.last], r.present[file.Place.Path]
				list = append(list, d)
			}
		}
	}
	return append(list, gaps.list...), gaps.all()
}

// moments are when fields were confirmed, and when they were written.
type moments struct {
	confirmed, written map[descriptor.FieldKey]metrics.Instant
}

// entity returns an entity as it is kept. Persons are not: what teams they are in, a portal tells.
func (c *Classifier) entity(f *metrics.History, e *descriptor.Entity, who people, when moments) (metrics.Described, bool) {
	if e.Person != nil || metrics.IsPersonKind(e.Ref.Kind) || address.MatchString(e.Ref.Name) {
		return metrics.Described{}, false
	}
	d := metrics.Described{Repo: f.Repo.ID, Entity: e.Entity, Line: e.Begin}
	d.Source, d.Fields = metrics.DescribedSource, nil
	for _, field := range e.Fields {
		line, key := e.Line(field.Name), descriptor.FieldKey{Ref: e.Ref, Field: field.Name}
		if field.Name == metrics.FieldOwner {
			field.Values = who.asPersons(field.Values, e.Ref.Namespace, c.teams)
		}
		keep(&d, c.teams.kept(field), line, when.confirmed[key], when.written[key])
	}
	return d, true
}

// keep adds a field to those of an entity, by name. One whose name is that of another, now that nobody is in it, is one with
// that: as fresh as either.
func keep(d *metrics.Described, field metrics.EntityField, line int, confirmed, written metrics.Instant) {
	i, again := slices.BinarySearchFunc(d.Fields, field.Name, func(had metrics.EntityField, name string) int { return strings.Compare(had.Name, name) })
	if !again {
		d.Fields, d.Lines = slices.Insert(d.Fields, i, field), slices.Insert(d.Lines, i, line)
		d.Confirmed, d.Written = slices.Insert(d.Confirmed, i, confirmed), slices.Insert(d.Written, i, written)
		return
	}
	d.Fields[i].Values = append(d.Fields[i].Values, field.Values...)
	d.Fields[i].Unresolved = d.Fields[i].Unresolved || field.Unresolved
	d.Confirmed[i], d.Written[i] = max(d.Confirmed[i], confirmed), max(d.Written[i], written)
}

// people are the persons that the files of a repository describe and that no team is called as: by namespace and name.
type people map[string]bool

func peopleIn(files []descriptor.File) people {
	who, teams := people{}, map[string]bool{}
	for _, file := range files {
		for i := range file.Entities {
			switch ref := file.Entities[i].Ref; {
			case metrics.IsPersonKind(ref.Kind):
				who[ref.Namespace+"/"+ref.Name] = true
			case file.Entities[i].Team != nil:
				teams[ref.Namespace+"/"+ref.Name] = true
			}
		}
	}
	for name := range teams {
		delete(who, name)
	}
	return who
}

// asPersons writes the owners that are written as teams, and are called as persons are, as these. How a team is configured to
// be written stays.
func (p people) asPersons(owners []string, namespace string, t *teams) []string {
	owners = slices.Clone(owners)
	for i, owner := range owners {
		ref, err := metrics.ParseEntityRef(strings.TrimSpace(owner), "group", namespace)
		if err == nil && ref.Kind == "group" && !t.spelled(strings.TrimSpace(owner)) && p[ref.Namespace+"/"+ref.Name] {
			owners[i] = "user:" + ref.Namespace + "/" + ref.Name
		}
	}
	return owners
}

const (
	// someone stands for whoever owns something as a person.
	someone = "user:" + metrics.DefaultNamespace + "/someone"
	// maxValue is how many bytes of a value are kept. Of longer ones it is kept whether they changed.
	maxValue = 200
)

var (
	// address finds e-mail addresses, in a text or as the whole of it.
	address = regexp.MustCompile(`[^\s@:;,/<>()\[\]{}"'=]+@((?:[\pL\pN-]+\.)+[\pL\pN-]+)`)
	// encoded finds them as they stand in URLs.
	encoded = regexp.MustCompile(`[^\s@:;,/<>()\[\]{}"'=&?#|]+%40((?:[\pL\pN-]+\.)+\pL{2,})`)
	// referred finds references to persons, and what stands before them.
	referred = regexp.MustCompile(`(?i)(^|[^\pL\pN_.-])(?:_user|user|person)(?::|%3a)(?:[\pL\pN._-]+(?:/|%2f))?[\pL\pN](?:[\pL\pN._@%+-]*[\pL\pN])?`)
)

// kept returns a field without anybody in it, and without texts that are long.
func (t *teams) kept(field metrics.EntityField) metrics.EntityField {
	values := slices.Clone(field.Values)
	for i, value := range values {
		values[i] = short(t.nobody(value, field.Name == metrics.FieldOwner))
	}
	field.Values = values
	if part, key, ok := strings.Cut(field.Name, "."); ok { // a dot is part of addresses, too
		field.Name = part + "." + t.nobody(key, false)
	}
	return field
}

// nobody returns a value without anybody in it, and without secrets. A spelling of a person that is configured to stand for a
// team stays: it is how the configuration calls the team.
func (t *teams) nobody(value string, owner bool) string {
	text := strings.TrimSpace(value)
	if owner && t.spelled(text) {
		return value
	}
	value = metrics.WithoutSecrets(value)
	ref, err := metrics.ParseEntityRef(text, "", "")
	login, at := strings.CutPrefix(text, "@")
	switch {
	case err == nil && metrics.IsPersonKind(ref.Kind):
		return someone
	case owner && (address.MatchString(text) || at && !strings.Contains(login, "/")):
		return someone
	}
	value = referred.ReplaceAllString(value, "${1}"+someone)
	value = encoded.ReplaceAllString(value, "someone%40$1")
	return address.ReplaceAllString(value, "someone@$1")
}

// spelled reports whether a team is configured to be written so.
func (t *teams) spelled(text string) bool {
	return slices.ContainsFunc(t.list, func(team metrics.Team) bool {
		return slices.ContainsFunc(team.Aliases, func(alias string) bool { return strings.EqualFold(alias, text) })
	})
}

// short returns a value, or what tells a long one from others.
func short(value string) string {
	if len(value) <= maxValue {
		return value
	}
	return fmt.Sprintf("#%016x", metrics.Fingerprint(value))
}

// gaps are what is known to be described without it being known how. Each is kept as a description of nothing (Ref is zero):
// its Repo and Folder say where, as metrics.Described tells.
type gaps struct {
	r        *replay
	f        *metrics.History
	told     map[string]bool // files that nobody could read
	list     []metrics.Described
	warnings []metrics.Warning
	unread   []metrics.Warning // of locations: the first stands for all
}

// at keeps that more is described than is known: what the file at a path leaves open, or what lies where it leads.
func (g *gaps) at(file string, line int, where metrics.Place) {
	g.list = append(g.list, metrics.Described{Repo: g.f.Repo.ID, Blob: g.r.present[file], Line: line, Entity: metrics.Entity{
		Source: metrics.DescribedSource, Seen: g.r.b.dates[g.r.last], Repo: where.Repo, Folder: where.Path,
		Descriptor: metrics.Place{Repo: g.f.Repo.Name, Path: file},
	}})
}

// file looks whether a file that is there can be read.
func (g *gaps) file(file string) {
	_, reason := g.r.blobs.Blob(g.r.present[file])
	if reason == "" || g.told[file] || g.r.isHollow(file) {
		return
	}
	g.told[file] = true
	g.at(file, 1, metrics.Place{Repo: g.f.Repo.Name})
	if reason == metrics.ReasonTooLarge {
		g.warn(&g.warnings, file, 1, fmt.Sprintf("the file has more than the %d bytes that are read: what it describes is not known", metrics.MaxBlob))
	}
}

// location looks whether all that a location leads to was read. Files of another repository that portals look for are read
// with that, if it is.
func (g *gaps) location(file string, l *descriptor.Location) {
	tree, target := headTree{g.r}, short(g.r.c.teams.nobody(l.Target, false))
	if l.To.Repo == g.f.Repo.Name {
		at := l.In(tree)
		l = &at
	}
	to := l.To
	_, there := g.r.present[to.Path]
	if l.Glob && to.Repo == g.f.Repo.Name && doublestar.ValidatePattern(to.Path) {
		for _, found := range tree.Match(to.Path) {
			g.file(found)
		}
	}
	switch {
	case to.Repo == "": // it leads nowhere
	case to.Repo != g.f.Repo.Name && to.Path != "" && g.r.c.isCatalog(to.Path):
		g.at(file, l.Line, metrics.Place{Repo: to.Repo})
	case to.Repo != g.f.Repo.Name:
		g.at(file, l.Line, metrics.Place{Repo: to.Repo, Path: target})
		g.warn(&g.unread, file, l.Line, target+" is not read: add it to catalog.files, and its repository to a source")
	case to.Path == "":
	case !l.Glob && there && !g.r.isHollow(to.Path):
		g.file(to.Path)
	case !g.r.isCatalog(to.Path) && !matchAny(g.r.read.Whole, to.Path):
		g.at(file, l.Line, metrics.Place{Repo: to.Repo, Path: target})
		g.warn(&g.unread, file, l.Line, target+" is not read: add it to catalog.files")
	case !there && !(l.Glob && len(tree.Match(to.Path)) > 0) && strings.ContainsAny(l.Target, "%?#"):
		g.at(file, l.Line, metrics.Place{Repo: to.Repo, Path: target})
		g.warn(&g.unread, file, l.Line, target+" leads to no file, be it read as a path or as a URL")
	}
}

// unclear takes in the warnings of a file that tell what is not read of it. Others quote what fields say.
func (g *gaps) unclear(list []metrics.Warning) {
	for _, w := range list {
		if strings.HasPrefix(w.Message, "parse YAML") || strings.HasPrefix(w.Message, "no entity") || w.Line == 1 && w.Column == 1 {
			w.Message = g.r.c.teams.nobody(w.Message, false)
			g.warnings = append(g.warnings, w)
		}
	}
}

// warn adds a warning to a list.
func (g *gaps) warn(list *[]metrics.Warning, file string, line int, message string) {
	*list = append(*list, metrics.Warning{File: file, Line: line, Column: 1, Message: message})
}

// all returns the warnings, with a single one of locations.
func (g *gaps) all() []metrics.Warning {
	if len(g.unread) == 0 {
		return g.warnings
	}
	first := g.unread[0]
	if more := len(g.unread) - 1; more > 0 {
		first.Message += fmt.Sprintf(" (and %d more)", more)
	}
	return append(g.warnings, first)
}

// headTree is the files at the end of a replay.
type headTree struct{ r *replay }

// Read implements descriptor.Tree.
func (t headTree) Read(path string) (content string, ok bool) {
	oid, there := t.r.present[path]
	if !there || t.r.isHollow(path) {
		return "", false
	}
	content, reason := t.r.blobs.Blob(oid)
	return content, reason == ""
}

// Match implements descriptor.Tree.
func (t headTree) Match(glob string) (paths []string) {
	for _, path := range slices.Sorted(maps.Keys(t.r.present)) {
		if ok, _ := doublestar.Match(glob, path); ok && !t.r.isHollow(path) {
			paths = append(paths, path)
		}
	}
	return paths
}
