package githubtest

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// Limits are what one account may ask. A zero field is the documented limit, and what is never reached is
// none.
type Limits struct {
	REST          int // requests an hour; 5,000
	Anonymous     int // requests an hour of who is not signed in; 60
	GraphQL       int // points an hour; 5,000
	Concurrent    int // at once, REST and GraphQL together; 100
	RESTMinute    int // points a minute: each read is 1; 900
	GraphQLMinute int // points a minute: each query is 1; 2,000

	CPU        time.Duration // processor time a minute; 90 s
	GraphQLCPU time.Duration // of that for GraphQL; 60 s
	Timeout    time.Duration // of one query; 10 s

	TimeoutPoints int           // points that a query costs besides, which took too long; 10, for which there is no documented number
	Pause         time.Duration // how long who violates a secondary limit has to wait; 60 s
}

func (l Limits) completed() Limits {
	or := func(field *int, documented int) { *field = cmp.Or(*field, documented) }
	or(&l.REST, 5_000)
	or(&l.Anonymous, 60)
	or(&l.GraphQL, 5_000)
	or(&l.Concurrent, 100)
	or(&l.RESTMinute, 900)
	or(&l.GraphQLMinute, 2_000)
	or(&l.TimeoutPoints, 10)
	l.CPU, l.GraphQLCPU = cmp.Or(l.CPU, 90*time.Second), cmp.Or(l.GraphQLCPU, time.Minute)
	l.Timeout, l.Pause = cmp.Or(l.Timeout, 10*time.Second), cmp.Or(l.Pause, time.Minute)
	return l
}

// Costs are what requests take of the processor's time. No numbers are documented: those of DefaultCosts let
// a query of 25 repositories with 8 files of each take between 3 and 4 s, as is told of real ones.
type Costs struct {
	Request time.Duration // of REST
	Query   time.Duration // any query
	Alias   time.Duration // what a query asks for by name or id, each
	Object  time.Duration // each file or tree that it looks up
	Node    time.Duration // what it lists, each
}

// DefaultCosts are those of a peer that was given none.
func DefaultCosts() Costs {
	return Costs{Request: 20 * time.Millisecond, Query: 100 * time.Millisecond, Alias: 90 * time.Millisecond, Object: 5 * time.Millisecond, Node: time.Millisecond}
}

type limiter struct {
	mu       sync.Mutex
	limits   Limits
	accounts map[string]*usage
	counts   Counts
}

// Use takes points and requests from what an account may still ask this hour, as other programs of it would.
func (p *Peer) Use(login string, requests, points int) {
	p.limits.mu.Lock()
	defer p.limits.mu.Unlock()
	u, now := p.limits.of(login), p.Now()
	u.rest.at(now).used += requests
	u.graph.at(now).used += points
}

func (l *limiter) of(account string) *usage {
	if l.accounts[account] == nil {
		l.accounts[account] = &usage{}
	}
	return l.accounts[account]
}

func (c *call) GraphQL() bool { return c.route.pattern == GraphQL }

// admit lets a request pass, or refuses it because too much was asked.
func (l *limiter) admit(c *call) error {
	if c.peer.config.Unlimited {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	u, now := l.of(c.Account), c.peer.Now()
	if err := l.secondary(c, u, now); err != nil {
		return err
	}
	if c.GraphQL() {
		if u.graph.at(now).used >= l.limits.GraphQL {
			l.counts.Exhausted++
			return rateLimited(c)
		}
		return nil
	}
	if c.route.free || c.route.app {
		return nil
	}
	if u.rest.at(now).used >= l.rest(c) {
		l.counts.Exhausted++
		return hosttest.Refuse(http.StatusForbidden, "API rate limit exceeded for user ID 1.")
	}
	u.rest.used++
	return nil
}

func (l *limiter) rest(c *call) int {
	if c.token == nil {
		return l.limits.Anonymous
	}
	return l.limits.REST
}

// secondary counts a request against the limits of the moment and of the minute.
func (l *limiter) secondary(c *call, u *usage, now time.Time) error {
	over := false
	if c.GraphQL() {
		over = u.graphMinute.add(now) > l.limits.GraphQLMinute
	} else {
		over = u.restMinute.add(now) > l.limits.RESTMinute
	}
	if now.Before(u.blocked) || over || c.AtOnce > l.limits.Concurrent || c.Fault.Is(Secondary) {
		return l.violated(c, u, now)
	}
	if !c.GraphQL() {
		return l.process(c, u, now)
	}
	return nil
}

// process counts the processor's time that a request is about to take, and refuses it where the last minute
// had too much of it already.
func (l *limiter) process(c *call, u *usage, now time.Time) error {
	if !c.peer.config.Latency || c.peer.config.Unlimited {
		return nil
	}
	if u.processor.sum(now) > l.limits.CPU || c.GraphQL() && u.graphProcessor.sum(now) > l.limits.GraphQLCPU {
		return l.violated(c, u, now)
	}
	took := stretch{now, now.Add(min(c.cost, l.limits.Timeout))}
	u.processor = append(u.processor, took)
	if c.GraphQL() {
		u.graphProcessor = append(u.graphProcessor, took)
	}
	return nil
}

func (l *limiter) violated(c *call, u *usage, now time.Time) error {
	l.counts.Secondary++
	if !now.Before(u.blocked) {
		u.blocked = now.Add(l.limits.Pause)
	}
	status := http.StatusForbidden
	if c.peer.config.TooMany {
		status = http.StatusTooManyRequests
	}
	no := hosttest.Refuse(status, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.")
	no.Header.Set("Retry-After", strconv.Itoa(int((u.blocked.Sub(now)+time.Second-1)/time.Second)))
	no.Body = object{"message": no.Message, "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}
	return no
}

// charge takes the points of a query, which was let pass, and its processor time.
func (l *limiter) charge(c *call, points int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	u, now := l.of(c.Account), c.peer.Now()
	if err := l.process(c, u, now); err != nil {
		return err
	}
	used := &u.graph.at(now).used
	if *used+points > l.limits.GraphQL && !c.peer.config.Unlimited {
		*used = l.limits.GraphQL
		return rateLimited(c)
	}
	late := c.cost > l.limits.Timeout
	if late {
		points += l.limits.TimeoutPoints
	}
	*used = min(*used+points, l.limits.GraphQL)
	l.counts.Points += points
	if late {
		return l.timedOut(c)
	}
	return nil
}

// timedOut answers a query that took too long, by 502 and 504 in turn.
func (l *limiter) timedOut(c *call) error {
	c.cost = l.limits.Timeout
	l.counts.TimedOut++
	if l.counts.TimedOut%2 == 0 {
		return gatewayTimeout()
	}
	return badGateway()
}

func (l *limiter) refund(c *call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(c.Account).rest.used--
	l.counts.NotModified++
}

// rateLimited says that the points of the hour are used up, which GraphQL does with status 200.
func rateLimited(c *call) error {
	no := hosttest.Refuse(http.StatusOK, "API rate limit exceeded for user ID 1.")
	no.Body = object{"errors": []any{object{"type": "RATE_LIMITED", "message": no.Message}}}
	return no
}

// allowance is what an account may ask of a resource in this hour.
type allowance struct {
	resource               string
	limit, used, remaining int
	reset                  time.Time
}

func (l *limiter) allowances(c *call) (rest, graph allowance) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u, now := l.of(c.Account), c.peer.Now()
	of := func(resource string, limit int, w *window) allowance {
		used := min(w.used, limit)
		return allowance{resource, limit, used, limit - used, w.reset.Add(c.Host.Skewed())}
	}
	return of("core", l.rest(c), u.rest.at(now)), of("graphql", l.limits.GraphQL, u.graph.at(now))
}

// describe tells in the header what remains. Nobody is told who is not known.
func (l *limiter) describe(c *call) {
	a, graph := l.allowances(c)
	if c.GraphQL() {
		a = graph
	}
	if c.peer.config.Unlimited || c.route.app || c.token == nil && credential(c.Request) != "" {
		return
	}
	for name, value := range map[string]int{"Limit": a.limit, "Used": a.used, "Remaining": a.remaining, "Reset": int(a.reset.Unix())} {
		c.Header.Set("X-Ratelimit-"+name, fmt.Sprint(value))
	}
	c.Header.Set("X-Ratelimit-Resource", a.resource)
}

// rateLimit answers GET /rate_limit.
func rateLimit(c *call) (any, error) {
	if c.peer.config.Unlimited {
		return nil, hosttest.Refuse(http.StatusNotFound, "Rate limiting is not enabled.")
	}
	rest, graph := c.peer.limits.allowances(c)
	show := func(a allowance) object {
		return object{"limit": a.limit, "used": a.used, "remaining": a.remaining, "reset": a.reset.Unix(), "resource": a.resource}
	}
	search := allowance{"search", 30, 0, 30, rest.reset}
	return object{"resources": object{"core": show(rest), "graphql": show(graph), "search": show(search)}, "rate": show(rest)}, nil
}
