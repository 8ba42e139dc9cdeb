package report

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"github.com/trodden/trodden/metrics"
)

// Envelope is what a mail needs besides the report.
type Envelope struct {
	From        string // address, with a name or without
	To          string
	Unsubscribe string    // https URL at which one click ends the mails; "" for none
	Date        time.Time // of the mail
}

// Message makes the mail of a report: text, and HTML with its pictures.
func (r *Report) Message(e Envelope) (*gomail.Msg, error) {
	from, err := address(e.From)
	if err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	to, err := address(e.To)
	if err != nil {
		return nil, fmt.Errorf("recipient: %w", err)
	}
	l := newLetter(r, true)
	page, err := l.html(func(p *Picture) template.URL { return template.URL("cid:" + p.Name + "@trodden") })
	if err != nil {
		return nil, fmt.Errorf("lay out the HTML: %w", err)
	}
	text, err := r.Text()
	if err != nil {
		return nil, fmt.Errorf("lay out the text: %w", err)
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&mail.Address{Name: cmp.Or(from.Name, "trodden"), Address: from.Address})
	m.ToMailAddress(to)
	if err := r.headers(m, e, from, to, l.Subject); err != nil {
		return nil, err
	}
	m.SetBodyString(gomail.TypeTextPlain, text)
	m.AddAlternativeString(gomail.TypeTextHTML, page)
	for _, p := range l.pictures() {
		if !strings.Contains(page, "cid:"+p.Name+"@trodden") {
			continue // left out, for the page would be too long
		}
		if err := m.EmbedReader(p.Name, bytes.NewReader(p.PNG), gomail.WithFileContentID("<"+p.Name+"@trodden>"), gomail.WithFileContentType("image/png")); err != nil {
			return nil, fmt.Errorf("embed %s: %w", p.Name, err)
		}
	}
	return m, nil
}

// headers sets what programs read of a mail.
func (r *Report) headers(m *gomail.Msg, e Envelope, from, to *mail.Address, subject string) error {
	id := r.MessageID(to.Address, from.Address)
	if err := oneLine("subject", subject, "message id", id, "unsubscribe", e.Unsubscribe); err != nil {
		return err
	}
	m.Subject(subject)
	m.SetMessageIDWithValue(id)
	m.SetDateWithValue(e.Date)
	if err := r.unsubscribe(m, e, from, to); err != nil {
		return err
	}
	m.SetGenHeader("Auto-Submitted", "auto-generated") // no program answers it
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	return nil
}

// What a header may hold: no line of a mail has more than 998 octets (RFC 5322, 2.1.1), and the library breaks lines at
// spaces alone, of which addresses have none.
const (
	maxLine  = 900
	maxScope = 300 // of a scope in an address, as it stands there
)

// unsubscribe sets how the mails are ended: by a mail to the sender and, where there is an address for it, by one click
// (RFC 8058). What does not fit into a line is left out.
func (r *Report) unsubscribe(m *gomail.Msg, e Envelope, from, to *mail.Address) error {
	scope := r.Scope.brief(maxScope)
	var ways []string
	if by := "mailto:" + from.Address + "?subject=" + escaped("unsubscribe "+scope); len(by) <= maxLine {
		ways = append(ways, by)
	}
	if e.Unsubscribe != "" {
		link, err := url.Parse(e.Unsubscribe)
		if err != nil || link.Scheme != "https" || link.Host == "" {
			return fmt.Errorf("%q is no https URL to unsubscribe at: %w", e.Unsubscribe, metrics.ErrInvalid)
		}
		q := link.Query()
		q.Set("recipient", to.Address)
		q.Set("scope", scope)
		link.RawQuery = q.Encode()
		if click := link.String(); len(click) <= maxLine {
			if err := m.SetListUnsubscribeOneClick(click, ways...); err != nil {
				return fmt.Errorf("set how to unsubscribe: %w", err)
			}
			return nil
		}
	}
	if len(ways) > 0 {
		m.SetListUnsubscribe(ways...)
	}
	return nil
}

// EML writes the mail as it would be sent.
func (r *Report) EML(e Envelope) ([]byte, error) {
	m, err := r.Message(e)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	return b.Bytes(), nil
}

// MessageID is the same for the same recipient, scope and week, however often it is made: mail servers and programs that
// get it twice can tell.
func (r *Report) MessageID(to, from string) string {
	_, host, _ := strings.Cut(from, "@")
	key := metrics.Fingerprint("report", strings.ToLower(to), r.Scope.String(), r.Week.Key())
	return "report." + r.Week.Key() + "." + strconv.FormatUint(key, 36) + "@" + host
}

// address reads a mail address. One with a line break or a second address in it is refused.
func address(text string) (*mail.Address, error) {
	if err := oneLine("address", text); err != nil {
		return nil, err
	}
	a, err := mail.ParseAddress(text)
	if err != nil {
		return nil, fmt.Errorf("%q is no mail address: %w", text, metrics.ErrInvalid)
	}
	at := strings.LastIndexByte(a.Address, '@')
	if isASCII(a.Address[at+1:]) { // also an address of a network, or a name with underscores
		return a, nil
	}
	host, err := idna.Lookup.ToASCII(a.Address[at+1:]) // as mail servers know it
	if err != nil {
		return nil, fmt.Errorf("%q is no mail address, for there can be no host %q: %w", text, a.Address[at+1:], metrics.ErrInvalid)
	}
	a.Address = a.Address[:at+1] + host
	return a, nil
}

// oneLine refuses texts of headers that have line breaks or control characters: what follows one would be a header of its
// own.
func oneLine(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if strings.ContainsFunc(pairs[i+1], unicode.IsControl) {
			return fmt.Errorf("the %s has a line break or a control character: %w", pairs[i], metrics.ErrInvalid)
		}
	}
	return nil
}
