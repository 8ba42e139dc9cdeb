// Package clickhouse is the store: ClickHouse, wherever it runs. By default the engine itself is
// embedded, loaded as a library into this process; a server or a cluster is reached over the native
// protocol or HTTP. Both stand behind one driver connection, so there is one SQL and one set of tests.
//
// It is the only importer of the driver and of the engine.
package clickhouse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/trodden/trodden/metrics"
)

// embeddedScheme begins the address of an embedded store; the rest is its directory, whatever
// characters that has.
const embeddedScheme = "embedded:"

// What an embedded store uses when the options do not say.
const (
	defaultMaxMemory = 768 << 20
	defaultQueryTime = 10 * time.Minute
	defaultSessions  = 4
	defaultDatabase  = "trodden"
)

// Options refine how a store is opened. The zero value suits a program that runs beside others.
type Options struct {
	// Database overrides the one that the address names. An embedded store creates it; its default is
	// "trodden".
	Database string
	// MaxQueryTime is how long one statement may run: 10 minutes by default.
	MaxQueryTime time.Duration

	// MaxMemory bounds what the embedded engine adds to the resident memory of this process, its own
	// code included: 768 MiB by default, at least 256 MiB. One statement may use two thirds of it.
	MaxMemory int64
	// MaxThreads is how many threads one statement of the embedded engine may use: by default as many
	// as there are processors, at most 8.
	MaxThreads int
	// Sessions is how many statements the embedded engine runs at the same time: 4 by default. Further
	// ones wait.
	Sessions int
	// Engine is the path of the engine's library, or of its folder. Empty looks in the usual places.
	Engine string
}

// DB is an open database: embedded, or on a server. It is safe for concurrent use.
type DB struct {
	conn     driver.Conn
	options  *ch.Options
	embedded *embedded // nil on a server
	shared   bool      // another DB closes the engine
}

// Open opens the store at dsn: embedded:DIR, clickhouse://host:9000/db or http(s)://host:8123/db. It
// fails with a HeldError when another process has the directory open.
func Open(ctx context.Context, dsn string, opts Options) (*DB, error) {
	opts.MaxQueryTime = cmp.Or(opts.MaxQueryTime, defaultQueryTime)
	if dir, ok := strings.CutPrefix(dsn, embeddedScheme); ok {
		return openDir(ctx, dir, opts)
	}
	return openServer(ctx, dsn, opts)
}

func openServer(ctx context.Context, dsn string, opts Options) (*DB, error) {
	options, err := serverOptions(dsn, opts)
	if err != nil {
		return nil, err
	}
	db, err := connect(options)
	if err != nil {
		return nil, err
	}
	if err := db.conn.Ping(ctx); err != nil {
		err = fmt.Errorf("open clickhouse at %s: %w: %w", strings.Join(options.Addr, ","), plain(ctx, err), metrics.ErrUnavailable)
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// serverOptions reads the address of a server. Its errors never show the password.
func serverOptions(dsn string, opts Options) (*ch.Options, error) {
	scheme, _, _ := strings.Cut(dsn, "://")
	switch scheme {
	case "clickhouse", "http", "https":
	default:
		return nil, fmt.Errorf("open store: want embedded:DIR, clickhouse://HOST:PORT/DATABASE or http(s)://HOST:PORT/DATABASE: %w", metrics.ErrInvalid)
	}
	options, err := ch.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("read the address of clickhouse: %w: %w", err, metrics.ErrInvalid)
	}
	options.Auth.Database = cmp.Or(opts.Database, options.Auth.Database)
	settings := ch.Settings{
		// Dates written in statements mean UTC, wherever the server stands.
		"session_timezone":   "UTC",
		"max_execution_time": int(opts.MaxQueryTime.Seconds()),
		"optimize_on_insert": 0, // as for the embedded engine
	}
	maps.Copy(settings, options.Settings)
	options.Settings = settings
	return options, nil
}

// connect makes a DB of options. The driver dials when first used.
func connect(options *ch.Options) (*DB, error) {
	conn, err := ch.Open(options)
	if err != nil {
		return nil, fmt.Errorf("open clickhouse: %w", err)
	}
	return &DB{conn: conn, options: options}, nil
}

// Database is the same store with its statements run in another database, which must exist. Closing it
// leaves db open; an embedded one must be closed before db is.
func (db *DB) Database(name string) (*DB, error) {
	options := *db.options
	options.Auth.Database = name
	other, err := connect(&options)
	if err != nil {
		return nil, err
	}
	other.embedded, other.shared = db.embedded, true
	return other, nil
}

// Close ends every statement that still runs, and closes the store.
func (db *DB) Close() error {
	err := db.conn.Close()
	if db.embedded != nil && !db.shared {
		err = errors.Join(err, db.embedded.close())
	}
	return err
}

// Embedded tells whether the engine runs inside this process.
func (db *DB) Embedded() bool { return db.embedded != nil }

// Announce tells other processes where this one serves the embedded directory: Holder and HeldError
// give them the URL. On a server it does nothing.
func (db *DB) Announce(url string) error {
	if db.embedded == nil {
		return nil
	}
	return db.embedded.lock.announce(url)
}
