package gitlabtest

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// Limits are what may be asked. A zero field is the documented limit of gitlab.com, and what is never reached
// is none.
type Limits struct {
	Minute        int // requests a minute of a user; 2,000
	Anonymous     int // requests a minute of who is not signed in; 500
	Projects      int // GET /projects, in 10 minutes; 2,000
	GroupProjects int // GET /groups/{id}/projects, a minute; 600
	Project       int // GET /projects/{id}, a minute; 400
	Files         int // the files API, a minute; 500
	Raw           int // raw blobs, a minute and project; 300
	Complexity    int // of a query of GraphQL; 250, for administrators 300
}

func (l Limits) completed() Limits {
	or := func(field *int, documented int) { *field = cmp.Or(*field, documented) }
	or(&l.Minute, 2_000)
	or(&l.Anonymous, 500)
	or(&l.Projects, 2_000)
	or(&l.GroupProjects, 600)
	or(&l.Project, 400)
	or(&l.Files, 500)
	or(&l.Raw, 300)
	or(&l.Complexity, 250)
	return l
}

// limit names a limit of the application. The zero limit is none.
type limit int

// Limits of the application.
const (
	noLimit limit = iota
	projectsLimit
	groupProjectsLimit
	projectLimit
	filesLimit
	rawLimit
)

// of returns how much a limit allows in which time, and for whom it is counted.
func (l Limits) of(c *call) (most int, period time.Duration, whose string) {
	whose = c.Account
	switch c.route.limit {
	case projectsLimit:
		return l.Projects, 10 * time.Minute, whose
	case groupProjectsLimit:
		return l.GroupProjects, time.Minute, whose
	case projectLimit:
		return l.Project, time.Minute, whose
	case filesLimit:
		return l.Files, time.Minute, whose
	case rawLimit:
		return l.Raw, time.Minute, c.Path("id")
	}
	return 0, 0, ""
}

// window counts what was asked in a period that begins by the clock, not by the first request.
type window struct {
	used  int
	begin time.Time
}

func (w *window) at(now time.Time, period time.Duration) *window {
	if begin := now.Truncate(period); !begin.Equal(w.begin) {
		w.used, w.begin = 0, begin
	}
	return w
}

type limiter struct {
	mu     sync.Mutex
	limits Limits
	used   map[string]*window
	counts Counts
}

func (l *limiter) window(name string) *window {
	if l.used[name] == nil {
		l.used[name] = &window{}
	}
	return l.used[name]
}

// Use takes requests from what a user may still ask this minute, as other programs of theirs would.
func (p *Peer) Use(user string, requests int) {
	p.limits.mu.Lock()
	defer p.limits.mu.Unlock()
	p.limits.window("account "+user).at(p.Now(), time.Minute).used += requests
}

// most is what the account of a call may ask in a minute, and the name of that limit.
func (l *limiter) most(c *call) (int, string) {
	if c.token == nil {
		return l.limits.Anonymous, "throttle_unauthenticated_api"
	}
	return l.limits.Minute, "throttle_authenticated_api"
}

// admit lets a request pass, or refuses it because too much was asked.
func (l *limiter) admit(c *call) error {
	if c.peer.config.Unlimited {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := c.peer.Now()
	w := l.window("account "+c.Account).at(now, time.Minute)
	w.used++
	if most, _ := l.most(c); w.used > most {
		l.counts.Exhausted++
		return throttled(now)
	}
	if c.route.limit == noLimit {
		return nil
	}
	most, period, whose := l.limits.of(c)
	w = l.window(fmt.Sprintf("limit %d %s", c.route.limit, whose)).at(now, period)
	if w.used++; w.used > most {
		l.counts.Refused++
		return overApplicationLimit()
	}
	return nil
}

// throttled refuses who asked too much in this minute, and says when it ends.
func throttled(now time.Time) *hosttest.Refusal {
	no := hosttest.Refuse(http.StatusTooManyRequests, "Retry later")
	end := now.Truncate(time.Minute).Add(time.Minute)
	no.Header.Set("Retry-After", strconv.Itoa(int((end.Sub(now)+time.Second-1)/time.Second)))
	no.Header.Set("RateLimit-ResetTime", end.Format(http.TimeFormat))
	no.Body = hosttest.Raw{Type: "text/plain", Text: "Retry later\n"}
	return no
}

// overApplicationLimit refuses who asked a route too often. Nothing says when it may be asked again.
func overApplicationLimit() *hosttest.Refusal {
	no := hosttest.Refuse(http.StatusTooManyRequests, "too often")
	no.Body = object{"message": object{"error": "This endpoint has been requested too many times. Try again later."}}
	return no
}

// describe tells in the header what remains of the minute.
func (l *limiter) describe(c *call) {
	if c.peer.config.Unlimited {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.window("account "+c.Account).at(c.peer.Now(), time.Minute)
	most, name := l.most(c)
	for header, value := range map[string]any{"Limit": most, "Observed": w.used, "Remaining": max(0, most-w.used),
		"Reset": w.begin.Add(time.Minute).Add(c.Host.Skewed()).Unix(), "Name": name} {
		c.Header.Set("Ratelimit-"+header, fmt.Sprint(value))
	}
}
