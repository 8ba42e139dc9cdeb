package descriptor

import (
	"maps"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// Version is what one commit did to the descriptors of a repository.
type Version struct {
	At      metrics.Instant
	Human   bool              // somebody wrote it, and not a program
	Sighted bool              // it was only seen at At: nobody knows who wrote it, and when
	Files   map[string]string // contents of the descriptors that it wrote, by path
	Gone    []string          // paths of those that it took away
}

// FieldKey names a field of an entity.
type FieldKey struct {
	Ref   metrics.EntityRef
	Field string
}

// Confirmations returns when each field that entities of a repository have at the end was last confirmed: when somebody
// last gave it another value than it had. Versions are in the order in which they landed. A commit confirms no field that it
// leaves as it was, so that moving, renaming, splitting or reformatting a file confirms nothing, and neither does what a
// program writes. A field that no human commit confirmed is not in the result. While a file does not parse, what it said
// before holds. An entity that is taken away and written again later is confirmed anew.
func Confirmations(repo string, versions []Version) map[FieldKey]metrics.Instant {
	r := NewReplay(repo)
	for _, v := range versions {
		r.Land(v)
	}
	return r.Confirmed()
}

// said is what a file says of fields.
type said map[FieldKey]metrics.EntityField

// Replay finds what Confirmations returns from versions that are told one by one, so that their contents need not be held.
type Replay struct {
	repo      string
	files     map[string]said
	parsed    map[string]File
	confirmed map[FieldKey]metrics.Instant
	written   map[FieldKey]metrics.Instant
}

// NewReplay returns a replay of the descriptors of a repository, of which there are none yet.
func NewReplay(repo string) *Replay {
	return &Replay{
		repo: repo, files: map[string]said{}, parsed: map[string]File{},
		confirmed: map[FieldKey]metrics.Instant{}, written: map[FieldKey]metrics.Instant{},
	}
}

// Confirmed returns when each field that is there was last confirmed, as far as that is known.
func (h *Replay) Confirmed() map[FieldKey]metrics.Instant { return h.there(h.confirmed) }

// Written returns when each field that is there was last given another value than it had, be it by a program, as far as that
// is known.
func (h *Replay) Written() map[FieldKey]metrics.Instant { return h.there(h.written) }

// there returns the moments of fields that are there.
func (h *Replay) there(at map[FieldKey]metrics.Instant) map[FieldKey]metrics.Instant {
	last := said{}
	for _, file := range h.files {
		maps.Copy(last, file)
	}
	at = maps.Clone(at)
	maps.DeleteFunc(at, func(key FieldKey, _ metrics.Instant) bool {
		_, there := last[key]
		return !there
	})
	return at
}

// File returns what the file at a path says, as it was written last; the zero File where there is none.
func (h *Replay) File(path string) File { return h.parsed[path] }

// Land replays one version. What its files said before is taken together, as an entity may go from one to another.
func (h *Replay) Land(v Version) {
	before, after := said{}, said{}
	for _, path := range v.touched() {
		maps.Copy(before, h.files[path])
	}
	for _, path := range slices.Sorted(maps.Keys(v.Files)) {
		h.files[path] = h.read(path, v.Files[path])
		maps.Copy(after, h.files[path])
	}
	for _, path := range v.Gone {
		if _, written := v.Files[path]; !written {
			delete(h.files, path)
			delete(h.parsed, path)
		}
	}
	for key, field := range after {
		if old, there := before[key]; there && old.Unresolved == field.Unresolved && slices.Equal(old.Values, field.Values) {
			continue
		}
		if h.written[key] = v.At; v.Sighted {
			delete(h.written, key)
		}
		if v.Human {
			h.confirmed[key] = v.At
		}
	}
}

// touched returns the paths that a version wrote or took away.
func (v Version) touched() []string {
	return append(slices.Sorted(maps.Keys(v.Files)), v.Gone...)
}

// read returns what a file says; where some of it cannot be read, what it said before of entities that are not found holds.
func (h *Replay) read(path, content string) said {
	file := Parse(metrics.Place{Repo: h.repo, Path: path}, content)
	h.parsed[path] = file
	fields, found := said{}, map[metrics.EntityRef]bool{}
	for _, e := range file.Entities {
		if found[e.Ref] {
			continue
		}
		found[e.Ref] = true
		for _, field := range e.Fields {
			fields[FieldKey{e.Ref, field.Name}] = field
		}
	}
	if file.Broken {
		for key, field := range h.files[path] {
			if !found[key.Ref] {
				fields[key] = field
			}
		}
	}
	return fields
}
