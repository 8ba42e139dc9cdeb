package githubtest_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

// status is the HTTP status of an error of go-github's; 200 where there is none.
func status(t testing.TB, err error) int {
	t.Helper()
	var bad *github.ErrorResponse
	var limited *github.RateLimitError
	var abuse *github.AbuseRateLimitError
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &bad):
		return bad.Response.StatusCode
	case errors.As(err, &limited):
		return limited.Response.StatusCode
	case errors.As(err, &abuse):
		return abuse.Response.StatusCode
	}
	t.Fatal(err)
	return 0
}

// seen says what REST and GraphQL know of a name: status, identity and newest name.
func seen(t *testing.T, p *githubtest.Peer, name string) string {
	t.Helper()
	owner, short, _ := strings.Cut(name, "/")
	r, resp, err := client(t, p, githubtest.Secret).Repositories.Get(ctx, owner, short)
	rest := fmt.Sprint(status(t, err))
	if err == nil {
		rest = fmt.Sprint(r.GetFullName(), " ", r.GetID() == p.ID(r.GetFullName()), " ", strings.Contains(resp.Request.URL.Path, "repositories"))
	}
	got, _ := query(t, p, `query($o: String!, $n: String!) { repository(owner: $o, name: $n) { nameWithOwner isArchived visibility defaultBranchRef { name } } strict: repository(owner: $o, name: $n, followRenames: false) { nameWithOwner } }`,
		map[string]any{"o": owner, "n": short})
	return rest + " " + compact(t, got.Data)
}

func TestChangesOfRepositories(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(p *githubtest.Peer)
		asked  string
		want   string
	}{
		{"renamed", func(p *githubtest.Peer) { p.Rename("acme/app", "web") }, "acme/app",
			`acme/web true true {"repository":{"defaultBranchRef":{"name":"main"},"isArchived":false,"nameWithOwner":"acme/web","visibility":"PRIVATE"},"strict":null}`},
		{"asked by its new name", func(p *githubtest.Peer) { p.Rename("acme/app", "web") }, "acme/web",
			`acme/web true false {"repository":{"defaultBranchRef":{"name":"main"},"isArchived":false,"nameWithOwner":"acme/web","visibility":"PRIVATE"},"strict":{"nameWithOwner":"acme/web"}}`},
		{"transferred", func(p *githubtest.Peer) { p.AddOrganization("other"); p.Transfer("acme/app", "other") }, "acme/app",
			`other/app true true {"repository":{"defaultBranchRef":{"name":"main"},"isArchived":false,"nameWithOwner":"other/app","visibility":"PRIVATE"},"strict":null}`},
		{"deleted", func(p *githubtest.Peer) { p.Delete("acme/app") }, "acme/app", `404 {"repository":null,"strict":null}`},
		{"another of the same name", func(p *githubtest.Peer) {
			p.Rename("acme/app", "web")
			p.AddRepo("acme", githubtest.Repo{Name: "app"})
		}, "acme/app", `acme/app true false {"repository":{"defaultBranchRef":null,"isArchived":false,"nameWithOwner":"acme/app","visibility":"PRIVATE"},"strict":{"nameWithOwner":"acme/app"}}`},
		{"archived, opened, its branch renamed", func(p *githubtest.Peer) {
			p.Archive("acme/app", true)
			p.Edit("acme/app", func(r *githubtest.Repo) { r.Visibility = "public" })
			p.RenameBranch("acme/app", "main", "trunk")
		}, "acme/app", `acme/app true false {"repository":{"defaultBranchRef":{"name":"trunk"},"isArchived":true,"nameWithOwner":"acme/app","visibility":"PUBLIC"},"strict":{"nameWithOwner":"acme/app"}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := acme(t, githubtest.Config{})
			test.change(p)
			if got := seen(t, p, test.asked); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestOtherChanges(t *testing.T) {
	p := acme(t, githubtest.Config{})
	c := client(t, p, githubtest.Secret)
	run := p.AddRun("acme/app", githubtest.Run{Path: "late.yml", Status: "in_progress"})
	deployed := p.AddDeployment("acme/app", githubtest.Deployment{Environment: "staging"})
	rules := p.AddRuleset("acme/app", githubtest.Ruleset{Name: "short-lived"})
	orgRules := p.AddRuleset("acme", githubtest.Ruleset{Name: "short-lived", Repos: []string{"a*"}})
	p.AddToken(githubtest.Token{Value: "new", Login: "bob"})
	p.Advance(time.Minute)
	for _, test := range []struct {
		name   string
		change func()
		ask    func() (any, error)
		want   string
	}{
		{"a run ends late", func() {
			p.EditRun("acme/app", run, func(r *githubtest.Run) { r.Status, r.Conclusion, r.Attempt = "completed", "failure", 2 })
		}, func() (any, error) {
			r, _, err := c.Actions.GetWorkflowRunByID(ctx, "acme", "app", run)
			return words(r.GetStatus(), r.GetConclusion(), r.GetRunAttempt()), err
		}, "completed failure 2"},
		{"a pull request is merged", func() {
			p.EditPull("acme/app", 2, func(x *githubtest.Pull) { x.Merged = p.Now() })
		}, func() (any, error) {
			x, _, err := c.PullRequests.Get(ctx, "acme", "app", 2)
			return words(x.GetState(), x.GetMerged(), x.GetUpdatedAt().Sub(at(0)), x.GetClosedAt().Sub(at(0))), err
		}, "closed true 1m0s 1m0s"},
		{"a tag goes", func() { p.Untag("acme/app", "v1.0.0") }, func() (any, error) {
			list, _, err := c.Repositories.ListTags(ctx, "acme", "app", nil)
			return names(list, (*github.RepositoryTag).GetName), err
		}, "[v1.1.0]"},
		{"somebody joins a team, somebody leaves", func() {
			p.JoinTeam("acme", "platform", githubtest.Member{Login: "eve"})
			p.JoinTeam("acme", "platform", githubtest.Member{Login: "eve", Role: "maintainer"})
			p.LeaveTeam("acme", "platform", "ana")
		}, func() (any, error) {
			list, _, err := c.Teams.ListTeamMembersBySlug(ctx, "acme", "platform", &github.TeamListTeamMembersOptions{Role: "maintainer"})
			return names(list, (*github.User).GetLogin), err
		}, "[eve]"},
		{"a team gets a repository and loses another", func() {
			p.Grant("acme", "build", "acme/old", "admin")
			p.Grant("acme", "build", "acme/app", "")
			p.Rename("acme/old", "older")
		}, func() (any, error) {
			list, _, err := c.Teams.ListTeamReposBySlug(ctx, "acme", "build", nil)
			return names(list, (*github.Repository).GetName), err
		}, "[older]"},
		{"a deployment succeeds", func() {
			p.AddDeploymentStatus("acme/app", deployed, githubtest.DeploymentStatus{State: "success", At: p.Now()})
		}, func() (any, error) {
			list, _, err := c.Repositories.ListDeploymentStatuses(ctx, "acme", "app", deployed, nil)
			return names(list, (*github.DeploymentStatus).GetState), err
		}, "[success]"},
		{"rulesets go", func() { p.DeleteRuleset("acme/app", rules); p.DeleteRuleset("acme", orgRules) }, func() (any, error) {
			list, _, err := c.Repositories.GetAllRulesets(ctx, "acme", "app", true)
			return names(list, func(r *github.Ruleset) string { return r.Name }), err
		}, "[golden keep]"},
		{"a token is added", func() {}, func() (any, error) {
			u, _, err := client(t, p, "new").Users.Get(ctx, "")
			return u.GetLogin(), err
		}, "bob"},
		{"counts begin anew", p.ResetCounts, func() (any, error) {
			_, _, err := c.Users.Get(ctx, "")
			return fmt.Sprint(p.Counts().Requests, " ", p.Counts().Trace), err
		}, "1 [GET /user]"},
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

func TestWhatIsBelowAnOldNameIsFollowed(t *testing.T) {
	p := acme(t, githubtest.Config{})
	p.Rename("acme/app", "web")
	for name, c := range map[string]*github.Client{"github.com": client(t, p, githubtest.Secret), "enterprise": enterprise(t, p)} {
		runs, _, err := c.Actions.ListRepositoryWorkflowRuns(ctx, "acme", "app", &github.ListWorkflowRunsOptions{Event: "push"})
		check(t, err)
		if got, want := runs.GetTotalCount(), 1; got != want {
			t.Errorf("%s: got %d runs, want %d", name, got, want)
		}
	}
	if r, _, err := client(t, p, githubtest.Secret).Repositories.GetByID(ctx, p.ID("acme/web")); err != nil || r.GetName() != "web" {
		t.Errorf("got %s, %v by id, want web", r.GetName(), err)
	}
}

func TestEmptyRepositories(t *testing.T) {
	p := acme(t, githubtest.Config{})
	c := client(t, p, githubtest.Secret)
	for _, test := range []struct {
		name string
		ask  func() error
		want int
	}{
		{"tree", func() error { _, _, err := c.Git.GetTree(ctx, "acme", "empty", "HEAD", true); return err }, 409},
		{"commits", func() error { _, _, err := c.Repositories.ListCommits(ctx, "acme", "empty", nil); return err }, 409},
		{"contents", func() error { _, _, _, err := c.Repositories.GetContents(ctx, "acme", "empty", "", nil); return err }, 404},
		{"tags", func() error { _, _, err := c.Repositories.ListTags(ctx, "acme", "empty", nil); return err }, 200},
	} {
		if got := status(t, test.ask()); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

func TestLargeContent(t *testing.T) {
	p := acme(t, githubtest.Config{TreeEntries: 3, BlobText: 10})
	p.AddRepo("acme", githubtest.Repo{Name: "large", Files: map[string]string{"big": strings.Repeat("x", 2<<20), "a/b": "", "a/c": "", "module": strings.Repeat("1", 40)}, Modes: map[string]string{"module": "160000"}})
	c := client(t, p, githubtest.Secret)
	tree, _, err := c.Git.GetTree(ctx, "acme", "large", "main", true)
	check(t, err)
	if !tree.GetTruncated() || len(tree.Entries) != 3 {
		t.Errorf("got %d entries, truncated %v, want 3 and true", len(tree.Entries), tree.GetTruncated())
	}
	folder, _, err := c.Git.GetTree(ctx, "acme", "large", tree.Entries[0].GetSHA(), true)
	check(t, err)
	if folder.GetTruncated() || len(folder.Entries) != 2 {
		t.Errorf("got %d entries, truncated %v of the folder, want 2 and false", len(folder.Entries), folder.GetTruncated())
	}
	file, _, _, err := c.Repositories.GetContents(ctx, "acme", "large", "big", nil)
	check(t, err)
	if file.GetEncoding() != "none" || file.GetSize() != 2<<20 {
		t.Errorf("got encoding %q of %d bytes, want none of 2 MiB", file.GetEncoding(), file.GetSize())
	}
	got := data(t, p, `{ repository(owner: "acme", name: "large") { big: object(expression: "HEAD:big") { ... on Blob { isTruncated text byteSize } } root: object(expression: "HEAD:") { ... on Tree { entries { name type object { oid } } } } } }`, nil)
	for _, want := range []string{`"isTruncated":true,"text":"xxxxxxxxxx"`, `{"name":"module","object":null,"type":"commit"}`} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s, want something of %s", got, want)
		}
	}
}

func TestRunsBeyondTheirMost(t *testing.T) {
	p := acme(t, githubtest.Config{})
	for i := range 1100 {
		p.AddRun("acme/empty", githubtest.Run{Path: "ci.yml", Created: at(i)})
	}
	c := client(t, p, githubtest.Secret)
	list := func(created string, page int) (int, int) {
		runs, _, err := c.Actions.ListRepositoryWorkflowRuns(ctx, "acme", "empty", &github.ListWorkflowRunsOptions{Created: created, ListOptions: github.ListOptions{PerPage: 100, Page: page}})
		if err != nil {
			return status(t, err), 0
		}
		return http.StatusOK, len(runs.WorkflowRuns)
	}
	for _, test := range []struct {
		name         string
		created      string
		page         int
		status, runs int
	}{
		{"the last that a filter gives", ">=2026-01-01", 10, 200, 100},
		{"beyond the most of a filter", ">=2026-01-01", 11, 422, 0},
		{"no filter", "", 11, 200, 100},
		{"a window", "2026-06-01T08:00:00Z..2026-06-01T10:00:00Z", 1, 200, 3},
		{"before a time", "<2026-06-01T10:00:00Z", 1, 200, 2},
		{"no date", "yesterday", 1, 422, 0},
	} {
		if code, runs := list(test.created, test.page); code != test.status || runs != test.runs {
			t.Errorf("%s: got status %d, %d runs, want %d, %d", test.name, code, runs, test.status, test.runs)
		}
	}
}

// TestChangesWhileOthersRead is for the race detector.
func TestChangesWhileOthersRead(t *testing.T) {
	p := acme(t, githubtest.Config{})
	c := client(t, p, githubtest.Secret)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 10 {
				p.Push("acme/app", githubtest.Push{Files: map[string]string{fmt.Sprint(i): fmt.Sprint(n)}})
				p.Edit("acme/app", func(r *githubtest.Repo) { r.Topics = append([]string{fmt.Sprint(n)}, "x") })
				p.AddRun("acme/app", githubtest.Run{Path: "ci.yml"})
				p.Tag("acme/app", fmt.Sprintf("v%d.%d", i, n), "")
			}
		})
		all.Go(func() {
			for range 10 {
				_, _, err := c.Repositories.ListByOrg(ctx, "acme", nil)
				_, _, err2 := c.Actions.ListRepositoryWorkflowRuns(ctx, "acme", "app", nil)
				if err := errors.Join(err, err2); err != nil {
					t.Error(err)
				}
				query(t, p, aliases(2), nil)
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
		t.Skip("makes 10,000 repositories")
	}
	begin := time.Now()
	p := githubtest.New(t, githubtest.Config{})
	p.Generate(githubtest.Fleet{Repos: 10_000, Teams: 100, Runs: 1, Pulls: 1})
	if took := time.Since(begin); took > 3*time.Second {
		t.Logf("10,000 repositories took %s, which is long", took)
	}
	other := githubtest.New(t, githubtest.Config{})
	other.Generate(githubtest.Fleet{Repos: 100, Teams: 10})
	if got, want := other.Head("acme/repo-00033"), p.Head("acme/repo-00033"); got != want {
		t.Errorf("got head %s, want %s: the same rule makes the same repositories", got, want)
	}
	list, resp, err := client(t, p, githubtest.Secret).Repositories.ListByOrg(ctx, "acme", &github.RepositoryListByOrgOptions{Sort: "pushed", ListOptions: github.ListOptions{PerPage: 100}})
	check(t, err)
	if list[0].GetName() != "repo-00000" || resp.LastPage != 101 {
		t.Errorf("got %s first and %d pages, want repo-00000 and 101", list[0].GetName(), resp.LastPage)
	}
}
