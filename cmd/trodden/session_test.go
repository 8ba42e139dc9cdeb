package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// session runs commands of the program without a terminal, and keeps what they print.
type session struct {
	t        *testing.T
	dir      string
	terminal bool
	vars     map[string]string
	step     time.Duration // between two looks at the clock
	open     func(context.Context, *program, *config.Config, schemaUse) (*local, error)
	out, err bytes.Buffer
}

func newSession(t *testing.T, files map[string]string) *session {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return &session{t: t, dir: dir, vars: map[string]string{"USER": "ana"}}
}

// run runs one command and returns its exit status.
func (s *session) run(args ...string) int {
	s.out.Reset()
	s.err.Reset()
	clock := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	p := &program{
		out: &s.out, err: &s.err, outTerminal: s.terminal, open: s.open,
		now: func() time.Time {
			now := clock
			clock = clock.Add(s.step)
			return now
		},
		env: config.Environment{Home: s.dir, Lookup: func(name string) (string, bool) { v, ok := s.vars[name]; return v, ok }},
	}
	return p.run(s.t.Context(), args)
}

const goodConfig = "sources: [{git: {dirs: [.]}}]\npaths: [{key: ci, golden: {file: go.mod}}]\n"

// fakeAPI answers with what is kept in testdata/answers, and remembers what it was asked.
type fakeAPI struct {
	asked []string
	token string
}

func (a *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.asked = append(a.asked, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, r.URL.RequestURI(), body)))
	a.token = r.Header.Get("Authorization")
	name := strings.TrimPrefix(r.URL.Path, "/api/v1/")
	ext := cmp.Or(r.URL.Query().Get("format"), "json")
	w.Header().Set("Content-Type", map[string]string{"json": "application/json", "csv": "text/csv; charset=utf-8; header=present", "ndjson": "application/x-ndjson"}[ext])
	switch problem := problems[r.URL.Query().Get("path")]; {
	case name == "states" && problem.status > 0:
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(problem.status)
		io.WriteString(w, problem.body)
		return
	case name == "events" && r.URL.Query().Get("repo") == "broken":
		io.WriteString(w, `{"data":[{"id":"1"`)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	case name == "scans" && r.Method == http.MethodPost:
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, `{"id":"7","state":"running","total":2}`)
		return
	case r.Method == http.MethodPost:
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, `{"repo":"github.com/acme/pay","component":"","path":"ci","until":"2027-01-01T00:00:00Z","in_force":true}`)
		return
	}
	if by := r.URL.Query().Get("by"); name == "lag" && by != "" {
		name += "_by_" + by
	}
	text, err := os.ReadFile(filepath.Join(answers, strings.ReplaceAll(name, "/", "_")+"."+ext))
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Write(text)
}

// problems is what the fake API says of paths that it does not answer for.
var problems = map[string]struct {
	status int
	body   string
}{
	"nope": {http.StatusNotFound, `{"type":"urn:trodden:problem:not-found","status":404,"detail":"there is no path \"nope\"","hint":"GET /api/v1/paths lists them"}`},
	"hint": {http.StatusNotFound, `{"type":"urn:trodden:problem:not-found","status":404,"detail":"there is no component","hint":"GET /api/v1/states lists the components"}`},
	"repo": {http.StatusBadRequest, `{"type":"urn:trodden:problem:invalid","status":400,"detail":"repo: not plain text","errors":[{"parameter":"repo","detail":"not plain text"}]}`},
	"many": {http.StatusBadRequest, `{"type":"urn:trodden:problem:invalid","status":400,"detail":"path: not plain text; as_of: out of range, as_of asks for one moment","hint":"GET /api/v1/openapi.json describes the parameters",` +
		`"errors":[{"parameter":"path","detail":"not plain text"},{"parameter":"as_of","detail":"out of range, as_of asks for one moment"}]}`},
}

// answers is where the answers are, whatever folder a test runs in.
var answers, _ = filepath.Abs(filepath.Join("testdata", "answers"))

func answerOf(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(answers, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ways returns a session for each of the two ways from a command to an answer: over HTTP, and in process.
func ways() map[string]func(*testing.T) (*session, *fakeAPI, []string) {
	return map[string]func(*testing.T) (*session, *fakeAPI, []string){
		"over HTTP": func(t *testing.T) (*session, *fakeAPI, []string) {
			api := new(fakeAPI)
			server := httptest.NewServer(api)
			t.Cleanup(server.Close)
			return newSession(t, nil), api, []string{"--server", server.URL}
		},
		"in process": func(t *testing.T) (*session, *fakeAPI, []string) {
			api := new(fakeAPI)
			s := newSession(t, map[string]string{"trodden.yaml": goodConfig})
			s.open = func(context.Context, *program, *config.Config, schemaUse) (*local, error) {
				return &local{handler: func(access) http.Handler { return api }, close: func() error { return nil }}, nil
			}
			return s, api, nil
		},
	}
}
