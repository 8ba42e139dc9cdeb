package report

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// Security says how the connection to a mail server is kept secret.
type Security string

// The ways. STARTTLS is demanded, never only tried.
const (
	StartTLS    Security = "starttls"
	ImplicitTLS Security = "implicit"
	NoTLS       Security = "none"
)

// Mail is a mail server and who sends by it.
type Mail struct {
	Host     string
	Port     int
	User     string // "" for no signing in
	Password string
	From     string
	Security Security
	Timeout  time.Duration // of a delivery; 0: 60 s
	TLS      *tls.Config   // nil: what the system trusts
}

// options are those of the library.
func (s Mail) options() []gomail.Option {
	timeout := s.Timeout
	if timeout == 0 {
		timeout = time.Minute
	}
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(timeout)}
	switch s.Security {
	case ImplicitTLS:
		options = append(options, gomail.WithSSL())
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.TLS != nil {
		options = append(options, gomail.WithTLSConfig(s.TLS))
	}
	if s.User != "" {
		// The library does not send a password over a connection that is not secret, but to this machine.
		options = append(options, gomail.WithUsername(s.User), gomail.WithPassword(s.Password), gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
	}
	return options
}

// deliver hands a mail over. Begin is called when the server has taken the recipient and before it is given anything;
// where begin fails nothing is.
func (s Mail) deliver(ctx context.Context, m *gomail.Msg, begin func() error) error {
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		return permanent(fmt.Errorf("write the mail: %w", err))
	}
	var to []string
	for _, a := range m.GetTo() {
		to = append(to, a.Address)
	}
	client, err := gomail.NewClient(s.Host, s.options()...)
	if err != nil {
		return permanent(fmt.Errorf("mail server %s: %w", s.Host, err))
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return s.refused(fmt.Errorf("mail server %s:%d: %w", s.Host, s.Port, err))
	}
	defer client.CloseWithSMTPClient(connection) // what it says then changes nothing
	return s.handOver(connection, m.GetFrom()[0].Address, to, text.Bytes(), begin)
}

// handOver goes through the commands of a delivery.
func (s Mail) handOver(c *smtp.Client, from string, to []string, text []byte, begin func() error) error {
	if err := c.Mail(from); err != nil {
		return s.refused(fmt.Errorf("the mail server does not take %s as sender: %w", from, err))
	}
	for _, address := range to {
		if err := c.Rcpt(address); err != nil {
			return s.refused(fmt.Errorf("the mail server does not take %s: %w", address, err))
		}
	}
	if err := begin(); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return s.refused(fmt.Errorf("the mail server takes no mail: %w", err))
	}
	if _, err := w.Write(text); err != nil {
		return temporary(fmt.Errorf("the connection broke before the mail was whole: %w", err))
	}
	if err := w.Close(); err != nil {
		if code(err) == 0 {
			return uncertain(fmt.Errorf("the mail server did not say whether it took the mail: %w", err))
		}
		return s.refused(fmt.Errorf("the mail server does not take the mail: %w", err))
	}
	return nil
}

// refused judges an error from before a mail was taken: where the network failed, or the server answered with a status
// that begins with 4, it may go well later.
func (s Mail) refused(err error) error {
	var network net.Error
	status := code(err)
	broken := errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if status/100 == 4 || status == 0 && broken && !errors.Is(err, context.Canceled) {
		return temporary(err)
	}
	return permanent(err)
}

// code is the status that a mail server answered; 0 where it did not.
func code(err error) int {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return answer.Code
	}
	return 0
}
