package githubtest_test

import (
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

func TestASchemaThatIsNotThere(t *testing.T) {
	_, err := githubtest.Open(githubtest.Config{Schema: t.TempDir() + "/schema.graphql"})
	if err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("got %v, want an error that says how to install it", err)
	}
}

func TestPages(t *testing.T) {
	p := acme(t, githubtest.Config{})
	for name, c := range map[string]*github.Client{"github.com": client(t, p, githubtest.Secret), "enterprise": enterprise(t, p)} {
		var got []string
		for options := (&github.RepositoryListByOrgOptions{Sort: "pushed", ListOptions: github.ListOptions{PerPage: 3}}); ; {
			list, resp, err := c.Repositories.ListByOrg(ctx, "acme", options)
			check(t, err)
			got = append(got, repoNames(list))
			if resp.NextPage == 0 {
				break
			}
			options.Page = resp.NextPage
		}
		if want := "app empty scaffold, old"; strings.Join(got, ", ") != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		_, resp, err := c.Repositories.ListByOrg(ctx, "acme", &github.RepositoryListByOrgOptions{ListOptions: github.ListOptions{PerPage: 3}})
		check(t, err)
		if link := resp.Header.Get("Link"); !strings.Contains(link, "<"+strings.TrimSuffix(c.BaseURL.String(), "/")+"/orgs/acme/repos?") {
			t.Errorf("%s: got link %s, want one to the same server", name, link)
		}
	}
}
