package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// TestReaderTellsSinceWhenOwnersAreGone: that is known of those that the portal took for a team before, and of no other.
func TestReaderTellsSinceWhenOwnersAreGone(t *testing.T) {
	var l ledger
	ref := func(name string) metrics.EntityRef {
		return metrics.EntityRef{Kind: "group", Namespace: "default", Name: name}
	}
	owned := func(title string, owners ...catalog.Owner) catalog.Item {
		item := thing("pay", "owner", "x", "title", title)
		item.Owners = owners
		return item
	}
	named := func(owner string, owners ...catalog.Owner) catalog.Item {
		item := thing("pay", "owner", owner, "title", "c")
		item.Owners = owners
		return item
	}
	type since map[string]metrics.Instant
	for i, step := range []struct {
		name string
		item catalog.Item
		want []since
	}{
		{"one is there, and one is not", owned("a", catalog.Owner{Ref: ref("ads")}, catalog.Owner{Ref: ref("gone"), Gone: true}), []since{{"ads": 0}, {"gone": 0}}},
		{"another title", owned("b", catalog.Owner{Ref: ref("ads")}, catalog.Owner{Ref: ref("gone"), Gone: true}), []since{{"ads": 0}, {"gone": 0}}},
		{"the other goes", owned("b", catalog.Owner{Ref: ref("gone"), Gone: true}, catalog.Owner{Ref: ref("ads"), Gone: true}), []since{{"gone": 0}, {"ads": 300}}},
		{"and stays away", owned("c", catalog.Owner{Ref: ref("ads"), Gone: true}), []since{{"ads": 300}}},
		{"it is back", owned("c", catalog.Owner{Ref: ref("ads")}), []since{{"ads": 0}}},
		{"a new one that never was", owned("c", catalog.Owner{Ref: ref("new"), Gone: true}), []since{{"new": 0}}},
		{"one without a name", owned("c", catalog.Owner{}), []since{{"": 0}}},
		{"which goes", owned("c", catalog.Owner{Gone: true}), []since{{"": 800}}},
		{"it is back once more", owned("c", catalog.Owner{Ref: ref("ads")}), []since{{"ads": 0}}},
		{"another one is named, which never was", named("never", catalog.Owner{Gone: true}), []since{{"": 0}}},
	} {
		l.read(t, &fakePortal{items: []catalog.Item{step.item, team("other", true)}}, metrics.Instant(100*(i+1)))
		var got []since
		for _, o := range l.snapshots[step.item.Entity.Ref].Owners {
			got = append(got, since{o.Ref.Name: o.Since})
		}
		if diff := cmp.Diff(got, step.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", step.name, diff)
		}
	}
}
