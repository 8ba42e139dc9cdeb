package quota_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/quota"
)

// TestElsewhere tells answers of a host of another kind from those of the product's own, and from those that show nothing.
func TestElsewhere(t *testing.T) {
	const other = "http://host.test answers, but not as GitHub does (401, as GitLab does): is it a GitLab host? then it is to be configured as gitlab and not as github"
	const page = "http://host.test answers, but not as GitHub does (404, with a page for people): is it a GitLab host, or a web server? see whether the url is right, and whether a proxy or a login page stands before it"
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	for _, c := range []struct {
		name   string
		answer quota.Answer
		want   string
	}{
		{"nothing", quota.Answer{}, ""},
		{"the product's own header", quota.Answer{Status: 404, Header: http.Header{"X-Github-Request-Id": {"1"}}, Body: []byte(`{"message": "404 Not Found"}`)}, ""},
		{"without headers", quota.Answer{Status: 401, Body: []byte(`{"message": "Bad credentials"}`)}, ""},
		{"the other's header", quota.Answer{Status: 401, Header: http.Header{"X-Gitlab-Meta": {"{}"}}}, other},
		{"the other's words", quota.Answer{Status: 401, Body: []byte(`{"message": "401 Unauthorized"}`)}, other},
		{"words that only begin so", quota.Answer{Status: 403, Body: []byte(`{"message": "401 Unauthorized"}`)}, ""},
		{"a page", quota.Answer{Status: 404, Header: html}, page},
		{"a page of a host that is not well", quota.Answer{Status: 502, Header: html}, ""},
		{"a page of a proxy that forbids", quota.Answer{Status: 403, Header: html}, ""},
		{"words of another product", quota.Answer{Product: "GitLab", Status: 404, Body: []byte(`{"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}`)},
			"http://host.test answers, but not as GitLab does (404, as GitHub does): is it a GitHub host? then it is to be configured as github and not as gitlab"},
		{"a portal", quota.Answer{Status: 401, Body: []byte(`{"error": {"name": "AuthenticationError"}, "response": {"statusCode": 401}}`)},
			"http://host.test answers, but not as GitHub does (401, as Backstage does): is it a Backstage host? then it is to be configured as backstage and not as github"},
	} {
		if c.answer.Product == "" {
			c.answer.Product = "GitHub"
		}
		if got := c.answer.Elsewhere("http://host.test"); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestShaped(t *testing.T) {
	for body, want := range map[string]bool{
		`{"message": "Not Found"}`: true, `{"error": "404 Not Found"}`: true, `{"message": {"base": ["x"]}}`: true,
		`{"error": {"name": "NotFoundError"}}`: false, `{}`: false, `null`: false, `[1]`: false, "404 page not found": false, "": false,
	} {
		if got := (quota.Answer{Body: []byte(body)}).Shaped(); got != want {
			t.Errorf("%s: got %v, want %v", body, got, want)
		}
	}
}

// TestWhatRefused keeps what a host answered that refused the last credential.
func TestWhatRefused(t *testing.T) {
	base := &url.URL{Scheme: "http", Host: "host.test"}
	pool := quota.New(quota.Config{Source: "github", Base: base, Family: quota.GitHub(), Credentials: []quota.Credential{quota.Static("token 1", "Authorization", "x")},
		Transport: answeredBy(func(r *http.Request) *http.Response {
			return &http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{"X-Gitlab-Meta": {"{}"}}, Body: io.NopCloser(strings.NewReader("no")), Request: r}
		})})
	resp, err := (&http.Client{Transport: pool}).Get("http://host.test/meta")
	if err == nil {
		resp.Body.Close()
		t.Fatal("a refused credential is no error")
	}
	a, ok := quota.Refused(err)
	if !ok || a.Status != http.StatusUnauthorized || a.Header.Get("X-Gitlab-Meta") == "" || string(a.Body) != "no" {
		t.Errorf("got %+v, %v", a, ok)
	}
	if _, ok := quota.Refused(quota.ErrRefused); ok {
		t.Error("an answer is told of that nobody gave")
	}
}

// answeredBy is a host in place of the network.
type answeredBy func(*http.Request) *http.Response

func (f answeredBy) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }
