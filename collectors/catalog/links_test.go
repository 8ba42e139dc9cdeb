package catalog

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// web is a host on this machine that answers as its handler does, and those who may visit it.
type web struct {
	*httptest.Server
	checker LinkChecker
	mu      sync.Mutex
	asked   []string // method and path
	kept    []metrics.Link
	now     time.Time
}

func newWeb(t *testing.T, answer http.HandlerFunc) *web {
	w := &web{now: time.Unix(1_790_000_000, 0)}
	w.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.asked = append(w.asked, r.Method+" "+r.URL.Path)
		w.mu.Unlock()
		answer(out, r)
	}))
	t.Cleanup(w.Close)
	w.checker = LinkChecker{
		Agent: "tested", Ports: []string{w.host()}, Permit: netip.Addr.IsLoopback,
		Keep: func(list []metrics.Link) error { w.kept = append(w.kept, list...); return nil },
		Now:  func() time.Time { return w.now },
	}
	return w
}

func (w *web) host() string { return strings.TrimPrefix(w.URL, "http://") }

// TestLinkAnswers asks a link of each kind once.
func TestLinkAnswers(t *testing.T) {
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(elsewhere.Close)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	var w *web
	w = newWeb(t, func(out http.ResponseWriter, r *http.Request) {
		var status, hops int
		switch {
		case r.UserAgent() != "tested", r.Header.Get("Cookie") != "", r.Header.Get("Authorization") != "", r.Referer() != "":
			t.Errorf("%s is asked with %v", r.URL, r.Header)
		case r.URL.Path == "/get" && r.Method == http.MethodHead:
			out.WriteHeader(http.StatusMethodNotAllowed)
		case r.URL.Path == "/shy" && r.Method == http.MethodHead:
			out.WriteHeader(http.StatusNotFound)
		case r.URL.Path == "/get", r.URL.Path == "/shy":
		case r.URL.Path == "/away":
			http.Redirect(out, r, elsewhere.URL, http.StatusFound)
		case r.URL.Path == "/let-in":
			http.Redirect(out, r, "http://ada:secret@"+w.host()+"/status/200", http.StatusFound)
		case one(fmt.Sscanf(r.URL.Path, "/hops/%d", &hops)) && hops > 0:
			http.SetCookie(out, &http.Cookie{Name: "who", Value: "you"})
			http.Redirect(out, r, fmt.Sprintf("/hops/%d", hops-1), http.StatusFound)
		case one(fmt.Sscanf(r.URL.Path, "/status/%d", &status)):
			out.WriteHeader(status)
		}
	})
	const yes, maybe, no = metrics.Yes, metrics.Maybe, metrics.No
	for _, test := range []struct {
		link   string
		found  metrics.Truth
		status int
	}{
		{w.URL + "/status/200", yes, 200},
		{w.URL + "/status/204", yes, 204},
		{w.URL + "/status/400", maybe, 400},
		{w.URL + "/status/401", maybe, 401},
		{w.URL + "/status/403", maybe, 403},
		{w.URL + "/status/429", maybe, 429},
		{w.URL + "/status/500", maybe, 500},
		{w.URL + "/status/404", no, 404},
		{w.URL + "/status/410", no, 410},
		{w.URL + "/get", yes, 200},
		{w.URL + "/shy", yes, 200},
		{w.URL + "/hops/3", yes, 200},
		{w.URL + "/hops/4", maybe, 0},
		{w.URL + "/away", maybe, 0},
		{w.URL + "/let-in", maybe, 0},
		{closed.URL, no, 0},
	} {
		t.Run(strings.TrimPrefix(test.link, w.URL), func(t *testing.T) {
			v := newVisitor(&w.checker)
			defer v.close()
			if found, status := v.visit(t.Context(), test.link); found != test.found || status != test.status {
				t.Errorf("got %v, %d, want %v, %d", found, status, test.found, test.status)
			}
		})
	}
}

// TestLinkUnanswered tells what is not there from what nobody can tell.
func TestLinkUnanswered(t *testing.T) {
	lacks := func(name string) error {
		return &url.Error{Op: "Head", Err: &net.OpError{Err: &net.DNSError{Name: name, IsNotFound: true}}}
	}
	for _, test := range []struct {
		name string
		err  error
		want metrics.Truth
	}{
		{"a name that there is not", lacks("docs.acme.dev."), metrics.No},
		{"a name of some network", lacks("wiki.corp"), metrics.Maybe},
		{"a name without a domain", lacks("wiki"), metrics.Maybe},
		{"names that nobody resolves", &net.DNSError{Name: "acme.dev", IsTemporary: true}, metrics.Maybe},
		{"nobody listens", &net.OpError{Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, metrics.No},
		{"an address that is not asked", &net.OpError{Err: errElsewhere}, metrics.Maybe},
		{"time ran out", context.DeadlineExceeded, metrics.Maybe},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := unanswered(test.err); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func one(n int, _ error) bool { return n == 1 }

// TestLinksDiscreet believes nobody that nothing is there who says so of what one may not see.
func TestLinksDiscreet(t *testing.T) {
	w := newWeb(t, http.NotFound)
	w.checker.Discreet = []string{"127.0.0.1"}
	v := newVisitor(&w.checker)
	defer v.close()
	if found, status := v.visit(t.Context(), w.URL); found != metrics.Maybe || status != http.StatusNotFound {
		t.Errorf("got %v, %d, want nothing to be known", found, status)
	}
}

// TestLinksNotPrivate never connects to what is not public, whatever it is called, and says nothing of what is there.
func TestLinksNotPrivate(t *testing.T) {
	w := newWeb(t, func(http.ResponseWriter, *http.Request) {})
	w.checker.Permit = nil
	_, port, _ := strings.Cut(w.host(), ":")
	w.checker.Ports = []string{w.host(), "localhost:" + port, "::1:" + port, "::ffff:127.0.0.1:" + port}
	v := newVisitor(&w.checker)
	defer v.close()
	for _, link := range []string{w.URL, "http://localhost:" + port, "http://[::1]:" + port, "http://[::ffff:127.0.0.1]:" + port} {
		if found, status := v.visit(t.Context(), link); found != metrics.Maybe || status != 0 {
			t.Errorf("%s: got %v, %d, want nothing to be known", link, found, status)
		}
	}
	if len(w.asked) > 0 {
		t.Errorf("asked was %q", w.asked)
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "93.184.215.14": true, "100.63.255.255": true, "100.128.0.0": true, "172.15.0.1": true, "172.32.0.1": true,
		"2606:2800:21f:cb07:6820:80da:af6b:8b2c": true, "2a00:1450:4001::1": true, "::ffff:8.8.8.8": true,

		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "10.255.255.255": false, "100.64.0.1": false, "100.100.100.200": false, "100.127.255.255": false,
		"127.0.0.1": false, "127.9.9.9": false, "168.63.129.16": false, "169.254.169.254": false, "169.254.0.1": false, "172.16.0.1": false,
		"172.31.255.255": false, "192.0.0.192": false, "192.0.2.1": false, "192.88.99.1": false, "192.168.0.1": false, "198.18.0.1": false,
		"198.19.255.255": false, "198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false, "239.255.255.255": false, "240.0.0.1": false,
		"255.255.255.255": false,

		"::": false, "::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "::7f00:1": false,
		"64:ff9b::a00:1": false, "64:ff9b:1::1": false, "100::1": false, "2001::1": false, "2001:db8::1": false, "2002:a00:1::": false,
		"3fff::1": false, "5f00::1": false, "fc00::1": false, "fd00:ec2::254": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false,
		"ff02::1": false,
	} {
		if got := Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %v, want %v", address, got, want)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address at all is public")
	}
}

func TestLinkAddress(t *testing.T) {
	c := LinkChecker{Ports: []string{"wiki.acme.dev:8443"}}
	for link, want := range map[string]bool{
		"https://acme.dev/a?b#c": true, "http://acme.dev": true, "HTTPS://acme.dev:443/": true, "http://acme.dev:80": true, "https://Wiki.acme.dev:8443/x": true,
		"": false, "acme.dev": false, "/docs": false, "mailto:ada@acme.dev": false, "ftp://acme.dev": false, "file:///etc/hosts": false, "https://": false,
		"https://acme.dev:8443": false, "http://acme.dev:22": false, "https://ada:secret@acme.dev": false, "https://acme.dev/${{ values.name }}": false,
		"#0011223344556677": false, "https://acme.dev/~person-0011223344556677": false, "https://acme.dev:port": false,
	} {
		if got := c.address(link) != nil; got != want {
			t.Errorf("%q: got %v, want %v", link, got, want)
		}
	}
}

// TestLinksDue asks what was asked longest ago first, nothing twice, and nothing that was asked within a day.
func TestLinksDue(t *testing.T) {
	c := LinkChecker{Now: func() time.Time { return time.Unix(int64(10*metrics.Day), 0) }}
	asked := func(name string, at metrics.Instant) metrics.Link {
		return metrics.Link{URL: "https://acme.dev/" + name, Checked: at}
	}
	urls := []string{"https://acme.dev/new", "https://acme.dev/b", "https://acme.dev/a", "https://acme.dev/new", "https://acme.dev/lately", "mailto:ada"}
	var got []string
	for _, l := range c.due(urls, []metrics.Link{asked("a", 8*metrics.Day), asked("b", 7*metrics.Day), asked("lately", 9*metrics.Day+1), asked("gone", 1)}) {
		got = append(got, strings.TrimPrefix(l.URL, "https://acme.dev/"))
	}
	if want := []string{"new", "b", "a"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLinksAtOnce asks at most two links of a host at once, be they led there or not, and eight in all.
func TestLinksAtOnce(t *testing.T) {
	var mu sync.Mutex
	now, most := map[string]int{}, map[string]int{}
	full := make(chan bool)
	var once sync.Once
	count := func(by int, names ...string) {
		mu.Lock()
		defer mu.Unlock()
		for _, name := range names {
			now[name] += by
			most[name] = max(most[name], now[name])
		}
		if now["all"] == linksAtOnce {
			once.Do(func() { close(full) })
		}
	}
	var webs []*web
	var urls, ports []string
	for h := range 6 {
		w := newWeb(t, func(out http.ResponseWriter, r *http.Request) {
			count(+1, "all", r.Host)
			<-full
			count(-1, "all", r.Host)
		})
		webs, ports = append(webs, w), append(ports, w.host())
		for i := range 6 {
			urls = append(urls, fmt.Sprintf("%s/%d-%d", w.URL, h, i))
		}
	}
	c := webs[0].checker
	c.Ports = ports
	told := 0
	c.Progress = func(done, of int) {
		if told++; done != told || of != len(urls) {
			t.Errorf("told is %d of %d, want %d of %d", done, of, told, len(urls))
		}
	}
	sum, err := c.Check(t.Context(), urls, nil, time.Hour)
	if want := (Asked{Asked: len(urls)}); err != nil || sum != want || len(webs[0].kept) != len(urls) {
		t.Errorf("got %+v, %v, kept %d, want %+v", sum, err, len(webs[0].kept), want)
	}
	for name, n := range most {
		if name == "all" && n != linksAtOnce || name != "all" && n > linksAtOnceHost {
			t.Errorf("%s: %d at once", name, n)
		}
	}
}

// TestLinksTwice believes that a link is dead when it was so a day later, too.
func TestLinksTwice(t *testing.T) {
	w := newWeb(t, http.NotFound)
	for i, want := range []Asked{{Asked: 1}, {}, {Asked: 1, Dead: 1}} {
		got, err := w.checker.Check(t.Context(), []string{w.URL}, w.kept, time.Minute)
		if err != nil || got != want {
			t.Errorf("round %d: got %+v, %v, want %+v", i, got, err, want)
		}
		w.now = w.now.Add(12 * time.Hour)
	}
	begun := metrics.Instant(1_790_000_000)
	want := metrics.Link{URL: w.URL, Answers: metrics.No, Status: 404, Checked: begun + metrics.Day, Failed: begun} // since nobody knows when, as nothing ever answered
	if diff := cmp.Diff(w.kept[len(w.kept)-1], want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}

// TestLinksWithinTime leaves the rest for the next time.
func TestLinksWithinTime(t *testing.T) {
	w := newWeb(t, func(http.ResponseWriter, *http.Request) {})
	var mu sync.Mutex
	now := w.now
	w.checker.Now = func() time.Time { // each look at the clock takes a minute
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Minute)
		return now
	}
	var urls []string
	for i := range 20 {
		urls = append(urls, w.URL+"/"+string(rune('a'+i)))
	}
	sum, err := w.checker.Check(t.Context(), urls, nil, 5*time.Minute)
	if err != nil || sum.Asked == 0 || sum.Left == 0 || sum.Asked+sum.Left != len(urls) || sum.Asked != len(w.kept) {
		t.Errorf("got %+v, %v, kept %d", sum, err, len(w.kept))
	}
}

// TestLinksBrokenOff says nothing of links that were asked when it was ended, and keeps the others.
func TestLinksBrokenOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := newWeb(t, func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/b" {
			cancel()
			<-r.Context().Done()
		}
	})
	sum, err := w.checker.Check(ctx, []string{w.URL + "/b"}, nil, time.Minute)
	if !errors.Is(err, context.Canceled) || sum != (Asked{Left: 1}) || len(w.kept) > 0 {
		t.Errorf("got %+v, %v, kept %+v", sum, err, w.kept)
	}
}

// TestLinksNotKept ends where what was found out cannot be kept.
func TestLinksNotKept(t *testing.T) {
	w := newWeb(t, func(http.ResponseWriter, *http.Request) {})
	full := errors.New("full")
	w.checker.Keep = func([]metrics.Link) error { return full }
	if _, err := w.checker.Check(t.Context(), []string{w.URL}, nil, time.Minute); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

// FuzzLinkAddress never finds an address in a text that leads anywhere but to a host over http.
func FuzzLinkAddress(f *testing.F) {
	for _, text := range []string{"https://acme.dev", "http://[::1]:80/", "https://a@b", "javascript:alert(1)", "http://a:99999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		to := (&LinkChecker{}).address(text)
		if to != nil && (to.Host == "" || to.User != nil || to.Scheme != "http" && to.Scheme != "https" || !slices.Contains([]string{"", "80", "443"}, to.Port())) {
			t.Errorf("%q leads to %v", text, (*url.URL)(to))
		}
	})
}
