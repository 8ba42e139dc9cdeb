package clickhouse

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/trodden/trodden/metrics"
)

//go:embed schema/*.sql
var schema embed.FS

// Migration is one forward step of the schema.
type Migration struct {
	Name     string // of its file: 0001_facts
	Checksum uint64 // of its text
	text     string
}

// Migrations lists the steps in their order.
func Migrations() ([]Migration, error) {
	files, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		return nil, err
	}
	var list []Migration
	for _, file := range files {
		text, err := schema.ReadFile(file)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(path.Base(file), ".sql")
		list = append(list, Migration{Name: name, Checksum: metrics.Fingerprint(string(text)), text: string(text)})
	}
	return list, nil
}

const createMigrations = `CREATE TABLE IF NOT EXISTS migrations
(
    name     String,
    checksum UInt64,
    at       DateTime('UTC') DEFAULT now('UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY name`

// Migrate brings the schema up to date and returns the steps that it took. Steps are forward only and can
// be run again, so one that was interrupted is simply repeated. A step that was taken with another text is
// an error: the store was made by another version.
func Migrate(ctx context.Context, db *DB) ([]Migration, error) {
	list, err := Migrations()
	if err != nil {
		return nil, err
	}
	if err := db.Exec(ctx, createMigrations, nil); err != nil {
		return nil, fmt.Errorf("create the table of migrations: %w", err)
	}
	taken, err := takenMigrations(ctx, db)
	if err != nil {
		return nil, err
	}
	var done []Migration
	for _, m := range list {
		sum, known := taken[m.Name]
		if known && sum != m.Checksum {
			return done, fmt.Errorf("migration %s was taken with another text: this store belongs to another version: %w", m.Name, metrics.ErrConflict)
		}
		if known {
			continue
		}
		if err := m.take(ctx, db); err != nil {
			return done, err
		}
		done = append(done, m)
	}
	return done, nil
}

func takenMigrations(ctx context.Context, db *DB) (map[string]uint64, error) {
	var rows []struct {
		Name     string `ch:"name"`
		Checksum uint64 `ch:"checksum"`
	}
	if err := db.Select(ctx, &rows, "SELECT name, checksum FROM migrations FINAL", nil); err != nil {
		return nil, fmt.Errorf("read the migrations taken: %w", err)
	}
	taken := make(map[string]uint64, len(rows))
	for _, r := range rows {
		taken[r.Name] = r.Checksum
	}
	return taken, nil
}

func (m Migration) take(ctx context.Context, db *DB) error {
	for i, statement := range statements(m.text) {
		if err := db.Exec(ctx, statement, nil); err != nil {
			return fmt.Errorf("migration %s, statement %d: %w", m.Name, i+1, err)
		}
	}
	err := db.Exec(ctx, "INSERT INTO migrations (name, checksum) VALUES (@name, @checksum)",
		map[string]any{"name": m.Name, "checksum": m.Checksum})
	if err != nil {
		return fmt.Errorf("record migration %s: %w", m.Name, err)
	}
	return nil
}

// statements splits a schema file at the semicolons that end a line; comments stay where they are. Schema
// files are ours, and a test holds them to that form.
func statements(text string) []string {
	var list []string
	for _, part := range strings.Split(text+"\n", ";\n") {
		bare := true
		for line := range strings.Lines(part) {
			line = strings.TrimSpace(line)
			bare = bare && (line == "" || strings.HasPrefix(line, "--"))
		}
		if !bare {
			list = append(list, part)
		}
	}
	return list
}
