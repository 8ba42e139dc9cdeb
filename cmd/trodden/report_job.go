package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// anotherTry is when a server tries again by itself to send what it could not, after all attempts at a time.
const anotherTry = time.Hour

// mailbag is what a server knows of the reports that it sends by itself. It forgets all when it ends: then the ledger
// tells what was sent.
type mailbag struct {
	sync.Mutex // held by whoever sends
	week       string
	not        map[string]time.Time // by recipient and scope: when to try again; never, where that is zero
	pauses     []time.Duration      // between attempts; nil: those of the package
}

// of is what is known of a week, which is nothing when it is a new one.
func (m *mailbag) of(week report.Week) map[string]time.Time {
	if m.week != week.Key() {
		m.week, m.not = week.Key(), map[string]time.Time{}
	}
	return m.not
}

// note keeps when a recipient is tried again.
func (m *mailbag) note(o report.Outcome, now time.Time) {
	var next time.Time
	switch {
	case o.State == report.Busy:
		next = now // whoever sends it may die
	case o.Later:
		next = now.Add(anotherTry)
	}
	m.of(o.Week)[mailKey(o.Recipient.String(), o.Recipient.Scope.String())] = next
}

func mailKey(recipient, scope string) string { return recipient + "\x00" + scope }

// report sends the reports of the last week, as a job does: it fails where any could not be sent.
func (s *services) report(ctx context.Context) error {
	if !s.mailbag.TryLock() {
		return nil // they are being sent
	}
	defer s.mailbag.Unlock()
	u := s.fresh()
	week, err := s.reportWeek(u.Reports, "")
	if err != nil {
		return err
	}
	list, err := recipients(u.Reports, api.ReportRequest{})
	if err != nil {
		return err
	}
	return s.sendByItself(ctx, u, week, list)
}

// catchUp sends what a job should have sent by now and did not: the server was down, or was killed, or the mail server
// was down for longer than anybody waits. What was sent, or may have been, is not sent again.
func (s *services) catchUp(ctx context.Context, now time.Time) error {
	if !s.mailbag.TryLock() {
		return nil
	}
	defer s.mailbag.Unlock()
	u := s.held.Load()
	zone, err := time.LoadLocation(u.Reports.Timezone)
	if err != nil {
		return fmt.Errorf("time zone %s: %w", u.Reports.Timezone, err)
	}
	week := report.LastWeek(metrics.At(now), zone)
	list, err := s.missed(ctx, u, week, now)
	if err != nil || len(list) == 0 {
		return err
	}
	fresh, err := query.Fresh(ctx, s.asked, s.instant())
	if err != nil || fresh.Scanned <= metrics.Beginning {
		return err // there is nothing to report yet
	}
	s.log.Info("reports that were due are sent now", "week", week.Key(), "recipients", len(list))
	return s.sendByItself(ctx, u, week, list)
}

// missed are the recipients who did not get the report of a week, as far as the ledger and this process know.
func (s *services) missed(ctx context.Context, u *understanding, week report.Week, now time.Time) ([]report.Recipient, error) {
	if len(u.Reports.Recipients) == 0 {
		return nil, nil
	}
	list, err := recipients(u.Reports, api.ReportRequest{})
	if err != nil {
		return nil, err
	}
	not := s.mailbag.of(week)
	list = slices.DeleteFunc(list, func(to report.Recipient) bool {
		next, known := not[mailKey(to.String(), to.Scope.String())]
		return known && (next.IsZero() || next.After(now))
	})
	if len(list) == 0 {
		return nil, nil
	}
	rows, err := query.Reports(ctx, s.db, metrics.At(now))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(to report.Recipient) bool {
		return slices.ContainsFunc(rows, func(r query.ReportRow) bool {
			return r.Week == week.Key() && r.State == metrics.SendingDone && r.Recipient == to.String() && r.Scope == to.Scope.String()
		})
	}), nil
}

// sendByItself sends reports without anybody asking, with all the patience there is. It fails where any could not be sent.
func (s *services) sendByItself(ctx context.Context, u *understanding, week report.Week, list []report.Recipient) error {
	pauses := s.mailbag.pauses
	if pauses == nil {
		pauses = report.Pauses()
	}
	outcomes, err := s.deliver(ctx, u, week, list, &report.Post{Pauses: pauses, Tell: func(o report.Outcome) { s.logOutcome(slog.LevelWarn, o) }})
	for _, o := range outcomes {
		s.mailbag.note(o, s.now())
		if o.State == report.Failed {
			err = errors.Join(err, fmt.Errorf("%s: %s", o.Recipient, o.Detail))
		}
	}
	return err
}
