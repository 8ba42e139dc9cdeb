package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// maxAnswer is how much of an answer is read.
const maxAnswer = 256 << 20

// graphError is an error in an answer of GraphQL.
type graphError struct {
	Type    string            `json:"type"`
	Message string            `json:"message"`
	Path    []json.RawMessage `json:"path"`
}

func (e *graphError) Error() string { return e.Message }

// limited reports whether the host says that it was asked too much.
func (e *graphError) limited() bool { return strings.Contains(strings.ToUpper(e.Type), "RATE_LIMIT") }

// under reports whether the error is one of what has this alias.
func (e *graphError) under(alias string) bool {
	if len(e.Path) == 0 {
		return false
	}
	var first string
	return json.Unmarshal(e.Path[0], &first) == nil && first == alias
}

// answer is what GraphQL said. With errors, some of the data may be null.
type answer struct {
	Data   json.RawMessage `json:"data"`
	Errors []*graphError   `json:"errors"`
}

// under lists the errors of what has an alias.
func (a *answer) under(alias string) (all []*graphError) {
	for _, e := range a.Errors {
		if e.under(alias) {
			all = append(all, e)
		}
	}
	return all
}

// of returns the error of what has an alias, or one that says nothing of where it happened.
func (a *answer) of(alias string) error {
	for _, e := range a.under(alias) {
		return e
	}
	for _, e := range a.Errors {
		if len(e.Path) == 0 {
			return e
		}
	}
	return nil
}

// errGarbled means that what came is no answer: cut, or a page for people.
var errGarbled = errors.New("the answer is none")

// ask asks GraphQL. An answer without any data is an error.
func (s *Source) ask(ctx context.Context, query string, variables map[string]any) (*answer, error) {
	if s.graphless.Load() {
		return nil, errNoGraphQL
	}
	resp, err := s.query(ctx, query, variables)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var got answer
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&got); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("read the answer of GraphQL: %w: %w", errGarbled, err)
	}
	if len(got.Data) == 0 || string(got.Data) == "null" {
		if len(got.Errors) > 0 {
			return nil, got.Errors[0]
		}
		return nil, fmt.Errorf("GraphQL answered without data: %w", errGarbled)
	}
	s.graphed.Store(true)
	return &got, nil
}

// decode reads data of an answer.
func (a *answer) decode(into any) error {
	if err := json.Unmarshal(a.Data, into); err != nil {
		return fmt.Errorf("read the data of GraphQL: %w: %w", errGarbled, err)
	}
	return nil
}

// status is the HTTP status of an error; 0 where it has none.
func status(err error) int {
	var refused *github.ErrorResponse
	var limited *github.RateLimitError
	var abused *github.AbuseRateLimitError
	switch {
	case errors.As(err, &refused) && refused.Response != nil:
		return refused.Response.StatusCode
	case errors.As(err, &limited), errors.As(err, &abused):
		return http.StatusTooManyRequests
	}
	return 0
}

// overloads reports whether an error may come of having asked for too much at once.
func overloads(err error) bool {
	var graph *graphError
	var network net.Error
	switch {
	case err == nil || errors.Is(err, context.Canceled) || errors.Is(err, collectors.ErrSpent):
		return false
	case errors.As(err, &graph):
		return !slices.Contains([]string{"NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES", "UNPROCESSABLE"}, graph.Type) && !graph.limited()
	case errors.Is(err, errGarbled), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &network) && network.Timeout():
		return true
	}
	return status(err) >= http.StatusInternalServerError
}

// missing reports whether an error says that something is not there, or not for who asks.
func missing(err error) bool { return unresolved(err) || status(err) == http.StatusNotFound }

// unresolved reports whether GraphQL says so.
func unresolved(err error) bool {
	var graph *graphError
	return errors.As(err, &graph) && graph.Type == "NOT_FOUND"
}

// unreadable gives an error the reason that people are shown, and words that fit in a line.
func unreadable(err error) error {
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, collectors.ErrSpent):
		return quota.Say(words(err), err)
	}
	var known *collectors.ReadError
	if errors.As(err, &known) {
		return &collectors.ReadError{Reason: known.Reason, Err: quota.Say(words(err), err)}
	}
	reason := metrics.ReasonUnreadable
	var graph *graphError
	switch {
	case missing(err), errors.As(err, &graph) && slices.Contains([]string{"FORBIDDEN", "INSUFFICIENT_SCOPES"}, graph.Type):
		reason = metrics.ReasonForbidden
	case slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusUnavailableForLegalReasons}, status(err)):
		reason = metrics.ReasonForbidden
	}
	return &collectors.ReadError{Reason: reason, Err: quota.Say(words(err), err)}
}

// product is what the host is, in words for people.
const product = "GitHub"

// answered returns what a host answered that refused something.
func answered(err error) (a quota.Answer, ok bool) {
	var refused *github.ErrorResponse
	var graph *graphError
	switch {
	case errors.As(err, &refused) && refused.Response != nil:
		return quota.Answer{Product: product, Status: refused.Response.StatusCode, Text: refused.Message, Header: refused.Response.Header}, true
	case errors.As(err, &graph):
		return quota.Answer{Product: product, Text: graph.Message}, true
	}
	return quota.Answer{}, false
}

// words says what went wrong with a request, in one sentence.
func words(err error) string {
	switch {
	case errors.Is(err, errHidden):
		return "of some of them GitHub tells nothing: they are not there, or the token does not see them"
	case missing(err):
		return quota.Unseen
	}
	var away *awayError
	if errors.As(err, &away) {
		return away.Error()
	}
	var graph *graphError
	if errors.As(err, &graph) && graph.Type == "INSUFFICIENT_SCOPES" { // GitHub's own sentence names every scope there is
		return "the token lacks a scope"
	}
	if a, ok := answered(err); ok {
		return a.Words()
	}
	if errors.Is(err, errGarbled) && !quota.Late(err) {
		err = io.ErrUnexpectedEOF
	}
	if text := quota.Words(product, err); text != "" {
		return text
	}
	var at *url.Error
	if errors.As(err, &at) { // without the address
		err = at.Err
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
