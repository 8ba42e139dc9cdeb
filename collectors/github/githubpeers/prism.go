package githubpeers

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/trodden/trodden/collectors/hosttest/program"
)

// Prism answers by GitHub's description of its REST API, with the examples that are in it, and refuses requests that the
// description does not allow.
type Prism struct {
	URL string // of GitHub Enterprise

	mu    sync.Mutex
	asked []Asked
}

// Asked is a request, as the client sent it, and what became of it.
type Asked struct {
	Method, Path string // the path with the query
	Status       int
}

// StartPrism starts Prism for t. Where it is not installed t is not run, unless TRODDEN_REQUIRE names peers-prism.
//
// The proxy in front of it asks for JSON, for the description knows no media type of GitHub's own; makes one part of the
// path of what GitHub takes several parts for, which OpenAPI cannot say; ends lists after their second page, for in the
// examples every page has a next one; and mends the description where it says one thing in words and another in types:
// runs are searched by a range of times, not by one, and a ruleset is active, never enabled as in an example.
func StartPrism(t testing.TB) *Prism {
	t.Helper()
	const target = "peers-prism"
	prism := program.Path(t, "prism/node_modules/@stoplight/prism-cli/dist/index.js", target)
	description := program.Path(t, "prism/node_modules/@octokit/openapi/generated/api.github.com.json", target)
	p := &Prism{}
	front := newProxy(t, described, p.note)
	front.target = start(t, func(port int) []string {
		return []string{node(t), prism, "mock", "--host", "127.0.0.1", "--port", strconv.Itoa(port), "--verboseLevel", "warn", description}
	})
	p.URL = front.URL
	return p
}

// Asked returns what was asked so far.
func (p *Prism) Asked() []Asked {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Asked(nil), p.asked...)
}

func (p *Prism) note(resp *http.Response) error {
	if page, err := strconv.Atoi(resp.Request.URL.Query().Get("page")); err == nil && page > 1 {
		resp.Header.Del("Link")
	}
	if strings.HasSuffix(resp.Request.URL.Path, "/rulesets") {
		if err := activate(resp); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, Asked{resp.Request.Method, resp.Request.URL.RequestURI(), resp.StatusCode})
	return nil
}

// activate makes the rulesets of an answer active.
func activate(resp *http.Response) error {
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	replace(resp, bytes.ReplaceAll(body, []byte(`"enforcement":"enabled"`), []byte(`"enforcement":"active"`)))
	return nil
}

// several are the paths whose last parameter has several parts at GitHub.
var several = regexp.MustCompile(`^(/repos/[^/]+/[^/]+/(?:contents|git/ref|git/matching-refs|commits)/)(.+)$`)

// described makes a request one that the description can tell of.
func described(r *http.Request) {
	r.Header.Set("Accept", "application/json")
	query := r.URL.Query()
	if from, _, isRange := strings.Cut(query.Get("created"), ".."); isRange {
		query.Set("created", from)
		r.URL.RawQuery = query.Encode()
	}
	if query.Has("recursive") {
		r.Header.Set("Prefer", "example=response-recursively-retrieving-a-tree")
	}
	if parts := several.FindStringSubmatch(r.URL.EscapedPath()); parts != nil {
		setPath(r, parts[1]+strings.ReplaceAll(parts[2], "/", "%2F"))
	}
}
