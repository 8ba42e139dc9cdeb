package githubtest

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
func (p *Peer) Tag(repo, name, oid string) { p.tag(repo, name, oid, time.Time{}) }

// Annotate names a commit by a tag object that was made at this time.
func (p *Peer) Annotate(repo, name, oid string, at time.Time) { p.tag(repo, name, oid, at) }

func (p *Peer) tag(repo, name, oid string, at time.Time) {
	p.change(repo, func(r *repository) {
		made := tag{name: name, commit: r.head()}
		if oid != "" {
			made.commit = r.commits[oid]
		}
		if made.commit == nil {
			panic("githubtest: " + repo + " has no commit " + oid)
		}
		if !at.IsZero() {
			made.object = newTag(name, made.commit, name, at)
		}
		r.tags = slices.DeleteFunc(r.tags, func(t tag) bool { return t.name == name })
		r.tags = append(r.tags, made)
		slices.SortFunc(r.tags, func(a, b tag) int { return strings.Compare(a.name, b.name) })
	})
}

// Untag removes a tag.
func (p *Peer) Untag(repo, name string) {
	p.change(repo, func(r *repository) {
		r.tags = slices.DeleteFunc(r.tags, func(t tag) bool { return t.name == name })
	})
}

// revision returns the commit that a name stands for: HEAD or nothing for the default branch, a branch, a
// tag, a reference or an object id.
func (r *repository) revision(name string) *commit {
	if name == "" || name == "HEAD" {
		return r.head()
	}
	short := strings.TrimPrefix(name, "refs/")
	if c := r.branches[strings.TrimPrefix(short, "heads/")]; c != nil {
		return c
	}
	for _, t := range r.tags {
		if t.name == strings.TrimPrefix(short, "tags/") {
			return t.commit
		}
	}
	return r.commits[name]
}

// object returns the object of the repository that has this id: a *commit, *tree, *blob or *tagObject; nil
// where it has none.
func (r *repository) object(oid string) any {
	if c := r.commits[oid]; c != nil {
		return c
	}
	for _, t := range r.tags {
		if t.object != nil && t.object.oid == oid {
			return t.object
		}
	}
	for _, c := range r.commits {
		if c.tree.oid == oid {
			return c.tree
		}
		for _, e := range c.tree.walk("") {
			if e.oid == oid {
				return e.object()
			}
		}
	}
	return nil
}

// object returns what the entry names; nil for a submodule, whose commit is elsewhere.
func (e entry) object() any {
	switch {
	case e.tree != nil:
		return e.tree
	case e.blob != nil:
		return e.blob
	}
	return nil
}
