package config

import (
	"cmp"
	"errors"
	"net/mail"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Reports says when a report is sent, to whom and how.
type Reports struct {
	Schedule   string // cron; "" for never
	Timezone   string // "" for UTC
	Recipients []Recipient
	SMTP       SMTP

	URL         string // of the pages, for links; "" for none
	Unsubscribe string // https URL at which one click ends the mails; "" for none
	Always      bool   // send also when nothing changed
}

// Recipient is somebody who gets the report, and what of it.
type Recipient struct {
	Address string // "" where it goes to Slack
	Slack   Secret // address of an incoming webhook
	Scope   string // leadership, path:KEY, team:KEY or group:NAME
	Always  bool   // also when nothing changed
}

// Name is what a recipient is called: the address, or where the secret of the webhook is.
func (r Recipient) Name() string {
	if r.Address != "" {
		return r.Address
	}
	return "slack:" + cmp.Or(r.Slack.Env, r.Slack.File) // two folders may have files of the same name
}

// SMTP is the mail server.
type SMTP struct {
	Host     string
	Port     int
	User     string
	Password Secret
	From     string
	TLS      string // starttls, implicit or none
}

// Check fails with Problems for the secrets of reports that are set and are empty. Those that are not there only who sends
// needs.
func (r Reports) Check(env Environment) error {
	var problems Problems
	look := func(s Secret, reveal func(Environment) (string, error)) {
		if _, set := env.Lookup(s.Env); s.Env != "" && set {
			_, err := reveal(env)
			problems = append(problems, problemsOf(err)...)
		}
	}
	look(r.SMTP.Password, r.SMTP.Password.Token)
	for _, to := range r.Recipients {
		look(to.Slack, to.Slack.Webhook)
	}
	if len(problems) == 0 {
		return nil
	}
	problems.sort()
	return problems
}

func reportsShape() shape[Reports] {
	type T = Reports
	return object("reports", []field[T]{
		key("schedule", "When it is sent, as cron writes it.", schedule(), func(r *T) *string { return &r.Schedule }),
		key("timezone", "Of the schedule and of the dates in it; default: UTC.", zone(), func(r *T) *string { return &r.Timezone }),
		key("recipients", "Who gets it.", list("recipients", recipientShape(),
			once("address", "recipient", addressee)),
			func(r *T) *[]Recipient { return &r.Recipients }),
		key("smtp", "The mail server.", smtpShape(), func(r *T) *SMTP { return &r.SMTP }),
		key("url", "Where people open the pages: reports link to them.", address(), func(r *T) *string { return &r.URL }),
		key("unsubscribe", "https URL that ends the mails by one click (RFC 8058); recipient and scope are added. Without it, a mail to the sender asks for it.",
			secureAddress(), func(r *T) *string { return &r.Unsubscribe }),
		key("always", "Send also when nothing changed.", flag(), func(r *T) *bool { return &r.Always }),
	}, sendable)
}

// sendable warns of mails that no server, or no sender, is named for: such a report can be looked at, and not be sent.
func sendable(d *decoder, m mapping, r *Reports) {
	mails := slices.ContainsFunc(r.Recipients, func(to Recipient) bool { return to.Address != "" })
	switch recipients, smtp := m.find("recipients"), m.find("smtp"); {
	case recipients == nil || !mails:
	case smtp == nil:
		d.warn(d.value(recipients), `no mail can be sent without a server: smtp in reports, with host and from`)
	case r.SMTP.From == "" && r.SMTP.Host != "":
		d.warn(d.value(smtp), `no mail can be sent without a sender: from in smtp`)
	}
}

// secureAddress is an https URL.
func secureAddress() shape[string] {
	s := narrow(address(), func(s string) (string, error) {
		if !strings.HasPrefix(s, "https://") {
			return "", errors.New(quote(s) + " is no https URL: programs open it by themselves")
		}
		return s, nil
	})
	s.schema.Pattern = "^https://"
	return s
}

func recipientShape() shape[Recipient] {
	type T = Recipient
	s := object("a recipient", []field[T]{
		key("address", "E-mail address.", email(), func(r *T) *string { return &r.Address }),
		key("slack", "Address of an incoming webhook of Slack, instead of a mail.", secret(), func(r *T) *Secret { return &r.Slack }),
		key("always", "Send also when nothing changed.", flag(), func(r *T) *bool { return &r.Always }),
		key("scope", "What concerns it: leadership (default), path:KEY, team:KEY or group:NAME.", scope(), func(r *T) *string { return &r.Scope }),
	}, func(d *decoder, m mapping, r *T) {
		if (m.find("address") == nil) == (m.find("slack") == nil) {
			d.problemAt(firstKey(m.node), "a recipient has an address or a slack webhook, expected one of them")
		}
	})
	return shape[T]{schema: s.schema, read: func(d *decoder, n ast.Node, into *T) {
		into.Scope = "leadership"
		s.read(d, n, into)
	}}
}

// addressee is what may not stand in the list of recipients twice.
func addressee(r Recipient) string {
	if r.Address == "" && !r.Slack.Given() {
		return ""
	}
	name := r.Name()
	if a, err := mail.ParseAddress(r.Address); err == nil {
		name = a.Address // whatever people are called
	}
	return strings.ToLower(name) + " for " + r.Scope
}

// scope is the part of the organisation that a report is about.
func scope() shape[string] {
	refer := map[string]func(*decoder, ast.Node, string){"path": toPath, "team": toTeam, "group": toGroup}
	s := narrow(name[string]("leadership, path:KEY, team:KEY or group:NAME"), func(s string) (string, error) {
		part, of, _ := strings.Cut(s, ":")
		if s != "leadership" && (refer[part] == nil || of == "") {
			return "", errors.New(quote(s) + " is no scope, expected leadership, path:KEY, team:KEY or group:NAME")
		}
		return s, nil
	})
	s.schema.Pattern = "^(leadership|(path|team|group):.+)$"
	read := s.read
	s.read = func(d *decoder, n ast.Node, into *string) {
		var got string
		read(d, n, &got)
		if got == "" {
			return
		}
		*into = got
		if part, of, named := strings.Cut(got, ":"); named {
			d.later(func() { refer[part](d, d.value(n), of) })
		}
	}
	return s
}

func smtpShape() shape[SMTP] {
	type T = SMTP
	return object("smtp", []field[T]{
		key("host", "Name of the server.", name[string]("the name of a mail server"), func(s *T) *string { return &s.Host }).must(),
		key("port", "Its port; default: 587, or 465 with tls: implicit.", whole("a port from 1 to 65535", 1, 65535), func(s *T) *int { return &s.Port }),
		key("user", "Who signs in.", text(), func(s *T) *string { return &s.User }),
		key("password", "The password.", secret(), func(s *T) *Secret { return &s.Password }),
		key("from", "The sender's address.", email(), func(s *T) *string { return &s.From }),
		key("tls", "How the connection is kept secret: starttls (default), which is demanded, implicit (from the beginning, default with port 465) or none.",
			oneOf("way to keep a connection secret", "starttls", "implicit", "none"), func(s *T) *string { return &s.TLS }),
	}, func(d *decoder, m mapping, s *T) {
		switch {
		case s.TLS == "" && s.Port == 465:
			s.TLS = "implicit"
		case s.TLS == "":
			s.TLS = "starttls"
		}
		if s.Port == 0 {
			s.Port = map[bool]int{true: 465, false: 587}[s.TLS == "implicit"]
		}
		if s.TLS == "none" && s.Password.Given() {
			d.problem(d.value(m.find("password")), "a password is not sent over a connection that everybody can read, expected tls: starttls or implicit, or no password")
		}
	})
}
