package reporttest

import (
	"encoding/base64"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Modes are what may be wrong with a server. They are set while nobody asks it.
type Modes struct {
	Anybody bool          // may send, and need not sign in
	Ways    []string      // of signing in; nil: PLAIN and LOGIN
	Echo    bool          // repeat what it was told where it lets nobody in
	Hang    bool          // break the connection off when a mail was sent whole, without an answer
	Silent  bool          // say nothing when a mail was sent whole, and keep it
	Mute    bool          // take connections and never greet
	Slow    time.Duration // before it says that it took a mail
	Later   int           // how many connections are told to come later (421)
	Put     int           // how many mails are put off when they were sent whole (451)
}

// listener is a server's: some connections come to nothing before the server has them.
type listener struct {
	net.Listener
	server *Server
	mu     sync.Mutex
	mute   []net.Conn
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		switch mute, later := l.server.greets(); {
		case mute:
			l.mu.Lock()
			l.mute = append(l.mute, c)
			l.mu.Unlock()
		case later:
			c.Write([]byte("421 4.3.2 come later\r\n"))
			c.Close()
		default:
			return c, nil
		}
	}
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.mute {
		c.Close()
	}
	return l.Listener.Close()
}

// greets says what a new connection gets.
func (s *Server) greets() (mute, later bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections++
	if s.Mute || s.Later == 0 {
		return s.Mute, false
	}
	s.Later--
	return false, true
}

// Connections is how many came, whatever became of them.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// Set changes what is wrong with the server, between two deliveries.
func (s *Server) Set(change func(*Modes)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.Modes)
}

// took is what a mail is answered that was sent whole.
func (s *session) took() error {
	s.server.mu.Lock()
	modes := s.server.Modes
	put := modes.Put > 0
	if put {
		s.server.Put--
	} else {
		s.server.received = append(s.server.received, s.mail)
	}
	s.server.mu.Unlock()
	switch {
	case put:
		return Answer(451, "try again later")
	case modes.Slow > 0:
		time.Sleep(modes.Slow)
	case modes.Silent:
		<-s.server.closed
	case modes.Hang:
		s.conn.Conn().Close()
		return errors.New("broken off")
	}
	return nil
}

// refusal is what those are told who are not let in.
func (s *Server) refusal(user, password string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := "who are you?"
	if s.Echo {
		encode := base64.StdEncoding.EncodeToString
		text = "bad: AUTH PLAIN " + encode([]byte("\x00"+user+"\x00"+password)) + " or " + encode([]byte(user)) + " " + encode([]byte(password)) + " " + password
	}
	return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: text}
}

// login is the server's side of LOGIN, which asks for one after the other.
type login struct {
	judge func(user, password string) error
	said  []string
}

// Next implements sasl.Server.
func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	if response != nil {
		l.said = append(l.said, string(response))
	}
	switch len(l.said) {
	case 0:
		return []byte("Username:"), false, nil
	case 1:
		return []byte("Password:"), false, nil
	}
	return nil, true, l.judge(l.said[0], l.said[1])
}

// signIn is the server's side of a way of signing in.
func signIn(way string, judge func(user, password string) error) sasl.Server {
	if way == sasl.Login {
		return &login{judge: judge}
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return judge(user, password) })
}
