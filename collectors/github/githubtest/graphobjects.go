package githubtest

import (
	"encoding/base64"
	"path"
	"strconv"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// gitObject is a git object in a repository.
type gitObject struct {
	repo  *repository
	value any // *commit, *tree, *blob or *tagObject
}

func (o gitObject) GraphType() string {
	switch o.value.(type) {
	case *objects.Commit:
		return "Commit"
	case *objects.Tree:
		return "Tree"
	case *objects.TagObject:
		return "Tag"
	}
	return "Blob"
}

func (o gitObject) oid() string {
	switch v := o.value.(type) {
	case *objects.Commit:
		return v.OID
	case *objects.Tree:
		return v.OID
	case *objects.TagObject:
		return v.OID
	}
	return o.value.(*objects.Blob).OID
}

// wrap is an object in its repository; null where there is none.
func (r *repository) wrap(value any) any {
	if value == nil {
		return nil
	}
	return gitObject{r, value}
}

// graphObject finds an object by its id, or by an expression such as HEAD, main:path or HEAD:.
func graphObject(_ *execution, r *repository, args graph.Arguments) (any, error) {
	if oid := args.Text("oid"); oid != "" {
		return r.wrap(r.git.Object(oid)), nil
	}
	expression := args.Text("expression")
	if expression == "" {
		return nil, graph.Errorf("ARGUMENT_ERROR", "One of `expression` or `oid` is required.")
	}
	name, path, inside := strings.Cut(expression, ":")
	at := r.revision(name)
	switch {
	case at == nil && !inside:
		return r.wrap(r.git.Object(name)), nil
	case at == nil:
		return nil, nil
	case !inside:
		return r.wrap(at), nil
	}
	found, ok := at.Tree.Find(path)
	if !ok {
		return nil, nil
	}
	return r.wrap(found.Object()), nil
}

// common are the fields that all objects have.
func common(fields graph.Fields) graph.Fields {
	fields["id"] = graph.Of(func(o gitObject) any { return o.GraphType()[:1] + "_" + strconv.FormatInt(o.repo.id, 36) + o.oid() })
	fields["oid"] = graph.Of(func(o gitObject) any { return o.oid() })
	fields["abbreviatedOid"] = graph.Of(func(o gitObject) any { return o.oid()[:7] })
	fields["repository"] = graph.Of(func(o gitObject) any { return o.repo })
	return fields
}

func inCommit(value func(*objects.Commit) any) graph.Field {
	return graph.Of(func(o gitObject) any { return value(o.value.(*objects.Commit)) })
}

func commitFields() graph.Fields {
	return common(graph.Fields{
		"committedDate":   inCommit(func(c *objects.Commit) any { return stamp(c.At) }),
		"authoredDate":    inCommit(func(c *objects.Commit) any { return stamp(c.At) }),
		"message":         inCommit(func(c *objects.Commit) any { return c.Message }),
		"messageHeadline": inCommit(func(c *objects.Commit) any { head, _, _ := strings.Cut(c.Message, "\n"); return head }),
		"author":          inCommit(func(c *objects.Commit) any { return c }),
		"committer":       inCommit(func(c *objects.Commit) any { return c }),
		"tree":            graph.Of(func(o gitObject) any { return gitObject{o.repo, o.value.(*objects.Commit).Tree} }),
		"file": graph.With(func(_ *execution, o gitObject, args graph.Arguments) (any, error) {
			return o.repo.entry(o.value.(*objects.Commit).Tree, args.Text("path")), nil
		}),
		"history":     graph.With(commitHistory),
		"parents":     graph.With(commitParents),
		"checkSuites": graph.With(commitChecks),
	})
}

// commitHistory lists a commit and those before it.
func commitHistory(_ *execution, o gitObject, args graph.Arguments) (any, error) {
	var all []ranked
	for i, c := range o.repo.git.History(o.value.(*objects.Commit)) {
		all = append(all, ranked{id: int64(i), node: gitObject{o.repo, c}})
	}
	return connect(args, all, false)
}

func actorFields() graph.Fields {
	return graph.Fields{
		"name":  graph.Of(func(c *objects.Commit) any { return c.Author }),
		"email": graph.Of(func(c *objects.Commit) any { return c.Author + "@acme.test" }),
		"date":  graph.Of(func(c *objects.Commit) any { return stamp(c.At) }),
		"user": graph.With(func(x *execution, c *objects.Commit, _ graph.Arguments) (any, error) {
			a := x.peer.state.accounts[strings.ToLower(c.Author)]
			if a == nil || a.kind() != "User" {
				return nil, nil
			}
			return a, nil
		}),
	}
}

// treeEntry is an entry of a tree in a repository.
type treeEntry struct {
	repo *repository
	path string
	objects.Entry
}

func (r *repository) entry(t *objects.Tree, path string) any {
	found, ok := t.Find(path)
	if !ok || found.Name == "" {
		return nil
	}
	return treeEntry{r, path, found}
}

func treeFields() graph.Fields {
	return common(graph.Fields{"entries": graph.Of(func(o gitObject) any {
		t := o.value.(*objects.Tree)
		prefix := o.repo.pathOf(t)
		return hosttest.Each(t.Entries, func(e objects.Entry) any { return treeEntry{o.repo, path.Join(prefix, e.Name), e} })
	})})
}

// pathOf is where a tree is in the default branch; empty for a root and for one that is not there. GitHub
// tells paths of entries from the root on.
func (r *repository) pathOf(t *objects.Tree) string {
	if head := r.head(); head != nil {
		for path, e := range head.Tree.Walk("") {
			if e.Tree == t {
				return path
			}
		}
	}
	return ""
}

func entryFields() graph.Fields {
	return graph.Fields{
		"name":        graph.Of(func(e treeEntry) any { return e.Name }),
		"nameRaw":     graph.Of(func(e treeEntry) any { return base64.StdEncoding.EncodeToString([]byte(e.Name)) }),
		"path":        graph.Of(func(e treeEntry) any { return e.path }),
		"pathRaw":     graph.Of(func(e treeEntry) any { return base64.StdEncoding.EncodeToString([]byte(e.path)) }),
		"type":        graph.Of(func(e treeEntry) any { return e.Kind() }),
		"mode":        graph.Of(func(e treeEntry) any { mode, _ := strconv.ParseInt(e.Mode, 8, 32); return mode }),
		"oid":         graph.Of(func(e treeEntry) any { return e.OID }),
		"extension":   graph.Of(func(e treeEntry) any { return path.Ext(e.Name) }),
		"isGenerated": graph.Of(func(treeEntry) any { return false }),
		"object":      graph.Of(func(e treeEntry) any { return e.repo.wrap(e.Object()) }),
		"repository":  graph.Of(func(e treeEntry) any { return e.repo }),
		"size": graph.Of(func(e treeEntry) any {
			if e.Blob == nil {
				return 0
			}
			return len(e.Blob.Content)
		}),
	}
}

func inBlob(value func(*execution, *objects.Blob) any) graph.Field {
	return graph.With(func(x *execution, o gitObject, _ graph.Arguments) (any, error) {
		return value(x, o.value.(*objects.Blob)), nil
	})
}

// blobFields are those of a file. A binary one has no text, and of a long one only the beginning is told.
func blobFields() graph.Fields {
	return common(graph.Fields{
		"byteSize":    inBlob(func(_ *execution, b *objects.Blob) any { return len(b.Content) }),
		"isBinary":    inBlob(func(_ *execution, b *objects.Blob) any { return b.Binary() }),
		"isTruncated": inBlob(func(x *execution, b *objects.Blob) any { return !b.Binary() && len(b.Content) > x.peer.config.BlobText }),
		"text": inBlob(func(x *execution, b *objects.Blob) any {
			if b.Binary() {
				return nil
			}
			return strings.ToValidUTF8(b.Content[:min(len(b.Content), x.peer.config.BlobText)], "")
		}),
	})
}

func tagFields() graph.Fields {
	inTag := func(value func(*objects.TagObject) any) graph.Field {
		return graph.Of(func(o gitObject) any { return value(o.value.(*objects.TagObject)) })
	}
	return common(graph.Fields{
		"name":    inTag(func(t *objects.TagObject) any { return t.Name }),
		"message": inTag(func(t *objects.TagObject) any { return t.Message }),
		"tagger":  inTag(func(t *objects.TagObject) any { return &objects.Commit{Author: "robot", At: t.At} }),
		"target":  graph.Of(func(o gitObject) any { return gitObject{o.repo, o.value.(*objects.TagObject).Target} }),
	})
}

// graphRef is a reference of a repository.
type graphRef struct {
	repo         *repository
	prefix, name string
	target       any // *commit or *tagObject
}

// branchRef is the reference of a branch; null where there is none.
func (r *repository) branchRef(name string) any {
	if c := r.git.Branches[name]; c != nil {
		return graphRef{r, "refs/heads/", name, c}
	}
	return nil
}

func (r *repository) refs(prefix string) []graphRef {
	var all []graphRef
	for _, name := range r.git.Names() {
		all = append(all, graphRef{r, "refs/heads/", name, r.git.Branches[name]})
	}
	for _, t := range r.git.Tags {
		ref := graphRef{r, "refs/tags/", t.Name, t.Commit}
		if t.Object != nil {
			ref.target = t.Object
		}
		all = append(all, ref)
	}
	var below []graphRef
	for _, ref := range all {
		if name, ok := strings.CutPrefix(ref.prefix+ref.name, prefix); ok {
			below = append(below, graphRef{r, prefix, name, ref.target})
		}
	}
	return below
}

// ref finds a reference by its full or short name.
func (r *repository) ref(name string) any {
	for _, ref := range r.refs("refs/") {
		if full := ref.prefix + ref.name; full == name || full == "refs/heads/"+name || full == "refs/tags/"+name {
			return ref
		}
	}
	return nil
}

// graphRefs lists the references below a prefix: tags by the time of their commit where that is asked for.
func graphRefs(_ *execution, r *repository, args graph.Arguments) (any, error) {
	by, descending := order(args)
	if args.Text("direction") == "DESC" {
		descending = true
	}
	var all []ranked
	for i, ref := range r.refs(args.Text("refPrefix")) {
		n := ranked{key: ref.name, id: int64(i), node: ref}
		if by == "TAG_COMMIT_DATE" {
			n.key = r.revision(ref.prefix + ref.name).At.UTC().Format("20060102150405")
		}
		if strings.Contains(ref.name, args.Text("query")) {
			all = append(all, n)
		}
	}
	return connect(args, all, descending)
}

func refFields() graph.Fields {
	return graph.Fields{
		"id":         graph.Of(func(r graphRef) any { return "REF_" + strconv.FormatInt(r.repo.id, 36) + r.prefix + r.name }),
		"name":       graph.Of(func(r graphRef) any { return r.name }),
		"prefix":     graph.Of(func(r graphRef) any { return r.prefix }),
		"repository": graph.Of(func(r graphRef) any { return r.repo }),
		"target":     graph.Of(func(r graphRef) any { return r.repo.wrap(r.target) }),
	}
}
