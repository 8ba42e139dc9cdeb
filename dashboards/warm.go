package dashboards

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// How often it is looked whether pages show something new, and for how long after somebody looked at any.
const (
	warmEvery = 5 * time.Second
	warmUntil = 7 * 24 * time.Hour
)

// KeepWarm asks what the pages of the navigation show before anybody opens them: at first, and whenever that is new, which is so
// when data changed and with every hour. Until they are ready, who opens one sees what it showed before. It asks for one page after
// the other and takes half of the time at most, however often data change, and asks for none while nobody looked at pages for a week.
// It returns when ctx ends.
func (p *Pages) KeepWarm(ctx context.Context) {
	p.looked.Store(p.Now().Unix())
	p.ready.keep(true)
	defer p.ready.keep(false)
	var shown metrics.Instant
	for {
		begun := time.Now()
		if now := p.Now(); now.Sub(time.Unix(p.looked.Load(), 0)) < warmUntil {
			shown = p.Warm(ctx, shown)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(warmEvery, time.Since(begun))):
		}
	}
}

// Warm asks once what the pages of the navigation show, unless they still show the moment given. It returns the moment that they
// show.
func (p *Pages) Warm(ctx context.Context, shown metrics.Instant) metrics.Instant {
	at, err := p.settled(ctx)
	if err != nil || at == shown || at == metrics.At(p.Now()) { // a second later it is another one
		return shown
	}
	for _, page := range pages() {
		if page.title == "" {
			continue
		}
		for _, address := range p.firstOf(ctx, page) {
			if err := p.ask(ctx, page, address, at); err != nil && ctx.Err() == nil {
				p.Log.LogAttrs(ctx, slog.LevelWarn, "page not made ready", slog.String("page", address.String()), slog.Any("error", err))
			}
		}
	}
	return at
}

// firstOf lists the addresses under which a page is opened first: that of paths is opened for each of them.
func (p *Pages) firstOf(ctx context.Context, page page) []*url.URL {
	list := []*url.URL{{Path: page.address}}
	if page.address != "/path" {
		return list
	}
	paths, err := query.Paths(ctx, p.DB)
	if err != nil {
		return list
	}
	for _, path := range paths {
		list = append(list, &url.URL{Path: page.address, RawQuery: url.Values{"path": {string(path.Key)}}.Encode()})
	}
	return list
}

// ask asks what a page shows, and puts it on the shelf.
func (p *Pages) ask(ctx context.Context, page page, address *url.URL, at metrics.Instant) error {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	q := p.request(address, at)
	opened, begun := page.opened(q), time.Now()
	l, err := p.fill(ctx, page, q)
	if err != nil || len(q.mistakes) > 0 {
		return err
	}
	q.embeddable(l.Body)
	p.ready.put(opened, at, l)
	p.ready.note(opened, time.Since(begun))
	return nil
}
