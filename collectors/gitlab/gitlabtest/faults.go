package gitlabtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
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
	Stall           = hosttest.Stall
	Drip            = hosttest.Drip
	HTML    Failure = "a page of HTML with status 200"
	Nulls           = hosttest.Nulls
	Partial Failure = "GraphQL data with errors: the repository of every other project is null"
)

// Failures that answer with status 200 what holds nothing, the first by REST and by GraphQL.
const (
	Empty       Failure = "an empty body"
	Null        Failure = "null"
	Object      Failure = "an object with nothing in it"
	PlainEmpty  Failure = "an empty body that is no JSON"
	PlainNull   Failure = "null that is no JSON"
	PlainList   Failure = "a list of nothing that is no JSON"
	NullEntry   Failure = "a list of null"
	ObjectEntry Failure = "a list of an object with nothing in it"
	NoEntries   Failure = "a list of nothing"

	NoData     Failure = "GraphQL data that is null"
	EmptyData  Failure = "GraphQL data with nothing in it"
	NullData   Failure = "GraphQL data that is null wherever something was asked for"
	NullNodes  Failure = "GraphQL lists that are null"
	EmptyNodes Failure = "GraphQL lists with nothing in them"
	NullInner  Failure = "GraphQL lists within entries of others that are null"
	EmptyInner Failure = "GraphQL lists within entries of others with nothing in them"
)

// holdingNothing are the answers that hold nothing.
func holdingNothing() map[Failure]*hosttest.Refusal {
	said := func(kind, text string) *hosttest.Refusal {
		return hosttest.Refuse(http.StatusOK, "").With(hosttest.Raw{Type: kind, Text: text})
	}
	const js, plain = "application/json", "text/plain; charset=utf-8"
	return map[Failure]*hosttest.Refusal{
		Empty: said(js, ""), Null: said(js, "null"), Object: said(js, "{}"), PlainEmpty: said(plain, ""), PlainNull: said(plain, "null"), PlainList: said(plain, "[]"),
		NullEntry: said(js, "[null]"), ObjectEntry: said(js, "[{}]"), NoEntries: said(js, "[]"), NoData: said(js, `{"data":null}`), EmptyData: said(js, `{"data":{}}`),
	}
}

// hollow takes out of an answer of GraphQL what a fault takes.
func hollow(answer object, f *Fault) object {
	if f == nil || !slices.Contains([]Failure{NullData, NullNodes, EmptyNodes, NullInner, EmptyInner}, f.Failure) {
		return answer
	}
	text, err := json.Marshal(answer["data"])
	var data object
	if err != nil || json.Unmarshal(text, &data) != nil {
		return answer
	}
	for name := range data {
		if f.Is(NullData) {
			data[name] = nil
		}
	}
	hollowNodes(data, f, false)
	answer["data"] = data
	return answer
}

// hollowNodes takes the entries out of lists that come in pages, those within entries of others being inner ones.
func hollowNodes(v any, f *Fault, inner bool) {
	switch v := v.(type) {
	case []any:
		for _, entry := range v {
			hollowNodes(entry, f, true)
		}
	case object:
		for name, value := range v {
			switch {
			case name == "nodes" && (inner && f.Is(EmptyInner) || !inner && f.Is(EmptyNodes)):
				v[name] = []any{}
			case name == "nodes" && (inner && f.Is(NullInner) || !inner && f.Is(NullNodes)):
				v[name] = nil
			default:
				hollowNodes(value, f, inner)
			}
		}
	}
}

// failures are what is answered in place of the real answer.
func failures(now time.Time) map[Failure]*hosttest.Refusal {
	all := map[Failure]*hosttest.Refusal{
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
	maps.Copy(all, holdingNothing())
	return all
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
