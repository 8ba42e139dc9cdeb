package main

import (
	"context"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// job is what a server does by itself, at the times that a schedule says.
type job struct {
	name     string
	schedule string // cron; "" for never
	zone     string // "" for UTC
	run      func(context.Context) error
}

// jobs lists what a server does by itself. One more job is one more entry here.
func (p *program) jobs(l *local, c *config.Config) []job {
	return []job{
		{name: "scan", schedule: c.Scan.Schedule, run: func(ctx context.Context) error {
			return l.start(ctx, scanRequest{})
		}},
		{name: "report", schedule: c.Reports.Schedule, zone: c.Reports.Timezone, run: l.report},
	}
}

// startJobs begins to run the jobs that have a schedule. What it returns ends them and waits for the one
// that runs.
func (p *program) startJobs(ctx context.Context, l *local, c *config.Config) (stop func()) {
	log := p.logger()
	clock := cron.New(cron.WithLocation(time.UTC))
	for _, j := range p.jobs(l, c) {
		if j.schedule == "" {
			continue
		}
		spec := j.schedule
		if j.zone != "" {
			spec = "CRON_TZ=" + j.zone + " " + spec
		}
		_, err := clock.AddFunc(spec, func() {
			if err := j.run(ctx); err != nil {
				log.Warn("job not done", "job", j.name, "error", err)
			}
		})
		if err != nil {
			log.Error("job not planned", "job", j.name, "schedule", j.schedule, "error", err)
			continue
		}
		log.Info("job planned", "job", j.name, "schedule", j.schedule)
	}
	clock.Start()
	return func() { <-clock.Stop().Done() }
}
