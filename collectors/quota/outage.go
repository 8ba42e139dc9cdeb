package quota

import (
	"cmp"
	"fmt"
	"net/http"
	"time"
)

// A host that cannot be reached for outageTime, and in so many tries in a row, is not asked any more in a run. Where it answers
// that long that it is not well, whoever asks for the same of one thing after the other asks no more, and nobody does where
// that is so whatever is asked for.
const (
	outageTime   = time.Minute
	outageTries  = 6
	outageThings = 3 // different ones
)

// What is kept of a host as a whole, beside what is asked for.
const (
	noneReached = "nothing is reached"
	noneWell    = "nothing is well"
)

// outage is a row of tries that a host failed at once, rather than that it let them wait (see silence).
type outage struct {
	tries      int
	things     int       // different ones
	thing      string    // the last of them
	began, end time.Time // of the first and the last try
	err        error     // of the last try
}

// over reports whether it has lasted too long.
func (o *outage) over(things int) bool {
	return o != nil && o.tries >= outageTries && o.things >= things && o.end.Sub(o.began) >= outageTime
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
		p.fail(noneReached, l.path, 1, err)
		p.fail(noneWell, l.about, outageThings, err)
	default:
		err := fmt.Errorf("it answers %d %s", a.status, http.StatusText(a.status))
		if p.fail(noneWell, l.about, outageThings, err); !l.resource.Queries { // which are asked in parts
			p.fail(l.about, l.path, outageThings, err)
		}
	}
}

// fail notes a try that failed at one thing.
func (p *Pool) fail(about, thing string, things int, err error) {
	o := p.outages[about]
	if o == nil {
		o = &outage{began: time.Now()}
		p.outages[about] = o
	}
	before, asked := o.over(things), about
	if about == noneReached || about == noneWell {
		asked = "anything"
	}
	if o.thing != thing {
		o.things++
	}
	o.tries, o.thing, o.end, o.err = o.tries+1, thing, time.Now(), err
	log := p.log.With("source", p.config.Source, "host", p.config.Base.Host, "asked", asked, "tries", o.tries, "error", cmp.Or(Words(p.config.Base.Host, err), err.Error()))
	switch {
	case o.over(things) && !before:
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
	for about, things := range map[string]int{noneReached: 1, noneWell: outageThings, q.about: outageThings} {
		if o := p.outages[about]; o.over(things) {
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
