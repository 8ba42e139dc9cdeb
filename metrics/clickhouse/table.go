package clickhouse

import (
	"context"
	"fmt"
	"strings"
)

// table says how values of T become rows of a table. Whole columns are handed to the driver, which is
// several times faster than row by row.
type table[T any] struct {
	name    string
	columns []field[T]
}

// field is one column of a table: its name, and the slice of its values for some rows.
type field[T any] struct {
	name   string
	values func(rows []T) any
}

// col makes a column of what get takes out of each row.
func col[T, V any](name string, get func(row *T) V) field[T] {
	return field[T]{name, func(rows []T) any {
		values := make([]V, len(rows))
		for i := range rows {
			values[i] = get(&rows[i])
		}
		return values
	}}
}

// maxBlock is how many rows one insert may carry. It stays below the engine's own block size, so that one
// insert is one part and appears at once.
const maxBlock = 500_000

// write inserts the rows. Writing the same rows again changes nothing in tables of facts.
func (t table[T]) write(ctx context.Context, db *DB, rows []T) error {
	for len(rows) > 0 {
		n := min(len(rows), maxBlock)
		if err := t.insert(ctx, db, rows[:n]); err != nil {
			return fmt.Errorf("write %d rows of %s: %w", n, t.name, err)
		}
		rows = rows[n:]
	}
	return nil
}

func (t table[T]) insert(ctx context.Context, db *DB, rows []T) error {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	batch, err := db.Batch(ctx, "INSERT INTO "+t.name+" ("+strings.Join(names, ", ")+")")
	if err != nil {
		return err
	}
	for i, c := range t.columns {
		if err := batch.Column(i).Append(c.values(rows)); err != nil {
			_ = batch.Abort() // the first error says more
			return fmt.Errorf("column %s: %w", c.name, err)
		}
	}
	return batch.Send()
}
