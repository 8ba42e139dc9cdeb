package github

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// carrier carries requests, says what their errors mean for a run, and has the answers heard.
type carrier struct {
	next  http.RoundTripper
	sight *sight
}

// carried returns a client that asks through another one.
func carried(client *http.Client, sight *sight) *http.Client {
	if client == nil {
		client = &http.Client{}
	}
	with := *client
	next := client.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	with.Transport = carrier{next, sight}
	return &with
}

// RoundTrip implements http.RoundTripper. That nothing may be asked any more, by the run's own budget or by the
// host's, is no fault of a repository; that nobody is let in is one that no repository has alone.
func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(r)
	var exhausted *quota.Exhausted
	switch {
	case err == nil:
		c.sight.hear(resp)
	case errors.Is(err, quota.ErrBudget), errors.As(err, &exhausted):
		err = fmt.Errorf("%w: %w", collectors.ErrSpent, err)
	case errors.Is(err, quota.ErrRefused):
		err = &collectors.ReadError{Reason: metrics.ReasonForbidden, Err: err}
	}
	return resp, err
}
