package report_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/dashboards/report/reporttest"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// letters makes reports of the last week from a store.
func letters(db *clickhouse.DB) func(context.Context, report.Recipient) (*report.Report, error) {
	builder := report.NewBuilder(cached(db), at(now))
	var mu sync.Mutex
	return func(ctx context.Context, to report.Recipient) (*report.Report, error) {
		mu.Lock()
		defer mu.Unlock()
		return builder.Build(ctx, report.Question{Scope: to.Scope, Week: lastWeek(), Org: "acme", Base: "https://trodden.acme.dev"})
	}
}

var everything = report.Scope{Kind: report.Leadership}

// to are recipients of everything.
func to(addresses ...string) (list []report.Recipient) {
	for _, a := range addresses {
		list = append(list, report.Recipient{Address: a, Scope: everything})
	}
	return list
}

// outcomes are what became of each recipient, in words.
func outcomes(list []report.Outcome) (words []string) {
	for _, o := range list {
		words = append(words, o.Recipient.String()+" "+string(o.State))
	}
	return words
}

// post is how tests send: attempts follow one another at once.
func post(db *clickhouse.DB, m report.Mail) *report.Post {
	return &report.Post{Ledger: db, Mail: m, Now: time.Now, Pauses: []time.Duration{time.Millisecond, time.Millisecond}, Unsubscribe: "https://acme.dev/unsubscribe"}
}

// mailBy is how a server is reached.
func mailBy(s *reporttest.Server) report.Mail {
	return report.Mail{Host: s.Host, Port: s.Port, User: reporttest.User, Password: reporttest.Password, From: "Paved paths <trodden@acme.dev>",
		Security: report.StartTLS, Timeout: 10 * time.Second, TLS: &tls.Config{RootCAs: s.Roots, ServerName: s.Host}}
}

// TestMailArrives sends by a real server and takes the mail apart that it received.
func TestMailArrives(t *testing.T) {
	db := openStore(t)
	for name, implicit := range map[string]bool{"STARTTLS": false, "TLS from the beginning": true} {
		t.Run(name, func(t *testing.T) {
			s := reporttest.Serve(t, implicit)
			m := mailBy(s)
			if implicit {
				m.Security = report.ImplicitTLS
			}
			recipient := "lead-" + fmt.Sprint(implicit) + "@acme.dev"
			got := post(db, m).Send(t.Context(), lastWeek(), to(recipient), letters(db))
			if diff := cmp.Diff(outcomes(got), []string{recipient + " sent"}); diff != "" {
				t.Fatalf("-got +want\n%s%+v", diff, got)
			}
			mails := s.Mails()
			if len(mails) != 1 || mails[0].From != "trodden@acme.dev" || mails[0].To[0] != recipient {
				t.Fatalf("received %d mails: %+v", len(mails), mails)
			}
			if signed := s.SignedIn(); len(signed) != 1 || !signed[0] {
				t.Errorf("signed in %v", signed)
			}
			checkMail(t, mails[0].Text, recipient)
		})
	}
}

// part is a leaf of a mail.
type part struct {
	kind, id string
	body     []byte
}

// takeApart returns the tree of types of a mail, and its leaves.
func takeApart(t *testing.T, kind string, encoding string, id string, body io.Reader) (tree string, parts []part) {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	check(t, err)
	if !strings.HasPrefix(media, "multipart/") {
		switch strings.ToLower(encoding) {
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, body)
		case "quoted-printable":
			body = quotedprintable.NewReader(body)
		}
		text, err := io.ReadAll(body)
		check(t, err)
		return media, []part{{media, id, text}}
	}
	r := multipart.NewReader(body, params["boundary"])
	var inner []string
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return media + "(" + strings.Join(inner, " ") + ")", parts
		}
		check(t, err)
		sub, leaves := takeApart(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Id"), p)
		inner, parts = append(inner, sub), append(parts, leaves...)
	}
}

func checkMail(t *testing.T, text []byte, recipient string) {
	t.Helper()
	for i, line := range strings.Split(string(text), "\r\n") {
		if len(line) > 998 {
			t.Errorf("line %d has %d bytes", i, len(line))
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(text))
	check(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	check(t, err)
	if want := "trodden acme: 1 team chose a path, 1 left one (22 Jun to 28 Jun 2026)"; subject != want {
		t.Errorf("subject: got %q, want %q", subject, want)
	}
	for name, want := range map[string]string{
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Auto-Submitted": "auto-generated", "Mime-Version": "1.0",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	unsubscribe := m.Header.Get("List-Unsubscribe")
	if !strings.Contains(unsubscribe, "<https://acme.dev/unsubscribe?recipient=") || !strings.Contains(unsubscribe, "<mailto:trodden@acme.dev?subject=unsubscribe%20leadership>") {
		t.Errorf("List-Unsubscribe is %s", unsubscribe)
	}
	if _, err := m.Header.Date(); err != nil || !strings.HasSuffix(m.Header.Get("Message-Id"), "@acme.dev>") {
		t.Errorf("date %s (%v), message id %s", m.Header.Get("Date"), err, m.Header.Get("Message-Id"))
	}
	tree, parts := takeApart(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
	if want := "multipart/related(multipart/alternative(text/plain text/html) image/png)"; tree != want {
		t.Errorf("the mail is %s, want %s", tree, want)
	}
	var page string
	for _, p := range parts {
		switch p.kind {
		case "text/html":
			page = string(p.body)
			checkHTML(t, page)
		case "text/plain":
			if !strings.Contains(string(p.body), "Team alpha chose") {
				t.Errorf("the text is\n%s", p.body)
			}
		case "image/png":
			picture, err := png.Decode(bytes.NewReader(p.body))
			if err != nil || picture.Bounds().Dx() < 1000 {
				t.Errorf("the picture %s cannot be shown: %v", p.id, err)
			}
			if !strings.Contains(page, `src="cid:`+strings.Trim(p.id, "<>")+`"`) {
				t.Errorf("nothing shows the picture %s", p.id)
			}
		}
	}
}

// TestOthersAreDelivered sends to somebody whom the server refuses, to somebody who is greylisted, and to others.
func TestOthersAreDelivered(t *testing.T) {
	db, s := openStore(t), reporttest.Serve(t, false)
	s.Refuse["bad@acme.dev"] = reporttest.Answer(550, "no such user")
	s.Once["grey@acme.dev"] = reporttest.Answer(450, "try again later")
	var told []string
	p := post(db, mailBy(s))
	p.Tell = func(o report.Outcome) {
		if o.State == report.Waiting {
			told = append(told, o.Recipient.String()+": "+o.Detail)
		}
	}
	recipients := append(to("grey@acme.dev", "bad@acme.dev", "good@acme.dev", "a@acme.dev\r\nBcc: x@evil.example"), report.Recipient{Address: "calm@acme.dev", Scope: report.Scope{Kind: report.OfTeam, Key: "bare"}},
		report.Recipient{Address: "asked@acme.dev", Scope: report.Scope{Kind: report.OfTeam, Key: "bare"}, Always: true})
	got := p.Send(t.Context(), lastWeek(), recipients, letters(db))
	want := []string{"grey@acme.dev sent", "bad@acme.dev failed", "good@acme.dev sent", "a@acme.dev\r\nBcc: x@evil.example failed", "calm@acme.dev unchanged", "asked@acme.dev sent"}
	if diff := cmp.Diff(outcomes(got), want); diff != "" {
		t.Errorf("-got +want\n%s%+v", diff, got)
	}
	if !strings.Contains(got[1].Detail, "no such user") || !strings.Contains(got[3].Detail, "line break") {
		t.Errorf("details are %q and %q", got[1].Detail, got[3].Detail)
	}
	if len(told) != 1 || !strings.Contains(told[0], "grey@acme.dev: the mail server does not take grey@acme.dev: 450") {
		t.Errorf("told %q", told)
	}
	if n := len(s.Mails()); n != 3 {
		t.Errorf("received %d mails, want 3", n)
	}
	for _, m := range s.Mails() {
		if bytes.Contains(m.Text, []byte("evil.example")) {
			t.Error("a header was brought in")
		}
	}
	// All again: only who failed gets another attempt.
	s.Refuse["bad@acme.dev"] = nil
	got = p.Send(t.Context(), lastWeek(), recipients[:3], letters(db))
	if diff := cmp.Diff(outcomes(got), []string{"grey@acme.dev before", "bad@acme.dev sent", "good@acme.dev before"}); diff != "" {
		t.Errorf("again, -got +want\n%s%+v", diff, got)
	}
	p.Again = true
	if got = p.Send(t.Context(), lastWeek(), recipients[:1], letters(db)); got[0].State != report.Sent {
		t.Errorf("--again: got %+v", got)
	}
}

// TestServersThatFail sends by servers that are down, unsafe, or do not let it in: it is told, and nothing is sent.
func TestServersThatFail(t *testing.T) {
	db, s := openStore(t), reporttest.Serve(t, false)
	for _, test := range []struct {
		name     string
		change   func(*report.Mail)
		attempts int
		want     string
	}{
		{"down", func(m *report.Mail) { m.Port = 1 }, 3, "connection refused"},
		{"nobody vouches for it", func(m *report.Mail) { m.TLS = nil }, 1, "certificate"},
		{"another password", func(m *report.Mail) { m.Password = "wrong" }, 1, "535"},
		{"a password in the clear", func(m *report.Mail) { m.Security = report.NoTLS }, 1, "AUTH"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := mailBy(s)
			test.change(&m)
			p, told := post(db, m), 0
			p.Tell = func(o report.Outcome) { told++ }
			got := p.Send(t.Context(), lastWeek(), to("lead@acme.dev"), letters(db))
			if got[0].State != report.Failed || !strings.Contains(got[0].Detail, test.want) || told != test.attempts {
				t.Errorf("got %+v after %d attempts, want %q after %d", got, told, test.want, test.attempts)
			}
			if strings.Contains(got[0].Detail, reporttest.Password) {
				t.Error("the password is told")
			}
		})
	}
	if len(s.Mails()) != 0 {
		t.Error("something was sent")
	}
	if got := post(db, mailBy(s)).Send(t.Context(), lastWeek(), to("lead@acme.dev"), letters(db)); got[0].State != report.Sent {
		t.Errorf("afterwards: %+v", got)
	}
}

// TestSecretConnectionIsDemanded asks a server without STARTTLS.
func TestSecretConnectionIsDemanded(t *testing.T) {
	db, s := openStore(t), reporttest.Serve(t, false)
	s.WithoutTLS()
	got := post(db, mailBy(s)).Send(t.Context(), lastWeek(), to("lead@acme.dev"), letters(db))
	if got[0].State != report.Failed || !strings.Contains(got[0].Detail, "STARTTLS") || len(s.SignedIn()) > 0 {
		t.Errorf("got %+v, signed in %v", got, s.SignedIn())
	}
}

// TestNobodyKnowsWhetherItCame breaks the connection off when the mail was sent: it is told, and not sent again until
// somebody says so.
func TestNobodyKnowsWhetherItCame(t *testing.T) {
	db, s := openStore(t), reporttest.Serve(t, false)
	s.Hang = true
	clock := time.Now()
	p := post(db, mailBy(s))
	p.Now = func() time.Time { return clock }
	send := func(want report.OutcomeState, word string) {
		t.Helper()
		got := p.Send(t.Context(), lastWeek(), to("lead@acme.dev"), letters(db))
		if got[0].State != want || !strings.Contains(got[0].Detail, word) {
			t.Errorf("got %+v, want %s: %s", got, want, word)
		}
	}
	send(report.Failed, "may have arrived")
	s.Hang = false
	send(report.Busy, "somebody else is sending it")
	clock = clock.Add(2 * time.Hour)
	send(report.Failed, "--again")
	if n := len(s.Mails()); n != 1 {
		t.Fatalf("received %d mails, want 1", n)
	}
	p.Again = true
	send(report.Sent, "")
}

// TestSentOnce lets several senders begin at the same time on one store.
func TestSentOnce(t *testing.T) {
	db, s := openStore(t), reporttest.Serve(t, false)
	recipients := to("a@acme.dev", "b@acme.dev", "c@acme.dev", "d@acme.dev")
	r, err := letters(db)(t.Context(), recipients[0])
	check(t, err)
	const senders = 3
	var wg sync.WaitGroup
	begin := make(chan struct{})
	results := make([][]report.Outcome, senders)
	for i := range senders {
		wg.Go(func() {
			<-begin
			results[i] = post(db, mailBy(s)).Send(t.Context(), lastWeek(), recipients, func(context.Context, report.Recipient) (*report.Report, error) { return r, nil })
		})
	}
	close(begin)
	wg.Wait()
	got := map[string]int{}
	for _, m := range s.Mails() {
		got[m.To[0]]++
	}
	if diff := cmp.Diff(got, map[string]int{"a@acme.dev": 1, "b@acme.dev": 1, "c@acme.dev": 1, "d@acme.dev": 1}); diff != "" {
		t.Errorf("mails, -got +want\n%s%+v", diff, results)
	}
	for _, list := range results {
		for _, o := range list {
			if o.State == report.Failed {
				t.Errorf("failed: %+v", o)
			}
		}
	}
}

func TestSlackWebhook(t *testing.T) {
	db := openStore(t)
	status, n := http.StatusTooManyRequests, 0
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		n++
		if n == 2 {
			status = http.StatusOK
			checkSlack(t, body)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, "said")
	}))
	defer hook.Close()
	slack := []report.Recipient{{Webhook: hook.URL + "/secret", Name: "slack:HOOK", Scope: everything}}
	got := post(db, report.Mail{}).Send(t.Context(), lastWeek(), slack, letters(db))
	if got[0].State != report.Sent || n != 2 {
		t.Errorf("got %+v after %d messages", got, n)
	}
	if got = post(db, report.Mail{}).Send(t.Context(), lastWeek(), slack, letters(db)); got[0].State != report.Before {
		t.Errorf("again: got %+v", got)
	}
	status, slack[0].Name = http.StatusNotFound, "slack:OTHER"
	n = 5
	if got = post(db, report.Mail{}).Send(t.Context(), lastWeek(), slack, letters(db)); got[0].State != report.Failed || strings.Contains(got[0].Detail, "secret") {
		t.Errorf("no such webhook: got %+v", got)
	}
	hook.Close()
	if got = post(db, report.Mail{}).Send(t.Context(), lastWeek(), slack, letters(db)); got[0].State != report.Failed || strings.Contains(got[0].Detail, "secret") {
		t.Errorf("down: got %+v", got)
	}
}

// TestHeadersAreRefused puts line breaks where headers are made.
func TestHeadersAreRefused(t *testing.T) {
	r := &report.Report{Org: "acme\r\nBcc: x@evil.example", Scope: report.Scope{Kind: report.OfTeam, Key: "a\nb"}, Week: lastWeek()}
	good := report.Envelope{From: "a@acme.dev", To: "b@acme.dev", Date: at(now).Time()}
	text, err := r.EML(good)
	check(t, err)
	head, _, _ := strings.Cut(string(text), "\r\n\r\n")
	if strings.Contains(head, "\nBcc") || strings.Count(head, "\r\nSubject:") != 1 {
		t.Errorf("the names of an organisation and a team brought in a header:\n%s", head)
	}
	for _, bad := range []report.Envelope{
		{From: "a@acme.dev\r\nBcc: x@evil.example", To: "b@acme.dev"},
		{From: "a@acme.dev", To: "b@acme.dev\nBcc: x@evil.example"},
		{From: "a@acme.dev", To: "b@acme.dev, c@acme.dev"},
		{From: "a@acme.dev", To: ""},
		{From: "a@acme.dev", To: "b@acme.dev", Unsubscribe: "https://acme.dev/\r\nBcc: x@evil.example"},
		{From: "a@acme.dev", To: "b@acme.dev", Unsubscribe: "http://acme.dev/"},
	} {
		if _, err := r.EML(bad); !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("%+v: got %v, want it to be refused", bad, err)
		}
	}
}

// TestEML takes a mail apart that was written to a file.
func TestEML(t *testing.T) {
	text, err := asked(t, openStore(t), "leadership").EML(report.Envelope{From: "trodden@acme.dev", To: "lead@acme.dev", Unsubscribe: "https://acme.dev/unsubscribe", Date: at(now).Time()})
	check(t, err)
	checkMail(t, text, "lead@acme.dev")
}
