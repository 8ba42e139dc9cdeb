package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// way is a way of signing in.
type way struct {
	name string
	auth func(s Mail) smtp.Auth
}

// waysIn lists how somebody can sign in, the first that a server offers before others. On a connection that is secret
// those come first that every server does well; on one that is not, those that do not show the password. The library
// sends none over a connection that is not secret, but to this machine.
func waysIn(secret bool) []way {
	plain := []way{
		{"PLAIN", func(s Mail) smtp.Auth { return smtp.PlainAuth("", s.User, s.Password, s.Host, false) }},
		{"LOGIN", func(s Mail) smtp.Auth { return smtp.LoginAuth(s.User, s.Password, s.Host, false) }},
	}
	hashed := []way{
		{"SCRAM-SHA-256", func(s Mail) smtp.Auth { return smtp.ScramSHA256Auth(s.User, s.Password) }},
		{"SCRAM-SHA-1", func(s Mail) smtp.Auth { return smtp.ScramSHA1Auth(s.User, s.Password) }},
		{"CRAM-MD5", func(s Mail) smtp.Auth { return smtp.CRAMMD5Auth(s.User, s.Password) }},
		{"NTLM", func(s Mail) smtp.Auth { return smtp.NTLMAuth(s.User, s.Password, "") }},
	}
	if secret {
		return append(plain, hashed...)
	}
	return append(hashed, plain...)
}

// signIn signs in by the best way that the server offers.
type signIn struct {
	mail      Mail
	asked     bool // the connection stands
	smtp.Auth      // nil where there is no way
}

// Start implements smtp.Auth.
func (a *signIn) Start(server *smtp.ServerInfo) (string, []byte, error) {
	a.asked = true
	for _, w := range waysIn(server.TLS) {
		if slices.ContainsFunc(server.Auth, func(name string) bool { return strings.EqualFold(name, w.name) }) {
			a.Auth = w.auth(a.mail)
			return a.Auth.Start(server)
		}
	}
	return "", nil, errors.New("no way to sign in")
}

// failed says why nobody was let in, in our words alone: what a server says of that may repeat what it was told.
func (a *signIn) failed(err error) error {
	at := fmt.Sprintf("mail server %s:%d", a.mail.Host, a.mail.Port)
	status := code(err)
	switch {
	case a.Auth == nil:
		return permanent(fmt.Errorf("%s offers no way to sign in that is known (AUTH)", at))
	case errors.Is(err, smtp.ErrUnencrypted):
		return permanent(fmt.Errorf("%s would be told the password in the clear (AUTH), and is not told it: the connection is not secret", at))
	case status/100 == 4:
		return temporary(fmt.Errorf("%s lets nobody sign in now: status %d", at, status))
	case status != 0:
		return permanent(fmt.Errorf("%s does not take the user and the password: status %d", at, status))
	case broken(err):
		return temporary(fmt.Errorf("%s broke the connection off when asked to let somebody in", at))
	}
	return permanent(fmt.Errorf("%s could not be understood when asked to let somebody in", at))
}
