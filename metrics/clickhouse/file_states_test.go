package clickhouse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

func TestFileStates(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		if _, err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		watch := metrics.WatchSet{Whole: []string{"**/*.tf", odd}, Presence: []string{"Makefile"}}
		one := []metrics.FileState{{Repo: 1, Path: "Jenkinsfile", Blob: oid("a")}, {Repo: 1, Path: odd, Blob: oid("b")}}
		id := metrics.FilesID(one)
		for i := range one {
			one[i].Files = id
		}
		none := metrics.FilesID(nil)
		reading := func(source string, at metrics.Instant, files uint64) metrics.Reading {
			return metrics.Reading{Source: source, Repo: 1, At: at, Complete: true, Watched: watch.Fingerprint(), Files: files}
		}
		batch := &metrics.Batch{
			Repos:      []metrics.Repo{{ID: 1, Name: "github.com/acme/pay", Source: "github", Seen: 100}},
			FileStates: one, WatchSets: []metrics.WatchSet{watch},
			NamedFiles: []metrics.NamedFiles{{Repo: 1, Files: id, Globs: []string{"x"}}, {Repo: 1, Files: none, Globs: []string{"c/*.yaml", odd}}},
			Readings: []metrics.Reading{
				reading("github", 100, id), reading("git", 110, 0), reading("github", 120, id), reading("git", 130, 0),
				reading("github", 140, id), reading("git", 150, 0), reading("github", 160, none),
			},
		}
		for range 2 { // twice changes nothing
			if err := db.Write(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
		}
		for h, err := range db.Histories(t.Context(), []metrics.RepoID{1}) {
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(h.States, one); diff != "" {
				t.Errorf("files (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(h.Watch, watch); diff != "" {
				t.Errorf("watched (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(h.Named, []string{"c/*.yaml", odd}); diff != "" {
				t.Errorf("named (-got +want):\n%s", diff)
			}
			var got []metrics.Instant
			for _, r := range h.Readings {
				got = append(got, r.At)
			}
			want := []metrics.Instant{100, 110, 140, 150, 160} // of each source the first and the last that are alike
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("readings (-got +want):\n%s", diff)
			}
		}
		before, err := db.Marks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		again := &metrics.Batch{Readings: []metrics.Reading{reading("github", 170, none)}}
		other := &metrics.Batch{Readings: []metrics.Reading{reading("github", 180, id), reading("git", 190, 0)}}
		for i, b := range []*metrics.Batch{again, other} {
			if err := db.Write(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			now, err := db.Marks(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if changed := now[0].Facts != before[0].Facts; changed != (i == 1) {
				t.Errorf("after reading %d: the facts are others: %v", i, changed)
			}
		}
	})
}
