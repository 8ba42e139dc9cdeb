package query_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// ended is a scan that ended at a moment.
func ended(at metrics.Instant, source string, shard, shards uint16, complete bool, lacking ...string) clickhouse.Scan {
	return clickhouse.Scan{ID: uint64(at), Began: at - 5, Ended: at, Source: source, Shard: shard, Shards: shards, Complete: complete, Lacking: lacking}
}

func TestFreshIsComplete(t *testing.T) {
	const good, bad = true, false
	tests := []struct {
		name       string
		configured []string
		scans      []clickhouse.Scan
		want       bool
	}{
		{"no scan", nil, nil, false},
		{"all of it", []string{"a", "b"}, []clickhouse.Scan{ended(1, "", 0, 0, bad), ended(2, "", 0, 0, good)}, true},
		{"all of it, badly", []string{"a"}, []clickhouse.Scan{ended(1, "", 0, 0, good), ended(2, "", 0, 0, bad)}, false},
		{"all of it, before anybody said what is configured", nil, []clickhouse.Scan{ended(1, "", 0, 0, good)}, true},
		{"one source, and nobody said what else is configured", nil, []clickhouse.Scan{ended(1, "a", 0, 0, good)}, false},
		{"all of it, and one source badly behind that", nil, []clickhouse.Scan{ended(1, "", 0, 0, good), ended(2, "a", 0, 0, bad)}, false},

		{"one part of three is missing", []string{"a"}, []clickhouse.Scan{ended(1, "", 1, 3, good), ended(2, "", 3, 3, good)}, false},
		{"all three", []string{"a"}, []clickhouse.Scan{ended(1, "", 1, 3, good), ended(2, "", 3, 3, good), ended(3, "", 2, 3, good)}, true},
		{"all three badly, one of them well again", []string{"a"},
			[]clickhouse.Scan{ended(1, "", 1, 3, bad), ended(2, "", 2, 3, bad), ended(3, "", 3, 3, bad), ended(4, "", 1, 3, good)}, false},
		{"each of them well again", []string{"a"}, []clickhouse.Scan{ended(1, "", 1, 2, bad), ended(2, "", 2, 2, bad), ended(3, "", 2, 2, good), ended(4, "", 1, 2, good)}, true},
		{"a part badly, and all of it behind that", []string{"a"}, []clickhouse.Scan{ended(1, "", 1, 3, bad), ended(2, "", 0, 0, good)}, true},
		{"all of it, and one part behind that", []string{"a"}, []clickhouse.Scan{ended(1, "", 0, 0, good), ended(2, "", 1, 3, good)}, true},
		{"all of it badly, and one part behind that", []string{"a"}, []clickhouse.Scan{ended(1, "", 0, 0, bad), ended(2, "", 1, 3, good)}, false},
		{"the only part", []string{"a"}, []clickhouse.Scan{ended(1, "", 1, 1, good)}, true},
		{"a division that is new, with one part", []string{"a"}, []clickhouse.Scan{ended(1, "", 1, 3, good), ended(2, "", 2, 3, good), ended(3, "", 3, 3, good), ended(4, "", 1, 2, good)}, true},
		{"one that is new and has what was read badly", []string{"a"},
			[]clickhouse.Scan{ended(1, "", 1, 4, good), ended(2, "", 2, 4, good), ended(3, "", 3, 4, bad), ended(4, "", 4, 4, good), ended(5, "", 1, 2, good)}, true},
		{"one that is new and has it not", []string{"a"},
			[]clickhouse.Scan{ended(1, "", 1, 4, good), ended(2, "", 2, 4, good), ended(3, "", 3, 4, bad), ended(4, "", 4, 4, good), ended(5, "", 2, 2, good)}, false},
		{"divisions that have too little in common", []string{"a"}, []clickhouse.Scan{ended(1, "", 1, 65521, good), ended(2, "", 1, 65519, good), ended(3, "", 0, 0, good)}, true},
		{"the same, with all of it before", []string{"a"}, []clickhouse.Scan{ended(1, "", 0, 0, good), ended(2, "", 1, 65521, good), ended(3, "", 1, 65519, good)}, false},

		{"one source badly, another one well", []string{"a", "b"}, []clickhouse.Scan{ended(1, "a", 0, 0, bad), ended(2, "b", 0, 0, good)}, false},
		{"each source by itself", []string{"a", "b"}, []clickhouse.Scan{ended(1, "a", 0, 0, good), ended(2, "b", 0, 0, good)}, true},
		{"one of two", []string{"a", "b"}, []clickhouse.Scan{ended(1, "a", 0, 0, good)}, false},
		{"one source badly that is not configured any more", []string{"b"}, []clickhouse.Scan{ended(1, "a", 0, 0, bad), ended(2, "b", 0, 0, good)}, true},
		{"all of them, one badly, and another one well", []string{"a", "b"}, []clickhouse.Scan{ended(1, "", 0, 0, bad, "a"), ended(2, "b", 0, 0, good)}, false},
		{"all of them, one badly, and that one well", []string{"a", "b"}, []clickhouse.Scan{ended(1, "", 0, 0, bad, "a"), ended(2, "a", 0, 0, good)}, true},
		{"all of them, nobody knows which badly, and one well", []string{"a", "b"}, []clickhouse.Scan{ended(1, "", 0, 0, bad), ended(2, "a", 0, 0, good)}, false},
		{"parts, one badly of one source, and that part of it well", []string{"a", "b"},
			[]clickhouse.Scan{ended(1, "", 1, 2, bad, "b"), ended(2, "", 2, 2, good), ended(3, "b", 1, 2, good)}, true},
		{"parts, one badly of one source, and the other part of it well", []string{"a", "b"},
			[]clickhouse.Scan{ended(1, "", 1, 2, bad, "b"), ended(2, "", 2, 2, good), ended(3, "b", 2, 2, good)}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db := openStore(t)
			if len(test.configured) > 0 {
				if _, err := db.PutSources(t.Context(), test.configured, true, 1); err != nil {
					t.Fatal(err)
				}
			}
			for _, s := range test.scans {
				if err := db.WriteScan(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			}
			got, err := query.Fresh(t.Context(), db, 100)
			if err != nil || got.Complete != test.want {
				t.Errorf("got %+v and %v, want complete: %t", got, err, test.want)
			}
		})
	}
}

// TestFreshCountsWhatNobodyRead has scans of parts list repositories of other ones.
func TestFreshCountsWhatNobodyRead(t *testing.T) {
	listed := func(at metrics.Instant, source string, shard, shards uint16, repos, others uint32) metrics.Listing {
		return metrics.Listing{Source: source, At: at, Shard: shard, Shards: shards, Full: true, Whole: true, Repos: repos, Others: others}
	}
	read := func(at metrics.Instant, source string, ids ...metrics.RepoID) (list []metrics.Repo) {
		for _, id := range ids {
			list = append(list, metrics.Repo{ID: id, Name: "github.com/acme/" + string(rune('a'+id)), Source: source, Seen: at})
		}
		return list
	}
	news := listed(30, "a", 1, 3, 1, 0)
	news.Full, news.Whole = false, false
	parts := []clickhouse.Scan{ended(10, "", 1, 3, true), ended(20, "", 3, 3, true)}
	tests := []struct {
		name  string
		facts []metrics.Batch
		scans []clickhouse.Scan
		want  int
	}{
		{"all was read", []metrics.Batch{{Repos: read(10, "a", 1, 2, 3), Listings: []metrics.Listing{listed(10, "a", 0, 0, 3, 0)}}}, []clickhouse.Scan{ended(10, "", 0, 0, true)}, 0},
		{"the first of three parts", []metrics.Batch{{Repos: read(10, "a", 3), Listings: []metrics.Listing{listed(10, "a", 1, 3, 1, 4)}}}, parts[:1], 4},
		{"the second is missing", []metrics.Batch{
			{Repos: read(10, "a", 3), Listings: []metrics.Listing{listed(10, "a", 1, 3, 1, 4)}},
			{Repos: read(20, "a", 2, 5), Listings: []metrics.Listing{listed(20, "a", 3, 3, 2, 3)}},
		}, parts, 2},
		{"the same, and news of the first", []metrics.Batch{
			{Repos: read(10, "a", 3), Listings: []metrics.Listing{listed(10, "a", 1, 3, 1, 4), news}},
			{Repos: read(20, "a", 2, 5), Listings: []metrics.Listing{listed(20, "a", 3, 3, 2, 3)}},
		}, parts, 2},
		{"one part, after all of it", []metrics.Batch{
			{Repos: read(10, "a", 1, 2, 3), Listings: []metrics.Listing{listed(10, "a", 0, 0, 3, 0)}},
			{Repos: read(20, "a", 2), Listings: []metrics.Listing{listed(20, "a", 3, 3, 1, 2)}},
		}, parts, 0},
		{"the same, and another one is new", []metrics.Batch{
			{Repos: read(10, "a", 1, 2, 3), Listings: []metrics.Listing{listed(10, "a", 0, 0, 3, 0)}},
			{Repos: read(20, "a", 2), Listings: []metrics.Listing{listed(20, "a", 3, 3, 1, 3)}},
		}, parts, 1},
		{"all of it, after one part", []metrics.Batch{
			{Repos: read(10, "a", 2), Listings: []metrics.Listing{listed(10, "a", 3, 3, 1, 2)}},
			{Repos: read(20, "a", 1, 2, 3), Listings: []metrics.Listing{listed(20, "a", 0, 0, 3, 0)}},
		}, parts, 0},
		{"two sources", []metrics.Batch{
			{Repos: read(10, "a", 3), Listings: []metrics.Listing{listed(10, "a", 1, 3, 1, 4)}},
			{Repos: read(10, "b", 6), Listings: []metrics.Listing{listed(10, "b", 1, 3, 1, 7)}},
		}, parts[:1], 11},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db := openStore(t)
			for _, b := range test.facts {
				if err := db.Write(t.Context(), &b); err != nil {
					t.Fatal(err)
				}
			}
			for _, s := range test.scans {
				if err := db.WriteScan(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			}
			got, err := query.Fresh(t.Context(), db, 100)
			if err != nil || got.NotRead != test.want || got.Unknown != test.want {
				t.Errorf("got %+v and %v, want %d unknown, as they were not read", got, err, test.want)
			}
		})
	}
}
