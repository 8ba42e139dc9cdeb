package catalog_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// refusingAt answers the requests of an address with a status, from the nth on; of any where at is empty.
func refusingAt(at string, from, status int) func(*fakeBackstage, http.ResponseWriter, *http.Request, int) bool {
	return func(_ *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
		if !strings.HasSuffix(r.URL.Path, at) || nth < from {
			return false
		}
		refuseBackstage(w, status, "Error", "sorry")
		return true
	}
}

// TestReaderKeepsWhomNobodyCouldAskAbout reads a Backstage whose look-ups fail for a while: what is known of an owner by then
// holds, and what is told of one then dates nothing.
func TestReaderKeepsWhomNobodyCouldAskAbout(t *testing.T) {
	left := func(kind, name string) metrics.EntityRef {
		return metrics.EntityRef{Kind: kind, Namespace: "default", Name: name}
	}
	// owns says of an owner whether it is gone, and since when.
	type owns struct {
		Gone  bool
		Since metrics.Instant
	}
	never, there := owns{true, metrics.Beginning}, owns{}
	for name, c := range map[string]struct {
		failing string // end of the address that fails in the second reading
		owner   string // of the entity
		kind    string // of that owner
		before  bool   // the entity is there in the first reading
		leaves  bool   // the owner is there in the first reading, and leaves behind it
		changed int    // in the second reading
		want    []owns // after each reading
	}{
		"one that never was":             {"by-refs", "left", "group", true, false, 0, []owns{never, never, never}},
		"one that is no group":           {"by-refs", "resource:left", "resource", true, false, 0, []owns{never, never, never}},
		"the module before fails":        {"pending", "left", "group", true, false, 0, []owns{never, never, never}},
		"the list breaks off":            {"by-query", "resource:left", "resource", true, false, 0, []owns{never, never, never}},
		"an entity that comes meanwhile": {"by-refs", "left", "group", false, false, 1, []owns{there, there, never}},
		"one that leaves meanwhile":      {"by-refs", "left", "group", true, true, 0, []owns{there, there, {true, 300}}},
	} {
		for _, status := range []int{http.StatusForbidden, http.StatusInternalServerError} {
			if status == http.StatusForbidden && c.failing == "pending" {
				continue // that it is forbidden means that it is not there
			}
			t.Run(fmt.Sprintf("%s, %d", name, status), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					entities := append(components(3), fmt.Sprintf(`{"kind":"Component","metadata":{"name":"pay"},"spec":{"owner":%q}}`, c.owner))
					f := &fakeBackstage{most: 4, pending: []string{}}
					var l ledger
					for i, want := range c.want {
						f.entities, f.meddle = entities, nil
						switch i {
						case 0:
							if f.entities = entities[:4]; c.before {
								f.entities = entities
							}
							if c.leaves {
								f.entities = append([]string{group("left")}, entities...)
							}
						case 1:
							from := 1
							if c.failing == "by-query" { // the entity is told by then
								f.entities, from = append(entities[4:5:5], entities[:4]...), 2
							}
							f.asked, f.meddle = nil, refusingAt(c.failing, from, status)
						}
						done := l.read(t, f.portal(t, nil), metrics.Instant(100*(i+1)))
						if done.Complete != (i != 1) || i == 1 && done.Changed != c.changed {
							t.Errorf("reading %d comes to %+v, want %d changed in one that is not complete", i+1, done, c.changed)
						}
						var got owns
						for _, o := range l.snapshots[left("component", "pay")].Owners {
							if got = (owns{o.Gone, o.Since}); o.Ref != left(c.kind, "left") {
								t.Errorf("the owner is %+v", o)
							}
						}
						if got != want {
							t.Errorf("after reading %d the owner is %+v, want %+v", i+1, got, want)
						}
					}
				})
			})
		}
	}
}

// TestReaderKeepsOwnersWithoutTeams reads rented portals that do not let their teams be read for once: whom nobody could look
// for among them stays what he was.
func TestReaderKeepsOwnersWithoutTeams(t *testing.T) {
	cortex, port := cortexCatalog(t), portCatalog(t)
	cortexURL, cortexClient := answering(t, cortex)
	portURL, portClient := answering(t, port)
	for name, c := range map[string]struct {
		open func() (catalog.Portal, error)
		deny func(status int)
	}{
		"cortex": {func() (catalog.Portal, error) {
			return catalog.NewCortex(catalog.CortexConfig{URL: cortexURL, Key: cortexKey, HTTP: cortexClient})
		}, func(status int) { cortex.denied["teams"] = status }},
		"port": {func() (catalog.Portal, error) {
			return catalog.NewPort(catalog.PortConfig{URL: portURL, ClientID: "id", ClientSecret: portSecret, HTTP: portClient})
		}, func(status int) {
			port.denied = map[string]int{"_team/entities/search": status, "_user/entities/search": status}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			portal, err := c.open()
			if err != nil {
				t.Fatal(err)
			}
			var l ledger
			l.read(t, portal, 100)
			before := l.owners()
			for i, status := range []int{http.StatusForbidden, 0} {
				c.deny(status)
				if done := l.read(t, portal, metrics.Instant(200+100*i)); done.Gone != 0 {
					t.Errorf("with the status %d it comes to %+v", status, done)
				}
				if diff := cmp.Diff(l.owners(), before); diff != "" {
					t.Errorf("with the status %d, -got +want:\n%s", status, diff)
				}
			}
		})
	}
}
