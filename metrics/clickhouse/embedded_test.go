package clickhouse_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/ext"
	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// failure is what callers look at in an exception.
type failure struct {
	Code    int32
	Name    string
	Message string // its beginning
}

func TestExceptions(t *testing.T) {
	tests := []struct {
		name, sql string
		want      failure
	}{
		{"unknown table", "SELECT * FROM nothing", failure{60, "UNKNOWN_TABLE", "Unknown table expression identifier 'nothing'"}},
		{"syntax", "SELECT 1 +", failure{62, "SYNTAX_ERROR", "Syntax error: failed at position 11 (end of query)"}},
		{"misspelt keyword", "SELEC 1", failure{62, "SYNTAX_ERROR", "Syntax error: failed at position 1 (SELEC)"}},
		{"two statements", "SELECT 1; SELECT 2", failure{62, "SYNTAX_ERROR", "Syntax error"}},
		{"while it runs", "SELECT throwIf(number = 70000, 'too far') FROM numbers(100000)", failure{395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO", "too far"}},
		{"too slow", "SELECT count() FROM numbers(1000000000000) SETTINGS max_execution_time = 1", failure{159, "TIMEOUT_EXCEEDED", "Timeout exceeded"}},
		{"too large", "SELECT groupArray(number) FROM numbers(1000000) SETTINGS max_memory_usage = 1000000", failure{241, "MEMORY_LIMIT_EXCEEDED", "Query memory limit exceeded"}},
		{"unknown setting", "SELECT 1 SETTINGS nonsense = 1", failure{115, "UNKNOWN_SETTING", "Unknown setting 'nonsense'"}},
	}
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				var rows []struct{}
				for verb, err := range map[string]error{
					"exec":   db.Exec(t.Context(), test.sql, nil),
					"select": db.Select(t.Context(), &rows, test.sql, nil),
				} {
					exception, ok := errors.AsType[*ch.Exception](err)
					if !ok {
						t.Fatalf("%s: %v; want an exception", verb, err)
					}
					got := failure{exception.Code, exception.CodeName, exception.Message[:min(len(test.want.Message), len(exception.Message))]}
					if diff := cmp.Diff(got, test.want); diff != "" {
						t.Errorf("%s: %q (-got +want):\n%s", verb, exception.Message, diff)
					}
				}
			})
		}
		if got := one[uint8](t, db, "SELECT 1 AS value", nil); got != 1 {
			t.Errorf("after exceptions SELECT 1 = %d", got)
		}
	})
}

func TestStatementsThatAreOneDespiteASemicolon(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		for _, sql := range []string{"SELECT 'a;b' AS value;", "SELECT 'a;b' AS value -- ; SELECT 2", "/* ; */ SELECT 'a;b' AS value\n;\n"} {
			if got := one[string](t, db, sql, nil); got != "a;b" {
				t.Errorf("%q = %q; want a;b", sql, got)
			}
		}
	})
}

func TestSettingsOfAStatement(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		const sql = "SELECT toString((getSetting('max_block_size'), getSetting('log_comment'))) AS value"
		with := ch.Context(t.Context(), ch.WithSettings(ch.Settings{"max_block_size": 777, "log_comment": "it's \\ a"}), ch.WithQueryID("an id */ SELECT 2"))
		plain := one[string](t, db, sql, nil)
		for range 10 { // more often than there are sessions
			if got, want := ask[string](t, with, db, sql, nil), `(777,'it\'s \\ a')`; got != want {
				t.Fatalf("with settings: %q; want %q", got, want)
			}
			if got := one[string](t, db, sql, nil); got != plain {
				t.Fatalf("without settings: %q; want %q", got, plain)
			}
		}
		bad := ch.Context(t.Context(), ch.WithSettings(ch.Settings{"nonsense": 1}))
		if exception, ok := errors.AsType[*ch.Exception](db.Exec(bad, "SELECT 1", nil)); !ok || exception.Code != 115 {
			t.Errorf("an unknown setting gives %v; want code 115", exception)
		}
		if got := one[string](t, db, sql, nil); got != plain {
			t.Errorf("after an unknown setting: %q; want %q", got, plain)
		}
	})
}

func TestLimitOfTime(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	if !db.Embedded() {
		return // a server needs the limit: it does not see when a context ends
	}
	tests := []struct {
		name     string
		timeout  time.Duration
		settings ch.Settings
		want     string
	}{
		{"none", 0, nil, "600"},
		{"a deadline", time.Minute, nil, "600"},
		{"a setting", 0, ch.Settings{"max_execution_time": 7}, "7"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx := ch.Context(t.Context(), ch.WithSettings(test.settings))
			if test.timeout > 0 {
				var stop context.CancelFunc
				ctx, stop = context.WithTimeout(ctx, test.timeout)
				defer stop()
			}
			got := ask[string](t, ctx, db, "SELECT toString(toUInt64(getSetting('max_execution_time'))) AS value", nil)
			if got != test.want {
				t.Errorf("limit = %s; want %s", got, test.want)
			}
		})
	}
}

// With the engine's own setting, a ceiling below 1 GiB would leave every statement a single thread.
func TestStatementsHaveTheirThreads(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	const sql = `SELECT arrayStringConcat(groupArray(explain), '\n') AS value
		FROM (EXPLAIN PIPELINE SELECT sum(sipHash64(number)) FROM numbers_mt(10000000))`
	ctx := ch.Context(t.Context(), ch.WithSettings(ch.Settings{"max_threads": 2}))
	if got := ask[string](t, ctx, db, sql, nil); !strings.Contains(got, "NumbersRange × 2") {
		t.Errorf("the statement runs as\n%s\nwant two threads", got)
	}
}

func TestStatementsLeaveNoTraceInSessions(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		database := currentDatabase(t, db)
		for _, sql := range []string{"SET max_block_size = 5", "USE system", "-- a comment\n/* and one */ set max_block_size = 5", "CREATE TEMPORARY TABLE temporary (a UInt8)", "SELECT 1 SETTINGS max_block_size = 5"} {
			for range 8 {
				do(t, db, sql)
			}
			for range 8 {
				got := one[string](t, db, "SELECT concat(currentDatabase(), ' ', toString(getSetting('max_block_size') = 5)) AS value", nil)
				if want := database + " 0"; got != want {
					t.Errorf("after %q: %q; want %q", sql, got, want)
				}
				if err := db.Exec(t.Context(), "SELECT * FROM temporary", nil); err == nil {
					t.Errorf("after %q: a temporary table is there", sql)
				}
			}
		}
	})
}

func TestDatabasesAreApart(t *testing.T) {
	one, other := clickhousetest.OpenTest(t), clickhousetest.OpenTest(t)
	do(t, one, "CREATE TABLE here (a UInt8) ENGINE = MergeTree ORDER BY a")
	for range 8 {
		do(t, one, "SELECT * FROM here")
		if exception, ok := errors.AsType[*ch.Exception](other.Exec(t.Context(), "SELECT * FROM here", nil)); !ok || exception.Code != 60 {
			t.Errorf("in another database: %v; want code 60", exception)
		}
	}
	nowhere, err := one.Database("no such database")
	if err != nil {
		t.Fatal(err)
	}
	defer nowhere.Close()
	if exception, ok := errors.AsType[*ch.Exception](nowhere.Exec(t.Context(), "SELECT 1", nil)); !ok || exception.Code != 81 {
		t.Errorf("in no database: %v; want code 81", exception)
	}
}

// zoneTask prints which instant a date in a statement means.
func zoneTask(ctx context.Context, dir string) error {
	db, err := openOwn(ctx, dir)
	if err != nil {
		return err
	}
	var rows []struct {
		Value string `ch:"value"`
	}
	if err := db.Select(ctx, &rows, "SELECT toString(toUnixTimestamp('2024-07-01 00:00:00')) AS value", nil); err != nil {
		return err
	}
	fmt.Println(rows[0].Value)
	return db.Close()
}

func TestDatesMeanUTCWhereverTheMachineStands(t *testing.T) {
	for _, zone := range []string{"UTC", "Asia/Tokyo", "America/New_York"} {
		t.Setenv("TZ", zone)
		got, err := runChild(t, "zone", t.TempDir())
		if want := "1719792000"; got != want || err != nil {
			t.Errorf("in %s midnight = %q, %v; want %s", zone, got, err, want)
		}
	}
}

func TestWhatTheEmbeddedEngineRefuses(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	if !db.Embedded() {
		return // a server can do these
	}
	table, err := ext.NewTable("outside", ext.Column("a", "UInt8"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		ctx  context.Context
	}{
		{"parameters of the server", ch.Context(t.Context(), ch.WithParameters(ch.Parameters{"x": "1"}))},
		{"external tables", ch.Context(t.Context(), ch.WithExternalTable(table))},
		{"sessions", ch.Context(t.Context(), ch.WithSettings(ch.Settings{"session_id": "x"}))},
		{"names that are no setting", ch.Context(t.Context(), ch.WithSettings(ch.Settings{"a = 1, max_threads": "1"}))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := db.Exec(test.ctx, "SELECT 1", nil)
			if exception, ok := errors.AsType[*ch.Exception](err); !ok || exception.Code != 48 && exception.Code != 115 {
				t.Errorf("exec = %v; want code 48 or 115", err)
			}
		})
	}
}

func TestRequestsAsTheDriverNeverMakesThem(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	if !db.Embedded() {
		return
	}
	database := currentDatabase(t, db)
	do(t, db, "CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
	tests := []struct {
		name, query, body, header string
		want                      string
		status                    int
	}{
		{"a statement as parameter", "query=SELECT+1", "", "", "1\n", 200},
		{"a format", "default_format=JSONEachRow", "SELECT 1 AS a", "", "{\"a\":1}\n", 200},
		{"a format in the statement", "default_format=Native", "SELECT 1 AS a FORMAT CSV", "", "1\n", 200},
		{"no statement", "", "", "", "Empty query", 500},
		{"rows of another format", "query=INSERT+INTO+t+FORMAT+CSV", "1\n2\n", "", "Code: 48.", 500},
		{"rows without insert", "query=SELECT+1", "\x01\x01", "", "Code: 36.", 500},
		{"rows that are none", "query=INSERT+INTO+t+FORMAT+Native", "nonsense", "", "Code: ", 500},
		{"rows of other types", "query=INSERT+INTO+t+FORMAT+Native", "\x01\x01\x01a\x06String\x01x", "", "Code: ", 500},
		{"rows", "query=INSERT+INTO+t+FORMAT+Native", "\x01\x01\x01a\x05UInt8\x07", "", "", 200},
		{"compressed rows", "query=INSERT+INTO+t+FORMAT+Native", "x", "gzip", "Code: 48.", 500},
		{"compressed result", "compress=1", "SELECT 1", "", "Code: 48.", 500},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://embedded/?database="+database+"&"+test.query, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if test.body == "" {
				req.Body = nil
			}
			if test.header != "" {
				req.Header.Set("Content-Encoding", test.header)
			}
			response, err := db.Transport().RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(body); response.StatusCode != test.status || !strings.Contains(got, test.want) {
				t.Errorf("response = %d %q; want %d %q", response.StatusCode, got, test.status, test.want)
			}
		})
	}
	if got := one[uint64](t, db, "SELECT sum(a) AS value FROM t", nil); got != 7 {
		t.Errorf("sum = %d; want 7: only one insert has rows", got)
	}
}
