package quota_test

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// TestWords puts errors into words, whatever stands around them.
func TestWords(t *testing.T) {
	const none = "the answer is none of GitHub's: it is cut, or a page for people; see whether the url is right, and whether a proxy or a login page stands before it"
	at := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 443}
	var kind []int
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"a page", json.Unmarshal([]byte("<html>"), &kind), none},
		{"another shape", json.Unmarshal([]byte("{}"), &kind), none},
		{"cut", io.ErrUnexpectedEOF, none},
		{"empty", io.EOF, none},
		{"not resolved", &net.DNSError{Name: "a.invalid", IsNotFound: true}, "the name a.invalid is not known: see whether the url is right, and the DNS of this machine"},
		{"no resolver", &net.DNSError{Name: "a.invalid", IsTimeout: true}, "the name a.invalid cannot be looked up: see the DNS of this machine"},
		{"nobody listens", &net.OpError{Op: "dial", Addr: at, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, "nobody listens at 192.0.2.1:443: see whether the url is right, and whether GitHub runs"},
		{"no way", &net.OpError{Op: "dial", Addr: at, Err: syscall.ENETUNREACH}, "no way leads to GitHub at 192.0.2.1:443 from this machine: see its network and its proxy"},
		{"cut off", &net.OpError{Op: "read", Addr: at, Err: syscall.ECONNRESET}, "the connection to GitHub was cut: try again, and see the network if that happens again"},
		{"too late", &net.OpError{Op: "dial", Addr: at, Err: os.ErrDeadlineExceeded}, "GitHub did not answer in time: see whether the url is right, and whether this machine can reach it"},
		{"no TLS", tls.RecordHeaderError{Msg: "x"}, "GitHub does not speak TLS there: see whether the url begins with http and not https"},
		{"refused", quota.ErrRefused, "GitHub refuses the credentials: they may be wrong, expired or revoked"},
		{"used up", &quota.Exhausted{Until: time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)}, "GitHub allows no more requests before 2026-06-01T08:00:00Z: try again then"},
		{"refused once", &quota.Exhausted{Until: time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC), Refused: 1}, "GitHub allows no more requests before 2026-06-01T08:00:00Z: try again then"},
		{"refused again", &quota.Exhausted{Until: time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC), Refused: 4},
			"GitHub refuses one request 4 times in a row and allows no more requests before 2026-06-01T08:00:00Z: try again then, and see what it limits"},
		{"something else", errors.New("a surprise"), ""},
	} {
		around := fmt.Errorf("get: %w", &url.Error{Op: "Get", URL: "https://me:secret@a.invalid", Err: c.err})
		if got := quota.Words("GitHub", around); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if said := quota.Say("words", around); said.Error() != "words" || !errors.Is(said, c.err) {
			t.Errorf("%s: below its words it is not what it was", c.name)
		}
	}
}

func TestAnswerInWords(t *testing.T) {
	sso := http.Header{"X-Github-Sso": {"required; url=https://github.com/orgs/acme/sso?authorization_request=SECRET"}}
	for _, c := range []struct {
		answer quota.Answer
		want   string
	}{
		{quota.Answer{Status: 403, Text: "403 Forbidden"}, "GitLab answers 403: Forbidden; see what the token is allowed"},
		{quota.Answer{Status: 403, Text: "no", Header: sso}, "GitLab answers 403: no; authorise the token for single sign-on at https://github.com/orgs/acme/sso"},
		{quota.Answer{Status: 502, Text: "<html>"}, "GitLab answers 502: Bad Gateway; try again when the host is well"},
		{quota.Answer{Status: 422, Text: "a\nb"}, "GitLab answers 422: a b"},
		{quota.Answer{Text: "Something went wrong"}, "GitLab answers: Something went wrong"},
		{quota.Answer{Status: 422, Text: strings.Repeat("é", 200)}, "GitLab answers 422: " + strings.Repeat("é", 150) + "…"},
	} {
		c.answer.Product = "GitLab"
		if got := c.answer.Words(); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

// TestFirstQuery asks GraphQL once: what others spent before is not counted, what the query itself costs is, if it asks
// for that first.
func TestFirstQuery(t *testing.T) {
	const query = `repositoryOwner(login: \"acme\") { repositories(first: 100) { nodes { languages(first: 10) { totalCount } refs(refPrefix: \"refs/tags/\", first: 1) { totalCount } } } } }`
	for begin, want := range map[string]int{"{ rateLimit { cost } ": 2, "{ ": 1} {
		within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
			peer.AddOrganization("acme")
			peer.Use("robot", 0, 100)
			a := ask(t, peer, quota.Config{})
			resp, err := a.client.Post(peer.URL+"/graphql", "application/json", strings.NewReader(`{"query": "`+begin+query+`"}`))
			check(t, err)
			body, err := io.ReadAll(resp.Body)
			check(t, errors.Join(err, resp.Body.Close()))
			if got := a.spent(quota.GraphQL).Points; got != want || !strings.Contains(string(body), `"repositoryOwner":{`) {
				t.Errorf("%s: %d points are counted, want %d: %s", begin, got, want, body)
			}
		})
	}
}
