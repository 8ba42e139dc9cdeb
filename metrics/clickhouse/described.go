package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/described.sql
	describedSQL string
	//go:embed sql/beside.sql
	besideSQL string
	//go:embed sql/catalog_claims.sql
	catalogClaimsSQL string
)

func (db *DB) writeDescribed(ctx context.Context, g Generation, rows []metrics.Described) error {
	fields := func(d *metrics.Described) []metrics.EntityField { return d.Fields }
	return db.insert(ctx, `INSERT INTO described (generation, repo, kind, namespace, name, seen, file, blob, line, about, folder, field, field_values,
		unresolved, field_line, confirmed, written)`,
		generations(g, rows),
		pick(rows, func(d *metrics.Described) uint64 { return uint64(d.Repo) }),
		pick(rows, func(d *metrics.Described) string { return d.Ref.Kind }),
		pick(rows, func(d *metrics.Described) string { return d.Ref.Namespace }),
		pick(rows, func(d *metrics.Described) string { return d.Ref.Name }),
		times(rows, func(d *metrics.Described) metrics.Instant { return d.Seen }),
		pick(rows, func(d *metrics.Described) string { return d.Descriptor.Path }),
		pick(rows, func(d *metrics.Described) string { return string(d.Blob) }),
		pick(rows, func(d *metrics.Described) uint32 { return uint32(max(d.Line, 0)) }),
		pick(rows, func(d *metrics.Described) string { return d.Entity.Repo }),
		pick(rows, func(d *metrics.Described) string { return d.Folder }),
		lists(rows, fields, func(f metrics.EntityField) string { return f.Name }),
		lists(rows, fields, valuesOf),
		lists(rows, fields, func(f metrics.EntityField) bool { return f.Unresolved }),
		lists(rows, func(d *metrics.Described) []int { return d.Lines }, func(line int) uint32 { return uint32(max(line, 0)) }),
		lists(rows, func(d *metrics.Described) []metrics.Instant { return d.Confirmed }, stored),
		lists(rows, func(d *metrics.Described) []metrics.Instant { return d.Written }, stored))
}

func (db *DB) writeBeside(ctx context.Context, g Generation, rows []metrics.Beside) error {
	return db.insert(ctx, "INSERT INTO owners_beside (generation, repo, component, team, source)",
		generations(g, rows),
		pick(rows, func(b *metrics.Beside) uint64 { return uint64(b.Repo) }),
		pick(rows, func(b *metrics.Beside) string { return b.Component }),
		pick(rows, func(b *metrics.Beside) string { return string(b.Team) }),
		pick(rows, func(b *metrics.Beside) string { return string(b.Source) }))
}

// Described returns the entities that the files of all repositories describe, as was concluded last: by repository, file and
// line.
func (db *DB) Described(ctx context.Context) ([]metrics.Described, error) {
	type row struct {
		metrics.Described
		line       uint32
		field      []string
		values     [][]string
		unresolved []bool
		lines      []uint32
		confirmed  []int64
		written    []int64
	}
	rows, err := collect(ctx, db, describedSQL, nil, func(r *row) []any {
		return []any{
			(*uint64)(&r.Described.Repo), &r.Descriptor.Repo, &r.Ref.Kind, &r.Ref.Namespace, &r.Ref.Name, (*int64)(&r.Seen), &r.Descriptor.Path,
			(*string)(&r.Blob), &r.line, &r.Entity.Repo, &r.Folder, &r.field, &r.values, &r.unresolved, &r.lines, &r.confirmed, &r.written,
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list what files describe: %w", err)
	}
	list := make([]metrics.Described, len(rows))
	for i := range rows {
		r := &rows[i]
		d := r.Described
		d.Source, d.Line, d.Fields = metrics.DescribedSource, int(r.line), make([]metrics.EntityField, len(r.field))
		for k, name := range r.field {
			d.Fields[k] = metrics.EntityField{Name: name, Values: r.values[k], Unresolved: r.unresolved[k]}
		}
		d.Lines = pick(r.lines, func(line *uint32) int { return int(*line) })
		d.Confirmed = pick(r.confirmed, func(at *int64) metrics.Instant { return metrics.Instant(*at) })
		d.Written = pick(r.written, func(at *int64) metrics.Instant { return metrics.Instant(*at) })
		list[i] = d
	}
	return list, nil
}

// Beside returns who owns units by what is no catalog, as was concluded last.
func (db *DB) Beside(ctx context.Context) ([]metrics.Beside, error) {
	list, err := collect(ctx, db, besideSQL, nil, func(b *metrics.Beside) []any {
		return []any{(*uint64)(&b.Repo), &b.Component, (*string)(&b.Team), (*string)(&b.Source)}
	})
	if err != nil {
		return nil, fmt.Errorf("list owners beside catalogs: %w", err)
	}
	return list, nil
}

func (r *historyReader) catalogClaims(ctx context.Context) error {
	type row struct {
		metrics.CatalogClaim
		repo              metrics.RepoID
		understood, typed []string
		lost, typedLost   []string
	}
	rows, err := collect(ctx, r.db, catalogClaimsSQL, r.args, func(c *row) []any {
		return []any{
			(*uint64)(&c.repo), &c.Source, &c.Ref.Kind, &c.Ref.Namespace, &c.Ref.Name, (*int64)(&c.Seen), &c.Folder, &c.Gone, &c.understood, &c.typed,
			&c.lost, &c.typedLost,
		}
	})
	for i := range rows {
		row := &rows[i]
		h := r.byRepo[row.repo]
		if h == nil {
			continue
		}
		if row.Owners, row.Lost = row.understood, row.lost; len(row.Owners) == 0 {
			row.Owners, row.Lost = row.typed, row.typedLost
		}
		h.CatalogClaims = append(h.CatalogClaims, row.CatalogClaim)
	}
	return err
}
