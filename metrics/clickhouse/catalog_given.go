package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

//go:embed sql/catalog_given.sql
var catalogGivenSQL string

// Given is what a portal was told about an entity of its catalog.
type Given struct {
	Ref   metrics.EntityRef
	Mark  uint64               // a fingerprint of it
	Facts []metrics.PortalFact // which facts it was, without their kinds and values; none where that was not kept yet
}

// Given returns what a portal was told last about each of its entities, by kind, namespace and name.
func (db *DB) Given(ctx context.Context, source string) ([]Given, error) {
	type row struct {
		Given
		paths, abouts []string
	}
	rows, err := collect(ctx, db, catalogGivenSQL, map[string]any{"source": source}, func(r *row) []any {
		return []any{&r.Ref.Kind, &r.Ref.Namespace, &r.Ref.Name, &r.Mark, &r.paths, &r.abouts}
	})
	if err != nil {
		return nil, fmt.Errorf("look up what %s was told: %w", source, err)
	}
	told := make([]Given, len(rows))
	for i, r := range rows {
		told[i] = r.Given
		for k, path := range r.paths {
			told[i].Facts = append(told[i].Facts, metrics.PortalFact{Path: metrics.PathKey(path), About: r.abouts[k]})
		}
	}
	return told, nil
}

// WriteGiven keeps what a portal was told at a moment.
func (db *DB) WriteGiven(ctx context.Context, source string, at metrics.Instant, list []Given) error {
	if len(list) == 0 {
		return nil
	}
	facts := func(g *Given) []metrics.PortalFact { return g.Facts }
	err := db.insert(ctx, "INSERT INTO catalog_given (source, kind, namespace, name, mark, paths, abouts, at)",
		pick(list, func(*Given) string { return source }),
		pick(list, func(g *Given) string { return g.Ref.Kind }),
		pick(list, func(g *Given) string { return g.Ref.Namespace }),
		pick(list, func(g *Given) string { return g.Ref.Name }),
		pick(list, func(g *Given) uint64 { return g.Mark }),
		lists(list, facts, func(f metrics.PortalFact) string { return string(f.Path) }),
		lists(list, facts, func(f metrics.PortalFact) string { return f.About }),
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
