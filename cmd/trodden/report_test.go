package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/dashboards/report/reporttest"
)

// reporting is a configuration that sends reports by a mail server.
func reporting(s *reporttest.Server) string {
	return generatedPaths + fmt.Sprintf(`
org: acme
reports:
  url: https://trodden.acme.dev
  always: true
  recipients:
    - {address: lead@acme.dev}
    - {address: bad@acme.dev}
    - {address: ci@acme.dev, scope: "path:ci"}
  smtp: {host: %s, port: %d, user: %s, password: "${SMTP_PASSWORD}", from: trodden@acme.dev}
`, s.Host, s.Port, reporttest.User)
}

// reportingPlace is a place with a few repositories, which trusts a mail server.
func reportingPlace(t *testing.T, s *reporttest.Server, configuration string) *place {
	t.Helper()
	p := newPlace(t, configuration)
	generate(t, p.repos(), 3, 20)
	certificates := filepath.Join(p.dir, "ca.pem")
	if err := os.WriteFile(certificates, s.PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	p.setenv("SSL_CERT_FILE", certificates)
	return p
}

// TestReport looks at reports and sends them, by the real program and a real mail server.
func TestReport(t *testing.T) {
	t.Parallel()
	s := reporttest.Serve(t, false)
	s.Refuse["bad@acme.dev"] = reporttest.Answer(550, "no such user")
	p := reportingPlace(t, s, reporting(s))
	p.run(exitDone, "scan")
	defer p.serve()() // reports go through the server that holds the store

	out, _ := p.run(exitDone, "report")
	if !strings.HasPrefix(out, "# Do teams choose the paved path?\n") || !strings.Contains(out, "## How sure this is") {
		t.Errorf("the report is\n%s", out)
	}
	for _, name := range []string{"r.md", "r.html", "r.eml", "r.txt", "r.json"} {
		p.run(exitDone, "report", "--recipient", "ci@acme.dev", "--out", name)
		text, err := os.ReadFile(filepath.Join(p.dir, name))
		if err != nil || !strings.Contains(string(text), "trodden.acme.dev") {
			t.Errorf("%s (%v) is\n%s", name, err, text)
		}
	}
	if len(s.Mails()) != 0 {
		t.Fatal("something was sent")
	}
	if _, errs := p.run(exitUsage, "report", "--send"); !strings.Contains(errs, "SMTP_PASSWORD is not set") {
		t.Errorf("without a password: %s", errs)
	}
	for args, want := range map[string]string{
		"report --week 2100-01-01":                                 "has not begun",
		"report --send --week " + time.Now().Format(time.DateOnly): "is not over",
		"report --week monday":                                     "is no day",
		"report --scope all":                                       "is no scope",
		"report --again":                                           "for --send alone",
		"report --send --out a.html":                               "expected one of them",
		"report --out a.pdf":                                       "has no ending that is known",
	} {
		if _, errs := p.run(exitUsage, strings.Fields(args)...); !strings.Contains(errs, want) {
			t.Errorf("trodden %s: got %s, want %q", args, errs, want)
		}
	}
	if _, errs := p.run(exitFailed, "report", "--send", "--recipient", "nobody@acme.dev"); !strings.Contains(errs, "nobody is configured") {
		t.Errorf("an unknown recipient: %s", errs)
	}
}

// TestReportIsSent sends reports in place, twice.
func TestReportIsSent(t *testing.T) {
	t.Parallel()
	s := reporttest.Serve(t, false)
	s.Refuse["bad@acme.dev"] = reporttest.Answer(550, "no such user")
	p := reportingPlace(t, s, reporting(s))
	p.setenv("SMTP_PASSWORD", reporttest.Password)
	p.run(exitDone, "scan")

	out, errs := p.run(exitFailed, "report", "--send")
	if diff := cmp.Diff(out, "lead@acme.dev (leadership): sent\nci@acme.dev (path:ci): sent\n"); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
	if !strings.Contains(errs, "bad@acme.dev (leadership): not sent: the mail server does not take bad@acme.dev: 550") || !strings.Contains(errs, "1 recipient of 3 cannot be said to have got the report") {
		t.Errorf("stderr is\n%s", errs)
	}
	if out, _ = p.run(exitDone, "report", "--send", "--recipient", "lead@acme.dev"); !strings.HasPrefix(out, "lead@acme.dev (leadership): not sent again: it was sent on ") || strings.Contains(out, "sent before") {
		t.Errorf("again: %s", out)
	}
	p.run(exitDone, "report", "--send", "--recipient", "lead@acme.dev", "--again")
	var got []string
	for _, m := range s.Mails() {
		got = append(got, m.To...)
	}
	if diff := cmp.Diff(got, []string{"lead@acme.dev", "ci@acme.dev", "lead@acme.dev"}); diff != "" {
		t.Errorf("received, -got +want\n%s", diff)
	}
	for _, secret := range s.SignedIn() {
		if !secret {
			t.Error("the password was sent in the clear")
		}
	}
}

// TestReportToSlack posts to two webhooks whose secrets are in files of the same name, while another secret is missing.
func TestReportToSlack(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var posted []string
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		posted = append(posted, r.URL.Path)
	}))
	defer hook.Close()
	s := reporttest.Serve(t, false)
	p := reportingPlace(t, s, generatedPaths+`
org: acme
reports:
  always: true
  recipients:
    - {slack: "file:a/hook"}
    - {slack: "${NO_HOOK}"}
    - {slack: "file:b/hook"}
    - {address: lead@acme.dev}
`)
	for _, folder := range []string{"a", "b"} {
		if err := os.Mkdir(filepath.Join(p.dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(p.dir, folder, "hook"), []byte(hook.URL+"/"+folder+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.run(exitDone, "scan")
	out, errs := p.run(exitFailed, "report", "--send")
	if diff := cmp.Diff(posted, []string{"/a", "/b"}); diff != "" {
		t.Errorf("posted, -got +want\n%s", diff)
	}
	if strings.Count(out, ": sent\n") != 2 || !strings.Contains(errs, "slack:NO_HOOK (leadership): not sent: ") || !strings.Contains(errs, "NO_HOOK is not set") ||
		!strings.Contains(errs, "lead@acme.dev (leadership): not sent: no mail can be sent without a server") || !strings.Contains(errs, "2 recipients of 4 cannot be said to have got") {
		t.Errorf("told\n%s\n%s", out, errs)
	}
}

// TestReportBySchedule lets a server send every second: each recipient gets the report once.
func TestReportBySchedule(t *testing.T) {
	t.Parallel()
	s := reporttest.Serve(t, false)
	p := reportingPlace(t, s, strings.Replace(reporting(s), "reports:\n", "reports:\n  schedule: \"@every 1s\"\n  timezone: Europe/Berlin\n", 1))
	p.run(exitDone, "scan")
	if _, errs := p.run(exitUsage, "serve", "--addr", "127.0.0.1:0"); !strings.Contains(errs, "SMTP_PASSWORD is not set") {
		t.Errorf("a server that cannot send begins: %s", errs)
	}
	p.setenv("SMTP_PASSWORD", reporttest.Password)
	cmd := p.command("serve", "--addr", "127.0.0.1:0")
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(2 * time.Minute); len(s.Mails()) < 3 && time.Now().Before(late); {
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(4 * time.Second) // in which it would be sent again
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("serve: %v", err)
	}
	var got []string
	for _, m := range s.Mails() {
		got = append(got, m.To...)
	}
	slices.Sort(got) // runs of the job overlap
	if diff := cmp.Diff(got, []string{"bad@acme.dev", "ci@acme.dev", "lead@acme.dev"}); diff != "" {
		t.Errorf("received, -got +want\n%s\n%s", diff, &log)
	}
	if strings.Contains(log.String(), reporttest.Password) {
		t.Error("the log has the password")
	}
}
