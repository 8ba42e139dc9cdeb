package clickhouse

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed schema/*.sql
	schema embed.FS
	//go:embed sql/migrations.sql
	migrationsSQL string
	//go:embed sql/migrations_there.sql
	migrationsThereSQL string
	//go:embed sql/migrated.sql
	migratedSQL string
	//go:embed sql/migration_record.sql
	recordMigrationSQL string
)

// migration is one step of the schema: a file of statements, none of which does harm when it is run twice.
type migration struct {
	name       string
	checksum   string
	statements []string
}

// Migrate brings the schema up to date and returns the names of the migrations that it applied. They only
// go forward, in the order of their names, and are recorded when they are done: one that was cut off is run
// again. An empty store gets what they lead to at once. A store whose migrations are not those of this program,
// because a newer one was here or a file was edited, is left alone with metrics.ErrConflict.
func (db *DB) Migrate(ctx context.Context) (applied []string, err error) {
	wanted, err := migrations(schema)
	if err != nil {
		return nil, err
	}
	done, err := db.prepare(ctx, wanted)
	if err != nil {
		return nil, err
	}
	if len(done) == 0 {
		empty, err := db.empty(ctx)
		if err != nil {
			return nil, err
		}
		if empty {
			return db.begin(ctx, wanted)
		}
	}
	return db.migrate(ctx, wanted, done)
}

// Begun reports whether Migrate was ever called. It changes nothing.
func (db *DB) Begun(ctx context.Context) (bool, error) {
	var tables []struct {
		Name string `ch:"name"`
	}
	if err := db.Select(ctx, &tables, migrationsThereSQL, nil); err != nil {
		return false, fmt.Errorf("look for the table of migrations: %w", err)
	}
	return len(tables) > 0, nil
}

// Outdated returns the names of the migrations that Migrate would apply. It changes nothing.
func (db *DB) Outdated(ctx context.Context) ([]string, error) {
	wanted, err := migrations(schema)
	if err != nil {
		return nil, err
	}
	begun, err := db.Begun(ctx)
	if err != nil {
		return nil, err
	}
	done := map[string]string{}
	if begun {
		if done, err = db.migrated(ctx); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, m := range wanted {
		if _, applied := done[m.name]; !applied {
			names = append(names, m.name)
		}
	}
	return names, checkMigrated(wanted, done)
}

// prepare makes the table of migrations and returns what was applied by now, unless that was by another program.
func (db *DB) prepare(ctx context.Context, wanted []migration) (done map[string]string, err error) {
	if err := db.Exec(ctx, migrationsSQL, nil); err != nil {
		return nil, fmt.Errorf("make the table of migrations: %w", err)
	}
	if done, err = db.migrated(ctx); err != nil {
		return nil, err
	}
	return done, checkMigrated(wanted, done)
}

// migrate applies what is not done, one after the other.
func (db *DB) migrate(ctx context.Context, wanted []migration, done map[string]string) (applied []string, err error) {
	for _, m := range wanted {
		if _, ok := done[m.name]; ok {
			continue
		}
		if err := db.apply(ctx, m); err != nil {
			return applied, err
		}
		applied = append(applied, m.name)
	}
	return applied, nil
}

// migrations reads the files of the schema, in their order.
func migrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "schema/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	slices.Sort(names)
	var list []migration
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		list = append(list, migration{
			name:       strings.TrimSuffix(path.Base(name), ".sql"),
			checksum:   strconv.FormatUint(metrics.Fingerprint(string(text)), 16),
			statements: splitStatements(string(text)),
		})
	}
	return list, nil
}

// migrated returns the checksums of what was applied, by name.
func (db *DB) migrated(ctx context.Context) (map[string]string, error) {
	var rows []struct {
		Name     string `ch:"name"`
		Checksum string `ch:"checksum"`
	}
	if err := db.Select(ctx, &rows, migratedSQL, nil); err != nil {
		return nil, fmt.Errorf("list applied migrations: %w", err)
	}
	done := make(map[string]string, len(rows))
	for _, row := range rows {
		done[row.Name] = row.Checksum
	}
	return done, nil
}

func checkMigrated(wanted []migration, done map[string]string) error {
	known := make(map[string]string, len(wanted))
	for _, m := range wanted {
		known[m.name] = m.checksum
	}
	for name, checksum := range done {
		switch known[name] {
		case checksum:
		case "":
			return fmt.Errorf("the store has migration %s, which this program does not know: it was made by a newer one: %w", name, metrics.ErrConflict)
		default:
			return fmt.Errorf("migration %s was applied to the store in another form: %w", name, metrics.ErrConflict)
		}
	}
	return nil
}

func (db *DB) apply(ctx context.Context, m migration) error {
	for i, statement := range m.statements {
		if err := db.Exec(ctx, statement, nil); err != nil {
			return fmt.Errorf("apply migration %s, statement %d: %w", m.name, i+1, err)
		}
	}
	return db.record(ctx, m)
}

// record keeps that migrations were applied.
func (db *DB) record(ctx context.Context, list ...migration) error {
	names := pick(list, func(m *migration) string { return m.name })
	checksums := pick(list, func(m *migration) string { return m.checksum })
	if err := db.Exec(ctx, recordMigrationSQL, map[string]any{"names": names, "checksums": checksums}); err != nil {
		return fmt.Errorf("record migrations %s: %w", strings.Join(names, ", "), err)
	}
	return nil
}
