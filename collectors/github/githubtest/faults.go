package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
)

// Failure is a way in which an answer can be bad.
type Failure string

// Failures. Those in the first group are answered in place of the real answer, those in the second spoil it.
const (
	BadToken       Failure = "401: bad credentials"
	Forbidden      Failure = "403: not allowed"
	Secondary      Failure = "403: a secondary limit"
	Missing        Failure = "404"
	Empty          Failure = "409: an empty repository"
	Gone           Failure = "410"
	Unprocessable  Failure = "422"
	TooMany        Failure = "429"
	Blocked        Failure = "451: for legal reasons"
	Internal       Failure = "500"
	BadGateway     Failure = "502: a page of HTML"
	Unavailable    Failure = "503"
	GatewayTimeout Failure = "504"
	Hang           Failure = "no answer until the caller gives up"

	Cut       Failure = "an answer that ends in the middle"
	HTML      Failure = "a page of HTML with status 200"
	Nulls     Failure = "null wherever it is allowed"
	NullNodes Failure = "null for every other node of lists"
	Partial   Failure = "GraphQL data with errors: every other thing that was asked for by name is null"
)

// Fault lets some requests fail.
type Fault struct {
	Failure Failure
	Route   string // pattern of the route, such as GraphQL or GET /orgs/{org}/repos; any where empty
	Path    string // glob of the path, such as /repos/acme/*; any where empty
	Repo    string // owner/name: what is asked of it by REST, and it alone in a query of GraphQL; any where empty
	Token   string // of who asks; anybody where empty
	Type    string // the type of GraphQL whose fields Nulls makes null; all below what was asked for where empty
	After   int    // requests that go well before
	Times   int    // requests that fail; 1 where 0, all that follow where negative
}

type faults struct {
	mu   sync.Mutex
	list []*Fault
}

// Fail lets requests fail from now on. Where several faults fit a request the first one is taken.
func (p *Peer) Fail(f Fault) {
	p.faults.mu.Lock()
	defer p.faults.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	p.faults.list = append(p.faults.list, &f)
}

// Heal ends all faults.
func (p *Peer) Heal() {
	p.faults.mu.Lock()
	defer p.faults.mu.Unlock()
	p.faults.list = nil
}

// take returns the fault of a request, if it has one.
func (f *faults) take(c *call) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.list {
		if x.fits(c) && x.due() {
			return x
		}
	}
	return nil
}

// ofRepo returns the fault of a repository that a query asks for.
func (f *faults) ofRepo(name string) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.list {
		if strings.EqualFold(x.Repo, name) && (x.Route == "" || x.Route == GraphQL) && x.due() {
			return x
		}
	}
	return nil
}

// due says whether it is the turn of a fault that fits, and counts.
func (f *Fault) due() bool {
	switch {
	case f.Times == 0:
		return false
	case f.After > 0:
		f.After--
		return false
	case f.Times > 0:
		f.Times--
	}
	return true
}

func (f *Fault) fits(c *call) bool {
	ok := true
	if f.Path != "" {
		ok, _ = path.Match(f.Path, c.request.URL.Path)
	}
	if f.Repo != "" {
		ok = ok && strings.EqualFold(f.Repo, c.path("owner")+"/"+c.path("repo"))
	}
	return ok && (f.Route == "" || f.Route == c.route.pattern) && (f.Token == "" || f.Token == credential(c.request))
}

func (f *Fault) is(failure Failure) bool { return f != nil && f.Failure == failure }

// refusal is the answer in place of the real one; nil where the fault is none of that kind.
func (f *Fault) refusal(c *call) error {
	if f == nil {
		return nil
	}
	switch f.Failure {
	case Forbidden:
		return refuse(http.StatusForbidden, "Resource not accessible by personal access token")
	case Missing:
		return notFound()
	case Empty:
		return refuse(http.StatusConflict, "Git Repository is empty.")
	case Gone:
		return refuse(http.StatusGone, "This resource is gone.")
	case Unprocessable:
		return refuse(http.StatusUnprocessableEntity, "Validation Failed")
	case TooMany:
		return tooMany()
	case Blocked:
		return blocked()
	case Hang:
		return c.hang()
	}
	return f.broken()
}

// broken is the answer of a server that does not work.
func (f *Fault) broken() error {
	switch f.Failure {
	case Internal:
		return refuse(http.StatusInternalServerError, "Server Error")
	case BadGateway:
		return badGateway()
	case Unavailable:
		return refuse(http.StatusServiceUnavailable, "Service unavailable")
	case GatewayTimeout:
		return gatewayTimeout()
	case HTML:
		no := refuse(http.StatusOK, "")
		no.body = page("Unicorn!")
		return no
	}
	return nil
}

// graph is what a query says of a repository that has the fault.
func (f *Fault) graph(name string) error {
	switch f.Failure {
	case Missing:
		return graphFail("NOT_FOUND", "Could not resolve to a Repository with the name '%s'.", name)
	case Forbidden, Blocked:
		return graphFail("FORBIDDEN", "Resource protected by organization SAML enforcement. You must grant your token access to this organization.")
	}
	return graphFail("", "Something went wrong while executing your query. Please include `GITHUBTEST` when reporting this issue.")
}

func tooMany() error {
	no := refuse(http.StatusTooManyRequests, "Too many requests")
	no.header.Set("Retry-After", "60")
	return no
}

func blocked() error {
	no := refuse(http.StatusUnavailableForLegalReasons, "Repository access blocked")
	no.body = object{"message": no.message, "block": object{"reason": "dmca", "created_at": stamp(Start), "html_url": "https://github.com/github/dmca"}}
	return no
}

func badGateway() error {
	no := refuse(http.StatusBadGateway, "502 Bad Gateway")
	no.body = page("502 Bad Gateway")
	return no
}

func gatewayTimeout() error {
	no := refuse(http.StatusGatewayTimeout, "504 Gateway Time-out")
	no.body = object{"message": "We couldn't respond to your request in time. Sorry about that. Please try resubmitting your request and contact us if the problem persists."}
	return no
}

func page(title string) raw {
	return raw{"text/html; charset=utf-8", fmt.Sprintf("<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n</body>\r\n</html>\r\n", title, title)}
}

// hang waits until the caller gives up or the peer ends.
func (c *call) hang() error {
	select {
	case <-c.request.Context().Done():
	case <-c.peer.closing:
	}
	return refuse(http.StatusGatewayTimeout, "nobody waits any more")
}

// spoil changes the content of an answer. Answers of GraphQL are spoiled where they are made, for there the
// schema says what may be null.
func (f *Fault) spoil(body any) any {
	if !f.is(Nulls) {
		return body
	}
	text, err := json.Marshal(body)
	if err != nil {
		return body
	}
	var plain any
	if json.Unmarshal(text, &plain) != nil {
		return body
	}
	if answer, ok := plain.(map[string]any); ok && answer["data"] != nil {
		return body
	}
	return nulled(plain)
}

// nulled makes null whatever GitHub's description of REST says may be null.
func nulled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if slices.Contains(nullable(), name) {
				v[name] = nil
				continue
			}
			v[name] = nulled(value)
		}
	case []any:
		for i := range v {
			v[i] = nulled(v[i])
		}
	}
	return v
}

// nullable lists the fields that may be null in answers of the routes that the peer has.
func nullable() []string {
	return strings.Fields(`actor assignee author auto_merge body closed_at color committer conclusion creator deployment_branch_policy
		description download_url email git_url head_branch head_commit homepage language license merge_commit_sha merged_at milestone mirror_url
		parent performed_via_github_app pushed_at referenced_workflows repo size status suggestion suspended_at template_repository triggering_actor user value`)
}
