package report_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/dashboards/report/reporttest"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// everywhere is all that is told of a sending: what came of it, what was told meanwhile, and what the ledger has.
func everywhere(t *testing.T, db *clickhouse.DB, p *report.Post, list []report.Recipient) (got []report.Outcome, all string) {
	t.Helper()
	var told []report.Outcome
	p.Tell = func(o report.Outcome) { told = append(told, o) }
	got = p.Send(t.Context(), lastWeek(), list, letters(db))
	rows, err := query.Reports(t.Context(), db, metrics.At(time.Now()))
	check(t, err)
	for i := range told {
		told[i].Recipient.Webhook = "" // which no answer has
	}
	all = fmt.Sprintf("%+v\n%+v", told, rows)
	for _, to := range list {
		sendings, err := db.Sendings(t.Context(), metrics.SendingKey{Recipient: to.String(), Scope: to.Scope.String(), Week: lastWeek().Key()})
		check(t, err)
		all += fmt.Sprintf("\n%+v", sendings)
	}
	return got, all
}

// TestNobodyReadsThePassword sends by servers that repeat what they were told: neither the outcome nor the ledger has it.
func TestNobodyReadsThePassword(t *testing.T) {
	const user, password = "somebody@acme.dev", "S3cr3t-Passw0rd! of tests"
	encode := base64.StdEncoding.EncodeToString
	plain := encode([]byte("\x00" + user + "\x00" + password))
	good := encode([]byte("\x00" + reporttest.User + "\x00" + reporttest.Password))
	for _, test := range []struct {
		name   string
		change func(*reporttest.Server, *report.Mail)
		want   string
	}{
		{"PLAIN", func(s *reporttest.Server, m *report.Mail) {}, "does not take the user and the password: status 535"},
		{"LOGIN", func(s *reporttest.Server, m *report.Mail) { s.Ways = []string{"LOGIN"} }, "does not take the user and the password: status 535"},
		{"of the recipient", func(s *reporttest.Server, m *report.Mail) {
			m.User, m.Password = reporttest.User, reporttest.Password
			s.Refuse["lead@acme.dev"] = reporttest.Answer(550, "no: AUTH PLAIN "+good+" "+encode([]byte(reporttest.Password))+" "+reporttest.Password+" "+strings.ToUpper(reporttest.Password))
		}, "5.7.1 no: AUTH PLAIN (secret) (secret) (secret) (secret)"},
		{"in part", func(s *reporttest.Server, m *report.Mail) {
			m.User, m.Password = reporttest.User, reporttest.Password
			s.Refuse["lead@acme.dev"] = reporttest.Answer(451, "no: "+good[:len(good)-9])
		}, "5.7.1 no: (secret)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			db, s := openStore(t), reporttest.Serve(t, false)
			m := mailBy(s)
			m.User, m.Password, s.Echo = user, password, true
			test.change(s, &m)
			got, all := everywhere(t, db, post(db, m), to("lead@acme.dev"))
			if got[0].State != report.Failed || !strings.Contains(strings.Replace(got[0].Detail, "4.7.1", "5.7.1", 1), test.want) {
				t.Errorf("got %+v, want %s", got, test.want)
			}
			for _, secret := range []string{password, encode([]byte(password)), plain, plain[:12], encode([]byte(user)), reporttest.Password, strings.ToUpper(reporttest.Password), good, good[:12]} {
				if strings.Contains(all, secret) {
					t.Errorf("%q is told: %s", secret, all)
				}
			}
		})
	}
}

// TestNobodyReadsTheWebhook posts to a webhook that repeats its address, in its answer and in the line of its status.
func TestNobodyReadsTheWebhook(t *testing.T) {
	db := openStore(t)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer socket.Close()
		body := strings.Repeat("x", 80) + " oops " + r.RequestURI + " is not here: http://" + r.Host + r.RequestURI + " nor " + r.RequestURI[:20]
		fmt.Fprintf(socket, "HTTP/1.1 500 no %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", r.RequestURI, len(body), body)
	}))
	defer hook.Close()
	to := []report.Recipient{{Webhook: hook.URL + "/services/T0123/B4567/HOOKSECRET89?key=QUERYSECRET", Name: "slack:HOOK", Scope: everything}}
	got, all := everywhere(t, db, post(db, report.Mail{}), to)
	if got[0].State != report.Failed || !strings.Contains(got[0].Detail, "slack answered 500 no (secret)") {
		t.Errorf("got %+v", got)
	}
	for _, secret := range []string{"/services", "T0123", "B4567", "HOOKSECRET", "QUERYSEC"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is told: %s", secret, all)
		}
	}
}

// TestSenderDied leaves a claim that nobody goes on with: it is taken over after two minutes, and not before.
func TestSenderDied(t *testing.T) {
	db, s := openStore(t), reporttest.Serve(t, false)
	clock := time.Now()
	check(t, db.WriteSending(t.Context(), metrics.Sending{ID: 7, State: metrics.SendingClaimed, At: metrics.At(clock),
		SendingKey: metrics.SendingKey{Recipient: "lead@acme.dev", Scope: "leadership", Week: lastWeek().Key()}}))
	p := post(db, mailBy(s))
	p.Pauses = nil
	p.Now = func() time.Time { return clock }
	clock = clock.Add(time.Minute)
	got := p.Send(t.Context(), lastWeek(), to("lead@acme.dev"), letters(db))
	if got[0].State != report.Busy || !got[0].Later || !strings.Contains(got[0].Detail, "somebody else is sending it") || len(s.Mails()) != 0 {
		t.Errorf("after a minute: got %+v", got)
	}
	clock = clock.Add(2 * time.Minute)
	if got = p.Send(t.Context(), lastWeek(), to("lead@acme.dev"), letters(db)); got[0].State != report.Sent || len(s.Mails()) != 1 {
		t.Errorf("after three minutes: got %+v", got)
	}
}

// TestWaitingForSomebodyWhoDied takes no attempts away: whose turn it is then has them all.
func TestWaitingForSomebodyWhoDied(t *testing.T) {
	db, s := openStore(t), reporttest.Serve(t, false)
	s.Later = 2
	clock := time.Now()
	check(t, db.WriteSending(t.Context(), metrics.Sending{ID: 7, State: metrics.SendingClaimed, At: metrics.At(clock),
		SendingKey: metrics.SendingKey{Recipient: "lead@acme.dev", Scope: "leadership", Week: lastWeek().Key()}}))
	p, told := post(db, mailBy(s)), []string{}
	p.Now = func() time.Time { return clock }
	p.Tell = func(o report.Outcome) {
		if told = append(told, string(o.State)); len(told) == 2 {
			clock = clock.Add(3 * time.Minute)
		}
	}
	got := p.Send(t.Context(), lastWeek(), to("lead@acme.dev"), letters(db))
	if want := []string{"waiting", "waiting", "waiting", "waiting", "sent"}; got[0].State != report.Sent || len(s.Mails()) != 1 || !slices.Equal(told, want) {
		t.Errorf("got %+v and told %q, want it sent after two waits and two attempts", got, told)
	}
}

// TestToldToStop ends what was not handed over: it says that it is sent later, rather than what broke by that.
func TestToldToStop(t *testing.T) {
	db, s := openStore(t), reporttest.Serve(t, false)
	ctx, stop := context.WithCancel(t.Context())
	p := post(db, mailBy(s))
	p.Tell = func(report.Outcome) { stop() }
	got := p.Send(ctx, lastWeek(), to("a@acme.dev", "b@acme.dev", "c@acme.dev"), letters(db))
	if got[0].State != report.Sent || len(s.Mails()) != 1 {
		t.Errorf("what was under way: got %+v", got[0])
	}
	for _, o := range got[1:] {
		if o.State != report.Failed || !o.Later || !strings.HasPrefix(o.Detail, "not sent: the program was told to stop first") {
			t.Errorf("got %+v", o)
		}
	}
	if got = post(db, mailBy(s)).Send(t.Context(), lastWeek(), to("a@acme.dev", "b@acme.dev", "c@acme.dev"), letters(db)); got[0].State != report.Before || got[2].State != report.Sent || len(s.Mails()) != 3 {
		t.Errorf("afterwards: got %+v", got)
	}
}

// TestServersThatAreSlow sends by servers that put it off or say nothing: nobody gets a report twice.
func TestServersThatAreSlow(t *testing.T) {
	for _, test := range []struct {
		name   string
		modes  reporttest.Modes
		state  report.OutcomeState
		want   string
		mails  int
		before report.OutcomeState // when it is sent once more, and the server is well
	}{
		{"comes later, twice", reporttest.Modes{Later: 2}, report.Sent, "", 1, report.Before},
		{"always comes later", reporttest.Modes{Later: 9}, report.Failed, "given up after 3 attempts: mail server 127.0.0.1:", 0, report.Sent},
		{"never greets", reporttest.Modes{Mute: true}, report.Failed, "given up after 3 attempts", 0, report.Sent},
		{"looks for viruses", reporttest.Modes{Slow: 2 * time.Second}, report.Sent, "", 1, report.Before},
		{"puts a whole mail off", reporttest.Modes{Put: 1}, report.Sent, "", 1, report.Before},
		{"says nothing of a whole mail", reporttest.Modes{Silent: true}, report.Failed, "may have arrived", 1, report.Busy},
		{"breaks off after a whole mail", reporttest.Modes{Hang: true}, report.Failed, "may have arrived", 1, report.Busy},
	} {
		t.Run(test.name, func(t *testing.T) {
			db, s := openStore(t), reporttest.Serve(t, false)
			s.Modes = test.modes
			m := mailBy(s)
			m.Timeout = time.Second
			got := post(db, m).Send(t.Context(), lastWeek(), to("lead@acme.dev"), letters(db))
			if got[0].State != test.state || !strings.Contains(got[0].Detail, test.want) || len(s.Mails()) != test.mails {
				t.Errorf("got %+v and %d mails, want %s: %s and %d", got, len(s.Mails()), test.state, test.want, test.mails)
			}
			s.Set(func(m *reporttest.Modes) { *m = reporttest.Modes{} })
			if got = post(db, m).Send(t.Context(), lastWeek(), to("lead@acme.dev"), letters(db)); got[0].State != test.before || len(s.Mails()) != 1 {
				t.Errorf("once more: got %+v and %d mails, want %s and 1", got, len(s.Mails()), test.before)
			}
		})
	}
}

// TestAddresses sends to addresses that commands and servers have in another form than people.
func TestAddresses(t *testing.T) {
	for _, test := range []struct {
		to   string
		want []string // to whom it comes; nil: it is not sent
		why  string
	}{
		{"Lead <lead@acme.dev>", []string{"lead@acme.dev"}, ""},
		{"lead@b\u00fccher.example", []string{"lead@xn--bcher-kva.example"}, ""},
		{"\"victim@acme.dev NOTIFY=NEVER\"@other.example", []string{"victim@acme.dev NOTIFY=NEVER@other.example"}, ""},
		{"m\u00fcller@acme.dev", nil, "takes no address with letters like those of m\u00fcller@acme.dev"},
		{"lead@[192.0.2.1]", []string{"lead@[192.0.2.1]"}, ""},
		{"lead@mail_relay.example", []string{"lead@mail_relay.example"}, ""},
		{"lead@b\u00fccher_.example", nil, "there can be no host"},
	} {
		t.Run(test.to, func(t *testing.T) {
			db, s := openStore(t), reporttest.Serve(t, false)
			got := post(db, mailBy(s)).Send(t.Context(), lastWeek(), to(test.to), letters(db))
			var came []string
			for _, m := range s.Mails() {
				came = append(came, m.To...)
			}
			if diff := cmp.Diff(came, test.want); diff != "" || !strings.Contains(got[0].Detail, test.why) {
				t.Errorf("got %+v, -came to +want\n%s", got, diff)
			}
		})
	}
}

// TestSomeLackWhatTheyNeed sends to one who can be reached and to one who cannot.
func TestSomeLackWhatTheyNeed(t *testing.T) {
	db, s := openStore(t), reporttest.Serve(t, false)
	list := append([]report.Recipient{{Name: "slack:HOOK", Scope: everything, Lacks: fmt.Errorf("HOOK is not set: %w", metrics.ErrInvalid)}}, to("lead@acme.dev")...)
	got := post(db, mailBy(s)).Send(t.Context(), lastWeek(), list, letters(db))
	if diff := cmp.Diff(outcomes(got), []string{"slack:HOOK failed", "lead@acme.dev sent"}); diff != "" || !got[0].Later || !strings.Contains(got[0].Detail, "HOOK is not set") {
		t.Errorf("got %+v, -got +want\n%s", got, diff)
	}
}

// TestCalledOff ends a sending while the server has not greeted: nobody waits for it.
func TestCalledOff(t *testing.T) {
	db, s := openStore(t), reporttest.Serve(t, false)
	s.Mute = true
	m := mailBy(s)
	m.Timeout = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan []report.Outcome, 1)
	go func() { ended <- post(db, m).Send(ctx, lastWeek(), to("lead@acme.dev"), letters(db)) }()
	for s.Connections() == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	select {
	case got := <-ended:
		if got[0].State != report.Failed || !got[0].Later {
			t.Errorf("got %+v", got)
		}
	case <-time.After(time.Minute):
		t.Fatal("it is waited for")
	}
	s.Set(func(m *reporttest.Modes) { m.Mute = false })
	if got := post(db, m).Send(t.Context(), lastWeek(), to("lead@acme.dev"), letters(db)); got[0].State != report.Sent {
		t.Errorf("afterwards: got %+v", got)
	}
}

// TestWaysOfSigningIn asks servers that offer few ways: PLAIN is taken before LOGIN, and what nobody knows is told.
func TestWaysOfSigningIn(t *testing.T) {
	db := openStore(t)
	for _, test := range []struct{ offered, by, want string }{
		{"LOGIN", "LOGIN", ""},
		{"PLAIN", "PLAIN", ""},
		{"LOGIN PLAIN", "PLAIN", ""},
		{"XOAUTH2 LOGIN", "LOGIN", ""},
		{"XOAUTH2", "", "offers no way to sign in that is known"},
	} {
		s := reporttest.Serve(t, false)
		s.Ways = strings.Fields(test.offered)
		recipient := strings.ReplaceAll(test.offered, " ", "-") + "@acme.dev"
		got := post(db, mailBy(s)).Send(t.Context(), lastWeek(), to(recipient), letters(db))
		if by := strings.Join(s.SignedInBy(), " "); by != test.by || (got[0].State == report.Sent) != (test.want == "") || !strings.Contains(got[0].Detail, test.want) {
			t.Errorf("%s: signed in by %q, got %+v, want %q %s", test.offered, by, got, test.by, test.want)
		}
	}
}

// head is the header of a mail; no line of the mail is too long.
func head(t *testing.T, text []byte) mail.Header {
	t.Helper()
	for i, line := range strings.Split(string(text), "\r\n") {
		if len(line) > 998 {
			t.Errorf("line %d has %d octets: %.80s…", i, len(line), line)
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(text))
	check(t, err)
	return m.Header
}

// unsubscribing are the addresses of the header List-Unsubscribe.
func unsubscribing(h mail.Header) (ways []string) {
	for _, way := range strings.Split(h.Get("List-Unsubscribe"), ",") {
		if way = strings.Trim(strings.TrimSpace(way), "<>"); way != "" {
			ways = append(ways, way)
		}
	}
	return ways
}

// TestLongScopes makes mails for scopes and addresses that are longer than a line.
func TestLongScopes(t *testing.T) {
	for _, test := range []struct {
		name, key, unsubscribe, to string
		ways                       int
	}{
		{"Hebrew", strings.Repeat("א", 300), "https://acme.dev/unsubscribe", "b@acme.dev", 2},
		{"spaces", "a" + strings.Repeat(" ", 500) + "b", "https://acme.dev/unsubscribe", "b@acme.dev", 2},
		{"emoji", strings.Repeat("\U0001F980", 500), "https://acme.dev/unsubscribe", "b@acme.dev", 2},
		{"broken", strings.Repeat("\xff", 500), "https://acme.dev/unsubscribe", "b@acme.dev", 2},
		{"a long URL", "a", "https://acme.dev/" + strings.Repeat("u", 900), "b@acme.dev", 1},
		{"no URL", strings.Repeat("א", 300), "", "b@acme.dev", 1},
		{"a long recipient", strings.Repeat("א", 300), "https://acme.dev/unsubscribe", strings.Repeat("b", 900) + "@acme.dev", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &report.Report{Org: "acme", Scope: report.Scope{Kind: report.OfTeam, Key: test.key}, Title: test.key, Week: lastWeek()}
			other := *r
			other.Scope.Key += "x"
			text, err := r.EML(report.Envelope{From: "a@acme.dev", To: test.to, Unsubscribe: test.unsubscribe, Date: at(now).Time()})
			check(t, err)
			h := head(t, text)
			ways := unsubscribing(h)
			if len(ways) != test.ways {
				t.Errorf("got %q, want %d ways", ways, test.ways)
			}
			if click := strings.HasPrefix(ways[0], "https:"); click != (h.Get("List-Unsubscribe-Post") != "") {
				t.Errorf("one click is promised and not there, or there and not promised: %q", ways)
			}
			text, err = other.EML(report.Envelope{From: "a@acme.dev", To: test.to, Unsubscribe: test.unsubscribe, Date: at(now).Time()})
			check(t, err)
			if diff := cmp.Diff(unsubscribing(head(t, text)), ways); diff == "" && test.name != "broken" {
				t.Error("two scopes cannot be told apart")
			}
		})
	}
}

// TestOneClick unsubscribes as a mail program does: it posts to the address of the mail, with nothing else to go by.
func TestOneClick(t *testing.T) {
	var got url.Values
	desk := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		check(t, r.ParseForm())
		got = r.Form
		got.Set("method", r.Method)
	}))
	defer desk.Close()
	r := &report.Report{Org: "acme", Scope: report.Scope{Kind: report.OfTeam, Key: "r&d=1#x?bcc=x@evil.example+y z"}, Week: lastWeek()}
	text, err := r.EML(report.Envelope{From: "a@acme.dev", To: "b+c@acme.dev", Unsubscribe: desk.URL + "/off?list=7", Date: at(now).Time()})
	check(t, err)
	h := head(t, text)
	ways := unsubscribing(h)
	answer, err := desk.Client().Post(ways[0], "application/x-www-form-urlencoded", strings.NewReader(h.Get("List-Unsubscribe-Post")))
	check(t, err)
	check(t, answer.Body.Close())
	want := url.Values{"method": {"POST"}, "list": {"7"}, "recipient": {"b+c@acme.dev"}, "scope": {r.Scope.String()}, "List-Unsubscribe": {"One-Click"}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
	by, err := url.Parse(ways[1])
	check(t, err)
	fields := by.Query()
	if by.Scheme != "mailto" || by.Opaque != "a@acme.dev" || len(fields) != 1 || fields.Get("subject") != "unsubscribe "+r.Scope.String() {
		t.Errorf("the mail that unsubscribes is %s", ways[1])
	}
}

// TestNoLinksOfTheirOwn puts into a title what GitHub makes links and mentions of.
func TestNoLinksOfTheirOwn(t *testing.T) {
	title := "www.evil.example WwW.evil.example x@evil.example @here #12 http://evil.example"
	r := &report.Report{Org: "acme", Scope: report.Scope{Kind: report.OfTeam, Key: "a"}, Title: title, Week: lastWeek()}
	text, err := r.Markdown()
	check(t, err)
	want := "www&#46;evil.example WwW&#46;evil.example x&#8288;&#64;&#8288;evil.example &#8288;&#64;&#8288;here &#35;&#8288;12 http&#58;//evil.example"
	if !strings.Contains(text, want) {
		t.Errorf("got\n%s\nwant %s", text, want)
	}
}
