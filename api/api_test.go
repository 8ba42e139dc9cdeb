package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/metrics/query"
)

// request makes a request as a program on this machine does.
func request(method, target string, body ...string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(strings.Join(body, "")))
	r.Host = "127.0.0.1:8080"
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// do sends a request.
func do(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// ask sends a request that must go well.
func ask(t testing.TB, h http.Handler, method, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := do(h, request(method, target))
	if w.Code != http.StatusOK {
		t.Fatalf("%s %s: got %d %s", method, target, w.Code, w.Body)
	}
	return w
}

// open returns a server that anybody on this machine may use.
func open(db query.DB, change ...func(*api.Options)) http.Handler {
	o := api.Options{DB: db, Now: clock, Version: "v0.0.0", Access: api.Access{Anonymous: api.Editor}}
	for _, c := range change {
		c(&o)
	}
	return api.New(o).Handler()
}
