package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/metrics"
)

// shortPauses are those between attempts while somebody waits for the answer; another run goes on where they end.
func shortPauses() []time.Duration {
	return []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute}
}

// recipient is somebody who is configured to get reports.
func recipient(r config.Recipient, all config.Reports) (report.Recipient, error) {
	scope, err := report.ParseScope(r.Scope)
	return report.Recipient{Address: r.Address, Name: r.Name(), Scope: scope, Always: r.Always || all.Always}, err
}

// recipients are those that a request means.
func recipients(c config.Reports, r api.ReportRequest) ([]report.Recipient, error) {
	var list []report.Recipient
	for _, configured := range c.Recipients {
		if r.Recipient != "" && !strings.EqualFold(configured.Name(), r.Recipient) || r.Scope != "" && configured.Scope != r.Scope {
			continue
		}
		to, err := recipient(configured, c)
		if err != nil {
			return nil, err
		}
		list = append(list, to)
	}
	switch {
	case len(list) > 0:
		return list, nil
	case len(c.Recipients) == 0:
		return nil, fmt.Errorf("nobody is to get reports, expected recipients in reports of the configuration: %w", metrics.ErrInvalid)
	}
	return nil, fmt.Errorf("nobody is configured to get that report (%s): %w", strings.TrimSpace(r.Recipient+" "+r.Scope), metrics.ErrNotFound)
}

// reportWeek is the week that a request means.
func (s *services) reportWeek(c config.Reports, day string) (report.Week, error) {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return report.Week{}, fmt.Errorf("time zone %s: %w", c.Timezone, err)
	}
	if day == "" {
		return report.LastWeek(s.instant(), zone), nil
	}
	return report.ParseWeek(day, s.instant(), zone)
}

// question is which report of a week is asked for.
func (u *understanding) question(scope report.Scope, week report.Week) report.Question {
	return report.Question{Scope: scope, Week: week, Objectives: u.OKRs, Org: u.Org, Base: u.Reports.URL}
}

// Preview implements api.Reporter.
func (s *services) Preview(ctx context.Context, r api.ReportRequest) (api.Report, error) {
	u := s.fresh()
	week, err := s.reportWeek(u.Reports, r.Week)
	if err != nil {
		return api.Report{}, err
	}
	to := report.Recipient{Scope: report.Scope{Kind: report.Leadership}}
	if r.Recipient != "" {
		list, err := recipients(u.Reports, r)
		if err != nil {
			return api.Report{}, err
		}
		to = list[0]
	} else if r.Scope != "" {
		if to.Scope, err = report.ParseScope(r.Scope); err != nil {
			return api.Report{}, err
		}
	}
	made, err := report.Build(ctx, s.asked, s.instant(), u.question(to.Scope, week))
	if err != nil {
		return api.Report{}, err
	}
	changed := made.Changed()
	out := api.Report{Week: week.Key(), Scope: to.Scope.String(), Changed: &changed, Format: r.Format}
	if out.Format == "" {
		out.Format = "md"
	}
	out.Text, err = s.laidOut(u.Reports, made, to, out.Format)
	return out, err
}

// laidOut lays a report out in a format.
func (s *services) laidOut(c config.Reports, r *report.Report, to report.Recipient, format string) (string, error) {
	switch format {
	case "md":
		return r.Markdown()
	case "html":
		return r.HTML()
	case "txt":
		return r.Text()
	case "slack":
		text, err := r.Slack()
		return string(text), err
	case "eml":
		// Where nobody is configured it is a mail all the same, to look at.
		from, address := c.SMTP.From, to.Address
		if from == "" {
			from = "trodden@localhost"
		}
		if address == "" {
			address = "nobody@localhost"
		}
		text, err := r.EML(report.Envelope{From: from, To: address, Unsubscribe: c.Unsubscribe, Date: s.now()})
		return string(text), err
	}
	return "", fmt.Errorf("%q is no format of reports, expected md, html, eml, txt or slack: %w", format, metrics.ErrInvalid)
}

// Deliver implements api.Reporter.
func (s *services) Deliver(ctx context.Context, r api.ReportRequest, tell func(api.ReportOutcome)) (api.Report, error) {
	u := s.fresh()
	week, err := s.reportWeek(u.Reports, r.Week)
	if err != nil {
		return api.Report{}, err
	}
	if week.To > s.instant() {
		return api.Report{}, fmt.Errorf("the week of %s is not over: what is sent now would be all that anybody gets of it: %w", week, metrics.ErrInvalid)
	}
	list, err := recipients(u.Reports, r)
	if err != nil {
		return api.Report{}, err
	}
	out := api.Report{Week: week.Key()}
	outcomes, err := s.deliver(ctx, u, week, list, &report.Post{Pauses: shortPauses(), Again: r.Again, Tell: func(o report.Outcome) {
		s.logOutcome(slog.LevelInfo, o) // who asked is told
		tell(reportOutcomeOf(o))
	}})
	for _, o := range outcomes {
		out.Delivered = append(out.Delivered, reportOutcomeOf(o))
	}
	return out, err
}

func reportOutcomeOf(o report.Outcome) api.ReportOutcome {
	return api.ReportOutcome{Week: o.Week.Key(), Recipient: o.Recipient.String(), Scope: o.Recipient.Scope.String(), State: string(o.State), Detail: o.Detail}
}

// logOutcome logs what became of a report, at a level where it waits.
func (s *services) logOutcome(waits slog.Level, o report.Outcome) {
	level, message := slog.LevelInfo, "report"
	if o.State == report.Waiting {
		level, message = waits, "report not delivered yet"
	}
	s.log.Log(context.Background(), level, message, "recipient", o.Recipient.String(), "scope", o.Recipient.Scope.String(), "week", o.Week.Key(), "state", string(o.State), "detail", o.Detail)
}

// deliver sends reports by a post, which it makes ready. It fails where nobody can be reached; where some can, the others are told
// of what they lack.
func (s *services) deliver(ctx context.Context, u *understanding, week report.Week, list []report.Recipient, post *report.Post) ([]report.Outcome, error) {
	post.Ledger, post.Unsubscribe, post.Now = s.db, u.Reports.Unsubscribe, s.now
	post.Mail = s.reach(u.Reports, list)
	if !slices.ContainsFunc(list, func(to report.Recipient) bool { return to.Lacks == nil }) {
		return nil, list[0].Lacks
	}
	builder := report.NewBuilder(s.asked, s.instant())
	teams := 0
	for _, to := range list {
		if to.Scope.Kind == report.OfTeam {
			teams++
		}
	}
	builder.Expect(teams)
	return post.Send(ctx, week, list, func(ctx context.Context, to report.Recipient) (*report.Report, error) {
		return builder.Build(ctx, u.question(to.Scope, week))
	}), nil
}

// reach finds out how recipients are reached: it looks the webhooks and the mail server up, and notes of each what it lacks.
func (s *services) reach(c config.Reports, list []report.Recipient) report.Mail {
	server, lacks := mailServer(c.SMTP, s.env)
	for i := range list {
		if list[i].Address != "" {
			list[i].Lacks = lacks
			continue
		}
		for _, configured := range c.Recipients {
			if configured.Address == "" && configured.Name() == list[i].Name {
				list[i].Webhook, list[i].Lacks = configured.Slack.Webhook(s.env)
			}
		}
	}
	return server
}

// mailServer is the mail server of the configuration.
func mailServer(c config.SMTP, env config.Environment) (report.Mail, error) {
	if c.Host == "" || c.From == "" {
		return report.Mail{}, fmt.Errorf("no mail can be sent without a server and a sender, expected smtp in reports of the configuration, with host and from: %w", metrics.ErrInvalid)
	}
	password, err := c.Password.Token(env)
	if err != nil {
		return report.Mail{}, err
	}
	return report.Mail{Host: c.Host, Port: c.Port, User: c.User, Password: password, From: c.From, Security: report.Security(c.TLS)}, nil
}
