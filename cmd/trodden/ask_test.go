package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

func TestQuestions(t *testing.T) {
	tests := []struct {
		args string
		want string // what is asked
	}{
		{"adoption", "GET /api/v1/adoption?limit=0"},
		{"adoption --path ci --team pay --group fin --by team --from 2025-01-01 --to 2026-01-01 --interval month --as-of 2026-01-02",
			"GET /api/v1/adoption?as_of=2026-01-02&by=team&from=2025-01-01&group=fin&interval=month&limit=0&path=ci&team=pay&to=2026-01-01"},
		{"states --group fin", "GET /api/v1/states?group=fin&limit=0"},
		{"adoption --output csv", "GET /api/v1/adoption?format=csv&limit=0"},
		{"states --path ci --team pay --state off --as-of 2026-01-02T10:00:00Z", "GET /api/v1/states?as_of=2026-01-02T10%3A00%3A00Z&limit=0&path=ci&state=off&team=pay"},
		{"states --output ndjson", "GET /api/v1/states?format=ndjson&limit=0"},
		{"explain github.com/acme/mono//services/pay --path ci", "GET /api/v1/explain?limit=0&path=ci&repo=github.com%2Facme%2Fmono%2F%2Fservices%2Fpay"},
		{"events --path ci --repo github.com/acme/pay --from 2025-01-01 --to 2026-01-01", "GET /api/v1/events?from=2025-01-01&limit=0&path=ci&repo=github.com%2Facme%2Fpay&to=2026-01-01"},
		{"flows --path ci --team pay --group fin --from 2025-01-01 --to 2026-01-01",
			"GET /api/v1/flows?from=2025-01-01&group=fin&limit=0&path=ci&team=pay&to=2026-01-01"},
		{"flows --from 2025-01-01 --to 2026-01-01 --units", "GET /api/v1/flows?detail=units&from=2025-01-01&limit=0&to=2026-01-01"},
		{"changes --path ci --team pay --group fin --from 2025-01-01 --to 2026-01-01",
			"GET /api/v1/changes?from=2025-01-01&group=fin&limit=0&path=ci&team=pay&to=2026-01-01"},
		{"changes --from 2025-01-01", "GET /api/v1/changes?from=2025-01-01&limit=0"},
		{"fragmentation --path ci --team pay --group fin --from 2025-01-01 --to 2026-01-01 --interval week --as-of 2026-01-02",
			"GET /api/v1/fragmentation?as_of=2026-01-02&from=2025-01-01&group=fin&interval=week&limit=0&path=ci&team=pay&to=2026-01-01"},
		{"lag --path ci --team pay --group fin --by path --as-of 2026-01-02", "GET /api/v1/lag?as_of=2026-01-02&by=path&group=fin&limit=0&path=ci&team=pay"},
		{"lag --output csv", "GET /api/v1/lag?format=csv&limit=0"},
		{"states --path ci --lag behind", "GET /api/v1/states?lag=behind&limit=0&path=ci"},
		{"states --path ci --pinned v3", "GET /api/v1/states?limit=0&path=ci&version=v3"},
		{"retention --path ci --team pay --group fin --from 2025-01-01 --to 2026-01-01 --as-of 2026-01-02",
			"GET /api/v1/retention?as_of=2026-01-02&from=2025-01-01&group=fin&limit=0&path=ci&team=pay&to=2026-01-01"},
		{"friction --path ci --team pay --group fin --measure scaffold --units --from 2025-01-01 --to 2026-01-01 --as-of 2026-01-02",
			"GET /api/v1/friction?as_of=2026-01-02&detail=units&from=2025-01-01&group=fin&limit=0&measure=scaffold&path=ci&team=pay&to=2026-01-01"},
		{"friction --measure pipeline --units --side not_using", "GET /api/v1/friction?detail=units&limit=0&measure=pipeline&side=not_using"},
		{"friction --measure pipeline --runs --repo github.com/acme/pay", "GET /api/v1/friction?detail=runs&limit=0&measure=pipeline&repo=github.com%2Facme%2Fpay"},
		{"time-to-adopt --path ci --team pay --group fin --from 2025-01-01 --to 2026-01-01 --as-of 2026-01-02",
			"GET /api/v1/time-to-adopt?as_of=2026-01-02&from=2025-01-01&group=fin&limit=0&path=ci&team=pay&to=2026-01-01"},
		{"states --only kept --reason not_read", "GET /api/v1/states?limit=0&only=kept&reason=not_read"},
		{"decisions --only against", "GET /api/v1/decisions?limit=0&only=against"},
		{"retention --units --manner chosen --outcome left", "GET /api/v1/retention?detail=units&limit=0&manner=chosen&outcome=left"},
		{"time-to-adopt --units --came no", "GET /api/v1/time-to-adopt?came=no&detail=units&limit=0"},
		{"maturity --path ci --team pay --group fin --as-of 2026-01-02",
			"GET /api/v1/maturity?as_of=2026-01-02&group=fin&limit=0&path=ci&team=pay"},
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
	wide := map[string]bool{
		"adoption_interval": true, // its periods are longer than those of a real answer
		"events":            true, // it quotes what files say
		"explain":           true, // likewise
		"states":            true, // one is unknown, inactive and a component
	}
	for name, args := range map[string][]string{
		"adoption": {"adoption"}, "adoption_interval": {"adoption", "--interval", "month"}, "states": {"states"},
		"flows": {"flows", "--from", "2025-01-01", "--to", "2026-01-01"}, "fragmentation": {"fragmentation"},
		"changes": {"changes", "--from", "2025-01-01"},
		"lag":     {"lag"}, "lag_by_path": {"lag", "--by", "path"}, "lag_by_version": {"lag", "--by", "version"},
		"retention": {"retention"}, "time-to-adopt": {"time-to-adopt"}, "maturity": {"maturity"}, "friction": {"friction"}, "voluntary-flow": {"voluntary-flow"},
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
			for line := range strings.Lines(s.out.String()) {
				if width := utf8.RuneCountInString(line) - 1; width > 120 && !wide[name] {
					t.Errorf("%d characters, want at most 120: %s", width, line)
				}
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
				{"states --path nope", exitFailed, "trodden: there is no path \"nope\"\n"},
				{"states --path many", exitUsage, "trodden: --path: not plain text; --as-of: out of range, --as-of asks for one moment\n"},
				{"states --path repo", exitUsage, "trodden: repository: not plain text\n"},
				{"states --path hint", exitFailed, "trodden: there is no component (`trodden states` lists the components)\n"},
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

// TestOtherServers asks what is no trodden server.
func TestOtherServers(t *testing.T) {
	for name, test := range map[string]struct{ mediaType, want string }{
		"a page":  {"text/html; charset=utf-8", "it answers with text/html; charset=utf-8"},
		"nothing": {"", "it answers with no media type"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{test.mediaType}
				io.WriteString(w, "<html>Welcome</html>")
			}))
			defer server.Close()
			s := newSession(t, nil)
			for _, args := range []string{"states", "states --output csv", "states --output ndjson", "states --output table", "scan", "migrate",
				"exempt github.com/acme/pay --path ci --end"} {
				status := s.run(append(strings.Fields(args), "--server", server.URL)...)
				want := "trodden: " + server.URL + " is no trodden server: " + test.want + "\n"
				if status != exitFailed || !strings.HasSuffix(s.err.String(), want) || s.out.Len() > 0 {
					t.Errorf("%s: got exit status %d, %q, %q, want %d, %q", args, status, &s.out, &s.err, exitFailed, want)
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

// hold takes the lock of an embedded directory as a server does.
func hold(t *testing.T, dir, text string) *os.File {
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
	return file
}

// TestHeldStore shows that every command goes through the server that holds the store.
func TestHeldStore(t *testing.T) {
	s, api, flags := ways()["over HTTP"](t)
	if err := os.WriteFile("trodden.yaml", []byte(goodConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	hold(t, ".trodden", fmt.Sprintf(`{"pid":12,"url":%q}`, flags[1]))
	for args, status := range map[string]int{"states": exitDone, "scan": exitUnknown, "check": exitUnknown, // there are no clones
		"exempt github.com/acme/pay --path ci --end": exitDone, "migrate": exitDone} {
		api.asked = nil
		if got := s.run(strings.Fields(args)...); got != status {
			t.Errorf("%s: got exit status %d, want %d: %s", args, got, status, &s.err)
		}
		if len(api.asked) == 0 {
			t.Errorf("%s: the server was not asked", args)
		}
	}
}

// TestStoreInUse shows that a store which another process has is waited for, and what is said of that.
func TestStoreInUse(t *testing.T) {
	const waits = "waiting for process 12, which still has embedded:store\n"
	gone := "http://" + closedPort(t)
	for _, test := range []struct {
		name, holder string
		ends         time.Duration // 0: never
		status       int
		said         string
	}{
		{"by who goes on", `{"pid":12}`, 0, exitFailed, waits + "trodden: embedded:store is in use by process 12: wait until it is done, or end it\n"},
		{"by who has ended soon", `{"pid":12}`, 300 * time.Millisecond, exitDone, ""},
		{"by a server that is ending", `{"pid":12,"url":"` + gone + `"}`, 3 * time.Second, exitDone, waits},
		{"by a server that never ends", `{"pid":12,"url":"` + gone + `"}`, 0, exitFailed,
			waits + "trodden: embedded:store is in use by process 12, which does not answer at " + gone + ": wait until it has ended, or end it\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, _, _ := ways()["in process"](t)
			if err := os.WriteFile("trodden.yaml", []byte(goodConfig), 0o600); err != nil {
				t.Fatal(err)
			}
			lock := hold(t, "store", test.holder)
			synctest.Test(t, func(t *testing.T) {
				s.t = t
				if test.ends > 0 {
					time.AfterFunc(test.ends, func() { lock.Close() })
				}
				status := s.run("states", "--clickhouse", "embedded:store")
				if status != test.status || s.err.String() != test.said {
					t.Errorf("got exit status %d, %q, want %d, %q", status, &s.err, test.status, test.said)
				}
			})
		})
	}
}

// TestStoreInUseFoundLate finds out only in opening a store that another process has it: it says the same as where that was
// known before.
func TestStoreInUseFoundLate(t *testing.T) {
	serves, gone := httptest.NewServer(http.NotFoundHandler()), "http://"+closedPort(t)
	defer serves.Close()
	for _, test := range []struct{ name, url, want string }{
		{"a command", "", ": wait until it is done, or end it"},
		{"a server", serves.URL, ", which serves " + serves.URL + ": ask it there, or end it"},
		{"a server that never ends", gone, ", which does not answer at " + gone + ": wait until it has ended, or end it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &program{err: io.Discard, open: func(context.Context, *program, *config.Config, schemaUse) (*local, error) {
					return nil, fmt.Errorf("open the embedded store in store: %w", &clickhouse.HeldError{Dir: "store", PID: 12, URL: test.url})
				}}
				p.clickhouse = "embedded:store"
				_, err := p.opened(t.Context(), nil)
				if want := "embedded:store is in use by process 12" + test.want; fmt.Sprint(err) != want || !errors.Is(err, metrics.ErrConflict) {
					t.Errorf("got %v, want %s", err, want)
				}
			})
		})
	}
}

// TestOpenedWhenGivenBack opens a store that another process gives back meanwhile.
func TestOpenedWhenGivenBack(t *testing.T) {
	for _, test := range []struct {
		name  string
		tries int // that fail
		opens bool
	}{{"at once", 0, true}, {"after a while", 20, true}, {"never", heldTries + 1, false}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var said bytes.Buffer
				tries := 0
				p := &program{err: &said, open: func(context.Context, *program, *config.Config, schemaUse) (*local, error) {
					if tries++; tries <= test.tries {
						return nil, &clickhouse.HeldError{Dir: "store", PID: 12}
					}
					return new(local), nil
				}}
				p.clickhouse = "embedded:store"
				l, err := p.opened(t.Context(), nil)
				if (l != nil) != test.opens || (err == nil) != test.opens {
					t.Errorf("got %v, %v", l, err)
				}
				if waits := strings.Contains(said.String(), "waiting for process 12"); waits != (test.tries > heldQuiet) {
					t.Errorf("it says %q", &said)
				}
			})
		})
	}
}

// closedPort is an address of this machine at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestHandlerEnds shows that no handler works on after its answer was closed, or its request given up.
func TestHandlerEnds(t *testing.T) {
	running := make(chan struct{}, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { <-running }()
		w.Header().Set("Content-Type", "application/json")
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
