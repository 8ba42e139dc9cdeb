package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// openLocal opens the store in this process and puts together what works on it.
func openLocal(ctx context.Context, p *program, c *config.Config) (*local, error) {
	db, err := clickhouse.Open(ctx, p.clickhouse, clickhouse.Options{Engine: p.lookup("TRODDEN_ENGINE", "")})
	if err != nil {
		return nil, err
	}
	migrated, err := db.Migrate(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bring the store up to date: %w", err), db.Close())
	}
	return &local{migrated: migrated, announce: db.Announce, close: db.Close}, nil
}
