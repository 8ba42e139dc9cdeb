package github_test

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	api "github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubpeers"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// recordings are answers of api.github.com, asked for as trodden asks: through its limits and the client library.
type recordings struct {
	*githubpeers.Fixtures
	client *api.Client
	pooled *http.Client
}

func newRecordings(t *testing.T) *recordings {
	f := githubpeers.StartFixtures(t)
	pooled, at := pooledClient(t, f.URL)
	client := api.NewClient(pooled)
	var err error
	if client.BaseURL, err = client.BaseURL.Parse(at + "/"); err != nil {
		t.Fatal(err)
	}
	return &recordings{f, client, pooled}
}

// pooledClient asks within the limits that a host tells of, signed with a token that is none.
func pooledClient(t *testing.T, url string) (client *http.Client, at string) {
	t.Helper()
	base, err := github.API(url)
	if err != nil {
		t.Fatal(err)
	}
	pool := quota.New(quota.Config{
		Source: "github", Base: base, Family: quota.GitHub(), Credentials: []quota.Credential{quota.Static("token 1", "Authorization", "Bearer none")}, Wait: time.Second,
	})
	return &http.Client{Transport: pool}, base.String()
}

// source reads one repository of the recordings. Their server has no GraphQL.
func (r *recordings) source(t *testing.T, repo string) *github.Source {
	t.Helper()
	now := metrics.At(time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC))
	source, err := github.New(github.Config{Name: "github", Repos: []string{repo}, URL: r.URL, Client: r.pooled, Watch: watched(), Now: func() metrics.Instant { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// listed is the one repository that a source lists.
func listed(t *testing.T, source *github.Source, known *collectors.Known) metrics.Repo {
	t.Helper()
	var all []metrics.Repo
	for repo, err := range source.Repos(t.Context(), known) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, repo)
	}
	if len(all) != 1 {
		t.Fatalf("%d repositories are listed: %+v", len(all), all)
	}
	return all[0]
}

func TestRecordedAnswers(t *testing.T) {
	r := newRecordings(t)
	const owner = "octokit-fixture-org"
	t.Run("a repository", func(t *testing.T) {
		r.Begin(t, "get-repository")
		got := listed(t, r.source(t, owner+"/hello-world"), new(collectors.Known))
		want := metrics.Repo{
			Name: "127.0.0.1/octokit-fixture-org/hello-world", Source: "github", HostID: "127.0.0.1#1000", DefaultBranch: "master", Visibility: metrics.Public, Topics: []string{"fixtures", "hello", "hello-world"},
			Created: metrics.At(time.Date(2017, time.October, 10, 16, 0, 0, 0, time.UTC)), LastPush: metrics.At(time.Date(2017, time.October, 10, 16, 0, 0, 0, time.UTC)),
		}
		if diff := gocmp.Diff(got, want, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(metrics.Repo{}, "Seen", "Location")); diff != "" {
			t.Errorf("-got +want:\n%s", diff)
		}
	})
	t.Run("a repository that was renamed", func(t *testing.T) {
		r.Begin(t, "rename-repository")
		if _, _, err := r.client.Repositories.Edit(t.Context(), owner, "rename-repository", &api.Repository{Name: api.String("rename-repository-newname")}); err != nil {
			t.Fatal(err)
		}
		before := metrics.Repo{ID: metrics.NewRepoID("127.0.0.1/" + owner + "/rename-repository"), Name: "127.0.0.1/" + owner + "/rename-repository", HostID: "127.0.0.1#1000", Languages: []string{"Go"}}
		got := listed(t, r.source(t, owner+"/rename-repository"), &collectors.Known{Repos: []collectors.Had{{Repo: before}}})
		if got.Name != before.Name+"-newname" || got.HostID != before.HostID || len(got.Languages) != 1 {
			t.Errorf("its old name leads to %+v", got)
		}
	})
	t.Run("an organisation", func(t *testing.T) {
		r.Begin(t, "get-organization")
		got, resp, err := r.client.Organizations.Get(t.Context(), owner)
		if err != nil || got.GetLogin() != owner || got.GetID() != 1000 || resp.Rate.Limit != 0 {
			t.Errorf("got %+v, limits %+v, %v: the limits are the pool's", got, resp.Rate, err)
		}
	})
	t.Run("a folder and a file", func(t *testing.T) {
		r.Begin(t, "get-content")
		_, folder, _, err := r.client.Repositories.GetContents(t.Context(), owner, "hello-world", "", nil)
		if err != nil || len(folder) != 1 || folder[0].GetSHA() == "" {
			t.Fatalf("got %+v, %v", folder, err)
		}
		req, err := r.client.NewRequest(http.MethodGet, "repos/"+owner+"/hello-world/contents/README.md", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "application/vnd.github.v3.raw")
		resp, err := r.client.BareDo(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if text, err := io.ReadAll(resp.Body); err != nil || string(text) != "# hello-world" {
			t.Errorf("the file says %q, %v", text, err)
		}
	})
	t.Run("a refusal", func(t *testing.T) {
		r.Begin(t, "errors")
		_, _, err := r.client.Issues.CreateLabel(t.Context(), owner, "errors", &api.Label{Name: api.String("foo"), Color: api.String("invalid")})
		var refused *api.ErrorResponse
		if !errors.As(err, &refused) || refused.Response.StatusCode != http.StatusUnprocessableEntity || len(refused.Errors) != 1 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("pages", func(t *testing.T) { r.pages(t, owner) })
}

// nextPage finds where a list goes on.
var nextPage = regexp.MustCompile(`<([^>]+)>; rel="next"`)

// pages follows the links of a list, which lead from its name to its id.
func (r *recordings) pages(t *testing.T, owner string) {
	r.Begin(t, "paginate-issues")
	seen := map[int]bool{}
	url, last := "repos/"+owner+"/paginate-issues/issues?per_page=3", 0
	for page := 1; url != ""; page++ {
		req, err := r.client.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		var issues []*api.Issue
		resp, err := r.client.Do(t.Context(), req, &issues)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range issues {
			seen[i.GetNumber()] = true
		}
		if url = ""; resp.NextPage != 0 {
			url = nextPage.FindStringSubmatch(resp.Header.Get("Link"))[1]
			if resp.NextPage != page+1 {
				t.Errorf("page %d is followed by %d", page, resp.NextPage)
			}
		}
		last = page
	}
	if last != 5 || len(seen) != 13 {
		t.Errorf("%d issues are on %d pages, want 13 on 5", len(seen), last)
	}
}

// TestNoTokenIsRecorded looks for secrets in the recordings.
func TestNoTokenIsRecorded(t *testing.T) {
	newRecordings(t)
	files, err := filepath.Glob("../../deploy/peers/github/node_modules/@octokit/fixtures/scenarios/api.github.com/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no recordings: %v", err)
	}
	secret := regexp.MustCompile(`gh[opsur]_\w{30,}|github_pat_\w+|(?i:"authorization": ?"(?:token|bearer) [^"]*[1-9a-z][^"]*[0-9a-z]")`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := secret.Find(text); found != nil {
			t.Errorf("%s has %q", file, found)
		}
	}
}
