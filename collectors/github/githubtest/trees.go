package githubtest

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"strings"
)

// Sizes of what GitHub gives of a repository's content.
const (
	contentsMost = 1 << 20   // bytes of a file that come with its contents; a larger one has to be asked for raw
	contentsRaw  = 100 << 20 // bytes of a file, beyond which there is none
	folderMost   = 1_000     // entries of a folder
)

// getTree answers GET /repos/{owner}/{repo}/git/trees/{sha}. Any value of recursive means that it is.
func getTree(c *call) (any, error) {
	r, err := c.repo()
	if err != nil {
		return nil, err
	}
	if r.head() == nil {
		return nil, refuse(http.StatusConflict, "Git Repository is empty.")
	}
	t := r.treeAt(c.path("sha"))
	if t == nil {
		return nil, notFound()
	}
	var entries []any
	truncated := false
	for path, e := range t.walk("") {
		if !c.request.URL.Query().Has("recursive") && strings.Contains(path, "/") {
			continue
		}
		if truncated = len(entries) == c.peer.config.TreeEntries; truncated {
			break
		}
		entries = append(entries, e.listed(c.peer, r, path))
	}
	return object{"sha": t.oid, "url": c.peer.api(r, "/git/trees/%s", t.oid), "tree": list(entries), "truncated": truncated}, nil
}

// treeAt returns the tree that an object id, a branch or a tag stands for.
func (r *repository) treeAt(name string) *tree {
	if commit := r.revision(name); commit != nil {
		return commit.tree
	}
	t, _ := r.object(name).(*tree)
	return t
}

// listed is an entry as a list of a tree shows it.
func (e entry) listed(p *Peer, r *repository, path string) object {
	mode := e.mode
	if e.tree != nil {
		mode = "0" + mode
	}
	shown := object{"path": path, "mode": mode, "type": e.kind(), "sha": e.oid}
	if e.kind() != "commit" {
		shown["url"] = p.api(r, "/git/%ss/%s", e.kind(), e.oid)
	}
	if e.blob != nil {
		shown["size"] = len(e.blob.content)
	}
	return shown
}

// getBlob answers GET /repos/{owner}/{repo}/git/blobs/{sha}.
func getBlob(c *call) (any, error) {
	r, err := c.repo()
	if err != nil {
		return nil, err
	}
	if r.head() == nil {
		return nil, refuse(http.StatusConflict, "Git Repository is empty.")
	}
	b, ok := r.object(c.path("sha")).(*blob)
	if !ok {
		return nil, notFound()
	}
	if c.accepts("raw") {
		return raw{"application/vnd.github.raw; charset=utf-8", b.content}, nil
	}
	return object{"sha": b.oid, "node_id": "B_" + b.oid, "size": len(b.content), "encoding": "base64", "content": wrapped(b.content),
		"url": c.peer.api(r, "/git/blobs/%s", b.oid)}, nil
}

// accepts says whether the caller asks for a media type of GitHub's, such as raw or sha.
func (c *call) accepts(kind string) bool {
	accept := strings.Join(c.request.Header.Values("Accept"), ",")
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
func getContents(c *call) (any, error) {
	r, err := c.repo()
	if err != nil {
		return nil, err
	}
	ref := c.request.URL.Query().Get("ref")
	at := r.revision(ref)
	switch {
	case r.head() == nil:
		return nil, refuse(http.StatusNotFound, "This repository is empty.")
	case at == nil:
		return nil, refuse(http.StatusNotFound, "No commit found for the ref %s", ref)
	}
	path := strings.Trim(c.path("path"), "/")
	found, ok := at.tree.find(path)
	if !ok {
		return nil, notFound()
	}
	if found.tree == nil {
		return c.file(r, path, found, ref)
	}
	entries := found.tree.entries
	return each(entries[:min(len(entries), folderMost)], func(e entry) any {
		return e.content(c.peer, r, strings.Trim(path+"/"+e.name, "/"), ref)
	}), nil
}

// file is a file's content: with its text up to 1 MiB, only raw beyond that.
func (c *call) file(r *repository, path string, e entry, ref string) (any, error) {
	shown := e.content(c.peer, r, path, ref)
	if e.blob == nil {
		return shown, nil
	}
	size := len(e.blob.content)
	switch {
	case size > contentsRaw:
		return nil, refuse(http.StatusForbidden, "This API returns blobs up to 100 MB in size.")
	case c.accepts("raw"):
		return raw{"application/vnd.github.raw; charset=utf-8", e.blob.content}, nil
	case size > contentsMost:
		shown["encoding"], shown["content"] = "none", ""
	default:
		shown["encoding"], shown["content"] = "base64", wrapped(e.blob.content)
	}
	return shown, nil
}

// content is an entry as a folder's contents show it.
func (e entry) content(p *Peer, r *repository, path, ref string) object {
	shown := object{"name": e.name, "path": path, "sha": e.oid, "size": 0, "type": "dir", "download_url": nil,
		"url": p.api(r, "/contents/%s?ref=%s", path, cmp.Or(ref, r.Branch)), "git_url": p.api(r, "/git/%ss/%s", e.kind(), e.oid)}
	switch {
	case e.mode == modeModule:
		shown["type"], shown["submodule_git_url"], shown["git_url"] = "submodule", p.html(r, "-module.git"), nil
	case e.mode == modeLink:
		shown["type"], shown["target"], shown["size"] = "symlink", e.blob.content, len(e.blob.content)
	case e.blob != nil:
		shown["type"], shown["size"], shown["download_url"] = "file", len(e.blob.content), p.html(r, "/raw/%s/%s", cmp.Or(ref, r.Branch), path)
	}
	return shown
}
