package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/descriptor"
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
		watch: classify.Watch(u.Definitions), providers: providers(u.Definitions), naming: naming(u.CatalogFiles), people: people, env: s.env, hosts: hosts{budget: budget, spent: &s.spent, pools: &s.pools, used: new(usedPools), apps: s.apps, accounts: s.accounts}, now: s.instant, log: s.log,
	}, err
}

// naming says which files the catalog files of a repository name: those that portals look for, and those that are configured.
func naming(configured []string) collectors.Naming {
	globs := metrics.PortalFiles()
	for _, glob := range configured {
		globs = append(globs, strings.Trim(glob, "/"))
	}
	usual, err := collectors.NewMatcher(metrics.WatchSet{Whole: globs})
	if err != nil {
		return nil // a source that watches them refuses them, too
	}
	return func(repo string, tree collectors.Tree) []string {
		var begin []string
		for _, glob := range globs {
			begin = append(begin, tree.Match(glob)...)
		}
		return descriptor.Names(repo, tree, func(path string) bool { return usual.Wants([]byte(path)) == collectors.Whole }, begin...)
	}
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
