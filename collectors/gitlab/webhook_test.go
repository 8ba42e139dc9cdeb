package gitlab_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/metrics"
)

// told is when deliveries arrive.
var told = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// header returns headers, name by value.
func header(list ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(list); i += 2 {
		h.Set(list[i], list[i+1])
	}
	return h
}

// sign signs as GitLab does.
func sign(key, id string, at time.Time, body string) string {
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "%s.%d.%s", id, at.Unix(), body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestWebhookVerify(t *testing.T) {
	const body, id = `{"object_kind":"push","user_name":"Jürgen"}`, "f5e5f430-f57b-4e6e-9fac-d9128cd7232f"
	raw := "a signing token of 32 bytes, raw"
	coded := "whsec_" + base64.StdEncoding.EncodeToString([]byte(raw))
	signed := func(key string, at time.Time, more ...string) http.Header {
		return header(append([]string{"webhook-id", id, "webhook-timestamp", fmt.Sprint(at.Unix()), "webhook-signature", sign(key, id, at, body)}, more...)...)
	}
	both := signed(raw, told)
	both.Set("webhook-signature", "v1,AAAA v2,"+sign(raw, id, told, body)[3:]+" "+sign(raw, id, told, body))
	second := signed(raw, told)
	second.Set("webhook-signature", "v2,"+sign(raw, id, told, body)[3:])
	tests := []struct {
		name            string
		tokens, signing []string
		header          http.Header
		body            string
		want            bool
	}{
		{"the token", []string{"secret"}, nil, header("X-Gitlab-Token", "secret"), body, true},
		{"a new token beside the old one", []string{"new", "secret"}, nil, header("X-Gitlab-Token", "secret"), body, true},
		{"another token", []string{"secret"}, nil, header("X-Gitlab-Token", "Secret"), body, false},
		{"a longer token", []string{"secret"}, nil, header("X-Gitlab-Token", "secrets"), body, false},
		{"no token", []string{"secret"}, nil, header(), body, false},
		{"nothing configured", nil, nil, header("X-Gitlab-Token", ""), body, false},

		{"the signature", nil, []string{raw}, signed(raw, told), body, true},
		{"the signature of a coded key", nil, []string{coded}, signed(raw, told), body, true},
		{"the signature of a key that looks coded", nil, []string{coded}, signed(coded, told), body, true},
		{"several signatures", nil, []string{"new", raw}, both, body, true},
		{"a signature of a later kind", nil, []string{raw}, second, body, false},
		{"another body", nil, []string{raw}, signed(raw, told), body + " ", false},
		{"another key", nil, []string{raw}, signed("other", told), body, false},
		{"another id", nil, []string{raw}, signed(raw, told, "webhook-id", "1"), body, false},
		{"another time", nil, []string{raw}, signed(raw, told, "webhook-timestamp", fmt.Sprint(told.Unix()+1)), body, false},
		{"no time", nil, []string{raw}, signed(raw, told, "webhook-timestamp", ""), body, false},
		{"no id", nil, []string{raw}, signed(raw, told, "webhook-id", ""), body, false},
		{"5 minutes old", nil, []string{raw}, signed(raw, told.Add(-5*time.Minute)), body, true},
		{"older", nil, []string{raw}, signed(raw, told.Add(-5*time.Minute-time.Second)), body, false},
		{"from a clock that is ahead", nil, []string{raw}, signed(raw, told.Add(5*time.Minute)), body, true},
		{"from the future", nil, []string{raw}, signed(raw, told.Add(5*time.Minute+time.Second)), body, false},
		{"a token where a signature is due", nil, []string{raw}, header("X-Gitlab-Token", raw), body, false},
		{"a token where either will do", []string{"secret"}, []string{raw}, header("X-Gitlab-Token", "secret"), body, true},
		{"a signature where either will do", []string{"secret"}, []string{raw}, signed(raw, told), body, true},
		{"the token beside a wrong signature", []string{"secret"}, []string{raw}, signed("other", told, "X-Gitlab-Token", "secret"), body, false},
		{"the token beside a signature that nobody configured", []string{"secret"}, nil, signed("other", told, "X-Gitlab-Token", "secret"), body, true},
	}
	for _, test := range tests {
		err := gitlab.NewWebhook(test.tokens, test.signing).Verify(test.header, []byte(test.body), told)
		if (err == nil) != test.want || err != nil && !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("%s: got %v, want it right: %t", test.name, err, test.want)
		}
	}
}

func TestWebhookRead(t *testing.T) {
	const project = `"project":{"id":15,"web_url":"https://gitlab.acme.dev/Fin/Tech/pay","default_branch":"main"}`
	tests := []struct{ name, body, hint string }{
		{"push to the default branch", `{"object_kind":"push","ref":"refs/heads/main",` + project + `}`, "gitlab.acme.dev/fin/tech/pay gitlab.acme.dev#15"},
		{"push to another branch", `{"object_kind":"push","ref":"refs/heads/x",` + project + `}`, ""},
		{"push with nulls", `{"object_kind":"push","ref":null,"project":null}`, ""},
		{"push to a project without a default branch", `{"object_kind":"push","ref":"refs/heads/x","project":{"id":1,"web_url":"https://gitlab.com/a/b","default_branch":null}}`, "gitlab.com/a/b gitlab.com#1"},
		{"tag", `{"object_kind":"tag_push","ref":"refs/tags/v1",` + project + `}`, "gitlab.acme.dev/fin/tech/pay gitlab.acme.dev#15"},
		{"pipeline that ended", `{"object_kind":"pipeline","object_attributes":{"ref":"main","status":"failed"},` + project + `}`, "gitlab.acme.dev/fin/tech/pay gitlab.acme.dev#15"},
		{"pipeline that runs", `{"object_kind":"pipeline","object_attributes":{"ref":"main","status":"running"},` + project + `}`, ""},
		{"pipeline of another branch", `{"object_kind":"pipeline","object_attributes":{"ref":"x","status":"failed"},` + project + `}`, ""},
		{"merged", `{"object_kind":"merge_request","object_attributes":{"action":"merge"},` + project + `}`, "gitlab.acme.dev/fin/tech/pay gitlab.acme.dev#15"},
		{"opened", `{"object_kind":"merge_request","object_attributes":{"action":"open"},` + project + `}`, ""},
		{"deployed", `{"object_kind":"deployment","status":"success",` + project + `}`, "gitlab.acme.dev/fin/tech/pay gitlab.acme.dev#15"},
		{"deploying", `{"object_kind":"deployment","status":"running",` + project + `}`, ""},
		{"project renamed", `{"event_name":"project_rename","project_id":73,"path_with_namespace":"a/new"}`, "gitlab.example.com/a/new gitlab.example.com#73 list"},
		{"project gone", `{"event_name":"project_destroy","project_id":73,"path_with_namespace":null}`, "  list"},
		{"group made", `{"event_name":"subgroup_create","group_id":2}`, "  list"},
		{"member", `{"event_name":"user_add_to_group"}`, "  list"},
		{"note", `{"object_kind":"note",` + project + `}`, ""},
		{"not known", `{"object_kind":"vulnerability",` + project + `}`, ""},
		{"other types", `{"object_kind":7,"event_name":"push","ref":"refs/heads/x","project":{"id":"x","web_url":"https://gitlab.com/a/b"}}`, "gitlab.com/a/b "},
		{"a list", `[1]`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok, err := gitlab.NewWebhook(nil, nil).Read(header("X-Gitlab-Instance", "https://gitlab.example.com/", "Idempotency-Key", "1"), []byte(test.body), told)
			if err != nil {
				t.Fatal(err)
			}
			text := ""
			if ok {
				text = got.Repo + " " + got.HostID
				if got.Listing {
					text += " list"
				}
			}
			if text != test.hint {
				t.Errorf("got %q, want %q", text, test.hint)
			}
		})
	}
}

// TestWebhookDelivery tells deliveries apart and finds those that come again.
func TestWebhookDelivery(t *testing.T) {
	read := func(at time.Time, body string, headers ...string) metrics.HintID {
		t.Helper()
		h, _, err := gitlab.NewWebhook(nil, nil).Read(header(headers...), []byte(body), at)
		if err != nil {
			t.Fatal(err)
		}
		return h.ID
	}
	one := read(told, "{}", "Idempotency-Key", "1", "X-Gitlab-Event-UUID", "u")
	for _, test := range []struct {
		name string
		got  metrics.HintID
		same bool
	}{
		{"tried again", read(told.Add(time.Hour), "{}", "Idempotency-Key", "1", "X-Gitlab-Event-UUID", "v"), true},
		{"signed too", read(told, "{}", "Idempotency-Key", "1", "webhook-id", "1"), true},
		{"another", read(told, "{}", "Idempotency-Key", "2", "X-Gitlab-Event-UUID", "u"), false},
		{"with an event id alone", read(told, "{}", "X-Gitlab-Event-UUID", "1"), false},
	} {
		if (test.got == one) != test.same {
			t.Errorf("%s: got the same: %t, want %t", test.name, test.got == one, test.same)
		}
	}
	if read(told, "{}", "X-Gitlab-Event-UUID", "u") != read(told.Add(1), "{}", "X-Gitlab-Event-UUID", "u") {
		t.Error("an event that came again is another one")
	}
	if read(told, "{}", "X-Gitlab-Event-UUID", "u") == read(told, `{"a":1}`, "X-Gitlab-Event-UUID", "u") {
		t.Error("an event that another one set off is the same")
	}
	if read(told, "{}") == read(told.Add(1), "{}") {
		t.Error("deliveries without any id are the same")
	}
	if _, _, err := gitlab.NewWebhook(nil, nil).Read(header("Idempotency-Key", strings.Repeat("1", 200)), []byte("{}"), told); !errors.Is(err, metrics.ErrInvalid) {
		t.Errorf("got %v for a long id, want it refused", err)
	}
}

// bodies are the events that the client library of GitLab is tested with.
func bodies(t testing.TB) map[string][]byte {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/xanzy/go-gitlab").Output()
	if err != nil || len(out) < 2 {
		t.Fatalf("the module of the client is not there: %v", err)
	}
	all := map[string][]byte{}
	for _, kind := range []string{"webhooks", "systemhooks"} {
		files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "testdata", kind, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if all[kind+"/"+strings.TrimSuffix(filepath.Base(file), ".json")], err = os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	return all
}

func TestWebhookExamples(t *testing.T) {
	all := bodies(t)
	if len(all) < 40 {
		t.Errorf("got %d examples", len(all))
	}
	want := map[string]string{
		"webhooks/push": "example.com/mike/diaspora example.com#15", "webhooks/release": "example.com/exm-namespace/example-project example.com#327622",
		"systemhooks/project_rename": "gitlab.example.com/jsmith/underscore gitlab.example.com#73",
	}
	for name, body := range all {
		got, ok, err := gitlab.NewWebhook(nil, nil).Read(header("X-Gitlab-Instance", "https://gitlab.example.com"), body, told)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if text, there := want[name]; there && (!ok || got.Repo+" "+got.HostID != text) {
			t.Errorf("%s: got %t, %s %s, want %s", name, ok, got.Repo, got.HostID, text)
		}
	}
}

func FuzzWebhookRead(f *testing.F) {
	for _, body := range bodies(f) {
		f.Add("https://gitlab.com", body)
	}
	f.Fuzz(func(t *testing.T, instance string, body []byte) {
		h := http.Header{"X-Gitlab-Instance": {instance}, "Idempotency-Key": {"1"}}
		got, ok, err := gitlab.NewWebhook(nil, nil).Read(h, body, told)
		if err != nil && !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("got %v", err)
		}
		if ok && !got.Listing && (got.Repo == "" || strings.ContainsAny(got.Repo, "\n\x00")) {
			t.Errorf("got a hint at %q", got.Repo)
		}
	})
}

func FuzzWebhookVerify(f *testing.F) {
	f.Add("1", "1795341600", "v1,AAAA", []byte("{}"))
	f.Fuzz(func(t *testing.T, id, stamp, signature string, body []byte) {
		h := http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {stamp}, "Webhook-Signature": {signature}}
		if gitlab.NewWebhook([]string{"a token that nobody guesses"}, []string{"a key that nobody guesses"}).Verify(h, body, told) == nil {
			t.Errorf("%q %q %q is a right signature of %q", id, stamp, signature, body)
		}
	})
}
