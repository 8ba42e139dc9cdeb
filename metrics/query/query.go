// Package query asks the questions that trodden answers: adoption, states, events and what belongs to them.
// A question is one .sql file, a typed row, whose JSON is the one of answers, and one function.
//
// All see what is published: of each repository the generation in force. A question about a moment filters
// the spans that hold it; a series adds their begins and ends up. Undefined figures are rows with a reason,
// never errors.
package query

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"github.com/trodden/trodden/metrics"
)

// DB answers SQL. Each @name in the statement is replaced by the value of that name in args.
type DB interface {
	// Select scans the rows into dest, a pointer to a slice of structs with `ch:"column"` tags.
	Select(ctx context.Context, dest any, sql string, args map[string]any) error
	// Each calls row for each row, when its columns are scanned into what into points to: for hundreds of thousands.
	Each(ctx context.Context, sql string, args map[string]any, into []any, row func() error) error
}

// Bounded returns a DB whose questions end with context.DeadlineExceeded when they take longer.
func Bounded(db DB, limit time.Duration) DB { return bounded{db, limit} }

type bounded struct {
	db    DB
	limit time.Duration
}

func (b bounded) Select(ctx context.Context, dest any, sql string, args map[string]any) error {
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	return b.db.Select(ctx, dest, sql, args)
}

func (b bounded) Each(ctx context.Context, sql string, args map[string]any, into []any, row func() error) error {
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	return b.db.Each(ctx, sql, args, into, row)
}

// ask runs a statement, put together from its parts, and returns its rows.
func ask[R any](ctx context.Context, db DB, question, sql string, args map[string]any) ([]R, error) {
	var rows []R
	if err := db.Select(ctx, &rows, assembled(sql), args); err != nil {
		return nil, fmt.Errorf("ask %s: %w", question, err)
	}
	return rows, nil
}

// askEach runs a statement, put together from its parts, and calls row for each of its rows.
func askEach(ctx context.Context, db DB, question, sql string, args map[string]any, into []any, row func() error) error {
	if err := db.Each(ctx, assembled(sql), args, into, row); err != nil {
		return fmt.Errorf("ask %s: %w", question, err)
	}
	return nil
}

// answers turns scanned rows into those of an answer. The list is never nil, so that JSON has [] for none.
func answers[R, A any](rows []R, answer func(*R) A) []A {
	list := make([]A, len(rows))
	for i := range rows {
		list[i] = answer(&rows[i])
	}
	return list
}

// limit is a number of rows as SQL has it; 0 or less means all.
func limit(n int) uint64 {
	if n <= 0 {
		return math.MaxInt64
	}
	return uint64(n)
}

// moment is an instant as SQL has it.
func moment(t metrics.Instant) time.Time { return metrics.Clamp(int64(t)).Time() }

// object is a git object id in answers: hexadecimal, or null where there is none.
func object(raw string) *string {
	if raw == "" {
		return nil
	}
	text := hex.EncodeToString([]byte(raw))
	return &text
}

// wayKeys are ways as answers have them, never null.
func wayKeys(list []string) []metrics.WayKey {
	keys := make([]metrics.WayKey, len(list))
	for i, key := range list {
		keys[i] = metrics.WayKey(key)
	}
	return keys
}

// texts are texts as answers have them, never null.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
