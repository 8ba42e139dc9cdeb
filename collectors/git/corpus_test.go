package git_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/metrics"
)

// TestCorpusAgreesWithGit scans the clones that TRODDEN_CORPUS names (a glob), else a history made on the
// spot, with the files that are watched by default, and compares numbers, trees and contents with plain git.
func TestCorpusAgreesWithGit(t *testing.T) {
	glob := os.Getenv("TRODDEN_CORPUS")
	if glob == "" {
		glob = filepath.Join(t.TempDir(), "*.git")
		busyRepo(t, filepath.Join(filepath.Dir(glob), "busy.git"), 500)
	}
	s := newScanner(t, glob)
	s.config.Watch = metrics.DefaultWatch()
	summary := s.scan()
	t.Logf("%+v", summary)
	if summary.Unknown > 0 || len(summary.Partial) > 0 {
		t.Fatalf("%d are unknown: %v, %v", summary.Unknown, summary.Problems, summary.Partial)
	}
	for _, repo := range s.store.All() {
		h := s.store.History(repo.ID)
		head := s.reading(repo.Name).Head.String()
		landed := strings.Fields(run(t, repo.Location, "rev-list", "--first-parent", "--reverse", head))
		all := run(t, repo.Location, "rev-list", "--count", head)
		if got := fmt.Sprint(len(h.Commits)); got != all || int(h.Walks[0].Commits) != len(landed) {
			t.Errorf("%s: %s commits, %d landed, git says %s and %d", repo.Name, got, h.Walks[0].Commits, all, len(landed))
		}
		tree := map[string]metrics.OID{}
		next := 0
		for pos, oid := range landed {
			for ; next < len(h.Changes) && h.Changes[next].Pos == uint32(pos); next++ {
				tree[h.Changes[next].Path] = h.Changes[next].Blob
			}
			if step := max(1, len(landed)/20); pos%step != 0 && pos != len(landed)-1 {
				continue
			}
			want := lsTree(t, repo.Location, oid)
			maps.DeleteFunc(want, func(path string, _ metrics.OID) bool { return !matches(s.config.Watch.Whole, path) })
			maps.DeleteFunc(tree, func(_ string, blob metrics.OID) bool { return blob == "" })
			if diff := cmp.Diff(want, tree); diff != "" {
				t.Errorf("%s at position %d (-git +replayed):\n%.2000s", repo.Name, pos, diff)
			}
		}
		for path, oid := range tree {
			if b := s.store.Blobs[oid]; b.Status == metrics.BlobRead && b.Content != output(t, repo.Location, "", "cat-file", "blob", oid.String()) {
				t.Errorf("%s: %s has another content than %s", repo.Name, path, oid)
			}
		}
	}
	for oid, n := range s.store.Brought {
		if n != 1 {
			t.Errorf("blob %s was read %d times, want once", oid, n)
		}
	}
	if again := s.scan(); again.Unchanged != again.Repos {
		t.Errorf("second scan came to %+v, want all unchanged", again)
	}
}

func matches(globs []string, path string) bool {
	for _, glob := range globs {
		if doublestar.MatchUnvalidated(glob, path) {
			return true
		}
	}
	return false
}
