package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
	"github.com/trodden/trodden/metrics"
)

// maxSecret is the size in bytes above which a file holds no secret.
const maxSecret = 64 << 10

// Secret says where a secret is: in a variable of the environment or in a file. The secret itself is looked
// up only when it is needed, and is kept nowhere.
type Secret struct {
	Env  string  // name of the variable
	File string  // path of the file
	Open string  // of what goes with a secret and is none: the text itself
	At   Problem // where the configuration says so; Message is empty
}

// Given reports whether there is a secret at all.
func (s Secret) Given() bool { return s.Env != "" || s.File != "" || s.Open != "" }

// Reveal returns the secret, without white space around it. Where it is not to be had, the error is Problems
// that say which variable or file is missing.
func (s Secret) Reveal(env Environment) (string, error) {
	text := s.Open
	switch {
	case s.Env != "":
		var set bool
		switch text, set = env.Lookup(s.Env); {
		case !set:
			return "", s.problem("the environment variable %s is not set", s.Env)
		case strings.TrimSpace(text) == "":
			return "", s.problem("the environment variable %s is set, but empty", s.Env)
		}
	case s.File != "":
		b, err := readLimited(s.File, maxSecret)
		if err != nil {
			return "", s.problem("read the secret: %s", metrics.Detail(err))
		}
		if text = string(b); strings.TrimSpace(text) == "" {
			return "", s.problem("the file %s is empty, expected a secret", s.File)
		}
	}
	return strings.TrimSpace(text), nil
}

// Token is Reveal for what is put into a header of requests: it refuses a secret that no header can hold, and does not
// show it.
func (s Secret) Token(env Environment) (string, error) {
	text, err := s.Reveal(env)
	at := strings.IndexFunc(text, unicode.IsControl)
	switch {
	case err != nil || at < 0:
		return text, err
	case s.Env != "":
		return "", s.problem("the environment variable %s has a line break or a control character inside, expected a token and nothing else", s.Env)
	}
	return "", s.problem("%s:%d: a line break or a control character before the end, expected a token and nothing else", s.File, 1+strings.Count(text[:at], "\n"))
}

// Webhook returns an address that is secret. Whoever reads it on its way could write in its name, so it is one of https, but for
// programs of this machine.
func (s Secret) Webhook(env Environment) (string, error) {
	text, err := s.Token(env)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return "", s.problem("%s holds no URL, expected the address of a webhook", s.where())
	case u.Scheme == "https" || u.Scheme == "http" && Loopback(u.Hostname()):
		return text, nil
	}
	return "", s.problem("the webhook in %s is no https URL: whoever reads it on its way could write in its name", s.where())
}

// where says where the secret is kept.
func (s Secret) where() string {
	if s.Env != "" {
		return "the environment variable " + s.Env
	}
	return s.File
}

// Loopback reports whether a host can only be reached from this machine.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// problem is a mistake in the configuration: it names a secret that is not to be had.
func (s Secret) problem(format string, args ...any) error {
	p := s.At
	p.Message = fmt.Sprintf(format, args...)
	return Problems{p}
}

// CheckSecrets looks up what reading sources needs, the privacy key and the secrets of the sources, and fails with
// Problems, all of those that are not to be had. It needs no store, and makes no key file.
func (c *Config) CheckSecrets(env Environment, sources []Source) error {
	problems := problemsOf(c.Privacy.check(env))
	for _, source := range sources {
		for _, s := range source.secrets() {
			reveal := s.Token
			if app := source.GitHub != nil && source.GitHub.App != nil; app {
				reveal = s.Reveal // of a key, which has lines
			}
			_, err := reveal(env)
			problems = append(problems, problemsOf(err)...)
		}
	}
	if len(problems) == 0 {
		return nil
	}
	problems.sort()
	return problems
}

// problemsOf returns the mistakes that an error of Reveal is.
func problemsOf(err error) Problems {
	var problems Problems
	errors.As(err, &problems)
	return problems
}

// wrong adds the place in the configuration.
func (s Secret) wrong(err error) error {
	return fmt.Errorf("%s:%d:%d: %w", s.At.File, s.At.Line, s.At.Column, err)
}

// readLimited reads a file that is no longer than limit.
func readLimited(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such file: %w", name, metrics.ErrNotFound)
		}
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s is larger than %d KiB: %w", name, limit>>10, metrics.ErrInvalid)
	}
	return b, err
}

var envReference = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// secret reads a reference to a secret. A secret that stands in the file itself is refused, and not shown.
func secret() shape[Secret] {
	schema := &Schema{Type: Types{"string"}, Pattern: `^(\$\{[A-Za-z_][A-Za-z0-9_]*\}|file:.+)?$`}
	return revealed(schema, func(d *decoder, n ast.Node, _ *Secret) {
		d.problem(n, `a secret does not stand in the configuration itself, expected "${NAME}" (a variable of the environment) or "file:PATH"`)
	})
}

// identifier reads what goes with a secret and is none: a reference as that of a secret, or the text itself.
func identifier() shape[Secret] {
	s := narrow(name[string]("an id"), func(s string) (string, error) {
		if strings.HasPrefix(s, "$") {
			return "", errors.New(quote(s) + ` is no id, expected it, "${NAME}" (a variable of the environment) or "file:PATH"`)
		}
		return s, nil
	})
	return revealed(s.schema, func(d *decoder, n ast.Node, into *Secret) { s.read(d, n, &into.Open) })
}

// revealed reads a reference. What is none is left to otherwise.
func revealed(schema *Schema, otherwise func(d *decoder, n ast.Node, into *Secret)) shape[Secret] {
	return shape[Secret]{schema: schema, read: func(d *decoder, n ast.Node, into *Secret) {
		v := d.value(n)
		text, ok := stringOf(v)
		if v == nil || ok && text == "" {
			return
		}
		at := first(v).Position
		*into = Secret{At: Problem{File: d.file, Line: at.Line, Column: at.Column}} // nothing stays of a default
		file, isFile := strings.CutPrefix(text, "file:")
		switch {
		case isFile && strings.TrimSpace(file) != "":
			into.File = d.env.path(d.dir, strings.TrimSpace(file))
		case envReference.MatchString(text):
			into.Env = envReference.FindStringSubmatch(text)[1]
		default:
			otherwise(d, v, into)
		}
	}}
}
