package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/catalog_snapshots.sql
	catalogSnapshotsSQL string
	//go:embed sql/catalog_lists.sql
	catalogListsSQL string
)

// catalogSteps are the facts that catalogs bring. A list, which says that its entities are there, comes behind them.
func (db *DB) catalogSteps(b *metrics.Batch) []step {
	return []step{
		{len(b.Snapshots), "entities", func(ctx context.Context) error { return db.writeSnapshots(ctx, b.Snapshots) }},
	}
}

func (db *DB) writeSnapshots(ctx context.Context, rows []metrics.Snapshot) error {
	fields := func(s *metrics.Snapshot) []metrics.EntityField { return s.Fields }
	owners := func(s *metrics.Snapshot) []metrics.EntityOwner { return s.Owners }
	return db.insert(ctx, `INSERT INTO catalog_entities (source, kind, namespace, name, seen, gone, mark, field, field_values, unresolved,
		since, edited_by, repo, folder, descriptor_repo, descriptor_path, orphan, problems, edited, verified, owner, owner_person, owner_gone, owner_gone_since)`,
		pick(rows, func(s *metrics.Snapshot) string { return s.Source }),
		pick(rows, func(s *metrics.Snapshot) string { return s.Ref.Kind }),
		pick(rows, func(s *metrics.Snapshot) string { return s.Ref.Namespace }),
		pick(rows, func(s *metrics.Snapshot) string { return s.Ref.Name }),
		times(rows, func(s *metrics.Snapshot) metrics.Instant { return s.Seen }),
		pick(rows, func(s *metrics.Snapshot) bool { return s.Gone }),
		pick(rows, func(s *metrics.Snapshot) uint64 { return s.Mark() }),
		lists(rows, fields, func(f metrics.EntityField) string { return f.Name }),
		lists(rows, fields, valuesOf),
		lists(rows, fields, func(f metrics.EntityField) bool { return f.Unresolved }),
		lists(rows, func(s *metrics.Snapshot) []metrics.Instant { return s.Since }, func(t metrics.Instant) int64 { return int64(metrics.Clamp(int64(t))) }),
		lists(rows, func(s *metrics.Snapshot) []metrics.Editor { return s.By }, func(e metrics.Editor) int8 { return int8(e) }),
		pick(rows, func(s *metrics.Snapshot) string { return s.Repo }),
		pick(rows, func(s *metrics.Snapshot) string { return s.Folder }),
		pick(rows, func(s *metrics.Snapshot) string { return s.Descriptor.Repo }),
		pick(rows, func(s *metrics.Snapshot) string { return s.Descriptor.Path }),
		pick(rows, func(s *metrics.Snapshot) bool { return s.Orphan }),
		lists(rows, func(s *metrics.Snapshot) []string { return s.Problems }, text),
		times(rows, func(s *metrics.Snapshot) metrics.Instant { return s.Edited }),
		times(rows, func(s *metrics.Snapshot) metrics.Instant { return s.Verified }),
		lists(rows, owners, func(o metrics.EntityOwner) string { return refText(o.Ref) }),
		lists(rows, owners, func(o metrics.EntityOwner) uint64 { return uint64(o.Person) }),
		lists(rows, owners, func(o metrics.EntityOwner) bool { return o.Gone }),
		lists(rows, owners, func(o metrics.EntityOwner) int64 { return int64(metrics.Clamp(int64(o.Since))) }))
}

// valuesOf returns the values of a field as the driver takes them.
func valuesOf(f metrics.EntityField) []string {
	if f.Values == nil {
		return []string{}
	}
	return f.Values
}

// refText is a reference as it is stored, "" for none.
func refText(ref metrics.EntityRef) string {
	if ref == (metrics.EntityRef{}) {
		return ""
	}
	return ref.String()
}

func (db *DB) writeCatalogLists(ctx context.Context, rows []metrics.CatalogList) error {
	return db.insert(ctx, "INSERT INTO catalog_lists (source, at, complete, kinds, entities, requests, detail)",
		pick(rows, func(l *metrics.CatalogList) string { return l.Source }),
		times(rows, func(l *metrics.CatalogList) metrics.Instant { return l.At }),
		pick(rows, func(l *metrics.CatalogList) bool { return l.Complete }),
		lists(rows, func(l *metrics.CatalogList) []string { return l.Kinds }, text),
		pick(rows, func(l *metrics.CatalogList) uint32 { return uint32(l.Entities) }),
		pick(rows, func(l *metrics.CatalogList) uint32 { return uint32(l.Requests) }),
		pick(rows, func(l *metrics.CatalogList) string { return l.Detail }))
}

// Snapshots returns how a source saw each entity of its catalog the last time, in the order of their references: those that
// are gone too. Without a source it returns those of all.
func (db *DB) Snapshots(ctx context.Context, source string) ([]metrics.Snapshot, error) {
	type row struct {
		metrics.Snapshot
		field, owner []string
		values       [][]string
		unresolved   []bool
		since        []int64
		by           []uint8
		person       []uint64
		gone         []bool
		lost         []int64
	}
	rows, err := collect(ctx, db, catalogSnapshotsSQL, map[string]any{"source": source}, func(r *row) []any {
		return []any{
			&r.Source, &r.Ref.Kind, &r.Ref.Namespace, &r.Ref.Name, (*int64)(&r.Seen), &r.Gone, &r.field, &r.values, &r.unresolved, &r.since,
			&r.by, &r.Repo, &r.Folder, &r.Descriptor.Repo, &r.Descriptor.Path, &r.Orphan, &r.Problems, (*int64)(&r.Edited), (*int64)(&r.Verified), &r.owner,
			&r.person, &r.gone, &r.lost,
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list the entities of catalogs: %w", err)
	}
	list := make([]metrics.Snapshot, len(rows))
	for i := range rows {
		r := &rows[i]
		s := r.Snapshot
		s.Fields = make([]metrics.EntityField, len(r.field))
		s.Since, s.By, s.Owners = make([]metrics.Instant, len(r.field)), make([]metrics.Editor, len(r.field)), make([]metrics.EntityOwner, len(r.owner))
		for k, name := range r.field {
			s.Fields[k] = metrics.EntityField{Name: name, Values: r.values[k], Unresolved: r.unresolved[k]}
			s.Since[k], s.By[k] = metrics.Instant(r.since[k]), metrics.Editor(r.by[k])
		}
		for k, ref := range r.owner {
			s.Owners[k] = metrics.EntityOwner{Person: metrics.AliasID(r.person[k]), Gone: r.gone[k]}
			if k < len(r.lost) { // which rows of before do not have
				s.Owners[k].Since = metrics.Instant(r.lost[k])
			}
			if ref != "" {
				if s.Owners[k].Ref, err = metrics.ParseEntityRef(ref, "", ""); err != nil {
					return nil, fmt.Errorf("read an owner of %s: %w", s.Ref, err)
				}
			}
		}
		list[i] = s
	}
	return list, nil
}

// CatalogLists returns how each catalog was read the last time, and the last time that it was whole, in any order.
func (db *DB) CatalogLists(ctx context.Context) ([]metrics.CatalogList, error) {
	type row struct {
		metrics.CatalogList
		entities, requests uint32
	}
	rows, err := collect(ctx, db, catalogListsSQL, nil, func(r *row) []any {
		return []any{&r.Source, (*int64)(&r.At), &r.Complete, &r.Kinds, &r.entities, &r.requests, &r.Detail}
	})
	if err != nil {
		return nil, fmt.Errorf("list how catalogs were read: %w", err)
	}
	list := make([]metrics.CatalogList, len(rows))
	for i, r := range rows {
		list[i] = r.CatalogList
		list[i].Entities, list[i].Requests = int(r.entities), int(r.requests)
	}
	return list, nil
}
