package gitlabtest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

func TestGraphQL(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	app, old := p.ID("acme/app"), p.ID("acme/old")
	ids := []string{fmt.Sprintf("gid://gitlab/Project/%d", app), fmt.Sprintf("gid://gitlab/Project/%d", old), "gid://gitlab/Project/1"}
	for _, test := range []struct {
		name, query string
		variables   map[string]any
		want        string
	}{
		{"who asks", `{ currentUser { username } metadata { version enterprise } queryComplexity { score limit } }`, nil,
			`{"currentUser":{"username":"robot"},"metadata":{"enterprise":true,"version":"18.4.0-ee"},"queryComplexity":{"limit":250,"score":8}}`},
		{"projects by id", `query($ids: [ID!]) { projects(ids: $ids, first: 3) { count nodes { fullPath lastActivityAt namespace { fullPath } } pageInfo { hasNextPage endCursor } } }`, map[string]any{"ids": ids},
			`{"projects":{"count":2,"nodes":[{"fullPath":"acme/old","lastActivityAt":"2026-05-15T16:00:00.000Z","namespace":{"fullPath":"acme"}},{"fullPath":"acme/app","lastActivityAt":"2026-05-31T12:00:00.000Z","namespace":{"fullPath":"acme"}}],"pageInfo":{"endCursor":"MQ==","hasNextPage":false}}}`},
		{"projects by path", `{ projects(fullPaths: ["ACME/app"]) { nodes { fullPath ciConfigPathOrDefault topics languages { name share } } } }`, nil,
			`{"projects":{"nodes":[{"ciConfigPathOrDefault":".gitlab-ci.yml","fullPath":"acme/app","languages":[{"name":"Go","share":90},{"name":"Shell","share":10}],"topics":["go","web"]}]}}`},
		{"projects of a group in pages", `{ group(fullPath: "acme") { projectsCount projects(includeSubgroups: true, sort: ACTIVITY_DESC, first: 2, after: "MA==") { nodes { path } edges { cursor node { archived } } pageInfo { hasNextPage hasPreviousPage startCursor } } } }`, nil,
			`{"group":{"projects":{"edges":[{"cursor":"MQ==","node":{"archived":false}},{"cursor":"Mg==","node":{"archived":false}}],"nodes":[{"path":"empty"},{"path":"golden"}],"pageInfo":{"hasNextPage":true,"hasPreviousPage":true,"startCursor":"MQ=="}},"projectsCount":3}}`},
		{"a whole tree", `{ project(fullPath: "acme/app") { repository { rootRef tree(recursive: true) { lastCommit { sha authoredDate authorEmail } trees { nodes { path } } blobs(first: 3) { nodes { path sha mode } pageInfo { hasNextPage } } } } } }`, nil,
			`{"project":{"repository":{"rootRef":"main","tree":{"blobs":{"nodes":[{"mode":"100644","path":".gitlab-ci.yml","sha":"` + objects.BlobID("include:\n  - project: Acme/Platform/CI/golden\n    file: /build.yml\n    ref: \"1.0.0\"\n  - local: ci/*.yml\n") + `"},{"mode":"100644","path":"README.md","sha":"` + objects.BlobID("# app\n") + `"},{"mode":"100644","path":"bin/logo.png","sha":"` + objects.BlobID("\x89PNG\x00") + `"}],"pageInfo":{"hasNextPage":true}},"lastCommit":{"authorEmail":"ana@acme.test","authoredDate":"2026-05-31T12:00:00.000Z","sha":"` + p.Head("acme/app") + `"},"trees":{"nodes":[{"path":"bin"},{"path":"ci"},{"path":"docs"}]}}}}}`},
		{"a tree in pages", `{ project(fullPath: "acme/app") { repository { paginatedTree(recursive: true, first: 6) { nodes { blobs { nodes { path } } } pageInfo { endCursor hasNextPage } } } } }`, nil,
			`{"project":{"repository":{"paginatedTree":{"nodes":[{"blobs":{"nodes":[{"path":".gitlab-ci.yml"},{"path":"README.md"},{"path":"bin/logo.png"}]}}],"pageInfo":{"endCursor":"NQ==","hasNextPage":true}}}}}`},
		{"blobs", `{ project(fullPath: "acme/app") { repository { blobs(paths: ["README.md", "bin/logo.png", "nowhere"]) { nodes { oid path size rawTextBlob } } } } }`, nil,
			`{"project":{"repository":{"blobs":{"nodes":[{"oid":"` + objects.BlobID("# app\n") + `","path":"README.md","rawTextBlob":"# app\n","size":"6"},{"oid":"` + objects.BlobID("\x89PNG\x00") + `","path":"bin/logo.png","rawTextBlob":null,"size":"5"}]}}}}`},
		{"an empty repository", `{ project(fullPath: "acme/empty") { repository { empty rootRef tree { lastCommit { sha } } blobs(paths: ["a"]) { nodes { oid } } } } }`, nil,
			`{"project":{"repository":{"blobs":{"nodes":[]},"empty":true,"rootRef":null,"tree":null}}}`},
		{"what brings pipelines", `{ project(fullPath: "acme/app") { complianceFrameworks { nodes { name pipelineConfigurationFullPath } } pipelineExecutionPolicies(relationship: INHERITED) { nodes { name enabled yaml } } scanExecutionPolicies { nodes { name } } } group(fullPath: "acme") { pipelineExecutionPolicies { nodes { name } } } }`, nil,
			`{"group":{"pipelineExecutionPolicies":{"nodes":[{"name":"scan everything"}]}},"project":{"complianceFrameworks":{"nodes":[{"name":"pci","pipelineConfigurationFullPath":"pci.yml@acme/platform/ci/golden"}]},"pipelineExecutionPolicies":{"nodes":[{"enabled":true,"name":"scan everything","yaml":"type: inject_ci\n"}]},"scanExecutionPolicies":{"nodes":[{"name":"secrets"}]}}}`},
		{"nothing", `{ project(fullPath: "acme/nowhere") { id } group(fullPath: "robot") { id } }`, nil, `{"group":null,"project":null}`},
		{"fragments and directives", `query($no: Boolean = false) { project(fullPath: "acme/app") { ...x id @include(if: $no) } } fragment x on Project { path ... on Project { name @skip(if: true) } }`, nil, `{"project":{"path":"app"}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(query(t, p, test.query, test.variables), `{"data":`+test.want+`}`); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
		})
	}
	if got := p.Untold(); len(got) > 0 {
		t.Errorf("the schema has fields that the peer cannot answer: %v", got)
	}
}

// TestComplexity holds prices against sums made by hand from the documented rules.
func TestComplexity(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	for _, test := range []struct {
		name, query string
		want        int
	}{
		{"fields", `{ currentUser { username } queryComplexity { score } }`, 4},
		{"something looked up", `{ project(fullPath: "a") { path } queryComplexity { score } }`, 2 + 2},
		{"a list of ten", `{ projects(first: 10) { nodes { path } } queryComplexity { score } }`, 3 + 2},                                                    // (1+1+1)*1.1
		{"a list of a hundred", `{ projects { nodes { path } } queryComplexity { score } }`, 6 + 2},                                                         // (1+1+1)*2
		{"a list that is searched and ordered", `{ projects(first: 10, search: "a", sort: "id_asc") { nodes { path } } queryComplexity { score } }`, 9 + 2}, // (1+1+1+5+1)*1.1
		{"the projects of a group", `{ group(fullPath: "a") { projects(first: 10) { nodes { path } } } queryComplexity { score } }`, 14 + 1 + 2},            // (2+11)*1.1
		{"a tree", `{ project(fullPath: "a") { repository { tree { blobs { nodes { path } } } } } queryComplexity { score } }`, 4 + 2 + 1 + 1 + 2},
		{"a tree with its last commit", `{ project(fullPath: "a") { repository { tree { lastCommit { sha } } } } queryComplexity { score } }`, 11 + 2 + 1 + 1 + 2},
		{"three blobs", `{ project(fullPath: "a") { repository { blobs(paths: ["a", "b", "c"], first: 10) { nodes { oid } } } } queryComplexity { score } }`, 7 + 1 + 1 + 2}, // (2+2+3)*1.1
	} {
		want := fmt.Sprintf(`"queryComplexity":{"score":%d}`, test.want)
		if got := query(t, p, test.query, nil); !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", test.name, got, want)
		}
	}
}

// manyBlobs is a query for so many paths.
func manyBlobs(n int) string {
	paths, _ := json.Marshal(strings.Split(strings.Repeat("README.md,", n-1)+"README.md", ","))
	return fmt.Sprintf(`{ project(fullPath: "acme/app") { repository { blobs(paths: %s, first: 1) { nodes { oid } } } } }`, paths)
}

func TestLimitsOfQueries(t *testing.T) {
	for _, test := range []struct {
		name   string
		config gitlabtest.Config
		body   any
		status int
		want   string
	}{
		{"as complex as may be", gitlabtest.Config{}, map[string]any{"query": manyBlobs(200)}, 200, `"oid"`},
		{"too complex", gitlabtest.Config{}, map[string]any{"query": manyBlobs(250)}, 200, `Query has complexity of 258, which exceeds max complexity of 250`},
		{"administrators may ask more", gitlabtest.Config{Tokens: []gitlabtest.Token{{Value: gitlabtest.Secret, User: "root", Admin: true}}}, map[string]any{"query": manyBlobs(250)}, 200, `"oid"`},
		{"several at once", gitlabtest.Config{}, []map[string]any{{"query": manyBlobs(3)}, {"query": `{ currentUser { username } }`}}, 200, `[{"data":{"project"`},
		{"several count together", gitlabtest.Config{}, []map[string]any{{"query": manyBlobs(150)}, {"query": manyBlobs(150)}}, 200, `[{"errors":[{"message":"Query has complexity of 314`},
		{"too long", gitlabtest.Config{}, map[string]any{"query": `{ currentUser { username } } #` + strings.Repeat("x", 10_000)}, 422, `Query too large`},
		{"too many paths", gitlabtest.Config{}, map[string]any{"query": `query($p: [String!]) { projects(fullPaths: $p) { nodes { id } } }`, "variables": map[string]any{"p": strings.Split(strings.Repeat("a,", 50)+"a", ",")}}, 200, `more than 50 full_paths`},
		{"too many bytes", gitlabtest.Config{BlobBytes: 6}, map[string]any{"query": `{ project(fullPath: "acme/app") { repository { blobs(paths: ["README.md", "docs/a.md"]) { nodes { rawTextBlob } } } } }`}, 200, `Max blobs size limit exceeded (7 Bytes / 6 Bytes).`},
		{"sizes are no bytes", gitlabtest.Config{BlobBytes: 6}, map[string]any{"query": `{ project(fullPath: "acme/app") { repository { blobs(paths: ["README.md", "docs/a.md"]) { nodes { size } } } } }`}, 200, `"size":"6"`},
		{"no JSON", gitlabtest.Config{}, "query", 400, "Problems parsing JSON"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := acme(t, test.config)
			resp := post(t, p, test.body)
			if got := body(t, resp); resp.StatusCode != test.status || !strings.Contains(got, test.want) {
				t.Errorf("got %d %s, want %d with %s", resp.StatusCode, got, test.status, test.want)
			}
		})
	}
}
