package query_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

func TestSeen(t *testing.T) {
	db := openStore(t)
	scan := func(began metrics.Instant, source string, shard, shards uint16) clickhouse.Scan {
		return clickhouse.Scan{ID: uint64(began), Began: began, Ended: began + 5, Source: source, Shard: shard, Shards: shards, Listed: true}
	}
	unlisted := scan(900, "", 0, 0)
	unlisted.Listed = false
	tests := []struct {
		name    string
		scans   []clickhouse.Scan
		sources []string
		want    metrics.Instant
	}{
		{"no scan", nil, []string{"a"}, metrics.Beginning},
		{"no source", []clickhouse.Scan{scan(100, "", 0, 0)}, nil, metrics.Beginning},
		{"all of it", []clickhouse.Scan{scan(100, "", 0, 0), scan(200, "", 0, 0), unlisted}, []string{"a", "b"}, 200},
		{"the only part", []clickhouse.Scan{scan(100, "", 1, 1)}, []string{"a"}, 100},
		{"one part of two", []clickhouse.Scan{scan(100, "", 1, 2), scan(200, "", 1, 2)}, []string{"a"}, metrics.Beginning},
		{"both, one of them twice", []clickhouse.Scan{scan(100, "", 1, 2), scan(200, "", 2, 2), scan(300, "", 1, 2)}, []string{"a"}, 200},
		{"parts of different divisions", []clickhouse.Scan{scan(100, "", 1, 2), scan(200, "", 2, 3)}, []string{"a"}, metrics.Beginning},
		{"the better division", []clickhouse.Scan{scan(150, "", 0, 0), scan(100, "", 1, 2), scan(200, "", 2, 2)}, []string{"a"}, 150},
		{"one source of two", []clickhouse.Scan{scan(100, "a", 0, 0)}, []string{"a", "b"}, metrics.Beginning},
		{"each source by itself", []clickhouse.Scan{scan(100, "a", 0, 0), scan(200, "b", 0, 0)}, []string{"a", "b"}, 100},
		{"one by itself after all", []clickhouse.Scan{scan(100, "", 0, 0), scan(200, "b", 0, 0)}, []string{"a", "b"}, 100},
		{"a part of all, and the other of one", []clickhouse.Scan{scan(100, "", 1, 2), scan(200, "a", 2, 2)}, []string{"a"}, 100},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := db.Exec(t.Context(), "TRUNCATE TABLE scans", nil); err != nil {
				t.Fatal(err)
			}
			for _, s := range test.scans {
				if err := db.WriteScan(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			}
			got, err := query.Seen(t.Context(), db, test.sources)
			if err != nil || got != test.want {
				t.Errorf("got %d and %v, want %d", got, err, test.want)
			}
		})
	}
}
