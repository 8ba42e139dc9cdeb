package clickhouse

import (
	"context"
	"io/fs"
)

// Schema are the program's own migrations, and SchemaStatements what a store begins with that is empty.
var Schema fs.FS = schema

func SchemaStatements() []string { return splitStatements(schemaSQL) }

// MigrateFrom is Migrate with migrations of a test, one after the other.
func (db *DB) MigrateFrom(ctx context.Context, files fs.FS) ([]string, error) {
	wanted, err := migrations(files)
	if err != nil {
		return nil, err
	}
	done, err := db.prepare(ctx, wanted)
	if err != nil {
		return nil, err
	}
	return db.migrate(ctx, wanted, done)
}
