package gitlab

import (
	"fmt"
	"strings"
)

// headFields tell where the default branch is.
const headFields = `id repository { empty rootRef tree { lastCommit { sha } } } languages { name share }`

// treeFields tell of the first files below the head.
const treeFields = `id repository { empty rootRef tree(recursive: true) { lastCommit { sha } blobs(first: 100) { nodes { path sha mode } pageInfo { hasNextPage endCursor } } } } languages { name share }`

// moreFields tell of further files.
const moreFields = `id repository { tree(recursive: true) { lastCommit { sha } blobs(first: 100, after: $%s) { nodes { path sha mode } pageInfo { hasNextPage endCursor } } } }`

// blobFields tell of the content of files.
const blobFields = `id repository { blobs(paths: $paths, first: %d) { nodes { oid path size rawTextBlob } } }`

// moreAtOnce is how many lists of projects one query has, each of which goes on at a place of its own. What such a
// list costs is 26, and a hundredth more for each project in it; a query may cost 200 where nobody is signed in, 250
// otherwise. The last commit is the dear part of it: GitLab takes 10 for that alone.
const moreAtOnce = 7

// batch is a query for several lists of projects by their ids, each under an alias of its own: p0, p1 and so on. All
// projects of a list are asked the same, which costs hardly more than to ask one.
type batch struct {
	head, body strings.Builder
	lists      int
	variables  map[string]any
}

func newBatch() *batch { return &batch{variables: map[string]any{}} }

// add asks projects for fields and returns the alias of their list.
func (b *batch) add(readings []*reading, fields string) string {
	alias := fmt.Sprintf("p%d", b.lists)
	ids := make([]string, len(readings))
	for i, r := range readings {
		ids[i] = globalID(r.id)
	}
	b.lists++
	b.with(alias, "[ID!]", ids)
	fmt.Fprintf(&b.body, "\t%s: projects(ids: $%s, first: %d) { nodes { %s } }\n", alias, alias, len(ids), fields)
	return alias
}

// with gives the query a variable.
func (b *batch) with(name, kind string, value any) {
	fmt.Fprintf(&b.head, "$%s: %s ", name, kind)
	b.variables[name] = value
}

// text is the query.
func (b *batch) text() string {
	return "query(" + strings.TrimSpace(b.head.String()) + ") {\n" + b.body.String() + "}\n"
}

// globalID is the id of a project in GraphQL.
func globalID(id int) string { return fmt.Sprintf("gid://gitlab/Project/%d", id) }

// nodes are projects in an answer, in any order. One that is not there is left out.
type nodes struct {
	Nodes []*node `json:"nodes"`
}

// of returns the project of a reading and its place among the nodes; nil where it is not told of.
func (n *nodes) of(r *reading) (*node, int) {
	if n == nil {
		return nil, 0
	}
	for i, x := range n.Nodes {
		if x != nil && x.ID == globalID(r.id) {
			return x, i
		}
	}
	return nil, 0
}

// node is a project. Everything that may be null is a pointer.
type node struct {
	ID         string
	FullPath   *string
	Repository *struct {
		Empty   bool
		RootRef *string
		Tree    *tree
		Blobs   *struct{ Nodes []*content }
	}
	Languages []*struct {
		Name  string
		Share *float64
	}
	Pipelines  *pipelines
	Statistics *struct{ RepositorySize *float64 }
	policyNodes
}

// tree is a part of what is below a head.
type tree struct {
	LastCommit *struct {
		SHA         string
		AuthorEmail *string
		Author      *struct{ Username string }
	}
	Blobs struct {
		Nodes    []*entry
		PageInfo pageInfo
	}
}

// entry is a file in a tree.
type entry struct {
	Path string
	SHA  string
	Mode *string
}

// content is a file with what is in it.
type content struct {
	OID         string
	Path        string
	Size        *number64
	RawTextBlob *string
}

// number64 is a number that is written as a text.
type number64 string

// UnmarshalJSON takes a text as well as a number.
func (n *number64) UnmarshalJSON(text []byte) error {
	*n = number64(strings.Trim(string(text), `"`))
	return nil
}
