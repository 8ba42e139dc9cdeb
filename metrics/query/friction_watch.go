package query

import (
	"context"
	_ "embed"
)

//go:embed friction_watched.sql
var frictionWatchedSQL string

// watch says in which times all runs of repositories are known, or all deployments.
type watch map[watched]periods

// watched are the runs of a repository, or its deployments.
type watched struct {
	repo    uint64
	deploys bool
}

// askWatch asks for it. The periods are sorted.
func (f *friction) askWatch(ctx context.Context, db DB) (watch, error) {
	var (
		all          = make(watch)
		repo         uint64
		begins, ends uint32
		deploys      bool
	)
	err := askEach(ctx, db, "in which times runs are known", frictionWatchedSQL, f.args(), []any{&repo, &begins, &ends, &deploys}, func() error {
		for _, one := range []watched{{repo, false}, {repo, true}} {
			if deploys || !one.deploys {
				all[one] = append(all[one], period{begins, ends})
			}
		}
		return nil
	})
	for _, times := range all {
		times.sort()
	}
	return all, err
}
