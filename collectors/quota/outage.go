package quota

import (
	"cmp"
	"fmt"
	"net/http"
	"time"
)

// outageTime is how long a host may fail all that is asked before it is not asked any more in a run.
const outageTime = time.Minute

// lasting is in how many tries in a row it has to, and at how many things.
type lasting struct{ tries, things int }

var (
	notReached  = lasting{6, 1}
	notWell     = lasting{6, 3}             // whatever is asked for
	notWellSame = lasting{6, 20}            // the same is asked for, of one thing after the other
	notWellPart = lasting{silentQueries, 1} // the same, by queries that are divided
)

// What is kept of a host as a whole, beside what is asked for.
const (
	noneReached = "nothing is reached"
	noneWell    = "nothing is well"
)

// outage is a row of tries that a host failed at once, rather than that it let them wait (see silence).
type outage struct {
	tries      int
	things     map[string]bool
	began, end time.Time // of the first and the last try
	err        error     // of the last try
	over       bool      // it has lasted too long
}

// fare takes what became of a try: where it was answered at all, the host can be reached, and where it was answered well,
// what it asked for is there. A host that says when to come back is waited for.
func (p *Pool) fare(l *lease, a *answer, err error) {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	if err == nil {
		delete(p.outages, noneReached)
	}
	switch {
	case a.kind != failed && err == nil:
		delete(p.outages, l.about)
		delete(p.outages, noneWell)
	case a.kind != failed, Late(err), a.stay > 0:
	case err != nil:
		p.fail(noneReached, l.path, notReached, err)
		p.fail(noneWell, l.about, notWell, err)
	default:
		err := fmt.Errorf("it answers %d %s", a.status, http.StatusText(a.status))
		same := notWellSame
		if l.resource.Queries {
			same = notWellPart
		}
		p.fail(l.about, l.path, same, err)
		p.fail(noneWell, l.about, notWell, err)
	}
}

// fail notes a try that failed at one thing.
func (p *Pool) fail(about, thing string, most lasting, err error) {
	o := p.outages[about]
	if o == nil {
		o = &outage{began: time.Now(), things: map[string]bool{}}
		p.outages[about] = o
	}
	before, asked := o.over, about
	if about == noneReached || about == noneWell {
		asked = "anything"
	}
	o.tries, o.things[thing], o.end, o.err = o.tries+1, true, time.Now(), err
	o.over = o.tries >= most.tries && len(o.things) >= most.things && o.end.Sub(o.began) >= outageTime
	log := p.log.With("source", p.config.Source, "host", p.config.Base.Host, "asked", asked, "tries", o.tries, "error", cmp.Or(Words(p.config.Base.Host, err), err.Error()))
	switch {
	case o.over && !before:
		log.Warn("the host fails all requests: it is not asked for that any more in this run")
	case o.end.Sub(o.began) >= quiet && !p.failing:
		p.failing = true
		log.Warn("the host fails all requests, it is asked on")
	}
}

// out says that a host has failed all that was asked, or all that asked for the same, for too long; nil where it has not.
func (p *Pool) out(q ask) error {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	for _, about := range []string{noneReached, noneWell, q.about} {
		if o := p.outages[about]; o != nil && o.over {
			return &failing{source: p.config.Source, tries: o.tries, took: o.end.Sub(o.began).Round(time.Second), err: o.err}
		}
	}
	return nil
}

// failing is the error of a request that is not sent since the host failed so many before it in a row.
type failing struct {
	source string
	tries  int
	took   time.Duration
	err    error // of the last one
}

// Error implements error.
func (f *failing) Error() string {
	return fmt.Sprintf("%s: not asked: the host failed %d requests in a row, for %s: %v", f.source, f.tries, f.took, f.err)
}

// words say it of a host of some product.
func (f *failing) words(product string) string {
	return fmt.Sprintf("%s failed %d requests in a row, for %s, and is not asked for that any more in this run: %s", product, f.tries, f.took, cmp.Or(Words(product, f.err), f.err.Error()))
}

// Unwrap returns the error behind it.
func (f *failing) Unwrap() error { return f.err }
