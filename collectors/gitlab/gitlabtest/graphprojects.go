package gitlabtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

func projectFields() resolvers {
	fields := resolvers{
		"id":                    of(func(p *project) any { return globalID("Project", p.id) }),
		"name":                  of(func(p *project) any { return p.Name }),
		"path":                  of(func(p *project) any { return p.Path }),
		"fullPath":              of(func(p *project) any { return p.fullPath() }),
		"nameWithNamespace":     of(func(p *project) any { return p.space.fullName() + " / " + p.Name }),
		"description":           of(func(p *project) any { return orNull(p.Description) }),
		"archived":              of(func(p *project) any { return p.Archived }),
		"visibility":            of(func(p *project) any { return p.Visibility }),
		"topics":                of(func(p *project) any { return list(p.Topics) }),
		"createdAt":             of(func(p *project) any { return stamp(p.Created) }),
		"updatedAt":             of(func(p *project) any { return stamp(p.updated) }),
		"lastActivityAt":        of(func(p *project) any { return stamp(p.activity) }),
		"webUrl":                with(func(x *execution, p *project, _ arguments) (any, error) { return x.peer.page(p, ""), nil }),
		"httpUrlToRepo":         with(func(x *execution, p *project, _ arguments) (any, error) { return x.peer.page(p, ".git"), nil }),
		"ciConfigPathOrDefault": of(func(p *project) any { return cmp.Or(p.CIConfigPath, ".gitlab-ci.yml") }),
		"namespace":             of(func(p *project) any { return p.space }),
		"group": of(func(p *project) any {
			if p.space.kind != "group" {
				return nil
			}
			return p.space
		}),
		"languages":            of(languages),
		"repository":           with(repositoryOf),
		"pipelines":            with(pipelinesOf),
		"complianceFrameworks": with(func(_ *execution, p *project, args arguments) (any, error) { return connect(args, frameworksOf(p)) }),
	}
	for name, kind := range map[string]string{"pipelineExecutionPolicies": "pipeline_execution_policy", "scanExecutionPolicies": "scan_execution_policy"} {
		fields[name] = with(func(_ *execution, p *project, args arguments) (any, error) {
			return connect(args, policiesOf(p.policies, p.space, kind, args.text("relationship") != "DIRECT"))
		})
	}
	return fields
}

// repositoryOf is the repository of a project; null for whoever may not read its files, and for every other
// one where a fault lets the time run out.
func repositoryOf(x *execution, p *project, _ arguments) (any, error) {
	x.projects++
	switch {
	case x.call.fault.is(Partial) && x.projects%2 == 0:
		return nil, said("Timeout on Project.repository")
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
	return each(sorted(p.Languages), func(name string) any { return language{name, p.Languages[name]} })
}

func languageFields() resolvers {
	return resolvers{
		"name":  of(func(l language) any { return l.name }),
		"share": of(func(l language) any { return l.share }),
		"color": of(func(language) any { return nil }),
	}
}

func repositoryFields() resolvers {
	return resolvers{
		"rootRef": of(func(p *project) any {
			if p.head() == nil {
				return nil
			}
			return p.Branch
		}),
		"empty":         of(func(p *project) any { return p.head() == nil }),
		"exists":        of(func(*project) any { return true }),
		"tree":          with(treeOf),
		"paginatedTree": with(paginatedTree),
		"blobs":         with(blobsOf),
	}
}

// folder is a tree as GraphQL shows it: its entries, or all below it.
type folder struct {
	project *project
	commit  *commit
	entries []placed
}

// openFolder returns the folder that the arguments name; nil where there is none.
func openFolder(p *project, args arguments) *folder {
	at := p.revision(args.text("ref"))
	if at == nil {
		return nil
	}
	found, ok := at.tree.find(args.text("path"))
	if !ok || found.tree == nil {
		return &folder{project: p, commit: at}
	}
	return &folder{p, at, found.tree.below(strings.Trim(args.text("path"), "/"), args.flag("recursive"))}
}

// treeOf answers Repository.tree; null in an empty repository.
func treeOf(_ *execution, p *project, args arguments) (any, error) {
	return opt(openFolder(p, args)), nil
}

// paginatedTree answers Repository.paginatedTree: each of its nodes is a tree of so many entries, and there is
// one node a page.
func paginatedTree(_ *execution, p *project, args arguments) (any, error) {
	f := openFolder(p, args)
	if f == nil {
		return &connection{}, nil
	}
	from := 0
	if after := args.text("after"); after != "" {
		place, err := placeOf(after)
		if err != nil {
			return nil, err
		}
		from = min(place+1, len(f.entries))
	}
	to, total := min(len(f.entries), from+args.size()), len(f.entries)
	page := &folder{p, f.commit, f.entries[from:to]}
	return &connection{nodes: []any{page}, from: from, to: to, total: total}, nil
}

func treeFields() resolvers {
	entries := func(kind string) func(*execution, any, arguments) (any, error) {
		return with(func(x *execution, f *folder, args arguments) (any, error) {
			var all []*shownEntry
			for _, e := range f.entries {
				if e.kind() == kind {
					all = append(all, &shownEntry{e, f.project})
				}
			}
			return connect(args, all)
		})
	}
	return resolvers{
		"trees": entries("tree"), "blobs": entries("blob"), "submodules": entries("commit"),
		"lastCommit": of(func(f *folder) any { return &shownCommit{f.commit, f.project} }),
	}
}

// shownEntry is an entry of a tree with the project that it is in.
type shownEntry struct {
	placed
	project *project
}

func entryFields() resolvers {
	web := func(kind string) func(*execution, any, arguments) (any, error) {
		return with(func(x *execution, e *shownEntry, _ arguments) (any, error) {
			return x.peer.page(e.project, "/-/%s/%s/%s", kind, e.project.Branch, e.path), nil
		})
	}
	return resolvers{
		"id":       of(func(e *shownEntry) any { return "gid://gitlab/Gitlab::Graphql::Representation::TreeEntry/" + e.oid }),
		"sha":      of(func(e *shownEntry) any { return e.oid }),
		"name":     of(func(e *shownEntry) any { return e.name }),
		"type":     of(func(e *shownEntry) any { return e.kind() }),
		"path":     of(func(e *shownEntry) any { return e.path }),
		"flatPath": of(func(e *shownEntry) any { return e.path }),
		"mode":     of(func(e *shownEntry) any { return restMode(e.mode) }),
		"lfsOid":   of(func(*shownEntry) any { return nil }),
		"webUrl":   web("blob"), "treeUrl": web("tree"),
	}
}

// blobsOf answers Repository.blobs. Paths that are not there are left out; too many bytes at once are refused.
func blobsOf(x *execution, p *project, args arguments) (any, error) {
	at := p.revision(args.text("ref"))
	if at == nil {
		return connect(args, []*shownEntry(nil))
	}
	var all []*shownEntry
	size := 0
	for _, path := range args.words("paths") {
		found, ok := at.tree.find(path)
		if ok && found.blob != nil {
			all = append(all, &shownEntry{placed{found, path}, p})
			size += len(found.blob.content)
		}
	}
	if most := x.peer.config.BlobBytes; size > most && len(all) > 1 && args.field.SelectionSet != nil && x.readsText(args) {
		return nil, said(fmt.Sprintf("Max blobs size limit exceeded (%d Bytes / %d Bytes).", size, most))
	}
	return connect(args, all)
}

// readsText says whether the text of blobs is asked for.
func (x *execution) readsText(args arguments) bool {
	connection := x.peer.schema.Types["RepositoryBlobConnection"]
	for _, f := range x.fields(connection, args.field.SelectionSet) {
		for _, g := range x.fields(x.peer.schema.Types["RepositoryBlob"], f.SelectionSet) {
			if slices.Contains([]string{"rawBlob", "rawTextBlob"}, g.Name) {
				return true
			}
		}
	}
	return false
}

func blobFields() resolvers {
	size := of(func(e *shownEntry) any { return fmt.Sprint(len(e.blob.content)) }) // a BigInt is written as a text
	text := of(func(e *shownEntry) any {
		if e.blob.binary() {
			return nil
		}
		return e.blob.content
	})
	fields := entryFields()
	fields["id"] = of(func(e *shownEntry) any { return "gid://gitlab/Blob/" + e.oid })
	fields["oid"], fields["size"], fields["rawSize"] = fields["sha"], size, size
	fields["rawTextBlob"] = text
	fields["rawBlob"] = of(func(e *shownEntry) any { return strings.ToValidUTF8(e.blob.content, string(utf8.RuneError)) })
	fields["language"] = of(func(*shownEntry) any { return nil })
	fields["storedExternally"] = of(func(*shownEntry) any { return false })
	return fields
}

// shownCommit is a commit with its project.
type shownCommit struct {
	*commit
	project *project
}

func commitFields() resolvers {
	return resolvers{
		"id":      of(func(c *shownCommit) any { return "gid://gitlab/CommitPresenter/" + c.oid }),
		"sha":     of(func(c *shownCommit) any { return c.oid }),
		"shortId": of(func(c *shownCommit) any { return c.oid[:8] }),
		"title":   of(func(c *shownCommit) any { title, _, _ := strings.Cut(c.message, "\n"); return title }),
		"message": of(func(c *shownCommit) any { return c.message }),
		"webUrl": with(func(x *execution, c *shownCommit, _ arguments) (any, error) {
			return x.peer.page(c.project, "/-/commit/%s", c.oid), nil
		}),
		"authorName": of(func(c *shownCommit) any { return c.author }),
		"author": with(func(x *execution, c *shownCommit, _ arguments) (any, error) {
			return opt(x.peer.state.findUser(c.author)), nil
		}),
		"authorEmail":   of(func(c *shownCommit) any { return c.author + "@acme.test" }),
		"authoredDate":  of(func(c *shownCommit) any { return stamp(c.at) }),
		"committedDate": of(func(c *shownCommit) any { return stamp(c.at) }),
	}
}
