package clickhouse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// TestGiven keeps what portals were told, and finds the last of each entity, whatever it is called.
func TestGiven(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		ctx := t.Context()
		if _, err := db.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		pay, odd := metrics.EntityRef{Kind: "service", Namespace: "default", Name: "pay"}, metrics.EntityRef{Kind: "service", Namespace: "default", Name: `a b:'/\`}
		facts := []metrics.PortalFact{{About: "fresh"}, {Path: "it's.odd", About: "state"}}
		for _, round := range []struct {
			at   metrics.Instant
			list []clickhouse.Given
		}{
			{200, []clickhouse.Given{{pay, 2, facts}}}, {100, []clickhouse.Given{{pay, 1, facts[:1]}, {odd, 7, nil}}}, {300, nil},
		} {
			if err := db.WriteGiven(ctx, "cortex", round.at, round.list); err != nil {
				t.Fatal(err)
			}
		}
		got, err := db.Given(ctx, "cortex")
		if diff := cmp.Diff(got, []clickhouse.Given{{odd, 7, nil}, {pay, 2, facts}}); err != nil || diff != "" {
			t.Errorf("%v, -got +want\n%s", err, diff)
		}
		if other, err := db.Given(ctx, "port"); err != nil || len(other) > 0 {
			t.Errorf("another portal was told %v, %v", other, err)
		}
	})
}
