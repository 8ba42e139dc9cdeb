package query_test

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func TestReports(t *testing.T) {
	db, ctx := openStore(t), t.Context()
	for _, s := range []struct {
		week, recipient string
		id              uint64
		state           metrics.SendingState
		at              metrics.Instant
		detail          string
	}{
		{"2026-06-22", "a", 1, metrics.SendingClaimed, 100, ""}, {"2026-06-22", "a", 1, metrics.SendingFailed, 101, "450"},
		{"2026-06-22", "a", 2, metrics.SendingClaimed, 102, ""}, {"2026-06-22", "a", 2, metrics.SendingBegun, 103, ""}, {"2026-06-22", "a", 2, metrics.SendingDone, 104, ""},
		{"2026-06-22", "a", 3, metrics.SendingFailed, 105, "another sender was first"},
		{"2026-06-29", "a", 4, metrics.SendingClaimed, 200, ""}, {"2026-06-29", "a", 4, metrics.SendingBegun, 201, ""},
		{"2026-06-29", "a", 4, metrics.SendingBegun, 205, ""}, {"2026-06-29", "a", 4, metrics.SendingBegun, 203, ""}, {"2026-06-29", "a", 4, metrics.SendingBegun, 209, ""}, // it lives
		{"2026-06-29", "a", 4, metrics.SendingBegun, 202, ""}, {"2026-06-29", "a", 4, metrics.SendingBegun, 208, ""}, {"2026-06-29", "a", 4, metrics.SendingBegun, 204, ""},
		{"2026-06-29", "b", 5, metrics.SendingFailed, 210, "550"}, {"2026-06-29", "b", 6, metrics.SendingFailed, 220, "551"},
	} {
		if err := db.WriteSending(ctx, metrics.Sending{ID: s.id, State: s.state, At: s.at, Detail: s.detail,
			SendingKey: metrics.SendingKey{Recipient: s.recipient, Scope: "leadership", Week: s.week}}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := query.Reports(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	when := func(sec int64) time.Time { return time.Unix(sec, 0).UTC() }
	want := []query.ReportRow{
		{"2026-06-29", "leadership", "a", metrics.SendingBegun, when(209), 1, ""},
		{"2026-06-29", "leadership", "b", metrics.SendingFailed, when(220), 2, "551"},
		{"2026-06-22", "leadership", "a", metrics.SendingDone, when(104), 3, ""},
	}
	if diff := gocmp.Diff(got, want); diff != "" {
		t.Error("-got +want\n" + diff)
	}
}
