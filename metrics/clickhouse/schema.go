package clickhouse

import (
	"context"
	_ "embed"
	"fmt"
)

//go:generate go test -run=TestSchemaIsThatOfMigrations -update .

var (
	// schemaSQL makes all tables as the migrations leave them, from which it is generated.
	//
	//go:embed schema.sql
	schemaSQL string
	//go:embed sql/tables_there.sql
	tablesThereSQL string
)

// empty reports whether there is no table yet but that of migrations.
func (db *DB) empty(ctx context.Context) (bool, error) {
	var tables []struct {
		Name string `ch:"name"`
	}
	if err := db.Select(ctx, &tables, tablesThereSQL, nil); err != nil {
		return false, fmt.Errorf("look for tables: %w", err)
	}
	return len(tables) == 0, nil
}

// begin makes the whole schema of an empty store, which takes half as long as the migrations that lead to it, and records
// all of these at once. One that was cut off is not empty any more: there each migration adds what is missing.
func (db *DB) begin(ctx context.Context, list []migration) (applied []string, err error) {
	for i, statement := range splitStatements(schemaSQL) {
		if err := db.Exec(ctx, statement, nil); err != nil {
			return nil, fmt.Errorf("make the schema, statement %d: %w", i+1, err)
		}
	}
	if err := db.record(ctx, list...); err != nil {
		return nil, err
	}
	for _, m := range list {
		applied = append(applied, m.name)
	}
	return applied, nil
}
