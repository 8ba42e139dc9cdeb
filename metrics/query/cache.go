package query

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/trodden/trodden/metrics"
)

//go:embed mark.sql
var markSQL string

// Cache is a DB that keeps rows, and answers made of them, as long as the data stay the same: until a new
// generation is in force, or a scan ended. What is asked for twice at the same time is asked once. What this process
// changes is seen once Forget is called; what others change, within a second. It is safe for concurrent use; what it
// gives out shares what it points to, and must not be changed.
type Cache struct {
	db    DB
	now   func() time.Time
	asked singleflight.Group

	mu      sync.Mutex
	mark    uint64    // fingerprint of what the rows were asked of
	looked  time.Time // when the mark was looked up
	forgot  int       // how often whoever changed something told so
	changed time.Time // when it was seen to change
	kept    map[uint64]reflect.Value
	rows    int // that are kept
}

// How long data are taken to be as they were, and how many rows are kept: of one question, and of all. Rows that hold many count for more in all.
const (
	markHolds   = time.Second
	maxKeptRows = 20_000
	maxAllRows  = 400_000
)

// NewCache returns a cache in front of a store.
func NewCache(db DB, now func() time.Time) *Cache {
	return &Cache{db: db, now: now, kept: make(map[uint64]reflect.Value)}
}

// Forget makes the next question look whether the data changed.
func (c *Cache) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looked = time.Time{}
	c.forgot++
}

// Settled returns a moment that questions about now can be asked for together: the begin of the present minute, hour or whatever
// time within is, in seconds, or the last change of the data if that was after it.
func (c *Cache) Settled(ctx context.Context, within metrics.Instant) (metrics.Instant, error) {
	if _, err := c.current(ctx); err != nil {
		return 0, err
	}
	now := metrics.At(c.now())
	c.mu.Lock()
	defer c.mu.Unlock()
	return min(max(now-now%within, metrics.At(c.changed)+1), now), nil
}

// Select implements DB.
func (c *Cache) Select(ctx context.Context, dest any, sql string, args map[string]any) error {
	into := reflect.ValueOf(dest).Elem()
	rows, err := c.Remember(ctx, keyOf(sql, args), into.Type(), func() (reflect.Value, error) {
		own := reflect.New(into.Type()) // whoever asked first may not wait for it
		err := c.db.Select(ctx, own.Interface(), sql, args)
		return own.Elem(), err
	})
	if err == nil {
		into.Set(copied(rows))
	}
	return err
}

// Each implements DB. Its rows are not kept: what is made of so many is.
func (c *Cache) Each(ctx context.Context, sql string, args map[string]any, into []any, row func() error) error {
	return c.db.Each(ctx, sql, args, into, row)
}

// Remember implements keeper.
func (c *Cache) Remember(ctx context.Context, key uint64, as reflect.Type, work func() (reflect.Value, error)) (reflect.Value, error) {
	mark, err := c.current(ctx)
	if err != nil {
		return reflect.Value{}, err
	}
	if rows, ok := c.find(mark, key, as); ok {
		return rows, nil
	}
	rows, others, err := c.once(ctx, mark, key, as, work)
	for others && gaveUp(err) && ctx.Err() == nil { // whoever asked for it has gone
		rows, others, err = c.once(ctx, mark, key, as, work)
	}
	return rows, err
}

// once does work and keeps what it returns, or waits for what others who do the same get for it.
func (c *Cache) once(ctx context.Context, mark, key uint64, as reflect.Type, work func() (reflect.Value, error)) (rows reflect.Value, others bool, err error) {
	answer := c.asked.DoChan(fmt.Sprintf("%x %x %s", mark, key, as), func() (any, error) {
		rows, err := work()
		if err == nil {
			c.keep(mark, key, rows)
		}
		return rows, err
	})
	select {
	case <-ctx.Done():
		return reflect.Value{}, false, ctx.Err()
	case got := <-answer:
		return got.Val.(reflect.Value), got.Shared, got.Err
	}
}

// gaveUp reports whether somebody did not wait for an answer.
func gaveUp(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// copied returns rows that are whoever asked for them's own.
func copied(rows reflect.Value) reflect.Value {
	return reflect.AppendSlice(reflect.MakeSlice(rows.Type(), 0, rows.Len()), rows)
}

// keeper is a DB that keeps answers.
type keeper interface {
	// Remember returns the rows, of a slice type, that are kept under a key, or else what work returns, and keeps
	// that.
	Remember(ctx context.Context, key uint64, as reflect.Type, work func() (reflect.Value, error)) (reflect.Value, error)
}

// answered gives the answer to a question whose statements must see the same generation: the one that is kept, or
// else what answer makes.
func answered[A any](ctx context.Context, db DB, question any, answer func() ([]A, error)) ([]A, error) {
	key := fmt.Sprintf("%T %+v", question, question)
	rows, err := Kept(ctx, db, key, func() ([]A, error) { return consistent(ctx, db, answer) })
	if rows == nil && err == nil {
		rows = []A{}
	}
	return rows, err
}

// Kept returns what a cache keeps under a key of the asker, or else what work makes, and keeps that as long as the data stay the
// same; of another DB work is done each time. Rows of another type are kept under another key.
func Kept[A any](ctx context.Context, db DB, key string, work func() ([]A, error)) ([]A, error) {
	k, ok := db.(keeper)
	if !ok {
		return work()
	}
	as := reflect.TypeFor[[]A]()
	rows, err := k.Remember(ctx, metrics.Fingerprint("kept", as.String(), key), as, func() (reflect.Value, error) {
		rows, err := work()
		return reflect.ValueOf(rows), err
	})
	if err != nil {
		return nil, err
	}
	return slices.Clone(rows.Interface().([]A)), nil
}

// keyOf identifies a statement with its parameters.
func keyOf(sql string, args map[string]any) uint64 {
	parts := make([]string, 0, len(args))
	for name, value := range args {
		parts = append(parts, fmt.Sprintf("%s=%T %v", name, value, value))
	}
	slices.Sort(parts)
	return metrics.Fingerprint("question", sql, strings.Join(parts, "\x00"))
}

// current returns the mark of the data. Rows of other data are dropped.
func (c *Cache) current(ctx context.Context) (uint64, error) {
	c.mu.Lock()
	mark, fresh, forgot := c.mark, c.now().Sub(c.looked) < markHolds, c.forgot
	c.mu.Unlock()
	if fresh {
		return mark, nil
	}
	mark, err := dataMark(ctx, c.db)
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if forgot != c.forgot { // it may be of what was before the change: nobody else is to take it for what is now
		return mark, nil
	}
	c.looked = c.now()
	if mark != c.mark {
		c.mark, c.changed, c.rows = mark, c.looked, 0
		clear(c.kept)
	}
	return mark, nil
}

func (c *Cache) find(mark, key uint64, as reflect.Type) (reflect.Value, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	rows, ok := c.kept[key]
	return rows, ok && mark == c.mark && rows.Type() == as
}

// keep keeps the rows of a question that was asked of the data with the mark.
// They are nobody else's: who asked for them was given a copy.
func (c *Cache) keep(mark, key uint64, rows reflect.Value) {
	weight := weightOf(rows)
	if rows.Len() > maxKeptRows || weight > maxAllRows/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if mark != c.mark {
		return
	}
	if c.rows += weight + 1; c.rows > maxAllRows {
		clear(c.kept)
		c.rows = weight + 1
	}
	c.kept[key] = rows
}

// weighty is a row that takes the place of more than one.
type weighty interface {
	// weight returns of how many more.
	weight() int
}

// weightOf returns the place of how many rows some take.
func weightOf(rows reflect.Value) int {
	weight := rows.Len()
	if rows.Type().Elem().Implements(reflect.TypeFor[weighty]()) {
		for i := range rows.Len() {
			weight += rows.Index(i).Interface().(weighty).weight()
		}
	}
	return weight
}
