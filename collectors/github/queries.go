package github

import (
	"fmt"
	"strings"
)

// repoFields is what a list tells of a repository. There are 20 topics at most.
const repoFields = `
fragment repo on Repository {
	databaseId nameWithOwner isArchived archivedAt isFork isTemplate isEmpty visibility createdAt pushedAt updatedAt diskUsage
	defaultBranchRef { name target { oid } }
	templateRepository { nameWithOwner }
	repositoryTopics(first: 20) { nodes { topic { name } } }
}
`

// allQuery lists everything by when it was made, which never changes: nothing can be passed over while it is pushed
// to or renamed. It says too what the newest changes are, for the mark; and first what it costs, which is how the first
// query of all is counted (see quota.Spent).
const allQuery = `
query($login: String!, $first: Int!, $after: String) {
	rateLimit { cost }
	repositoryOwner(login: $login) {
		repositories(first: $first, after: $after, ownerAffiliations: [OWNER], orderBy: {field: CREATED_AT, direction: ASC}) {
			totalCount pageInfo { hasNextPage endCursor } nodes { ...repo }
		}
		pushed: repositories(first: 1, ownerAffiliations: [OWNER], orderBy: {field: PUSHED_AT, direction: DESC}) { nodes { pushedAt } }
		updated: repositories(first: 1, ownerAffiliations: [OWNER], orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { updatedAt } }
	}
}
` + repoFields

// newsQuery lists what was pushed to last, and what was changed otherwise.
const newsQuery = `
query($login: String!, $first: Int!, $pushes: Boolean!, $afterPush: String, $updates: Boolean!, $afterUpdate: String) {
	rateLimit { cost }
	repositoryOwner(login: $login) {
		pushed: repositories(first: $first, after: $afterPush, ownerAffiliations: [OWNER], orderBy: {field: PUSHED_AT, direction: DESC}) @include(if: $pushes) {
			totalCount pageInfo { hasNextPage endCursor } nodes { ...repo }
		}
		updated: repositories(first: $first, after: $afterUpdate, ownerAffiliations: [OWNER], orderBy: {field: UPDATED_AT, direction: DESC}) @include(if: $updates) {
			totalCount pageInfo { hasNextPage endCursor } nodes { ...repo }
		}
	}
}
` + repoFields

// batch is a query for several repositories by their names, each under an alias of its own: r0, r1 and so on.
type batch struct {
	head, body strings.Builder
	variables  map[string]any
}

func newBatch() *batch { return &batch{variables: map[string]any{}} }

// add asks a repository for fields and returns its alias.
func (b *batch) add(owner, name, fields string) string {
	i := len(b.variables) / 2
	alias := fmt.Sprintf("r%d", i)
	fmt.Fprintf(&b.head, "$o%d: String! $n%d: String! ", i, i)
	fmt.Fprintf(&b.body, "\t%s: repository(owner: $o%d, name: $n%d) { %s }\n", alias, i, i, fields)
	b.variables[fmt.Sprintf("o%d", i)], b.variables[fmt.Sprintf("n%d", i)] = owner, name
	return alias
}

// query is the text, with the fragments that the fields name.
func (b *batch) query(fragments string) string { return b.text("", fragments) }

// priced is query for what may cost more than a point, and be the first query of all: where repositories are named, or a
// round is gone on with. It asks first what it costs, as lists do.
func (b *batch) priced(fragments string) string { return b.text("\trateLimit { cost }\n", fragments) }

func (b *batch) text(first, fragments string) string {
	return "query(" + strings.TrimSpace(b.head.String()) + ") {\n" + first + b.body.String() + "}\n" + fragments
}

// objects asks for objects by their ids, each under an alias that begins so and is followed by its number.
func objects[T any](alias, fragment string, all []T, oid func(T) string) string {
	var fields strings.Builder
	for i, x := range all {
		fmt.Fprintf(&fields, "%s%d: object(oid: %q) { ...%s } ", alias, i, oid(x), fragment)
	}
	return fields.String()
}

// headFields asks for the tree of the default branch.
const headFields = `databaseId isEmpty defaultBranchRef { name target { oid ... on Commit { tree { ...tree } } } } languages(first: 5, orderBy: {field: SIZE, direction: DESC}) { nodes { name } }`

// levels is how many folders deep one answer tells of a tree.
const levels = 3

// treeFields is a tree with so many levels of what is below it.
var treeFields = "fragment tree on Tree { oid " + entries(levels) + " }\n"

func entries(levels int) string {
	if levels == 1 {
		return "entries { name type mode oid size }"
	}
	return "entries { name type mode oid size object { ... on Tree { " + entries(levels-1) + " } } }"
}

// blobFields asks for the content of a file.
const blobFields = "fragment blob on Blob { byteSize isBinary isTruncated text }\n"
