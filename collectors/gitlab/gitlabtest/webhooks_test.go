package gitlabtest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/xanzy/go-gitlab"
)

// received is one delivery as go-gitlab takes it.
type received struct {
	header http.Header
	event  any
}

// hook takes deliveries that carry the right token or the right signature.
func hook(t *testing.T) (url string, got *[]received) {
	t.Helper()
	got = new([]received)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seconds, _ := strconv.ParseInt(r.Header.Get("webhook-timestamp"), 10, 64)
		signed := r.Header.Get("webhook-signature") == gitlabtest.Sign("secret", r.Header.Get("webhook-id"), time.Unix(seconds, 0), body)
		if r.Header.Get("X-Gitlab-Token") != "token" && !signed {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		parse := gitlab.ParseWebhook
		if gitlab.HookEventType(r) == "System Hook" {
			parse = func(_ gitlab.EventType, body []byte) (any, error) { return gitlab.ParseSystemhook(body) }
		}
		event, err := parse(gitlab.HookEventType(r), body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		*got = append(*got, received{r.Header, event})
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

func TestSign(t *testing.T) {
	got := gitlabtest.Sign("secret", "1", time.Unix(1700000000, 0), []byte(`{}`))
	// printf '1.1700000000.{}' | openssl dgst -sha256 -hmac secret -binary | base64
	if want := "v1,PgYwgCReYGi/nHIJstsSuGGjDNi/hpmSB4ghtTP1cA4="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDeliver(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	pipeline := p.AddPipeline("acme/app", gitlabtest.Pipeline{Status: "failed"})
	p.Push("acme/app", gitlabtest.Push{Files: map[string]string{"main.go": "package app\n", "new": ""}, Deleted: []string{"link"}})
	url, got := hook(t)
	for _, d := range []gitlabtest.Delivery{
		{Event: "Push Hook", Body: p.PushEvent("acme/app", ""), Token: "token"},
		{Event: "Push Hook", Body: p.ManyPushed("acme/app", 30), Token: "token"},
		{Event: "Pipeline Hook", Body: p.PipelineEvent("acme/app", pipeline), Secret: "secret"},
		{Event: "Merge Request Hook", Body: p.MergeRequestEvent("acme/app", 1, "merge"), Secret: "secret", ID: "11111111-2222-3333-4444-555555555555"},
		{Event: "System Hook", Body: p.ProjectEvent("acme/app", "project_rename", "acme/application"), Token: "token"},
	} {
		d.URL = url
		if done, err := p.Deliver(t.Context(), d); err != nil || done.Status != 200 {
			t.Fatalf("%s: got %d, %v", d.Event, done.Status, err)
		}
	}
	push := (*got)[0].event.(*gitlab.PushEvent)
	if c := push.Commits[0]; push.After != p.Head("acme/app") || push.Project.PathWithNamespace != "acme/app" || c.Modified[0] != "main.go" || c.Added[0] != "new" || c.Removed[0] != "link" {
		t.Errorf("got push %v", push)
	}
	if many := (*got)[1].event.(*gitlab.PushEvent); len(many.Commits) != 20 || many.TotalCommitsCount != 30 {
		t.Errorf("got %d commits of %d, want 20 of 30", len(many.Commits), many.TotalCommitsCount)
	}
	if x := (*got)[2].event.(*gitlab.PipelineEvent); x.ObjectAttributes.ID != int(pipeline) || x.ObjectAttributes.Status != "failed" {
		t.Errorf("got pipeline %v", x)
	}
	if x := (*got)[3]; x.header.Get("X-Gitlab-Event-UUID") != "11111111-2222-3333-4444-555555555555" || x.header.Get("Idempotency-Key") != x.header.Get("webhook-id") || x.event.(*gitlab.MergeEvent).ObjectAttributes.State != "merged" {
		t.Errorf("got merge request %v", x)
	}
	if x := (*got)[4].event.(*gitlab.ProjectSystemEvent); x.OldPathWithNamespace != "acme/application" || x.ProjectID != int(p.ID("acme/app")) {
		t.Errorf("got rename %v", x)
	}
	for name, d := range map[string]gitlabtest.Delivery{"a wrong token": {Token: "other"}, "a wrong secret": {Secret: "other"}, "neither": {}} {
		d.URL, d.Event, d.Body = url, "Push Hook", []byte("{}")
		if done, err := p.Deliver(t.Context(), d); err != nil || done.Status != http.StatusUnauthorized {
			t.Errorf("%s: got %d, %v, want 401", name, done.Status, err)
		}
	}
}
