package quota_test

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors/quota"
)

// TestOutage asks one thing after the other of a host that fails: asking ends where that goes on, and nowhere else.
func TestOutage(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	const lint, same = "projects/%d/ci/lint", "projects/7/ci/lint?n=%d"
	nobody := func(n int, after time.Duration) (*http.Response, error) { return nil, refused }
	bad := func(n int, after time.Duration) (*http.Response, error) {
		return answer(http.StatusBadGateway, ""), nil
	}
	well := func() (*http.Response, error) { return answer(http.StatusOK, "{}"), nil }
	for _, test := range []struct {
		name   string
		fails  func(n int, after time.Duration) (*http.Response, error) // request number n
		path   string
		failed int           // of 100
		tries  int           // at most
		most   time.Duration // that they take
		other  bool          // something else is asked for then, and answered
		words  string        // of the last one; "" where that is answered
	}{
		{"nobody listens", nobody, lint, 100, 60, 70 * time.Second, false,
			`^GitLab failed \d+ requests in a row, for 1m\ds, and is not asked for that any more in this run: nobody listens: see whether`},
		{"nobody listens for half a minute", func(n int, after time.Duration) (*http.Response, error) {
			if after < 30*time.Second {
				return nil, refused
			}
			return well()
		}, lint, 10, 200, 50 * time.Second, true, ""},
		{"it hangs up", func(int, time.Duration) (*http.Response, error) { return nil, io.EOF }, lint, 100, 60, 70 * time.Second, false,
			`: the connection to GitLab was cut: try again, and see the network if that happens again$`},
		{"it is not well", bad, lint, 100, 66, 90 * time.Second, true,
			`^GitLab failed \d+ requests in a row, for 1m\d+s, and is not asked for that any more in this run: it answers 502 Bad Gateway$`},
		{"it is not well at all", bad, "any%[1]d/%[1]d", 100, 60, 70 * time.Second, false,
			`^GitLab failed \d+ requests in a row, for 1m\ds, and is not asked for that any more in this run: it answers 502 Bad Gateway$`},
		{"it is not well with a few things, after a while", func(n int, after time.Duration) (*http.Response, error) {
			if n < 5 {
				time.Sleep(20 * time.Second)
				return bad(n, after)
			}
			return well()
		}, lint, 5, 200, 8 * time.Minute, true, ""},
		{"it is not well with one thing", bad, same, 100, 300, 8 * time.Minute, true, ""},
		{"every other one", func(n int, after time.Duration) (*http.Response, error) {
			if n%2 == 0 {
				return bad(n, after)
			}
			return well()
		}, lint, 50, 200, 4 * time.Minute, true, ""},
		{"it says when to come back", func(n int, after time.Duration) (*http.Response, error) {
			if after < 2*time.Hour {
				return answer(http.StatusServiceUnavailable, "", "Retry-After", "1800"), nil
			}
			return well()
		}, lint, 1, 200, 3 * time.Hour, true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun, tries, n := time.Now(), 0, 0
				base, err := url.Parse("https://host.test/api/v4")
				check(t, err)
				pool := quota.New(quota.Config{Source: "host", Base: base, Family: quota.GitLabSelfManaged(), Transport: carrier(func(r *http.Request) (*http.Response, error) {
					if strings.HasSuffix(r.URL.Path, "/version") && test.other {
						return well()
					}
					tries++
					return test.fails(n, time.Since(begun))
				})})
				client, failed := &http.Client{Transport: pool}, 0
				var last error
				for n = range 100 {
					var status int
					status, last = fetch(t, client, http.MethodGet, "https://host.test/api/v4/"+fmt.Sprintf(test.path, n))
					if last != nil || status >= 500 {
						failed++
					}
				}
				took := time.Since(begun)
				if failed > test.failed || failed < test.failed*2/3 || tries > test.tries || took > test.most {
					t.Errorf("%d of 100 requests failed in %d tries and %s, want %d, at most %d tries and %s", failed, tries, took, test.failed, test.tries, test.most)
				}
				words := ""
				if last != nil {
					words = quota.Words("GitLab", last)
				}
				if !regexp.MustCompile(cmp.Or(test.words, "^$")).MatchString(words) {
					t.Errorf("the last one failed with %v: %q, want %q", last, words, test.words)
				}
				if status, err := fetch(t, client, http.MethodGet, "https://host.test/api/v4/version"); (status == http.StatusOK) != test.other {
					t.Errorf("something else: got %d, %v", status, err)
				}
				test.fails = func(int, time.Duration) (*http.Response, error) { return well() }
				pool.Begin(nil)
				if status, err := fetch(t, client, http.MethodGet, "https://host.test/api/v4/"+fmt.Sprintf(test.path, 1)); status != http.StatusOK {
					t.Errorf("the next run: got %d, %v", status, err)
				}
			})
		})
	}
}
