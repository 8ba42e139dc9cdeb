package github_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

// told is when deliveries arrive.
var told = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// delivered are the headers of a delivery.
func delivered(event string, more ...string) http.Header {
	h := http.Header{}
	h.Set("X-GitHub-Event", event)
	h.Set("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
	for i := 0; i < len(more); i += 2 {
		h.Set(more[i], more[i+1])
	}
	return h
}

func TestWebhookVerify(t *testing.T) {
	const secret, body = "It's a Secret to Everybody", "Hello, World!" // the example of GitHub's documentation
	const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
	tests := []struct {
		name      string
		secrets   []string
		signature string
		body      string
		want      bool
	}{
		{"documented", []string{secret}, signature, body, true},
		{"in capitals", []string{secret}, "sha256=" + strings.ToUpper(signature[7:]), body, true},
		{"a new secret beside the old one", []string{"new", secret}, signature, body, true},
		{"an old secret that is gone", []string{"new"}, signature, body, false},
		{"no secret", nil, signature, body, false},
		{"another body", []string{secret}, signature, body + "\n", false},
		{"an empty body", []string{secret}, githubtest.Sign(secret, nil), "", true},
		{"a bit of the signature turned", []string{secret}, signature[:70] + "6", body, false},
		{"cut", []string{secret}, signature[:len(signature)-2], body, false},
		{"longer", []string{secret}, signature + "00", body, false},
		{"SHA-1", []string{secret}, "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59", body, false},
		{"no algorithm", []string{secret}, signature[7:], body, false},
		{"none", []string{secret}, "", body, false},
		{"not hexadecimal", []string{secret}, "sha256=" + strings.Repeat("zz", 32), body, false},
		{"two", []string{secret}, signature + "," + signature, body, false},
	}
	for _, test := range tests {
		header := delivered("push", "X-Hub-Signature-256", test.signature)
		err := github.NewWebhook(test.secrets...).Verify(header, []byte(test.body), told)
		if (err == nil) != test.want || err != nil && !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("%s: got %v, want it right: %t", test.name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the secret is in %v", test.name, err)
		}
	}
}

func TestWebhookRead(t *testing.T) {
	const repo = `"repository":{"id":7,"full_name":"Acme/Pay","html_url":"https://github.com/Acme/Pay","default_branch":"main"}`
	tests := []struct {
		name, event, body string
		hint              string // repo, host id, "list"; "" for none
	}{
		{"push to the default branch", "push", `{"ref":"refs/heads/main",` + repo + `}`, "github.com/acme/pay github.com#7"},
		{"push to another branch", "push", `{"ref":"refs/heads/feature/main",` + repo + `}`, ""},
		{"push of a tag", "push", `{"ref":"refs/tags/v1",` + repo + `}`, "github.com/acme/pay github.com#7"},
		{"push to a default branch with other letters", "push", `{"ref":"refs/heads/größe","repository":{"id":7,"html_url":"https://github.com/a/b","default_branch":"größe"}}`, "github.com/a/b github.com#7"},
		{"push that does not say what is the default", "push", `{"ref":"refs/heads/x","repository":{"id":7,"html_url":"https://github.com/a/b","default_branch":null}}`, "github.com/a/b github.com#7"},
		{"push without a page", "push", `{"ref":"refs/heads/main","repository":{"full_name":"a/b"}}`, "github.com/a/b "},
		{"push to nothing", "push", `{"ref":"refs/heads/main","repository":null}`, ""},
		{"push with nulls", "push", `{"ref":null,"repository":{"id":null,"html_url":null}}`, ""},
		{"push with other types", "push", `{"ref":"refs/heads/main","action":7,"repository":{"id":{},"html_url":"https://github.com/a/b"}}`, "github.com/a/b "},
		{"push that is a list", "push", `[]`, ""},
		{"push from a name with a line in it", "push", `{"ref":"refs/heads/main","repository":{"id":1,"html_url":"https://github.com/a/b%0Ac"}}`, ""},
		{"push from a name that is too long", "push", `{"ref":"refs/heads/main","repository":{"id":1,"html_url":"https://github.com/a/` + strings.Repeat("b", 2000) + `"}}`, ""},
		{"push on GitHub Enterprise", "push", `{"ref":"refs/heads/main","repository":{"id":1,"html_url":"https://ghe.acme.dev:8443/a/b"}}`, "ghe.acme.dev/a/b ghe.acme.dev#1"},
		{"run that ended", "workflow_run", `{"action":"completed","workflow_run":{"head_branch":"main"},` + repo + `}`, "github.com/acme/pay github.com#7"},
		{"run on another branch", "workflow_run", `{"action":"completed","workflow_run":{"head_branch":"x"},` + repo + `}`, ""},
		{"run that began", "workflow_run", `{"action":"requested","workflow_run":{"head_branch":"main"},` + repo + `}`, ""},
		{"pull request closed", "pull_request", `{"action":"closed",` + repo + `}`, "github.com/acme/pay github.com#7"},
		{"pull request opened", "pull_request", `{"action":"opened",` + repo + `}`, ""},
		{"deployed", "deployment_status", `{"action":"created",` + repo + `}`, "github.com/acme/pay github.com#7"},
		{"released", "release", `{"action":"published",` + repo + `}`, "github.com/acme/pay github.com#7"},
		{"branch made", "create", `{"ref":"x","ref_type":"branch",` + repo + `}`, ""},
		{"tag made", "create", `{"ref":"v1","ref_type":"tag",` + repo + `}`, "github.com/acme/pay github.com#7"},
		{"default branch renamed", "repository", `{"action":"edited",` + repo + `}`, "github.com/acme/pay github.com#7"},
		{"renamed", "repository", `{"action":"renamed",` + repo + `}`, "github.com/acme/pay github.com#7 list"},
		{"transferred", "repository", `{"action":"transferred",` + repo + `}`, "github.com/acme/pay github.com#7 list"},
		{"deleted", "repository", `{"action":"deleted",` + repo + `}`, "github.com/acme/pay github.com#7 list"},
		{"archived", "repository", `{"action":"archived",` + repo + `}`, "github.com/acme/pay github.com#7 list"},
		{"rules of the organisation", "repository_ruleset", `{"action":"created","organization":{"login":"acme"}}`, "  list"},
		{"team", "team", `{"action":"created"}`, "  list"},
		{"installation", "installation_repositories", `{"action":"added"}`, "  list"},
		{"not known", "something_new", `{"action":"made",` + repo + `}`, ""},
		{"star", "star", `{"action":"created",` + repo + `}`, ""},
		{"ping", "ping", `{"zen":"Half measures are as bad as nothing at all.",` + repo + `}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok, err := github.NewWebhook("s").Read(delivered(test.event), []byte(test.body), told)
			if err != nil {
				t.Fatal(err)
			}
			text := ""
			if ok {
				text = got.Repo + " " + got.HostID
				if got.Listing {
					text += " list"
				}
				if got.At != metrics.At(told) || got.Host != "github" || got.Event != test.event || got.ID == 0 {
					t.Errorf("got %+v", got)
				}
			}
			if text != test.hint {
				t.Errorf("got %q, want %q", text, test.hint)
			}
		})
	}
}

func TestWebhookRefuses(t *testing.T) {
	tests := []struct {
		name   string
		header http.Header
		body   string
	}{
		{"no delivery", delivered("push", "X-GitHub-Delivery", ""), "{}"},
		{"a long delivery", delivered("push", "X-GitHub-Delivery", strings.Repeat("1", 200)), "{}"},
		{"no event", delivered(""), "{}"},
		{"no body", delivered("push"), ""},
		{"half a body", delivered("push"), `{"ref":"refs/hea`},
		{"two bodies", delivered("push"), `{}{}`},
		{"a page", delivered("push"), `<html>`},
		{"too deep", delivered("push"), strings.Repeat("[", 1<<20)},
	}
	for _, test := range tests {
		if _, ok, err := github.NewWebhook("s").Read(test.header, []byte(test.body), told); ok || !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("%s: got %t, %v, want it refused", test.name, ok, err)
		}
	}
}

// TestWebhookExamples reads GitHub's own examples of all events, those included that go-github cannot read.
func TestWebhookExamples(t *testing.T) {
	all := githubtest.TestExamples(t)
	bodies, hints, events := 0, 0, map[string]int{}
	for event, list := range all {
		for i, body := range list {
			bodies++
			got, ok, err := github.NewWebhook("s").Read(delivered(event), body, told)
			if err != nil {
				t.Errorf("%s %d: %v", event, i, err)
			}
			if !ok {
				continue
			}
			hints++
			events[event]++
			var told struct {
				Repository *struct {
					FullName string `json:"full_name"`
				}
			}
			if err := json.Unmarshal(body, &told); err != nil {
				t.Errorf("%s %d: %v", event, i, err)
			}
			if told.Repository != nil && got.Repo != "github.com/"+strings.ToLower(told.Repository.FullName) {
				t.Errorf("%s %d: got %s, want %s", event, i, got.Repo, told.Repository.FullName)
			}
		}
	}
	if bodies < 138 {
		t.Errorf("got %d examples, want at least 138", bodies)
	}
	if events["star"]+events["issues"]+events["check_run"] > 0 || events["push"] == 0 || events["repository"] != len(all["repository"]) {
		t.Errorf("got hints of %v", events)
	}
	t.Logf("%d hints of %d examples: %v", hints, bodies, events)
}

// TestWebhookOfPeer reads what the test peer sends, and finds the repository under the name that the source gives it.
func TestWebhookOfPeer(t *testing.T) {
	p := githubtest.New(t, githubtest.Config{})
	p.AddOrganization("acme")
	p.AddUser("robot")
	p.AddRepo("acme", githubtest.Repo{Name: "app", Files: map[string]string{"go.mod": "module app\n"}})
	got, ok, err := github.NewWebhook("s").Read(delivered("push"), p.PushEvent("acme/app", ""), told)
	if err != nil || !ok {
		t.Fatalf("got %t, %v", ok, err)
	}
	want := metrics.Hint{ID: got.ID, Host: "github", Repo: "127.0.0.1/acme/app", HostID: got.HostID, Event: "push", At: metrics.At(told)}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}

func FuzzWebhookRead(f *testing.F) {
	all, err := githubtest.Examples("")
	if err != nil {
		f.Skip(err)
	}
	for event, list := range all {
		f.Add(event, []byte(list[0]))
	}
	f.Fuzz(func(t *testing.T, event string, body []byte) {
		got, ok, err := github.NewWebhook("s").Read(delivered(event), body, told)
		if err != nil && !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("got %v", err)
		}
		if ok && !got.Listing && (got.Repo == "" || strings.ContainsAny(got.Repo, "\n\x00") || got.Repo != strings.ToLower(got.Repo)) {
			t.Errorf("got a hint at %q", got.Repo)
		}
	})
}
