package clickhouse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	ch "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/trodden/trodden/metrics"
)

// embedded is the engine at work on one directory. It is an http.RoundTripper that answers as the HTTP
// interface of a server does, so that the driver cannot tell the difference.
type embedded struct {
	dir      string
	spool    string // folder for the bodies of inserts
	version  string
	lock     *dirLock
	sessions *pool
	closing  sync.Once
	closed   error
}

// process guards what the library keeps once for the whole process: it can serve one directory at a
// time, and starting or stopping it is not for two goroutines at once.
var process struct {
	sync.Mutex
	dir string
}

// openDir opens the embedded store in dir, and makes the directory and its database where they are
// missing.
func openDir(ctx context.Context, dir string, opts Options) (*DB, error) {
	if ctx.Err() != nil {
		return nil, fmt.Errorf("open the embedded store in %s: %w", dir, context.Cause(ctx))
	}
	opts = withDefaults(opts)
	if opts.MaxMemory < minMemory {
		return nil, fmt.Errorf("open the embedded store: %d bytes of memory are too few, it needs %d: %w", opts.MaxMemory, minMemory, metrics.ErrInvalid)
	}
	if dir == "" {
		return nil, fmt.Errorf("open the embedded store: want embedded:DIR: %w", metrics.ErrInvalid)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open the embedded store in %s: %w", dir, err)
	}
	e, err := startEmbedded(ctx, dir, opts)
	if err != nil {
		return nil, fmt.Errorf("open the embedded store in %s: %w", dir, err)
	}
	db, err := e.database(ctx, opts.Database)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the embedded store in %s: %w", dir, err), e.close())
	}
	return db, nil
}

func withDefaults(opts Options) Options {
	opts.Database = cmp.Or(opts.Database, defaultDatabase)
	opts.MaxMemory = cmp.Or(opts.MaxMemory, defaultMaxMemory)
	opts.MaxThreads = cmp.Or(opts.MaxThreads, min(runtime.NumCPU(), 8))
	opts.Sessions = cmp.Or(opts.Sessions, defaultSessions)
	return opts
}

// startEmbedded takes the directory for this process and starts the engine on it.
func startEmbedded(ctx context.Context, dir string, opts Options) (_ *embedded, err error) {
	if err := engineBuilt(); err != nil {
		return nil, err
	}
	path, err := FindEngine(opts.Engine)
	if err != nil {
		return nil, err
	}
	e := &embedded{dir: dir, spool: filepath.Join(dir, "spool")}
	for _, folder := range []string{dir, dataDir(dir)} {
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return nil, err
		}
	}
	if e.lock, err = lockDir(ctx, dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.lock.release())
		}
	}()
	// What a killed process had not removed yet.
	if err := errors.Join(os.RemoveAll(e.spool), os.Mkdir(e.spool, 0o750)); err != nil {
		return nil, err
	}
	return e, e.start(ctx, path, opts)
}

// dataDir is the folder of the engine's own files in an embedded directory.
func dataDir(dir string) string { return filepath.Join(dir, "clickhouse") }

func (e *embedded) start(ctx context.Context, path string, opts Options) error {
	process.Lock()
	defer process.Unlock()
	if process.dir != "" {
		return fmt.Errorf("this process has %s open, and can have one directory open at a time: %w", process.dir, metrics.ErrConflict)
	}
	library, err := loadEngine(path)
	if err != nil {
		return err
	}
	e.version = library.version()
	base := sessionSettings(opts)
	if e.sessions, err = newPool(library, engineArgs(dataDir(e.dir), opts, base), base, opts.Sessions); err != nil {
		return err
	}
	process.dir = e.dir
	return nil
}

// database makes the database and a DB that uses it.
func (e *embedded) database(ctx context.Context, name string) (*DB, error) {
	db, err := connect(e.options(""))
	if err != nil {
		return nil, err
	}
	err = db.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+quoteIdentifier(name), nil)
	if err := errors.Join(err, db.conn.Close()); err != nil {
		return nil, err
	}
	db, err = connect(e.options(name))
	if err != nil {
		return nil, err
	}
	db.embedded = e
	return db, nil
}

// options makes the driver talk to the engine. Its connections cost nothing, so there may be many: the
// pool of sessions bounds what really runs. Few are kept when idle, because each keeps the buffer of
// the largest insert that it made.
func (e *embedded) options(database string) *ch.Options {
	return &ch.Options{
		Protocol:        ch.HTTP,
		Addr:            []string{"embedded"},
		Auth:            ch.Auth{Database: database},
		MaxOpenConns:    1024,
		MaxIdleConns:    2,
		ConnMaxLifetime: time.Hour,
		TransportFunc:   func(*http.Transport) (http.RoundTripper, error) { return e, nil },
	}
}

// close ends what still runs, stops the engine and gives the directory back.
func (e *embedded) close() error {
	e.closing.Do(func() {
		process.Lock()
		defer process.Unlock()
		if e.closed = e.sessions.close(); e.closed != nil {
			return // the engine still works on the directory: it stays ours until the process ends
		}
		process.dir = ""
		e.closed = e.lock.release()
	})
	return e.closed
}

// minMemory is what the engine needs to work at all.
const minMemory = 256 << 20

// engineCode is what the library's own pages and the start of the engine take, outside of what it
// counts against its ceiling.
const engineCode = 128 << 20

// threadMemory is how much of its memory must be free for each further thread of a statement.
const threadMemory = 32 << 20

// compiledAfter is how often an expression is interpreted before it is compiled.
const compiledAfter = "30"

// sessionSettings are the settings of a statement that brings none of its own.
func sessionSettings(opts Options) map[string]string {
	return map[string]string{
		"max_memory_usage":   strconv.FormatInt(opts.MaxMemory/3*2, 10),
		"max_execution_time": strconv.Itoa(max(int(opts.MaxQueryTime.Seconds()), 1)),
		"max_threads":        strconv.Itoa(opts.MaxThreads),
		// The engine would use one thread for every GiB that is free below its ceiling, so one at most.
		"max_threads_min_free_memory_per_thread": strconv.Itoa(threadMemory),
		// Dates written in statements mean UTC, wherever the machine stands.
		"session_timezone": "UTC",
		// As a server does: a misspelt SELECT is an error, not an expression.
		"implicit_select": "0",
		"async_insert":    "0",
		// Doubles of a row are merged away later; doing it while rows are written costs a fifth of that.
		"optimize_on_insert": "0",
		// What is asked a few times, as a scan does, is answered before it would be compiled: that takes longer than
		// all of it does on a small store. A server asks often, and compiles.
		"min_count_to_compile_expression":           compiledAfter,
		"min_count_to_compile_aggregate_expression": compiledAfter,
		"min_count_to_compile_sort_description":     compiledAfter,
		// Bodies of inserts are files whose names come again with other columns.
		"schema_inference_use_cache_for_file": "0",
	}
}

// engineArgs are the words that the engine is started with. All but the path are settings: of the
// server inside the process, and then of the session that is opened.
func engineArgs(path string, opts Options, base map[string]string) []string {
	args := []string{
		"clickhouse",
		"--path=" + path,
		// Without a name it would read config.xml of the working directory; this one cannot exist.
		"--config-file=/dev/null/none",
		"--max_server_memory_usage=" + strconv.FormatInt(opts.MaxMemory-engineCode, 10),
		// Count what is resident rather than what the cgroup of the machine says, and give pages back
		// soon: otherwise the process grows to twice the ceiling.
		"--memory_worker_use_cgroup=0",
		"--memory_worker_period_ms=20",
		"--memory_worker_purge_dirty_pages_threshold_ratio=0.05",
		// Caches are sized for servers with much memory.
		"--mark_cache_size=33554432",
		"--primary_index_cache_size=33554432",
		"--index_mark_cache_size=8388608",
		"--query_condition_cache_size=8388608",
		"--compiled_expression_cache_size=33554432",
	}
	for name, value := range base {
		args = append(args, "--"+name+"="+value)
	}
	return args
}
