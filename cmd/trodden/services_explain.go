package main

import (
	"context"
	"fmt"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/query"
)

// history reads all that is known of one repository.
func (s *services) history(ctx context.Context, repo metrics.RepoID) (metrics.History, error) {
	for h, err := range s.db.Histories(ctx, []metrics.RepoID{repo}) {
		return h, err
	}
	return metrics.History{}, fmt.Errorf("repository %d: %w", repo, metrics.ErrNotFound)
}

// Explain implements api.Explainer and dashboards.Explainer: it replays the repository up to the moment, for all of its units and
// all paths together, and keeps that while neither data nor rules change.
func (s *services) Explain(ctx context.Context, repo metrics.RepoID, component string, path metrics.PathKey, at metrics.Instant) (metrics.Explanation, error) {
	held := s.held.Load()
	list, err := query.Kept(ctx, s.asked, fmt.Sprintf("explained by rules %d: %d %s", held.nth, repo, at), func() ([]classify.Explained, error) {
		return s.explainAll(ctx, held.rules, repo, at)
	})
	if err != nil {
		return metrics.Explanation{}, err
	}
	for i := range list {
		if list[i].Component == component && list[i].Path == path {
			return list[i].Explanation, nil
		}
	}
	return metrics.Explanation{}, fmt.Errorf("component %q of repository %d on path %q at %s: %w", component, repo, path, at, metrics.ErrNotFound)
}

func (s *services) explainAll(ctx context.Context, rules *classify.Classifier, repo metrics.RepoID, at metrics.Instant) ([]classify.Explained, error) {
	h, err := s.history(ctx, repo)
	if err != nil {
		return nil, err
	}
	hosts, err := s.db.HostTeams(ctx)
	if err != nil {
		return nil, err
	}
	rules = rules.Knowing(hosts)
	blobs := newBlobWindow(rules, blobReader(ctx, s.db, nil, h), h)
	list := rules.Explain(h, classify.NewPeople(nil, nil, nil), blobs, at)
	return list, blobs.err
}
