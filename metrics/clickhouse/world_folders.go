package clickhouse

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
)

//go:embed sql/world_folders.sql
var worldFoldersSQL string

// Folders returns which of some folders, sorted for each repository, are known to be there: those with a watched file in them, or
// below. Of the others that is not known, for nobody lists what is in repositories.
func (w *World) Folders(ctx context.Context, asked map[metrics.RepoID][]string) (map[metrics.RepoID][]string, error) {
	type row struct {
		repo   metrics.RepoID
		folder string
	}
	found := make(map[metrics.RepoID][]string, len(asked))
	repos := slices.DeleteFunc(slices.Clone(w.Repos), func(k Known) bool { return len(asked[k.ID]) == 0 })
	for some := range slices.Chunk(repos, historyRepos) {
		args := map[string]any{}
		w.workArgs(some, asked, args)
		delete(args, "within")
		rows, err := collect(ctx, w.db, worldFoldersSQL, args, func(r *row) []any { return []any{(*uint64)(&r.repo), &r.folder} })
		if err != nil {
			return nil, fmt.Errorf("look up folders of %d repositories: %w", len(some), err)
		}
		for _, r := range rows {
			if _, is := slices.BinarySearch(asked[r.repo], r.folder); is { // or another repository's was
				found[r.repo] = append(found[r.repo], r.folder)
			}
		}
	}
	return found, nil
}
