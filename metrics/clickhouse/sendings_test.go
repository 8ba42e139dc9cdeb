package clickhouse_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
)

func TestSendings(t *testing.T) {
	db, ctx := openStore(t), t.Context()
	key := metrics.SendingKey{Recipient: "größe+" + odd + "@acme.dev", Scope: "team:" + odd, Week: "2026-06-22"}
	other := key
	other.Week = "2026-06-29"
	write := func(key metrics.SendingKey, id uint64, state metrics.SendingState, at metrics.Instant, detail string) {
		t.Helper()
		if err := db.WriteSending(ctx, metrics.Sending{SendingKey: key, ID: id, State: state, At: at, Detail: detail}); err != nil {
			t.Fatal(err)
		}
	}
	write(key, 1, metrics.SendingClaimed, 100, "")
	write(key, 1, metrics.SendingBegun, 101, "")
	write(key, 1, metrics.SendingFailed, 102, "450")
	write(key, 2, metrics.SendingBegun, 110, "")
	write(key, 2, metrics.SendingClaimed, 120, "") // comes late: the other is further
	write(other, 3, metrics.SendingDone, 130, "")
	for i := range metrics.Instant(16) { // its sender lives, and not all comes in order
		write(other, 4, metrics.SendingClaimed, 140+(i*5+5)%16, "")
	}
	for _, c := range []struct {
		key  metrics.SendingKey
		want []metrics.Sending
	}{
		{key, []metrics.Sending{{SendingKey: key, ID: 1, State: metrics.SendingFailed, At: 102, Detail: "450"}, {SendingKey: key, ID: 2, State: metrics.SendingBegun, At: 110}}},
		{other, []metrics.Sending{{SendingKey: other, ID: 3, State: metrics.SendingDone, At: 130}, {SendingKey: other, ID: 4, State: metrics.SendingClaimed, At: 155}}},
		{metrics.SendingKey{Recipient: "nobody", Scope: "leadership", Week: "2026-06-22"}, nil},
	} {
		got, err := db.Sendings(ctx, c.key)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, c.want, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%+v, -got +want\n%s", c.key, diff)
		}
	}
	if err := db.WriteSending(ctx, metrics.Sending{SendingKey: metrics.SendingKey{Week: "monday"}}); !errors.Is(err, metrics.ErrInvalid) {
		t.Errorf("a week that is none: got %v", err)
	}
}
