package api

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"github.com/trodden/trodden/metrics"
)

// Webhook understands what one kind of host delivers.
type Webhook interface {
	// Verify fails unless a delivery comes from somebody who has a secret that is configured. Body is what was
	// sent, to the byte.
	Verify(header http.Header, body []byte, now time.Time) error
	// Read returns what a delivery hints at; where it hints at nothing, ok is false. It fails with
	// metrics.ErrInvalid for what no host sends.
	Read(header http.Header, payload []byte, now time.Time) (hint metrics.Hint, ok bool, err error)
}

// Hints keeps hints until the repositories that they are about were read again.
type Hints interface {
	// Put keeps a hint and reports whether its delivery is a new one. Once it has returned no end of the process
	// loses the hint. An error does not mean that the hint is lost, only that nobody can tell.
	Put(ctx context.Context, h metrics.Hint) (fresh bool, err error)
}

// Webhooks says what hosts may deliver, and where to.
type Webhooks struct {
	GitHub Webhook // nil: none is configured
	GitLab Webhook // nil: none is configured
	Hints  Hints   // not nil where one of them is
	// Reads reports whether any source reads what a hint is about; where nil all is read.
	Reads func(h metrics.Hint) bool
	// Patience is how long a hint may wait to be kept: 70 ms where 0. Hints that are kept on a disk of this machine may wait
	// longer, as only a machine that is busy is slow then, and a late answer helps more than a refusal.
	Patience time.Duration
}

// What a delivery may cost. GitHub sends no body of more than 25 MB, and waits 10 s for an answer.
const (
	largestDelivery = 25 << 20
	deliveriesHeld  = 4 * largestDelivery // bytes of all bodies that are received at the same time
	deliveryTime    = 10 * time.Second
	deliveryRate    = 1000 // a second, be they signed or not
	deliveryBurst   = 2000

	// What is still taken of a body that was refused when it had begun, and for how long: whoever sends without looking
	// for an answer would find a connection reset instead of one.
	drained   = 2 * largestDelivery
	drainTime = time.Second

	// putTime leaves the rest of 100 ms to reading the body, and to a machine that is busy.
	putTime = 70 * time.Millisecond
)

// What became of a delivery.
const (
	deliveryKept     = "kept"     // until the repository was read again
	deliveryRepeated = "repeated" // it came before
	deliveryIgnored  = "ignored"  // it says nothing that a scan reads
	deliveryUnread   = "unread"   // it is about what no source reads
	deliveryRefused  = "refused"  // by its size, its form or its signature
	deliveryFailed   = "failed"   // it could not be kept
)

// delivery is the answer to a delivery, for people who look at it on the host's page of deliveries.
type delivery struct {
	Status string `json:"status"`
	Event  string `json:"event"`
	Note   string `json:"note"`
}

// deliveries takes what hosts deliver.
type deliveries struct {
	Webhooks
	rate  *rate.Limiter
	held  atomic.Int64 // bytes of the bodies that are being received
	count func(host, outcome string)

	mu   sync.Mutex
	told map[string]bool // what no source reads, of which the log was told
}

// toldMost is of how many repositories that no source reads the log is told.
const toldMost = 10_000

// unread tells the log of what no source reads, once of each repository.
func (d *deliveries) unread(log *slog.Logger, host string, h metrics.Hint) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if subject := cmp.Or(h.Repo, h.Subject()); !d.told[subject] && len(d.told) < toldMost {
		d.told[subject] = true
		log.Info("a webhook tells of what no source reads", "host", host, "repo", h.Repo, "event", h.Event)
	}
}

func newDeliveries(w Webhooks, count func(host, outcome string)) *deliveries {
	return &deliveries{Webhooks: w, rate: rate.NewLimiter(deliveryRate, deliveryBurst), count: count, told: map[string]bool{}}
}

func (s *Server) postWebhooksGitHub(c echo.Context) error {
	return s.take(c, "github", s.deliveries.GitHub, "webhooks.github.secret")
}

func (s *Server) postWebhooksGitLab(c echo.Context) error {
	return s.take(c, "gitlab", s.deliveries.GitLab, "webhooks.gitlab.token or webhooks.gitlab.signing")
}

// take answers a delivery: with 202 when it is kept, or when there is nothing to keep; with 200 when it came before;
// with 503 when it could not be kept in time.
func (s *Server) take(c echo.Context, host string, hook Webhook, setting string) error {
	if hook == nil {
		return &failure{kind: metrics.ErrNotFound, detail: "no webhook of " + host + " is configured here",
			hint: "set " + setting + " in trodden.yaml and start trodden serve again"}
	}
	hint, ok, err := s.deliveries.receive(c, hook, s.now())
	if err != nil {
		s.deliveries.count(host, deliveryRefused)
		if errors.Is(err, errTooLarge) || errors.Is(err, errNoRoom) {
			answerAndDrain(c, err)
		}
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	if !ok {
		s.deliveries.count(host, deliveryIgnored)
		return c.JSON(http.StatusAccepted, delivery{deliveryIgnored, hint.Event, "this event changes nothing that a scan reads"})
	}
	if reads := s.deliveries.Reads; reads != nil && !reads(hint) {
		s.deliveries.count(host, deliveryUnread)
		s.deliveries.unread(s.log, host, hint)
		return c.JSON(http.StatusAccepted, delivery{deliveryUnread, hint.Event, "no source of trodden.yaml reads what it is about, nothing is kept"})
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), cmp.Or(s.deliveries.Patience, putTime))
	defer cancel()
	switch fresh, err := s.deliveries.Hints.Put(ctx, hint); {
	case err != nil:
		s.deliveries.count(host, deliveryFailed)
		c.Response().Header().Set(echo.HeaderRetryAfter, "60")
		return &failure{kind: metrics.ErrUnavailable, detail: "the delivery could not be kept", cause: err,
			hint: "deliver it again, or leave it to the next scan, which finds by itself what it tells of"}
	case !fresh:
		s.deliveries.count(host, deliveryRepeated)
		return c.JSON(http.StatusOK, delivery{deliveryRepeated, hint.Event, "this delivery came before, nothing is done again"})
	default:
		s.deliveries.count(host, deliveryKept)
		return c.JSON(http.StatusAccepted, delivery{deliveryKept, hint.Event, "what it is about is read again soon"})
	}
}

// receive reads a delivery. Nothing of the body is looked at before its signature is right.
func (d *deliveries) receive(c echo.Context, hook Webhook, now time.Time) (hint metrics.Hint, ok bool, err error) {
	r := c.Request()
	if !d.rate.AllowN(now, 1) {
		c.Response().Header().Set(echo.HeaderRetryAfter, "1")
		return hint, false, &failure{kind: errTooMany, detail: fmt.Sprintf("more than %d deliveries a second", deliveryRate)}
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || kind != echo.MIMEApplicationJSON && kind != echo.MIMEApplicationForm {
		return hint, false, &failure{kind: errMediaType, detail: "the body must be application/json or application/x-www-form-urlencoded",
			hint: "choose application/json as the content type of the webhook"}
	}
	body, release, err := d.body(c)
	defer release()
	if err != nil {
		return hint, false, err
	}
	if err := hook.Verify(r.Header, body, now); err != nil {
		return hint, false, &failure{kind: errForbidden, detail: metrics.Detail(err),
			hint: "the secret of the webhook on the host and the one in trodden.yaml must be the same"}
	}
	if kind == echo.MIMEApplicationForm {
		if body, err = formPayload(body); err != nil {
			return hint, false, err
		}
	}
	return hook.Read(r.Header, body, now)
}

// answerAndDrain answers a request whose body is not read to its end with an error, and then takes a bounded rest of that
// body, of which it keeps nothing. The connection is of no use after that.
func answerAndDrain(c echo.Context, err error) {
	control := http.NewResponseController(c.Response())
	// A server that cannot do one of these has no connection that could be reset.
	_ = control.EnableFullDuplex() // else the answer waits for the body, or ends it
	c.Response().Header().Set(echo.HeaderConnection, "close")
	c.Error(err)
	if control.Flush() != nil {
		return
	}
	_ = control.SetReadDeadline(time.Now().Add(drainTime))
	_, _ = io.CopyN(io.Discard, c.Request().Body, drained) // who does not send to the end has the answer all the same
}

// formPayload returns the payload of a delivery that comes as a form.
func formPayload(body []byte) ([]byte, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil || !form.Has("payload") {
		return nil, &failure{kind: metrics.ErrInvalid, detail: "the body is no form with a payload"}
	}
	return []byte(form.Get("payload")), nil
}

// body reads the body of a delivery, as far as there is room and time for it. What it holds of the room is released
// by the caller, whatever the error.
func (d *deliveries) body(c echo.Context) (text []byte, release func(), err error) {
	r := c.Request()
	in := &metered{deliveries: d, r: r}
	release = func() { d.held.Add(-in.size) }
	if r.ContentLength > largestDelivery {
		return nil, release, errTooLong()
	}
	// A server that cannot set a time for one request has one for all.
	_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(deliveryTime))
	var buf bytes.Buffer
	if r.ContentLength > 0 {
		buf.Grow(int(min(r.ContentLength, bodyAhead)) + bytes.MinRead)
	}
	if _, err := buf.ReadFrom(in); err != nil {
		return nil, release, in.failure(err)
	}
	return buf.Bytes(), release, nil
}

// bodyAhead is how much room is made for a body because of its announced length alone.
const bodyAhead = 256 << 10

func errTooLong() error {
	return &failure{kind: errTooLarge, detail: fmt.Sprintf("the body is larger than %d MiB", largestDelivery>>20)}
}

var errNoRoom = errors.New("too many large bodies at once")

// metered counts what it reads of a body, and ends where that is too much.
type metered struct {
	*deliveries
	r    *http.Request
	size int64
}

// Read implements io.Reader.
func (m *metered) Read(p []byte) (int, error) {
	n, err := m.r.Body.Read(p)
	m.size += int64(n)
	held := m.held.Add(int64(n))
	switch {
	case m.size > largestDelivery:
		return n, errTooLong()
	case held > deliveriesHeld:
		return n, errNoRoom
	}
	return n, err
}

// failure says why a body was not read to its end.
func (m *metered) failure(err error) error {
	var own *failure
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, errNoRoom):
		return &failure{kind: metrics.ErrUnavailable, detail: "other deliveries take all the room there is; try again", cause: err}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &failure{kind: errTooSlow, detail: fmt.Sprintf("the body did not come within %v", deliveryTime)}
	default:
		return &failure{kind: metrics.ErrInvalid, detail: "the body broke off", cause: err}
	}
}
