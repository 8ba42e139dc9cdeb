package gitlabtest

import (
	"slices"
	"strings"
	"time"
)

// tag is a name for a commit, with an object of its own where it is annotated.
type tag struct {
	name   string
	commit *commit
	object *tagObject
}

// oid is what the reference of the tag names.
func (t tag) oid() string {
	if t.object != nil {
		return t.object.oid
	}
	return t.commit.oid
}

// Tag names a commit; the head of the default branch where oid is empty. A tag that exists is moved.
func (p *Peer) Tag(path, name, oid string) { p.tag(path, name, oid, time.Time{}) }

// Annotate names a commit by a tag object that was made at this time.
func (p *Peer) Annotate(path, name, oid string, at time.Time) { p.tag(path, name, oid, at) }

func (p *Peer) tag(path, name, oid string, at time.Time) {
	p.change(path, func(x *project) {
		made := tag{name: name, commit: x.head()}
		if oid != "" {
			made.commit = x.commits[oid]
		}
		if made.commit == nil {
			panic("gitlabtest: " + path + " has no commit " + oid)
		}
		if !at.IsZero() {
			made.object = newTag(name, made.commit, name, at)
		}
		x.tags = slices.DeleteFunc(x.tags, func(t tag) bool { return t.name == name })
		x.tags = append(x.tags, made)
		slices.SortFunc(x.tags, func(a, b tag) int { return strings.Compare(a.name, b.name) })
	})
}

// Untag removes a tag.
func (p *Peer) Untag(path, name string) {
	p.change(path, func(x *project) {
		x.tags = slices.DeleteFunc(x.tags, func(t tag) bool { return t.name == name })
	})
}

// revision returns the commit that a name stands for: HEAD or nothing for the default branch, a branch, a
// tag, a reference or an object id.
func (x *project) revision(name string) *commit {
	if name == "" || name == "HEAD" {
		return x.head()
	}
	short := strings.TrimPrefix(name, "refs/")
	if c := x.branches[strings.TrimPrefix(short, "heads/")]; c != nil {
		return c
	}
	for _, t := range x.tags {
		if t.name == strings.TrimPrefix(short, "tags/") {
			return t.commit
		}
	}
	return x.commits[name]
}
