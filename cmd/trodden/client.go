package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/trodden/trodden/metrics"
)

// client asks the API of a server, which may be in this process. It is the one way from a command to an
// answer.
type client struct {
	base  *url.URL
	http  *http.Client
	token string
}

// newClient returns a client of the server at a URL.
func newClient(address, token string) (*client, error) {
	base, err := url.Parse(address)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, usagef("%q is no URL of a server, expected one such as http://127.0.0.1:8080", address)
	}
	if token = strings.TrimSpace(token); strings.ContainsFunc(token, unicode.IsControl) {
		return nil, usagef("the environment variable TRODDEN_TOKEN has a line break or a control character inside, expected a token and nothing else")
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 5 * time.Minute
	return &client{base: base, token: token, http: &http.Client{Transport: transport}}, nil
}

// newLocalClient returns a client of a server in this process.
func newLocalClient(h http.Handler) *client {
	return &client{base: &url.URL{Scheme: "http", Host: "localhost"}, http: &http.Client{Transport: inProcess{h}}}
}

// get asks for a resource, such as adoption, and returns the body of the answer.
func (c *client) get(ctx context.Context, resource string, query url.Values) (io.ReadCloser, error) {
	r, err := c.request(ctx, http.MethodGet, resource, query, nil)
	if err != nil {
		return nil, err
	}
	return c.do(r)
}

// getJSON asks for a resource and decodes the answer.
func (c *client) getJSON(ctx context.Context, resource string, into any) error {
	body, err := c.get(ctx, resource, nil)
	if err != nil {
		return err
	}
	return decodeAll(body, into)
}

// try fails where the server does not answer as one of trodden's.
func (c *client) try(ctx context.Context) error {
	body, err := c.get(ctx, "paths", nil)
	if err != nil {
		return err
	}
	return body.Close()
}

// post sends a body to a resource and decodes the answer.
func (c *client) post(ctx context.Context, resource string, body, into any) error {
	answer, err := c.send(ctx, resource, nil, body)
	if err != nil {
		return err
	}
	return decodeAll(answer, into)
}

// postLines sends a body to a resource and calls each with every line of the answer, as soon as it comes. It ends when
// the server has, however long that takes.
func postLines[Line any](ctx context.Context, c *client, resource string, body any, each func(Line)) error {
	answer, err := c.send(ctx, resource, url.Values{"format": {"ndjson"}}, body)
	if err != nil {
		return err
	}
	defer answer.Close()
	for lines := json.NewDecoder(answer); ; {
		var line Line
		switch err := lines.Decode(&line); {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("read the answer: %w", err)
		}
		each(line)
	}
}

// send sends a body to a resource and returns the body of the answer.
func (c *client) send(ctx context.Context, resource string, query url.Values, body any) (io.ReadCloser, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	r, err := c.request(ctx, http.MethodPost, resource, query, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	return c.do(r)
}

func decodeAll(body io.ReadCloser, into any) error {
	defer body.Close()
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

func (c *client) request(ctx context.Context, method, resource string, query url.Values, body io.Reader) (*http.Request, error) {
	u := c.base.JoinPath("api", "v1", resource)
	u.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c.base.Redacted(), err)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	return r, nil
}

// do sends a request. Anything but success is an error, in the words of the server.
func (c *client) do(r *http.Request) (io.ReadCloser, error) {
	answer, err := c.http.Do(r)
	if err != nil {
		var urlErr *url.Error
		if errors.As(err, &urlErr) {
			err = urlErr.Err // the URL may hold a password
		}
		return nil, fmt.Errorf("ask %s: %w", c.base.Redacted(), err)
	}
	if answer.StatusCode/100 == 2 && asAsked(r, answer) {
		return answer.Body, nil
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 == 2 {
		return nil, fmt.Errorf("%s is no trodden server: it answers with %s", c.base.Redacted(), cmp.Or(answer.Header.Get("Content-Type"), "no media type"))
	}
	return nil, problemOf(answer)
}

// asAsked reports whether an answer is of the media type that the request asks for.
func asAsked(r *http.Request, answer *http.Response) bool {
	want := map[string]string{"csv": "text/csv", "ndjson": "application/x-ndjson"}[r.URL.Query().Get("format")]
	got, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	return err == nil && got == cmp.Or(want, "application/json")
}

// answerError is what a server says when it does not do what it was asked.
type answerError struct {
	status       int
	detail, hint string
}

func (e *answerError) Error() string {
	if e.hint == "" {
		return e.detail
	}
	return e.detail + " (" + e.hint + ")"
}

// Unwrap gives the answer the meaning that it has in this process.
func (e *answerError) Unwrap() error {
	switch e.status {
	case http.StatusBadRequest:
		return metrics.ErrInvalid
	case http.StatusNotFound:
		return metrics.ErrNotFound
	case http.StatusConflict:
		return metrics.ErrConflict
	default:
		return metrics.ErrUnavailable
	}
}

// problemOf reads an RFC 9457 problem document, or makes one of a status. What it says of parameters and
// addresses becomes flags and commands.
func problemOf(answer *http.Response) error {
	var doc struct {
		Detail, Hint string
		Errors       []struct{ Parameter, Detail string }
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err := json.Unmarshal(text, &doc); err != nil || doc.Detail == "" {
		doc.Detail = fmt.Sprintf("%s answered %s", answer.Request.URL.Redacted(), answer.Status)
	}
	var details []string
	for _, e := range doc.Errors {
		details = append(details, strings.TrimPrefix(flagOf(e.Parameter)+": "+asOf.ReplaceAllString(e.Detail, flagOf("as_of")), ": "))
	}
	return &answerError{status: answer.StatusCode, detail: cmp.Or(strings.Join(details, "; "), doc.Detail), hint: commandHint(doc.Hint)}
}

// asOf finds the one parameter whose name can be nothing else in a text.
var asOf = regexp.MustCompile(`\bas_of\b`)

// flagOf returns the flag that becomes a parameter. A repository is the argument of some commands and a flag of
// others.
func flagOf(parameter string) string {
	switch parameter {
	case "":
		return ""
	case "repo":
		return "repository"
	default:
		return "--" + strings.ReplaceAll(parameter, "_", "-")
	}
}

// commandHint is a hint for who uses commands: one that speaks of an address names the command that asks it, and
// is left out where there is none.
func commandHint(hint string) string {
	hint = strings.ReplaceAll(hint, "GET /api/v1/states", "`trodden states`")
	hint = strings.ReplaceAll(hint, "GET /api/v1/repos", "`trodden states`")
	if strings.Contains(hint, "/api/v1/") {
		return ""
	}
	return hint
}
