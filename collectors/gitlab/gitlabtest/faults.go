package gitlabtest

import (
	"net/http"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

type (
	// Failure is a way in which an answer can be bad.
	Failure = hosttest.Failure
	// Fault lets some requests fail. A project is named by its full path.
	Fault = hosttest.Fault
)

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
	Hang                   = hosttest.Hang

	Cut             = hosttest.Cut
	HTML    Failure = "a page of HTML with status 200"
	Nulls           = hosttest.Nulls
	Partial Failure = "GraphQL data with errors: the repository of every other project is null"
)

// failures are what is answered in place of the real answer.
func failures(now time.Time) map[Failure]*hosttest.Refusal {
	return map[Failure]*hosttest.Refusal{
		Forbidden:      hosttest.Refuse(http.StatusForbidden, "403 Forbidden"),
		Missing:        notFound("Project"),
		Gone:           hosttest.Refuse(http.StatusGone, "410 Gone"),
		Unprocessable:  hosttest.Refuse(http.StatusUnprocessableEntity, "422 Unprocessable Entity"),
		TooMany:        throttled(now),
		TooOften:       overApplicationLimit(),
		Blocked:        hosttest.Refuse(http.StatusUnavailableForLegalReasons, "451 Unavailable For Legal Reasons"),
		Internal:       hosttest.Refuse(http.StatusInternalServerError, "500 Internal Server Error"),
		BadGateway:     hosttest.RefusePage(http.StatusBadGateway, "GitLab is not responding (502)"),
		Unavailable:    hosttest.RefusePage(http.StatusServiceUnavailable, "GitLab is down for maintenance (503)"),
		GatewayTimeout: hosttest.RefusePage(http.StatusGatewayTimeout, "504 Gateway Time-out"),
		HTML:           hosttest.RefusePage(http.StatusOK, "Sign in"),
	}
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

// nullable lists the fields that may be null in answers of the routes that the peer has, and a few that only careless
// servers of one's own make so.
func nullable() []string {
	return strings.Fields(`author avatar_url before_sha ci_config_path closed_at committed_at coverage created_at default_branch deployable
		description duration expires_at external_url file_template_project_id finished_at first_activity_at forked_from_project import_type
		includes labels last_activity_at last_deployment marked_for_deletion_at merge_commit_sha merge_user merged_at merged_by merged_yaml message
		milestone owner parent_id queued_duration raw blob release squash_commit_sha started_at tag_list tier topics updated_at user
		web_url commit compliance_frameworks`)
}
