package dashboards

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// askedStore is a store that counts what it is asked.
type askedStore struct {
	query.DB
	asked atomic.Int64
}

func (c *askedStore) Select(ctx context.Context, dest any, sql string, args map[string]any) error {
	c.asked.Add(1)
	return c.DB.Select(ctx, dest, sql, args)
}

func (c *askedStore) Each(ctx context.Context, sql string, args map[string]any, into []any, row func() error) error {
	c.asked.Add(1)
	return c.DB.Each(ctx, sql, args, into, row)
}

// TestWarm opens the pages that were made ready: the store is not asked for them, until data or the hour change.
func TestWarm(t *testing.T) {
	store := openStore(t)
	db, now := &askedStore{DB: store}, clock().Add(time.Minute)
	cache := query.NewCache(db, func() time.Time { return now })
	p, err := New(Options{DB: cache, Now: func() time.Time { return now }})
	check(t, err)
	opened := func() int64 {
		before := db.asked.Load()
		for _, address := range []string{"/", "/path", "/path?path=ci", "/path?path=image", "/teams", "/states", "/catalog", "/friction", "/okrs", "/data", "/explore"} {
			if status, _, _ := get(t, p, address); status != 200 {
				t.Errorf("%s: got %d", address, status)
			}
		}
		return db.asked.Load() - before
	}
	for _, step := range []struct {
		name   string
		before func()
		new    bool
	}{
		{"at first", func() {}, true},
		{"in the same hour", func() { now = now.Add(20 * time.Minute) }, false},
		{"in the next", func() { now = now.Add(time.Hour) }, true},
		{"after a scan", func() {
			check(t, store.WriteScan(t.Context(), clickhouse.Scan{ID: 2, Began: at("2026-07-01T12:30:00Z"), Ended: at("2026-07-01T12:40:00Z"), Complete: true, Repos: repos}))
			cache.Forget()
		}, true},
	} {
		step.before()
		_, err := p.settled(t.Context()) // sees what changed
		check(t, err)
		now = now.Add(2 * time.Second)
		shown, err := p.settled(t.Context())
		check(t, err)
		before := db.asked.Load()
		if got := p.Warm(t.Context(), 0); got != shown {
			t.Errorf("%s: pages of %s were made ready, they show %s", step.name, got, shown)
		}
		if asked := db.asked.Load() - before; step.new != (asked > 20) {
			t.Errorf("%s: the store was asked %d questions to make pages ready, new is %t", step.name, asked, step.new)
		}
		if asked := opened(); asked > 0 {
			t.Errorf("%s: the store was asked %d questions for pages that were ready", step.name, asked)
		}
		before = db.asked.Load()
		if p.Warm(t.Context(), shown); db.asked.Load() != before {
			t.Errorf("%s: what was ready was made ready again", step.name)
		}
	}
}

// TestKeepWarm makes pages ready by itself, and ends with its context.
func TestKeepWarm(t *testing.T) {
	db, begun := &askedStore{DB: openStore(t)}, time.Now()
	now := func() time.Time { return clock().Add(time.Since(begun)) }
	p, err := New(Options{DB: query.NewCache(db, now), Now: now})
	check(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { p.KeepWarm(ctx); close(ended) }()
	for wait := time.Now(); db.asked.Load() < 20; time.Sleep(10 * time.Millisecond) {
		if time.Since(wait) > time.Minute {
			t.Fatalf("the store was asked %d questions within a minute", db.asked.Load())
		}
	}
	cancel()
	<-ended
}

// TestOutdatedPages opens pages while newer data are made ready: they show what they showed before and say so, for two minutes at
// most; other pages, and those that are asked for something else, show what is new.
func TestOutdatedPages(t *testing.T) {
	store, now := openStore(t), clock().Add(time.Minute)
	cache := query.NewCache(store, func() time.Time { return now })
	p, err := New(Options{DB: cache, Now: func() time.Time { return now }})
	check(t, err)
	p.ready.keep(true)
	p.ready.least = 0
	at := func() metrics.Instant {
		t.Helper()
		shown, err := p.settled(t.Context())
		check(t, err)
		return shown
	}
	scan := func(id uint64) {
		ended := metrics.At(now)
		check(t, store.WriteScan(t.Context(), clickhouse.Scan{ID: id, Began: ended - 60, Ended: ended, Complete: true, Repos: repos}))
		cache.Forget()
		at() // sees it
		now = now.Add(3 * time.Second)
	}
	const notice = "Newer data came a moment ago."
	says := func(step, address, age string, old bool) {
		t.Helper()
		_, root, text := get(t, p, address)
		if shown := words(root); strings.Contains(shown, notice) != old || !strings.Contains(shown, ", "+age) {
			t.Errorf("%s: %s is old: %t, want %t, and a scan that ended %s:\\n%.400s", step, address, !old, old, age, shown)
		}
		holds(t, root, text)
	}
	at()
	now = now.Add(3 * time.Second)
	if p.Warm(t.Context(), 0) == 0 {
		t.Fatal("nothing was made ready")
	}
	says("made ready", "/", "12 hours ago", false)
	now = now.Add(time.Hour)
	for _, address := range []string{"/", "/path?path=ci", "/friction"} {
		says("in the next hour", address, "13 hours ago", false)
	}
	p.Warm(t.Context(), 0)
	now = now.Add(10 * time.Minute)
	scan(7)
	for _, address := range []string{"/", "/path?path=ci", "/teams", "/friction", "/explore", "/data"} {
		says("after a scan", address, "13 hours ago", true)
	}
	for _, address := range []string{"/teams?path=image", "/?as_of=2026-07-01", "/stays?path=ci", "/?team=team-03", "/path?path=ci&from=2026-01-01"} {
		says("after a scan, asked for more", address, "just now", false)
	}
	p.Warm(t.Context(), 0)
	says("made ready again", "/", "just now", false)
	scan(8)
	says("at first", "/", "just now", true)
	now = now.Add(3 * time.Minute)
	says("after minutes in which nobody made it ready", "/", "3 minutes ago", false)
	p.ready.least = time.Hour
	p.Warm(t.Context(), 0)
	scan(10)
	says("which takes no time", "/", "just now", false)
	p.ready.keep(false)
	scan(9)
	says("nobody makes pages ready", "/", "just now", false)
}
