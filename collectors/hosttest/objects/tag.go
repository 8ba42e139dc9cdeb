package objects

import (
	"slices"
	"strings"
	"time"
)

// Tag is a name for a commit, with an object of its own where it is annotated.
type Tag struct {
	Name   string
	Commit *Commit
	Object *TagObject
}

// OID is what the reference of the tag names.
func (t Tag) OID() string {
	if t.Object != nil {
		return t.Object.OID
	}
	return t.Commit.OID
}

// Tag names the commit that a revision stands for, by a tag object where a time is given. A tag that exists is moved.
// It panics where there is no such commit: a test that names one is wrong.
func (r *Repo) Tag(name, revision string, at time.Time) {
	made := Tag{Name: name, Commit: r.Revision("", revision)}
	if made.Commit == nil {
		panic("objects: there is no commit " + revision + " to be tagged as " + name)
	}
	if !at.IsZero() {
		made.Object = newTag(name, made.Commit, name, at)
	}
	r.Untag(name)
	r.Tags = append(r.Tags, made)
	slices.SortFunc(r.Tags, func(a, b Tag) int { return strings.Compare(a.Name, b.Name) })
}

// Untag removes a tag.
func (r *Repo) Untag(name string) {
	r.Tags = slices.DeleteFunc(r.Tags, func(t Tag) bool { return t.Name == name })
}
