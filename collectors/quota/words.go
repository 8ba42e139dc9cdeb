package quota

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Unseen says of a repository, or of anything else of a host, that the host knows nothing of it.
const Unseen = "it is not there, or the token does not see it"

// Say gives an error words for people. Below them it stays what it was.
func Say(words string, err error) error { return &said{words, err} }

// said is an error with words of its own.
type said struct {
	words string
	err   error
}

// Error implements error.
func (s *said) Error() string { return s.words }

// Unwrap returns the error behind it.
func (s *said) Unwrap() error { return s.err }

// Words says in one sentence what went wrong with a request to a host of some product, and what to do, where that is the
// same for all hosts: the network, limits, credentials, and answers that are none; "" where it is something else. No
// address is in it but that of a machine.
func Words(product string, err error) string {
	var exhausted *Exhausted
	var budget *overBudget
	var away *turnedAway
	var fails *failing
	switch {
	case errors.As(err, &fails):
		return fails.words(product)
	case errors.As(err, &exhausted) && exhausted.Refused > 1:
		return fmt.Sprintf("%s refuses one request %d times in a row and allows no more requests before %s: try again then, and see what it limits",
			product, exhausted.Refused, exhausted.Until.UTC().Format(time.RFC3339))
	case errors.As(err, &exhausted):
		return fmt.Sprintf("%s allows no more requests before %s: try again then", product, exhausted.Until.UTC().Format(time.RFC3339))
	case errors.As(err, &budget):
		return budget.Spent()
	case errors.As(err, &away):
		return product + " " + away.words()
	case errors.Is(err, ErrRefused):
		return product + " refuses the credentials: they may be wrong, expired or revoked"
	case Garbled(err):
		return fmt.Sprintf("the answer is none of %s's: it is cut, or a page for people; see whether the url is right, and whether a proxy or a login page stands before it", product)
	}
	return cmp.Or(unsafe(product, err), unreached(product, err))
}

// Garbled reports whether an answer is none: cut, a page for people, or of another shape.
func Garbled(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var number *strconv.NumError
	var moment *time.ParseError
	var late *lateness
	var none hungUp
	if errors.As(err, &late) || errors.As(err, &none) { // whatever the network made of what came by then
		return false
	}
	if errors.As(err, &number) || errors.As(err, &moment) {
		return true
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &syntax) || errors.As(err, &kind)
}

// unsafe says why a connection would not be safe; "" where that is not what is wrong.
func unsafe(product string, err error) string {
	var wrong *tls.CertificateVerificationError
	var name x509.HostnameError
	var plain tls.RecordHeaderError
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("the certificate of %s is not for %s: see whether the url has the right name", product, name.Host)
	case errors.As(err, &wrong):
		return fmt.Sprintf("the certificate of %s is not trusted (%s): add who signed it to those that this machine trusts", product, strings.TrimPrefix(wrong.Err.Error(), "x509: "))
	case errors.As(err, &plain), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"): // which has no type of its own
		return fmt.Sprintf("%s does not speak TLS there: see whether the url begins with http and not https", product)
	}
	return ""
}

// unreached says why a host was not reached; "" where that is not what is wrong.
func unreached(product string, err error) string {
	var name *net.DNSError
	var late *lateness
	var network net.Error
	var none hungUp
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Sprintf("the name %s is not known: see whether the url is right, and the DNS of this machine", name.Name)
	case errors.As(err, &name):
		return fmt.Sprintf("the name %s cannot be looked up: see the DNS of this machine", name.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nobody listens%s: see whether the url is right, and whether %s runs", at(err), product)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fmt.Sprintf("no way leads to %s%s from this machine: see its network and its proxy", product, at(err))
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.As(err, &none):
		return fmt.Sprintf("the connection to %s was cut: try again, and see the network if that happens again", product)
	case errors.As(err, &late):
		return late.words(product)
	case errors.As(err, &network) && network.Timeout():
		return fmt.Sprintf("%s did not answer in time: see whether the url is right, and whether this machine can reach it", product)
	}
	return ""
}

// at says of an error of the network which machine it is about.
func at(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Addr != nil {
		return " at " + op.Addr.String()
	}
	return ""
}

// Answer is an answer of a host that refuses something.
type Answer struct {
	Product string // such as GitHub
	Status  int    // 0 for an error in an answer to a query
	Text    string // what it says itself
	Header  http.Header
	Body    []byte // as far as it was read; nil where it was not
}

// mostText is how much of what a host says is shown.
const mostText = 300

// String says what a host answered, in one line and without pages for people.
func (a Answer) String() string {
	text := cmp.Or(a.Said(), http.StatusText(a.Status))
	if a.Status == 0 {
		return fmt.Sprintf("%s answers: %s", a.Product, text)
	}
	return fmt.Sprintf("%s answers %d: %s", a.Product, a.Status, text)
}

// Said is what a host says itself, in one line; "" where that is nothing, or a page for people.
func (a Answer) Said() string {
	text := strings.Join(strings.Fields(a.Text), " ")
	text = strings.TrimPrefix(text, fmt.Sprintf("%d ", a.Status))
	if strings.Contains(text, "<") {
		return ""
	}
	if len(text) > mostText {
		text = strings.ToValidUTF8(text[:mostText], "") + "…"
	}
	return text
}

// Words says what a host answered, and what that means or what to do about it.
func (a Answer) Words() string {
	if advice := a.Advice(); advice != "" {
		return strings.TrimSuffix(a.String(), ".") + "; " + advice
	}
	return a.String()
}

// Advice is what an answer means or what to do about it; "" where nothing can be said.
func (a Answer) Advice() string {
	switch {
	case a.Locked():
		return a.unlocking()
	case a.Status == http.StatusUnauthorized:
		return "the token may be wrong, expired or revoked"
	case a.Status == http.StatusForbidden:
		return "see what the token is allowed"
	case a.Status == http.StatusGone:
		return "it is gone for good, exclude leaves it out"
	case a.Status == http.StatusUnavailableForLegalReasons:
		return "it is blocked for legal reasons, exclude leaves it out"
	case a.Status >= http.StatusInternalServerError:
		return "try again when the host is well"
	}
	return ""
}

// Locked reports whether the token is let in nowhere in an organisation until somebody does something, whatever it is
// allowed: single sign-on that it is not authorised for, or a list of addresses.
func (a Answer) Locked() bool { return a.unlocking() != "" }

func (a Answer) unlocking() string {
	_, at, told := strings.Cut(a.Header.Get("X-GitHub-SSO"), "url=")
	at, _, _ = strings.Cut(at, "?") // what follows is a secret
	switch {
	case told:
		return "authorise the token for single sign-on at " + at
	case strings.Contains(a.Text, "SAML"):
		return "authorise the token for single sign-on, in its settings"
	case strings.Contains(strings.ToLower(a.Text), "ip allow list"), strings.Contains(strings.ToLower(a.Text), "ip address"):
		return "let the address of this machine into that list"
	}
	return ""
}
