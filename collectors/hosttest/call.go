package hosttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Call is one request on its way through a host.
type Call struct {
	Host    *Host
	Request *http.Request
	Route   string      // pattern of its route
	Account string      // who asks, as limits know them; empty where nobody is signed in
	Fault   *Fault      // that it has; nil where it has none
	Number  int         // counts the requests of the host
	AtOnce  int         // requests of the account that were on their way when it came, with it
	Header  http.Header // of the answer
}

// Call takes a request of a repository, which a token signs, and counts it until it is left.
func (h *Host) Call(r *http.Request, route, account, repo, token string) (c *Call, leave func()) {
	c = &Call{Host: h, Request: r, Route: route, Account: account, Header: http.Header{}}
	leave = h.enter(c)
	c.Fault = h.take(func(f *Fault) bool { return f.fits(c, repo, token) })
	return c, leave
}

// Path returns a part of the path by the name that the route gives it.
func (c *Call) Path(name string) string { return c.Request.PathValue(name) }

// Given returns a parameter of the query; empty where it was not given.
func (c *Call) Given(name string) string { return c.Request.URL.Query().Get(name) }

// Take lets the call take so long on the host's clock.
func (c *Call) Take(d time.Duration) {
	if d > 0 {
		c.Host.config.Clock.Sleep(c.Request.Context(), d)
	}
}

// Of is what a route answers of something that its path names, such as a repository; where that is not found, why.
func Of[C, T any](find func(C) (T, error), answer func(C, T) (any, error)) func(C) (any, error) {
	return func(c C) (any, error) {
		found, err := find(c)
		if err != nil {
			return nil, err
		}
		return answer(c, found)
	}
}

// Failed is the answer in place of the real one, from the answers that a host has for its failures; nil where the call
// has none of those faults.
func (c *Call) Failed(answers func() map[Failure]*Refusal) error {
	if c.Fault == nil {
		return nil
	}
	if c.Fault.Is(Hang) {
		return c.hang()
	}
	if no := answers()[c.Fault.Failure]; no != nil {
		return no
	}
	return nil
}

// Answer is what a call comes to.
type Answer struct {
	Status int
	Body   []byte
}

// Answer makes the answer of what a route returned. The body of a refusal that has none is made by usual.
func (c *Call) Answer(body any, err error, usual func(*Refusal) any) Answer {
	status := http.StatusOK
	if err != nil {
		no := c.refusal(err)
		for name, values := range no.Header {
			c.Header[name] = values
		}
		status, body = no.Status, no.Body
		if body == nil {
			body = usual(no)
		}
	}
	if text, ok := body.(Raw); ok {
		c.Header.Set("Content-Type", text.Type)
		return Answer{status, []byte(text.Text)}
	}
	return Answer{status, c.encode(body)}
}

// refusal is what an error is answered by. One that is no refusal is a mistake of the host.
func (c *Call) refusal(err error) *Refusal {
	var no *Refusal
	if errors.As(err, &no) {
		return no
	}
	c.Host.Report("%s: %v", c.Request.URL, err)
	return Refuse(http.StatusInternalServerError, "%v", err)
}

func (c *Call) encode(body any) []byte {
	c.Header.Set("Content-Type", c.Host.config.JSON)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		c.Host.Report("%s: %v", c.Request.URL, err)
	}
	return out.Bytes()
}

// Write sends the answer, unless a fault cuts it on its way.
func (c *Call) Write(w http.ResponseWriter, a Answer) {
	for name, values := range c.Header {
		w.Header()[name] = values
	}
	w.Header().Set("Date", c.Host.Now().Add(c.Host.Skewed()).Format(http.TimeFormat))
	if c.Fault.Is(Cut) {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
		w.WriteHeader(a.Status)
		w.Write(a.Body[:len(a.Body)/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(a.Status)
	if c.Fault.Is(Stall) || c.Fault.Is(Drip) {
		c.linger(w, a.Body)
		return
	}
	w.Write(a.Body)
}
