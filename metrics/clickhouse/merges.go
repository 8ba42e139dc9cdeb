package clickhouse

import (
	"context"
	_ "embed"
	"fmt"
)

//go:embed sql/crowded.sql
var crowdedSQL string

// Quietly calls do while the embedded engine merges no parts of tables in the background, which would take
// processors and disk from what do writes. What has piled up is merged afterwards, by the engine as long as
// the process lives, and at once in tables that have become slow to read. A server is left to itself.
func (db *DB) Quietly(ctx context.Context, do func() error) error {
	if db.embedded == nil {
		return do()
	}
	if err := db.Exec(ctx, "SYSTEM STOP MERGES", nil); err != nil {
		return fmt.Errorf("put merges off: %w", err)
	}
	err := do()
	if failed := db.Exec(context.WithoutCancel(ctx), "SYSTEM START MERGES", nil); failed != nil && err == nil {
		return fmt.Errorf("let merges go on: %w", failed)
	}
	if err != nil {
		return err
	}
	return db.mergeCrowded(ctx)
}

// crowded is the number of parts from which a table is merged at once.
const crowded = 24

// mergeCrowded merges the tables that consist of many parts: programs that end right after a scan leave the
// engine no time for it.
func (db *DB) mergeCrowded(ctx context.Context) error {
	var tables []struct {
		Name string `ch:"name"`
	}
	if err := db.Select(ctx, &tables, crowdedSQL, map[string]any{"parts": crowded}); err != nil {
		return fmt.Errorf("count the parts of tables: %w", err)
	}
	for _, t := range tables {
		if err := db.Exec(ctx, "OPTIMIZE TABLE "+quoteIdentifier(t.Name), nil); err != nil {
			return fmt.Errorf("merge the parts of %s: %w", t.Name, err)
		}
	}
	return nil
}
