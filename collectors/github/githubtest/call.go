package githubtest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// object is a JSON object of an answer.
type object = map[string]any

// call is one request on its way through the peer.
type call struct {
	*hosttest.Call
	peer  *Peer
	route route
	base  string        // address that the request went to: the peer's, or that of an Enterprise server
	token *Token        // nil where nobody is signed in
	cost  time.Duration // processor time that it took
}

func notFound() *hosttest.Refusal { return hosttest.Refuse(http.StatusNotFound, "Not Found") }

type prefixKey struct{}

// ServeHTTP answers one request. Paths may begin as those of an Enterprise server do.
func (p *Peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, prefix := range []string{"/api/v3", "/api"} {
		rest, ok := strings.CutPrefix(r.URL.EscapedPath(), prefix)
		if !ok || prefix == "/api" && rest != "/graphql" {
			continue
		}
		r = redirected(r.WithContext(context.WithValue(r.Context(), prefixKey{}, prefix)), rest)
		break
	}
	p.mux.ServeHTTP(w, r)
}

// redirected returns the request with another, escaped path.
func redirected(r *http.Request, path string) *http.Request {
	r = r.Clone(r.Context())
	r.URL.RawPath = path
	r.URL.Path = path
	if plain, err := r.URL.Parse(path); err == nil {
		r.URL.Path, r.URL.RawPath = plain.Path, plain.RawPath
	}
	return r
}

// serve answers a request of a known route.
func (p *Peer) serve(rt route, w http.ResponseWriter, r *http.Request) {
	prefix, _ := r.Context().Value(prefixKey{}).(string)
	token := p.access.find(r)
	asked, leave := p.Call(r, rt.pattern, token.account(), r.PathValue("owner")+"/"+r.PathValue("repo"), credential(r))
	defer leave()
	c := &call{Call: asked, peer: p, route: rt, base: p.URL + prefix, token: token, cost: p.config.Costs.Request}
	body, err := c.result()
	a := c.Answer(body, err, usualRefusal)
	if err == nil && rt.created {
		a.Status = http.StatusCreated
	}
	if p.config.Latency {
		c.Take(c.cost)
	}
	c.tag(&a)
	p.limits.describe(c)
	c.Header.Set("X-GitHub-Request-Id", fmt.Sprintf("GITHUBTEST:%d", c.Number))
	c.Write(w, a)
}

func usualRefusal(no *hosttest.Refusal) any {
	return object{"message": no.Message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(no.Status)}
}

func (c *call) result() (any, error) {
	if err := c.admitted(); err != nil {
		return nil, err
	}
	if err := c.Failed(failures); err != nil {
		return nil, err
	}
	c.peer.state.mu.RLock()
	defer c.peer.state.mu.RUnlock()
	body, err := c.route.answer(c)
	if err != nil {
		return nil, err
	}
	return c.Fault.Spoil(body, nullable()), nil
}

// admitted says whether the caller is known and has not asked too much.
func (c *call) admitted() error {
	if err := c.peer.access.check(c); err != nil {
		return err
	}
	return c.peer.limits.admit(c)
}

// tag names the answer by its content and who asked, and leaves it out where the caller has it: that costs
// nothing of the hour's requests.
func (c *call) tag(a *hosttest.Answer) {
	if c.Request.Method != http.MethodGet || a.Status != http.StatusOK {
		return
	}
	etag := `W/"` + objects.ID(c.Account, a.Body) + `"`
	c.Header.Set("ETag", etag)
	if c.Request.Header.Get("If-None-Match") != etag {
		return
	}
	*a = hosttest.Answer{Status: http.StatusNotModified}
	c.Header.Del("Content-Type")
	if c.token != nil {
		c.peer.limits.refund(c)
	}
}

// usualPage is how many entries a page of a list has where that is not said.
const usualPage = 30

// paged makes the page of a list that was asked for and links it to the others.
func paged[T any](c *call, list []T, show func(T) any) []any {
	page, per := c.Page(usualPage)
	last := max(1, (len(list)+per-1)/per)
	link := func(rel string, to int) { c.Link(c.base, rel, "page", strconv.Itoa(to)) }
	if page > 1 {
		link("prev", min(page-1, last))
		link("first", 1)
	}
	if page < last {
		link("next", page+1)
		link("last", last)
	}
	return hosttest.Each(hosttest.Slice(list, page, per), show)
}

// stamp writes a time as GitHub does; null where there is none.
func stamp(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format("2006-01-02T15:04:05Z")
}
