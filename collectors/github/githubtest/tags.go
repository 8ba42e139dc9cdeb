package githubtest

import (
	"cmp"
	"time"

	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// Tag names a commit; the head of the default branch where oid is empty. A tag that exists is moved.
func (p *Peer) Tag(repo, name, oid string) { p.Annotate(repo, name, oid, time.Time{}) }

// Annotate names a commit by a tag object that was made at this time.
func (p *Peer) Annotate(repo, name, oid string, at time.Time) {
	p.change(repo, func(r *repository) { r.git.Tag(name, cmp.Or(oid, r.Branch), at) })
}

// Untag removes a tag.
func (p *Peer) Untag(repo, name string) {
	p.change(repo, func(r *repository) { r.git.Untag(name) })
}

// revision returns the commit that a name stands for; nil where it stands for none.
func (r *repository) revision(name string) *objects.Commit { return r.git.Revision(r.Branch, name) }
