package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listener answers as OpsLevel does: its GraphQL API knows two services, and its custom event integration takes events (see
// https://docs.opslevel.com/docs/custom-event-checks). Everything else an account has is empty.
type listener struct {
	*httptest.Server
	mu     sync.Mutex
	events []event
	status int // of what events are answered with; 0 where they are taken
}

// event is one that came.
type event struct {
	Services []struct {
		Service string
		Facts   map[string]any
	}
}

const (
	eventsPath    = "/integrations/custom_event/5ecret-of-the-integration"
	servicesFound = `{"data":{"account":{"services":{"totalCount":2,"nodes":[
{"id":"1","name":"Pay","aliases":["pay"],"repos":{"edges":[{"node":{"defaultAlias":"github.com:acme/pay"},"serviceRepositories":[{"baseDirectory":""}]}],"pageInfo":{"hasNextPage":false}}},
{"id":"2","name":"Cart","aliases":["cart"],"repos":{"edges":[{"node":{"defaultAlias":"github.com:acme/cart"},"serviceRepositories":[{"baseDirectory":""}]}],"pageInfo":{"hasNextPage":false}}}
],"pageInfo":{"hasNextPage":false}}}}}`
)

// ServeHTTP implements http.Handler.
func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	var asked struct{ Query string }
	var came event
	switch {
	case r.URL.Path == "/graphql" && r.Header.Get("Authorization") == "Bearer s3cr3t" && json.Unmarshal(body, &asked) == nil:
		w.Header().Set("Content-Type", "application/json")
		list, answer := "", servicesFound
		for _, list = range []string{"users", "teams", "repositories", "services"} {
			if strings.Contains(asked.Query, list+"(") {
				break
			}
		}
		if list != "services" {
			answer = fmt.Sprintf(`{"data":{"account":{%q:{"totalCount":0,"nodes":[],"pageInfo":{"hasNextPage":false}}}}}`, list)
		}
		fmt.Fprint(w, answer)
	case r.URL.Path != eventsPath || r.Method != http.MethodPost || json.Unmarshal(body, &came) != nil:
		w.WriteHeader(http.StatusUnauthorized)
	case l.status != 0:
		w.WriteHeader(l.status)
	default:
		l.events = append(l.events, came)
		w.WriteHeader(http.StatusAccepted)
	}
}

// heard are the events that came since it was asked last: a line for each service, with its facts but for moments.
func (l *listener) heard() (lines []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, e := range l.events {
		for _, s := range e.Services {
			line := fmt.Sprintf("%d %s", i, s.Service)
			for _, fact := range []string{"trodden.fresh", "trodden.go.state", "trodden.go.origin", "trodden.go.voluntary"} {
				if value, there := s.Facts[fact]; there {
					line += fmt.Sprintf(" %s=%v", strings.TrimPrefix(fact, "trodden."), value)
				}
			}
			if (s.Facts["trodden.go.since"] == nil) == (s.Facts["trodden.go.state"] != nil) {
				line += " without a begin"
			}
			lines = append(lines, line)
		}
	}
	l.events = nil
	return lines
}

// TestPushEvents tells OpsLevel by events: not without an address to send them to, everything once, and then what changed. The
// address lets in by itself, and nothing that is printed has it.
func TestPushEvents(t *testing.T) {
	t.Parallel()
	l := &listener{}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	p := newTaker(t).beside(t)
	configure := func(push string) {
		p.write(fmt.Sprintf("sources: [{git: {dirs: [\"repos/*\"]}}, {opslevel: {url: %q, token: \"${CORTEX}\"%s}}]\npaths: [{key: go, golden: {file: go.mod}}]\n", l.URL+"/graphql", push))
	}
	var printed strings.Builder
	run := func(status int, args ...string) string {
		t.Helper()
		out, said := p.run(status, args...)
		fmt.Fprint(&printed, out, said)
		return out + said
	}
	heard := func(when string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(l.heard(), want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", when, diff)
		}
	}

	configure("")
	if out := run(exitDone, "scan"); !strings.Contains(out, "catalog opslevel: 2 entities, 2 changed, 0 gone\n") {
		t.Errorf("the scan prints\n%s", out)
	}
	if out := run(exitDone, "catalog", "push"); !strings.Contains(out, "opslevel: 8 values of 2 entities would be written") || !strings.Contains(out, "custom event integration") {
		t.Errorf("what would be written is\n%s", out)
	}
	if out := run(exitUsage, "catalog", "push", "--yes"); !strings.Contains(out, "push") {
		t.Errorf("without push it says %q", out)
	}
	heard("before it is configured")

	p.setenv("EVENTS", l.URL+eventsPath)
	configure(", push: {url: \"${EVENTS}\"}")
	run(exitDone, "catalog", "push")
	heard("without --yes")
	if out := run(exitDone, "catalog", "push", "--yes"); !strings.Contains(out, "opslevel: told about 2 entities\n") {
		t.Errorf("it prints\n%s", out)
	}
	heard("at first", "0 cart fresh=no go.state=off", "0 pay fresh=no go.state=on go.origin=born go.voluntary=false")
	run(exitDone, "catalog", "push", "--yes")
	heard("again")

	k := &taker{}
	k.commit(p, "cart", "go.mod")
	l.status = http.StatusServiceUnavailable
	if out := run(exitDone, "scan"); !strings.Contains(out, "not told all: send an event to OpsLevel: OpsLevel answers 503") {
		t.Errorf("the scan prints\n%s", out)
	}
	l.status = 0
	heard("while it fails")
	if out := run(exitDone, "scan"); !strings.Contains(out, "told about 1\n") {
		t.Errorf("the scan prints\n%s", out)
	}
	heard("after a change", "0 cart fresh=no go.state=on go.origin=born go.voluntary=false")
	if strings.Contains(printed.String(), "5ecret") {
		t.Errorf("the address of the integration is printed:\n%s", printed.String())
	}
}
