package main

import (
	"context"
	"errors"
	"testing"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// TestJobs runs each job of a configuration: a server does what the schedules name.
func TestJobs(t *testing.T) {
	scanned, reported := errors.New("scanned"), errors.New("reported")
	l := &local{start: func(context.Context, scanRequest) error { return scanned }, report: func(context.Context) error { return reported }}
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
	}
}
