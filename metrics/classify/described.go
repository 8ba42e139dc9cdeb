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
	case !r.c.isCatalog(file):
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
	if len(r.owners.catalogs) == 0 || f.Gone != metrics.Beginning {
		return nil, nil
	}
	confirmed := r.said.Confirmed()
	for _, file := range descriptor.Follow(f.Repo.Name, headTree{r}, r.owners.catalogs...) {
		if file.Broken {
			broken = append(broken, file.Warnings...)
		}
		for i := range file.Entities {
			if d, ok := r.c.entity(f, &file.Entities[i], confirmed); ok {
				d.Seen, d.Blob = r.b.dates[r.last], r.present[file.Place.Path]
				list = append(list, d)
			}
		}
	}
	return list, broken
}

// entity returns an entity as it is kept. Persons are not: what teams they are in, a portal tells.
func (c *Classifier) entity(f *metrics.History, e *descriptor.Entity, confirmed map[descriptor.FieldKey]metrics.Instant) (metrics.Described, bool) {
	if e.Person != nil || isPerson(e.Ref.Kind) || address.MatchString(e.Ref.Name) {
		return metrics.Described{}, false
	}
	d := metrics.Described{Repo: f.Repo.ID, Entity: e.Entity, Line: e.Begin}
	d.Source, d.Fields = metrics.DescribedSource, make([]metrics.EntityField, len(e.Fields))
	for i, field := range e.Fields {
		d.Fields[i] = c.teams.kept(field)
		d.Lines = append(d.Lines, e.Line(field.Name))
		d.Confirmed = append(d.Confirmed, confirmed[descriptor.FieldKey{Ref: e.Ref, Field: field.Name}])
	}
	return d, true
}

const (
	// someone stands for whoever owns something as a person.
	someone = "user:" + metrics.DefaultNamespace + "/someone"
	// maxValue is how many bytes of a value are kept. Of longer ones it is kept whether they changed.
	maxValue = 200
)

// address finds e-mail addresses, in a text or as the whole of it.
var address = regexp.MustCompile(`[^\s@:;,/<>()\[\]{}"'=]+@((?:[\pL\pN-]+\.)+[\pL\pN-]+)`)

// kept returns a field without anybody in it, and without texts that are long.
func (t *teams) kept(field metrics.EntityField) metrics.EntityField {
	values := slices.Clone(field.Values)
	for i, value := range values {
		values[i] = short(t.nobody(value, field.Name == metrics.FieldOwner))
	}
	field.Values = values
	return field
}

// nobody returns a value without anybody in it. A spelling of a person that is configured to stand for a team stays: it is
// how the configuration calls the team.
func (t *teams) nobody(value string, owner bool) string {
	text := strings.TrimSpace(value)
	if owner && t.spelled(text) {
		return value
	}
	ref, err := metrics.ParseEntityRef(text, "", "")
	login, at := strings.CutPrefix(text, "@")
	switch {
	case err == nil && isPerson(ref.Kind):
		return someone
	case owner && (address.MatchString(text) || at && !strings.Contains(login, "/")):
		return someone
	}
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

// isPerson reports whether entities of a kind are people.
func isPerson(kind string) bool { return kind == "user" || kind == "_user" || kind == "person" }

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
