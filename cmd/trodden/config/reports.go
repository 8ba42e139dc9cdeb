package config

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Reports says when a report is sent, to whom and how.
type Reports struct {
	Schedule   string // cron; "" for never
	Timezone   string // "" for UTC
	Recipients []Recipient
	SMTP       SMTP
}

// Recipient is somebody who gets the report, and what of it.
type Recipient struct {
	Address string
	Scope   string // leadership, path:KEY, team:KEY or group:NAME
}

// SMTP is the mail server.
type SMTP struct {
	Host     string
	Port     int
	User     string
	Password Secret
	From     string
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
	})
}

func recipientShape() shape[Recipient] {
	type T = Recipient
	s := object("a recipient", []field[T]{
		key("address", "E-mail address.", email(), func(r *T) *string { return &r.Address }).must(),
		key("scope", "What concerns it: leadership (default), path:KEY, team:KEY or group:NAME.", scope(), func(r *T) *string { return &r.Scope }),
	})
	return shape[T]{schema: s.schema, read: func(d *decoder, n ast.Node, into *T) {
		into.Scope = "leadership"
		s.read(d, n, into)
	}}
}

// addressee is what may not stand in the list of recipients twice.
func addressee(r Recipient) string {
	if r.Address == "" {
		return ""
	}
	return strings.ToLower(r.Address) + " for " + r.Scope
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
		key("port", "Its port; default: 587.", whole("a port from 1 to 65535", 1, 65535), func(s *T) *int { return &s.Port }),
		key("user", "Who signs in.", text(), func(s *T) *string { return &s.User }),
		key("password", "The password.", secret(), func(s *T) *Secret { return &s.Password }),
		key("from", "The sender's address.", email(), func(s *T) *string { return &s.From }),
	}, func(_ *decoder, _ mapping, s *T) {
		if s.Port == 0 {
			s.Port = 587
		}
	})
}
