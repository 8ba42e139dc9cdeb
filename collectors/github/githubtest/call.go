package githubtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object of an answer.
type object map[string]any

// call is one request on its way through the peer.
type call struct {
	peer    *Peer
	request *http.Request
	route   route
	base    string // address that the request went to: the peer's, or that of an Enterprise server
	token   *Token // nil where nobody is signed in
	fault   *Fault
	atOnce  int           // requests of the account that were on their way when it came, with it
	cost    time.Duration // processor time that it took
	header  http.Header   // of the answer
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

func notFound() *refusal { return refuse(http.StatusNotFound, "Not Found") }

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
	c := &call{peer: p, request: r, route: rt, base: p.URL + prefix, cost: p.config.Costs.Request, header: http.Header{}}
	c.token = p.access.find(r)
	defer p.limits.enter(c)()
	c.fault = p.faults.take(c)
	a := c.answer()
	if p.config.Latency {
		p.clock.Sleep(r.Context(), c.cost)
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
	status := http.StatusOK
	if c.route.created {
		status = http.StatusCreated
	}
	return answer{status, c.encode(body)}
}

func (c *call) result() (any, error) {
	if err := c.admitted(); err != nil {
		return nil, err
	}
	if err := c.fault.refusal(c); err != nil {
		return nil, err
	}
	c.peer.state.mu.RLock()
	defer c.peer.state.mu.RUnlock()
	body, err := c.route.answer(c)
	if err != nil {
		return nil, err
	}
	return c.fault.spoil(body), nil
}

// admitted says whether the caller is known and has not asked too much.
func (c *call) admitted() error {
	if err := c.peer.access.check(c); err != nil {
		return err
	}
	return c.peer.limits.admit(c)
}

func (c *call) refused(no *refusal) answer {
	for name, values := range no.header {
		c.header[name] = values
	}
	body := no.body
	if body == nil {
		body = object{"message": no.message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(no.status)}
	}
	if text, ok := body.(raw); ok {
		c.header.Set("Content-Type", text.kind)
		return answer{no.status, []byte(text.body)}
	}
	return answer{no.status, c.encode(body)}
}

func (c *call) encode(body any) []byte {
	c.header.Set("Content-Type", "application/json; charset=utf-8")
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		c.peer.report("%s: %v", c.request.URL, err)
	}
	return out.Bytes()
}

// write sends the answer, unless the caller has it already or a fault spoils it on its way.
func (c *call) write(w http.ResponseWriter, a answer) {
	c.tag(&a)
	c.peer.limits.describe(c)
	for name, values := range c.header {
		w.Header()[name] = values
	}
	now := c.peer.Now().Add(c.peer.limits.skewed())
	w.Header().Set("Date", now.Format(http.TimeFormat))
	w.Header().Set("X-GitHub-Request-Id", fmt.Sprintf("GITHUBTEST:%d", c.peer.limits.requests()))
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

// tag names the answer by its content and who asked, and leaves it out where the caller has it: that costs
// nothing of the hour's requests.
func (c *call) tag(a *answer) {
	if c.request.Method != http.MethodGet || a.status != http.StatusOK {
		return
	}
	etag := `W/"` + hash(c.account(), a.body) + `"`
	c.header.Set("ETag", etag)
	if c.request.Header.Get("If-None-Match") != etag {
		return
	}
	*a = answer{status: http.StatusNotModified}
	c.header.Del("Content-Type")
	if c.token != nil {
		c.peer.limits.refund(c)
	}
}

// path returns a part of the path by the name that the route gives it.
func (c *call) path(name string) string { return c.request.PathValue(name) }

// Pages of a list.
const (
	defaultPage = 30
	largestPage = 100
)

func (c *call) perPage() int {
	n, err := strconv.Atoi(c.request.URL.Query().Get("per_page"))
	if err != nil || n < 1 {
		return defaultPage
	}
	return min(n, largestPage)
}

func (c *call) page() int {
	n, err := strconv.Atoi(c.request.URL.Query().Get("page"))
	if err != nil {
		return 1
	}
	return max(n, 1)
}

// paged makes the page of a list that was asked for and links it to the others.
func paged[T any](c *call, list []T, show func(T) any) []any {
	page, per := c.page(), c.perPage()
	last := max(1, (len(list)+per-1)/per)
	var links []string
	link := func(rel string, to int) {
		query := c.request.URL.Query()
		query.Set("page", strconv.Itoa(to))
		links = append(links, fmt.Sprintf(`<%s%s?%s>; rel="%s"`, c.base, c.request.URL.EscapedPath(), query.Encode(), rel))
	}
	if page > 1 {
		link("prev", min(page-1, last))
		link("first", 1)
	}
	if page < last {
		link("next", page+1)
		link("last", last)
	}
	if len(links) > 0 {
		c.header.Set("Link", strings.Join(links, ", "))
	}
	return each(list[min(len(list), (page-1)*per):min(len(list), page*per)], show)
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

// stamp writes a time as GitHub does; null where there is none.
func stamp(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format("2006-01-02T15:04:05Z")
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
