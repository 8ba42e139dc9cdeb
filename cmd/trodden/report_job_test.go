package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/dashboards/report/reporttest"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// mailing returns the services of a server that begins on a store, and sends to a few recipients by a mail server.
func mailing(t *testing.T, db *clickhouse.DB, mails *reporttest.Server, dir string, now func() time.Time) *services {
	t.Helper()
	text := fmt.Sprintf(`sources: [{git: {dirs: ["%s/*"]}}]
%s
reports:
  always: true
  recipients: [{address: lead@acme.dev}, {address: bad@acme.dev}, {address: late@acme.dev}, {address: maybe@acme.dev}]
  smtp: {host: 127.0.0.1, port: %d, tls: none, from: trodden@acme.dev}
`, dir, generatedPaths, mails.Port)
	env := config.Environment{Lookup: func(string) (string, bool) { return "", false }}
	c, err := config.Parse(filepath.Join(t.TempDir(), "t.yaml"), text, env)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServices(db, c, func() (*config.Config, error) { return c, nil }, env, slog.New(slog.DiscardHandler), now)
	if err != nil {
		t.Fatal(err)
	}
	s.mailbag.pauses = []time.Duration{time.Millisecond}
	return s
}

// TestCatchUp lets a server make up for reports that it did not send: those who got theirs, or may have, get no other,
// who is refused is not asked for again and again, and who is put off is.
func TestCatchUp(t *testing.T) {
	mails := reporttest.Serve(t, false)
	mails.Anybody = true
	mails.Refuse["bad@acme.dev"] = reporttest.Answer(550, "no such user")
	mails.Refuse["late@acme.dev"] = reporttest.Answer(451, "come later")
	db, dir := ownStore(t), t.TempDir()
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return clock }
	err := db.WriteSending(t.Context(), metrics.Sending{ID: 7, State: metrics.SendingBegun, At: metrics.At(clock) - 3600,
		SendingKey: metrics.SendingKey{Recipient: "maybe@acme.dev", Scope: "leadership", Week: "2026-11-16"}})
	if err != nil {
		t.Fatal(err)
	}
	s := mailing(t, db, mails, dir, now)
	catchUp := func(s *services, word string, connections int, want ...string) {
		t.Helper()
		before, asked := len(mails.Mails()), mails.Connections()
		err := s.catchUp(t.Context(), clock)
		if (err == nil) != (word == "") || err != nil && !strings.Contains(err.Error(), word) {
			t.Errorf("got error %v, want %q", err, word)
		}
		var got []string
		for _, m := range mails.Mails()[before:] {
			got = append(got, m.To...)
		}
		if diff := cmp.Diff(got, want); diff != "" || mails.Connections()-asked != connections {
			t.Errorf("%d connections, want %d; received, -got +want\n%s", mails.Connections()-asked, connections, diff)
		}
	}
	catchUp(s, "", 0) // nothing was scanned, and there is nothing to report
	generate(t, dir, 2, 5)
	if _, err := s.scan(t.Context(), scanRequest{}, func(scanProgress) {}); err != nil {
		t.Fatal(err)
	}
	catchUp(s, "maybe@acme.dev: may have been sent", 4, "lead@acme.dev")
	catchUp(s, "", 0)
	clock = clock.Add(30 * time.Minute)
	catchUp(s, "", 0)
	mails.Refuse["late@acme.dev"] = nil
	clock = clock.Add(31 * time.Minute)
	catchUp(s, "", 1, "late@acme.dev")
	clock = clock.Add(time.Hour)
	catchUp(s, "", 0)
	catchUp(mailing(t, db, mails, dir, now), "bad@acme.dev: the mail server does not take", 1) // it begins anew
	s.mailbag.Lock()
	catchUp(s, "", 0) // while they are being sent
	if err := s.report(t.Context()); err != nil {
		t.Error(err)
	}
	s.mailbag.Unlock()
	clock = clock.AddDate(0, 0, 7)
	catchUp(s, "bad@acme.dev", 4, "lead@acme.dev", "late@acme.dev", "maybe@acme.dev")
}

// TestReportIsMadeUpFor starts a server after the time of the report, in whose week another died that had only claimed
// one. Then it is killed: the next one sends nothing again.
func TestReportIsMadeUpFor(t *testing.T) {
	t.Parallel()
	s := reporttest.Serve(t, false)
	p := reportingPlace(t, s, strings.Replace(reporting(s), "reports:\n", "reports:\n  schedule: \"0 0 * * MON\"\n", 1))
	p.setenv("SMTP_PASSWORD", reporttest.Password)
	p.run(exitDone, "scan")
	db, shut := p.open()
	err := db.WriteSending(t.Context(), metrics.Sending{ID: 7, State: metrics.SendingClaimed, At: metrics.At(time.Now()) - 180,
		SendingKey: metrics.SendingKey{Recipient: "lead@acme.dev", Scope: "leadership", Week: report.LastWeek(metrics.At(time.Now()), time.UTC).Key()}})
	if err != nil {
		t.Error(err)
	}
	shut()
	for range 2 {
		cmd := p.command("serve", "--addr", "127.0.0.1:0")
		var log strings.Builder
		cmd.Stderr = &log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for late := time.Now().Add(time.Minute); len(s.Mails()) < 3 && time.Now().Before(late); {
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(3 * time.Second) // in which it would be sent again
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // it was killed
		var got []string
		for _, m := range s.Mails() {
			got = append(got, m.To...)
		}
		slices.Sort(got)
		if diff := cmp.Diff(got, []string{"bad@acme.dev", "ci@acme.dev", "lead@acme.dev"}); diff != "" {
			t.Fatalf("received, -got +want\n%s\n%s", diff, &log)
		}
	}
}

// TestReportThroughAServer sends by a server that is not in this process: what becomes of it is told meanwhile.
func TestReportThroughAServer(t *testing.T) {
	t.Parallel()
	s := reporttest.Serve(t, false)
	s.Once["lead@acme.dev"] = reporttest.Answer(451, "greylisted")
	p := reportingPlace(t, s, reporting(s))
	p.setenv("SMTP_PASSWORD", reporttest.Password)
	p.run(exitDone, "scan")
	defer p.serve()()
	begun := time.Now()
	cmd := p.command("report", "--send", "--recipient", "lead@acme.dev")
	log, err := os.Create(filepath.Join(p.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	const told = "lead@acme.dev (leadership): not sent yet: the mail server does not take lead@acme.dev: 451"
	for late := time.Now().Add(time.Minute); time.Now().Before(late); time.Sleep(20 * time.Millisecond) {
		if text, err := os.ReadFile(log.Name()); err != nil || strings.Contains(string(text), told) {
			break
		}
	}
	if n := len(s.Mails()); n != 0 {
		t.Errorf("it was told after %s, when %d mails had come", time.Since(begun), n)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(log.Name())
	if err != nil || !strings.Contains(string(text), told) || !strings.Contains(string(text), "; next attempt in 5s\n") || strings.Count(string(text), "next attempt") != 1 {
		t.Errorf("told %s (%v)", text, err)
	}
	if got := out.String(); got != "lead@acme.dev (leadership): sent\n" || len(s.Mails()) != 1 {
		t.Errorf("got %q and %d mails", got, len(s.Mails()))
	}
}

// TestReportIsSentElsewhere sends by a server that is not the only one: who asks is told that it was not sent.
func TestReportIsSentElsewhere(t *testing.T) {
	lines := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"data":[]}`)
			return
		}
		w.Header().Set("Content-Type", "application/x-ndjson")
		io.WriteString(w, lines)
	}))
	defer server.Close()
	const busy = `{"week":"2026-06-22","recipient":"a@acme.dev","scope":"leadership","state":"busy","detail":"somebody else is sending it"}` + "\n"
	for _, test := range []struct {
		lines, out, errs string
		status           int
	}{
		{strings.Replace(busy, "busy", "waiting", 1) + "\n\n" + busy, "",
			"a@acme.dev (leadership): not sent yet: somebody else is sending it\na@acme.dev (leadership): not sent: somebody else is sending it\ntrodden: 1 recipient of 1 cannot be said to have got the report of the week of 2026-06-22: why is told above; once that is mended the same command sends it to those alone who did not get it\n", exitFailed},
		{strings.Replace(strings.Replace(busy, "busy", "before", 1), "somebody else is sending it", "was sent on Monday", 1), "a@acme.dev (leadership): not sent again: it was sent on Monday\n", "", exitDone},
		{busy[:20], "", "trodden: read the answer: unexpected EOF\n", exitFailed},
	} {
		s := newSession(t, nil)
		lines = test.lines
		status := s.run("report", "--send", "--server", server.URL)
		if diff := cmp.Diff([]any{status, s.out.String(), s.err.String()}, []any{test.status, test.out, test.errs}); diff != "" {
			t.Errorf("-got +want\n%s", diff)
		}
	}
}
