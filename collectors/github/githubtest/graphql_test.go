package githubtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// answered is what GraphQL says.
type answered struct {
	Data   map[string]any
	Errors []struct {
		Type    string
		Path    []any
		Message string
	}
}

// query asks GraphQL and returns what it says, with the status and the header.
func query(t testing.TB, p *githubtest.Peer, text string, variables map[string]any) (answered, *http.Response) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": text, "variables": variables})
	check(t, err)
	req, err := http.NewRequest(http.MethodPost, p.URL+"/graphql", bytes.NewReader(body))
	check(t, err)
	req.Header.Set("Authorization", "bearer "+githubtest.Secret)
	resp, err := p.Client().Do(req)
	check(t, err)
	defer resp.Body.Close()
	var got answered
	if resp.StatusCode == http.StatusOK {
		check(t, json.NewDecoder(resp.Body).Decode(&got))
	}
	return got, resp
}

// data asks GraphQL and returns the data as JSON; it fails on any error.
func data(t testing.TB, p *githubtest.Peer, text string, variables map[string]any) string {
	t.Helper()
	got, resp := query(t, p, text, variables)
	if resp.StatusCode != http.StatusOK || len(got.Errors) > 0 {
		t.Fatalf("status %d, errors %v", resp.StatusCode, got.Errors)
	}
	return compact(t, got.Data)
}

func compact(t testing.TB, v any) string {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	check(t, enc.Encode(v))
	return strings.TrimSpace(out.String())
}

func TestGraphQL(t *testing.T) {
	p := acme(t, githubtest.Config{})
	readme, main := objects.BlobID("# app\n"), objects.BlobID("package main\n")
	for _, test := range []struct{ name, query, want string }{
		{"facts of a repository", `{ repository(owner: "acme", name: "app") { nameWithOwner isArchived archivedAt isFork isTemplate isEmpty isPrivate visibility pushedAt createdAt description
			templateRepository { nameWithOwner } primaryLanguage { name } owner { __typename login }
			repositoryTopics(first: 10) { nodes { topic { name } } } languages(first: 10, orderBy: {field: SIZE, direction: DESC}) { totalSize edges { size node { name } } } } }`,
			`{"repository":{"archivedAt":null,"createdAt":"2026-05-24T00:00:00Z","description":"The app","isArchived":false,"isEmpty":false,"isFork":false,"isPrivate":true,"isTemplate":false,` +
				`"languages":{"edges":[{"node":{"name":"Go"},"size":900},{"node":{"name":"Shell"},"size":100}],"totalSize":1000},"nameWithOwner":"acme/app","owner":{"__typename":"Organization","login":"acme"},` +
				`"primaryLanguage":{"name":"Go"},"pushedAt":"2026-05-31T12:00:00Z","repositoryTopics":{"nodes":[{"topic":{"name":"go"}},{"topic":{"name":"web"}}]},"templateRepository":{"nameWithOwner":"acme/scaffold"},"visibility":"PRIVATE"}}`},
		{"an empty repository has nulls", `{ repository(owner: "acme", name: "empty") { isEmpty pushedAt defaultBranchRef { name } object(expression: "HEAD:") { oid } } }`,
			`{"repository":{"defaultBranchRef":null,"isEmpty":true,"object":null,"pushedAt":null}}`},
		{"an archived repository says since when", `{ repository(owner: "acme", name: "old") { isArchived archivedAt isFork } }`,
			`{"repository":{"archivedAt":"2026-06-01T08:00:00Z","isArchived":true,"isFork":true}}`},
		{"the head", `{ repository(owner: "acme", name: "app") { defaultBranchRef { name prefix target { __typename oid ... on Commit { committedDate messageHeadline author { date user { login } } } } } } }`,
			`{"repository":{"defaultBranchRef":{"name":"main","prefix":"refs/heads/","target":{"__typename":"Commit","author":{"date":"2026-05-31T12:00:00Z","user":{"login":"ana"}},"committedDate":"2026-05-31T12:00:00Z","messageHeadline":"Add main","oid":"` + p.Head("acme/app") + `"}}}}`},
		{"a tree and a file", `{ repository(owner: "acme", name: "app") { dir: object(expression: "HEAD:.github") { ... on Tree { entries { name path type mode object { ... on Tree { entries { path } } } } } }
			file: object(expression: "HEAD:README.md") { __typename ... on Blob { oid byteSize isBinary isTruncated text } } none: object(expression: "HEAD:nothing") { oid } } }`,
			`{"repository":{"dir":{"entries":[{"mode":33188,"name":"CODEOWNERS","object":{},"path":".github/CODEOWNERS","type":"blob"},{"mode":16384,"name":"workflows","object":{"entries":[{"path":".github/workflows/ci.yml"}]},"path":".github/workflows","type":"tree"}]},` +
				`"file":{"__typename":"Blob","byteSize":6,"isBinary":false,"isTruncated":false,"oid":"` + readme + `","text":"# app\n"},"none":null}}`},
		{"a binary file has no text", `{ repository(owner: "acme", name: "app") { object(expression: "main:bin/logo.png") { ... on Blob { isBinary text byteSize } } } }`,
			`{"repository":{"object":{"byteSize":5,"isBinary":true,"text":null}}}`},
		{"an object by its id", `{ repository(owner: "acme", name: "app") { a: object(oid: "` + main + `") { ... on Blob { text } } b: object(oid: "0000000000000000000000000000000000000001") { oid } } }`,
			`{"repository":{"a":{"text":"package main\n"},"b":null}}`},
		{"tags", `{ repository(owner: "acme", name: "app") { refs(refPrefix: "refs/tags/", first: 10, orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) { totalCount nodes { name target { __typename ... on Tag { tagger { date } target { ... on Commit { committedDate } } } ... on Commit { committedDate } } } } } }`,
			`{"repository":{"refs":{"nodes":[{"name":"v1.1.0","target":{"__typename":"Tag","tagger":{"date":"2026-05-31T13:00:00Z"},"target":{"committedDate":"2026-05-31T12:00:00Z"}}},{"name":"v1.0.0","target":{"__typename":"Commit","committedDate":"2026-05-24T00:00:00Z"}}],"totalCount":2}}}`},
		{"pull requests", `{ repository(owner: "acme", name: "app") { pullRequests(first: 5, states: [MERGED, OPEN], orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { number state mergedAt headRefName baseRefName author { __typename login } labels(first: 5) { nodes { name } } mergeCommit { oid } } } } }`,
			`{"repository":{"pullRequests":{"nodes":[{"author":{"__typename":"Bot","login":"renovate[bot]"},"baseRefName":"main","headRefName":"renovate/all","labels":{"nodes":[]},"mergeCommit":null,"mergedAt":null,"number":2,"state":"OPEN"},` +
				`{"author":{"__typename":"User","login":"ana"},"baseRefName":"main","headRefName":"main-go","labels":{"nodes":[{"name":"feature"}]},"mergeCommit":{"oid":"` + p.Head("acme/app") + `"},"mergedAt":"2026-05-31T12:00:00Z","number":1,"state":"MERGED"}]}}}`},
		{"teams", `{ organization(login: "acme") { teams(first: 10) { nodes { slug privacy parentTeam { slug } members(first: 10) { edges { role node { login } } } repositories(first: 10) { edges { permission node { name } } } } } } }`,
			`{"organization":{"teams":{"nodes":[{"members":{"edges":[{"node":{"login":"bob"},"role":"MEMBER"}]},"parentTeam":{"slug":"platform"},"privacy":"SECRET","repositories":{"edges":[{"node":{"name":"app"},"permission":"WRITE"}]},"slug":"build"},` +
				`{"members":{"edges":[{"node":{"login":"ana"},"role":"MAINTAINER"},{"node":{"login":"bob"},"role":"MEMBER"}]},"parentTeam":null,"privacy":"VISIBLE","repositories":{"edges":[]},"slug":"platform"}]}}}`},
		{"mistakes of CODEOWNERS", `{ repository(owner: "acme", name: "app") { codeowners { errors { kind line path } } } old: repository(owner: "acme", name: "old") { codeowners { errors { kind } } } }`,
			`{"old":{"codeowners":null},"repository":{"codeowners":{"errors":[{"kind":"Unknown owner","line":1,"path":".github/CODEOWNERS"}]}}}`},
		{"an owner of either kind", `{ a: repositoryOwner(login: "acme") { __typename repositories(first: 1, isArchived: true) { nodes { name } } } b: repositoryOwner(login: "nobody") { login } user(login: "robot") { login } }`,
			`{"a":{"__typename":"Organization","repositories":{"nodes":[{"name":"old"}]}},"b":null,"user":{"login":"robot"}}`},
		{"what a query costs", `{ organization(login: "acme") { repositories(first: 100) { nodes { languages(first: 10) { totalCount } refs(refPrefix: "refs/tags/", first: 1) { totalCount } } } } rateLimit { cost limit } }`,
			`{"organization":{"repositories":{"nodes":[{"languages":{"totalCount":0},"refs":{"totalCount":0}},{"languages":{"totalCount":2},"refs":{"totalCount":2}},{"languages":{"totalCount":0},"refs":{"totalCount":0}},{"languages":{"totalCount":0},"refs":{"totalCount":0}}]}},"rateLimit":{"cost":2,"limit":5000}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(data(t, p, test.query, nil), test.want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
		})
	}
}

// TestFieldsAreGitHubs holds the names of all fields of the peer against GitHub's schema.
func TestFieldsAreGitHubs(t *testing.T) {
	p := githubtest.New(t, githubtest.Config{})
	of := map[string][]string{ // types that share their fields
		"Connection": {"RepositoryConnection", "LanguageConnection"}, "Edge": {"RepositoryEdge", "LanguageEdge", "TeamMemberEdge", "TeamRepositoryEdge"},
		"Organization": {"Organization"}, "User": {"Organization", "User"}, "Bot": {"Organization", "Bot"}, "Topic": {"Topic", "RepositoryTopic"}, "RepositoryTopic": {"Topic", "RepositoryTopic"},
	}
	for kind, fields := range githubtest.GraphFields() {
		kinds := of[kind]
		if kinds == nil {
			kinds = []string{kind}
		}
		for _, field := range fields {
			if !slices.ContainsFunc(kinds, func(k string) bool { return p.HasField(k, field) }) {
				t.Errorf("GitHub has no field %s of %v", field, kinds)
			}
		}
	}
}

// TestValuesAreOfTheirTypes asks for everything that no other test asks for. What does not fit its type in
// the schema fails the test by itself.
func TestValuesAreOfTheirTypes(t *testing.T) {
	p := acme(t, githubtest.Config{})
	data(t, p, `{
		viewer { login id databaseId name createdAt url }
		rateLimit { cost limit nodeCount remaining used resetAt }
		organization(login: "acme") { id databaseId name url createdAt repository(name: "app") { id }
			team(slug: "platform") { id databaseId name combinedSlug description organization { login } childTeams(first: 1) { nodes { slug } } members(first: 1, membership: IMMEDIATE) { nodes { login } } }
			membersWithRole(first: 9) { edges { role cursor node { id } } } teams(first: 1, rootTeamsOnly: true) { pageInfo { startCursor endCursor } }
			created: repositories(last: 2, orderBy: {field: CREATED_AT, direction: ASC}, visibility: PRIVATE, ownerAffiliations: [OWNER]) { edges { cursor } }
			named: repositories(first: 2, orderBy: {field: NAME, direction: ASC}, privacy: PUBLIC, isFork: false) { nodes { name } }
			updated: repositories(first: 2, orderBy: {field: UPDATED_AT, direction: ASC}) { nodes { ...all } } } }
		fragment all on Repository { id databaseId name updatedAt diskUsage homepageUrl isDisabled isLocked isMirror url
			languages(first: 1) { nodes { id color name } } repositoryTopics(first: 1) { nodes { id url resourcePath topic { id } } }
			ref(qualifiedName: "main") { id prefix repository { name } target { abbreviatedOid id repository { name } } }
			refs(refPrefix: "refs/heads/", first: 1, orderBy: {field: ALPHABETICAL, direction: ASC}) { nodes { name } }
			object(expression: "main") { ... on Commit { authoredDate message author { name email date user { login } } committer { name } tree { oid id } file(path: "README.md") { nameRaw pathRaw oid size extension isGenerated repository { name } }
				history(first: 1) { totalCount nodes { oid } } } }
			tag: object(expression: "v1.1.0") { __typename oid }
			pullRequests(last: 1, labels: ["feature"], baseRefName: "main", headRefName: "main-go", orderBy: {field: CREATED_AT, direction: ASC}) { nodes { id databaseId title isDraft isCrossRepository closed merged createdAt updatedAt closedAt repository { name } labels(first: 1) { nodes { id color } } } }
			codeowners(refName: "main") { errors { column source suggestion message } } }`, nil)
	data(t, p, `{ repository(owner: "acme", name: "app") { pullRequest(number: 1) { title mergeCommit { oid } } ref(qualifiedName: "refs/tags/v1.1.0") { target { ... on Tag { name message } } } } }`, nil)
}

func TestGraphQLVariablesFragmentsAndDirectives(t *testing.T) {
	p := acme(t, githubtest.Config{})
	got := data(t, p, `query($owner: String!, $n: Int!, $files: Boolean!, $ids: [ID!]!) {
		organization(login: $owner) { repositories(first: $n, orderBy: {field: PUSHED_AT, direction: DESC}) { ...page } }
		nodes(ids: $ids) { __typename ... on Repository { name object(expression: "HEAD:") @include(if: $files) { oid } } }
	}
	fragment page on RepositoryConnection { totalCount nodes { name pushedAt @skip(if: true) } pageInfo { hasNextPage hasPreviousPage } }`,
		map[string]any{"owner": "acme", "n": 2, "files": false, "ids": []string{repoNode(t, p, "old")}})
	want := `{"nodes":[{"__typename":"Repository","name":"old"}],"organization":{"repositories":{"nodes":[{"name":"app"},{"name":"empty"}],"pageInfo":{"hasNextPage":true,"hasPreviousPage":false},"totalCount":4}}}`
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
}

func repoNode(t testing.TB, p *githubtest.Peer, name string) string {
	t.Helper()
	got, _ := query(t, p, fmt.Sprintf(`{ repository(owner: "acme", name: %q) { id } }`, name), nil)
	return got.Data["repository"].(map[string]any)["id"].(string)
}

// listed walks all pages of the organisation's repositories, one a page, and calls between each.
func listed(t *testing.T, p *githubtest.Peer, between func(seen string)) []string {
	t.Helper()
	var names []string
	for after := any(nil); ; {
		got, _ := query(t, p, `query($after: String) { organization(login: "acme") { repositories(first: 1, after: $after, orderBy: {field: PUSHED_AT, direction: DESC}) {
			nodes { name } pageInfo { hasNextPage endCursor } } } }`, map[string]any{"after": after})
		page := got.Data["organization"].(map[string]any)["repositories"].(map[string]any)
		name := page["nodes"].([]any)[0].(map[string]any)["name"].(string)
		names = append(names, name)
		info := page["pageInfo"].(map[string]any)
		if info["hasNextPage"] != true {
			return names
		}
		after = info["endCursor"]
		between(name)
	}
}

func TestGraphQLOfEnterprise(t *testing.T) {
	p := acme(t, githubtest.Config{})
	c := enterprise(t, p)
	at, err := c.BaseURL.Parse("/api/")
	check(t, err)
	c.BaseURL = at
	req, err := c.NewRequest(http.MethodPost, "graphql", map[string]string{"query": `{ organization(login: "acme") { login } }`})
	check(t, err)
	var got answered
	_, err = c.Do(ctx, req, &got)
	check(t, err)
	if want := `{"organization":{"login":"acme"}}`; compact(t, got.Data) != want {
		t.Errorf("got %v, want %s", got.Data, want)
	}
}

func TestCursorsHoldWhenRepositoriesMove(t *testing.T) {
	p := acme(t, githubtest.Config{})
	got := listed(t, p, func(seen string) {
		if seen == "app" {
			p.Push("acme/old", githubtest.Push{Files: map[string]string{"a": "b"}})
		}
	})
	if want := []string{"app", "empty", "scaffold"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v: what moved to the front is not in later pages", got, want)
	}
}

func TestGraphQLErrors(t *testing.T) {
	p := acme(t, githubtest.Config{})
	for _, test := range []struct{ name, query, kind, data string }{
		{"one that is missing leaves the others", `{ a: repository(owner: "acme", name: "app") { name } b: repository(owner: "acme", name: "nothing") { name } c: repository(owner: "acme", name: "old") { name } }`,
			"NOT_FOUND", `{"a":{"name":"app"},"b":null,"c":{"name":"old"}}`},
		{"an organisation that is missing", `{ organization(login: "nobody") { id } }`, "NOT_FOUND", `{"organization":null}`},
		{"a node that is missing", `{ nodes(ids: ["R_bm9wZQ"]) { id } }`, "NOT_FOUND", `{"nodes":[null]}`},
		{"no bounds of a page", `{ organization(login: "acme") { repositories { totalCount } } }`, "MISSING_PAGINATION_BOUNDARIES", `{"organization":null}`},
		{"a page too large", `{ organization(login: "acme") { repositories(first: 101) { totalCount } } }`, "EXCESSIVE_PAGINATION", `{"organization":null}`},
		{"a cursor that is none", `{ organization(login: "acme") { repositories(first: 1, after: "x") { totalCount } } }`, "INVALID_CURSOR_ARGUMENTS", `{"organization":null}`},
		{"too many nodes", `{ organization(login: "acme") { repositories(first: 100) { nodes { pullRequests(first: 100) { nodes { labels(first: 100) { totalCount } } } } } } }`, "MAX_NODE_LIMIT_EXCEEDED", `null`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, resp := query(t, p, test.query, nil)
			if resp.StatusCode != http.StatusOK || len(got.Errors) != 1 || got.Errors[0].Type != test.kind {
				t.Errorf("status %d, errors %v, want one %s", resp.StatusCode, got.Errors, test.kind)
			}
			if diff := cmp.Diff(compact(t, got.Data), test.data); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
		})
	}
}

func TestWhatThePeerDoesNotKnowIsReported(t *testing.T) {
	var said []string
	p := acme(t, githubtest.Config{Report: func(text string) { said = append(said, text) }})
	for _, test := range []struct {
		name string
		ask  func()
		want string
	}{
		{"a field that GitHub does not have", func() { query(t, p, `{ repository(owner: "acme", name: "app") { nmae } }`, nil) }, `Cannot query field "nmae" on type "Repository"`},
		{"a field that the peer does not have", func() { query(t, p, `{ repository(owner: "acme", name: "app") { hasWikiEnabled } }`, nil) }, "no field Repository.hasWikiEnabled"},
		{"a mutation", func() { query(t, p, `mutation { addStar(input: {starrableId: "x"}) { clientMutationId } }`, nil) }, "knows nothing but queries"},
		{"a route", func() { client(t, p, githubtest.Secret).Licenses.List(ctx) }, "no route for GET /licenses"},
	} {
		t.Run(test.name, func(t *testing.T) {
			said = nil
			test.ask()
			if len(said) != 1 || !strings.Contains(said[0], test.want) {
				t.Errorf("reported %q, want something of %q", said, test.want)
			}
		})
	}
}
