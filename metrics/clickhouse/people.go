package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/identities.sql
	identitiesSQL string
	//go:embed sql/memberships.sql
	membershipsSQL string
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
