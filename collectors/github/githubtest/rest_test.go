package githubtest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// asks lists one question of go-github's for each route of REST, and what is to come of it.
func asks(p *githubtest.Peer) []struct {
	name string
	ask  func(c *github.Client) (string, error)
	want string
} {
	head := p.Head("acme/app")
	all := &github.ListOptions{PerPage: 100}
	return []struct {
		name string
		ask  func(c *github.Client) (string, error)
		want string
	}{
		{"a user", func(c *github.Client) (string, error) {
			u, _, err := c.Users.Get(ctx, "")
			return u.GetLogin() + " " + u.GetType(), err
		}, "robot User"},
		{"what every host tells", func(c *github.Client) (string, error) {
			meta, _, err := c.Meta.Get(ctx)
			return fmt.Sprint(meta.GetVerifiablePasswordAuthentication()), err
		}, "false"},
		{"an account", func(c *github.Client) (string, error) {
			u, _, err := c.Users.Get(ctx, "acme")
			return u.GetType(), err
		}, "Organization"},
		{"an organisation", func(c *github.Client) (string, error) {
			o, _, err := c.Organizations.Get(ctx, "acme")
			return o.GetLogin(), err
		}, "acme"},
		{"repositories of an organisation", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListByOrg(ctx, "acme", &github.RepositoryListByOrgOptions{Sort: "pushed", Direction: "desc", ListOptions: *all})
			return repoNames(list), err
		}, "app empty scaffold old"},
		{"sources of an organisation", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListByOrg(ctx, "acme", &github.RepositoryListByOrgOptions{Type: "sources", Sort: "full_name"})
			return repoNames(list), err
		}, "app empty scaffold"},
		{"repositories of a user", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListByUser(ctx, "ana", nil)
			return repoNames(list), err
		}, ""},
		{"public repositories of an account", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListByUser(ctx, "acme", nil)
			return repoNames(list), err
		}, "scaffold"},
		{"repositories of who asks", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListByAuthenticatedUser(ctx, nil)
			return repoNames(list), err
		}, "dotfiles"},
		{"a repository", func(c *github.Client) (string, error) {
			r, _, err := c.Repositories.Get(ctx, "acme", "app")
			return words(r.GetID() == p.ID("acme/app"), r.GetDescription(), r.GetVisibility(), r.GetPrivate(), r.GetArchived(), r.GetFork(),
				r.GetTemplateRepository().GetFullName(), r.Topics, r.GetLanguage(), r.GetDefaultBranch(), r.GetCreatedAt().Sub(at(0)), r.GetPushedAt().Sub(at(0)), r.GetOwner().GetType()), err
		}, "true The app private true false false acme/scaffold [go web] Go main -200h0m0s -20h0m0s Organization"},
		{"topics", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListAllTopics(ctx, "acme", "app")
			return words(list), err
		}, "[go web]"},
		{"languages", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListLanguages(ctx, "acme", "app")
			return words(list), err
		}, "map[Go:900 Shell:100]"},
		{"properties of a repository", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.GetAllCustomPropertyValues(ctx, "acme", "app")
			return list[0].PropertyName + "=" + *list[0].Value, err
		}, "tier=1"},
		{"properties of an organisation", func(c *github.Client) (string, error) {
			list, _, err := c.Organizations.ListCustomPropertyValues(ctx, "acme", all)
			return words(len(list), list[1].RepositoryFullName, *list[1].Properties[0].Value), err
		}, "4 acme/app 1"},
		{"properties that an organisation defines", func(c *github.Client) (string, error) {
			list, _, err := c.Organizations.GetAllCustomProperties(ctx, "acme")
			return words(len(list), list[0].GetPropertyName(), list[0].ValueType), err
		}, "1 tier string"},
		{"members", func(c *github.Client) (string, error) {
			list, _, err := c.Organizations.ListMembers(ctx, "acme", &github.ListMembersOptions{Role: "admin"})
			return names(list, (*github.User).GetLogin), err
		}, "[ana]"},
		{"teams", func(c *github.Client) (string, error) {
			list, _, err := c.Teams.ListTeams(ctx, "acme", all)
			return names(list, func(t *github.Team) string { return t.GetSlug() + ":" + t.GetPrivacy() + "<" + t.GetParent().GetSlug() }), err
		}, "[platform:closed< build:secret<platform]"},
		{"a team", func(c *github.Client) (string, error) {
			team, _, err := c.Teams.GetTeamBySlug(ctx, "acme", "platform")
			return team.GetName(), err
		}, "Platform"},
		{"teams below", func(c *github.Client) (string, error) {
			list, _, err := c.Teams.ListChildTeamsByParentSlug(ctx, "acme", "platform", all)
			return names(list, (*github.Team).GetSlug), err
		}, "[build]"},
		{"members of a team and of those below", func(c *github.Client) (string, error) {
			list, _, err := c.Teams.ListTeamMembersBySlug(ctx, "acme", "platform", nil)
			return names(list, (*github.User).GetLogin), err
		}, "[ana bob]"},
		{"maintainers of a team", func(c *github.Client) (string, error) {
			list, _, err := c.Teams.ListTeamMembersBySlug(ctx, "acme", "platform", &github.TeamListTeamMembersOptions{Role: "maintainer"})
			return names(list, (*github.User).GetLogin), err
		}, "[ana]"},
		{"repositories of a team", func(c *github.Client) (string, error) {
			list, _, err := c.Teams.ListTeamReposBySlug(ctx, "acme", "build", all)
			return names(list, func(r *github.Repository) string { return words(r.GetName(), r.GetPermissions(), r.GetRoleName()) }), err
		}, "[app map[admin:false maintain:false pull:true push:true triage:true] write]"},
		{"teams of a repository", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListTeams(ctx, "acme", "app", all)
			return names(list, func(t *github.Team) string { return t.GetSlug() + ":" + t.GetPermission() }), err
		}, "[build:push]"},
		{"rulesets of an organisation", func(c *github.Client) (string, error) {
			list, _, err := c.Organizations.GetAllOrganizationRulesets(ctx, "acme")
			return names(list, func(r *github.Ruleset) string { return r.Name + ":" + r.GetSourceType() + ":" + r.Enforcement }), err
		}, "[golden:Organization:active]"},
		{"a ruleset of an organisation", func(c *github.Client) (string, error) {
			list, _, err := c.Organizations.GetAllOrganizationRulesets(ctx, "acme")
			if err != nil {
				return "", err
			}
			r, _, err := c.Organizations.GetOrganizationRuleset(ctx, "acme", list[0].GetID())
			var params github.RequiredWorkflowsRuleParameters
			json.Unmarshal(*r.Rules[0].Parameters, &params)
			w := params.RequiredWorkflows[0]
			return words(r.Rules[0].Type, r.Conditions.RefName.Include, r.Conditions.RepositoryName.Include, w.Path, *w.Ref, *w.RepositoryID == p.ID("acme/scaffold")), err
		}, "workflows [~DEFAULT_BRANCH] [~ALL] .github/workflows/ci.yml refs/heads/main true"},
		{"rulesets of a repository", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.GetAllRulesets(ctx, "acme", "app", true)
			return names(list, func(r *github.Ruleset) string { return r.Name }), err
		}, "[golden keep]"},
		{"a ruleset of a repository", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.GetAllRulesets(ctx, "acme", "app", false)
			if err != nil {
				return "", err
			}
			r, _, err := c.Repositories.GetRuleset(ctx, "acme", "app", list[0].GetID(), true)
			return r.Name + " " + r.Rules[0].Type, err
		}, "keep deletion"},
		{"rules of a branch", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.GetRulesForBranch(ctx, "acme", "app", "main")
			return names(list, func(r *github.RepositoryRule) string { return r.Type }), err
		}, "[workflows deletion]"},
		{"branches", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListBranches(ctx, "acme", "app", nil)
			return names(list, (*github.Branch).GetName), err
		}, "[main]"},
		{"tags", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListTags(ctx, "acme", "app", all)
			return names(list, func(tag *github.RepositoryTag) string { return words(tag.GetName(), tag.GetCommit().GetSHA() == head) }), err
		}, "[v1.1.0 true v1.0.0 false]"},
		{"references that begin so", func(c *github.Client) (string, error) {
			list, _, err := c.Git.ListMatchingRefs(ctx, "acme", "app", &github.ReferenceListOptions{Ref: "tags"})
			return names(list, func(r *github.Reference) string { return r.GetRef() + ":" + r.GetObject().GetType() }), err
		}, "[refs/tags/v1.0.0:commit refs/tags/v1.1.0:tag]"},
		{"a whole tree", func(c *github.Client) (string, error) {
			tree, _, err := c.Git.GetTree(ctx, "acme", "app", "main", true)
			return names(tree.Entries, func(e *github.TreeEntry) string { return e.GetMode() + " " + e.GetPath() }) + words(tree.GetTruncated()), err
		}, "[040000 .github 100644 .github/CODEOWNERS 040000 .github/workflows 100644 .github/workflows/ci.yml 100644 README.md 040000 bin 100644 bin/logo.png 120000 link 100644 main.go]false"},
		{"a folder's tree", func(c *github.Client) (string, error) {
			tree, _, err := c.Git.GetTree(ctx, "acme", "app", "main", false)
			return names(tree.Entries, (*github.TreeEntry).GetPath), err
		}, "[.github README.md bin link main.go]"},
		{"a blob", func(c *github.Client) (string, error) {
			b, _, err := c.Git.GetBlob(ctx, "acme", "app", objects.BlobID("# app\n"))
			return b.GetContent() + b.GetEncoding(), err
		}, "IyBhcHAK\nbase64"},
		{"a raw blob", func(c *github.Client) (string, error) {
			b, _, err := c.Git.GetBlobRaw(ctx, "acme", "app", objects.BlobID("# app\n"))
			return string(b), err
		}, "# app\n"},
		{"a file", func(c *github.Client) (string, error) {
			f, _, _, err := c.Repositories.GetContents(ctx, "acme", "app", "README.md", &github.RepositoryContentGetOptions{Ref: "v1.0.0"})
			if err != nil {
				return "", err
			}
			return f.GetContent()
		}, "# app\n"},
		{"a folder", func(c *github.Client) (string, error) {
			_, dir, _, err := c.Repositories.GetContents(ctx, "acme", "app", "", nil)
			return names(dir, func(f *github.RepositoryContent) string { return f.GetName() + ":" + f.GetType() }), err
		}, "[.github:dir README.md:file bin:dir link:symlink main.go:file]"},
		{"a commit", func(c *github.Client) (string, error) {
			x, _, err := c.Repositories.GetCommit(ctx, "acme", "app", "main", nil)
			return words(x.GetSHA() == head, x.GetCommit().GetMessage(), x.GetCommit().GetTree().GetSHA() != "", x.GetAuthor().GetLogin()), err
		}, "true Add main\n\nWith a body. true ana"},
		{"a branch", func(c *github.Client) (string, error) {
			ref, _, err := c.Git.GetRef(ctx, "acme", "app", "heads/main")
			return words(ref.GetRef(), ref.GetObject().GetType(), ref.GetObject().GetSHA() == head), err
		}, "refs/heads/main commit true"},
		{"the id of a commit", func(c *github.Client) (string, error) {
			sha, _, err := c.Repositories.GetCommitSHA1(ctx, "acme", "app", "refs/heads/main", "")
			return words(sha == head), err
		}, "true"},
		{"commits", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListCommits(ctx, "acme", "app", nil)
			return words(len(list)), err
		}, "2"},
		{"workflows", func(c *github.Client) (string, error) {
			list, _, err := c.Actions.ListWorkflows(ctx, "acme", "app", all)
			return names(list.Workflows, (*github.Workflow).GetPath), err
		}, "[.github/workflows/ci.yml]"},
		{"runs", func(c *github.Client) (string, error) {
			list, _, err := c.Actions.ListRepositoryWorkflowRuns(ctx, "acme", "app", nil)
			return names(list.WorkflowRuns, func(r *github.WorkflowRun) string {
				used := ""
				for _, f := range r.ReferencedWorkflows {
					used += f.GetPath() + " " + f.GetRef() + " " + words(f.GetSHA() == p.Head("acme/scaffold"))
				}
				return words(r.GetEvent(), r.GetStatus(), r.GetConclusion(), r.GetRunAttempt(), r.GetRunStartedAt().Sub(at(0)), r.GetHeadSHA() == head, used)
			}), err
		}, "[schedule in_progress  1 -2h0m0s true  push completed success 1 -18h0m0s true acme/scaffold/.github/workflows/ci.yml@v1 refs/tags/v1 true]"},
		{"runs of a kind", func(c *github.Client) (string, error) {
			list, _, err := c.Actions.ListRepositoryWorkflowRuns(ctx, "acme", "app", &github.ListWorkflowRunsOptions{Event: "push", Branch: "main", Status: "success", Created: "2026-05-31..2026-06-01"})
			return words(list.GetTotalCount()), err
		}, "1"},
		{"an attempt of a run", func(c *github.Client) (string, error) {
			list, _, err := c.Actions.ListRepositoryWorkflowRuns(ctx, "acme", "app", nil)
			if err != nil {
				return "", err
			}
			r, _, err := c.Actions.GetWorkflowRunAttempt(ctx, "acme", "app", list.WorkflowRuns[1].GetID(), 1, nil)
			return words(r.GetRunAttempt(), r.GetConclusion()), err
		}, "1 success"},
		{"a run", func(c *github.Client) (string, error) {
			list, _, err := c.Actions.ListRepositoryWorkflowRuns(ctx, "acme", "app", nil)
			if err != nil {
				return "", err
			}
			r, _, err := c.Actions.GetWorkflowRunByID(ctx, "acme", "app", list.WorkflowRuns[0].GetID())
			return r.GetName(), err
		}, "ci"},
		{"open pull requests", func(c *github.Client) (string, error) {
			list, _, err := c.PullRequests.List(ctx, "acme", "app", nil)
			return names(list, func(x *github.PullRequest) string { return x.GetTitle() + ":" + x.GetUser().GetType() }), err
		}, "[Bump:Bot]"},
		{"all pull requests by update", func(c *github.Client) (string, error) {
			list, _, err := c.PullRequests.List(ctx, "acme", "app", &github.PullRequestListOptions{State: "all", Sort: "updated", Direction: "desc"})
			return names(list, func(x *github.PullRequest) string {
				return words(x.GetNumber(), x.GetState(), x.GetHead().GetRef(), x.GetBase().GetRef(), x.GetMergeCommitSHA() == head, len(x.Labels))
			}), err
		}, "[2 open renovate/all main false 0 1 closed main-go main true 1]"},
		{"a pull request", func(c *github.Client) (string, error) {
			x, _, err := c.PullRequests.Get(ctx, "acme", "app", 1)
			return words(x.GetMerged(), x.GetMergedAt().Sub(at(0)), x.GetUser().GetLogin()), err
		}, "true -20h0m0s ana"},
		{"mistakes of CODEOWNERS", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.GetCodeownersErrors(ctx, "acme", "app", nil)
			return names(list.Errors, func(e *github.CodeownersError) string { return e.Kind }), err
		}, "[Unknown owner]"},
		{"environments", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListEnvironments(ctx, "acme", "app", nil)
			return names(list.Environments, (*github.Environment).GetName), err
		}, "[production]"},
		{"deployments and what became of them", func(c *github.Client) (string, error) {
			list, _, err := c.Repositories.ListDeployments(ctx, "acme", "app", nil)
			if err != nil {
				return "", err
			}
			states, _, err := c.Repositories.ListDeploymentStatuses(ctx, "acme", "app", list[0].GetID(), all)
			return list[0].GetEnvironment() + names(states, (*github.DeploymentStatus).GetState), err
		}, "production[success in_progress]"},
		{"limits", func(c *github.Client) (string, error) {
			l, _, err := c.RateLimit.Get(ctx)
			return words(l.GetCore().Limit, l.GetGraphQL().Remaining), err
		}, "5000 5000"},
	}
}

func repoNames(list []*github.Repository) string {
	all := ""
	for _, r := range list {
		all += " " + r.GetName()
	}
	return all[min(1, len(all)):]
}

// words writes values with a space between each.
func words(values ...any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }

func names[T any](list []T, name func(T) string) string {
	var all []string
	for _, v := range list {
		all = append(all, name(v))
	}
	return fmt.Sprint(all)
}

func TestREST(t *testing.T) {
	p := acme(t, githubtest.Config{})
	for _, base := range []struct {
		name   string
		client *github.Client
	}{{"github.com", client(t, p, githubtest.Secret)}, {"enterprise", enterprise(t, p)}} {
		for _, test := range asks(p) {
			t.Run(base.name+"/"+test.name, func(t *testing.T) {
				got, err := test.ask(base.client)
				check(t, err)
				if diff := cmp.Diff(got, test.want); diff != "" {
					t.Errorf("got (-), want (+):\n%s", diff)
				}
			})
		}
	}
	asked := p.Counts().Routes
	for _, pattern := range githubtest.Patterns() {
		elsewhere := []string{githubtest.GraphQL, "GET /installation/repositories", "GET /app", "GET /app/installations", "GET /app/installations/{id}", "POST /app/installations/{id}/access_tokens", "GET /orgs/{org}/installation"}
		if asked[pattern] == 0 && !slices.Contains(elsewhere, pattern) {
			t.Errorf("no test asks %s", pattern)
		}
	}
}
