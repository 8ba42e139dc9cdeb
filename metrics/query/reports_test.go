package query_test

import (
	"strings"
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
	const renewed = 209 // of the one that lives
	got, err := query.Reports(ctx, db, renewed+metrics.SendingAbandoned)
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
	got, err = query.Reports(ctx, db, renewed+metrics.SendingAbandoned+1)
	if err != nil || len(got) != 3 || got[0].State != metrics.SendingBegun || !strings.Contains(got[0].Detail, "--again") {
		t.Errorf("two minutes after its last word: got %+v, %v", got, err)
	}
}

// TestReportsOfDeadSenders: what somebody only claimed who died says less than what was tried after that.
func TestReportsOfDeadSenders(t *testing.T) {
	db, ctx := openStore(t), t.Context()
	key := metrics.SendingKey{Recipient: "a", Scope: "leadership", Week: "2026-06-29"}
	if err := db.WriteSending(ctx, metrics.Sending{ID: 1, State: metrics.SendingClaimed, At: 100, SendingKey: key}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		now    metrics.Instant
		state  metrics.SendingState
		detail string
	}{
		"it lives":             {100 + metrics.SendingAbandoned, metrics.SendingClaimed, ""},
		"it says nothing more": {101 + metrics.SendingAbandoned, metrics.SendingClaimed, "not sent: whoever was about to send it has said nothing since; a server that runs tries again"},
	} {
		if got, err := query.Reports(ctx, db, c.now); err != nil || len(got) != 1 || got[0].State != c.state || got[0].Detail != c.detail {
			t.Errorf("%s: got %+v, %v, want %v and %q", name, got, err, c.state, c.detail)
		}
	}
	if err := db.WriteSending(ctx, metrics.Sending{ID: 2, State: metrics.SendingFailed, At: 400, Detail: "450 later", SendingKey: key}); err != nil {
		t.Fatal(err)
	}
	if got, err := query.Reports(ctx, db, 500); err != nil || len(got) != 1 || got[0].State != metrics.SendingFailed || got[0].Detail != "450 later" || got[0].Attempts != 2 {
		t.Errorf("after another attempt: got %+v, %v", got, err)
	}
}
