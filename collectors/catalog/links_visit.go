package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/trodden/trodden/metrics"
)

// visitor goes where links lead.
type visitor struct {
	*LinkChecker
	client    *http.Client
	transport *http.Transport

	mu    sync.Mutex
	slots map[string]chan struct{} // of hosts: who talks to one
}

func newVisitor(c *LinkChecker) *visitor {
	v := &visitor{LinkChecker: c, slots: map[string]chan struct{}{}}
	dialer := &net.Dialer{Timeout: linkTime, Control: v.mayConnect}
	v.transport = &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: linksAtOnceHost, MaxIdleConns: linksAtOnce,
		TLSHandshakeTimeout: linkTime, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
	}
	v.client = &http.Client{Transport: v, Timeout: linkTime, CheckRedirect: v.mayFollow}
	return v
}

func (v *visitor) close() { v.transport.CloseIdleConnections() }

// errElsewhere is that a link leads to where none is followed to.
var errElsewhere = errors.New("it leads to where links are not followed to")

// mayConnect is asked with each address that a connection is about to be made to, which is what a name was resolved to: a
// name that means another address the next time gains nothing.
func (v *visitor) mayConnect(network, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	permit := v.Permit
	if permit == nil {
		permit = Public
	}
	if err != nil || !permit(at.Addr()) {
		return fmt.Errorf("connect to %s: %w", address, errElsewhere)
	}
	return nil
}

// mayFollow is asked with each redirect. Where one comes from is not told.
func (v *visitor) mayFollow(next *http.Request, before []*http.Request) error {
	if len(before) > linkHops || !v.mayVisit(next.URL) {
		return errElsewhere
	}
	next.Header.Del("Referer")
	return nil
}

// RoundTrip implements http.RoundTripper: not more at once to one host than it is to bear, those included that are led there.
func (v *visitor) RoundTrip(r *http.Request) (*http.Response, error) {
	slot := v.slot(strings.ToLower(r.URL.Host))
	select {
	case slot <- struct{}{}:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	defer func() { <-slot }()
	return v.transport.RoundTrip(r)
}

func (v *visitor) slot(host string) chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	slot, there := v.slots[host]
	if !there {
		slot = make(chan struct{}, linksAtOnceHost)
		v.slots[host] = slot
	}
	return slot
}

// visit asks whether anything answers at a URL. What does not take HEAD, or says to it that there is nothing, is asked with
// GET.
func (v *visitor) visit(ctx context.Context, url string) (found metrics.Truth, status int) {
	found, status, host := v.ask(ctx, http.MethodHead, url)
	if slices.Contains([]int{http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusNotFound, http.StatusGone}, status) {
		found, status, host = v.ask(ctx, http.MethodGet, url)
	}
	if found == metrics.No && slices.Contains(v.Discreet, host) {
		found = metrics.Maybe
	}
	return found, status
}

// ask asks once. Host is who answered, behind all redirects.
func (v *visitor) ask(ctx context.Context, method, url string) (found metrics.Truth, status int, host string) {
	r, err := http.NewRequestWithContext(ctx, method, url, http.NoBody)
	if err != nil {
		return metrics.Maybe, 0, ""
	}
	r.Header.Set("User-Agent", v.Agent)
	answer, err := v.client.Do(r)
	if err != nil {
		return unanswered(err), 0, ""
	}
	answer.Body.Close()
	return answered(answer.StatusCode), answer.StatusCode, strings.ToLower(cmp.Or(answer.Request.URL.Hostname(), r.URL.Hostname()))
}

// answered is what a status says. Whoever wants to know first who asks, or is in trouble, tells nothing of what is there.
func answered(status int) metrics.Truth {
	switch {
	case status == http.StatusNotFound, status == http.StatusGone:
		return metrics.No
	case status >= 200 && status < 400:
		return metrics.Yes
	}
	return metrics.Maybe
}

// unanswered is what it says that nobody answered: nothing is there where the name is none, or where the machine has nobody
// who listens. Time that ran out, a certificate that is not trusted and an address that is not asked tell nothing.
func unanswered(err error) metrics.Truth {
	var name *net.DNSError
	switch {
	case errors.Is(err, errElsewhere):
		return metrics.Maybe
	case errors.As(err, &name) && name.IsNotFound && !internal(name.Name):
		return metrics.No
	case errors.Is(err, syscall.ECONNREFUSED):
		return metrics.No
	}
	return metrics.Maybe
}

// internal reports whether a name may be known in some network alone.
func internal(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	last := name[strings.LastIndexByte(name, '.')+1:]
	return last == name || slices.Contains([]string{"arpa", "corp", "home", "internal", "intranet", "lan", "local", "localdomain", "private"}, last)
}
