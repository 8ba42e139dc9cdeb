package main

import (
	"context"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/metrics"
)

// job is what a server does by itself, at the times that a schedule says.
type job struct {
	name     string
	schedule string // cron; "" for never
	zone     string // "" for UTC
	run      func(context.Context) error
	// missed does what run should have done in this week and did not; nil where the next time makes up for it. It is
	// called when the server begins and now and then, once a time of this week is past.
	missed func(ctx context.Context, now time.Time) error
}

// lookBack is how often a server looks for what it missed.
const lookBack = 5 * time.Minute

// jobs lists what a server does by itself. One more job is one more entry here.
func (p *program) jobs(l *local, c *config.Config) []job {
	return []job{
		{name: "scan", schedule: c.Scan.Schedule, run: func(ctx context.Context) error {
			return l.start(ctx, scanRequest{})
		}},
		{name: "report", schedule: c.Reports.Schedule, zone: c.Reports.Timezone, run: l.report, missed: l.catchUp},
	}
}

// times are those of the schedule.
func (j job) times() (cron.Schedule, error) {
	spec := j.schedule
	if j.zone != "" {
		spec = "CRON_TZ=" + j.zone + " " + spec
	}
	return cron.ParseStandard(spec)
}

// due reports whether one of the times lies in the week of a moment, and is past.
func (j job) due(times cron.Schedule, now time.Time) bool {
	zone, err := time.LoadLocation(j.zone)
	if err != nil {
		return false
	}
	monday := report.WeekOf(metrics.At(now), zone).From.Time().In(zone)
	first := times.Next(monday.Add(-time.Second))
	return !first.IsZero() && !first.After(now)
}

// startJobs begins to run the jobs that have a schedule. What it returns ends them and waits for those that run.
func (p *program) startJobs(ctx context.Context, l *local, c *config.Config) (stop func()) {
	log := p.logger()
	clock := cron.New(cron.WithLocation(time.UTC))
	var first sync.WaitGroup
	for _, j := range p.jobs(l, c) {
		if j.schedule == "" {
			continue
		}
		times, err := j.times()
		if err != nil {
			log.Error("job not planned", "job", j.name, "schedule", j.schedule, "error", err)
			continue
		}
		clock.Schedule(times, cron.FuncJob(func() {
			if err := j.run(ctx); err != nil {
				log.Warn("job not done", "job", j.name, "error", err)
			}
		}))
		log.Info("job planned", "job", j.name, "schedule", j.schedule)
		if j.missed == nil {
			continue
		}
		missed := func() {
			now := p.now()
			if !j.due(times, now) {
				return
			}
			if err := j.missed(ctx, now); err != nil {
				log.Warn("job not made up for", "job", j.name, "error", err)
			}
		}
		first.Go(missed)
		clock.Schedule(cron.Every(lookBack), cron.FuncJob(missed))
	}
	clock.Start()
	return func() {
		<-clock.Stop().Done()
		first.Wait()
	}
}
