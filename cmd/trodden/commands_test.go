package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// session runs commands of the program without a terminal, and keeps what they print.
type session struct {
	t        *testing.T
	dir      string
	terminal bool
	vars     map[string]string
	open     func(context.Context, *program, *config.Config) (*local, error)
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
	p := &program{
		out: &s.out, err: &s.err, outTerminal: s.terminal, open: s.open,
		now: func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) },
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
	switch {
	case name == "states" && r.URL.Query().Get("path") == "nope":
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"type":"urn:trodden:problem:not-found","status":404,"detail":"there is no path \"nope\"","hint":"GET /api/v1/paths lists them"}`)
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
	ext := "json"
	if f := r.URL.Query().Get("format"); f != "" {
		ext = f
	}
	text, err := os.ReadFile(filepath.Join(answers, strings.ReplaceAll(name, "/", "_")+"."+ext))
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Write(text)
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
			s.open = func(context.Context, *program, *config.Config) (*local, error) {
				return &local{handler: func(access) http.Handler { return api }, close: func() error { return nil }}, nil
			}
			return s, api, nil
		},
	}
}

func TestQuestions(t *testing.T) {
	tests := []struct {
		args string
		want string // what is asked
	}{
		{"adoption", "GET /api/v1/adoption?limit=0"},
		{"adoption --path ci --team pay --group fin --by team --from 2025-01-01 --to 2026-01-01 --interval month --as-of 2026-01-02",
			"GET /api/v1/adoption?as_of=2026-01-02&by=team&from=2025-01-01&group=fin&interval=month&limit=0&path=ci&team=pay&to=2026-01-01"},
		{"adoption --output csv", "GET /api/v1/adoption?format=csv&limit=0"},
		{"states --path ci --team pay --state off --as-of 2026-01-02T10:00:00Z", "GET /api/v1/states?as_of=2026-01-02T10%3A00%3A00Z&limit=0&path=ci&state=off&team=pay"},
		{"states --output ndjson", "GET /api/v1/states?format=ndjson&limit=0"},
		{"explain github.com/acme/mono//services/pay --path ci", "GET /api/v1/explain?limit=0&path=ci&repo=github.com%2Facme%2Fmono%2F%2Fservices%2Fpay"},
		{"events --path ci --repo github.com/acme/pay --from 2025-01-01 --to 2026-01-01", "GET /api/v1/events?from=2025-01-01&limit=0&path=ci&repo=github.com%2Facme%2Fpay&to=2026-01-01"},
		{"exempt", "GET /api/v1/exemptions?limit=0"},
		{"exempt github.com/acme/pay --path ci --until 2027-01-01 --reason audit",
			`POST /api/v1/exemptions {"repo":"github.com/acme/pay","path":"ci","until":"2027-01-01","reason":"audit","by":"ana"}`},
		{"exempt github.com/acme/pay --path ci --end --by bo", `POST /api/v1/exemptions/end {"repo":"github.com/acme/pay","path":"ci","by":"bo"}`},
	}
	for way, begin := range ways() {
		t.Run(way, func(t *testing.T) {
			s, api, flags := begin(t)
			for _, test := range tests {
				api.asked = nil
				s.run(append(strings.Fields(test.args), flags...)...)
				if diff := cmp.Diff(api.asked, []string{test.want}); diff != "" {
					t.Errorf("%s asked (-got +want):\n%s%s", test.args, diff, &s.err)
				}
			}
		})
	}
}

// TestPassedOn shows that what is not a table is printed to the byte as the server gave it.
func TestPassedOn(t *testing.T) {
	for way, begin := range ways() {
		t.Run(way, func(t *testing.T) {
			s, _, flags := begin(t)
			for _, test := range []struct{ args, want string }{
				{"states", "states.json"}, // not a terminal
				{"states --output json", "states.json"},
				{"states --output csv", "states.csv"},
				{"states --output ndjson", "states.ndjson"},
				{"adoption", "adoption.json"},
			} {
				if status := s.run(append(strings.Fields(test.args), flags...)...); status != exitDone {
					t.Errorf("%s: got exit status %d: %s", test.args, status, &s.err)
				}
				if diff := cmp.Diff(s.out.String(), answerOf(t, test.want)); diff != "" {
					t.Errorf("%s (-got +want):\n%s", test.args, diff)
				}
			}
		})
	}
}

func TestTables(t *testing.T) {
	s, _, flags := ways()["in process"](t)
	s.terminal = true
	for name, args := range map[string][]string{
		"adoption": {"adoption"}, "adoption_interval": {"adoption", "--interval", "month"}, "states": {"states"},
		"events": {"events"}, "explain": {"explain", "github.com/acme/pay"}, "exemptions": {"exempt"},
	} {
		t.Run(name, func(t *testing.T) {
			if status := s.run(append(args, flags...)...); status != exitDone {
				t.Fatalf("got exit status %d: %s", status, &s.err)
			}
			file := filepath.Join(answers, name+".table")
			if *update {
				if err := os.WriteFile(file, s.out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(s.out.String(), answerOf(t, name+".table")); diff != "" {
				t.Errorf("table (-got +want):\n%s", diff)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	for way, begin := range ways() {
		t.Run(way, func(t *testing.T) {
			s, _, flags := begin(t)
			for _, test := range []struct {
				args   string
				status int
				want   string // on stderr
			}{
				{"states --path nope", exitFailed, "trodden: there is no path \"nope\" (GET /api/v1/paths lists them)\n"},
				{"events --repo broken", exitFailed, "trodden: read the answer: "},
				{"events --repo broken --output table", exitFailed, "trodden: read the answer: "},
			} {
				status := s.run(append(strings.Fields(test.args), flags...)...)
				if status != test.status || !strings.HasPrefix(s.err.String(), test.want) {
					t.Errorf("%s: got exit status %d, %q, want %d, %q", test.args, status, &s.err, test.status, test.want)
				}
			}
		})
	}
}

func TestTokenIsSent(t *testing.T) {
	s, api, flags := ways()["over HTTP"](t)
	s.vars["TRODDEN_TOKEN"] = "not-a-real-token"
	s.run(append([]string{"states"}, flags...)...)
	if want := "Bearer not-a-real-token"; api.token != want {
		t.Errorf("got %q, want %q", api.token, want)
	}
	s.run("states", "--server", "http://127.0.0.1:1")
	if strings.Contains(s.err.String(), "not-a-real-token") {
		t.Errorf("the token is shown: %s", &s.err)
	}
}

func TestScanOnServer(t *testing.T) {
	s, api, flags := ways()["over HTTP"](t)
	status := s.run(append([]string{"scan", "--source", "git", "--full", "--shard", "1/2", "--budget", "5"}, flags...)...)
	if status != exitUnknown {
		t.Errorf("got exit status %d, want %d: %s", status, exitUnknown, &s.err)
	}
	want := []string{`POST /api/v1/scans {"source":"git","full":true,"shard":"1/2","budget":5}`, "GET /api/v1/scans/7"}
	if diff := cmp.Diff(api.asked, want); diff != "" {
		t.Errorf("asked (-got +want):\n%s", diff)
	}
	checkScan(t, s)
}

func checkScan(t *testing.T, s *session) {
	t.Helper()
	const wantOut = "repos read               60\nunchanged                57\nunknown                   1\n" +
		"changes written          42\nrequests made             0\nseconds                12.0\n"
	if diff := cmp.Diff(s.out.String(), wantOut); diff != "" {
		t.Errorf("summary (-got +want):\n%s", diff)
	}
	const wantErr = "unknown: github.com/acme/torn: unreadable (bad pack)\n"
	if diff := cmp.Diff(s.err.String(), wantErr); diff != "" {
		t.Errorf("beside it (-got +want):\n%s", diff)
	}
}

func TestScanInProcess(t *testing.T) {
	done := scanRow{State: "done", Seconds: 12, Total: 60, Repos: 60, Unchanged: 57, Unknown: 1, Changes: 42,
		Problems: []scanProblem{{Repo: "github.com/acme/torn", Reason: "unreadable", Detail: "bad pack"}}}
	clean := scanRow{State: "done", Complete: true, Repos: 1}
	tests := []struct {
		name   string
		row    scanRow
		err    error
		status int
		stderr string
	}{
		{"some unknown", done, nil, exitUnknown, "unknown: github.com/acme/torn: unreadable (bad pack)\n"},
		{"all read", clean, nil, exitDone, ""},
		{"a source was not listed whole", scanRow{Repos: 1}, nil, exitUnknown, ""},
		{"failed", scanRow{}, errors.New("disk full"), exitFailed, "trodden: disk full\n"},
		{"another one runs", scanRow{}, fmt.Errorf("scan: %w", metrics.ErrConflict), exitFailed, "trodden: scan: conflict\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSession(t, map[string]string{"trodden.yaml": goodConfig})
			closed := false
			s.open = func(context.Context, *program, *config.Config) (*local, error) {
				return &local{
					scan: func(_ context.Context, _ scanRequest, show func(collectors.Progress)) (scanRow, error) {
						show(collectors.Progress{Listed: 60, Read: 10})
						return test.row, test.err
					},
					close: func() error { closed = true; return nil },
				}, nil
			}
			status := s.run("scan")
			if status != test.status || s.err.String() != test.stderr {
				t.Errorf("got exit status %d, %q, want %d, %q", status, &s.err, test.status, test.stderr)
			}
			if !closed {
				t.Error("the store was left open")
			}
			if test.name == "some unknown" {
				checkScan(t, s)
			}
		})
	}
}

func TestScanAsJSON(t *testing.T) {
	s, _, flags := ways()["over HTTP"](t)
	s.run(append([]string{"scan", "--output", "json"}, flags...)...)
	const want = `{"data":[{"repos":60,"unchanged":57,"unknown":1,"changes":42,"requests":0,"seconds":12,"complete":false,` +
		`"problems":[{"repo":"github.com/acme/torn","reason":"unreadable","detail":"bad pack"}]}],` +
		`"as_of":"2026-11-22T10:00:00Z","scan":{"at":"2026-11-22T09:59:00Z","complete":false,"unknown":1},"next":null}` + "\n"
	if diff := cmp.Diff(s.out.String(), want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

func TestParseShard(t *testing.T) {
	tests := []struct {
		in   string
		want collectors.Shard
		ok   bool
	}{
		{"", collectors.Shard{}, true},
		{"1/4", collectors.Shard{Index: 1, Count: 4}, true},
		{"4/4", collectors.Shard{Index: 4, Count: 4}, true},
		{"0/4", collectors.Shard{Index: 4, Count: 4}, true},
		{"1/1", collectors.Shard{Index: 1, Count: 1}, true},
		{"5/4", collectors.Shard{}, false},
		{"-1/4", collectors.Shard{}, false},
		{"1/0", collectors.Shard{}, false},
		{"1", collectors.Shard{}, false},
		{"a/b", collectors.Shard{}, false},
		{"1/2/3", collectors.Shard{}, false},
	}
	for _, test := range tests {
		got, err := parseShard(test.in)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("parseShard(%q): got %v, %v, want %v", test.in, got, err, test.want)
		}
	}
}

func TestServe(t *testing.T) {
	s := newSession(t, map[string]string{"trodden.yaml": goodConfig + "scan: {schedule: \"@yearly\"}\n"})
	ctx, stop := context.WithCancel(t.Context())
	announced := make(chan string, 1)
	var granted access
	s.open = func(context.Context, *program, *config.Config) (*local, error) {
		return &local{
			handler: func(a access) http.Handler {
				granted = a
				return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "here") })
			},
			announce: func(url string) error { announced <- url; return nil },
			close:    func() error { return nil },
		}, nil
	}
	p := &program{out: &s.out, err: &s.err, open: s.open, now: time.Now,
		env: config.Environment{Lookup: func(string) (string, bool) { return "", false }}}
	status := make(chan int, 1)
	go func() { status <- p.run(ctx, []string{"serve", "--addr", "127.0.0.1:0"}) }()
	url := <-announced
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || string(body) != "here" {
		t.Errorf("got %q, %v, want here", body, err)
	}
	stop()
	if got := <-status; got != exitDone {
		t.Errorf("got exit status %d, want %d: %s", got, exitDone, &s.err)
	}
	if diff := cmp.Diff(granted, access{Write: true}); diff != "" {
		t.Errorf("access on loopback (-got +want):\n%s", diff)
	}
	if want := "listening on " + url + "\n"; s.out.String() != want {
		t.Errorf("got %q, want %q", &s.out, want)
	}
}

func TestAccess(t *testing.T) {
	tests := []struct {
		addr      string
		anonymous bool
		token     string
		want      access
	}{
		{"127.0.0.1:8080", false, "", access{Write: true}},
		{"localhost:8080", false, "s", access{Token: "s"}},
		{"[::1]:8080", false, "", access{Write: true}},
		{"0.0.0.0:8080", false, "s", access{Deny: true, AnyHost: true, Token: "s"}},
		{":8080", true, "", access{AnyHost: true}},
		{"10.0.0.1:8080", true, "s", access{AnyHost: true, Token: "s"}},
	}
	for _, test := range tests {
		p := &program{env: config.Environment{Lookup: func(string) (string, bool) { return test.token, true }}}
		got := p.accessFor(serveFlags{addr: test.addr, anonymous: test.anonymous})
		if diff := cmp.Diff(got, test.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", test.addr, diff)
		}
	}
}

// hold takes the lock of an embedded directory as a server does.
func hold(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
}

// TestHeldStore shows that every command goes through the server that holds the store.
func TestHeldStore(t *testing.T) {
	s, api, flags := ways()["over HTTP"](t)
	if err := os.WriteFile("trodden.yaml", []byte(goodConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	hold(t, ".trodden", fmt.Sprintf(`{"pid":12,"url":%q}`, flags[1]))
	for args, status := range map[string]int{"states": exitDone, "scan": exitUnknown, "check": exitUnknown, // there are no clones
		"exempt github.com/acme/pay --path ci --end": exitDone, "migrate": exitFailed} {
		api.asked = nil
		if got := s.run(strings.Fields(args)...); got != status {
			t.Errorf("%s: got exit status %d, want %d: %s", args, got, status, &s.err)
		}
		if asked := len(api.asked) > 0; asked != (args != "migrate") {
			t.Errorf("%s: the server was asked %v", args, api.asked)
		}
	}
}

func TestStoreInUse(t *testing.T) {
	s := newSession(t, map[string]string{"trodden.yaml": goodConfig})
	hold(t, "store", `{"pid":12}`)
	const want = "trodden: embedded:store is in use by process 12: wait until it is done, or end it\n"
	if status := s.run("states", "--clickhouse", "embedded:store"); status != exitFailed || s.err.String() != want {
		t.Errorf("got exit status %d, %q, want %d, %q", status, &s.err, exitFailed, want)
	}
}

// TestHandlerEnds shows that no handler works on after its answer was closed, or its request given up.
func TestHandlerEnds(t *testing.T) {
	running := make(chan struct{}, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { <-running }()
		running <- struct{}{}
		if r.URL.Path == "/api/v1/wait" {
			<-r.Context().Done()
			return
		}
		for {
			if _, err := io.WriteString(w, "more"); err != nil {
				return
			}
		}
	})
	c := newLocalClient(handler)
	body, err := c.get(t.Context(), "states", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := body.Close(); err != nil {
		t.Fatal(err)
	}
	if len(running) > 0 {
		t.Error("the handler still runs after its answer was closed")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := c.get(ctx, "wait", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want context.DeadlineExceeded", err)
	}
	if len(running) > 0 {
		t.Error("the handler still runs after its request was given up")
	}
}

func TestProgressOnTerminal(t *testing.T) {
	var err bytes.Buffer
	p := &program{err: &err, errTerminal: true}
	bar := p.newProgress()
	bar.show(collectors.Progress{Listed: 10, Read: 0})
	bar.show(collectors.Progress{Listed: 20, Whole: true, Read: 5})
	bar.end()
	if got := err.String(); !strings.Contains(got, "reading") || !strings.Contains(got, "/10") {
		t.Errorf("got %q, want a bar that counts", got)
	}
	p.errTerminal = false
	err.Reset()
	bar = p.newProgress()
	bar.show(collectors.Progress{Listed: 10, Read: 5})
	bar.end()
	if got := err.String(); got != "" {
		t.Errorf("got %q without a terminal, want nothing", got)
	}
}
