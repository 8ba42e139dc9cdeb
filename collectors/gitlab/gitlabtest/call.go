package gitlabtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// object is a JSON object of an answer.
type object map[string]any

// call is one request on its way through the peer.
type call struct {
	peer    *Peer
	request *http.Request
	route   route
	token   *Token // nil where nobody is signed in
	target  string // full path of the project that the request is of
	fault   *Fault
	atOnce  int         // requests of the account that were on their way when it came, with it
	header  http.Header // of the answer
}

// answer is what a call comes to.
type answer struct {
	status int
	body   []byte
}

// raw is an answer that is not JSON.
type raw struct {
	kind string
	body string
}

// refusal is an answer that is an error.
type refusal struct {
	status  int
	message string
	header  http.Header
	body    any // in place of the usual one with the message
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.message) }

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{status: status, message: fmt.Sprintf(format, args...), header: http.Header{}}
}

func notFound(what string) *refusal { return refuse(http.StatusNotFound, "404 %s Not Found", what) }

// invalid refuses a parameter as the framework of GitLab's API does.
func invalid(name string) *refusal {
	no := refuse(http.StatusBadRequest, "%s does not have a valid value", name)
	no.body = object{"error": no.message}
	return no
}

// ServeHTTP answers one request.
func (p *Peer) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

// serve answers a request of a known route.
func (p *Peer) serve(rt route, w http.ResponseWriter, r *http.Request) {
	c := &call{peer: p, request: r, route: rt, target: p.targeted(rt, r), header: http.Header{}}
	c.token = p.access.find(r)
	defer p.limits.enter(c)()
	c.fault = p.faults.take(c)
	a := c.answer()
	if p.config.Latency > 0 {
		p.clock.Sleep(r.Context(), p.config.Latency)
	}
	c.write(w, a)
}

// answer finds out what the call comes to.
func (c *call) answer() answer {
	body, err := c.result()
	var no *refusal
	switch {
	case errors.As(err, &no):
		return c.refused(no)
	case err != nil:
		c.peer.report("%s: %v", c.request.URL, err)
		return c.refused(refuse(http.StatusInternalServerError, "%v", err))
	}
	if text, ok := body.(raw); ok {
		c.header.Set("Content-Type", text.kind)
		return answer{http.StatusOK, []byte(text.body)}
	}
	return answer{http.StatusOK, c.encode(body)}
}

func (c *call) result() (any, error) {
	if err := c.admitted(); err != nil {
		return nil, err
	}
	if err := c.fault.refusal(c); err != nil {
		return nil, err
	}
	c.route.known(c)
	c.peer.state.mu.RLock()
	defer c.peer.state.mu.RUnlock()
	body, err := c.route.answer(c)
	if err != nil {
		return nil, err
	}
	return c.fault.spoil(body), nil
}

// admitted says whether the caller has not asked too much and is known.
func (c *call) admitted() error {
	if err := c.peer.limits.admit(c); err != nil {
		return err
	}
	return c.peer.access.check(c)
}

func (c *call) refused(no *refusal) answer {
	for name, values := range no.header {
		c.header[name] = values
	}
	body := no.body
	if body == nil {
		body = object{"message": no.message}
	}
	if text, ok := body.(raw); ok {
		c.header.Set("Content-Type", text.kind)
		return answer{no.status, []byte(text.body)}
	}
	return answer{no.status, c.encode(body)}
}

func (c *call) encode(body any) []byte {
	c.header.Set("Content-Type", "application/json")
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		c.peer.report("%s: %v", c.request.URL, err)
	}
	return out.Bytes()
}

// write sends the answer, unless a fault spoils it on its way.
func (c *call) write(w http.ResponseWriter, a answer) {
	c.peer.limits.describe(c)
	for name, values := range c.header {
		w.Header()[name] = values
	}
	now := c.peer.Now().Add(c.peer.limits.skewed())
	w.Header().Set("Date", now.Format(http.TimeFormat))
	w.Header().Set("X-Request-Id", fmt.Sprintf("gitlabtest-%d", c.peer.limits.requests()))
	if c.fault.is(Cut) {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		w.WriteHeader(a.status)
		w.Write(a.body[:len(a.body)/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(a.status)
	w.Write(a.body)
}

// path returns a part of the path by the name that the route gives it.
func (c *call) path(name string) string { return c.request.PathValue(name) }

// given returns a parameter of the query; empty where it was not given.
func (c *call) given(name string) string { return c.request.URL.Query().Get(name) }

// flag returns a truth of the query.
func (c *call) flag(name string, missing bool) bool {
	switch c.given(name) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	return missing
}

// within says whether a time is between the parameters NAME_after and NAME_before.
func (c *call) within(name string, at time.Time) (bool, error) {
	for suffix, refused := range map[string]func(given time.Time) bool{
		"_after":  func(given time.Time) bool { return !at.After(given) },
		"_before": func(given time.Time) bool { return !at.Before(given) },
	} {
		text := c.given(name + suffix)
		if text == "" {
			continue
		}
		given, err := parseTime(text)
		if err != nil {
			return false, invalid(name + suffix)
		}
		if refused(given) {
			return false, nil
		}
	}
	return true, nil
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, errors.New("no time")
}

// each shows every element of a list, which is never null.
func each[T any](list []T, show func(T) any) []any {
	all := make([]any, 0, len(list))
	for _, v := range list {
		all = append(all, show(v))
	}
	return all
}

func list[T any](of []T) []any { return each(of, func(v T) any { return v }) }

// stamp writes a time as GitLab does; null where there is none.
func stamp(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
