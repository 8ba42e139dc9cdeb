package quota

import (
	"context"
	"net/http"
	"time"
)

// How many requests in a row that ask for the same of one thing after the other, and are not answered in time, are the last
// of a run. The first is tried as often as others, the next ones once.
const (
	silentRequests = 3
	// silentQueries is more: one query is divided ten times before it is known that a single thing keeps it from being
	// answered, and each part counts.
	silentQueries = 12
)

// silence is what a host does not answer in time.
type silence struct {
	row  int       // requests in a row that were not answered
	path string    // of the last of them
	end  time.Time // of the last of them
}

type aboutKey struct{}

// About returns a context whose queries ask for something, so that queries for other things go on where the host does not
// answer these.
func About(ctx context.Context, what string) context.Context {
	return context.WithValue(ctx, aboutKey{}, what)
}

// about names what a request asks for: the same for each of many repositories.
func (f *Family) about(req *http.Request, q ask) string {
	what, _ := req.Context().Value(aboutKey{}).(string)
	switch {
	case q.resource.Queries && what != "":
		return what
	case f.Things == nil:
		return req.URL.Path
	}
	return f.Things.ReplaceAllString(req.URL.EscapedPath(), "$1/*")
}

// silent says that a host was asked for something often enough without an answer; nil where it was not.
func (p *Pool) silent(q ask) error {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	s := p.silences[q.about]
	if s == nil || s.row < q.patience() {
		return nil
	}
	return &lateness{source: p.config.Source, timeout: p.timeout, row: s.row}
}

// patience is how many requests in a row may stay without an answer.
func (q ask) patience() int {
	if q.resource.Queries {
		return silentQueries
	}
	return silentRequests
}

// tired reports whether the request before was not answered either, so that one try is enough.
func (p *Pool) tired(q ask) bool {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	s := p.silences[q.about]
	return s != nil && (q.resource.Queries || s.path != q.path)
}

// hear takes what became of a request whose last try began at some time. Those that were under way when one before was
// given up say nothing new, and neither does the same one asked again.
func (p *Pool) hear(q ask, began time.Time, err error) {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	s := p.silences[q.about]
	switch {
	case err == nil:
		delete(p.silences, q.about)
		return
	case !Late(err):
		return
	case s == nil:
		s = &silence{}
		p.silences[q.about] = s
	case began.Before(s.end), s.path == q.path && !q.resource.Queries:
		return
	}
	s.row, s.path, s.end = s.row+1, q.path, time.Now()
	if s.row == q.patience() {
		p.log.Warn("the host does not answer: it is not asked for that any more in this run", "source", p.config.Source, "host", p.config.Base.Host, "asked", q.about,
			"times", s.row, "timeout", p.timeout)
	}
}

// quiet is how long an answer is waited for before somebody is told.
const quiet = 20 * time.Second

// listen tells the log once a run that an answer is waited for. Whoever bounds the wait for one knows that it is.
func (p *Pool) listen(req *http.Request, q ask) (stop func() bool) {
	if until, bound := req.Context().Deadline(); bound && time.Until(until) <= p.timeout {
		return func() bool { return false }
	}
	return time.AfterFunc(quiet, func() {
		p.shared.mu.Lock()
		defer p.shared.mu.Unlock()
		if !p.awaiting {
			p.awaiting = true
			p.log.Warn("still waiting for an answer", "source", p.config.Source, "host", p.config.Base.Host, "asked", q.about, "timeout", p.timeout)
		}
	}).Stop
}
