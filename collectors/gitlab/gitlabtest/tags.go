package gitlabtest

import (
	"cmp"
	"time"

	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// Tag names a commit; the head of the default branch where oid is empty. A tag that exists is moved.
func (p *Peer) Tag(path, name, oid string) { p.Annotate(path, name, oid, time.Time{}) }

// Annotate names a commit by a tag object that was made at this time.
func (p *Peer) Annotate(path, name, oid string, at time.Time) {
	p.change(path, func(x *project) { x.git.Tag(name, cmp.Or(oid, x.Branch), at) })
}

// Untag removes a tag.
func (p *Peer) Untag(path, name string) {
	p.change(path, func(x *project) { x.git.Untag(name) })
}

// revision returns the commit that a name stands for; nil where it stands for none.
func (x *project) revision(name string) *objects.Commit { return x.git.Revision(x.Branch, name) }
