package main

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// TestJobs runs each job of a configuration: a server does what the schedules name.
func TestJobs(t *testing.T) {
	scanned, reported, madeUp := errors.New("scanned"), errors.New("reported"), errors.New("made up")
	l := &local{start: func(context.Context, scanRequest) error { return scanned }, report: func(context.Context) error { return reported }}
	l.catchUp = func(context.Context, time.Time) error { return madeUp }
	c := &config.Config{Scan: config.Scan{Schedule: "*/30 * * * *"}, Reports: config.Reports{Schedule: "0 8 * * MON", Timezone: "Europe/Berlin"}}
	got := map[string]job{}
	for _, j := range new(program).jobs(l, c) {
		got[j.name] = j
	}
	for name, want := range map[string]struct {
		schedule, zone string
		err            error
	}{"scan": {"*/30 * * * *", "", scanned}, "report": {"0 8 * * MON", "Europe/Berlin", reported}} {
		j := got[name]
		if j.schedule != want.schedule || j.zone != want.zone || j.run == nil || j.run(t.Context()) != want.err {
			t.Errorf("%s: got %+v, want %+v", name, j, want)
		}
		if makesUp := j.missed != nil && j.missed(t.Context(), time.Now()) == madeUp; makesUp != (name == "report") {
			t.Errorf("%s: made up for: %t", name, makesUp)
		}
	}
}

// TestDue asks on which moments of a week a job should have run in it. The week of the test begins on Monday, 23 November
// 2026, in Berlin an hour before it does in UTC.
func TestDue(t *testing.T) {
	for _, test := range []struct {
		schedule, zone, now string
		want                bool
	}{
		{"0 8 * * MON", "", "2026-11-23T07:59:59Z", false},
		{"0 8 * * MON", "", "2026-11-23T08:00:00Z", true},
		{"0 8 * * MON", "", "2026-11-29T23:59:59Z", true},
		{"0 8 * * MON", "", "2026-11-30T00:00:00Z", false},
		{"0 8 * * MON", "Europe/Berlin", "2026-11-23T06:59:59Z", false},
		{"0 8 * * MON", "Europe/Berlin", "2026-11-23T07:00:00Z", true},
		{"0 0 * * MON", "Europe/Berlin", "2026-11-22T23:00:00Z", true},
		{"0 0 * * MON", "Europe/Berlin", "2026-11-22T22:59:59Z", true}, // of the Monday before
		{"0 18 * * SUN", "", "2026-11-28T12:00:00Z", false},
		{"0 18 * * SUN", "", "2026-11-29T18:00:01Z", true},
		{"0 8 1 * *", "", "2026-11-28T12:00:00Z", false},
		{"0 8 30 2 *", "", "2026-11-28T12:00:00Z", false},
		{"@every 1s", "", "2026-11-28T12:00:00Z", true},
		{"@yearly", "", "2026-11-28T12:00:00Z", false},
	} {
		now, err := time.Parse(time.RFC3339, test.now)
		if err != nil {
			t.Fatal(err)
		}
		j := job{schedule: test.schedule, zone: test.zone}
		times, err := j.times()
		if err != nil {
			t.Fatal(err)
		}
		if got := j.due(times, now); got != test.want {
			t.Errorf("%s %s at %s: got %t", test.schedule, test.zone, test.now, got)
		}
	}
}

// TestMissedJobs starts a server after the time of its report, and before it.
func TestMissedJobs(t *testing.T) {
	for hour, want := range map[int]int{7: 0, 8: 1, 9: 1} {
		synctest.Test(t, func(t *testing.T) {
			now := time.Date(2026, 11, 23, hour, 0, 0, 0, time.UTC)
			made := 0
			l := &local{catchUp: func(_ context.Context, at time.Time) error {
				if made++; !at.Equal(now) {
					t.Errorf("made up for at %s", at)
				}
				return nil
			}}
			p := &program{now: func() time.Time { return now }, err: io.Discard, env: config.Environment{Lookup: func(string) (string, bool) { return "", false }}}
			stop := p.startJobs(t.Context(), l, &config.Config{Reports: config.Reports{Schedule: "0 8 * * MON"}})
			synctest.Wait()
			if made != want {
				t.Errorf("at %d:00 it was made up for %d times, want %d", hour, made, want)
			}
			time.Sleep(16 * time.Minute)
			if made != 4*want {
				t.Errorf("at %d:00 it was made up for %d times in 16 minutes, want %d", hour, made, 4*want)
			}
			stop()
		})
	}
}
