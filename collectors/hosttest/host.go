// Package hosttest is what the hosts of tests have in common: a server in memory with a clock that can be moved,
// faults that can be made and counts of what was asked of it. What is asked and answered, and what the limits are,
// each host knows for itself: githubtest, gitlabtest. Their git objects are those of package objects, and their
// GraphQL is answered by package graph.
package hosttest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"
)

// Start is the time at which the clock of a host stands that was given none.
var Start = time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)

// Config says how a host is reached.
type Config struct {
	Name      string            // of the package that the host is of, for messages
	URL       string            // where it seems to answer while it opens no port
	JSON      string            // media type of answers
	Clock     Clock             // the host's time; a Manual clock at Start where nil
	InProcess bool              // opens no port: Client is then the only way in
	Report    func(text string) // told of what the host cannot answer; standard error where nil
}

// Host is one server. Its methods may be called from several goroutines.
type Host struct {
	URL string // where it answers, without a slash at the end

	config  Config
	handler http.Handler
	server  *httptest.Server // nil where it opens no port
	closing chan struct{}

	mu     sync.Mutex
	faults []*Fault
	counts Counts
	atOnce map[string]int // requests on their way, by account
	skew   time.Duration
	sent   int // webhooks
}

// New makes a host, which answers as soon as it is opened.
func New(config Config) *Host {
	if config.Clock == nil {
		config.Clock = NewManual(Start)
	}
	if config.Report == nil {
		config.Report = func(text string) { fmt.Fprintf(os.Stderr, "%s: %s\n", config.Name, text) }
	}
	return &Host{URL: config.URL, config: config, closing: make(chan struct{}), atOnce: map[string]int{}}
}

// Fatally is a Report that fails a test.
func Fatally(t testing.TB, name string) func(text string) {
	return func(text string) { t.Errorf("%s: %s", name, text) }
}

// Open lets a handler answer what is asked of the host.
func (h *Host) Open(handler http.Handler) {
	h.handler = handler
	if !h.config.InProcess {
		h.server = httptest.NewServer(handler)
		h.URL = h.server.URL
	}
}

// Close ends the host and everything that still waits for it.
func (h *Host) Close() {
	close(h.closing)
	if h.server != nil {
		h.server.Close()
	}
}

// Now is the host's time.
func (h *Host) Now() time.Time { return h.config.Clock.Now().UTC() }

// Advance moves the host's clock on. It panics where the clock is one that cannot be moved.
func (h *Host) Advance(by time.Duration) { h.config.Clock.(*Manual).Advance(by) }

// Report tells of something that the host cannot answer.
func (h *Host) Report(format string, args ...any) { h.config.Report(fmt.Sprintf(format, args...)) }

// Skew lets all headers tell a time that is so far from the host's.
func (h *Host) Skew(by time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.skew = by
}

// Skewed is how far the times in headers are from the host's.
func (h *Host) Skewed() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.skew
}
