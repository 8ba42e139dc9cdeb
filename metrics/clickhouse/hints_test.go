package clickhouse_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
)

func TestHints(t *testing.T) {
	db := openStore(t)
	hint := func(id metrics.HintID, at metrics.Instant) metrics.Hint {
		return metrics.Hint{ID: id, Host: "github", Repo: "github.com/acme/größe", HostID: "github.com#7", Listing: id == 3, Event: "push", Action: odd, At: at}
	}
	now := metrics.At(time.Now()) // older hints go by themselves
	old, one, two, three := hint(9, now-900), hint(1, now), hint(2, now+1), hint(3, now+1)
	expect := func(what string, want ...metrics.Hint) {
		t.Helper()
		got, err := db.Hints(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, want, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s, -got +want\n%s", what, diff)
		}
	}
	put := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	expect("in an empty store")
	put(db.PutHints(t.Context(), nil))
	for range 2 { // writing twice changes nothing
		put(db.PutHints(t.Context(), []metrics.Hint{three, old, two, one}))
		expect("put", one, two, three)
	}
	put(db.EndHints(t.Context(), []metrics.Hint{two}, now+1000))
	expect("with one done", one, three)
	put(db.PutHints(t.Context(), []metrics.Hint{two, three})) // the host sends both again
	expect("sent again", one, three)
	put(db.EndHints(t.Context(), []metrics.Hint{one, three}, now+1001))
	expect("all done")

	got, err := db.Hinted(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, []metrics.HintID{1, 2, 3}); diff != "" {
		t.Errorf("by id, -got +want\n%s", diff)
	}
}
