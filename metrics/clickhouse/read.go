package clickhouse

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// each runs a question and calls scan for each of its rows. It is Select for many rows: no reflection, and
// no second copy of them all.
func (db *DB) each(ctx context.Context, sql string, args map[string]any, scan func(driver.Rows) error) error {
	rows, err := db.conn.Query(ctx, sql, named(args)...)
	if err != nil {
		return plain(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return plain(ctx, rows.Err())
}

// Each runs a question and calls row for each of its rows, once its columns are scanned into what into points to. Parameters
// and failures are those of Select, which is slower where there are hundreds of thousands of rows.
func (db *DB) Each(ctx context.Context, sql string, args map[string]any, into []any, row func() error) error {
	return db.each(ctx, sql, args, func(rows driver.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		return row()
	})
}

// collect runs a question and gathers its rows, each scanned into a value by way of targets.
func collect[R any](ctx context.Context, db *DB, sql string, args map[string]any, targets func(*R) []any) ([]R, error) {
	var row R
	into := targets(&row)
	var list []R
	err := db.each(ctx, sql, args, func(rows driver.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		list = append(list, row)
		return nil
	})
	return list, err
}
