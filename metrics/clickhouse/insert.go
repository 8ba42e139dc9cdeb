package clickhouse

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/trodden/trodden/metrics"
)

// perRow are the values of a column that the driver takes one by one only: arrays and maps.
type perRow []any

// insert writes rows as columns, each a slice of what the driver takes for it, in the order in which the
// statement names them. All rows are written, or none.
func (db *DB) insert(ctx context.Context, statement string, columns ...any) error {
	batch, err := db.Batch(ctx, statement)
	if err != nil {
		return err
	}
	defer batch.Close()
	for i, values := range columns {
		if err := fill(batch.Column(i), values); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return plain(ctx, batch.Send())
}

func fill(column driver.BatchColumn, values any) error {
	rows, ok := values.(perRow)
	if !ok {
		return column.Append(values)
	}
	for _, value := range rows {
		if err := column.AppendRow(value); err != nil {
			return err
		}
	}
	return nil
}

// pick takes one value out of each row.
func pick[R, V any](rows []R, value func(*R) V) []V {
	values := make([]V, len(rows))
	for i := range rows {
		values[i] = value(&rows[i])
	}
	return values
}

// times takes one moment out of each row, kept within what the store can hold.
func times[R any](rows []R, value func(*R) metrics.Instant) []int64 {
	return pick(rows, func(r *R) int64 { return int64(metrics.Clamp(int64(value(r)))) })
}

// lists takes one list out of each row. Most are empty, and share one value.
func lists[R any, S ~[]E, E any, V any](rows []R, value func(*R) S, plain func(E) V) perRow {
	var none any = []V{}
	values := make(perRow, len(rows))
	for i := range rows {
		list := value(&rows[i])
		if len(list) == 0 {
			values[i] = none
			continue
		}
		values[i] = pick(list, func(e *E) V { return plain(*e) })
	}
	return values
}

// text returns a list of a named string type as plain strings, as the driver takes them.
func text[S ~string](s S) string { return string(s) }

// number does the same for ids.
func number[N ~uint64](n N) uint64 { return uint64(n) }
