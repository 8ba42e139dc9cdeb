package clickhouse

import (
	"context"
	_ "embed"
	"fmt"
	"iter"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/blobs.sql
	blobsSQL string
	//go:embed sql/kept.sql
	keptSQL string
)

// oidsAtOnce is how many object ids fit into one statement, of which the engine parses 256 KiB.
const oidsAtOnce = 3000

// Blobs reads what is known of the given blobs, in the order of their ids; those that were never heard of
// are left out.
func (db *DB) Blobs(ctx context.Context, oids []metrics.OID) iter.Seq2[metrics.Blob, error] {
	return func(yield func(metrics.Blob, error) bool) {
		for some := range slices.Chunk(inOrder(oids), oidsAtOnce) {
			list, err := collect(ctx, db, blobsSQL, map[string]any{"oids": hexed(some)}, func(b *metrics.Blob) []any {
				return []any{(*string)(&b.OID), (*uint8)(&b.Status), &b.Size, &b.Content}
			})
			if err != nil {
				yield(metrics.Blob{}, fmt.Errorf("read %d blobs: %w", len(some), err))
				return
			}
			for _, b := range list {
				if !yield(b, nil) {
					return
				}
			}
		}
	}
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

func hexed(oids []metrics.OID) []string {
	return pick(oids, func(oid *metrics.OID) string { return oid.String() })
}
