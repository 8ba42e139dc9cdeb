package clickhouse

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/blobs.sql
	blobsSQL string
	//go:embed sql/contents.sql
	contentsSQL string
	//go:embed sql/brought.sql
	broughtSQL string
	//go:embed sql/any_blobs.sql
	anyBlobsSQL string
	//go:embed sql/kept.sql
	keptSQL string
)

// oidsAtOnce is how many object ids fit into one statement, of which the engine parses 256 KiB.
const oidsAtOnce = 3000

// contentsAtOnce is how many bytes of contents one statement reads, or one blob if that is larger.
const contentsAtOnce = 16 << 20

// Blobs reads what is known of the given blobs, in their order; those that were never heard of are left out,
// and one that is named twice comes once. It reads as far as the sequence is followed.
func (db *DB) Blobs(ctx context.Context, oids []metrics.OID) iter.Seq2[metrics.Blob, error] {
	return func(yield func(metrics.Blob, error) bool) {
		for some := range slices.Chunk(oids, oidsAtOnce) {
			list, err := db.known(ctx, some)
			for len(list) > 0 && err == nil {
				n := 1
				for size := list[0].Size; n < len(list) && size+list[n].Size <= contentsAtOnce; n++ {
					size += list[n].Size
				}
				if err = db.contents(ctx, list[:n]); err != nil {
					break
				}
				for _, b := range list[:n] {
					if !yield(b, nil) {
						return
					}
				}
				list = list[n:]
			}
			if err != nil {
				yield(metrics.Blob{}, fmt.Errorf("read %d blobs: %w", len(some), err))
				return
			}
		}
	}
}

// known returns the blobs that were heard of, without their contents, in the order of the ids.
func (db *DB) known(ctx context.Context, oids []metrics.OID) ([]metrics.Blob, error) {
	found := make(map[metrics.OID]metrics.Blob, len(oids))
	rows, err := collect(ctx, db, blobsSQL, map[string]any{"oids": hexed(inOrder(oids))}, func(b *metrics.Blob) []any {
		return []any{(*string)(&b.OID), (*uint8)(&b.Status), &b.Size, (*uint64)(&b.Home)}
	})
	if err != nil {
		return nil, err
	}
	for _, b := range rows {
		found[b.OID] = b
	}
	list := rows[:0]
	for _, oid := range oids {
		if b, ok := found[oid]; ok {
			list = append(list, b)
			delete(found, oid)
		}
	}
	return list, nil
}

// contents fills in what is in the blobs that were read.
func (db *DB) contents(ctx context.Context, list []metrics.Blob) error {
	place := make(map[metrics.OID]*metrics.Blob, len(list))
	var homes []uint64
	var oids []metrics.OID
	for i := range list {
		b := &list[i]
		if b.Status != metrics.BlobRead || b.Size == 0 {
			continue
		}
		place[b.OID] = b
		oids = append(oids, b.OID)
		if !slices.Contains(homes, uint64(b.Home)) {
			homes = append(homes, uint64(b.Home))
		}
	}
	if len(oids) == 0 {
		return nil
	}
	var oid metrics.OID
	var content string
	return db.each(ctx, contentsSQL, map[string]any{"homes": homes, "oids": hexed(inOrder(oids))}, func(rows driver.Rows) error {
		if err := rows.Scan((*string)(&oid), &content); err != nil {
			return err
		}
		place[oid].Content = content
		return nil
	})
}

// errEnough ends a question of which no more rows are wanted.
var errEnough = errors.New("enough rows")

// Brought reads the blobs that repositories brought, up to about so many bytes. They lie together: of whoever needs
// most of them, that takes far less than to look up one by one.
func (db *DB) Brought(ctx context.Context, repos []metrics.RepoID, bytes int) (map[metrics.OID]metrics.Blob, error) {
	found := make(map[metrics.OID]metrics.Blob)
	var oid metrics.OID
	var content string
	homes := pick(repos, func(id *metrics.RepoID) uint64 { return uint64(*id) })
	err := db.each(ctx, broughtSQL, map[string]any{"homes": homes}, func(rows driver.Rows) error {
		if err := rows.Scan((*string)(&oid), &content); err != nil {
			return err
		}
		found[oid] = metrics.Blob{OID: oid, Status: metrics.BlobRead, Size: uint64(len(content)), Content: content}
		if bytes -= len(content); bytes < 0 {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("read what %d repositories brought: %w", len(repos), err)
	}
	return found, nil
}

// AnyBlobs reports whether the store knows of any blob: if not, all are lacking.
func (db *DB) AnyBlobs(ctx context.Context) (any bool, err error) {
	err = db.each(ctx, anyBlobsSQL, nil, func(rows driver.Rows) error { return rows.Scan(&any) })
	return any, err
}

// Lacking returns those of the given blobs of which a reading could still bring more: those never heard
// of, those missing from the clones that were read, and those that were too big for a rule that asked for
// their presence only.
func (db *DB) Lacking(ctx context.Context, oids []metrics.OID) ([]metrics.OID, error) {
	kept := make(map[metrics.OID]bool)
	for some := range slices.Chunk(inOrder(oids), oidsAtOnce) {
		var oid metrics.OID
		args := map[string]any{"oids": hexed(some), "limit": uint64(metrics.MaxBlob)}
		err := db.each(ctx, keptSQL, args, func(rows driver.Rows) error {
			err := rows.Scan((*string)(&oid))
			kept[oid] = true
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look up %d blobs: %w", len(some), err)
		}
	}
	var lacking []metrics.OID
	for _, oid := range oids {
		if !kept[oid] {
			lacking = append(lacking, oid)
			kept[oid] = true // once, however often it was asked for
		}
	}
	return lacking, nil
}

// inOrder sorts ids without changing the list, so that those asked for at once lie together in the store.
func inOrder(oids []metrics.OID) []metrics.OID { return slices.Sorted(slices.Values(oids)) }

// hexed lists ids for a statement. One text, taken apart by the engine, costs it far less than an array of
// as many literals, and a set made of rows far less than one made of a computed array.
func hexed(oids []metrics.OID) string {
	return strings.Join(pick(oids, func(oid *metrics.OID) string { return oid.String() }), ",")
}
