package githubtest

import (
	"encoding/base64"
	"path"
	"strconv"
	"strings"
)

// gitObject is a git object in a repository.
type gitObject struct {
	repo  *repository
	value any // *commit, *tree, *blob or *tagObject
}

func (o gitObject) graphType() string {
	switch o.value.(type) {
	case *commit:
		return "Commit"
	case *tree:
		return "Tree"
	case *tagObject:
		return "Tag"
	}
	return "Blob"
}

func (o gitObject) oid() string {
	switch v := o.value.(type) {
	case *commit:
		return v.oid
	case *tree:
		return v.oid
	case *tagObject:
		return v.oid
	}
	return o.value.(*blob).oid
}

// wrap is an object in its repository; null where there is none.
func (r *repository) wrap(value any) any {
	if value == nil {
		return nil
	}
	return gitObject{r, value}
}

// graphObject finds an object by its id, or by an expression such as HEAD, main:path or HEAD:.
func graphObject(_ *execution, r *repository, args arguments) (any, error) {
	if oid := args.text("oid"); oid != "" {
		return r.wrap(r.object(oid)), nil
	}
	expression := args.text("expression")
	if expression == "" {
		return nil, graphFail("ARGUMENT_ERROR", "One of `expression` or `oid` is required.")
	}
	name, path, inside := strings.Cut(expression, ":")
	at := r.revision(name)
	switch {
	case at == nil && !inside:
		return r.wrap(r.object(name)), nil
	case at == nil:
		return nil, nil
	case !inside:
		return r.wrap(at), nil
	}
	found, ok := at.tree.find(path)
	if !ok {
		return nil, nil
	}
	return r.wrap(found.object()), nil
}

// common are the fields that all objects have.
func common(fields resolvers) resolvers {
	fields["id"] = of(func(o gitObject) any { return o.graphType()[:1] + "_" + strconv.FormatInt(o.repo.id, 36) + o.oid() })
	fields["oid"] = of(func(o gitObject) any { return o.oid() })
	fields["abbreviatedOid"] = of(func(o gitObject) any { return o.oid()[:7] })
	fields["repository"] = of(func(o gitObject) any { return o.repo })
	return fields
}

func inCommit(value func(*commit) any) func(*execution, any, arguments) (any, error) {
	return of(func(o gitObject) any { return value(o.value.(*commit)) })
}

func commitFields() resolvers {
	return common(resolvers{
		"committedDate":   inCommit(func(c *commit) any { return stamp(c.at) }),
		"authoredDate":    inCommit(func(c *commit) any { return stamp(c.at) }),
		"message":         inCommit(func(c *commit) any { return c.message }),
		"messageHeadline": inCommit(func(c *commit) any { head, _, _ := strings.Cut(c.message, "\n"); return head }),
		"author":          inCommit(func(c *commit) any { return c }),
		"committer":       inCommit(func(c *commit) any { return c }),
		"tree":            of(func(o gitObject) any { return gitObject{o.repo, o.value.(*commit).tree} }),
		"file": with(func(_ *execution, o gitObject, args arguments) (any, error) {
			return o.repo.entry(o.value.(*commit).tree, args.text("path")), nil
		}),
		"history":     with(commitHistory),
		"parents":     with(commitParents),
		"checkSuites": with(commitChecks),
	})
}

// commitHistory lists a commit and those before it.
func commitHistory(_ *execution, o gitObject, args arguments) (any, error) {
	var all []ranked
	for i, c := range o.repo.history(o.value.(*commit)) {
		all = append(all, ranked{id: int64(i), node: gitObject{o.repo, c}})
	}
	return args.connect(all, false)
}

func actorFields() resolvers {
	return resolvers{
		"name":  of(func(c *commit) any { return c.author }),
		"email": of(func(c *commit) any { return c.author + "@acme.test" }),
		"date":  of(func(c *commit) any { return stamp(c.at) }),
		"user": with(func(x *execution, c *commit, _ arguments) (any, error) {
			a := x.peer.state.accounts[strings.ToLower(c.author)]
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
	entry
}

func (r *repository) entry(t *tree, path string) any {
	found, ok := t.find(path)
	if !ok || found.name == "" {
		return nil
	}
	return treeEntry{r, path, found}
}

func treeFields() resolvers {
	return common(resolvers{"entries": of(func(o gitObject) any {
		t := o.value.(*tree)
		prefix := o.repo.pathOf(t)
		return each(t.entries, func(e entry) any { return treeEntry{o.repo, path.Join(prefix, e.name), e} })
	})})
}

// pathOf is where a tree is in the default branch; empty for a root and for one that is not there. GitHub
// tells paths of entries from the root on.
func (r *repository) pathOf(t *tree) string {
	if head := r.head(); head != nil {
		for path, e := range head.tree.walk("") {
			if e.tree == t {
				return path
			}
		}
	}
	return ""
}

func entryFields() resolvers {
	return resolvers{
		"name":        of(func(e treeEntry) any { return e.name }),
		"nameRaw":     of(func(e treeEntry) any { return base64.StdEncoding.EncodeToString([]byte(e.name)) }),
		"path":        of(func(e treeEntry) any { return e.path }),
		"pathRaw":     of(func(e treeEntry) any { return base64.StdEncoding.EncodeToString([]byte(e.path)) }),
		"type":        of(func(e treeEntry) any { return e.kind() }),
		"mode":        of(func(e treeEntry) any { mode, _ := strconv.ParseInt(e.mode, 8, 32); return mode }),
		"oid":         of(func(e treeEntry) any { return e.oid }),
		"extension":   of(func(e treeEntry) any { return path.Ext(e.name) }),
		"isGenerated": of(func(treeEntry) any { return false }),
		"object":      of(func(e treeEntry) any { return e.repo.wrap(e.object()) }),
		"repository":  of(func(e treeEntry) any { return e.repo }),
		"size": of(func(e treeEntry) any {
			if e.blob == nil {
				return 0
			}
			return len(e.blob.content)
		}),
	}
}

func inBlob(value func(*execution, *blob) any) func(*execution, any, arguments) (any, error) {
	return with(func(x *execution, o gitObject, _ arguments) (any, error) { return value(x, o.value.(*blob)), nil })
}

// blobFields are those of a file. A binary one has no text, and of a long one only the beginning is told.
func blobFields() resolvers {
	return common(resolvers{
		"byteSize":    inBlob(func(_ *execution, b *blob) any { return len(b.content) }),
		"isBinary":    inBlob(func(_ *execution, b *blob) any { return b.binary() }),
		"isTruncated": inBlob(func(x *execution, b *blob) any { return !b.binary() && len(b.content) > x.peer.config.BlobText }),
		"text": inBlob(func(x *execution, b *blob) any {
			if b.binary() {
				return nil
			}
			return strings.ToValidUTF8(b.content[:min(len(b.content), x.peer.config.BlobText)], "")
		}),
	})
}

func tagFields() resolvers {
	inTag := func(value func(*tagObject) any) func(*execution, any, arguments) (any, error) {
		return of(func(o gitObject) any { return value(o.value.(*tagObject)) })
	}
	return common(resolvers{
		"name":    inTag(func(t *tagObject) any { return t.name }),
		"message": inTag(func(t *tagObject) any { return t.message }),
		"tagger":  inTag(func(t *tagObject) any { return &commit{author: "robot", at: t.at} }),
		"target":  of(func(o gitObject) any { return gitObject{o.repo, o.value.(*tagObject).target} }),
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
	if c := r.branches[name]; c != nil {
		return graphRef{r, "refs/heads/", name, c}
	}
	return nil
}

func (r *repository) refs(prefix string) []graphRef {
	var all []graphRef
	for _, name := range sorted(r.branches) {
		all = append(all, graphRef{r, "refs/heads/", name, r.branches[name]})
	}
	for _, t := range r.tags {
		ref := graphRef{r, "refs/tags/", t.name, t.commit}
		if t.object != nil {
			ref.target = t.object
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
func graphRefs(_ *execution, r *repository, args arguments) (any, error) {
	by, descending := args.order()
	if args.text("direction") == "DESC" {
		descending = true
	}
	var all []ranked
	for i, ref := range r.refs(args.text("refPrefix")) {
		n := ranked{key: ref.name, id: int64(i), node: ref}
		if by == "TAG_COMMIT_DATE" {
			n.key = r.revision(ref.prefix + ref.name).at.UTC().Format("20060102150405")
		}
		if strings.Contains(ref.name, args.text("query")) {
			all = append(all, n)
		}
	}
	return args.connect(all, descending)
}

func refFields() resolvers {
	return resolvers{
		"id":         of(func(r graphRef) any { return "REF_" + strconv.FormatInt(r.repo.id, 36) + r.prefix + r.name }),
		"name":       of(func(r graphRef) any { return r.name }),
		"prefix":     of(func(r graphRef) any { return r.prefix }),
		"repository": of(func(r graphRef) any { return r.repo }),
		"target":     of(func(r graphRef) any { return r.repo.wrap(r.target) }),
	}
}
