package gitlabtest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// revision returns the commit of the parameter by which a route is asked for one; the default branch's head
// where it was not given.
func (c *call) revision(x *project, param string) (*commit, error) {
	at := x.revision(c.given(param))
	if at == nil {
		return nil, notFound("Commit")
	}
	return at, nil
}

// listTree answers GET /projects/{id}/repository/tree. An empty repository has no tree.
func listTree(c *call) (any, error) {
	x, err := c.code()
	if err != nil {
		return nil, err
	}
	at := x.revision(c.given("ref"))
	if at == nil {
		return nil, notFound("Tree")
	}
	folder, ok := at.tree.find(c.given("path"))
	if !ok || folder.tree == nil {
		return nil, notFound("invalid revision or path")
	}
	all := folder.tree.below(strings.Trim(c.given("path"), "/"), c.flag("recursive", false))
	show := func(e placed) any {
		return object{"id": e.oid, "name": e.name, "type": e.kind(), "path": e.path, "mode": restMode(e.mode)}
	}
	if c.given("pagination") == "keyset" {
		return keyset(c, all, "page_token", func(e placed) string { return e.oid + " " + e.path }, show), nil
	}
	return paged(c, all, show)
}

// placed is an entry of a tree with its path.
type placed struct {
	entry
	path string
}

// below lists the entries of a tree, folders first, as GitLab does.
func (t *tree) below(prefix string, recursive bool) []placed {
	if prefix != "" {
		prefix += "/"
	}
	var folders, others []placed
	for at, e := range t.walk(prefix) {
		if !recursive && strings.Contains(strings.TrimPrefix(at, prefix), "/") {
			continue
		}
		if e.tree != nil {
			folders = append(folders, placed{e, at})
		} else {
			others = append(others, placed{e, at})
		}
	}
	return append(folders, others...)
}

func restMode(mode string) string {
	if mode == modeTree {
		return "0" + mode
	}
	return mode
}

// getRawBlob answers GET /projects/{id}/repository/blobs/{sha}/raw.
func getRawBlob(c *call) (any, error) {
	x, err := c.code()
	if err != nil {
		return nil, err
	}
	for _, at := range x.commits {
		for _, e := range at.tree.walk("") {
			if e.oid == c.path("sha") && e.blob != nil {
				return raw{"text/plain", e.blob.content}, nil
			}
		}
	}
	return nil, notFound("Blob")
}

// file returns the file of the path of a request.
func (c *call) file() (*project, *commit, entry, error) {
	x, err := c.code()
	if err != nil {
		return nil, nil, entry{}, err
	}
	at, err := c.revision(x, "ref")
	if err != nil {
		return nil, nil, entry{}, err
	}
	found, ok := at.tree.find(c.path("path"))
	if !ok || found.blob == nil {
		return nil, nil, entry{}, notFound("File")
	}
	return x, at, found, nil
}

// getFile answers GET /projects/{id}/repository/files/{path}.
func getFile(c *call) (any, error) {
	if c.given("ref") == "" {
		no := refuse(http.StatusBadRequest, "ref is missing")
		no.body = object{"error": no.message}
		return nil, no
	}
	_, at, found, err := c.file()
	if err != nil {
		return nil, err
	}
	content := found.blob.content
	sum := sha256.Sum256([]byte(content))
	return object{"file_name": path.Base(c.path("path")), "file_path": c.path("path"), "size": len(content), "encoding": "base64",
		"content": base64.StdEncoding.EncodeToString([]byte(content)), "content_sha256": hex.EncodeToString(sum[:]), "ref": c.given("ref"),
		"blob_id": found.oid, "commit_id": at.oid, "last_commit_id": at.oid, "execute_filemode": found.mode == "100755"}, nil
}

// getRawFile answers GET /projects/{id}/repository/files/{path}/raw.
func getRawFile(c *call) (any, error) {
	_, at, found, err := c.file()
	if err != nil {
		return nil, err
	}
	c.header.Set("X-Gitlab-Blob-Id", found.oid)
	c.header.Set("X-Gitlab-Commit-Id", at.oid)
	c.header.Set("X-Gitlab-Size", strconv.Itoa(len(found.blob.content)))
	return raw{"text/plain", found.blob.content}, nil
}

// listBranches answers GET /projects/{id}/repository/branches.
func listBranches(c *call) (any, error) {
	x, err := c.code()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range sorted(x.branches) {
		if strings.Contains(name, c.given("search")) {
			names = append(names, name)
		}
	}
	return paged(c, names, func(name string) any { return x.branch(c.peer, name) })
}

// getBranch answers GET /projects/{id}/repository/branches/{branch}.
func getBranch(c *call) (any, error) {
	x, err := c.code()
	if err != nil {
		return nil, err
	}
	if x.branches[c.path("branch")] == nil {
		return nil, notFound("Branch")
	}
	return x.branch(c.peer, c.path("branch")), nil
}

func (x *project) branch(p *Peer, name string) object {
	return object{"name": name, "default": name == x.Branch, "protected": name == x.Branch, "merged": false, "can_push": true,
		"developers_can_push": false, "developers_can_merge": false, "web_url": p.page(x, "/-/tree/%s", name), "commit": x.branches[name].object(p, x)}
}

// listTags answers GET /projects/{id}/repository/tags.
func listTags(c *call) (any, error) {
	x, err := c.code()
	if err != nil {
		return nil, err
	}
	tags := append([]tag(nil), x.tags...)
	keys := map[string]func(tag) string{"name": func(t tag) string { return t.name }, "updated": func(t tag) string { return sortableTime(t.commit.at) }}
	if err := order(c, tags, "updated", "desc", keys, func(tag) int64 { return 0 }); err != nil {
		return nil, err
	}
	return paged(c, tags, func(t tag) any { return t.show(c.peer, x) })
}

func (t tag) show(p *Peer, x *project) object {
	shown := object{"name": t.name, "target": t.oid(), "message": "", "protected": false, "release": nil, "created_at": nil, "commit": t.commit.object(p, x)}
	if t.object != nil {
		shown["message"], shown["created_at"] = t.object.message, stamp(t.object.at)
	}
	return shown
}

// listCommits answers GET /projects/{id}/repository/commits, the newest first: those of a branch, of a tag, or of a
// range A..B. How many there are is not told.
func listCommits(c *call) (any, error) {
	x, err := c.code()
	if err != nil {
		return nil, err
	}
	from, to, ranged := strings.Cut(c.given("ref_name"), "..")
	at, without := x.revision(from), map[*commit]bool{}
	if ranged {
		if known := x.revision(from); known != nil {
			for _, past := range x.history(known) {
				without[past] = true
			}
		}
		at = x.revision(to)
	}
	if at == nil {
		return nil, notFound("Commit")
	}
	var wanted []*commit
	for _, past := range x.history(at) {
		if c.during(past) && !without[past] {
			wanted = append(wanted, past)
		}
	}
	body, err := paged(c, wanted, func(past *commit) any { return past.object(c.peer, x) })
	c.header.Del("X-Total")
	c.header.Del("X-Total-Pages")
	return body, err
}

// during says whether a commit is from the time that was asked for.
func (c *call) during(at *commit) bool {
	since, err := parseTime(c.given("since"))
	if err == nil && at.at.Before(since) {
		return false
	}
	until, err := parseTime(c.given("until"))
	return err != nil || !at.at.After(until)
}

// getCommit answers GET /projects/{id}/repository/commits/{sha}.
func getCommit(c *call) (any, error) {
	x, err := c.code()
	if err != nil {
		return nil, err
	}
	at := x.revision(c.path("sha"))
	if at == nil {
		return nil, notFound("Commit")
	}
	return at.object(c.peer, x), nil
}

// history lists a commit and those before it.
func (x *project) history(at *commit) []*commit {
	all := []*commit{at}
	for len(at.parents) > 0 {
		at = x.commits[at.parents[0]]
		all = append(all, at)
	}
	return all
}

func (at *commit) object(p *Peer, x *project) object {
	title, _, _ := strings.Cut(at.message, "\n")
	when := stamp(at.at)
	return object{"id": at.oid, "short_id": at.oid[:8], "title": title, "message": at.message, "parent_ids": list(at.parents),
		"author_name": at.author, "author_email": at.author + "@acme.test", "authored_date": when,
		"committer_name": at.author, "committer_email": at.author + "@acme.test", "committed_date": when, "created_at": when,
		"trailers": object{}, "extended_trailers": object{}, "web_url": p.page(x, "/-/commit/%s", at.oid)}
}
