package gitlabtest_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/xanzy/go-gitlab"
)

// seen says what REST and GraphQL know of a path: status of the first answer, path, and what GraphQL says.
func seen(t *testing.T, p *gitlabtest.Peer, path string) string {
	t.Helper()
	first := get(t, p, "/api/v4/projects/"+gitlab.PathEscape(path)).StatusCode
	x, _, err := client(t, p, gitlabtest.Secret).Projects.GetProject(path, nil)
	now := ""
	if status(t, err) == 200 {
		now = x.PathWithNamespace
	}
	return words(first, now, query(t, p, `query($p: ID!) { project(fullPath: $p) { fullPath archived visibility repository { rootRef } } }`, map[string]any{"p": path}))
}

func TestChangesOfProjects(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(p *gitlabtest.Peer)
		asked  string
		want   string
	}{
		{"renamed", func(p *gitlabtest.Peer) { p.Rename("acme/app", "web") }, "acme/app", `301 acme/web {"data":{"project":null}}`},
		{"asked by its new path", func(p *gitlabtest.Peer) { p.Rename("acme/app", "web") }, "acme/web",
			`200 acme/web {"data":{"project":{"archived":false,"fullPath":"acme/web","repository":{"rootRef":"main"},"visibility":"private"}}}`},
		{"moved", func(p *gitlabtest.Peer) { p.Transfer("acme/app", "acme/platform") }, "acme/app", `301 acme/platform/app {"data":{"project":null}}`},
		{"in a group that was renamed", func(p *gitlabtest.Peer) { p.RenameGroup("acme/platform", "base") }, "acme/platform/ci/golden",
			`301 acme/base/ci/golden {"data":{"project":null}}`},
		{"deleted", func(p *gitlabtest.Peer) { p.Delete("acme/app") }, "acme/app", `404  {"data":{"project":null}}`},
		{"another of the same path", func(p *gitlabtest.Peer) {
			p.Rename("acme/app", "web")
			p.AddProject("acme", gitlabtest.Project{Path: "app"})
		}, "acme/app", `200 acme/app {"data":{"project":{"archived":false,"fullPath":"acme/app","repository":{"rootRef":null},"visibility":"private"}}}`},
		{"archived, opened, its branch renamed", func(p *gitlabtest.Peer) {
			p.Archive("acme/app", true)
			p.Edit("acme/app", func(x *gitlabtest.Project) { x.Visibility = "public" })
			p.RenameBranch("acme/app", "main", "trunk")
		}, "acme/app", `200 acme/app {"data":{"project":{"archived":true,"fullPath":"acme/app","repository":{"rootRef":"trunk"},"visibility":"public"}}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := acme(t, gitlabtest.Config{})
			test.change(p)
			if got := seen(t, p, test.asked); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestWhatIsBelowAnOldPathIsFollowed(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	p.Rename("acme/app", "web")
	list, _, err := client(t, p, gitlabtest.Secret).Pipelines.ListProjectPipelines("acme/app", &gitlab.ListProjectPipelinesOptions{Source: gitlab.Ptr("push")})
	check(t, err)
	if len(list) != 1 {
		t.Errorf("got %d pipelines, want 1", len(list))
	}
}

// TestLastActivityIsCoarse holds for what a push moves: the time of the last activity stands still for an hour.
func TestLastActivityIsCoarse(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	c := client(t, p, gitlabtest.Secret)
	p.AddProject("acme", gitlabtest.Project{Path: "fresh", Files: map[string]string{"a": ""}})
	for _, test := range []struct {
		name  string
		after time.Duration
		want  time.Duration
	}{
		{"half an hour later", 30 * time.Minute, 0},
		{"an hour later", 30 * time.Minute, 0},
		{"more than an hour later", time.Minute, 61 * time.Minute},
		{"soon after that", 20 * time.Minute, 61 * time.Minute},
	} {
		p.Advance(test.after)
		p.Push("acme/fresh", gitlabtest.Push{Files: map[string]string{"a": test.name}})
		x, _, err := c.Projects.GetProject("acme/fresh", nil)
		check(t, err)
		if got := x.LastActivityAt.Sub(gitlabtest.Start); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestOtherChanges(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	c := client(t, p, gitlabtest.Secret)
	pipeline := p.AddPipeline("acme/app", gitlabtest.Pipeline{Status: "running"})
	deployed := p.AddDeployment("acme/app", gitlabtest.Deployment{Environment: "staging", Status: "running"})
	p.AddToken(gitlabtest.Token{Value: "new", User: "bob"})
	head := p.Head("acme/app")
	p.Advance(time.Minute)
	for _, test := range []struct {
		name   string
		change func()
		ask    func() (any, error)
		want   string
	}{
		{"a pipeline ends late", func() {
			p.EditPipeline("acme/app", pipeline, func(x *gitlabtest.Pipeline) { x.Status, x.Finished, x.Updated = "failed", p.Now(), p.Now() })
		}, func() (any, error) {
			x, _, err := c.Pipelines.GetPipeline("acme/app", int(pipeline))
			return words(x.Status, x.Duration, x.UpdatedAt.Sub(at(0))), err
		}, "failed 60 1m0s"},
		{"a merge request is merged", func() {
			p.EditMergeRequest("acme/app", 2, func(m *gitlabtest.MergeRequest) { m.Merged, m.Squashed = p.Now(), head })
		}, func() (any, error) {
			m, _, err := c.MergeRequests.GetMergeRequest("acme/app", 2, nil)
			return words(m.State, m.UpdatedAt.Sub(at(0)), m.SquashCommitSHA == head, m.MergeCommitSHA), err
		}, "merged 1m0s true "},
		{"a tag goes", func() { p.Untag("acme/app", "v1.0.0") }, func() (any, error) {
			list, _, err := c.Tags.ListTags("acme/app", nil)
			return names(list, func(x *gitlab.Tag) string { return x.Name }), err
		}, "[v1.1.0]"},
		{"somebody joins, somebody leaves", func() {
			p.AddMember("acme/platform", gitlabtest.Member{User: "eve"})
			p.AddMember("acme/platform", gitlabtest.Member{User: "eve", Access: gitlabtest.Maintainer})
			p.RemoveMember("acme/platform", "bob")
			p.AddMember("acme/app", gitlabtest.Member{User: "fay", Expires: at(-1)})
		}, func() (any, error) {
			list, _, err := c.Groups.ListGroupMembers("acme/platform", nil)
			if err != nil {
				return nil, err
			}
			own, _, err := c.ProjectMembers.ListProjectMembers("acme/app", nil)
			return names(list, func(m *gitlab.GroupMember) string { return words(m.Username, m.AccessLevel) }) + fmt.Sprint(len(own)), err
		}, "[ana 10 eve 40]1"},
		{"a deployment succeeds", func() {
			p.EditDeployment("acme/app", deployed, func(d *gitlabtest.Deployment) { d.Status, d.Updated = "success", p.Now() })
		}, func() (any, error) {
			list, _, err := c.Deployments.ListProjectDeployments("acme/app", &gitlab.ListProjectDeploymentsOptions{Environment: gitlab.Ptr("staging")})
			return list[0].Status, err
		}, "success"},
		{"a token is added", func() {}, func() (any, error) {
			u, _, err := client(t, p, "new").Users.CurrentUser()
			return u.Username, err
		}, "bob"},
		{"counts begin anew", p.ResetCounts, func() (any, error) {
			_, _, err := c.Users.CurrentUser()
			return words(p.Counts().Requests, p.Counts().Trace), err
		}, "1 [GET /api/v4/user]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.change()
			got, err := test.ask()
			check(t, err)
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestEmptyRepositories(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	c := client(t, p, gitlabtest.Secret)
	for _, test := range []struct {
		name string
		ask  func() error
		want int
	}{
		{"tree", func() error { _, _, err := c.Repositories.ListTree("acme/empty", nil); return err }, 404},
		{"commits", func() error { _, _, err := c.Commits.ListCommits("acme/empty", nil); return err }, 404},
		{"file", func() error { _, _, err := c.RepositoryFiles.GetRawFile("acme/empty", "a", nil); return err }, 404},
		{"tags", func() error { _, _, err := c.Tags.ListTags("acme/empty", nil); return err }, 200},
		{"configuration", func() error { _, _, err := c.Validate.ProjectLint("acme/empty", nil); return err }, 200},
	} {
		if got := status(t, test.ask()); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

// TestChangesWhileOthersRead is for the race detector.
func TestChangesWhileOthersRead(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	c := client(t, p, gitlabtest.Secret)
	p.Fail(gitlabtest.Fault{Failure: gitlabtest.Internal, Repo: "acme/other", Times: -1})
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 10 {
				p.Push("acme/app", gitlabtest.Push{Files: map[string]string{fmt.Sprint(i): fmt.Sprint(n)}})
				p.Edit("acme/app", func(x *gitlabtest.Project) { x.Topics = []string{fmt.Sprint(n)} })
				p.AddPipeline("acme/app", gitlabtest.Pipeline{})
				p.AddMember("acme", gitlabtest.Member{User: fmt.Sprint("user", i)})
			}
		})
		all.Go(func() {
			for range 10 {
				_, _, err := c.Groups.ListGroupProjects("acme", nil)
				check(t, err)
				_, _, err = c.Pipelines.ListProjectPipelines("acme/app", nil)
				check(t, err)
				query(t, p, `{ projects { nodes { fullPath topics repository { tree(recursive: true) { blobs { nodes { path sha } } } } } } }`, nil)
			}
		})
	}
	all.Wait()
	if got := p.Counts().Requests; got != 120 {
		t.Errorf("got %d requests, want 120", got)
	}
}

func TestFleet(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 1,000 projects")
	}
	p := gitlabtest.New(t, gitlabtest.Config{})
	p.Generate(gitlabtest.Fleet{Projects: 1_000, Subgroups: 10, Pipelines: 1, Merges: 1})
	other := gitlabtest.New(t, gitlabtest.Config{})
	other.Generate(gitlabtest.Fleet{Projects: 100, Subgroups: 10})
	if got, want := other.Head("acme/team-3/project-00033"), p.Head("acme/team-3/project-00033"); got != want {
		t.Errorf("got head %s, want %s: the same rule makes the same projects", got, want)
	}
	list, resp, err := client(t, p, gitlabtest.Secret).Groups.ListGroupProjects("acme", &gitlab.ListGroupProjectsOptions{
		IncludeSubGroups: gitlab.Ptr(true), OrderBy: gitlab.Ptr("last_activity_at"), ListOptions: gitlab.ListOptions{PerPage: 100}})
	check(t, err)
	if list[0].Path != "project-00000" || resp.TotalItems != 1001 {
		t.Errorf("got %s first and %d projects, want project-00000 and 1001", list[0].Path, resp.TotalItems)
	}
	l, _, err := client(t, p, gitlabtest.Secret).Validate.ProjectLint("acme/team-1/project-00001", nil)
	check(t, err)
	if !l.Valid {
		t.Errorf("got %v, want a configuration that is valid", l.Errors)
	}
}
