package catalog_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// TestBackstagePassedOver reads the plain list, which goes on by numbers, while its first entity leaves: one that is there
// moves to a page that was read, and is looked up before it is called gone. Another one left before, and is gone.
func TestBackstagePassedOver(t *testing.T) {
	leaves := func(f *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
		if strings.HasSuffix(r.URL.Path, "/entities") && nth == 2 {
			f.entities = f.entities[1:]
		}
		return false
	}
	swaps := func(f *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
		if strings.HasSuffix(r.URL.Path, "/entities") && nth == 2 {
			f.entities = append(slices.Clone(f.entities[1:]), component("new", "payments"))
		}
		return false
	}
	both := func(one, other func(*fakeBackstage, http.ResponseWriter, *http.Request, int) bool) func(*fakeBackstage, http.ResponseWriter, *http.Request, int) bool {
		return func(f *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
			return one(f, w, r, nth) || other(f, w, r, nth)
		}
	}
	moving := []string{component("a", "payments"), component("b", "payments"), component("c", "payments"), component("d", "payments"), group("payments"), component("e", "payments")}
	teamMoves := []string{component("a", "payments"), component("b", "payments"), group("payments"), component("c", "payments"), component("d", "payments"), component("e", "payments")}
	refMoves := slices.Concat(moving[:2], []string{component("c", "left")}, moving[3:])
	for name, c := range map[string]struct {
		entities []string
		lacks    []string // beside queries
		meddle   func(*fakeBackstage, http.ResponseWriter, *http.Request, int) bool
		gone     []string
		detail   string // why it is not complete
		told     int    // entities
	}{
		"nothing moves":                             {moving, []string{"/entity-facets"}, nil, nil, "", 6},
		"nothing moves, and its size is known":      {moving, nil, nil, nil, "", 6},
		"one leaves":                                {moving, []string{"/entity-facets"}, leaves, []string{"z"}, "", 6},
		"a team moves":                              {teamMoves, []string{"/entity-facets"}, leaves, []string{"z"}, "", 6},
		"one moves whose owner never was":           {refMoves, []string{"/entity-facets"}, leaves, []string{"z"}, "", 6},
		"one leaves and one comes":                  {moving, nil, swaps, []string{"z"}, "", 7},
		"one leaves, and its size is known":         {moving, nil, leaves, nil, "5 entities are listed where there were to be 6", 5},
		"nobody can be asked":                       {moving, []string{"/entity-facets", "/entities/by-refs"}, leaves, nil, "may have passed it over, and no entity can be looked up here", 5},
		"nobody can be asked about a team":          {teamMoves, []string{"/entity-facets", "/entities/by-refs"}, leaves, nil, "may have passed it over", 5},
		"nobody can be asked, one leaves and comes": {moving, []string{"/entities/by-refs"}, swaps, nil, "may have passed it over", 6},
		"looking up is forbidden":                   {moving, []string{"/entity-facets"}, both(leaves, refusingAt("by-refs", 1, 403)), nil, "Backstage answers 403", 5},
		"looking up fails":                          {moving, []string{"/entity-facets"}, both(leaves, refusingAt("by-refs", 1, 500)), nil, "look up in Backstage what it did not list", 5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				known := c.entities
				if c.meddle != nil { // another one leaves before
					known = append(slices.Clone(known), component("z", "payments"))
				}
				f := &fakeBackstage{entities: known, most: 2, lacks: append(c.lacks, "/entities/by-query")}
				b := f.portal(t, nil)
				var l ledger
				first := l.read(t, b, 100)
				before := l.owners()
				f.entities, f.asked, f.meddle = c.entities, nil, c.meddle
				done := l.read(t, b, 200)
				if done.Entities != c.told || done.Complete != (c.detail == "") || !strings.Contains(done.Detail, c.detail) {
					t.Errorf("it comes to %+v, want %d entities, and that it is not complete for %q", done, c.told, c.detail)
				}
				if diff := cmp.Diff(l.gone(), c.gone); diff != "" {
					t.Errorf("gone, -got +want:\n%s", diff)
				}
				after := l.owners()
				delete(after, "component:default/new")
				if done.Complete {
					delete(before, "component:default/z")
					delete(after, "component:default/z")
				}
				if diff := cmp.Diff(after, before); diff != "" {
					t.Errorf("owners, -got +want:\n%s", diff)
				}
				if c.meddle == nil && done.Requests != first.Requests-1 { // it asks for queries once
					t.Errorf("without a change it sent %d requests, and %d the first time: %q", done.Requests, first.Requests, f.asked)
				}
			})
		})
	}
}

// owners are those of all that was read.
func (l *ledger) owners() map[string][]metrics.EntityOwner {
	all := map[string][]metrics.EntityOwner{}
	for ref, s := range l.snapshots {
		all[ref.String()] = s.Owners
	}
	return all
}

// TestBackstagePassesOverMany looks many up at once: 500 by a request.
func TestBackstagePassesOverMany(t *testing.T) {
	all := components(1_400)
	f := &fakeBackstage{entities: all, most: 100, lacks: []string{"/entities/by-query", "/entity-facets"}}
	b := f.portal(t, nil)
	var l ledger
	l.read(t, b, 100)
	f.asked, f.meddle = nil, func(f *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
		if !strings.HasSuffix(r.URL.Path, "/entities") {
			return false
		}
		if nth == 3 { // its word is that this is the last page
			fmt.Fprintf(w, "[%s]", strings.Join(all[200:300], ","))
		}
		return nth == 3
	}
	done := l.read(t, b, 200)
	lookUps := 0
	for _, at := range f.asked {
		if at == "/entities/by-refs" {
			lookUps++
		}
	}
	if !done.Complete || done.Entities != 1_401 || done.Gone != 0 || lookUps != 3 {
		t.Errorf("it comes to %+v after %d look-ups, want 1401 entities after 3", done, lookUps)
	}
}

var _ catalog.Recaller = (*catalog.Backstage)(nil)
