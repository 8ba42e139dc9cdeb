package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/identities.sql
	identitiesSQL string
	//go:embed sql/memberships.sql
	membershipsSQL string
	//go:embed sql/habits.sql
	habitsSQL string
)

// Identities returns which spelling belongs to which person, of all that were ever seen.
func (db *DB) Identities(ctx context.Context) ([]metrics.Identity, error) {
	list, err := collect(ctx, db, identitiesSQL, nil, func(i *metrics.Identity) []any {
		return []any{(*uint64)(&i.Alias), (*uint64)(&i.Person), (*uint8)(&i.Kind), &i.Source, (*int64)(&i.Seen)}
	})
	if err != nil {
		return nil, fmt.Errorf("list identities: %w", err)
	}
	return list, nil
}

// Memberships returns who was in which team when, as far as that still holds.
func (db *DB) Memberships(ctx context.Context) ([]metrics.Membership, error) {
	list, err := collect(ctx, db, membershipsSQL, nil, func(m *metrics.Membership) []any {
		return []any{(*uint64)(&m.Person), (*string)(&m.Team), &m.Source, (*int64)(&m.From), (*int64)(&m.To)}
	})
	if err != nil {
		return nil, fmt.Errorf("list memberships: %w", err)
	}
	return list, nil
}

// Habits returns what the commits of each account say of who is behind it.
func (db *DB) Habits(ctx context.Context) ([]metrics.Habit, error) {
	var list []metrics.Habit
	err := db.each(ctx, habitsSQL, map[string]any{"after": metrics.HabitAfter, "forever": int64(metrics.Forever)}, func(rows driver.Rows) error {
		var (
			h       metrics.Habit
			routine []int64
		)
		if err := rows.Scan((*uint64)(&h.Alias), &routine, (*int64)(&h.Other)); err != nil {
			return err
		}
		for _, at := range routine {
			h.Routine = append(h.Routine, metrics.Instant(at))
		}
		list = append(list, h)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the habits of accounts: %w", err)
	}
	return list, nil
}
