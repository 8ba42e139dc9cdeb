package gitlabtest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

func projectFields() graph.Fields {
	fields := graph.Fields{
		"id":                    graph.Of(func(p *project) any { return globalID("Project", p.id) }),
		"name":                  graph.Of(func(p *project) any { return p.Name }),
		"path":                  graph.Of(func(p *project) any { return p.Path }),
		"fullPath":              graph.Of(func(p *project) any { return p.fullPath() }),
		"nameWithNamespace":     graph.Of(func(p *project) any { return p.space.fullName() + " / " + p.Name }),
		"description":           graph.Of(func(p *project) any { return hosttest.OrNull(p.Description) }),
		"archived":              graph.Of(func(p *project) any { return p.Archived }),
		"visibility":            graph.Of(func(p *project) any { return p.Visibility }),
		"topics":                graph.Of(func(p *project) any { return hosttest.List(p.Topics) }),
		"createdAt":             graph.Of(func(p *project) any { return stamp(p.Created) }),
		"updatedAt":             graph.Of(func(p *project) any { return stamp(p.updated) }),
		"lastActivityAt":        graph.Of(func(p *project) any { return stamp(p.activity) }),
		"webUrl":                graph.With(func(x *execution, p *project, _ graph.Arguments) (any, error) { return x.peer.page(p, ""), nil }),
		"httpUrlToRepo":         graph.With(func(x *execution, p *project, _ graph.Arguments) (any, error) { return x.peer.page(p, ".git"), nil }),
		"ciConfigPathOrDefault": graph.Of(func(p *project) any { return cmp.Or(p.CIConfigPath, ".gitlab-ci.yml") }),
		"namespace":             graph.Of(func(p *project) any { return p.space }),
		"group": graph.Of(func(p *project) any {
			if p.space.kind != "group" {
				return nil
			}
			return p.space
		}),
		"languages":  graph.Of(languages),
		"repository": graph.With(repositoryOf),
		"statistics": graph.With(statisticsOf),
		"pipelines":  graph.With(pipelinesOf),
		"complianceFrameworks": graph.With(func(_ *execution, p *project, args graph.Arguments) (any, error) {
			return connect(args, frameworksOf(p))
		}),
	}
	for name, kind := range map[string]string{"pipelineExecutionPolicies": "pipeline_execution_policy", "scanExecutionPolicies": "scan_execution_policy"} {
		fields[name] = graph.With(func(_ *execution, p *project, args graph.Arguments) (any, error) {
			return connect(args, policiesOf(p.policies, p.space, kind, p.fullPath(), args))
		})
	}
	return fields
}

// statisticsOf are the sizes of a project; null for whoever may not read its files, and where the test gives none.
func statisticsOf(x *execution, p *project, _ graph.Arguments) (any, error) {
	if p.Size == 0 || !x.call.readsCode(p) {
		return nil, nil
	}
	return p, nil
}

func statisticsFields() graph.Fields {
	return graph.Fields{
		"repositorySize": graph.Of(func(p *project) any { return float64(p.Size) }),
		"storageSize":    graph.Of(func(p *project) any { return float64(p.Size) }),
	}
}

// repositoryOf is the repository of a project; null for whoever may not read its files, and for every other
// one where a fault lets the time run out.
func repositoryOf(x *execution, p *project, _ graph.Arguments) (any, error) {
	x.projects++
	switch {
	case x.call.Fault.Is(Partial) && x.projects%2 == 0:
		return nil, graph.Errorf("", "Timeout on Project.repository")
	case !x.call.readsCode(p):
		return nil, nil
	}
	return p, nil
}

// language is a language with its percents.
type language struct {
	name  string
	share float64
}

func languages(p *project) any {
	return hosttest.Each(slices.Sorted(maps.Keys(p.Languages)), func(name string) any { return language{name, p.Languages[name]} })
}

func languageFields() graph.Fields {
	return graph.Fields{
		"name":  graph.Of(func(l language) any { return l.name }),
		"share": graph.Of(func(l language) any { return l.share }),
		"color": graph.Of(func(language) any { return nil }),
	}
}

func repositoryFields() graph.Fields {
	return graph.Fields{
		"rootRef": graph.Of(func(p *project) any {
			if p.head() == nil {
				return nil
			}
			return p.Branch
		}),
		"empty":         graph.Of(func(p *project) any { return p.head() == nil }),
		"exists":        graph.Of(func(*project) any { return true }),
		"tree":          graph.With(treeOf),
		"paginatedTree": graph.With(paginatedTree),
		"blobs":         graph.With(blobsOf),
	}
}

// folder is a tree as GraphQL shows it: its entries, or all below it.
type folder struct {
	project *project
	commit  *objects.Commit
	entries []placed
}

// openFolder returns the folder that the arguments name; nil where there is none.
func openFolder(p *project, args graph.Arguments) *folder {
	at := p.revision(args.Text("ref"))
	if at == nil {
		return nil
	}
	found, ok := at.Tree.Find(args.Text("path"))
	if !ok || found.Tree == nil {
		return &folder{project: p, commit: at}
	}
	return &folder{p, at, below(found.Tree, strings.Trim(args.Text("path"), "/"), args.Flag("recursive", false))}
}

// treeOf answers Repository.tree; null in an empty repository.
func treeOf(_ *execution, p *project, args graph.Arguments) (any, error) {
	return graph.Opt(openFolder(p, args)), nil
}

// paginatedTree answers Repository.paginatedTree: each of its nodes is a tree of so many entries, and there is
// one node a page.
func paginatedTree(_ *execution, p *project, args graph.Arguments) (any, error) {
	f := openFolder(p, args)
	if f == nil {
		return &graph.Connection{}, nil
	}
	from, to, err := bounds(args, len(f.entries))
	if err != nil {
		return nil, err
	}
	page := graph.Edge{Node: &folder{p, f.commit, f.entries[from:to]}, Cursor: cursorOf(to - 1)}
	return &graph.Connection{Edges: []graph.Edge{page}, Total: len(f.entries), HasNext: to < len(f.entries), HasPrevious: from > 0}, nil
}

func treeFields() graph.Fields {
	entries := func(kind string) graph.Field {
		return graph.With(func(x *execution, f *folder, args graph.Arguments) (any, error) {
			var all []*shownEntry
			for _, e := range f.entries {
				if e.Kind() == kind {
					all = append(all, &shownEntry{e, f.project})
				}
			}
			return connect(args, all)
		})
	}
	return graph.Fields{
		"trees": entries("tree"), "blobs": entries("blob"), "submodules": entries("commit"),
		"lastCommit": graph.Of(func(f *folder) any { return &shownCommit{f.commit, f.project} }),
	}
}

// shownEntry is an entry of a tree with the project that it is in.
type shownEntry struct {
	placed
	project *project
}

func entryFields() graph.Fields {
	web := func(kind string) graph.Field {
		return graph.With(func(x *execution, e *shownEntry, _ graph.Arguments) (any, error) {
			return x.peer.page(e.project, "/-/%s/%s/%s", kind, e.project.Branch, e.path), nil
		})
	}
	return graph.Fields{
		"id":       graph.Of(func(e *shownEntry) any { return "gid://gitlab/Gitlab::Graphql::Representation::TreeEntry/" + e.OID }),
		"sha":      graph.Of(func(e *shownEntry) any { return e.OID }),
		"name":     graph.Of(func(e *shownEntry) any { return e.Name }),
		"type":     graph.Of(func(e *shownEntry) any { return e.Kind() }),
		"path":     graph.Of(func(e *shownEntry) any { return e.path }),
		"flatPath": graph.Of(func(e *shownEntry) any { return e.path }),
		"mode":     graph.Of(func(e *shownEntry) any { return restMode(e.Mode) }),
		"lfsOid":   graph.Of(func(*shownEntry) any { return nil }),
		"webUrl":   web("blob"), "treeUrl": web("tree"),
	}
}

// blobsOf answers Repository.blobs. Paths that are not there are left out; too many bytes at once are refused.
func blobsOf(x *execution, p *project, args graph.Arguments) (any, error) {
	at := p.revision(args.Text("ref"))
	if at == nil {
		return connect(args, []*shownEntry(nil))
	}
	var all []*shownEntry
	size := 0
	for _, path := range args.Words("paths") {
		found, ok := at.Tree.Find(path)
		if ok && found.Blob != nil {
			all = append(all, &shownEntry{placed{found, path}, p})
			size += len(found.Blob.Content)
		}
	}
	if most := x.peer.config.BlobBytes; size > most && len(all) > 1 && args.Field.SelectionSet != nil && x.readsText(args) {
		return nil, graph.Errorf("", "Max blobs size limit exceeded (%d Bytes / %d Bytes).", size, most)
	}
	return connect(args, all)
}

// readsText says whether the text of blobs is asked for.
func (x *execution) readsText(args graph.Arguments) bool {
	connection := x.peer.graph.Schema.Types["RepositoryBlobConnection"]
	for _, f := range x.Selected(connection, args.Field.SelectionSet) {
		for _, g := range x.Selected(x.peer.graph.Schema.Types["RepositoryBlob"], f.SelectionSet) {
			if slices.Contains([]string{"rawBlob", "rawTextBlob"}, g.Name) {
				return true
			}
		}
	}
	return false
}

func blobFields() graph.Fields {
	size := graph.Of(func(e *shownEntry) any { return fmt.Sprint(len(e.Blob.Content)) }) // a BigInt is written as a text
	text := graph.Of(func(e *shownEntry) any {
		if e.Blob.Binary() {
			return nil
		}
		return e.Blob.Content
	})
	fields := entryFields()
	fields["id"] = graph.Of(func(e *shownEntry) any { return "gid://gitlab/Blob/" + e.OID })
	fields["oid"], fields["size"], fields["rawSize"] = fields["sha"], size, size
	fields["rawTextBlob"] = text
	fields["rawBlob"] = graph.Of(func(e *shownEntry) any { return strings.ToValidUTF8(e.Blob.Content, string(utf8.RuneError)) })
	fields["language"] = graph.Of(func(*shownEntry) any { return nil })
	fields["storedExternally"] = graph.Of(func(*shownEntry) any { return false })
	return fields
}

// shownCommit is a commit with its project.
type shownCommit struct {
	*objects.Commit
	project *project
}

func commitFields() graph.Fields {
	return graph.Fields{
		"id":      graph.Of(func(c *shownCommit) any { return "gid://gitlab/CommitPresenter/" + c.OID }),
		"sha":     graph.Of(func(c *shownCommit) any { return c.OID }),
		"shortId": graph.Of(func(c *shownCommit) any { return c.OID[:8] }),
		"title":   graph.Of(func(c *shownCommit) any { title, _, _ := strings.Cut(c.Message, "\n"); return title }),
		"message": graph.Of(func(c *shownCommit) any { return c.Message }),
		"webUrl": graph.With(func(x *execution, c *shownCommit, _ graph.Arguments) (any, error) {
			return x.peer.page(c.project, "/-/commit/%s", c.OID), nil
		}),
		"authorName": graph.Of(func(c *shownCommit) any { return c.Author }),
		"author": graph.With(func(x *execution, c *shownCommit, _ graph.Arguments) (any, error) {
			return graph.Opt(x.peer.state.findUser(c.Author)), nil
		}),
		"authorEmail":   graph.Of(func(c *shownCommit) any { return c.Author + "@acme.test" }),
		"authoredDate":  graph.Of(func(c *shownCommit) any { return stamp(c.At) }),
		"committedDate": graph.Of(func(c *shownCommit) any { return stamp(c.At) }),
	}
}
