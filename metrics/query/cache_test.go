package query_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// counting is a store that counts the statements that it is given.
type counting struct {
	query.DB
	mu    sync.Mutex
	asked int
	fails error
}

func (c *counting) Select(ctx context.Context, dest any, sql string, args map[string]any) error {
	c.mu.Lock()
	c.asked++
	c.mu.Unlock()
	if c.fails != nil {
		return c.fails
	}
	return c.DB.Select(ctx, dest, sql, args)
}

func (c *counting) Each(ctx context.Context, sql string, args map[string]any, into []any, row func() error) error {
	c.mu.Lock()
	c.asked++
	c.mu.Unlock()
	if c.fails != nil {
		return c.fails
	}
	return c.DB.Each(ctx, sql, args, into, row)
}

// cached is a store of one unit behind a cache, at a time that tests move.
type cached struct {
	t     *testing.T
	store *clickhouse.DB
	db    *counting
	cache *query.Cache
	now   time.Time
}

func newCached(t *testing.T) *cached {
	c := &cached{t: t, store: openStore(t), now: time.Date(2024, 5, 1, 10, 0, 30, 0, time.UTC)}
	c.db = &counting{DB: c.store}
	c.cache = query.NewCache(c.db, func() time.Time { return c.now })
	c.publish(1, "on")
	return c
}

func (c *cached) publish(g clickhouse.Generation, state string) {
	w := &world{t: c.t, names: map[string]metrics.RepoID{}}
	w.path(w.line("ci"))
	w.span(w.line(fmt.Sprintf("acme/pay ci 2024-01-01.. state=%s origin=chosen choice", state)))
	if err := c.store.Write(c.t.Context(), &w.facts); err != nil {
		c.t.Fatal(err)
	}
	publish(c.t, c.store, g, w.defs, w.made)
}

// state asks for the state of the one unit, and how many statements that took.
func (c *cached) state(asOf string) (state string, statements int) {
	c.t.Helper()
	before := c.db.asked
	rows, err := query.States(c.t.Context(), c.cache, query.StatesQuestion{AsOf: at(asOf)})
	if err != nil || len(rows) != 1 {
		c.t.Fatalf("got %v and %v, want one row", rows, err)
	}
	return rows[0].State.String(), c.db.asked - before
}

func TestCache(t *testing.T) {
	c := newCached(t)
	for _, step := range []struct {
		name       string
		before     func()
		asOf       string
		state      string
		statements int
	}{
		{"the first time", func() {}, "2024-04-01", "on", 2},
		{"again", func() {}, "2024-04-01", "on", 0},
		{"another moment", func() {}, "2024-04-02", "on", 1},
		{"a second later", func() { c.now = c.now.Add(time.Second) }, "2024-04-01", "on", 1},
		{"after a change that nobody told of", func() { c.publish(2, "off") }, "2024-04-01", "on", 0},
		{"a second after it", func() { c.now = c.now.Add(time.Second) }, "2024-04-01", "off", 2},
		{"after a change that was told of", func() { c.publish(3, "on"); c.cache.Forget() }, "2024-04-01", "on", 2},
	} {
		step.before()
		state, statements := c.state(step.asOf)
		if diff := cmp.Diff([]any{state, statements}, []any{step.state, step.statements}); diff != "" {
			t.Errorf("%s: -got +want\n%s", step.name, diff)
		}
	}
}

// slow answers one question about the mark only when that is let through, with what it was when it was asked.
type slow struct {
	query.DB
	asked, let chan struct{}
	held       atomic.Bool
}

func (s *slow) Select(ctx context.Context, dest any, sql string, args map[string]any) error {
	err := s.DB.Select(ctx, dest, sql, args)
	if strings.HasPrefix(sql, "-- mark:") && s.held.CompareAndSwap(false, true) {
		close(s.asked)
		<-s.let
	}
	return err
}

// TestForgetOutlivesEarlierLookups: who looked before a change, and hears the answer after it, does not make others believe that
// nothing changed.
func TestForgetOutlivesEarlierLookups(t *testing.T) {
	for name, among := range map[string]bool{"nobody looked in between": false, "somebody looked in between": true} {
		t.Run(name, func(t *testing.T) {
			c := newCached(t)
			c.state("2024-04-01") // which is kept
			s := &slow{DB: c.db.DB, asked: make(chan struct{}), let: make(chan struct{})}
			c.db.DB = s
			c.now = c.now.Add(time.Second)
			heard := make(chan error)
			go func() {
				_, err := query.States(t.Context(), c.cache, query.StatesQuestion{AsOf: at("2024-04-02")})
				heard <- err
			}()
			<-s.asked
			c.publish(2, "off")
			c.cache.Forget()
			if among {
				if state, _ := c.state("2024-04-01"); state != "off" {
					t.Errorf("while the other waits it is %s", state)
				}
			}
			close(s.let)
			if err := <-heard; err != nil {
				t.Fatal(err)
			}
			if state, _ := c.state("2024-04-01"); state != "off" {
				t.Errorf("after a change that was told of it is %s still", state)
			}
		})
	}
}

// TestCacheForgetsWhatWasNotFrozen: a scan freezes baselines after it is on record.
func TestCacheForgetsWhatWasNotFrozen(t *testing.T) {
	c := newCached(t)
	k := metrics.KeyResult{
		Key: "k", Measure: "adoption.repos.total", Path: "ci", Target: 1, From: at("2024-04-01"), To: at("2024-12-31"), Weight: 1,
		Baseline: metrics.Baseline{At: at("2024-04-01")},
	}
	frozen := func() *time.Time {
		rows, err := query.OKRs(t.Context(), c.cache, []metrics.Objective{{Key: "o", Results: []metrics.KeyResult{k}}}, at("2024-05-01"))
		if err != nil || len(rows) != 1 {
			t.Fatalf("got %v and %v, want one row", rows, err)
		}
		return rows[0].BaselineFrozen
	}
	if got := frozen(); got != nil {
		t.Fatalf("frozen at %v before anybody did", got)
	}
	baseline := metrics.FrozenBaseline{Objective: "o", Key: "k", Question: k.Question(), At: k.Baseline.At, Value: 0.5, Frozen: at("2024-04-30")}
	if err := c.store.WriteBaselines(t.Context(), []metrics.FrozenBaseline{baseline}); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(time.Second)
	if got := frozen(); got == nil || !got.Equal(baseline.Frozen.Time()) {
		t.Errorf("got %v, want %v", got, baseline.Frozen)
	}
}

func TestCacheKeepsNoFailure(t *testing.T) {
	c := newCached(t)
	c.state("2024-04-01")
	c.db.fails = errors.New("gone")
	if _, err := query.States(t.Context(), c.cache, query.StatesQuestion{AsOf: at("2024-04-03")}); !errors.Is(err, c.db.fails) {
		t.Errorf("got %v, want %v", err, c.db.fails)
	}
	c.db.fails = nil
	c.state("2024-04-03")
}

// TestKept keeps what is made of data under a key, until they change.
func TestKept(t *testing.T) {
	c := newCached(t)
	for _, step := range []struct {
		name   string
		before func()
		key    string
		db     query.DB
		made   bool
	}{
		{"the first time", func() {}, "a", c.cache, true},
		{"again", func() {}, "a", c.cache, false},
		{"something else", func() {}, "b", c.cache, true},
		{"after a change", func() { c.publish(2, "off"); c.cache.Forget() }, "a", c.cache, true},
		{"without a cache", func() {}, "a", c.db, true},
	} {
		step.before()
		made := false
		got, err := query.Kept(t.Context(), step.db, step.key, func() ([]string, error) { made = true; return []string{step.key}, nil })
		if err != nil || len(got) != 1 || got[0] != step.key || made != step.made {
			t.Errorf("%s: got %v (%v), made %t, want it made %t", step.name, got, err, made, step.made)
		}
	}
}

// held is a store whose statements wait.
type held struct {
	query.DB
	asked chan string   // what the statements are about, when they begin
	free  chan struct{} // closed to let them go on
}

func (h *held) Select(ctx context.Context, dest any, sql string, args map[string]any) error {
	if !strings.HasPrefix(sql, "SELECT DISTINCT key") {
		return h.DB.Select(ctx, dest, sql, args)
	}
	h.asked <- sql
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-h.free:
		return h.DB.Select(ctx, dest, sql, args)
	}
}

// TestCacheAsksOnce asks for the same at the same time: the store is asked once, and once more where whoever asked first did
// not wait for it.
func TestCacheAsksOnce(t *testing.T) {
	type row struct {
		Key string `ch:"path"`
	}
	for _, impatient := range []bool{false, true} {
		t.Run(fmt.Sprintf("impatient=%t", impatient), func(t *testing.T) {
			c := newCached(t)
			store := &held{DB: c.store, asked: make(chan string, 100), free: make(chan struct{})}
			cache := query.NewCache(store, func() time.Time { return c.now })
			ctx, leave := context.WithCancel(t.Context())
			type got struct {
				rows []row
				err  error
			}
			answers := make(chan got, 20)
			ask := func(ctx context.Context) {
				var g got
				g.err = cache.Select(ctx, &g.rows, "SELECT DISTINCT key AS path FROM paths", nil)
				answers <- g
			}
			go ask(ctx)
			<-store.asked
			for range 9 {
				go ask(t.Context())
			}
			time.Sleep(50 * time.Millisecond) // they wait now
			if impatient {
				leave()
				if g := <-answers; !errors.Is(g.err, context.Canceled) {
					t.Errorf("whoever left got %v, %v", g.rows, g.err)
				}
				<-store.asked // another one asks
			}
			time.Sleep(50 * time.Millisecond)
			close(store.free)
			for range 9 {
				if g := <-answers; g.err != nil || len(g.rows) != 1 || g.rows[0].Key != "ci" {
					t.Errorf("got %v, %v", g.rows, g.err)
				}
			}
			leave()
			if len(store.asked) > 0 {
				t.Errorf("the store was asked %d times more", len(store.asked))
			}
		})
	}
}

func TestCacheRowsAreTheAskersOwn(t *testing.T) {
	c := newCached(t)
	type row struct {
		Key string `ch:"path"`
	}
	for range 2 {
		var rows []row
		if err := c.cache.Select(t.Context(), &rows, "SELECT DISTINCT key AS path FROM paths", nil); err != nil {
			t.Fatal(err)
		}
		if rows[0].Key != "ci" {
			t.Fatalf("got %q, want ci", rows[0].Key)
		}
		rows[0].Key = "scribbled over"
	}
}

func TestCacheSettled(t *testing.T) {
	c := newCached(t)
	for _, step := range []struct {
		name   string
		before func()
		want   string
	}{
		{"the data were just seen", func() {}, "2024-05-01T10:00:30Z"},
		{"in the same minute", func() { c.now = c.now.Add(20 * time.Second) }, "2024-05-01T10:00:31Z"},
		{"in the next", func() { c.now = c.now.Add(40 * time.Second) }, "2024-05-01T10:01:00Z"},
		{"after a change", func() { c.publish(2, "off"); c.cache.Forget() }, "2024-05-01T10:01:30Z"},
		{"later in that minute", func() { c.now = c.now.Add(9 * time.Second) }, "2024-05-01T10:01:31Z"},
		{"in the next hour", func() { c.now = c.now.Add(time.Hour) }, "2024-05-01T11:01:00Z"},
	} {
		step.before()
		got, err := c.cache.Settled(t.Context(), 60)
		if err != nil || got.String() != step.want {
			t.Errorf("%s: got %s (%v), want %s", step.name, got, err, step.want)
		}
	}
	if got, err := c.cache.Settled(t.Context(), 3600); err != nil || got.String() != "2024-05-01T11:00:00Z" {
		t.Errorf("within the hour: got %s (%v), want its begin", got, err)
	}
}

// BenchmarkCached asks for a series again: what is promised is less than 5 ms.
func BenchmarkCached(b *testing.B) {
	w := &world{t: b, names: map[string]metrics.RepoID{}}
	for p := range 8 {
		w.path(w.line(fmt.Sprintf("path%d", p)))
		for u := range 50 {
			w.span(w.line(fmt.Sprintf("acme/r%d path%d 2014-01-01.. team=t%d state=on origin=chosen choice", u, p, u%10)))
		}
	}
	db := openStore(b)
	w.write(db)
	cache := query.NewCache(db, time.Now)
	q := query.AdoptionQuestion{Interval: query.Month, From: at("2014-01-01"), To: at("2024-01-01"), AsOf: at("2024-01-01")}
	if _, err := query.Adoption(b.Context(), cache, q); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := query.Adoption(b.Context(), cache, q); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "cached-ms")
}
