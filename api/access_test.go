package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/trodden/trodden/api"
)

// header is a header field of a request.
type header struct{ name, value string }

// TestAccess says who may do what. Questions go to a server without a store, so what is let in comes to
// 200 for what needs none.
func TestAccess(t *testing.T) {
	token := api.NewStaticToken("s3cret", api.Caller{Name: "environment", Role: api.Editor})
	viewer := api.NewStaticToken("s3cret", api.Caller{Name: "wall", Role: api.Viewer})
	const ask, write, page, probe = "GET /api/v1/openapi.json", "POST /api/v1/scans", "GET /", "GET /healthz"
	loopback := api.Access{Anonymous: api.Editor, Tokens: token}
	closed := api.Access{Tokens: token}
	bearer := header{"Authorization", "Bearer s3cret"}
	json := header{"Content-Type", "application/json"}
	for name, c := range map[string]struct {
		access  api.Access
		what    string
		host    string
		headers []header
		want    int
	}{
		"a program on this machine asks":               {loopback, ask, "127.0.0.1:8080", nil, 200},
		"by name":                                      {loopback, ask, "localhost:8080", nil, 200},
		"by IPv6":                                      {loopback, ask, "[::1]:8080", nil, 200},
		"without a port":                               {loopback, ask, "localhost", nil, 200},
		"by a name that was made to point here":        {loopback, ask, "evil.example:8080", nil, 421},
		"by an address of the network":                 {loopback, ask, "192.0.2.7:8080", nil, 421},
		"by a name that looks like this machine":       {loopback, ask, "localhost.evil.example", nil, 421},
		"by a name that was allowed":                   {api.Access{Anonymous: api.Viewer, Hosts: []string{"Trodden.acme.dev"}}, ask, "trodden.acme.dev", nil, 200},
		"by any name, where all are":                   {api.Access{Anonymous: api.Viewer, AnyHost: true}, ask, "trodden.acme.dev", nil, 200},
		"by a strange name, with a token":              {loopback, ask, "trodden.acme.dev", []header{bearer}, 200},
		"a probe by a strange name":                    {loopback, probe, "10.0.0.7:8080", nil, 200},
		"a probe without a token":                      {closed, probe, "trodden.acme.dev", nil, 200},
		"nobody may ask":                               {closed, ask, "localhost", nil, 401},
		"nobody may see pages":                         {closed, page, "localhost", nil, 401},
		"a token asks":                                 {closed, ask, "trodden.acme.dev", []header{bearer}, 200},
		"a wrong token":                                {closed, ask, "localhost", []header{{"Authorization", "Bearer s3crets"}}, 401},
		"a wrong token does not make one anonymous":    {loopback, ask, "localhost", []header{{"Authorization", "Bearer s3crets"}}, 401},
		"an empty token":                               {closed, ask, "localhost", []header{{"Authorization", "Bearer "}}, 401},
		"a scheme that is not known":                   {closed, ask, "localhost", []header{{"Authorization", "Digest s3cret"}}, 401},
		"a token where there are none":                 {api.Access{Anonymous: api.Viewer}, ask, "localhost", []header{bearer}, 401},
		"a browser sends the token as a password":      {closed, page, "trodden.acme.dev", []header{{"Authorization", "Basic eDpzM2NyZXQ="}}, 200},
		"a browser may not write by a password":        {closed, write, "trodden.acme.dev", []header{{"Authorization", "Basic eDpzM2NyZXQ="}, json}, 401},
		"a program on this machine writes":             {loopback, write, "localhost:8080", []header{json}, 202},
		"a token writes":                               {closed, write, "trodden.acme.dev", []header{bearer, json}, 202},
		"a viewer may not write":                       {api.Access{Tokens: viewer}, write, "trodden.acme.dev", []header{bearer, json}, 403},
		"a viewer may not have lines of files":         {api.Access{Tokens: viewer}, "GET /api/v1/catalog/patches", "trodden.acme.dev", []header{bearer}, 403},
		"an anonymous viewer may not write":            {api.Access{Anonymous: api.Viewer, AnyHost: true}, write, "trodden.acme.dev", []header{json}, 401},
		"an address that there is not":                 {loopback, "GET /api/v1/nothing", "localhost:8080", nil, 404},
		"a method that there is not":                   {loopback, "PUT /api/v1/states", "localhost:8080", nil, 405},
		"a form of another page":                       {loopback, write, "localhost:8080", []header{{"Content-Type", "text/plain"}, {"Origin", "https://evil.example"}}, 403},
		"a form of a browser that tells nothing":       {loopback, write, "localhost:8080", []header{{"Content-Type", "application/x-www-form-urlencoded"}}, 415},
		"a body of no kind":                            {loopback, write, "localhost:8080", nil, 415},
		"a script of another site":                     {loopback, write, "localhost:8080", []header{json, {"Sec-Fetch-Site", "cross-site"}}, 403},
		"a script of another port of this machine":     {loopback, write, "localhost:8080", []header{json, {"Sec-Fetch-Site", "same-site"}}, 403},
		"a script of another origin in an old browser": {loopback, write, "localhost:8080", []header{json, {"Origin", "http://localhost:9090"}}, 403},
		"a script of our own pages":                    {loopback, write, "localhost:8080", []header{json, {"Sec-Fetch-Site", "same-origin"}, {"Origin", "http://localhost:8080"}}, 202},
		"JSON with a character set":                    {loopback, write, "localhost:8080", []header{{"Content-Type", "application/json; charset=utf-8"}}, 202},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(nil, func(o *api.Options) { o.Access, o.Scans, o.Pages = c.access, newScanner(), blankPage() })
			method, target, _ := strings.Cut(c.what, " ")
			r := request(method, target)
			r.Host = c.host
			for _, f := range c.headers {
				r.Header.Set(f.name, f.value)
			}
			answer := do(h, r)
			if answer.Code != c.want {
				t.Errorf("got %d %s, want %d", answer.Code, answer.Body, c.want)
			}
			if challenge := answer.Header().Get("WWW-Authenticate"); (answer.Code == 401) != (challenge != "") {
				t.Errorf("status %d with challenge %q", answer.Code, challenge)
			}
			const policy = "default-src 'none'; frame-ancestors 'none'"
			if h := answer.Header(); answer.Code >= 400 && (h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != policy) {
				t.Errorf("status %d with headers %v", answer.Code, h)
			}
			if strings.Contains(answer.Body.String(), "s3cret") {
				t.Errorf("the answer has the token: %s", answer.Body)
			}
		})
	}
}

func blankPage() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("page")) })
}

// brokenTokens cannot be looked up.
type brokenTokens struct{}

func (brokenTokens) Caller(context.Context, string) (api.Caller, error) {
	return api.Caller{Role: api.Admin}, errors.New("the store is away")
}

// TestTokensThatCannotBeLookedUp lets nobody in.
func TestTokensThatCannotBeLookedUp(t *testing.T) {
	h := open(nil, func(o *api.Options) { o.Access = api.Access{Tokens: brokenTokens{}} })
	r := request("GET", "/api/v1/openapi.json")
	r.Header.Set("Authorization", "Bearer x")
	if answer := do(h, r); answer.Code != 500 || strings.Contains(answer.Body.String(), "away") {
		t.Errorf("got %d %s, want 500 that says nothing of the inside", answer.Code, answer.Body)
	}
}
