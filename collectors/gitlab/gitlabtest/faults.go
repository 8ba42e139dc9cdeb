package gitlabtest

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
	BadToken       Failure = "401: invalid_token"
	Scope          Failure = "403: insufficient_scope"
	Forbidden      Failure = "403: not allowed"
	Missing        Failure = "404"
	Gone           Failure = "410"
	Unprocessable  Failure = "422"
	TooMany        Failure = "429: with Retry-After"
	TooOften       Failure = "429: a limit of the application, without a word when to come again"
	Blocked        Failure = "451: for legal reasons"
	Internal       Failure = "500"
	BadGateway     Failure = "502: a page of HTML"
	Unavailable    Failure = "503"
	GatewayTimeout Failure = "504"
	Hang           Failure = "no answer until the caller gives up"

	Cut     Failure = "an answer that ends in the middle"
	HTML    Failure = "a page of HTML with status 200"
	Nulls   Failure = "null wherever it is allowed"
	Partial Failure = "GraphQL data with errors: the repository of every other project is null"
)

// Fault lets some requests fail.
type Fault struct {
	Failure Failure
	Route   string // pattern of the route, such as GraphQL or GET /groups/{id}/projects; any where empty
	Path    string // glob of the path, such as /api/v4/projects/1/*; any where empty
	Project string // full path: what is asked of it by REST, and it alone in a query of GraphQL; any where empty
	Token   string // of who asks; anybody where empty
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

// ofProject returns the fault of a project that a query asks for.
func (f *faults) ofProject(name string) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.list {
		if strings.EqualFold(x.Project, name) && (x.Route == "" || x.Route == GraphQL) && x.due() {
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
	if f.Project != "" {
		ok = ok && strings.EqualFold(f.Project, c.target)
	}
	return ok && (f.Route == "" || f.Route == c.route.pattern) && (f.Token == "" || f.Token == credential(c.request))
}

// targeted returns the full path that the project of a request has now; empty where it is of none.
func (p *Peer) targeted(rt route, r *http.Request) string {
	if !strings.Contains(rt.pattern, "/projects/{id}") {
		return ""
	}
	p.state.mu.RLock()
	defer p.state.mu.RUnlock()
	if x := p.state.named(r.PathValue("id")); x != nil {
		return x.fullPath()
	}
	return ""
}

func (f *Fault) is(failure Failure) bool { return f != nil && f.Failure == failure }

// refusal is the answer in place of the real one; nil where the fault is none of that kind.
func (f *Fault) refusal(c *call) error {
	if f == nil {
		return nil
	}
	switch f.Failure {
	case Forbidden:
		return refuse(http.StatusForbidden, "403 Forbidden")
	case Missing:
		return notFound("Project")
	case Gone:
		return refuse(http.StatusGone, "410 Gone")
	case Unprocessable:
		return refuse(http.StatusUnprocessableEntity, "422 Unprocessable Entity")
	case TooMany:
		return throttled(c.peer.Now())
	case TooOften:
		return overApplicationLimit()
	case Blocked:
		return refuse(http.StatusUnavailableForLegalReasons, "451 Unavailable For Legal Reasons")
	case Hang:
		return c.hang()
	}
	return f.broken()
}

// broken is the answer of a server that does not work.
func (f *Fault) broken() error {
	switch f.Failure {
	case Internal:
		return refuse(http.StatusInternalServerError, "500 Internal Server Error")
	case BadGateway:
		return html(http.StatusBadGateway, "GitLab is not responding (502)")
	case Unavailable:
		return html(http.StatusServiceUnavailable, "GitLab is down for maintenance (503)")
	case GatewayTimeout:
		return html(http.StatusGatewayTimeout, "504 Gateway Time-out")
	case HTML:
		return html(http.StatusOK, "Sign in")
	}
	return nil
}

func html(status int, title string) *refusal {
	no := refuse(status, "%s", title)
	no.body = raw{"text/html; charset=utf-8", fmt.Sprintf("<!DOCTYPE html>\n<html>\n<head><title>%s</title></head>\n<body><h1>%s</h1></body>\n</html>\n", title, title)}
	return no
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
// documentation says what may be null.
func (f *Fault) spoil(body any) any {
	if !f.is(Nulls) {
		return body
	}
	text, err := json.Marshal(body)
	var plain any
	if err != nil || json.Unmarshal(text, &plain) != nil {
		return body
	}
	if answer, ok := plain.(map[string]any); ok && answer["data"] != nil {
		return body
	}
	return nulled(plain)
}

// nulled makes null whatever may be null.
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

// nullable lists the fields that may be null in answers of the routes that the peer has, and a few that only careless
// servers of one's own make so.
func nullable() []string {
	return strings.Fields(`author avatar_url before_sha ci_config_path closed_at committed_at coverage created_at default_branch deployable
		description duration expires_at external_url file_template_project_id finished_at first_activity_at forked_from_project import_type
		includes labels last_activity_at last_deployment marked_for_deletion_at merge_commit_sha merge_user merged_at merged_by merged_yaml message
		milestone owner parent_id queued_duration raw blob release squash_commit_sha started_at tag_list tier topics updated_at user
		web_url commit compliance_frameworks`)
}
