package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

//go:embed sql/spells.sql
var spellsSQL string

// Spells returns the published stays of all units on all paths: campaigns are found among them.
func (db *DB) Spells(ctx context.Context) ([]metrics.Spell, error) {
	list, err := collect(ctx, db, spellsSQL, nil, func(s *metrics.Spell) []any {
		return []any{
			(*uint64)(&s.Repo), &s.Component, (*string)(&s.Path), (*int64)(&s.From), (*int64)(&s.To),
			(*uint8)(&s.Outcome), &s.Known, &s.Choice, (*uint8)(&s.Origin), (*uint64)(&s.Actor), (*string)(&s.Team),
			(*string)(&s.Commit), (*string)(&s.Change), &s.Machine, &s.Marks,
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list spells: %w", err)
	}
	return list, nil
}
