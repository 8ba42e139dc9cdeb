package gitlab_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/quota"
)

// open is a crew all of whose files are text.
func open(t testing.TB) *scanner {
	s := crew(t)
	s.peer.Push("acme/web/shop", gitlabtest.Push{Deleted: []string{"odd.yml"}, At: s.peer.Now().Add(-2 * time.Hour)})
	return s
}

// pooled has a scanner ask through a pool, which does not ask any more once its token was refused.
func pooled(s *scanner) {
	base, err := url.Parse(s.peer.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	s.wrap = func(http.RoundTripper) http.RoundTripper {
		return quota.New(quota.Config{Source: "gitlab", Base: base, Family: quota.GitLabSelfManaged(), Transport: s.peer.Transport(),
			Credentials: []quota.Credential{quota.Static("token 1", "PRIVATE-TOKEN", gitlabtest.Secret)}})
	}
}

// undisturbed is what two scans know of an open crew, and how many requests the first one makes.
func undisturbed(t testing.TB) (want collectorstest.Knowledge, requests int) {
	s := open(t)
	s.scan()
	requests = s.peer.Counts().Requests
	s.scan()
	return s.store.Knowledge(), requests
}

// heals scans until everything is tried again, of a few projects first, and fails the test where something else is known then.
func (s *scanner) heals(want collectorstest.Knowledge) {
	s.t.Helper()
	s.scan()
	s.scan()
	if sum := s.scan(); !whole(sum) || len(sum.Denied) > 0 {
		s.t.Errorf("when it is well again the scan came to %d unknown, %q, %+v", sum.Unknown, sum.Partial, sum.Denied)
	}
	if diff := s.store.Knowledge().Differs(want); diff != "" {
		s.t.Errorf("-got +want\n%s", diff)
	}
}

// lackMerges reports whether a scan says that merge requests are not read.
func lackMerges(sum collectors.Summary) bool {
	has := func(text string) bool { return strings.Contains(text, "merge requests") }
	return slices.ContainsFunc(sum.Denied, func(r collectors.Refusal) bool { return has(r.Part) }) || slices.ContainsFunc(sum.Partial, has)
}

// TestRevokedInTheFirstScan has a host let in nobody any more after so many requests of the first scan of a group,
// whatever they are for. Projects that are unknown lack what is beside files, too, and the scan says so; once the token is
// good again, the same is known as if nothing had happened.
func TestRevokedInTheFirstScan(t *testing.T) {
	want, requests := undisturbed(t)
	for name, c := range map[string]struct {
		failure gitlabtest.Failure
		ask     func(*scanner)
	}{
		"401":                {gitlabtest.BadToken, func(*scanner) {}},
		"401 through a pool": {gitlabtest.BadToken, pooled},
		"403":                {gitlabtest.Forbidden, func(*scanner) {}},
		"404":                {gitlabtest.Missing, func(*scanner) {}},
	} {
		for after := range requests {
			t.Run(fmt.Sprintf("%s after %d", name, after), func(t *testing.T) {
				t.Parallel()
				s := open(t)
				c.ask(s)
				s.peer.Fail(gitlabtest.Fault{Failure: c.failure, After: after, Times: -1})
				if sum := s.scan(); sum.Unknown > 0 && !lackMerges(sum) {
					t.Errorf("of %d unknown projects the scan says %q, %+v", sum.Unknown, sum.Partial, sum.Denied)
				}
				s.peer.Heal()
				s.heals(want)
			})
		}
	}
}

// TestTreesDeniedAtFirst denies the files of all projects in the first scan, and nothing else.
func TestTreesDeniedAtFirst(t *testing.T) {
	want, _ := undisturbed(t)
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			s := open(t)
			s.wrap = passing{query: "tree(recursive", failing: func() bool { return true }}.denying(status)
			if sum := s.scan(); sum.Unknown != 3 || !lackMerges(sum) {
				t.Errorf("the scan came to %+v, want three unknown that lack merge requests", sum)
			}
			s.wrap = nil
			s.heals(want)
		})
	}
}

// TestAProjectThatIsOpenedLater hides one project for two scans, from the first one on or once it is known, while
// something happens in it of everything.
func TestAProjectThatIsOpenedLater(t *testing.T) {
	const shop = "acme/web/shop"
	for _, failure := range []gitlabtest.Failure{gitlabtest.Forbidden, gitlabtest.Missing} {
		for _, known := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/known %v", failure, known), func(t *testing.T) {
				follow := func(hides bool) *scanner {
					s := open(t)
					s.config.Providers = append(s.config.Providers, "gitlab.invalid/"+shop)
					if known {
						s.scan()
					}
					if hides {
						s.peer.Fail(gitlabtest.Fault{Failure: failure, Repo: shop, Times: -1})
					}
					s.scan()
					at := s.peer.Now()
					s.pause = 3 * time.Hour
					s.peer.Push(shop, gitlabtest.Push{Files: map[string]string{"go.mod": "module shop\n"}, At: at})
					s.peer.AddMergeRequest(shop, gitlabtest.MergeRequest{Title: "y", Source: "y", Author: "bo", Created: at})
					s.peer.AddPipeline(shop, gitlabtest.Pipeline{Created: at, Finished: at.Add(time.Minute)})
					s.peer.Tag(shop, "v2", "")
					if sum := s.scan(); hides && (sum.Unknown != 1 || !known && !lackMerges(sum)) {
						t.Errorf("the scan came to %+v, want one unknown", sum)
					}
					s.peer.Heal()
					return s
				}
				good := follow(false)
				good.heals(good.store.Knowledge())
				follow(true).heals(good.store.Knowledge())
			})
		}
	}
}

// TestContentsAbsentAtFirst has the host say of a content that it lists that it is not there, in the first scan and nothing
// else: nobody knows then what is in its project, and the next scan asks again.
func TestContentsAbsentAtFirst(t *testing.T) {
	good := crew(t)
	good.scan()
	good.scan()
	s := crew(t)
	asks := s.wrap
	s.wrap = passing{route: "/raw", failing: func() bool { return true }}.denying(http.StatusNotFound)
	if sum := s.scan(); sum.Unknown != 1 {
		t.Errorf("the scan came to %+v, want one unknown", sum)
	}
	s.wrap = asks
	s.heals(good.store.Knowledge())
}
