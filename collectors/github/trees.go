package github

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// tree is a folder of a repository.
type tree struct {
	OID     string
	Entries []entry
}

// entry is one name in a folder. Object is there for folders, as deep as was asked.
type entry struct {
	Name   string
	Type   string // blob, tree or commit
	Mode   int
	OID    string
	Size   int
	Object *tree
}

// subtree is a folder that was seen and not looked into.
type subtree struct {
	Path string
	OID  string
}

// headNode is the head of a repository with its tree.
type headNode struct {
	DatabaseID       *int64 `json:"databaseId"`
	IsEmpty          bool
	DefaultBranchRef *struct {
		Name   string
		Target *struct {
			OID  string
			Tree *tree
		}
	}
	Languages *struct {
		Nodes []*struct{ Name string }
	}
}

const (
	nestedMost = 40 // folders of one repository below which each is asked for: beyond, one request tells of all
	triesMost  = 2  // batches that may fail to bring a repository before it is asked for alone
)

// readTrees finds the watched files of repositories: many in one request as long as the host can answer, one by one
// what is left.
func (s *Source) readTrees(ctx context.Context, all []*reading) {
	if s.graphless.Load() {
		s.eachAlone(ctx, all)
		return
	}
	for _, r := range all {
		if r.sole && !r.lone && ctx.Err() == nil {
			s.readAlone(ctx, r)
		}
	}
	for rest := slices.DeleteFunc(slices.Clone(all), func(r *reading) bool { return r.begun || r.sole }); len(rest) > 0 && ctx.Err() == nil; {
		some := rest[:present.Abreast(rest, s.trees.Now())]
		rest = append(s.readHeads(ctx, some), rest[len(some):]...)
	}
	for ctx.Err() == nil {
		var nested []*reading
		for _, r := range present.Whole(all) {
			if r.lone && len(r.nested) > 0 || len(r.nested) > nestedMost {
				s.readAlone(ctx, r)
			}
			if r.Err == nil && len(r.nested) > 0 {
				nested = append(nested, r)
			}
		}
		if len(nested) == 0 {
			return
		}
		s.readNested(ctx, nested)
	}
}

// readHeads asks for the trees of some repositories, and returns those that have to be asked for again.
func (s *Source) readHeads(ctx context.Context, some []*reading) (again []*reading) {
	b := newBatch()
	aliases := make([]string, len(some))
	for i, r := range some {
		aliases[i] = b.add(r.owner, r.name, headFields)
	}
	begun := s.config.Clock()
	got, err := s.ask(quota.About(ctx, "trees"), b.query(treeFields), b.variables)
	var heads map[string]*headNode
	if err == nil {
		err = got.decode(&heads)
	}
	if err != nil {
		return s.retry(ctx, some, err)
	}
	overloaded := false
	for i, r := range some {
		head := heads[aliases[i]]
		if head != nil && len(got.under(aliases[i])) == 0 {
			s.head(ctx, r, head)
			continue
		}
		r.Err = cmp.Or(got.of(aliases[i]), fmt.Errorf("the repository is null: %w", errGarbled))
		busy := overloads(r.Err)
		overloaded = overloaded || busy
		switch r.tries++; {
		case busy && r.tries < triesMost:
			r.Err, again = nil, append(again, r)
		case busy || head != nil: // a part of it is not told so
			s.readAlone(ctx, r)
		}
	}
	if overloaded {
		s.trees.Overloaded(len(some))
	} else {
		s.trees.Answered(len(some), s.config.Clock().Sub(begun))
	}
	return again
}

// retry returns the repositories of a batch that was not answered, for smaller ones, or asks for the last one alone.
func (s *Source) retry(ctx context.Context, some []*reading, err error) []*reading {
	switch {
	case !overloads(err):
		present.Fail(some, err)
		return nil
	case s.trees.Overloaded(len(some)):
		return some
	}
	present.Patient(some, err)
	s.readAlone(ctx, some[0])
	return nil
}

// head takes what was told of a repository's head.
func (s *Source) head(ctx context.Context, r *reading, n *headNode) {
	if r.Err = s.other(r, n.DatabaseID); r.Err != nil {
		return
	}
	if n.Languages != nil {
		r.Repo.Languages = nil
		for _, l := range n.Languages.Nodes {
			if l != nil {
				r.Repo.Languages = append(r.Repo.Languages, l.Name)
			}
		}
	}
	branch := n.DefaultBranchRef
	switch {
	case n.IsEmpty:
		r.Repo.Head, r.begun = "", true
	case branch == nil || branch.Target == nil || branch.Target.Tree == nil || branch.Target.Tree.Entries == nil:
		s.readAlone(ctx, r)
	default:
		r.Repo.DefaultBranch, r.begun = branch.Name, true
		if r.Repo.Head, r.Err = metrics.ParseOID(branch.Target.OID); r.Err == nil {
			s.walk(r, "", branch.Target.Tree)
		}
	}
}

// walk sees everything in a folder, and notes the folders of which nothing was told.
func (s *Source) walk(r *reading, path string, t *tree) {
	for i := range t.Entries {
		e := &t.Entries[i]
		at := path + e.Name
		switch {
		case e.Type != "tree":
			s.see(r, at, e)
		case e.Object == nil || e.Object.Entries == nil:
			r.nested = append(r.nested, subtree{at + "/", e.OID})
		default:
			s.walk(r, at+"/", e.Object)
		}
	}
}

// readNested looks into the folders that repositories have left, as many at once as is asked for of trees.
func (s *Source) readNested(ctx context.Context, all []*reading) {
	for rest := all; len(rest) > 0 && ctx.Err() == nil; {
		n, folders := 0, 0
		for n < len(rest) && (n == 0 || folders+len(rest[n].nested) <= s.trees.Now()) {
			folders += len(rest[n].nested)
			n++
		}
		s.readFolders(ctx, rest[:n], folders)
		rest = rest[n:]
	}
}

// readFolders asks for the folders that some repositories have left. What is not told of is asked for alone.
func (s *Source) readFolders(ctx context.Context, some []*reading, folders int) {
	b := newBatch()
	aliases := make([]string, len(some))
	for i, r := range some {
		aliases[i] = b.add(r.owner, r.name, objects("t", "tree", r.nested, func(sub subtree) string { return sub.OID }))
	}
	begun := s.config.Clock()
	got, err := s.ask(quota.About(ctx, "trees"), b.query(treeFields), b.variables)
	var found map[string]map[string]*tree
	if err == nil {
		err = got.decode(&found)
	}
	switch {
	case err == nil:
		s.trees.Answered(folders, s.config.Clock().Sub(begun))
	case overloads(err):
		s.trees.Overloaded(folders)
	default:
		present.Fail(some, err)
		return
	}
	for i, r := range some {
		nested := r.nested
		r.nested = nil
		for j, sub := range nested {
			t := found[aliases[i]][fmt.Sprintf("t%d", j)]
			if t == nil || t.Entries == nil {
				s.readAlone(ctx, r)
				break
			}
			s.walk(r, sub.Path, t)
		}
	}
}
