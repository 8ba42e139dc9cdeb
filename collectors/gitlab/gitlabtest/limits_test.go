package gitlabtest_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// remains is the status of an answer and what its header tells of the minute.
func remains(resp *http.Response) string {
	h := resp.Header
	return fmt.Sprintf("%d %s/%s %s", resp.StatusCode, h.Get("RateLimit-Remaining"), h.Get("RateLimit-Limit"), h.Get("Retry-After"))
}

func TestTheMinuteOfAUser(t *testing.T) {
	p := acme(t, gitlabtest.Config{Limits: gitlabtest.Limits{Minute: 3}, Tokens: []gitlabtest.Token{
		{Value: gitlabtest.Secret, User: "robot"}, {Value: "second", User: "robot"}, {Value: "other", User: "ana"}}})
	p.Advance(20 * time.Second)
	for _, test := range []struct{ token, want string }{
		{gitlabtest.Secret, "200 2/3 "}, {"second", "200 1/3 "}, {"other", "200 2/3 "}, {gitlabtest.Secret, "200 0/3 "}, {"second", "429 0/3 40"},
	} {
		if got := remains(get(t, p, "/api/v4/user", "Private-Token", test.token)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.token, got, test.want)
		}
	}
	resp := get(t, p, "/api/v4/user")
	if got, want := resp.Header.Get("RateLimit-Reset"), fmt.Sprint(gitlabtest.Start.Add(time.Minute).Unix()); got != want {
		t.Errorf("got reset %s, want %s", got, want)
	}
	if got, want := resp.Header.Get("RateLimit-ResetTime"), "Mon, 01 Jun 2026 08:01:00 GMT"; got != want {
		t.Errorf("got reset time %s, want %s", got, want)
	}
	p.Advance(40 * time.Second)
	if got, want := remains(get(t, p, "/api/v4/user")), "200 2/3 "; got != want {
		t.Errorf("got %s in the next minute, want %s", got, want)
	}
	if got := p.Counts().Exhausted; got != 2 {
		t.Errorf("got %d after nothing remained, want 2", got)
	}
}

func TestLimitsOfTheApplication(t *testing.T) {
	for _, test := range []struct {
		name, path string
		limits     gitlabtest.Limits
		other      string // a path that the limit is not for
		wait       time.Duration
	}{
		{"projects", "/api/v4/projects", gitlabtest.Limits{Projects: 2}, "/api/v4/projects/acme%2Fapp", 10 * time.Minute},
		{"projects of groups", "/api/v4/groups/acme/projects", gitlabtest.Limits{GroupProjects: 2}, "/api/v4/groups/acme", time.Minute},
		{"one project", "/api/v4/projects/acme%2Fapp", gitlabtest.Limits{Project: 2}, "/api/v4/projects", time.Minute},
		{"files", "/api/v4/projects/acme%2Fapp/repository/files/README%2Emd/raw", gitlabtest.Limits{Files: 2}, "/api/v4/projects/acme%2Fapp/repository/tree", time.Minute},
		{"raw blobs", "/api/v4/projects/acme%2Fapp/repository/blobs/" + objects.BlobID("# app\n") + "/raw", gitlabtest.Limits{Raw: 2}, "/api/v4/projects/acme%2Fold/repository/blobs/" + objects.BlobID("# old\n") + "/raw", time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := acme(t, gitlabtest.Config{Limits: test.limits})
			var got []int
			for range 3 {
				got = append(got, get(t, p, test.path).StatusCode)
			}
			resp := get(t, p, test.path)
			if fmt.Sprint(got) != "[200 200 429]" || resp.Header.Get("Retry-After") != "" || resp.Header.Get("RateLimit-Remaining") == "0" {
				t.Errorf("got %v, %v, want the third refused without a word when to come again", got, resp.Header)
			}
			if got := get(t, p, test.other).StatusCode; got != 200 {
				t.Errorf("got %d for another route, want 200", got)
			}
			p.Advance(test.wait)
			if got := get(t, p, test.path).StatusCode; got != 200 || p.Counts().Refused != 2 {
				t.Errorf("got %d later, %d refused, want 200, 2", got, p.Counts().Refused)
			}
		})
	}
}

func TestWhatOthersUsed(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	p.Use("robot", 1990)
	if got, want := remains(get(t, p, "/api/v4/user")), "200 9/2000 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUnlimited(t *testing.T) {
	p := acme(t, gitlabtest.Config{Unlimited: true, Limits: gitlabtest.Limits{Minute: 1, Project: 1}})
	for range 3 {
		if got, want := remains(get(t, p, "/api/v4/projects/acme%2Fapp")), "200 / "; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestSkewedClock(t *testing.T) {
	p := acme(t, gitlabtest.Config{Latency: time.Second})
	p.Skew(10 * time.Minute)
	resp := get(t, p, "/api/v4/user")
	if got, want := resp.Header.Get("Date"), "Mon, 01 Jun 2026 08:10:01 GMT"; got != want {
		t.Errorf("got date %s, want %s", got, want)
	}
	if got, want := resp.Header.Get("RateLimit-Reset"), fmt.Sprint(gitlabtest.Start.Add(11*time.Minute).Unix()); got != want {
		t.Errorf("got reset %s, want %s", got, want)
	}
}
