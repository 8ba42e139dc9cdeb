package catalog

import (
	"cmp"
	"context"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trodden/trodden/metrics"
)

// Bounds of asking links.
const (
	linksAtOnce     = 8
	linksAtOnceHost = 2                // of one host
	linkTime        = 10 * time.Second // for a link, redirects included
	linkHops        = 3                // redirects that are followed
	linksWritten    = 100              // are kept together
)

// LinksAgain is how long a link that was asked is left alone.
const LinksAgain = metrics.Day

// LinkChecker asks whether anything answers at the links of entities. Anybody who may edit a catalog can write down a link: so
// it goes nowhere but to public addresses, carries nothing that lets anybody in, and reads no answer. It goes there directly,
// never through a proxy, which would look names up by itself.
type LinkChecker struct {
	Agent    string                     // how it calls itself
	Ports    []string                   // host:port beside 80 and 443
	Discreet []string                   // hosts that answer 404 for what one may not see
	Permit   func(netip.Addr) bool      // whether an address may be connected to; Public where it is nil
	Progress func(done, of int)         // never called twice at once; may be nil
	Keep     func([]metrics.Link) error // keeps what was found out; never called twice at once
	Now      func() time.Time
}

// Asked says what asking links came to.
type Asked struct {
	Asked int // links that were
	Dead  int // of them, those that are believed to lead nowhere
	Left  int // that were due and are not asked yet, for want of time
}

// Check asks all links that are due, those first that were asked longest ago. It begins none after the time for all has
// passed, or once ctx is done, whose error it returns: what was found out by then is kept.
func (c *LinkChecker) Check(ctx context.Context, urls []string, known []metrics.Link, within time.Duration) (Asked, error) {
	due := c.due(urls, known)
	if len(due) == 0 {
		return Asked{}, ctx.Err()
	}
	x := &linkRound{LinkChecker: c, visitor: newVisitor(c), due: due, of: len(due), end: c.Now().Add(within), busy: map[string]int{}}
	x.free = sync.NewCond(&x.mu)
	var workers sync.WaitGroup
	for range min(linksAtOnce, len(due)) {
		workers.Go(func() { x.work(ctx) })
	}
	workers.Wait()
	x.visitor.close()
	x.keep()
	x.sum.Left = x.of - x.sum.Asked
	return x.sum, cmp.Or(x.err, ctx.Err())
}

// due are the links that can be asked and were not lately, those first that were asked longest ago.
func (c *LinkChecker) due(urls []string, known []metrics.Link) []metrics.Link {
	at := make(map[string]metrics.Link, len(known))
	for _, l := range known {
		at[l.URL] = l
	}
	var due []metrics.Link
	now := metrics.At(c.Now())
	for _, text := range slices.Compact(slices.Sorted(slices.Values(urls))) {
		l, was := at[text]
		if was && now < l.Checked+LinksAgain || c.address(text) == nil {
			continue
		}
		l.URL = text
		due = append(due, l)
	}
	slices.SortStableFunc(due, func(a, b metrics.Link) int { return cmp.Compare(a.Checked, b.Checked) })
	return due
}

// keyed matches what stands for a person in values: the link itself is not known.
var keyed = regexp.MustCompile(`person-[0-9a-f]{16}`)

// address is where a link leads; nil where it leads nowhere that is asked.
func (c *LinkChecker) address(text string) *url.URL {
	to, err := url.Parse(text)
	if err != nil || keyed.MatchString(text) || strings.ContainsAny(text, "{}$") || !c.mayVisit(to) {
		return nil
	}
	return to
}

// mayVisit reports whether an address is one that links may lead to, as far as it tells by itself.
func (c *LinkChecker) mayVisit(to *url.URL) bool {
	usual := map[string]string{"http": "80", "https": "443"}[to.Scheme]
	if usual == "" || to.Hostname() == "" || to.User != nil {
		return false
	}
	port := cmp.Or(to.Port(), usual)
	return port == "80" || port == "443" || slices.Contains(c.Ports, strings.ToLower(to.Hostname())+":"+port)
}

// linkRound is one round through links.
type linkRound struct {
	*LinkChecker
	visitor *visitor
	of      int
	end     time.Time

	mu   sync.Mutex
	free *sync.Cond // of mu: a host has less to do
	due  []metrics.Link
	busy map[string]int // links that are being asked, by host
	done []metrics.Link // not yet kept
	sum  Asked
	err  error
}

// work asks one link after the other.
func (x *linkRound) work(ctx context.Context) {
	for {
		l, host := x.next(ctx)
		if host == "" {
			return
		}
		found, status := x.visitor.visit(ctx, l.URL)
		x.note(l, host, found, status, ctx.Err() != nil)
	}
}

// next takes the first link whose host has little to do, and waits where there is none; host is "" where all are taken, or no
// more are to be.
func (x *linkRound) next(ctx context.Context) (l metrics.Link, host string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for ctx.Err() == nil && x.err == nil && x.Now().Before(x.end) && len(x.due) > 0 {
		i := slices.IndexFunc(x.due, func(l metrics.Link) bool { return x.busy[hostOf(l.URL)] < linksAtOnceHost })
		if i >= 0 {
			l, host = x.due[i], hostOf(x.due[i].URL)
			x.due = slices.Delete(x.due, i, i+1)
			x.busy[host]++
			return l, host
		}
		x.free.Wait() // some are being asked, else there would be one
	}
	return l, ""
}

// note notes what was found out; of a link whose asking was broken off, nothing.
func (x *linkRound) note(l metrics.Link, host string, found metrics.Truth, status int, brokenOff bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.busy[host]--
	x.free.Broadcast()
	if brokenOff {
		return
	}
	l = l.After(found, status, metrics.At(x.Now()))
	x.done = append(x.done, l)
	x.sum.Asked++
	if l.Answers == metrics.No {
		x.sum.Dead++
	}
	if x.Progress != nil {
		x.Progress(x.sum.Asked, x.of)
	}
	if len(x.done) >= linksWritten {
		x.keep()
	}
}

// keep has kept what was found out. It is called with mu held, or when nobody works any more.
func (x *linkRound) keep() {
	if len(x.done) > 0 && x.err == nil {
		x.err = x.Keep(x.done)
	}
	x.done = nil
}

func hostOf(text string) string {
	to, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return strings.ToLower(to.Host)
}
