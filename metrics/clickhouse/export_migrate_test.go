package clickhouse

import (
	"context"
	"io/fs"
)

// MigrateFrom is Migrate with other migrations than the program's own.
func (db *DB) MigrateFrom(ctx context.Context, files fs.FS) ([]string, error) {
	wanted, err := migrations(files)
	if err != nil {
		return nil, err
	}
	return db.migrate(ctx, wanted)
}
