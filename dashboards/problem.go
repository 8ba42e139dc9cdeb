package dashboards

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// problemPage is the address under which the template of problems is kept; it is none that can be asked for.
const problemPage = "problem"

// problem is what a page shows that could not be made.
type problem struct {
	What, Next string
	Lead       more // where to find what there is; none for ""
}

// missing is the error of a thing that there is not, with a list of those that there are.
type missing struct {
	error
	lead more
}

func (m *missing) Unwrap() error { return m.error }

// notFoundPage is served at every address that is no page's.
func notFoundPage() page {
	return page{address: "", template: "problem.html", fill: func(context.Context, *Pages, *request) (content, error) {
		return content{}, errNoPage
	}}
}

var errNoPage = errors.New("there is no such page")

// statusOf is the HTTP status of an error.
func statusOf(err error) int {
	switch {
	case errors.Is(err, errNoPage), errors.Is(err, metrics.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, metrics.ErrInvalid):
		return http.StatusBadRequest
	case errors.Is(err, metrics.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// headingOf says what an HTTP status is, written as headings of pages are: Not found.
func headingOf(status int) string {
	text := http.StatusText(status)
	return text[:1] + strings.ToLower(text[1:])
}

// newProblem is what a page shows for an error. What is wrong inside stays in the log.
func newProblem(status int, err error) problem {
	what := err.Error()
	for _, sentinel := range []error{metrics.ErrNotFound, metrics.ErrInvalid} {
		what = strings.TrimSuffix(what, ": "+sentinel.Error())
	}
	p := problem{What: strings.ToUpper(what[:1]) + what[1:] + "."}
	if m, ok := errors.AsType[*missing](err); ok {
		p.Lead = m.lead
	}
	switch status {
	case http.StatusServiceUnavailable:
		p = problem{What: "The store does not answer.", Next: "Try again in a moment. /readyz says when it is there."}
	case http.StatusInternalServerError:
		p = problem{What: "This page could not be made.", Next: "The server's log says why."}
	}
	return p
}
