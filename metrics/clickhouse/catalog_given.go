package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

//go:embed sql/catalog_given.sql
var catalogGivenSQL string

// Given is what a portal was told about an entity of its catalog, as a fingerprint of that.
type Given struct {
	Ref  metrics.EntityRef
	Mark uint64
}

// Given returns what a portal was told last, by the entities that it was about.
func (db *DB) Given(ctx context.Context, source string) (map[metrics.EntityRef]uint64, error) {
	rows, err := collect(ctx, db, catalogGivenSQL, map[string]any{"source": source}, func(g *Given) []any {
		return []any{&g.Ref.Kind, &g.Ref.Namespace, &g.Ref.Name, &g.Mark}
	})
	if err != nil {
		return nil, fmt.Errorf("look up what %s was told: %w", source, err)
	}
	told := make(map[metrics.EntityRef]uint64, len(rows))
	for _, g := range rows {
		told[g.Ref] = g.Mark
	}
	return told, nil
}

// WriteGiven keeps what a portal was told at a moment.
func (db *DB) WriteGiven(ctx context.Context, source string, at metrics.Instant, list []Given) error {
	if len(list) == 0 {
		return nil
	}
	err := db.insert(ctx, "INSERT INTO catalog_given (source, kind, namespace, name, mark, at)",
		pick(list, func(*Given) string { return source }),
		pick(list, func(g *Given) string { return g.Ref.Kind }),
		pick(list, func(g *Given) string { return g.Ref.Namespace }),
		pick(list, func(g *Given) string { return g.Ref.Name }),
		pick(list, func(g *Given) uint64 { return g.Mark }),
		times(list, func(*Given) metrics.Instant { return at }))
	if err != nil {
		return fmt.Errorf("keep what %s was told: %w", source, err)
	}
	return nil
}

// Giving is what a scan told a portal.
type Giving struct {
	Source string
	List   metrics.Instant // of the list of the portal that was read before
	Given  int             // entities that it was told about
	Detail string          // why it was not told about all that is new, in words; "" where it was
}

// WriteGivings keeps what a scan told portals.
func (db *DB) WriteGivings(ctx context.Context, list []Giving) error {
	if len(list) == 0 {
		return nil
	}
	err := db.insert(ctx, "INSERT INTO catalog_givings (source, list, given, detail)",
		pick(list, func(g *Giving) string { return g.Source }),
		times(list, func(g *Giving) metrics.Instant { return g.List }),
		pick(list, func(g *Giving) uint32 { return uint32(g.Given) }),
		pick(list, func(g *Giving) string { return g.Detail }))
	if err != nil {
		return fmt.Errorf("keep what portals were told: %w", err)
	}
	return nil
}
