package report

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// secrets finds in what others say what nobody may read: servers repeat what they were told, whole or in part, and as
// it was written.
type secrets struct {
	whole *strings.Replacer
	part  *regexp.Regexp
}

// revealing is how much of the beginning of a secret is taken for it.
const revealing = 8

const hidden = "(secret)"

// newSecrets returns secrets for texts; those that are empty are none.
func newSecrets(texts ...string) secrets {
	for _, text := range texts {
		quoted := strconv.Quote(text) // as errors have it
		texts = append(texts, quoted[1:len(quoted)-1])
	}
	texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" })
	slices.SortFunc(texts, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // the longest first: it may hold others
	var whole, parts []string
	for _, text := range texts {
		whole = append(whole, text, hidden)
		if len(text) > revealing && utf8.ValidString(text) {
			begin := strings.ToValidUTF8(text[:revealing], "")
			parts = append(parts, regexp.QuoteMeta(text), regexp.QuoteMeta(begin)+`[^\s"<>,;]*`)
		}
	}
	s := secrets{whole: strings.NewReplacer(whole...)}
	if len(parts) > 0 {
		s.part = regexp.MustCompile("(?i:(?:" + strings.Join(parts, "|") + ")=*)")
	}
	return s
}

// hide returns a text without secrets, on one line and short enough for a log.
func (s secrets) hide(text string) string {
	if s.part != nil {
		text = s.part.ReplaceAllString(text, hidden)
	}
	return clip(s.whole.Replace(text), 400)
}

// secretsOf are those of who signs in: the password, and what is sent of it in PLAIN and LOGIN.
func secretsOf(user, password string) secrets {
	if user == "" && password == "" {
		return newSecrets()
	}
	encode := base64.RawStdEncoding.EncodeToString // padding is taken for a part of what begins so
	list := []string{password, encode([]byte(password)), encode([]byte("\x00" + user + "\x00" + password)), encode([]byte(user + "\x00" + user + "\x00" + password))}
	if name := encode([]byte(user)); len(name) >= revealing {
		list = append(list, name)
	}
	return newSecrets(list...)
}

// secretsOfURL are those of the address of a webhook: all of it but the host.
func secretsOfURL(address string) secrets {
	list := []string{address}
	if u, err := url.Parse(address); err == nil {
		list = append(list, u.Path, u.EscapedPath(), u.RequestURI(), u.RawQuery, u.Fragment)
		if u.User != nil {
			list = append(list, u.User.String())
		}
		for _, values := range u.Query() {
			list = append(list, values...)
		}
		list = append(list, strings.Split(u.EscapedPath(), "/")...)
	}
	return newSecrets(slices.DeleteFunc(list, func(s string) bool { return len(s) < 4 })...) // such as / and v1
}
