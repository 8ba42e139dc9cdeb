package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
)

// problem is an RFC 9457 problem document.
type problem struct {
	Type      string    `json:"type"`
	Title     string    `json:"title"`
	Status    int       `json:"status"`
	Detail    string    `json:"detail,omitempty"`
	Hint      string    `json:"hint,omitempty"` // what to do about it
	Instance  string    `json:"instance"`       // path that was asked for
	RequestID string    `json:"request_id,omitempty"`
	Errors    []mistake `json:"errors,omitempty"` // every mistake of the request, not just the first
}

// mistake is one thing that is wrong with a request.
type mistake struct {
	Parameter string `json:"parameter"` // query parameter, or field of the body
	Detail    string `json:"detail"`
}

// failure is an error that knows more about its problem document than its sentinel tells.
type failure struct {
	kind     error // one of the sentinels
	detail   string
	hint     string
	mistakes []mistake
	cause    error // for the log only
}

func (f *failure) Error() string {
	if f.cause != nil {
		return fmt.Sprintf("%s: %v: %v", f.detail, f.kind, f.cause)
	}
	return f.detail + ": " + f.kind.Error()
}

func (f *failure) Unwrap() error { return f.kind }

// Failures that only an HTTP interface knows.
var (
	errUnauthorized = errors.New("unauthorized")
	errForbidden    = errors.New("forbidden")
	errMisdirected  = errors.New("misdirected")
	errMediaType    = errors.New("unsupported media type")
	errNotHere      = errors.New("not available here")
	errTooLarge     = errors.New("too large")
	errTooMany      = errors.New("too many requests")
	errTooSlow      = errors.New("too slow")
)

// statuses is the one table from failures to HTTP statuses; the first that matches holds. The type of a
// problem is urn:trodden:problem: and the name.
var statuses = [...]struct {
	err    error
	status int
	name   string
}{
	{metrics.ErrInvalid, http.StatusBadRequest, "invalid"},
	{metrics.ErrNotFound, http.StatusNotFound, "not-found"},
	{metrics.ErrConflict, http.StatusConflict, "conflict"},
	{metrics.ErrUnavailable, http.StatusServiceUnavailable, "unavailable"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "unavailable"},
	{errUnauthorized, http.StatusUnauthorized, "unauthorized"},
	{errForbidden, http.StatusForbidden, "forbidden"},
	{errMisdirected, http.StatusMisdirectedRequest, "misdirected"},
	{errMediaType, http.StatusUnsupportedMediaType, "media-type"},
	{errNotHere, http.StatusNotImplemented, "not-here"},
	{errTooLarge, http.StatusRequestEntityTooLarge, "request-entity-too-large"},
	{errTooMany, http.StatusTooManyRequests, "too-many-requests"},
	{errTooSlow, http.StatusRequestTimeout, "request-timeout"},
}

const problemType = "urn:trodden:problem:"

// problemOf turns an error into a problem document. What is wrong inside the server stays there: such a
// document says nothing of it.
func problemOf(err error) problem {
	p := problem{Type: problemType + "internal", Status: http.StatusInternalServerError,
		Detail: "the server could not answer; its log says why under the request id"}
	var routed *echo.HTTPError
	if errors.As(err, &routed) {
		p = routingProblem(routed)
	}
	for _, s := range statuses {
		if errors.Is(err, s.err) {
			p.Type, p.Status = problemType+s.name, s.status
			if p.Detail = strings.TrimSuffix(err.Error(), ": "+s.err.Error()); s.status >= http.StatusInternalServerError {
				p.Detail = "the store or something else that is needed did not answer; try again"
			}
			break
		}
	}
	var f *failure
	if errors.As(err, &f) {
		p.Detail, p.Hint, p.Errors = f.detail, f.hint, f.mistakes
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// routingProblem is what the router or a middleware of echo refused.
func routingProblem(err *echo.HTTPError) problem {
	name := strings.ReplaceAll(strings.ToLower(http.StatusText(err.Code)), " ", "-")
	p := problem{Type: problemType + name, Status: err.Code}
	switch err.Code {
	case http.StatusNotFound:
		p.Detail, p.Hint = "there is nothing at this address", "GET "+openapiPath+" lists what there is"
	case http.StatusMethodNotAllowed:
		p.Detail, p.Hint = "this address does not take this method", "the Allow header lists those it takes"
	case http.StatusRequestEntityTooLarge:
		p.Detail = "the body is larger than " + bodyLimit
	}
	return p
}

const failedKey = "failed"

// fail answers a request with the problem document of err. It is echo's error handler, so it is the only
// place where errors become answers.
func (s *Server) fail(err error, c echo.Context) {
	if c.Get(failedKey) != nil {
		return // the access log made it an answer already, to know the status
	}
	c.Set(failedKey, true)
	p := problemOf(err)
	p.Instance = c.Request().URL.Path
	p.RequestID = c.Response().Header().Get(echo.HeaderXRequestID)
	if errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		return // nobody is there any more to tell
	}
	if p.Status >= http.StatusInternalServerError && !errors.Is(err, errNotHere) {
		s.log.LogAttrs(c.Request().Context(), slog.LevelError, "request failed",
			slog.String("request_id", p.RequestID), slog.String("path", p.Instance), slog.Any("error", err))
	}
	if c.Response().Committed {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/problem+json")
	h.Set(echo.HeaderCacheControl, "no-store")
	protect(h)
	h.Del("ETag")
	h.Del(echo.HeaderContentDisposition)
	if p.Status == http.StatusUnauthorized {
		h.Set(echo.HeaderWWWAuthenticate, challenge(c.Request()))
	}
	c.Response().WriteHeader(p.Status)
	if err := json.NewEncoder(c.Response()).Encode(p); err != nil {
		s.log.Debug("write problem document", "request_id", p.RequestID, "error", err)
	}
}
