package report

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"
	"unicode"

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
	Timeout  time.Duration // until the server greets and lets us in; 0: 60 s
	TLS      *tls.Config   // nil: what the system trusts
}

// config says whom to trust.
func (s Mail) config() *tls.Config {
	if s.TLS != nil {
		return s.TLS
	}
	return &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
}

// How many times as long a server may take for a command, and to say that it took a mail: with the minute above as long as RFC 5321,
// 4.5.3.2, asks for. Some look for viruses meanwhile.
const (
	forCommand = 5
	forMail    = 10
)

// timeout is how long a server may take to let us in.
func (s Mail) timeout() time.Duration { return cmp.Or(s.Timeout, time.Minute) }

// dial connects to the mail server. Nothing is said yet.
func (s Mail) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	address := net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	if s.Security == ImplicitTLS {
		return (&tls.Dialer{Config: s.config()}).DialContext(ctx, "tcp", address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// client talks through a socket.
func (s Mail) client(socket net.Conn, auth smtp.Auth) (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(s.timeout()), gomail.WithTLSConfig(s.config()),
		gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return socket, nil })}
	switch s.Security {
	case ImplicitTLS:
		options = append(options, gomail.WithSSL())
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuthCustom(auth))
	}
	return gomail.NewClient(s.Host, options...)
}

// deliver hands a mail over. Begin is called when the server has taken the recipient and before it is given anything;
// where begin fails nothing is. Who calls off before that waits for nothing. What a server says is told without secrets.
func (s Mail) deliver(ctx context.Context, m *gomail.Msg, begin func() error) error {
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		return permanent(fmt.Errorf("write the mail: %w", err))
	}
	socket, err := s.dial(ctx)
	if err != nil {
		return refused(fmt.Errorf("mail server %s:%d: %w", s.Host, s.Port, err))
	}
	defer socket.Close()
	proceed := context.AfterFunc(ctx, func() { socket.Close() })
	defer proceed()
	var ours error // from begin: no server said it
	err = s.converse(ctx, socket, m, text.Bytes(), func() error {
		if ours = begin(); ours == nil && !proceed() {
			ours = permanent(context.Cause(ctx))
		}
		return ours
	})
	var said *failure
	if ours != nil || !errors.As(err, &said) {
		return err
	}
	return &failure{err: errors.New(secretsOf(s.User, s.Password).hide(said.Error())), later: said.later, unsure: said.unsure}
}

// converse goes through a delivery, from the greeting to the end.
func (s Mail) converse(ctx context.Context, socket net.Conn, m *gomail.Msg, text []byte, begin func() error) error {
	signIn := &signIn{mail: s}
	client, err := s.client(socket, signIn)
	if err != nil {
		return permanent(fmt.Errorf("mail server %s: %w", s.Host, err))
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	switch {
	case err != nil && signIn.asked:
		return signIn.failed(err)
	case err != nil:
		return refused(fmt.Errorf("mail server %s:%d: %w", s.Host, s.Port, err))
	}
	defer client.CloseWithSMTPClient(connection) // what it says then changes nothing
	wait := func(times time.Duration) { socket.SetDeadline(time.Now().Add(times * s.timeout())) }
	return handOver(connection, m.GetFrom()[0], m.GetTo(), text, wait, begin)
}

// handOver goes through the commands of a delivery. Wait is called before each, with how many times as long as usual it may take.
func handOver(c *smtp.Client, from *mail.Address, to []*mail.Address, text []byte, wait func(time.Duration), begin func() error) error {
	international, _ := c.Extension("SMTPUTF8")
	for _, a := range append([]*mail.Address{from}, to...) {
		if !international && !isASCII(a.Address) {
			return permanent(fmt.Errorf("the mail server takes no address with letters like those of %s", a.Address))
		}
	}
	wait(forCommand)
	if err := c.Mail(inBrackets(from)); err != nil {
		return refused(fmt.Errorf("the mail server does not take %s as sender: %w", from.Address, err))
	}
	for _, a := range to {
		wait(forCommand)
		if err := c.Rcpt(inBrackets(a)); err != nil {
			return refused(fmt.Errorf("the mail server does not take %s: %w", a.Address, err))
		}
	}
	wait(forCommand)
	if err := begin(); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return refused(fmt.Errorf("the mail server takes no mail: %w", err))
	}
	if _, err := w.Write(text); err != nil {
		return temporary(fmt.Errorf("the connection broke before the mail was whole: %w", err))
	}
	wait(forMail)
	if err := w.Close(); err != nil {
		if code(err) == 0 {
			return uncertain(fmt.Errorf("the mail server did not say whether it took the mail: %w", err))
		}
		return refused(fmt.Errorf("the mail server does not take the mail: %w", err))
	}
	return nil
}

// inBrackets is an address as commands have it: between brackets, which strict servers demand, and quoted where it would be
// understood as more than an address.
func inBrackets(a *mail.Address) string { return (&mail.Address{Address: a.Address}).String() }

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

// refused judges an error from before a mail was taken: where the network failed, or the server answered with a status
// that begins with 4, it may go well later.
func refused(err error) error {
	status := code(err)
	if status/100 == 4 || status == 0 && broken(err) && !errors.Is(err, context.Canceled) {
		return temporary(err)
	}
	return permanent(err)
}

// broken reports whether it was the network that failed.
func broken(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// code is the status that a mail server answered; 0 where it did not.
func code(err error) int {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return answer.Code
	}
	return 0
}
