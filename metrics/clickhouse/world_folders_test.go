package clickhouse_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// TestWorldFolders finds folders by the watched files in them, as they are at the head.
func TestWorldFolders(t *testing.T) {
	const file = metrics.OID("some file's content.")
	type change struct {
		pos  uint32
		path string
		blob metrics.OID
	}
	walked := func(changes ...change) metrics.Batch {
		b := landed(1, "pay", 1, 9, 5, 3)
		for _, c := range changes {
			b.FileChanges = append(b.FileChanges, metrics.FileChange{Repo: 1, Walk: 100, Pos: c.pos, Path: c.path, Blob: c.blob})
		}
		return b
	}
	there := func(path string) metrics.Batch { return walked(change{0, path, file}) }
	seen := func(at metrics.Instant, paths ...string) metrics.Batch {
		b := metrics.Batch{Repos: []metrics.Repo{{ID: 1, Name: "pay", Source: "github", Seen: at}}}
		for _, path := range paths {
			b.FileStates = append(b.FileStates, metrics.FileState{Repo: 1, Path: path, Blob: file})
		}
		files := metrics.FilesID(b.FileStates)
		for i := range b.FileStates {
			b.FileStates[i].Files = files
		}
		b.Readings = []metrics.Reading{{Repo: 1, Source: "github", At: at, Complete: true, Head: oid("pay"), Files: files}}
		return b
	}
	another := there("svc/pay/go.mod")
	another.FileChanges[0].Repo = 2
	forced := there("docs/a")
	forced.Walks = append(forced.Walks, metrics.Walk{ID: 7, Repo: 1, Head: oid("before"), Commits: 1, At: daysAgo(1), Branch: "main"})
	forced.FileChanges = append(forced.FileChanges, metrics.FileChange{Repo: 1, Walk: 7, Path: "svc/pay/go.mod", Blob: file})
	killed := there("docs/a")
	killed.FileChanges = append(killed.FileChanges, metrics.FileChange{Repo: 1, Walk: 7, Path: "svc/pay/go.mod", Blob: file})
	for _, test := range []struct {
		name  string
		facts []metrics.Batch
		want  []string
	}{
		{"a file in it", []metrics.Batch{there("svc/pay/go.mod")}, []string{"svc", "svc/pay"}},
		{"a file below it", []metrics.Batch{there("svc/pay/db/x/go.mod")}, []string{"svc", "svc/pay"}},
		{"a file above it, and where the beginning is the same", []metrics.Batch{walked(change{0, "go.mod", file}, change{0, "svc/payments/go.mod", file})}, []string{"svc"}},
		{"a file that is called like it", []metrics.Batch{there("svc/pay")}, []string{"svc"}},
		{"in other letters", []metrics.Batch{there("SVC/pay/go.mod")}, nil},
		{"no file", []metrics.Batch{walked()}, nil},
		{"a file that was taken away", []metrics.Batch{walked(change{0, "svc/pay/go.mod", file}, change{2, "svc/pay/go.mod", ""})}, nil},
		{"a file that was moved away", []metrics.Batch{walked(change{0, "svc/pay/go.mod", file}, change{1, "svc/pay/go.mod", ""}, change{1, "docs/go.mod", file})}, []string{"docs"}},
		{"a file that came back", []metrics.Batch{walked(change{0, "svc/pay/go.mod", file}, change{1, "svc/pay/go.mod", ""}, change{2, "svc/pay/go.mod", file})}, []string{"svc", "svc/pay"}},
		{"a file of another repository", []metrics.Batch{walked(), another}, nil},
		{"a file before a force push", []metrics.Batch{forced}, []string{"docs"}},
		{"a file of a scan that was killed", []metrics.Batch{killed}, []string{"docs"}},
		{"a file that was seen without history", []metrics.Batch{seen(daysAgo(2), "svc/pay/go.mod")}, []string{"svc", "svc/pay"}},
		{"a file that was seen without history, and is no more", []metrics.Batch{seen(daysAgo(2), "svc/pay/go.mod"), seen(daysAgo(1), "docs/a")}, []string{"docs"}},
		{"a file of a history that was read before", []metrics.Batch{there("svc/pay/go.mod"), seen(worldNow+1, "docs/a")}, []string{"docs"}},
		{"a file that was seen without history before that was read", []metrics.Batch{seen(daysAgo(2), "svc/pay/go.mod"), there("docs/a")}, []string{"docs"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := openStore(t)
			for _, b := range test.facts {
				write(t, db, b)
			}
			w, err := db.World(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got, err := w.Folders(t.Context(), map[metrics.RepoID][]string{1: {"docs", "svc", "svc/pay"}, 2: {"elsewhere"}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(got[1])), test.want); diff != "" || len(got[2]) > 0 {
				t.Errorf("of another %q, -got +want\n%s", got[2], diff)
			}
		})
	}
}
