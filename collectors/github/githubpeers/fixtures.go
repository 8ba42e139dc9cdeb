package githubpeers

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/hosttest/program"
)

// Fixtures are Octokit's recorded answers of api.github.com, one scenario at a time.
type Fixtures struct {
	URL string // of GitHub Enterprise

	front *proxy
	at    string // path below which the scenario is answered
}

// StartFixtures starts the server of the recordings for t. They were made with one token and one client's headers, and
// nothing else is answered: the proxy in front of it sets them, but for the Accept of a raw file.
func StartFixtures(t testing.TB) *Fixtures {
	t.Helper()
	program.Path(t, "github/node_modules/@octokit/fixtures-server/index.js", program.Peers)
	fixtures := program.Path(t, "github/fixtures.mjs", program.Peers)
	f := &Fixtures{}
	f.front = newProxy(t, f.recorded, nil)
	f.URL = f.front.URL
	f.front.target = start(t, func(port int) []string { return []string{node(t), fixtures, strconv.Itoa(port), f.URL} })
	return f
}

// Begin begins a scenario. Each of its requests is answered once, in the order in which they were recorded. The one that
// was begun before is over.
func (f *Fixtures) Begin(t testing.TB, scenario string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"scenario": scenario})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(f.front.target.JoinPath("fixtures").String(), "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var told struct{ URL string }
	if err := json.NewDecoder(resp.Body).Decode(&told); err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(told.URL)
	if err != nil || at.Path == "" {
		t.Fatalf("the scenario %s is at %q", scenario, told.URL)
	}
	f.at = at.Path
}

// recorded makes a request one that was recorded.
func (f *Fixtures) recorded(r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, f.at) { // a link in an answer leads there already
		setPath(r, f.at+r.URL.EscapedPath())
	}
	if !strings.Contains(r.Header.Get("Accept"), ".raw") {
		r.Header.Set("Accept", "application/vnd.github.v3+json")
	}
	r.Header.Set("Authorization", "token 0000000000000000000000000000000000000001")
	if r.Method != http.MethodGet {
		trim(r)
	}
}

// trim takes the end of the line from a body, which Go's encoder writes and the recorded length does not count.
func trim(r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	body = bytes.TrimSpace(body)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
}
