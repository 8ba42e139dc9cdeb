package gitlabtest

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// object is a JSON object of an answer.
type object = map[string]any

// call is one request on its way through the peer.
type call struct {
	*hosttest.Call
	peer  *Peer
	route route
	token *Token // nil where nobody is signed in
}

func notFound(what string) *hosttest.Refusal {
	return hosttest.Refuse(http.StatusNotFound, "404 %s Not Found", what)
}

// invalid refuses a parameter as the framework of GitLab's API does.
func invalid(name string) *hosttest.Refusal {
	no := hosttest.Refuse(http.StatusBadRequest, "%s does not have a valid value", name)
	no.Body = object{"error": no.Message}
	return no
}

// ServeHTTP answers one request.
func (p *Peer) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

// serve answers a request of a known route.
func (p *Peer) serve(rt route, w http.ResponseWriter, r *http.Request) {
	token := p.access.find(r)
	asked, leave := p.Call(r, rt.pattern, token.account(), p.targeted(rt, r), credential(r))
	defer leave()
	c := &call{Call: asked, peer: p, route: rt, token: token}
	body, err := c.result()
	a := c.Answer(body, err, func(no *hosttest.Refusal) any { return object{"message": no.Message} })
	c.Take(p.config.Latency)
	p.limits.describe(c)
	c.Header.Set("X-Request-Id", fmt.Sprintf("gitlabtest-%d", c.Number))
	c.Write(w, a)
}

func (c *call) result() (any, error) {
	if err := c.admitted(); err != nil {
		return nil, err
	}
	if err := c.Failed(func() map[Failure]*hosttest.Refusal { return failures(c.peer.Now()) }); err != nil {
		return nil, err
	}
	c.route.known(c)
	c.peer.state.mu.RLock()
	defer c.peer.state.mu.RUnlock()
	body, err := c.route.answer(c)
	if err != nil {
		return nil, err
	}
	return c.Fault.Spoil(body, nullable()), nil
}

// admitted says whether the caller has not asked too much and is known.
func (c *call) admitted() error {
	if err := c.peer.limits.admit(c); err != nil {
		return err
	}
	return c.peer.access.check(c)
}

// flag returns a truth of the query.
func (c *call) flag(name string, missing bool) bool {
	switch c.Given(name) {
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
		text := c.Given(name + suffix)
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

// stamp writes a time as GitLab does; null where there is none.
func stamp(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}
