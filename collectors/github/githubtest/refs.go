package githubtest

import (
	"net/http"
	"strings"
)

// listTags answers GET /repos/{owner}/{repo}/tags, the last in order first.
func listTags(c *call) (any, error) {
	r, err := c.repo()
	if err != nil {
		return nil, err
	}
	var last []tag
	for i := range r.tags {
		last = append(last, r.tags[len(r.tags)-1-i])
	}
	return paged(c, last, func(t tag) any {
		return object{"name": t.name, "node_id": "REF_" + t.name, "zipball_url": "", "tarball_url": "",
			"commit": object{"sha": t.commit.oid, "url": c.peer.api(r, "/commits/%s", t.commit.oid)}}
	}), nil
}

// listBranches answers GET /repos/{owner}/{repo}/branches.
func listBranches(c *call) (any, error) {
	r, err := c.repo()
	if err != nil {
		return nil, err
	}
	return paged(c, sorted(r.branches), func(name string) any {
		oid := r.branches[name].oid
		return object{"name": name, "protected": false, "commit": object{"sha": oid, "url": c.peer.api(r, "/commits/%s", oid)}}
	}), nil
}

// reference is a name that git knows, and the object that it names.
type reference struct{ name, kind, oid string }

func (r *repository) references() []reference {
	var all []reference
	for _, name := range sorted(r.branches) {
		all = append(all, reference{"refs/heads/" + name, "commit", r.branches[name].oid})
	}
	for _, t := range r.tags {
		kind := "commit"
		if t.object != nil {
			kind = "tag"
		}
		all = append(all, reference{"refs/tags/" + t.name, kind, t.oid()})
	}
	return all
}

// listMatchingRefs answers GET /repos/{owner}/{repo}/git/matching-refs/{ref}.
func listMatchingRefs(c *call) (any, error) {
	r, err := c.repo()
	if err != nil {
		return nil, err
	}
	if r.head() == nil {
		return nil, refuse(http.StatusConflict, "Git Repository is empty.")
	}
	var matching []reference
	for _, ref := range r.references() {
		if strings.HasPrefix(ref.name, "refs/"+c.path("ref")) {
			matching = append(matching, ref)
		}
	}
	return paged(c, matching, func(ref reference) any {
		return object{"ref": ref.name, "node_id": "REF_" + ref.name, "url": c.peer.api(r, "/git/%s", ref.name),
			"object": object{"type": ref.kind, "sha": ref.oid, "url": c.peer.api(r, "/git/%ss/%s", ref.kind, ref.oid)}}
	}), nil
}

// getCommit answers GET /repos/{owner}/{repo}/commits/{ref}.
func getCommit(c *call) (any, error) {
	r, err := c.repo()
	if err != nil {
		return nil, err
	}
	if r.head() == nil {
		return nil, refuse(http.StatusConflict, "Git Repository is empty.")
	}
	found := r.revision(c.path("ref"))
	switch {
	case found == nil:
		return nil, refuse(http.StatusUnprocessableEntity, "No commit found for SHA: %s", c.path("ref"))
	case c.accepts("sha"):
		return raw{"application/vnd.github.sha; charset=utf-8", found.oid}, nil
	}
	return found.object(c.peer, r), nil
}

// listCommits answers GET /repos/{owner}/{repo}/commits, the newest first.
func listCommits(c *call) (any, error) {
	r, err := c.repo()
	if err != nil {
		return nil, err
	}
	if r.head() == nil {
		return nil, refuse(http.StatusConflict, "Git Repository is empty.")
	}
	at := r.revision(c.request.URL.Query().Get("sha"))
	if at == nil {
		return nil, notFound()
	}
	return paged(c, r.history(at), func(x *commit) any { return x.object(c.peer, r) }), nil
}

// history lists a commit and those before it.
func (r *repository) history(at *commit) []*commit {
	all := []*commit{at}
	for len(at.parents) > 0 {
		at = r.commits[at.parents[0]]
		all = append(all, at)
	}
	return all
}

func (x *commit) object(p *Peer, r *repository) object {
	who := object{"name": x.author, "email": x.author + "@acme.test", "date": stamp(x.at)}
	return object{"sha": x.oid, "node_id": "C_" + x.oid, "url": p.api(r, "/commits/%s", x.oid), "html_url": p.html(r, "/commit/%s", x.oid),
		"author": simpleUser(p, x.author), "committer": simpleUser(p, x.author),
		"parents": each(x.parents, func(oid string) any { return object{"sha": oid, "url": p.api(r, "/commits/%s", oid)} }),
		"commit": object{"author": who, "committer": who, "message": x.message, "url": p.api(r, "/git/commits/%s", x.oid),
			"tree": object{"sha": x.tree.oid, "url": p.api(r, "/git/trees/%s", x.tree.oid)}}}
}
