package githubtest

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// Sizes of what GitHub gives of a repository's content.
const (
	contentsMost = 1 << 20   // bytes of a file that come with its contents; a larger one has to be asked for raw
	contentsRaw  = 100 << 20 // bytes of a file, beyond which there is none
	folderMost   = 1_000     // entries of a folder
)

// getTree answers GET /repos/{owner}/{repo}/git/trees/{sha}. Any value of recursive means that it is.
func getTree(c *call, r *repository) (any, error) {
	t := r.treeAt(c.Path("sha"))
	if t == nil {
		return nil, notFound()
	}
	var entries []any
	truncated := false
	for path, e := range t.Walk("") {
		if !c.Request.URL.Query().Has("recursive") && strings.Contains(path, "/") {
			continue
		}
		if truncated = len(entries) == c.peer.config.TreeEntries; truncated {
			break
		}
		entries = append(entries, c.peer.listedEntry(r, path, e))
	}
	return object{"sha": t.OID, "url": c.peer.api(r, "/git/trees/%s", t.OID), "tree": hosttest.List(entries), "truncated": truncated}, nil
}

// treeAt returns the tree that an object id, a branch or a tag stands for.
func (r *repository) treeAt(name string) *objects.Tree {
	if commit := r.revision(name); commit != nil {
		return commit.Tree
	}
	t, _ := r.git.Object(name).(*objects.Tree)
	return t
}

// listedEntry is an entry as a list of a tree shows it.
func (p *Peer) listedEntry(r *repository, path string, e objects.Entry) object {
	mode := e.Mode
	if e.Tree != nil {
		mode = "0" + mode
	}
	shown := object{"path": path, "mode": mode, "type": e.Kind(), "sha": e.OID}
	if e.Kind() != "commit" {
		shown["url"] = p.api(r, "/git/%ss/%s", e.Kind(), e.OID)
	}
	if e.Blob != nil {
		shown["size"] = len(e.Blob.Content)
	}
	return shown
}

// getBlob answers GET /repos/{owner}/{repo}/git/blobs/{sha}.
func getBlob(c *call, r *repository) (any, error) {
	b, ok := r.git.Object(c.Path("sha")).(*objects.Blob)
	if !ok {
		return nil, notFound()
	}
	if c.accepts("raw") {
		return hosttest.Raw{Type: "application/vnd.github.raw; charset=utf-8", Text: b.Content}, nil
	}
	return object{"sha": b.OID, "node_id": "B_" + b.OID, "size": len(b.Content), "encoding": "base64", "content": wrapped(b.Content),
		"url": c.peer.api(r, "/git/blobs/%s", b.OID)}, nil
}

// accepts says whether the caller asks for a media type of GitHub's, such as raw or sha.
func (c *call) accepts(kind string) bool {
	accept := strings.Join(c.Request.Header.Values("Accept"), ",")
	return strings.Contains(accept, "application/vnd.github."+kind) || strings.Contains(accept, "application/vnd.github.v3."+kind)
}

// wrapped is content in base 64, in lines of 60 characters as GitHub sends it.
func wrapped(content string) string {
	coded := base64.StdEncoding.EncodeToString([]byte(content))
	var out strings.Builder
	for len(coded) > 60 {
		out.WriteString(coded[:60] + "\n")
		coded = coded[60:]
	}
	return out.String() + coded + "\n"
}

// getContents answers GET /repos/{owner}/{repo}/contents/{path}.
func getContents(c *call, r *repository) (any, error) {
	ref := c.Request.URL.Query().Get("ref")
	at := r.revision(ref)
	switch {
	case r.head() == nil:
		return nil, hosttest.Refuse(http.StatusNotFound, "This repository is empty.")
	case at == nil:
		return nil, hosttest.Refuse(http.StatusNotFound, "No commit found for the ref %s", ref)
	}
	path := strings.Trim(c.Path("path"), "/")
	found, ok := at.Tree.Find(path)
	if !ok {
		return nil, notFound()
	}
	if found.Tree == nil {
		return c.file(r, path, found, ref)
	}
	entries := found.Tree.Entries
	return hosttest.Each(entries[:min(len(entries), folderMost)], func(e objects.Entry) any {
		return c.peer.contentEntry(r, strings.Trim(path+"/"+e.Name, "/"), ref, e)
	}), nil
}

// file is a file's content: with its text up to 1 MiB, only raw beyond that.
func (c *call) file(r *repository, path string, e objects.Entry, ref string) (any, error) {
	shown := c.peer.contentEntry(r, path, ref, e)
	if e.Blob == nil {
		return shown, nil
	}
	size := len(e.Blob.Content)
	switch {
	case size > contentsRaw:
		return nil, hosttest.Refuse(http.StatusForbidden, "This API returns blobs up to 100 MB in size.")
	case c.accepts("raw"):
		return hosttest.Raw{Type: "application/vnd.github.raw; charset=utf-8", Text: e.Blob.Content}, nil
	case size > contentsMost:
		shown["encoding"], shown["content"] = "none", ""
	default:
		shown["encoding"], shown["content"] = "base64", wrapped(e.Blob.Content)
	}
	return shown, nil
}

// contentEntry is an entry as a folder's contents show it.
func (p *Peer) contentEntry(r *repository, path, ref string, e objects.Entry) object {
	shown := object{"name": e.Name, "path": path, "sha": e.OID, "size": 0, "type": "dir", "download_url": nil,
		"url": p.api(r, "/contents/%s?ref=%s", path, cmp.Or(ref, r.Branch)), "git_url": p.api(r, "/git/%ss/%s", e.Kind(), e.OID)}
	switch {
	case e.Mode == objects.ModeModule:
		shown["type"], shown["submodule_git_url"], shown["git_url"] = "submodule", p.html(r, "-module.git"), nil
	case e.Mode == objects.ModeLink:
		shown["type"], shown["target"], shown["size"] = "symlink", e.Blob.Content, len(e.Blob.Content)
	case e.Blob != nil:
		shown["type"], shown["size"], shown["download_url"] = "file", len(e.Blob.Content), p.html(r, "/raw/%s/%s", cmp.Or(ref, r.Branch), path)
	}
	return shown
}
