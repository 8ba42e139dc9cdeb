package dashboards

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// policy lets a page load what the binary serves and nothing else; there are no inline scripts or styles.
const policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

// pageTimeout is how long all the questions of one page may take.
const pageTimeout = 30 * time.Second

// layout is what the frame around every page shows.
type layout struct {
	Title, Heading, Intro string
	Org, Version          string
	Nav                   []navItem
	Charts, ChartsBuilt   bool
	Freshness             *freshness
	Outdated              bool // newer data are in force, and this page has them soon
	Body                  any
}

type navItem struct {
	Title, Href string
	Current     bool
}

// freshness says, on every page, what moment it shows, how old the newest scan is and how much is unknown.
type freshness struct {
	AsOf        stamp
	Scanned     *stamp // nil before the first scan
	Age         string
	Complete    bool
	Unknown     bool
	Before      string // that the moment is before the first scan; "" where it is not
	UnknownText string
	UnknownHref string
	NotRead     string   // how many of them are of parts that no scan read; "" for none
	Ahead       sentence // that the page shows a moment of which nothing was read; nil where that was
	ended       metrics.Instant
}

// stamp is a time in words and for machines: a moment at which something happened, which is shown as it was where the viewer is. A
// day that somebody named, as that of a launch, is the same everywhere: it stands in words alone, as do the days of periods.
type stamp struct{ Machine, Text string }

// sentence is words with times among them; the words are stamps without a time for machines.
type sentence []stamp

// plain is a part of a sentence without a time.
func plain(text string) stamp { return stamp{Text: text} }

// String is the sentence with its times in UTC.
func (s sentence) String() string {
	text := ""
	for _, part := range s {
		text += part.Text
	}
	return text
}

func newStamp(t metrics.Instant, words func(metrics.Instant) string) stamp {
	return stamp{Machine: t.String(), Text: words(t)}
}

// ServeHTTP implements http.Handler.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	p.mux.ServeHTTP(w, r)
}

// serve answers for a page.
func (p *Pages) serve(page page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
		defer cancel()
		now, err := p.settled(ctx)
		p.looked.Store(p.Now().Unix())
		q := p.request(r.URL, now)
		var l layout
		if err == nil {
			opened, begun := page.opened(q), time.Now()
			var old bool
			if l, old = p.outdated(opened, q); old {
				p.frame(&l, q, page)
				p.write(w, r, http.StatusOK, p.templates[page.address], l)
				return
			}
			if l, err = p.fill(ctx, page, q); opened != "" {
				p.ready.note(opened, time.Since(begun))
			}
		}
		status, name := http.StatusOK, page.address
		if len(q.mistakes) > 0 {
			status = http.StatusBadRequest // the page says what and shows itself without it
		}
		if err != nil {
			status, name = statusOf(err), problemPage
			if status >= http.StatusInternalServerError {
				p.Log.LogAttrs(ctx, slog.LevelError, "page failed", slog.String("page", r.URL.Path), slog.Any("error", err))
			}
			l.Heading, l.Intro, l.Body = headingOf(status), "", newProblem(status, err)
		}
		p.frame(&l, q, page)
		if q.values["embed"] != "" {
			p.embed(w, r, q, &l, status)
			return
		}
		if file, ok := l.Body.(exporter); ok && err == nil && len(q.mistakes) == 0 && q.values["format"] == formatCSV {
			p.export(w, r, file)
			return
		}
		q.embeddable(l.Body)
		p.write(w, r, status, p.templates[name], l)
	})
}

// request reads what an address asks for, at a moment.
func (p *Pages) request(u *url.URL, now metrics.Instant) *request {
	q := parseRequest(u, now)
	q.clock = metrics.At(p.Now())
	return q
}

// settledWithin is how long pages show one moment as now while nothing is read: an hour, so that answers are kept.
const settledWithin = 3600

// settled is now, for questions: where answers are kept, those of one hour are asked for one moment, unless the data changed in
// between.
func (p *Pages) settled(ctx context.Context) (metrics.Instant, error) {
	if cache, ok := p.DB.(*query.Cache); ok {
		return cache.Settled(ctx, settledWithin)
	}
	return metrics.At(p.Now()), nil
}

// fill asks what a page shows. What every page shows is there even when the page was asked for wrongly.
func (p *Pages) fill(ctx context.Context, page page, q *request) (layout, error) {
	c, failed := page.fill(ctx, p, q)
	if failed != nil && statusOf(failed) >= http.StatusInternalServerError {
		return layout{}, failed
	}
	fresh, err := query.Fresh(ctx, p.DB, q.asOf)
	return layout{Heading: c.heading, Intro: c.intro, Body: c.body, Freshness: newFreshness(q, fresh)}, errors.Join(failed, err)
}

func newFreshness(q *request, fresh query.Freshness) *freshness {
	f := freshness{AsOf: newStamp(q.asOf, minute), Complete: fresh.Complete, Unknown: fresh.Unknown > 0,
		UnknownText: plural(fresh.Unknown, "repository", "repositories"),
		UnknownHref: q.link("/states", nil, "state", metrics.Unknown.String())}
	if fresh.NotRead > 0 {
		f.NotRead = plural(fresh.NotRead, "repository", "repositories")
	}
	if fresh.Scanned > metrics.Beginning {
		scanned := newStamp(fresh.Scanned, minute)
		f.Scanned, f.Age, f.ended = &scanned, age(fresh.Scanned, q.clock), fresh.Scanned
	}
	if fresh.Before(q.asOf) {
		f.Before = beforeScans
	}
	f.Ahead = ahead(q, fresh.Scanned)
	return &f
}

// beforeScans is said of moments before the first scan: of these the history tells, but not what nobody could read.
const beforeScans = "No scan had been made by then: what could not be read since is not counted"

// ahead says that a page shows a moment well after everything that was read; nil where it does not.
func ahead(q *request, scanned metrics.Instant) sentence {
	if scanned == metrics.Beginning || q.asOf <= q.now && q.asOf-scanned <= week {
		return nil
	}
	return sentence{plain("Nothing is known of what came after the newest scan, of "), newStamp(scanned, day), plain(". Figures as of " + minute(q.asOf) + " take all for unchanged since, and the time since for time stayed.")}
}

// frame fills in what the layout shows around every page. Going to another one keeps the moment, the team and the group.
func (p *Pages) frame(l *layout, q *request, current page) {
	l.Title, l.Org, l.Version = l.Heading, p.Org, p.Version
	l.Charts, l.ChartsBuilt = current.charts, p.assets.has(chartLibrary)
	for _, page := range pages() {
		if page.title != "" {
			l.Nav = append(l.Nav, navItem{page.title, q.link(page.address, whose), page.address == current.address})
		}
	}
}

// write renders a page whole before it sends any of it.
func (p *Pages) write(w http.ResponseWriter, r *http.Request, status int, t *template.Template, l layout) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", l); err != nil {
		p.Log.LogAttrs(r.Context(), slog.LevelError, "render page", slog.String("page", r.URL.Path), slog.Any("error", err))
		http.Error(w, "this page could not be rendered; the log says why", http.StatusInternalServerError)
		return
	}
	body := unturned(b.Bytes())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Vary", "Authorization")
	if tag := fmt.Sprintf(`"%016x"`, metrics.Fingerprint(string(body))); status == http.StatusOK {
		w.Header().Set("ETag", tag)
		if slices.Contains(strings.Split(r.Header.Get("If-None-Match"), ", "), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		p.Log.Debug("send page", "page", r.URL.Path, "error", err)
	}
}

// unturned replaces, in place, what turns the direction of all text around it: names may have it, and would turn the words of a
// page.
func unturned(text []byte) []byte {
	for i := 0; i+2 < len(text); i++ {
		next := bytes.IndexByte(text[i:], 0xe2) // the first byte of each of them
		if next < 0 {
			break
		}
		if i += next; i+2 < len(text) {
			embeds := text[i+1] == 0x80 && text[i+2] >= 0xaa && text[i+2] <= 0xae   // U+202A to U+202E
			isolates := text[i+1] == 0x81 && text[i+2] >= 0xa6 && text[i+2] <= 0xa9 // U+2066 to U+2069
			if embeds || isolates {
				copy(text[i:], "\ufffd")
			}
		}
	}
	return text
}
