package githubtest

import (
	"net/http"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// listTags answers GET /repos/{owner}/{repo}/tags, the last in order first.
func listTags(c *call, r *repository) (any, error) {
	var last []objects.Tag
	for i := range r.git.Tags {
		last = append(last, r.git.Tags[len(r.git.Tags)-1-i])
	}
	return paged(c, last, func(t objects.Tag) any {
		return object{"name": t.Name, "node_id": "REF_" + t.Name, "zipball_url": "", "tarball_url": "",
			"commit": object{"sha": t.Commit.OID, "url": c.peer.api(r, "/commits/%s", t.Commit.OID)}}
	}), nil
}

// listBranches answers GET /repos/{owner}/{repo}/branches.
func listBranches(c *call, r *repository) (any, error) {
	return paged(c, r.git.Names(), func(name string) any {
		oid := r.git.Branches[name].OID
		return object{"name": name, "protected": false, "commit": object{"sha": oid, "url": c.peer.api(r, "/commits/%s", oid)}}
	}), nil
}

// reference is a name that git knows, and the object that it names.
type reference struct{ name, kind, oid string }

func (r *repository) references() []reference {
	var all []reference
	for _, name := range r.git.Names() {
		all = append(all, reference{"refs/heads/" + name, "commit", r.git.Branches[name].OID})
	}
	for _, t := range r.git.Tags {
		kind := "commit"
		if t.Object != nil {
			kind = "tag"
		}
		all = append(all, reference{"refs/tags/" + t.Name, kind, t.OID()})
	}
	return all
}

// listMatchingRefs answers GET /repos/{owner}/{repo}/git/matching-refs/{ref}.
func listMatchingRefs(c *call, r *repository) (any, error) {
	var matching []reference
	for _, ref := range r.references() {
		if strings.HasPrefix(ref.name, "refs/"+c.Path("ref")) {
			matching = append(matching, ref)
		}
	}
	return paged(c, matching, func(ref reference) any { return ref.shown(c.peer, r) }), nil
}

// getRef answers GET /repos/{owner}/{repo}/git/ref/{ref}.
func getRef(c *call, r *repository) (any, error) {
	for _, ref := range r.references() {
		if ref.name == "refs/"+c.Path("ref") {
			return ref.shown(c.peer, r), nil
		}
	}
	return nil, notFound()
}

func (ref reference) shown(p *Peer, r *repository) object {
	return object{"ref": ref.name, "node_id": "REF_" + ref.name, "url": p.api(r, "/git/%s", ref.name),
		"object": object{"type": ref.kind, "sha": ref.oid, "url": p.api(r, "/git/%ss/%s", ref.kind, ref.oid)}}
}

// getCommit answers GET /repos/{owner}/{repo}/commits/{ref}.
func getCommit(c *call, r *repository) (any, error) {
	found := r.revision(c.Path("ref"))
	switch {
	case found == nil:
		return nil, hosttest.Refuse(http.StatusUnprocessableEntity, "No commit found for SHA: %s", c.Path("ref"))
	case c.accepts("sha"):
		return hosttest.Raw{Type: "application/vnd.github.sha; charset=utf-8", Text: found.OID}, nil
	}
	return c.peer.showCommit(r, found), nil
}

// listCommits answers GET /repos/{owner}/{repo}/commits, the newest first.
func listCommits(c *call, r *repository) (any, error) {
	at := r.revision(c.Request.URL.Query().Get("sha"))
	if at == nil {
		return nil, notFound()
	}
	return paged(c, r.git.History(at), func(x *objects.Commit) any { return c.peer.showCommit(r, x) }), nil
}

// showCommit is a commit as REST shows it.
func (p *Peer) showCommit(r *repository, x *objects.Commit) object {
	who := object{"name": x.Author, "email": x.Author + "@acme.test", "date": stamp(x.At)}
	return object{"sha": x.OID, "node_id": "C_" + x.OID, "url": p.api(r, "/commits/%s", x.OID), "html_url": p.html(r, "/commit/%s", x.OID),
		"author": simpleUser(p, x.Author), "committer": simpleUser(p, x.Author),
		"parents": hosttest.Each(x.Parents, func(oid string) any { return object{"sha": oid, "url": p.api(r, "/commits/%s", oid)} }),
		"commit": object{"author": who, "committer": who, "message": x.Message, "url": p.api(r, "/git/commits/%s", x.OID),
			"tree": object{"sha": x.Tree.OID, "url": p.api(r, "/git/trees/%s", x.Tree.OID)}}}
}
