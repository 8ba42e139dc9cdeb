// Package reporttest is a mail server for tests: a real one, with TLS, that asks who sends.
package reporttest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Server is a mail server. What it is to answer is set before anybody asks it.
type Server struct {
	Host  string
	Port  int
	Roots *x509.CertPool // that trust it
	PEM   []byte         // its certificate

	Refuse map[string]error // by recipient: what it is answered each time
	Once   map[string]error // the first time
	Modes

	mu          sync.Mutex
	received    []Mail
	secret      []bool   // whether each sign-in came by a secret connection
	ways        []string // by which each signed in
	connections int
	server      *smtp.Server
	closed      chan struct{} // when it ends
}

// Mail is a mail that came.
type Mail struct {
	From string
	To   []string
	Text []byte
}

// Who is let in.
const (
	User     = "trodden"
	Password = "a password for tests"
)

// certificate is one for 127.0.0.1, and how files hold it.
func certificate(t testing.TB) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	check(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// Serve starts a mail server: with TLS from the beginning where implicit, else with STARTTLS.
func Serve(t testing.TB, implicit bool) *Server {
	t.Helper()
	s := &Server{Refuse: map[string]error{}, Once: map[string]error{}, closed: make(chan struct{})}
	cert, encoded := certificate(t)
	s.PEM, s.Roots = encoded, x509.NewCertPool()
	s.Roots.AppendCertsFromPEM(encoded)
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	s.server.Domain, s.server.TLSConfig = "127.0.0.1", &tls.Config{Certificates: []tls.Certificate{cert}}
	s.server.ErrorLog, s.server.Debug = quiet{}, strict{t}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	address := socket.Addr().(*net.TCPAddr)
	s.Host, s.Port = address.IP.String(), address.Port
	var incoming net.Listener = &listener{Listener: socket, server: s}
	if implicit {
		incoming = tls.NewListener(incoming, s.server.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.server.Serve(incoming)
	}()
	t.Cleanup(func() {
		close(s.closed)
		s.server.Close()
		<-done
	})
	return s
}

// strict reads along what is said, and demands addresses as RFC 5321 has them: this server takes others, many do not.
type strict struct{ t testing.TB }

func (s strict) Write(said []byte) (int, error) {
	for line := range bytes.Lines(said) {
		for _, command := range []string{"MAIL FROM:", "RCPT TO:"} {
			if address, is := bytes.CutPrefix(line, []byte(command)); is && !bytes.HasPrefix(address, []byte("<")) {
				s.t.Errorf("a strict server does not take %q", line)
			}
		}
	}
	return len(said), nil
}

// quiet writes no log: connections that tests break off are no news.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// WithoutTLS lets everybody in whom it knows, be the connection secret or not, and offers none that is.
func (s *Server) WithoutTLS() { s.server.TLSConfig, s.server.AllowInsecureAuth = nil, true }

// SignedIn tells of each sign-in whether it came by a secret connection.
func (s *Server) SignedIn() []bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.secret)
}

// SignedInBy tells of each sign-in how it was done.
func (s *Server) SignedInBy() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ways)
}

// Mails are those that came.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

// session is a connection.
type session struct {
	server *Server
	conn   *smtp.Conn
	signed bool
	mail   Mail
}

func (s *session) AuthMechanisms() []string {
	if s.server.Ways != nil {
		return s.server.Ways
	}
	return []string{sasl.Plain, sasl.Login}
}

func (s *session) Auth(way string) (sasl.Server, error) {
	return signIn(way, func(user, password string) error {
		_, secret := s.conn.TLSConnectionState()
		s.server.mu.Lock()
		s.server.secret, s.server.ways = append(s.server.secret, secret), append(s.server.ways, way)
		s.server.mu.Unlock()
		if s.signed = user == User && password == Password; !s.signed {
			return s.server.refusal(user, password)
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.signed && !s.server.Anybody {
		return smtp.ErrAuthRequired
	}
	s.mail.From = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if err := s.server.Refuse[to]; err != nil {
		return err
	}
	if err := s.server.Once[to]; err != nil {
		delete(s.server.Once, to)
		return err
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	var text bytes.Buffer
	if _, err := io.Copy(&text, r); err != nil {
		return err
	}
	s.mail.Text = text.Bytes()
	return s.took()
}

func (s *session) Reset()        { s.mail = Mail{} }
func (s *session) Logout() error { return nil }

// Answer is what a server says: a status, and why.
func Answer(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 7, 1}, Message: text}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
