package quota

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Elsewhere says in one sentence that an answer is none of its product's, what was seen of it, and what may be at that
// address; "" where nothing surely says so. That something is missing which the product sends says nothing: a proxy may
// have taken it out. Answers that a proxy gives in place of a host that is well or not are not looked at either.
func (a Answer) Elsewhere(at string) string {
	switch other := a.origin(); {
	case other != "" && other != a.Product:
		return a.foreign(at, fmt.Sprintf("%d, as %s does", a.Status, other),
			fmt.Sprintf("is it a %s host? then it is to be configured as %s and not as %s", other, strings.ToLower(other), strings.ToLower(a.Product)))
	case a.page():
		return a.stranger(at, fmt.Sprintf("%d, with a page for people", a.Status))
	}
	return ""
}

// Nowhere says that an address answers whatever is asked in the same way, which is none of the product's.
func (a Answer) Nowhere(at string) string {
	return a.stranger(at, fmt.Sprintf("%d, whatever is asked", a.Status))
}

func (a Answer) stranger(at, seen string) string {
	return a.foreign(at, seen, fmt.Sprintf("is it a %s host, or a web server? see whether the url is right, and whether a proxy or a login page stands before it", a.rival()))
}

func (a Answer) foreign(at, seen, question string) string {
	return fmt.Sprintf("%s answers, but not as %s does (%s): %s", at, a.Product, seen, question)
}

// rival is the product that one is taken for most.
func (a Answer) rival() string {
	if a.Product == "GitLab" {
		return "GitHub"
	}
	return "GitLab"
}

// Shaped reports whether an answer that refuses says why in the way in which code hosts do.
func (a Answer) Shaped() bool {
	var said struct{ Message, Error any }
	if json.Unmarshal(a.Body, &said) != nil {
		return false
	}
	_, nested := said.Error.(map[string]any)
	return said.Message != nil || said.Error != nil && !nested
}

// page reports whether an answer is a page for people, in place of one of a host that is well and lets in.
func (a Answer) page() bool {
	kind := kindOf(&http.Response{Header: a.Header})
	return (kind == "text/html" || kind == "application/xhtml+xml") &&
		slices.Contains([]int{http.StatusOK, http.StatusUnauthorized, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusGone}, a.Status)
}

// origin is the product that an answer surely is of; "" where it does not show.
func (a Answer) origin() string {
	headers := []struct{ product, name string }{{"GitHub", "X-GitHub-Request-Id"}, {"GitHub", "X-GitHub-Media-Type"}, {"GitLab", "X-Gitlab-Meta"}}
	for _, h := range headers {
		if a.Header.Get(h.name) != "" {
			return h.product
		}
	}
	var said struct {
		Docs           string `json:"documentation_url"`
		Message, Error any
		Response       *struct{ StatusCode int }
	}
	if json.Unmarshal(a.Body, &said) != nil {
		return ""
	}
	text, _ := said.Message.(string)
	_, nested := said.Error.(map[string]any)
	switch {
	case strings.Contains(said.Docs, "docs.github.com"):
		return "GitHub"
	case a.Status >= http.StatusBadRequest && strings.HasPrefix(text, fmt.Sprintf("%d ", a.Status)):
		return "GitLab"
	case nested && said.Response != nil && said.Response.StatusCode == a.Status:
		return "Backstage"
	}
	return ""
}

// Refuse is ErrRefused for who signs requests, with what the host answered when it was asked for what to sign with.
func Refuse(a Answer) error { return &unsigned{a} }

// unsigned is that a host gives nothing to sign with.
type unsigned struct{ answer Answer }

// Error implements error.
func (u *unsigned) Error() string { return ErrRefused.Error() }

// Is reports whether it is ErrRefused.
func (u *unsigned) Is(target error) bool { return target == ErrRefused }

// Refused returns what the host answered when it refused the last of the credentials, where an error says that it did.
func Refused(err error) (a Answer, ok bool) {
	var away *turnedAway
	var without *unsigned
	switch {
	case errors.As(err, &without):
		return without.answer, true
	case errors.As(err, &away) && away.answer != nil:
		return *away.answer, true
	}
	return Answer{}, false
}
