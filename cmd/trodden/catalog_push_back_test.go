package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// has are the keys of custom data that an entity of the catalog has.
func (k *taker) has(tag string) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Sorted(maps.Keys(k.custom[tag]))
}

// TestPushTakesBack takes back what was told of a path that is not defined any more, and of an entity that is about no repository
// any more or is gone: without --yes that is shown, with it done once, and by scans likewise.
func TestPushTakesBack(t *testing.T) {
	t.Parallel()
	k := newTaker(t)
	p := k.beside(t)
	paths := func(list string) {
		p.write(fmt.Sprintf("sources: [{git: {dirs: [\"repos/*\"]}}, {cortex: {url: %q, key: \"${CORTEX}\", push: true}}]\npaths: [%s]\n", k.URL, list))
	}
	paths("{key: go, golden: {file: go.mod}}, {key: doc, golden: {file: README.md}}")
	p.run(exitDone, "scan")
	if got := k.has("cart"); !slices.Contains(got, "trodden_doc_state") || !slices.Contains(got, "trodden_go_state") {
		t.Fatalf("cart has %q", got)
	}
	k.at(http.StatusServiceUnavailable, false)
	paths("{key: doc, golden: {file: README.md}}")
	scanned, _ := p.run(exitDone, "scan")
	if !strings.Contains(scanned, "not told all: delete custom data of service:default/cart in Cortex: Cortex answers 503") {
		t.Errorf("the scan prints\n%s", scanned)
	}
	offered := func(given bool) (list []string) {
		for _, gone := range []string{"cart go_state off", "cart go_since then", "pay go_state on", "pay go_origin born", "pay go_voluntary false", "pay go_since then"} {
			part := strings.Fields(gone)
			list = append(list, fmt.Sprintf("%s %s %q %t", part[0], part[1], part[2], given))
		}
		return list
	}
	k.at(0, false)
	if diff := cmp.Diff(takenBack(p), offered(false)); diff != "" {
		t.Errorf("would be taken back (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(takenBack(p, "--yes"), offered(true)); diff != "" {
		t.Errorf("it is taken back (-got +want):\n%s", diff)
	}
	for _, tag := range []string{"Pay", "cart"} {
		if got := k.has(tag); slices.ContainsFunc(got, func(key string) bool { return strings.HasPrefix(key, "trodden_go_") }) || !slices.Contains(got, "trodden_doc_state") {
			t.Errorf("%s has %q", tag, got)
		}
	}
	lists := k.lists
	if got := takenBack(p, "--yes"); len(got) > 0 || k.lists != lists {
		t.Errorf("again %q is taken back, by %d lists", got, k.lists-lists)
	}

	k.mu.Lock()
	k.bare = "cart"
	k.mu.Unlock()
	p.run(exitDone, "scan")
	if got := k.has("cart"); len(got) > 0 {
		t.Errorf("what is about no repository has %q", got)
	}
	if n := k.at(0, false); len(takenBack(p, "--yes"))+k.at(0, false)-n > 0 {
		t.Error("it is taken back again")
	}
}

// takenBack prints what push takes back, with some arguments.
func takenBack(p *place, args ...string) (list []string) {
	for _, r := range ask[pushedRow](p, append([]string{"catalog", "push"}, args...)...) {
		if strings.HasSuffix(r.Key, "_since") {
			r.Old = "then"
		}
		if r.New != "" {
			p.Errorf("it writes %+v", r)
		}
		list = append(list, fmt.Sprintf("%s %s %q %t", strings.TrimPrefix(r.Entity, "service:default/"), strings.TrimPrefix(r.Key, "trodden_"), r.Old, r.Given))
	}
	return list
}

// TestPushOnAfterFailure is refused in all ways, with nothing kept as told, and goes on where it was broken off: what was taken is not
// sent again, and the rest is.
func TestPushOnAfterFailure(t *testing.T) {
	t.Parallel()
	k := newTaker(t)
	p := k.beside(t)
	k.configure(p, false)
	p.run(exitDone, "scan")
	k.configure(p, true)
	for status, want := range map[int]string{
		http.StatusUnauthorized: "refuses the credentials", http.StatusForbidden: "answers 403", http.StatusUnprocessableEntity: "answers 422", http.StatusInternalServerError: "answers 500",
	} {
		k.at(status, false)
		if _, said := p.run(exitFailed, "catalog", "push", "--yes"); !strings.Contains(said, want) || len(k.has("Pay"))+len(k.has("cart")) > 0 {
			t.Errorf("%d: it says %s", status, said)
		}
	}
	n := k.at(0, false)
	if got := len(rows(p, "--yes")); got != 8 || k.at(0, false)-n != 1 {
		t.Errorf("then it tells %d values", got)
	}
	p.write(fmt.Sprintf("sources: [{git: {dirs: [\"repos/*\"]}}, {cortex: {url: %q, key: \"${CORTEX}\", push: true}}]\npaths: [{key: ci, golden: {file: go.mod}}]\n", k.URL))
	k.mu.Lock()
	k.after, k.status = k.writes+3, http.StatusInternalServerError // what is new, and both keys of the first
	k.mu.Unlock()
	out, _ := p.run(exitDone, "scan")
	if !strings.Contains(out, "not told all: delete custom data of service:default/pay in Cortex: Cortex answers 500") {
		t.Errorf("the scan prints\n%s", out)
	}
	k.at(0, false)
	if got := takenBack(p, "--yes"); len(got) != 4 || slices.ContainsFunc(got, func(row string) bool { return strings.HasPrefix(row, "cart ") }) {
		t.Errorf("then %q is taken back", got)
	}
	if got := rows(p, "--yes"); len(got) > 0 {
		t.Errorf("and again %q", got)
	}
}
