package githubtest

import (
	"net/http"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
)

type (
	// Failure is a way in which an answer can be bad.
	Failure = hosttest.Failure
	// Fault lets some requests fail. A repository is named as owner/name.
	Fault = hosttest.Fault
)

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
	Hang                   = hosttest.Hang

	Cut               = hosttest.Cut
	Stall             = hosttest.Stall
	Drip              = hosttest.Drip
	HTML      Failure = "a page of HTML with status 200"
	Nulls             = hosttest.Nulls
	NullNodes Failure = "null for every other node of lists"
	Partial   Failure = "GraphQL data with errors: every other thing that was asked for by name is null"
)

// failures are what is answered in place of the real answer.
func failures() map[Failure]*hosttest.Refusal {
	tooMany := hosttest.Refuse(http.StatusTooManyRequests, "Too many requests")
	tooMany.Header.Set("Retry-After", "60")
	reason := object{"reason": "dmca", "created_at": stamp(Start), "html_url": "https://github.com/github/dmca"}
	return map[Failure]*hosttest.Refusal{
		Forbidden:      hosttest.Refuse(http.StatusForbidden, "Resource not accessible by personal access token"),
		Missing:        notFound(),
		Empty:          hosttest.Refuse(http.StatusConflict, "Git Repository is empty."),
		Gone:           hosttest.Refuse(http.StatusGone, "This resource is gone."),
		Unprocessable:  hosttest.Refuse(http.StatusUnprocessableEntity, "Validation Failed"),
		TooMany:        tooMany,
		Blocked:        hosttest.Refuse(http.StatusUnavailableForLegalReasons, "").With(object{"message": "Repository access blocked", "block": reason}),
		Internal:       hosttest.Refuse(http.StatusInternalServerError, "Server Error"),
		BadGateway:     badGateway(),
		Unavailable:    hosttest.Refuse(http.StatusServiceUnavailable, "Service unavailable"),
		GatewayTimeout: gatewayTimeout(),
		HTML:           hosttest.RefusePage(http.StatusOK, "Unicorn!"),
	}
}

func badGateway() *hosttest.Refusal {
	return hosttest.RefusePage(http.StatusBadGateway, "502 Bad Gateway")
}

func gatewayTimeout() *hosttest.Refusal {
	return hosttest.Refuse(http.StatusGatewayTimeout, "504 Gateway Time-out").With(object{
		"message": "We couldn't respond to your request in time. Sorry about that. Please try resubmitting your request and contact us if the problem persists."})
}

// graphFault is what a query says of a repository that has the fault.
func graphFault(f *Fault, name string) error {
	switch f.Failure {
	case Missing:
		return graph.Errorf("NOT_FOUND", "Could not resolve to a Repository with the name '%s'.", name)
	case Forbidden, Blocked:
		return graph.Errorf("FORBIDDEN", "Resource protected by organization SAML enforcement. You must grant your token access to this organization.")
	}
	return graph.Errorf("", "Something went wrong while executing your query. Please include `GITHUBTEST` when reporting this issue.")
}

// nullable lists the fields that may be null in answers of the routes that the peer has.
func nullable() []string {
	return strings.Fields(`actor assignee author auto_merge body closed_at color committer conclusion creator deployment_branch_policy
		description download_url email git_url head_branch head_commit homepage language license merge_commit_sha merged_at milestone mirror_url
		parent performed_via_github_app pushed_at referenced_workflows repo size status suggestion suspended_at template_repository triggering_actor user value`)
}
