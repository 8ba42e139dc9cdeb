package githubtest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-github/v60/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

func TestSign(t *testing.T) {
	// The example of GitHub's documentation.
	got := githubtest.Sign("It's a Secret to Everybody", []byte("Hello, World!"))
	if want := "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// received is one delivery as go-github takes it.
type received struct {
	id    string
	event any
}

// hook takes deliveries.
func hook(t *testing.T) (url string, got *[]received) {
	t.Helper()
	got = new([]received)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := github.ValidatePayload(r, []byte("secret"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		event, err := github.ParseWebHook(github.WebHookType(r), body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		*got = append(*got, received{github.DeliveryID(r), event})
		io.WriteString(w, "ok")
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

func TestDeliver(t *testing.T) {
	p := acme(t, githubtest.Config{})
	run := p.AddRun("acme/app", githubtest.Run{Path: ".github/workflows/ci.yml"})
	p.Push("acme/app", githubtest.Push{Files: map[string]string{"main.go": "package app\n", "new": ""}, Deleted: []string{"link"}})
	url, got := hook(t)
	for _, d := range []githubtest.Delivery{
		{Event: "push", Body: p.PushEvent("acme/app", "")},
		{Event: "repository", Body: p.RepositoryEvent("acme/app", "archived")},
		{Event: "workflow_run", Body: p.RunEvent("acme/app", run, "completed")},
		{Event: "pull_request", Body: p.PullEvent("acme/app", 1, "closed"), ID: "11111111-2222-3333-4444-555555555555"},
	} {
		d.URL, d.Secret = url, "secret"
		if done, err := p.Deliver(ctx, d); err != nil || done.Status != 200 {
			t.Fatalf("%s: got %d, %v", d.Event, done.Status, err)
		}
	}
	push := (*got)[0].event.(*github.PushEvent)
	if c := push.GetHeadCommit(); push.GetAfter() != p.Head("acme/app") || push.GetRef() != "refs/heads/main" || c.Modified[0] != "main.go" || c.Added[0] != "new" || c.Removed[0] != "link" {
		t.Errorf("got push %v", push)
	}
	if r := (*got)[1].event.(*github.RepositoryEvent); r.GetAction() != "archived" || r.GetRepo().GetID() != p.ID("acme/app") {
		t.Errorf("got repository %v", r)
	}
	if r := (*got)[2].event.(*github.WorkflowRunEvent); r.GetWorkflowRun().GetID() != run {
		t.Errorf("got run %v", r)
	}
	if r := (*got)[3]; r.id != "11111111-2222-3333-4444-555555555555" || !r.event.(*github.PullRequestEvent).GetPullRequest().GetMerged() {
		t.Errorf("got pull request %v", r)
	}
	if (*got)[0].id == (*got)[1].id || len((*got)[0].id) != 36 {
		t.Errorf("got ids %s and %s, want two that differ", (*got)[0].id, (*got)[1].id)
	}
	if done, err := p.Deliver(ctx, githubtest.Delivery{URL: url, Secret: "other", Event: "push", Body: []byte("{}")}); err != nil || done.Status != http.StatusUnauthorized {
		t.Errorf("got %d, %v for a wrong secret, want 401", done.Status, err)
	}
}

func TestExamples(t *testing.T) {
	p := githubtest.New(t, githubtest.Config{})
	all, err := githubtest.Examples("")
	check(t, err)
	if len(all) < 50 || len(all["push"]) == 0 || len(all["workflow_run"]) == 0 {
		t.Errorf("got examples of %d events, %d pushes", len(all), len(all["push"]))
	}
	url, got := hook(t)
	for _, body := range all["push"] {
		done, err := p.Deliver(ctx, githubtest.Delivery{URL: url, Secret: "secret", Event: "push", Body: body})
		if err != nil || done.Status != 200 {
			t.Errorf("got %d, %v", done.Status, err)
		}
	}
	if len(*got) != len(all["push"]) {
		t.Errorf("got %d deliveries, want %d", len(*got), len(all["push"]))
	}
}
