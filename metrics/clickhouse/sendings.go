package clickhouse

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed sql/sendings.sql
var sendingsSQL string

// WriteSending notes how an attempt to send a report stands. What was noted is there when it returns.
func (db *DB) WriteSending(ctx context.Context, s metrics.Sending) error {
	week, err := time.Parse(time.DateOnly, s.Week)
	if err != nil {
		return fmt.Errorf("note a report of week %q: %w", s.Week, metrics.ErrInvalid)
	}
	rows := []metrics.Sending{s}
	err = db.insert(ctx, "INSERT INTO reports_sent (recipient, scope, week, id, state, at, detail)",
		pick(rows, func(s *metrics.Sending) string { return s.Recipient }),
		pick(rows, func(s *metrics.Sending) string { return s.Scope }),
		pick(rows, func(*metrics.Sending) time.Time { return week }),
		pick(rows, func(s *metrics.Sending) uint64 { return s.ID }),
		pick(rows, func(s *metrics.Sending) uint8 { return uint8(s.State) }),
		times(rows, func(s *metrics.Sending) metrics.Instant { return s.At }),
		pick(rows, func(s *metrics.Sending) string { return s.Detail }))
	if err != nil {
		return fmt.Errorf("note a report for %s: %w", s.Scope, err)
	}
	return nil
}

// Sendings returns how the attempts stand to send a report to a recipient.
func (db *DB) Sendings(ctx context.Context, key metrics.SendingKey) ([]metrics.Sending, error) {
	args := map[string]any{"recipient": key.Recipient, "scope": key.Scope, "week": key.Week}
	list, err := collect(ctx, db, sendingsSQL, args, func(s *metrics.Sending) []any {
		s.SendingKey = key
		return []any{&s.ID, (*uint8)(&s.State), (*int64)(&s.At), &s.Detail}
	})
	if err != nil {
		return nil, fmt.Errorf("list reports for %s: %w", key.Scope, err)
	}
	return list, nil
}
