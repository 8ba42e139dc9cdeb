package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// wiring says how the requests of a portal go out.
type wiring struct {
	product    string // for people
	url, usual string // as configured, and where the product answers where that is empty
	family     quota.Family
	credential quota.Credential
	secrets    []string
	sign       func(base *url.URL, next http.RoundTripper) http.RoundTripper // signs what the credential does not; may be nil
	client     *http.Client                                                  // what carries requests; may be nil
	budget     *quota.Budget
	log        *slog.Logger
}

// wire carries the requests of a portal: within what it allows, counted, and with errors in words that hold no secret and nobody.
type wire struct {
	product string
	base    *url.URL
	client  *http.Client
	sent    *tally
	secrets []string
	secret  func() string // one that changes; nil where there is none
}

// Bounds of requests.
const (
	maxAnswer  = 64 << 20         // bytes of an answer: 1,000 entities have a few MB
	maxRefusal = 4 << 10          // bytes read of an answer that refuses
	maxWait    = 15 * time.Minute // that a portal may want requests to be held back
	maxRefused = 5 * time.Minute  // that a request is tried for which the portal refuses again and again
	slowAnswer = 2 * time.Minute  // that an answer may take where nothing else is configured
)

// newWire makes a wire. It asks nothing. An address with a password in it is refused, for addresses are shown.
func newWire(w wiring) (*wire, error) {
	at := strings.TrimRight(w.url, "/")
	if at == "" {
		at = w.usual
	}
	base, err := url.Parse(at)
	if err != nil || base.Host == "" || base.User != nil || !slices.Contains([]string{"http", "https"}, base.Scheme) {
		return nil, fmt.Errorf("the url of %s is no address, expected https://HOST: %w", w.product, metrics.ErrInvalid)
	}
	client := http.Client{}
	if w.client != nil {
		client = *w.client
	}
	sent := &tally{next: client.Transport}
	if sent.next == nil {
		sent.next = http.DefaultTransport
	}
	timeout := client.Timeout
	if timeout == 0 {
		timeout = slowAnswer
	}
	carried := http.RoundTripper(sent)
	if w.sign != nil {
		carried = w.sign(base, sent)
	}
	client.Transport = quota.New(quota.Config{
		Source: w.product, Base: base, Family: w.family, Credentials: []quota.Credential{w.credential}, Transport: carried,
		Budget: w.budget, Wait: maxWait, Patience: maxRefused, Timeout: timeout, Log: w.log,
	})
	client.Timeout = 0 // it would end the waiting, too
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &wire{product: w.product, base: base, client: &client, sent: sent, secrets: w.secrets}, nil
}

// tally counts the requests that go out.
type tally struct {
	next http.RoundTripper
	sent atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (t *tally) RoundTrip(r *http.Request) (*http.Response, error) {
	t.sent.Add(1)
	return t.next.RoundTrip(r)
}

// requests is how many requests went out, whatever was answered.
func (w *wire) requests() int { return int(w.sent.sent.Load()) }

// request is what is asked of a portal. With a body it is sent by POST.
type request struct {
	path  string // escaped
	query url.Values
	body  any
}

// ask sends a request and decodes its answer. Whatever goes wrong is told in words.
func (w *wire) ask(ctx context.Context, r request, into any) error {
	req, err := w.request(ctx, r)
	if err != nil {
		return err
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return w.say(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return w.refused(resp)
	}
	body := &io.LimitedReader{R: resp.Body, N: maxAnswer}
	if err := json.NewDecoder(body).Decode(into); err != nil {
		if body.N == 0 {
			return fmt.Errorf("an answer of %s is longer than %d MB", w.product, maxAnswer>>20)
		}
		return w.say(err)
	}
	return nil
}

func (w *wire) request(ctx context.Context, r request) (*http.Request, error) {
	at := w.base.JoinPath(r.path)
	at.RawQuery = r.query.Encode()
	if r.body == nil {
		return withHeaders(http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil))
	}
	body, err := json.Marshal(r.body)
	if err != nil {
		return nil, err
	}
	return withHeaders(http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(body)))
}

func withHeaders(req *http.Request, err error) (*http.Request, error) {
	if err == nil {
		req.Header.Set("Accept", "application/json")
	}
	if err == nil && req.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, err
}

// errGarbled means that what came is no answer: something that ought to be in it is not there.
var errGarbled = fmt.Errorf("the answer is none: %w", io.ErrUnexpectedEOF)

// say gives an error words for people. That nothing may be asked any more is no fault of the portal.
func (w *wire) say(err error) error {
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	text := quota.Words(w.product, err)
	var at *url.Error
	switch {
	case text != "":
	case errors.As(err, &at):
		text = at.Err.Error()
	default:
		text = err.Error()
	}
	var exhausted *quota.Exhausted
	if errors.Is(err, quota.ErrBudget) || errors.As(err, &exhausted) {
		err = fmt.Errorf("%w: %w", collectors.ErrSpent, err)
	}
	return quota.Say(w.hide(text), err)
}

// refusal is an answer that refuses something.
type refusal struct{ quota.Answer }

// Error implements error.
func (r *refusal) Error() string { return r.Words() }

// statusOf is the status of an answer that refuses; 0 where an error is something else.
func statusOf(err error) int {
	var no *refusal
	if errors.As(err, &no) {
		return no.Status
	}
	return 0
}

// refused reads why a portal refuses. What it says may repeat the secret that it was given.
func (w *wire) refused(resp *http.Response) error {
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	if err != nil {
		text = nil
	}
	return &refusal{quota.Answer{Product: w.product, Status: resp.StatusCode, Text: w.hide(reason(text)), Header: resp.Header, Body: text}}
}

// reason is what the body of an answer that refuses says: portals say it as a message, an error or a list of violations.
func reason(body []byte) string {
	var said struct {
		Message, Error any
		Violations     []struct{ Title, Description string }
	}
	if json.Unmarshal(body, &said) != nil {
		return string(body)
	}
	if text, ok := said.Message.(string); ok && text != "" {
		return text
	}
	if len(said.Violations) > 0 {
		return said.Violations[0].Title + " " + said.Violations[0].Description
	}
	text, _ := said.Error.(string)
	return text
}

// hide takes out of what a portal says what nobody is to read, wherever it is shown: secrets, and people.
func (w *wire) hide(text string) string {
	secrets := w.secrets
	if w.secret != nil {
		secrets = append([]string{w.secret()}, secrets...)
	}
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return nobody(text)
}

// leftOut are the parts of a portal that the key may not read. The list of entities is complete without them.
type leftOut []string

// unless notes a part that may not be read, or that this portal does not have; any other error it returns.
func (l *leftOut) unless(part string, err error) error {
	if slices.Contains([]int{http.StatusForbidden, http.StatusNotFound}, statusOf(err)) {
		*l = append(*l, part)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	return nil
}

// tell warns once of all that is left out.
func (l leftOut) tell(log *slog.Logger, product, advice string) {
	if len(l) > 0 {
		log.Warn("parts of the catalog are left out", "portal", product, "parts", strings.Join(l, ", "), "advice", advice)
	}
}

// listing makes a sequence of what read hands to take. An error of read ends it.
func listing(read func(take func(Item) error) error) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		err := read(func(item Item) error {
			if !yield(item, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Item{}, err)
		}
	}
}

// errEnough ends the reading of a list of which nobody wants more.
var errEnough = errors.New("enough")

// logOf is the log of a configuration that may have none.
func logOf(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}
