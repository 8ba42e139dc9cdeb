package clickhouse_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// onEveryStore runs test on the store of clickhousetest, and once more over real HTTP to the same
// engine, opened by an http:// address: what holds for one must hold for the other.
func onEveryStore(t *testing.T, test func(t *testing.T, db *clickhouse.DB)) {
	t.Run("direct", func(t *testing.T) { test(t, clickhousetest.OpenTest(t)) })
	t.Run("http", func(t *testing.T) { test(t, openHTTP(t)) })
}

// openHTTP opens a database of the embedded engine through a server that does nothing but pass on
// requests and responses.
func openHTTP(t *testing.T) *clickhouse.DB {
	t.Helper()
	behind := clickhousetest.OpenTest(t)
	if !behind.Embedded() {
		return behind
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		response, err := behind.Transport().RoundTrip(req)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer response.Body.Close()
		for name, values := range response.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(response.StatusCode)
		if _, err := io.Copy(w, response.Body); err != nil && req.Context().Err() == nil {
			t.Errorf("pass on a response: %v", err)
		}
	}))
	t.Cleanup(server.Close)
	name := currentDatabase(t, behind)
	db, err := clickhouse.Open(t.Context(), strings.TrimSuffix(server.URL, "/")+"/"+name, clickhouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func currentDatabase(t *testing.T, db *clickhouse.DB) string {
	t.Helper()
	return one[string](t, db, "SELECT currentDatabase() AS value", nil)
}

// one is the single value of a question whose column is called value.
func one[T any](t *testing.T, db *clickhouse.DB, sql string, args map[string]any) T {
	t.Helper()
	return ask[T](t, t.Context(), db, sql, args)
}

func ask[T any](t *testing.T, ctx context.Context, db *clickhouse.DB, sql string, args map[string]any) T {
	t.Helper()
	var rows []struct {
		Value T `ch:"value"`
	}
	if err := db.Select(ctx, &rows, sql, args); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	if len(rows) != 1 {
		t.Fatalf("%s: %d rows; want 1", sql, len(rows))
	}
	return rows[0].Value
}

// do runs statements that must not fail.
func do(t *testing.T, db *clickhouse.DB, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if err := db.Exec(t.Context(), sql, nil); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}
