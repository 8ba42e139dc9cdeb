package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// plight is a way in which a host misbehaves from the first request on, and what is said of it: the same of both hosts, by
// check and by scan.
type plight struct {
	name   string
	host   string           // where it is, unless it answers
	answer http.HandlerFunc // nil where it does not
	says   string           // with PRODUCT and its KIND, RIVAL and its LAIR, URL and HOST
	waits  bool             // a scan does, where check says it
}

// answering is a host that always answers the same.
func answering(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// rival is a GitLab to who asks as one asks GitHub, and the other way round.
func rival(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		header := "X-Gitlab-Meta"
		if strings.HasPrefix(r.URL.Path, "/api/v4/") {
			header = "X-GitHub-Request-Id"
		}
		answering(status, body, header, "x")(w, r)
	}
}

func plights(t *testing.T) []plight {
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	t.Cleanup(tls.Close)
	const none = "ask 127.0.0.1: the answer is none of PRODUCT's: it is cut, or a page for people; see whether the url is right, and whether a proxy or a login page stands before it"
	const stranger = "is it a RIVAL host, or a web server? see whether the url is right, and whether a proxy or a login page stands before it"
	const other = "is it a RIVAL host? then it is to be configured as LAIR and not as KIND"
	reset := time.Now().Add(time.Hour).Truncate(time.Second).UTC()
	used := []string{"Ratelimit-Limit", "2000", "Ratelimit-Remaining", "0", "Ratelimit-Reset", fmt.Sprint(reset.Unix()),
		"X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", fmt.Sprint(reset.Unix()), "X-RateLimit-Resource", "graphql"}
	return []plight{
		{name: "a page for people", answer: answering(200, "<!DOCTYPE html><title>Sign in</title>"), says: "URL answers, but not as PRODUCT does (200, with a page for people): " + stranger},
		{name: "a page wherever one goes", answer: answering(404, "<!DOCTYPE html><title>Nothing here</title>"), says: "URL answers, but not as PRODUCT does (404, with a page for people): " + stranger},
		{name: "nothing wherever one goes", answer: answering(404, "404 page not found\n"), says: "URL answers, but not as PRODUCT does (404, whatever is asked): " + stranger},
		{name: "the other host", answer: rival(410, `{"error": "API V3 is no longer supported. Use API V4 instead."}`), says: "URL answers, but not as PRODUCT does (410, as RIVAL does): " + other},
		{name: "the other host, which refuses a token", answer: rival(401, `{"message": "No"}`), says: "URL answers, but not as PRODUCT does (401, as RIVAL does): " + other},
		{name: "a portal", answer: answering(401, `{"error": {"name": "AuthenticationError", "message": "Illegal token"}, "request": {"method": "GET", "url": "/"}, "response": {"statusCode": 401}}`),
			says: "URL answers, but not as PRODUCT does (401, as Backstage does): is it a Backstage host? then it is to be configured as backstage and not as KIND"},
		{name: "null", answer: answering(200, "null"), says: none},
		{name: "nothing", answer: answering(200, ""), says: none},
		{name: "a list", answer: answering(200, "[1]"), says: none},
		{name: "another object", answer: answering(200, `{"hello": "world"}`), says: none},
		{name: "a refused token", answer: answering(401, `{"message": "Bad credentials"}`), says: "127.0.0.1 refuses the credentials (token 1): they may be wrong, expired or revoked"},
		{name: "a page that forbids", answer: answering(403, "<html>Blocked</html>"), says: "ask 127.0.0.1: PRODUCT answers 403: Forbidden; see what the token is allowed"},
		{name: "single sign-on", answer: answering(403, `{"message": "Resource protected by organization SAML enforcement."}`, "X-GitHub-SSO", "required; url=https://github.com/orgs/acme/sso?authorization_request=SECRET"),
			says: "ask 127.0.0.1: PRODUCT answers 403: Resource protected by organization SAML enforcement; authorise the token for single sign-on at https://github.com/orgs/acme/sso"},
		{name: "a list of addresses", answer: answering(403, `{"message": "the acme organization has an IP allow list enabled, and 192.0.2.7 is not permitted to access this resource."}`),
			says: "ask 127.0.0.1: PRODUCT answers 403: the acme organization has an IP allow list enabled, and 192.0.2.7 is not permitted to access this resource; let the address of this machine into that list"},
		{name: "gone", answer: answering(410, `{"message": "No more"}`), says: "ask 127.0.0.1: PRODUCT answers 410: No more; it is gone for good, exclude leaves it out"},
		{name: "blocked", answer: answering(451, `{"message": "No"}`), says: "ask 127.0.0.1: PRODUCT answers 451: No; it is blocked for legal reasons, exclude leaves it out"},
		{name: "out of order", answer: answering(503, "<html>maintenance</html>"), says: "ask 127.0.0.1: PRODUCT answers 503: Service Unavailable; try again when the host is well"},
		{name: "used up", answer: answering(429, `{"message": "Retry later"}`, used...), says: "ask 127.0.0.1: PRODUCT allows no more requests before TIME: try again then", waits: true},
		{name: "a certificate", host: tls.URL, says: "ask 127.0.0.1: the certificate of PRODUCT is not trusted (certificate signed by unknown authority): add who signed it to those that this machine trusts"},
		{name: "nobody there", host: closed.URL, says: "ask 127.0.0.1: nobody listens at HOST: see whether the url is right, and whether PRODUCT runs"},
		{name: "no such name", host: "https://git.acme.invalid", says: "ask git.acme.invalid: the name git.acme.invalid is not known: see whether the url is right, and the DNS of this machine"},
	}
}

// aTime matches what differs from one try to the next.
var aTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:]{8}Z`)

// TestWordsOfCheckAndScan compares the whole lines in which check and scan say what is wrong with a host that lets nobody in.
func TestWordsOfCheckAndScan(t *testing.T) {
	for _, c := range plights(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // they mostly wait
			if c.answer != nil {
				host := httptest.NewServer(c.answer)
				defer host.Close()
				c.host = host.URL
			}
			var tries sync.WaitGroup
			for product, source := range map[string]string{"GitHub": "github: {org", "GitLab": "gitlab: {group"} {
				kind := strings.ToLower(product)
				other := map[string]string{"GitHub": "GitLab", "GitLab": "GitHub"}[product]
				says := strings.NewReplacer("PRODUCT", product, "RIVAL", other, "KIND", kind, "LAIR", strings.ToLower(other), "URL", c.host, "HOST", strings.TrimPrefix(c.host, "http://")).Replace(c.says)
				p := &place{TB: t, dir: t.TempDir(), store: "store"}
				p.setenv("T", "a-secret")
				p.write(fmt.Sprintf("sources: [{%s: acme, token: \"${T}\", url: %q}}]\n%s", source, c.host, hostedPaths))
				tries.Go(func() {
					if c.waits {
						return // see TestWordsWhileWaiting
					}
					_, said := p.run(exitFailed, "scan")
					if diff := cmp.Diff(aTime.ReplaceAllString(said, "TIME"), "trodden: source "+kind+": "+says+"\n"); diff != "" {
						t.Errorf("scan of %s says -got +want\n%s", product, diff)
					}
				})
				tries.Go(func() {
					out, said := p.run(exitUnknown, "check")
					want := "source " + kind + ": 0 repositories; not complete: " + says
					if got := strings.Split(aTime.ReplaceAllString(out, "TIME"), "\n"); got[1] != want || said != "" {
						t.Errorf("check of %s says\n%s\nand %q, want\n%s", product, got[1], said, want)
					}
				})
			}
			tries.Wait()
		})
	}
}

// bothHosts makes a place for each host, with four repositories of acme.
func bothHosts(t *testing.T) (hub, lab *place, github *githubtest.Peer, gitlab *gitlabtest.Peer) {
	hub, github = newHosted(t)
	lab, gitlab = newGitLab(t, gitlabtest.Config{})
	for _, name := range []string{"api", "app", "pay", "web"} {
		github.AddRepo("acme", githubtest.Repo{Name: name, Files: map[string]string{"Jenkinsfile": "node {}\n"}})
		gitlab.AddProject("acme", gitlabtest.Project{Path: name, Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	}
	return hub, lab, github, gitlab
}

// TestWordsOfATokenThatDies revokes a token in the middle of a scan: that is one line, not one a repository, unless all is
// logged, and another one for what is not read beside files.
func TestWordsOfATokenThatDies(t *testing.T) {
	t.Parallel()
	hub, lab, github, gitlab := bothHosts(t)
	github.Fail(hosttest.Fault{Failure: githubtest.BadToken, After: 3, Times: -1})
	gitlab.Fail(hosttest.Fault{Failure: gitlabtest.BadToken, After: 5, Times: -1})
	beside := map[string]string{"GitLab": `source gitlab: not read: pipelines, merge requests, deployments, policies of 4 repositories, as GitLab ` +
		`refuses the credentials \(token 1\): they may be wrong, expired or revoked \(since [^)]+\)\n`}
	for product, p := range map[string]*place{"GitHub": hub, "GitLab": lab} {
		_, said := p.run(exitUnknown, "scan")
		want := regexp.MustCompile(`^unknown: 4 repositories \(127\.0\.0\.1/acme/\w+, 127\.0\.0\.1/acme/\w+, 127\.0\.0\.1/acme/\w+, …\): forbidden \(` + product +
			` refuses the credentials \(token 1\): they may be wrong, expired or revoked\)\n` + beside[product] + `$`)
		if !want.MatchString(said) {
			t.Errorf("%s: it says\n%s", product, said)
		}
	}
	github.Heal()
	github.Fail(hosttest.Fault{Failure: githubtest.BadToken, After: 3, Times: -1})
	if _, said := hub.run(exitUnknown, "scan", "--log-level", "debug"); strings.Count(said, "\nunknown: 127.0.0.1/acme/") != 4 {
		t.Errorf("with everything logged it says\n%s", said)
	}
}

// TestWordsOfWhatIsNotThere names accounts that are not there, or are of the other kind: both hosts have the same sentence,
// and no store is made of it.
func TestWordsOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	hub, lab, github, gitlab := bothHosts(t)
	github.AddUser("ana")
	gitlab.AddUser(gitlabtest.User{Username: "ana"})
	gitlab.AddGroup("works", gitlabtest.Group{Visibility: "public"})
	gitlab.RenameGroup("works", "globex")
	for _, c := range []struct{ hub, lab, says string }{
		{"org: ana", "", "there is no organisation ana on 127.0.0.1, but a user of that name: configure user: ana"},
		{"user: acme", "", "there is no user acme on 127.0.0.1, but an organisation of that name: configure org: acme"},
		{"", "group: ana", "there is no group ana on 127.0.0.1, but a user of that name: configure user: ana"},
		{"", "user: acme", "there is no user acme on 127.0.0.1, but a group of that name: configure group: acme"},
		{"", "group: works", "the group works on 127.0.0.1 has another path by now: configure group: globex"},
		{"org: typo", "", "there is no organisation typo on 127.0.0.1, or the token does not see it"},
		{"", "group: typo", "there is no group typo on 127.0.0.1, or the token does not see it"},
		{"user: typo", "user: typo", "there is no user typo on 127.0.0.1, or the token does not see it"},
	} {
		for kind, what := range map[string]string{"github": c.hub, "gitlab": c.lab} {
			p, url := hub, github.URL
			if kind == "gitlab" {
				p, url = lab, gitlab.URL
			}
			if what == "" {
				continue
			}
			p.write(fmt.Sprintf("sources: [{%s: {%s, token: \"${%s_TOKEN}\", url: %q}}]\n%s", kind, what, strings.ToUpper(kind), url, hostedPaths))
			if _, said := p.run(exitFailed, "scan"); said != "trodden: source "+kind+": "+c.says+"\n" {
				t.Errorf("scan of %s, %s, says %q", kind, what, said)
			}
			if _, err := os.Stat(filepath.Join(p.dir, p.store)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("scan of %s, %s, leaves a store: %v", kind, what, err)
			}
			if out, _ := p.run(exitUnknown, "check"); !strings.Contains(out, "source "+kind+": 0 repositories; not complete: "+c.says+"\n") {
				t.Errorf("check of %s, %s, says\n%s", kind, what, out)
			}
		}
	}
	kept := filepath.Join(hub.dir, hub.store, ".gitkeep") // is no store either
	if err := errors.Join(os.MkdirAll(filepath.Dir(kept), 0o700), os.WriteFile(kept, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	hub.write(fmt.Sprintf("sources: [{github: {org: typo, token: \"${GITHUB_TOKEN}\", url: %q}}]\n%s", github.URL, hostedPaths))
	hub.run(exitFailed, "scan")
	if files, err := os.ReadDir(filepath.Dir(kept)); err != nil || len(files) != 1 {
		t.Errorf("in a folder with a hidden file a scan that reads nothing leaves %v, %v", files, err)
	}
	hub.write(fmt.Sprintf("sources: [{github: {repos: [acme/typo], token: \"${GITHUB_TOKEN}\", url: %q}}]\n%s", github.URL, hostedPaths))
	lab.write(fmt.Sprintf("sources: [{gitlab: {projects: [acme/typo], token: \"${GITLAB_TOKEN}\", url: %q}}]\n%s", gitlab.URL, hostedPaths))
	for _, p := range []*place{hub, lab} {
		for _, command := range []string{"check", "scan"} {
			if _, said := p.run(exitUnknown, command); said != "unknown: 127.0.0.1/acme/typo: forbidden (it is not there, or the token does not see it)\n" {
				t.Errorf("%s says %q", command, said)
			}
		}
	}
}

// TestWordsOfBudgets gives numbers of requests that are none.
func TestWordsOfBudgets(t *testing.T) {
	t.Parallel()
	p := newPlace(t, hostedPaths)
	for given, want := range map[string]string{
		"x":   `trodden: invalid argument "x" for "--budget" flag: expected a number of requests, or 0 for no bound`,
		"-1":  `trodden: invalid argument "-1" for "--budget" flag: expected a number of requests, or 0 for no bound`,
		"1.5": `trodden: invalid argument "1.5" for "--budget" flag: expected a number of requests, or 0 for no bound`,
	} {
		if _, said := p.run(exitUsage, "scan", "--budget", given); strings.Split(said, "\n")[0] != want {
			t.Errorf("of %s it says %s", given, said)
		}
	}
}

// TestWordsWhileWaiting uses up what a host allows for the hour: a scan says what it waits for, and check does not wait.
func TestWordsWhileWaiting(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	peer.Use("robot", 0, 5000)
	out, _ := p.run(exitUnknown, "check")
	const want = "source github: 0 repositories; not complete: list the repositories of 127.0.0.1/acme: GitHub allows no more requests before TIME: try again then"
	if got := strings.Split(aTime.ReplaceAllString(out, "TIME"), "\n")[1]; got != want {
		t.Errorf("check says\n%s\nwant\n%s", got, want)
	}
	p.waits("source=github host=127.0.0.1:[0-9]+ resource=graphql")
	if n := peer.Counts().Exhausted; n != 2 { // the first that each process asks
		t.Errorf("%d requests were sent though nothing was left, want 2", n)
	}

	limits := plights(t)
	nothing := httptest.NewServer(limits[slices.IndexFunc(limits, func(c plight) bool { return c.waits })].answer)
	defer nothing.Close()
	for kind, source := range map[string]string{"github": "github: {org", "gitlab": "gitlab: {group"} {
		p := &place{TB: t, dir: t.TempDir(), store: "store"}
		p.setenv("T", "a-secret")
		p.write(fmt.Sprintf("sources: [{%s: acme, token: \"${T}\", url: %q}}]\n%s", source, nothing.URL, hostedPaths))
		p.waits("source=" + kind + " host=127.0.0.1:[0-9]+ resource=(rest|graphql)")
	}
}

// waits scans until that waits, and looks for of whom it says what it waits for.
func (p *place) waits(of string) {
	p.Helper()
	cmd := p.command("scan")
	said, err := cmd.StderrPipe()
	if err != nil {
		p.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	line, _ := bufio.NewReader(said).ReadString('\n')
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		p.Error(err)
	}
	_ = cmd.Wait() // it was interrupted
	if ok, _ := regexp.MatchString(`level=WARN msg="waiting until the host allows more requests: what is read by now is kept" `+of+` until=\S+ wait=\S+\n$`, line); !ok {
		p.Errorf("scan says %q", line)
	}
}
