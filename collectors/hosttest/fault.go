package hosttest

import (
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strings"
)

// Failure is a way in which an answer can be bad. Each host has its own besides those that are the same for all.
type Failure string

// Failures that are the same for all hosts.
const (
	Hang  Failure = "no answer until the caller gives up"
	Cut   Failure = "an answer that ends in the middle"
	Stall Failure = "an answer whose body stops in the middle until the caller gives up"
	Drip  Failure = "an answer of which one byte comes a second"
	Nulls Failure = "null wherever it is allowed"
)

// Fault lets some requests fail.
type Fault struct {
	Failure Failure
	Route   string // pattern of the route, such as POST /graphql; any where empty
	Path    string // glob of the path, such as /repos/acme/*; any where empty
	Repo    string // full name: what is asked of it by REST, and it alone in a query of GraphQL; any where empty
	Token   string // of who asks; anybody where empty
	Type    string // the type of GraphQL whose fields Nulls makes null; all below what was asked for where empty
	After   int    // requests that go well before
	Times   int    // requests that fail; 1 where 0, all that follow where negative
}

// Fail lets requests fail from now on. Where several faults fit a request the first one is taken.
func (h *Host) Fail(f Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	h.faults = append(h.faults, &f)
}

// Heal ends all faults.
func (h *Host) Heal() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = nil
}

// take returns the first fault that fits and is due; nil where there is none.
func (h *Host) take(fits func(*Fault) bool) *Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.faults {
		if fits(f) && f.due() {
			return f
		}
	}
	return nil
}

// FaultOf returns the fault of a repository that a request of this route asks for among others; nil where it has none.
func (h *Host) FaultOf(repo, route string) *Fault {
	return h.take(func(f *Fault) bool { return strings.EqualFold(f.Repo, repo) && (f.Route == "" || f.Route == route) })
}

// due says whether it is the turn of a fault that fits, and counts.
func (f *Fault) due() bool {
	switch {
	case f.Times == 0:
		return false
	case f.After > 0:
		f.After--
		return false
	case f.Times > 0:
		f.Times--
	}
	return true
}

// fits says whether the fault is one of a request that a token signs, of a repository.
func (f *Fault) fits(c *Call, repo, token string) bool {
	ok := true
	if f.Path != "" {
		ok, _ = path.Match(f.Path, c.Request.URL.Path)
	}
	return ok && (f.Repo == "" || strings.EqualFold(f.Repo, repo)) && (f.Route == "" || f.Route == c.Route) && (f.Token == "" || f.Token == token)
}

// Is says whether there is a fault and it is of this kind.
func (f *Fault) Is(failure Failure) bool { return f != nil && f.Failure == failure }

// hang waits until the caller gives up or the host ends.
func (c *Call) hang() error {
	select {
	case <-c.Request.Context().Done():
	case <-c.Host.closing:
	}
	return Refuse(http.StatusGatewayTimeout, "nobody waits any more")
}

// Spoil makes those fields of an answer null that are nullable, where the fault is of that kind. Answers of GraphQL are
// spoiled where they are made, for there the schema says what may be null.
func (f *Fault) Spoil(body any, nullable []string) any {
	if !f.Is(Nulls) {
		return body
	}
	text, err := json.Marshal(body)
	var plain any
	if err != nil || json.Unmarshal(text, &plain) != nil {
		return body
	}
	if answer, ok := plain.(map[string]any); ok && answer["data"] != nil {
		return body
	}
	return nulled(plain, nullable)
}

func nulled(v any, nullable []string) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			v[name] = nulled(value, nullable)
			if slices.Contains(nullable, name) {
				v[name] = nil
			}
		}
	case []any:
		for i := range v {
			v[i] = nulled(v[i], nullable)
		}
	}
	return v
}
