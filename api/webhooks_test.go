package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

const hookSecret = "It's a Secret to Everybody"

// kept are hints in memory.
type kept struct {
	mu    sync.Mutex
	known map[metrics.HintID]bool
	hints []metrics.Hint
	fail  error         // of Put
	stuck chan struct{} // Put waits for it where it is not nil, as for a store that does not answer
}

func (k *kept) Put(ctx context.Context, h metrics.Hint) (bool, error) {
	if k.stuck != nil {
		select {
		case <-k.stuck:
		case <-ctx.Done():
			return true, ctx.Err()
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail != nil {
		return true, k.fail
	}
	if k.known[h.ID] {
		return false, nil
	}
	if k.known == nil {
		k.known = map[metrics.HintID]bool{}
	}
	k.known[h.ID] = true
	k.hints = append(k.hints, h)
	return true, nil
}

// openHooks returns a server that nobody may use but hosts that sign.
func openHooks(k *kept) http.Handler {
	return api.New(api.Options{Now: clock, Access: api.Access{Anonymous: api.Nobody},
		Webhooks: api.Webhooks{GitHub: github.NewWebhook(hookSecret), Hints: k}}).Handler()
}

// deliver makes a delivery of GitHub.
func deliver(event, id string, body []byte) *http.Request {
	r := httptest.NewRequest("POST", "/webhooks/github", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GitHub-Event", event)
	r.Header.Set("X-GitHub-Delivery", id)
	r.Header.Set("X-Hub-Signature-256", githubtest.Sign(hookSecret, body))
	return r
}

var pushBody = []byte(`{"ref":"refs/heads/main","repository":{"id":7,"html_url":"https://github.com/acme/pay","default_branch":"main"},"head_commit":{"message":"Größe → 大"}}`)

func status(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var got struct{ Status any }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	return fmt.Sprint(w.Code, " ", got.Status)
}

func TestWebhook(t *testing.T) {
	form := []byte(url.Values{"payload": {string(pushBody)}}.Encode())
	change := func(r *http.Request, key, value string) *http.Request {
		r.Header.Set(key, value)
		return r
	}
	asForm := func(body []byte) *http.Request {
		return change(deliver("push", "9", body), "Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	long := append(slices.Clone(pushBody), bytes.Repeat([]byte(" "), 25<<20)...)
	announced := deliver("push", "9", nil)
	announced.ContentLength = 26 << 20
	tests := []struct {
		name    string
		request *http.Request
		want    string
	}{
		{"push", deliver("push", "1", pushBody), "202 kept"},
		{"the same again", deliver("push", "1", pushBody), "200 repeated"},
		{"another delivery", deliver("push", "2", pushBody), "202 kept"},
		{"an event that says nothing", deliver("star", "3", []byte(`{"action":"created"}`)), "202 ignored"},
		{"an event that nobody knows", deliver("brand_new", "4", []byte(`{"repository":null}`)), "202 ignored"},
		{"a form", asForm(form), "202 kept"},
		{"a form without a payload", asForm([]byte("a=b")), "400 400"},
		{"no form", asForm([]byte("payload=%zz")), "400 400"},
		{"JSON that says it is a form", asForm(pushBody), "400 400"},
		{"no JSON", deliver("push", "9", []byte("payload=1")), "400 400"},
		{"nothing", deliver("push", "9", nil), "400 400"},
		{"no delivery id", deliver("push", "", pushBody), "400 400"},
		{"another type", change(deliver("push", "9", pushBody), "Content-Type", "text/plain"), "415 415"},
		{"no type", change(deliver("push", "9", pushBody), "Content-Type", ""), "415 415"},
		{"no signature", change(deliver("push", "9", pushBody), "X-Hub-Signature-256", ""), "403 403"},
		{"signed with another secret", change(deliver("push", "9", pushBody), "X-Hub-Signature-256", githubtest.Sign("other", pushBody)), "403 403"},
		{"another body than was signed", change(deliver("push", "9", pushBody), "X-Hub-Signature-256", githubtest.Sign(hookSecret, form)), "403 403"},
		{"too long", deliver("push", "9", long), "413 413"},
		{"said to be too long", announced, "413 413"},
		{"with the secret as a token", change(change(deliver("push", "9", pushBody), "X-Hub-Signature-256", ""), "Authorization", "Bearer "+hookSecret), "403 403"},
		{"by another name", func() *http.Request { r := deliver("push", "10", pushBody); r.Host = "trodden.acme.dev"; return r }(), "202 kept"},
		{"not configured", httptest.NewRequest("POST", "/webhooks/gitlab", bytes.NewReader(pushBody)), "404 404"},
		{"asked for", httptest.NewRequest("GET", "/webhooks/github", nil), "405 405"},
		{"of no host", httptest.NewRequest("POST", "/webhooks/nope", nil), "404 404"},
	}
	k := new(kept)
	h := openHooks(k)
	for _, test := range tests {
		w := do(h, test.request)
		if got := status(t, w); got != test.want {
			t.Errorf("%s: got %s, want %s: %s", test.name, got, test.want, w.Body)
		}
		if strings.Contains(w.Body.String(), hookSecret) {
			t.Errorf("%s: the secret is in %s", test.name, w.Body)
		}
	}
	if len(k.hints) != 4 || k.hints[0].Repo != "github.com/acme/pay" || k.hints[0].At != at(now) {
		t.Errorf("got hints %+v", k.hints)
	}
	w := do(h, httptest.NewRequest("POST", "/webhooks/gitlab", nil))
	if !strings.Contains(w.Body.String(), "webhooks.gitlab.token") {
		t.Errorf("got %s, want to be told what to configure", w.Body)
	}
}

// TestWebhookAddresses asks for the addresses of webhooks beside pages, which answer all others.
func TestWebhookAddresses(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") })
	h := api.New(api.Options{Now: clock, Access: api.Access{Anonymous: api.Viewer, AnyHost: true}, Pages: pages}).Handler()
	for request, want := range map[string]int{
		"GET /webhooks/github": http.StatusMethodNotAllowed, "HEAD /webhooks/gitlab": http.StatusMethodNotAllowed, "PUT /webhooks/github": http.StatusMethodNotAllowed,
		"GET /webhooks/nope": http.StatusNotFound, "POST /webhooks/nope": http.StatusNotFound, "GET /webhooks/": http.StatusNotFound,
	} {
		method, path, _ := strings.Cut(request, " ")
		w := do(h, httptest.NewRequest(method, path, nil))
		if kind := w.Header().Get("Content-Type"); w.Code != want || kind != "application/problem+json" {
			t.Errorf("%s: got %d %s, want %d", request, w.Code, kind, want)
		}
		if allow := w.Header().Get("Allow"); want == http.StatusMethodNotAllowed && !strings.Contains(allow, "POST") {
			t.Errorf("%s: got Allow %q", request, allow)
		}
	}
}

// TestWebhookUnread answers deliveries about what no source reads, keeps nothing of them, counts them, and tells the log
// once of each repository.
func TestWebhookUnread(t *testing.T) {
	var log bytes.Buffer
	k := new(kept)
	h := api.New(api.Options{Now: clock, Access: api.Access{Anonymous: api.Viewer, AnyHost: true}, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Webhooks: api.Webhooks{GitHub: github.NewWebhook(hookSecret), Hints: k, Reads: func(h metrics.Hint) bool { return h.Repo != "github.com/acme/pay" }}}).Handler()
	other := bytes.ReplaceAll(pushBody, []byte("acme/pay"), []byte("acme/shop"))
	for i, test := range []struct {
		body []byte
		want string
	}{{pushBody, "202 unread"}, {pushBody, "202 unread"}, {other, "202 kept"}} {
		if got := status(t, do(h, deliver("push", fmt.Sprint(i), test.body))); got != test.want {
			t.Errorf("delivery %d: got %s, want %s", i, got, test.want)
		}
	}
	if len(k.hints) != 1 {
		t.Errorf("got hints %+v, want one", k.hints)
	}
	if n := strings.Count(log.String(), "what no source reads"); n != 1 {
		t.Errorf("the log tells it %d times, want once:\n%s", n, &log)
	}
	if w := do(h, httptest.NewRequest("GET", "/metrics", nil)); !strings.Contains(w.Body.String(), `trodden_webhook_deliveries_total{host="github",outcome="unread"} 2`) {
		t.Error("/metrics does not count them")
	}
}

// TestWebhookDescribed holds the answers to the description.
func TestWebhookDescribed(t *testing.T) {
	valid := validator(t, api.New(api.Options{Now: clock, Access: api.Access{Anonymous: api.Viewer}}).Handler())
	h := openHooks(new(kept))
	broken := openHooks(&kept{fail: errors.New("disk full")})
	for _, test := range []struct {
		h http.Handler
		r *http.Request
	}{
		{h, deliver("push", "1", pushBody)}, {h, deliver("push", "1", pushBody)}, {h, deliver("star", "2", []byte("{}"))},
		{h, deliver("push", "3", []byte("x"))}, {broken, deliver("push", "1", pushBody)},
	} {
		w := do(test.h, test.r)
		if err := valid("POST", "/webhooks/github", w); err != nil {
			t.Errorf("%d %s: %v", w.Code, w.Body, err)
		}
	}
}

// TestWebhookExamples delivers all of GitHub's examples: each is answered by something that does not make GitHub
// count the webhook as broken.
func TestWebhookExamples(t *testing.T) {
	all := githubtest.TestExamples(t)
	h, n := openHooks(new(kept)), 0
	for event, list := range all {
		for _, body := range list {
			n++
			if w := do(h, deliver(event, fmt.Sprint(n), body)); w.Code != http.StatusAccepted {
				t.Errorf("%s: got %d %s", event, w.Code, w.Body)
			}
		}
	}
}

// TestWebhookNotKept says so when a hint cannot be kept, at once or because nobody answers within 100 ms: the host
// must not take it for done.
func TestWebhookNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, k := range map[string]*kept{
			"the store is down": {fail: fmt.Errorf("dial: %w", metrics.ErrUnavailable)},
			"the disk is full":  {fail: errors.New("no space left on device")},
			"the store hangs":   {stuck: make(chan struct{})},
		} {
			begun := time.Now()
			w := do(openHooks(k), deliver("push", "1", pushBody))
			if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "space") {
				t.Errorf("%s: got %d %v %s, want 503", name, w.Code, w.Header(), w.Body)
			}
			if took := time.Since(begun); took >= 100*time.Millisecond {
				t.Errorf("%s: got an answer after %v, want less than 100 ms", name, took)
			}
		}
	})
}

// TestWebhookUnderLoad measures answers while many deliveries come at once, with a store that answers and with one
// that hangs. The best of some tries counts: the machine may be busy with something else.
func TestWebhookUnderLoad(t *testing.T) {
	for name, k := range map[string]*kept{"the store answers": {}, "the store hangs": {stuck: make(chan struct{})}} {
		server := httptest.NewServer(openHooks(k))
		defer server.Close()
		var best time.Duration
		for try := range 5 {
			p99 := deliverMany(t, server.URL, fmt.Sprint(name, try))
			if best == 0 || p99 < best {
				best = p99
			}
			if best < 100*time.Millisecond {
				break
			}
		}
		t.Logf("%s: 99 of 100 answers within %v", name, best)
		if best >= 100*time.Millisecond {
			t.Errorf("%s: 99 of 100 answers came within %v, want less than 100 ms", name, best)
		}
	}
}

// deliverMany delivers 320 pushes, 8 at a time, and returns the time within which 99 % were answered.
func deliverMany(t *testing.T, at, id string) time.Duration {
	t.Helper()
	var mu sync.Mutex
	var took []time.Duration
	var senders sync.WaitGroup
	for s := range 8 {
		senders.Go(func() {
			for i := range 40 {
				r := deliver("push", fmt.Sprint(id, s, "-", i), pushBody)
				r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", strings.TrimPrefix(at, "http://")
				begun := time.Now()
				answer, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				mu.Lock()
				took = append(took, time.Since(begun))
				mu.Unlock()
			}
		})
	}
	senders.Wait()
	slices.Sort(took)
	return took[len(took)*99/100]
}

// TestWebhookFlood refuses what comes faster than any host delivers, before it reads a body.
func TestWebhookFlood(t *testing.T) {
	h, codes := openHooks(new(kept)), map[int]int{}
	for range 2500 { // the clock stands still
		r := deliver("push", "1", pushBody)
		r.Header.Set("X-Hub-Signature-256", "sha256=00")
		codes[do(h, r).Code]++
	}
	if codes[http.StatusForbidden] != 2000 || codes[http.StatusTooManyRequests] != 500 {
		t.Errorf("got %v, want 2000 refused by the signature and 500 by the rate", codes)
	}
}

// TestWebhookRoom refuses large bodies that come while others fill the room, and has room again after them.
func TestWebhookRoom(t *testing.T) {
	k := new(kept)
	server := httptest.NewServer(openHooks(k))
	defer server.Close()
	send := func(body io.Reader) int {
		r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/webhooks/github", body)
		check(t, err)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	large := bytes.Repeat([]byte("a"), 24<<20)
	var slow sync.WaitGroup
	var ends []*io.PipeWriter
	codes := make(chan int, 4)
	for range 4 { // each sends 24 MiB and goes on to wait
		in, out := io.Pipe()
		ends = append(ends, out)
		slow.Go(func() { codes <- send(in) })
		_, err := out.Write(large)
		check(t, err)
	}
	got := map[int]int{send(bytes.NewReader(large)): 1} // which of the five comes last is the server's to say
	for _, end := range ends {
		end.Close()
	}
	slow.Wait()
	for range 4 {
		got[<-codes]++
	}
	if got[http.StatusForbidden] != 4 || got[http.StatusServiceUnavailable]+got[0] != 1 {
		t.Errorf("got %v, want 503 for one body more than there is room for, and 403 for those that nobody signed", got)
	}
	if got := send(bytes.NewReader(large)); got != http.StatusForbidden {
		t.Errorf("got %d once there is room again, want 403", got)
	}
}

// TestWebhookTooLong sends bodies over the limit through connections, as clients do that send all before they look for an
// answer: each is answered by a problem document.
func TestWebhookTooLong(t *testing.T) {
	server := httptest.NewServer(openHooks(new(kept)))
	defer server.Close()
	piece := bytes.Repeat([]byte("a"), 1<<20)
	chunk := append([]byte("100000\r\n"), append(slices.Clone(piece), "\r\n"...)...)
	for _, test := range []struct {
		name, header string
		piece        []byte
		pieces       int
		end          string
		want         int
	}{
		{"announced", "Content-Length: 31457280", piece, 30, "", http.StatusRequestEntityTooLarge},
		{"in chunks", "Transfer-Encoding: chunked", chunk, 30, "0\r\n\r\n", http.StatusRequestEntityTooLarge},
		{"in chunks that do not end", "Transfer-Encoding: chunked", chunk, 26, "", http.StatusRequestEntityTooLarge},
		{"announced and not sent", "Content-Length: 31457280", nil, 0, "", http.StatusRequestEntityTooLarge},
		{"announced as shorter", "Content-Length: 10", piece, 1, "", http.StatusForbidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			check(t, err)
			defer conn.Close()
			_, err = fmt.Fprintf(conn, "POST /webhooks/github HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n%s\r\n\r\n", test.header)
			check(t, err)
			for range test.pieces {
				_, err := conn.Write(test.piece)
				check(t, err)
			}
			_, err = io.WriteString(conn, test.end)
			check(t, err)
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			check(t, err)
			text, err := io.ReadAll(answer.Body)
			check(t, err)
			if kind := answer.Header.Get("Content-Type"); answer.StatusCode != test.want || kind != "application/problem+json" || !json.Valid(text) {
				t.Errorf("got %d %s %s, want %d", answer.StatusCode, kind, text, test.want)
			}
			if test.want == http.StatusRequestEntityTooLarge && !answer.Close {
				t.Error("the connection is kept")
			}
		})
	}
}

// wires is a listener in memory, with which time is that of the bubble that a test runs in.
type wires struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (w *wires) Accept() (net.Conn, error) {
	select {
	case c := <-w.conns:
		return c, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}
func (w *wires) Close() error   { close(w.closed); return nil }
func (w *wires) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080} }

// TestWebhookSlow gives a body that does not come its time, and no more.
func TestWebhookSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := &wires{make(chan net.Conn), make(chan struct{})}
		server := &http.Server{Handler: openHooks(new(kept))}
		var served sync.WaitGroup
		served.Go(func() { server.Serve(listener) })
		client, host := net.Pipe()
		listener.conns <- host
		begun := time.Now()
		_, err := io.WriteString(client, "POST /webhooks/github HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
		check(t, err)
		answer, err := http.ReadResponse(bufio.NewReader(client), nil)
		check(t, err)
		if took := time.Since(begun); answer.StatusCode != http.StatusRequestTimeout || took != 10*time.Second {
			t.Errorf("got %d after %v, want 408 after 10 s", answer.StatusCode, took)
		}
		check(t, client.Close())
		check(t, server.Close())
		served.Wait()
	})
}

func TestMetrics(t *testing.T) {
	h := api.New(api.Options{Now: clock, Access: api.Access{Anonymous: api.Viewer},
		Webhooks: api.Webhooks{GitHub: github.NewWebhook(hookSecret), Hints: new(kept)},
		Figures: func() api.Figures {
			return api.Figures{HintsPending: 3, HintsTotal: map[string]int{"done": 5}, ScansTotal: map[api.ScanState]int{api.ScanDone: 2}, ReposUnknown: new(1),
				Sources: []api.SourceFigures{{Source: "github", RequestsTotal: 12, PointsTotal: 9}}}
		}}).Handler()
	do(h, deliver("push", "1", pushBody))
	do(h, deliver("push", "1", pushBody))
	do(h, deliver("push", "2", nil))
	do(h, request("GET", "/no/such/"+strings.Repeat("a", 100)))
	r := request("GET", "/healthz")
	r.Method = "BREW"
	do(h, r)
	answer := ask(t, h, "GET", "/metrics").Body.String()
	for _, want := range []string{
		`trodden_webhook_deliveries_total{host="github",outcome="kept"} 1`,
		`trodden_webhook_deliveries_total{host="github",outcome="repeated"} 1`,
		`trodden_webhook_deliveries_total{host="github",outcome="refused"} 1`,
		`trodden_http_requests_total{method="POST",route="/webhooks/github",status="202"} 1`,
		`trodden_http_requests_total{method="POST",route="/webhooks/github",status="400"} 1`,
		`trodden_http_requests_total{method="GET",route="other",status="404"} 1`,
		`trodden_http_requests_total{method="other",route="`,
		"trodden_hints_pending 3", `trodden_hints_total{outcome="done"} 5`, `trodden_scans_total{state="done"} 2`, "trodden_repos_unknown 1",
		`trodden_source_requests_total{source="github"} 12`, `trodden_source_points_total{source="github"} 9`, "go_goroutines ",
	} {
		if !strings.Contains(answer, want) {
			t.Errorf("%s is not in\n%s", want, answer)
		}
	}
	if got := do(openHooks(new(kept)), request("GET", "/metrics")).Code; got != http.StatusUnauthorized {
		t.Errorf("got %d without a token, want 401", got)
	}
}
