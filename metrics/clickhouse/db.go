package clickhouse

import (
	"context"
	"errors"
	"time"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Conn is the driver's connection, for what the methods of DB do not cover. It is closed with db.
func (db *DB) Conn() driver.Conn { return db.conn }

// Select runs a question and scans its rows into dest, a pointer to a slice of structs whose fields
// name their columns with `ch:"column"` tags. Each @name in sql is replaced by the value of that name
// in args, written as a literal; names that sql does not mention are ignored.
//
// A failure of the engine or server is a *clickhouse.Exception of the driver, whatever the protocol; an
// ended context is returned as its cause.
func (db *DB) Select(ctx context.Context, dest any, sql string, args map[string]any) error {
	return plain(ctx, db.conn.Select(ctx, dest, sql, named(args)...))
}

// Exec runs a statement that returns no rows. Parameters and failures are those of Select.
func (db *DB) Exec(ctx context.Context, sql string, args map[string]any) error {
	return plain(ctx, db.conn.Exec(ctx, sql, named(args)...))
}

// Batch begins an insert: insert is "INSERT INTO table (columns)". Nothing is written before its Send,
// which writes all rows or none (one part a partition). A batch that is not sent must be aborted.
func (db *DB) Batch(ctx context.Context, insert string) (driver.Batch, error) {
	batch, err := db.conn.PrepareBatch(ctx, insert)
	if err != nil {
		return nil, plain(ctx, err)
	}
	return batch, nil
}

// named turns parameters into the driver's. Times are moved to UTC, so that their literals name the
// same instant whatever the time zone of the server, and keep their fraction of a second: as plain
// seconds they would lose it, and every year before 1970 and after 2105.
func named(args map[string]any) []any {
	values := make([]any, 0, len(args))
	for name, value := range args {
		if pointer, ok := value.(*time.Time); ok && pointer != nil {
			value = *pointer
		}
		if instant, ok := value.(time.Time); ok {
			values = append(values, namedTime(name, instant.UTC()))
		} else {
			values = append(values, ch.Named(name, value))
		}
	}
	return values
}

func namedTime(name string, t time.Time) any {
	switch {
	case t.Nanosecond()%int(time.Millisecond) != 0:
		return ch.DateNamed(name, t, ch.NanoSeconds)
	case t.Nanosecond() != 0 || t.Year() < 1970 || t.Year() > 2105:
		return ch.DateNamed(name, t, ch.MilliSeconds)
	}
	return ch.Named(name, t)
}

// plain takes off what the transports wrap around a failure, so that it reads the same over all of
// them.
func plain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if exception, ok := errors.AsType[*ch.Exception](err); ok {
		return exception
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
