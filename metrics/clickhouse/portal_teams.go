package clickhouse

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/portal_teams.sql
	portalTeamsSQL string
	//go:embed sql/portal_lists.sql
	portalListsSQL string
)

// PortalTeams returns which teams each catalog that was ever read has and had, by source.
func (db *DB) PortalTeams(ctx context.Context) ([]metrics.PortalTeams, error) {
	list, err := db.portalLists(ctx)
	if err != nil {
		return nil, err
	}
	type row struct {
		source, name string
		metrics.Period
	}
	args := map[string]any{"forever": int64(metrics.Forever)}
	rows, err := collect(ctx, db, portalTeamsSQL, args, func(r *row) []any { return []any{&r.source, &r.name, (*int64)(&r.From), (*int64)(&r.To)} })
	if err != nil {
		return nil, fmt.Errorf("list the teams of catalogs: %w", err)
	}
	for _, r := range rows {
		i := slices.IndexFunc(list, func(p metrics.PortalTeams) bool { return p.Source == r.source })
		if i < 0 {
			continue
		}
		if there := r.Overlap(list[i].Read); !there.Empty() {
			list[i].Teams[r.name] = append(list[i].Teams[r.name], there)
		}
	}
	return list, nil
}

// portalLists returns the catalogs that were ever read, with when all of their teams are known, and as yet without any.
func (db *DB) portalLists(ctx context.Context) (list []metrics.PortalTeams, err error) {
	type row struct {
		source      string
		at, retired metrics.Instant
		whole       bool
	}
	rows, err := collect(ctx, db, portalListsSQL, nil, func(r *row) []any { return []any{&r.source, (*int64)(&r.at), &r.whole, (*int64)(&r.retired)} })
	if err != nil {
		return nil, fmt.Errorf("list when all teams of catalogs are known: %w", err)
	}
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].Source != r.source {
			list = append(list, metrics.PortalTeams{Source: r.source, Read: metrics.Period{From: r.at, To: metrics.Forever}, Teams: map[string][]metrics.Period{}})
		}
		p := &list[len(list)-1]
		if r.retired != metrics.Beginning {
			p.Read.To = r.retired
		}
		if n := len(p.Known); r.whole {
			p.Known = append(p.Known, metrics.Period{From: r.at, To: p.Read.To})
		} else if n > 0 {
			p.Known[n-1].To = r.at
		}
	}
	return list, nil
}
