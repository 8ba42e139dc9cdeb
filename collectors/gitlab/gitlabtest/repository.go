package gitlabtest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// revision returns the commit of the parameter by which a route is asked for one; the default branch's head
// where it was not given.
func (c *call) revision(x *project, param string) (*objects.Commit, error) {
	at := x.revision(c.Given(param))
	if at == nil {
		return nil, notFound("Commit")
	}
	return at, nil
}

// listTree answers GET /projects/{id}/repository/tree. An empty repository has no tree.
func listTree(c *call, x *project) (any, error) {
	at := x.revision(c.Given("ref"))
	if at == nil {
		return nil, notFound("Tree")
	}
	folder, ok := at.Tree.Find(c.Given("path"))
	if !ok || folder.Tree == nil {
		return nil, notFound("invalid revision or path")
	}
	all := below(folder.Tree, strings.Trim(c.Given("path"), "/"), c.flag("recursive", false))
	show := func(e placed) any {
		return object{"id": e.OID, "name": e.Name, "type": e.Kind(), "path": e.path, "mode": restMode(e.Mode)}
	}
	if c.Given("pagination") == "keyset" {
		return keyset(c, all, "page_token", func(e placed) string { return e.OID + " " + e.path }, show), nil
	}
	return paged(c, all, show)
}

// placed is an entry of a tree with its path.
type placed struct {
	objects.Entry
	path string
}

// below lists the entries of a tree, folders first, as GitLab does.
func below(t *objects.Tree, prefix string, recursive bool) []placed {
	if prefix != "" {
		prefix += "/"
	}
	var folders, others []placed
	for at, e := range t.Walk(prefix) {
		if !recursive && strings.Contains(strings.TrimPrefix(at, prefix), "/") {
			continue
		}
		if e.Tree != nil {
			folders = append(folders, placed{e, at})
		} else {
			others = append(others, placed{e, at})
		}
	}
	return append(folders, others...)
}

func restMode(mode string) string {
	if mode == objects.ModeTree {
		return "0" + mode
	}
	return mode
}

// getRawBlob answers GET /projects/{id}/repository/blobs/{sha}/raw.
func getRawBlob(c *call, x *project) (any, error) {
	if b, ok := x.git.Object(c.Path("sha")).(*objects.Blob); ok {
		return hosttest.Raw{Type: "text/plain", Text: b.Content}, nil
	}
	return nil, notFound("Blob")
}

// file returns the file of the path of a request.
func (c *call) file() (*project, *objects.Commit, objects.Entry, error) {
	x, err := c.code()
	if err != nil {
		return nil, nil, objects.Entry{}, err
	}
	at, err := c.revision(x, "ref")
	if err != nil {
		return nil, nil, objects.Entry{}, err
	}
	found, ok := at.Tree.Find(c.Path("path"))
	if !ok || found.Blob == nil {
		return nil, nil, objects.Entry{}, notFound("File")
	}
	return x, at, found, nil
}

// getFile answers GET /projects/{id}/repository/files/{path}.
func getFile(c *call) (any, error) {
	if c.Given("ref") == "" {
		no := hosttest.Refuse(http.StatusBadRequest, "ref is missing")
		no.Body = object{"error": no.Message}
		return nil, no
	}
	_, at, found, err := c.file()
	if err != nil {
		return nil, err
	}
	content := found.Blob.Content
	sum := sha256.Sum256([]byte(content))
	return object{"file_name": path.Base(c.Path("path")), "file_path": c.Path("path"), "size": len(content), "encoding": "base64",
		"content": base64.StdEncoding.EncodeToString([]byte(content)), "content_sha256": hex.EncodeToString(sum[:]), "ref": c.Given("ref"),
		"blob_id": found.OID, "commit_id": at.OID, "last_commit_id": at.OID, "execute_filemode": found.Mode == "100755"}, nil
}

// getRawFile answers GET /projects/{id}/repository/files/{path}/raw.
func getRawFile(c *call) (any, error) {
	_, at, found, err := c.file()
	if err != nil {
		return nil, err
	}
	c.Header.Set("X-Gitlab-Blob-Id", found.OID)
	c.Header.Set("X-Gitlab-Commit-Id", at.OID)
	c.Header.Set("X-Gitlab-Size", strconv.Itoa(len(found.Blob.Content)))
	return hosttest.Raw{Type: "text/plain", Text: found.Blob.Content}, nil
}

// listBranches answers GET /projects/{id}/repository/branches.
func listBranches(c *call, x *project) (any, error) {
	var names []string
	for _, name := range x.git.Names() {
		if strings.Contains(name, c.Given("search")) {
			names = append(names, name)
		}
	}
	return paged(c, names, func(name string) any { return x.branch(c.peer, name) })
}

// getBranch answers GET /projects/{id}/repository/branches/{branch}.
func getBranch(c *call, x *project) (any, error) {
	if x.git.Branches[c.Path("branch")] == nil {
		return nil, notFound("Branch")
	}
	return x.branch(c.peer, c.Path("branch")), nil
}

func (x *project) branch(p *Peer, name string) object {
	return object{"name": name, "default": name == x.Branch, "protected": name == x.Branch, "merged": false, "can_push": true,
		"developers_can_push": false, "developers_can_merge": false, "web_url": p.page(x, "/-/tree/%s", name), "commit": p.showCommit(x, x.git.Branches[name])}
}

// listTags answers GET /projects/{id}/repository/tags.
func listTags(c *call, x *project) (any, error) {
	tags := append([]objects.Tag(nil), x.git.Tags...)
	keys := map[string]func(objects.Tag) string{"name": func(t objects.Tag) string { return t.Name }, "updated": func(t objects.Tag) string { return sortableTime(t.Commit.At) }}
	if err := order(c, tags, "updated", "desc", keys, func(objects.Tag) int64 { return 0 }); err != nil {
		return nil, err
	}
	return paged(c, tags, func(t objects.Tag) any { return c.peer.showTag(x, t) })
}

func (p *Peer) showTag(x *project, t objects.Tag) object {
	shown := object{"name": t.Name, "target": t.OID(), "message": "", "protected": false, "release": nil, "created_at": nil, "commit": p.showCommit(x, t.Commit)}
	if t.Object != nil {
		shown["message"], shown["created_at"] = t.Object.Message, stamp(t.Object.At)
	}
	return shown
}

// listCommits answers GET /projects/{id}/repository/commits, the newest first: those of a branch, of a tag, or of a
// range A..B. How many there are is not told.
func listCommits(c *call, x *project) (any, error) {
	from, to, ranged := strings.Cut(c.Given("ref_name"), "..")
	at, without := x.revision(from), map[*objects.Commit]bool{}
	if ranged {
		if known := x.revision(from); known != nil {
			for _, past := range x.git.History(known) {
				without[past] = true
			}
		}
		at = x.revision(to)
	}
	if at == nil {
		return nil, notFound("Commit")
	}
	var wanted []*objects.Commit
	for _, past := range x.git.History(at) {
		if c.during(past) && !without[past] {
			wanted = append(wanted, past)
		}
	}
	body, err := paged(c, wanted, func(past *objects.Commit) any { return c.peer.showCommit(x, past) })
	c.Header.Del("X-Total")
	c.Header.Del("X-Total-Pages")
	return body, err
}

// during says whether a commit is from the time that was asked for.
func (c *call) during(at *objects.Commit) bool {
	since, err := parseTime(c.Given("since"))
	if err == nil && at.At.Before(since) {
		return false
	}
	until, err := parseTime(c.Given("until"))
	return err != nil || !at.At.After(until)
}

// getCommit answers GET /projects/{id}/repository/commits/{sha}.
func getCommit(c *call, x *project) (any, error) {
	at := x.revision(c.Path("sha"))
	if at == nil {
		return nil, notFound("Commit")
	}
	return c.peer.showCommit(x, at), nil
}

// showCommit is a commit as REST shows it.
func (p *Peer) showCommit(x *project, at *objects.Commit) object {
	title, _, _ := strings.Cut(at.Message, "\n")
	when := stamp(at.At)
	return object{"id": at.OID, "short_id": at.OID[:8], "title": title, "message": at.Message, "parent_ids": hosttest.List(at.Parents),
		"author_name": at.Author, "author_email": at.Author + "@acme.test", "authored_date": when,
		"committer_name": at.Author, "committer_email": at.Author + "@acme.test", "committed_date": when, "created_at": when,
		"trailers": object{}, "extended_trailers": object{}, "web_url": p.page(x, "/-/commit/%s", at.OID)}
}
