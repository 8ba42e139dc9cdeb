package gitlabtest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
	"github.com/xanzy/go-gitlab"
)

// ask is one question of go-gitlab's, and what is to come of it.
type ask struct {
	name string
	ask  func(c *gitlab.Client) (string, error)
	want string
}

func paths(list []*gitlab.Project) string {
	return names(list, func(x *gitlab.Project) string { return x.PathWithNamespace })
}

// accountAsks are about users, groups and projects.
func accountAsks(p *gitlabtest.Peer) []ask {
	app := int(p.ID("acme/app"))
	keys := gitlab.ListOptions{Pagination: "keyset", OrderBy: "id", Sort: "asc", PerPage: 2}
	return []ask{
		{"who asks", func(c *gitlab.Client) (string, error) {
			u, _, err := c.Users.CurrentUser()
			return words(u.Username, u.Bot), err
		}, "robot true"},
		{"the token", func(c *gitlab.Client) (string, error) {
			x, _, err := c.PersonalAccessTokens.GetSinglePersonalAccessToken()
			return words(x.Scopes, x.Active, x.ExpiresAt), err
		}, "[api] true <nil>"},
		{"the version", func(c *gitlab.Client) (string, error) {
			v, _, err := c.Version.GetVersion()
			return v.Version, err
		}, "18.4.0-ee"},
		{"metadata", func(c *gitlab.Client) (string, error) {
			m, _, err := c.Metadata.GetMetadata()
			return words(m.Version, m.Enterprise), err
		}, "18.4.0-ee true"},
		{"a user by name, and by id", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Users.ListUsers(&gitlab.ListUsersOptions{Username: gitlab.Ptr("ANA")})
			if err != nil {
				return "", err
			}
			u, _, err := c.Users.GetUser(list[0].ID, gitlab.GetUsersOptions{})
			return words(len(list), u.Username, u.State), err
		}, "1 ana active"},
		{"projects of a user", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Projects.ListUserProjects("robot", nil)
			return paths(list), err
		}, "[robot/dotfiles]"},
		{"a group", func(c *gitlab.Client) (string, error) {
			g, _, err := c.Groups.GetGroup("acme/platform/ci", nil)
			return words(g.FullPath, g.FullName, g.Visibility, g.ParentID > 0, len(g.Projects)), err
		}, "acme/platform/ci Acme / platform / ci private true 1"},
		{"a group by id without its projects", func(c *gitlab.Client) (string, error) {
			g, _, err := c.Groups.GetGroup("acme", nil)
			if err != nil {
				return "", err
			}
			g, _, err = c.Groups.GetGroup(g.ID, &gitlab.GetGroupOptions{WithProjects: gitlab.Ptr(false)})
			return words(g.FullPath, len(g.Projects)), err
		}, "acme 0"},
		{"projects of a group", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Groups.ListGroupProjects("acme", nil)
			return paths(list), err
		}, "[acme/empty acme/app acme/old]"},
		{"projects of a group and those below by activity", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Groups.ListGroupProjects("acme", &gitlab.ListGroupProjectsOptions{IncludeSubGroups: gitlab.Ptr(true), WithShared: gitlab.Ptr(false),
				OrderBy: gitlab.Ptr("last_activity_at"), Sort: gitlab.Ptr("desc"), Archived: gitlab.Ptr(false)})
			return paths(list), err
		}, "[acme/app acme/empty acme/platform/ci/golden]"},
		{"subgroups", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Groups.ListSubGroups("acme", nil)
			return names(list, func(g *gitlab.Group) string { return g.FullPath }), err
		}, "[acme/platform]"},
		{"all groups below", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Groups.ListDescendantGroups("acme", nil)
			return names(list, func(g *gitlab.Group) string { return g.FullPath }), err
		}, "[acme/platform/ci acme/platform]"},
		{"members of a group", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Groups.ListGroupMembers("acme/platform", nil)
			return names(list, func(m *gitlab.GroupMember) string { return words(m.Username, m.AccessLevel) }), err
		}, "[bob 30 ana 10]"},
		{"members of a group with those it inherits", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Groups.ListAllGroupMembers("acme/platform/ci", nil)
			return names(list, func(m *gitlab.GroupMember) string { return words(m.Username, m.AccessLevel) }), err
		}, "[bob 30 ana 50]"},
		{"members of a project", func(c *gitlab.Client) (string, error) {
			list, _, err := c.ProjectMembers.ListProjectMembers("acme/app", nil)
			return names(list, func(m *gitlab.ProjectMember) string { return m.Username }), err
		}, "[cyd]"},
		{"all members of a project", func(c *gitlab.Client) (string, error) {
			list, _, err := c.ProjectMembers.ListAllProjectMembers("acme/app", nil)
			return names(list, func(m *gitlab.ProjectMember) string { return words(m.Username, m.AccessLevel) }), err
		}, "[cyd 20 ana 50]"},
		{"projects by key", func(c *gitlab.Client) (string, error) {
			var all []string
			opt := &gitlab.ListProjectsOptions{ListOptions: keys, OrderBy: gitlab.Ptr("id"), Sort: gitlab.Ptr("asc")}
			for more := []gitlab.RequestOptionFunc{}; ; {
				list, resp, err := c.Projects.ListProjects(opt, more...)
				if err != nil {
					return "", err
				}
				all = append(all, paths(list))
				if resp.NextLink == "" {
					return words(all), nil
				}
				more = []gitlab.RequestOptionFunc{gitlab.WithKeysetPaginationParameters(resp.NextLink)}
			}
		}, "[[acme/platform/ci/golden acme/app] [acme/empty acme/old] [robot/dotfiles]]"},
		{"projects that something happened in", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Projects.ListProjects(&gitlab.ListProjectsOptions{LastActivityAfter: gitlab.Ptr(at(-150))})
			return paths(list), err
		}, "[acme/empty acme/app]"},
		{"a project", func(c *gitlab.Client) (string, error) {
			x, _, err := c.Projects.GetProject("acme/app", nil)
			return words(x.ID == app, x.Name, x.Description, x.DefaultBranch, x.Visibility, x.Archived, x.EmptyRepo, x.Topics, x.ComplianceFrameworks, ago(x.CreatedAt), ago(x.LastActivityAt), x.Namespace.Kind), err
		}, "true app The app main private false false [go web] [pci] -200h -20h group"},
		{"an empty project", func(c *gitlab.Client) (string, error) {
			x, _, err := c.Projects.GetProject("acme/empty", nil)
			return words(x.DefaultBranch, x.EmptyRepo, x.CIConfigPath), err
		}, " true "},
		{"an archived fork", func(c *gitlab.Client) (string, error) {
			x, _, err := c.Projects.GetProject("acme/old", nil)
			return words(x.Archived, x.ForkedFromProject.PathWithNamespace), err
		}, "true acme/app"},
		{"languages", func(c *gitlab.Client) (string, error) {
			l, _, err := c.Projects.GetProjectLanguages("acme/app")
			return words(*l), err
		}, "map[Go:90 Shell:10]"},
	}
}

// repositoryAsks are about files and commits.
func repositoryAsks(p *gitlabtest.Peer) []ask {
	head := p.Head("acme/app")
	file := &gitlab.GetFileOptions{Ref: gitlab.Ptr("main")}
	return []ask{
		{"a whole tree", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Repositories.ListTree("acme/app", &gitlab.ListTreeOptions{Recursive: gitlab.Ptr(true)})
			return names(list, func(n *gitlab.TreeNode) string { return n.Mode + " " + n.Path }), err
		}, "[040000 bin 040000 ci 040000 docs 100644 .gitlab-ci.yml 100644 README.md 100644 bin/logo.png 100644 ci/lint.yml 100644 docs/a.md 120000 link 100644 main.go]"},
		{"a tree by key", func(c *gitlab.Client) (string, error) {
			var all []string
			opt := &gitlab.ListTreeOptions{Recursive: gitlab.Ptr(true), ListOptions: gitlab.ListOptions{Pagination: "keyset", PerPage: 6}}
			for more := []gitlab.RequestOptionFunc{}; ; {
				list, resp, err := c.Repositories.ListTree("acme/app", opt, more...)
				if err != nil {
					return "", err
				}
				all = append(all, fmt.Sprint(len(list)))
				if resp.NextLink == "" {
					return words(all), nil
				}
				more = []gitlab.RequestOptionFunc{gitlab.WithKeysetPaginationParameters(resp.NextLink)}
			}
		}, "[6 4]"},
		{"a folder's tree", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Repositories.ListTree("acme/app", &gitlab.ListTreeOptions{Path: gitlab.Ptr("docs"), Ref: gitlab.Ptr("v1.0.0")})
			return names(list, func(n *gitlab.TreeNode) string { return words(n.Path, n.Name, n.ID == objects.BlobID("a")) }), err
		}, "[docs/a.md a.md true]"},
		{"a blob", func(c *gitlab.Client) (string, error) {
			text, _, err := c.Repositories.RawBlobContent("acme/app", objects.BlobID("# app\n"))
			return string(text), err
		}, "# app\n"},
		{"a file", func(c *gitlab.Client) (string, error) {
			f, _, err := c.RepositoryFiles.GetFile("acme/app", "docs/a.md", file)
			return words(f.FileName, f.Size, f.Encoding, f.Content, f.BlobID == objects.BlobID("a"), f.CommitID == head), err
		}, "a.md 1 base64 YQ== true true"},
		{"a raw file", func(c *gitlab.Client) (string, error) {
			text, _, err := c.RepositoryFiles.GetRawFile("acme/app", ".gitlab-ci.yml", nil)
			return string(text[:8]), err
		}, "include:"},
		{"branches", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Branches.ListBranches("acme/app", nil)
			return names(list, func(b *gitlab.Branch) string { return words(b.Name, b.Default, b.Commit.ID == head) }), err
		}, "[main true true]"},
		{"a branch", func(c *gitlab.Client) (string, error) {
			b, _, err := c.Branches.GetBranch("acme/app", "main")
			return b.Commit.Title, err
		}, "Add main"},
		{"tags", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Tags.ListTags("acme/app", &gitlab.ListTagsOptions{OrderBy: gitlab.Ptr("name"), Sort: gitlab.Ptr("asc")})
			return names(list, func(x *gitlab.Tag) string {
				return words(x.Name, x.Target == x.Commit.ID, x.Commit.ID == head, ago(x.Commit.CommittedDate))
			}), err
		}, "[v1.0.0 true false -200h v1.1.0 false true -20h]"},
		{"commits", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Commits.ListCommits("acme/app", &gitlab.ListCommitsOptions{RefName: gitlab.Ptr("main"), Since: gitlab.Ptr(at(-100))})
			return names(list, func(x *gitlab.Commit) string { return words(x.AuthorName, x.AuthorEmail, len(x.ParentIDs)) }), err
		}, "[ana ana@acme.test 1]"},
		{"a commit", func(c *gitlab.Client) (string, error) {
			x, _, err := c.Commits.GetCommit("acme/app", "v1.0.0", nil)
			return words(x.Title, ago(x.CommittedDate)), err
		}, "Begin -200h"},
	}
}

// workAsks are about what happens in projects.
func workAsks(p *gitlabtest.Peer) []ask {
	head := p.Head("acme/app")
	pipelines := func(c *gitlab.Client, opt *gitlab.ListProjectPipelinesOptions) (string, error) {
		list, _, err := c.Pipelines.ListProjectPipelines("acme/app", opt)
		return names(list, func(x *gitlab.PipelineInfo) string {
			return words(x.IID, x.Source, x.Status, x.SHA == head, ago(x.UpdatedAt))
		}), err
	}
	merges := func(list []*gitlab.MergeRequest) string {
		return names(list, func(m *gitlab.MergeRequest) string {
			return words(m.IID, m.State, m.Author.Username, m.Labels, m.SourceBranch, m.MergeCommitSHA == head, ago(m.MergedAt))
		})
	}
	return []ask{
		{"pipelines", func(c *gitlab.Client) (string, error) { return pipelines(c, nil) }, "[3 security_orchestration_policy running true -2h 1 push success true -16h]"},
		{"pipelines that others began", func(c *gitlab.Client) (string, error) {
			return pipelines(c, &gitlab.ListProjectPipelinesOptions{Source: gitlab.Ptr("parent_pipeline")})
		}, "[2 parent_pipeline success true -17h]"},
		{"pipelines updated since", func(c *gitlab.Client) (string, error) {
			return pipelines(c, &gitlab.ListProjectPipelinesOptions{UpdatedAfter: gitlab.Ptr(at(-17)), Ref: gitlab.Ptr("main"), OrderBy: gitlab.Ptr("updated_at"), Sort: gitlab.Ptr("asc")})
		}, "[1 push success true -16h 3 security_orchestration_policy running true -2h]"},
		{"a pipeline with its jobs and bridges", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Pipelines.ListProjectPipelines("acme/app", &gitlab.ListProjectPipelinesOptions{Source: gitlab.Ptr("push")})
			if err != nil {
				return "", err
			}
			x, _, err := c.Pipelines.GetPipeline("acme/app", list[0].ID)
			if err != nil {
				return "", err
			}
			jobs, _, err := c.Jobs.ListPipelineJobs("acme/app", x.ID, nil)
			if err != nil {
				return "", err
			}
			bridges, _, err := c.Jobs.ListPipelineBridges("acme/app", x.ID, nil)
			return words(x.User.Username, ago(x.StartedAt), ago(x.FinishedAt), x.Duration, x.QueuedDuration, jobs[0].Name, bridges[0].DownstreamPipeline.Source), err
		}, "ana -17h -16h 3600 3600 build parent_pipeline"},
		{"configuration", func(c *gitlab.Client) (string, error) {
			l, _, err := c.Validate.ProjectLint("acme/app", &gitlab.ProjectLintOptions{IncludeJobs: gitlab.Ptr(true)})
			return words(l.Valid, l.Errors, l.MergedYaml), err
		}, "true [] ---\n.base:\n    image: golang\nbuild:\n    script:\n        - make\n    stage: build\nlint:\n    script:\n        - make lint\n"},
		{"merge requests", func(c *gitlab.Client) (string, error) {
			list, _, err := c.MergeRequests.ListProjectMergeRequests("acme/app", &gitlab.ListProjectMergeRequestsOptions{State: gitlab.Ptr("all"), OrderBy: gitlab.Ptr("updated_at"), Scope: gitlab.Ptr("all")})
			return merges(list), err
		}, "[2 opened renovate [] renovate/all false never 1 merged ana [feature] main-go true -20h]"},
		{"merge requests of a group since", func(c *gitlab.Client) (string, error) {
			list, _, err := c.MergeRequests.ListGroupMergeRequests("acme", &gitlab.ListGroupMergeRequestsOptions{UpdatedAfter: gitlab.Ptr(at(-45))})
			return merges(list), err
		}, "[2 opened renovate [] renovate/all false never 1 merged ana [feature] main-go true -20h 1 closed robot [] never false never]"},
		{"a merge request", func(c *gitlab.Client) (string, error) {
			m, _, err := c.MergeRequests.GetMergeRequest("acme/app", 1, nil)
			return words(m.Title, m.MergedBy.Username), err
		}, "Add main ana"},
		{"deployments", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Deployments.ListProjectDeployments("acme/app", &gitlab.ListProjectDeploymentsOptions{OrderBy: gitlab.Ptr("updated_at"), UpdatedAfter: gitlab.Ptr(at(-100))})
			return names(list, func(d *gitlab.Deployment) string {
				return words(d.Environment.Name, d.Environment.Tier, d.Status, d.SHA == head, ago(d.UpdatedAt), d.Deployable.Pipeline.ID > 0)
			}), err
		}, "[production production success true -15h true review/1 other running true -1h false]"},
		{"environments", func(c *gitlab.Client) (string, error) {
			list, _, err := c.Environments.ListEnvironments("acme/app", nil)
			return names(list, func(e *gitlab.Environment) string { return e.Name + ":" + e.State }), err
		}, "[production:available review/1:available]"},
	}
}

func TestREST(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	c := client(t, p, gitlabtest.Secret)
	for _, test := range slices.Concat(accountAsks(p), repositoryAsks(p), workAsks(p)) {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.ask(c)
			check(t, err)
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
		})
	}
	asked := p.Counts().Routes
	for _, pattern := range gitlabtest.Patterns() {
		if asked[pattern] == 0 && pattern != gitlabtest.GraphQL {
			t.Errorf("no test asks %s", pattern)
		}
	}
}

func TestPages(t *testing.T) {
	p := acme(t, gitlabtest.Config{Totals: 3, MaxOffset: 4})
	for _, test := range []struct {
		name, path string
		status     int
		total      string
		next       string
	}{
		{"few entries", "/api/v4/groups/acme/projects?per_page=2", 200, "3", "2"},
		{"the last page", "/api/v4/groups/acme/projects?per_page=2&page=2", 200, "3", ""},
		{"more than are counted", "/api/v4/projects?per_page=2", 200, "", "2"},
		{"as far as pages go", "/api/v4/projects?per_page=2&page=2", 200, "", "3"},
		{"beyond", "/api/v4/projects?per_page=2&page=3", 405, "", ""},
		{"keys where there are none", "/api/v4/projects?pagination=keyset&order_by=name", 405, "", ""},
		{"no such order", "/api/v4/projects?order_by=size", 400, "", ""},
		{"no such direction", "/api/v4/projects?sort=up", 400, "", ""},
		{"no time", "/api/v4/projects?last_activity_after=yesterday", 400, "", ""},
		{"a time of another order", "/api/v4/projects?updated_after=2026-01-01", 400, "", ""},
		{"deployments by a time of another order", "/api/v4/projects/acme%2Fapp/deployments?updated_after=2026-01-01", 400, "", ""},
	} {
		resp := get(t, p, test.path)
		if resp.StatusCode != test.status || resp.Header.Get("X-Total") != test.total || resp.Header.Get("X-Next-Page") != test.next {
			t.Errorf("%s: got %d, total %q, next %q, want %d, %q, %q", test.name, resp.StatusCode, resp.Header.Get("X-Total"), resp.Header.Get("X-Next-Page"), test.status, test.total, test.next)
		}
	}
}

// TestWhatIsUnknownIsReported asks for what the peer does not have.
func TestWhatIsUnknownIsReported(t *testing.T) {
	for _, path := range []string{"/api/v4/projects/acme%2Fapp/issues", "/api/v4/groups/acme/projects?last_activity_after=2026-01-01", "/api/v4/projects/acme/app"} {
		var told []string
		p := acme(t, gitlabtest.Config{Report: func(text string) { told = append(told, text) }})
		get(t, p, path)
		if len(told) != 1 {
			t.Errorf("%s: got reports %q, want one", path, told)
		}
	}
}

// TestClientsWriteTimesThatAreUnderstood holds for every time that go-gitlab writes.
func TestClientsWriteTimesThatAreUnderstood(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	zone := time.FixedZone("somewhere", 2*60*60)
	list, _, err := client(t, p, gitlabtest.Secret).Projects.ListProjects(&gitlab.ListProjectsOptions{LastActivityAfter: gitlab.Ptr(at(-150).In(zone))})
	check(t, err)
	if got, want := paths(list), "[acme/empty acme/app]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRawAnswers(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	c := client(t, p, gitlabtest.Secret)
	req, err := c.NewRequest(http.MethodGet, "projects/acme%2Fapp/ci/lint", nil, nil)
	check(t, err)
	var text bytes.Buffer
	if _, err := c.Do(req, &text); err != nil || !bytes.Contains(text.Bytes(), []byte(`"includes":[`)) {
		t.Errorf("got %s, %v, want includes", text.String(), err)
	}
}
