package main

import (
	"context"
	"fmt"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// sources opens the privacy key and the given sources, which share a budget of requests; nil is none.
func (s *services) sources(ctx context.Context, u *understanding, list []config.Source, budget *quota.Budget) ([]collectors.Source, error) {
	around, err := s.around(ctx, u, budget)
	if err != nil {
		return nil, err
	}
	return openSources(list, around)
}

// around opens the privacy key, and returns what sources are made with.
func (s *services) around(ctx context.Context, u *understanding, budget *quota.Budget) (surroundings, error) {
	key, err := u.Privacy.Open(ctx, s.env, binder{s.db}, s.instant())
	if err != nil {
		return surroundings{}, err
	}
	people, err := collectors.NewPeople(collectors.Names{
		Key: key, Bots: u.Bots, Initiators: u.Initiators, Teams: u.Teams.List,
	})
	return surroundings{
		watch: classify.Watch(u.Definitions), providers: providers(u.Definitions), people: people, env: s.env, hosts: hosts{budget: budget, spent: &s.spent, pools: &s.pools}, now: s.instant, log: s.log,
	}, err
}

// binder keeps the privacy key's fingerprint in the store.
type binder struct{ db *clickhouse.DB }

// Bind implements config.Binder.
func (b binder) Bind(ctx context.Context, fingerprint string, now metrics.Instant) error {
	const name = "privacy"
	known, err := b.db.Installation(ctx, name)
	switch {
	case err != nil || known == fingerprint:
		return err
	case known != "":
		return fmt.Errorf("the store was filled with the key of fingerprint %s, this one has %s: %w", known, fingerprint, metrics.ErrConflict)
	}
	return b.db.PutInstallation(ctx, name, fingerprint, now)
}
