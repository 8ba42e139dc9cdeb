package gitlab

import (
	"bytes"
	"cmp"
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

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// maxAnswer is how much of an answer is read.
const maxAnswer = 256 << 20

// graphError is an error in an answer of GraphQL. GitLab gives them no type.
type graphError struct {
	Message string `json:"message"`
	Path    []any  `json:"path"`
}

func (e *graphError) Error() string { return e.Message }

// under reports whether the error is one of the node of this number in the list of this alias, or of all of it.
func (e *graphError) under(alias string, node int) bool {
	if len(e.Path) == 0 || e.Path[0] != alias {
		return false
	}
	return len(e.Path) < 3 || e.Path[2] == float64(node)
}

// answer is what GraphQL said. With errors, some of the data may be null.
type answer struct {
	Data   map[string]*nodes `json:"data"`
	Errors []*graphError     `json:"errors"`
}

// of returns the error of a node, or one that says nothing of where it happened. What may pass comes before what is denied.
func (a *answer) of(alias string, node int) (found error) {
	for _, e := range a.Errors {
		if len(e.Path) > 0 && !e.under(alias, node) {
			continue
		}
		if !denies(e) {
			return e
		}
		found = e
	}
	return found
}

// all returns the error of a list as a whole; nil where it is there, whatever may be wrong with its entries.
func (a *answer) all(alias string) error {
	if list := a.Data[alias]; list != nil && list.Nodes != nil {
		return nil
	}
	return a.why(alias, 0)
}

// why says why an answer tells nothing of a node: it is an error, or hidden from who asks. A list that is not there at all
// is none of GitLab's.
func (a *answer) why(alias string, node int) error {
	err := a.of(alias, node)
	if list := a.Data[alias]; err == nil && (list == nil || list.Nodes == nil) {
		err = errHollow
	}
	return cmp.Or(err, errHidden)
}

// denies reports whether GraphQL says, in one of GitLab's own ways, that something is not for who asks. Whatever else it
// says in place of an answer went wrong, and may not the next time.
func denies(err error) bool {
	var graph *graphError
	if !errors.As(err, &graph) || errors.Is(err, errNoField) {
		return false
	}
	text := strings.ToLower(graph.Message)
	return slices.ContainsFunc([]string{"have permission", "not authorized", "resource not available", "insufficient_scope"}, func(words string) bool {
		return strings.Contains(text, words)
	})
}

// fails reports whether GraphQL says that something went wrong.
func fails(err error) bool {
	var graph *graphError
	return errors.As(err, &graph) && !errors.Is(err, errNoField) && !denies(err)
}

// errGarbled means that what came is no answer: cut, or a page for people.
var errGarbled = errors.New("the answer is none")

// errHollow means that there is nothing in an answer where something has to be, if it is only a list of nothing.
var errHollow = fmt.Errorf("GraphQL answered without what was asked for: %w", errGarbled)

// errNoField means that this GitLab is too old for a question, or has no licence for what it asks for.
var errNoField = errors.New("this GitLab does not know what was asked for")

// ask asks GraphQL for projects. An answer without any data is an error.
func (s *Source) ask(ctx context.Context, query string, variables map[string]any) (*answer, error) {
	var got answer
	if err := s.send(ctx, query, variables, &got); err != nil {
		return nil, err
	}
	if got.Data == nil {
		return nil, refusedBy(got.Errors)
	}
	return &got, nil
}

// refusedBy is the error of an answer without data.
func refusedBy(list []*graphError) error {
	switch {
	case len(list) == 0:
		return fmt.Errorf("GraphQL answered without data: %w", errGarbled)
	case len(list[0].Path) == 0 && strings.Contains(list[0].Message, "doesn't exist on type"), strings.Contains(list[0].Message, "doesn't accept argument"):
		return fmt.Errorf("%w: %w", errNoField, list[0])
	}
	for _, e := range list {
		if !denies(e) {
			return e
		}
	}
	return list[0]
}

// send sends one query to GraphQL and reads the answer to it.
func (s *Source) send(ctx context.Context, query string, variables map[string]any, into any) error {
	text, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.graphql, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		return spent(err)
	}
	defer resp.Body.Close()
	if err := gitlab.CheckResponse(resp); err != nil {
		return err
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(into); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("read the answer of GraphQL: %w: %w", errGarbled, err)
	}
	return nil
}

// spent gives an error that nothing more may be asked the meaning that it has for a run.
func spent(err error) error {
	var exhausted *quota.Exhausted
	if errors.Is(err, quota.ErrBudget) || errors.As(err, &exhausted) {
		return fmt.Errorf("%w: %w", collectors.ErrSpent, err)
	}
	return err
}

// status is the HTTP status of an error; 0 where it has none.
func status(err error) int {
	var refused *gitlab.ErrorResponse
	switch {
	case errors.Is(err, quota.ErrRefused):
		return http.StatusUnauthorized
	case errors.Is(err, gitlab.ErrNotFound):
		return http.StatusNotFound
	case errors.As(err, &refused) && refused.Response != nil:
		return refused.Response.StatusCode
	}
	return 0
}

// garbled reports whether an error says that an answer could not be read.
func garbled(err error) bool {
	return !quota.Late(err) && (errors.Is(err, errGarbled) || quota.Garbled(err))
}

// overloads reports whether an error may come of having asked for too much at once.
func overloads(err error) bool {
	var network net.Error
	switch {
	case err == nil || errors.Is(err, context.Canceled) || errors.Is(err, collectors.ErrSpent):
		return false
	case fails(err), garbled(err), errors.As(err, &network) && network.Timeout():
		return true
	}
	return status(err) >= http.StatusInternalServerError || status(err) == http.StatusUnprocessableEntity
}

// missing reports whether an error says that something is not there, or not for who asks.
func missing(err error) bool { return status(err) == http.StatusNotFound }

// errHidden means that the host says nothing of a project, or nothing of its files.
var errHidden = errors.New(quota.Unseen)

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
		return err
	}
	reason := metrics.ReasonUnreadable
	switch status(err) {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnavailableForLegalReasons:
		reason = metrics.ReasonForbidden
	}
	if errors.Is(err, errHidden) || denies(err) {
		reason = metrics.ReasonForbidden
	}
	return &collectors.ReadError{Reason: reason, Err: quota.Say(words(err), err)}
}

// product is what the host is, in words for people.
const product = "GitLab"

// answered returns what a host answered that refused something.
func answered(err error) (a quota.Answer, ok bool) {
	var refused *gitlab.ErrorResponse
	var graph *graphError
	switch {
	case errors.As(err, &refused) && refused.Response != nil:
		return quota.Answer{Product: product, Status: refused.Response.StatusCode, Text: said(refused), Header: refused.Response.Header}, true
	case errors.As(err, &graph):
		return quota.Answer{Product: product, Text: graph.Message}, true
	}
	return quota.Answer{}, false
}

// words says what went wrong with a request, in one sentence.
func words(err error) string {
	if missing(err) {
		return errHidden.Error()
	}
	if a, ok := answered(err); ok {
		return a.Words()
	}
	var wrong faulty
	if errors.As(err, &wrong) {
		return wrong.Error()
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
	return oneLine(err.Error())
}

// said is what the body of an answer says: an error with its description, or a message.
func said(refused *gitlab.ErrorResponse) string {
	var body struct {
		Error, Message, Scope any
		Description           string `json:"error_description"`
	}
	if json.Unmarshal(refused.Body, &body) == nil {
		for _, text := range []any{body.Description, body.Message, body.Error} {
			if text, ok := text.(string); ok && text != "" {
				return oneLine(text)
			}
		}
	}
	return http.StatusText(refused.Response.StatusCode)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
