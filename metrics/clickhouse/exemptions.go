package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

//go:embed sql/exemptions.sql
var exemptionsSQL string

// Exemptions returns what is or was excused, of the given repositories or of all when none is given. Of one
// that was ended before its time there is the last word only.
func (db *DB) Exemptions(ctx context.Context, repos ...metrics.RepoID) ([]metrics.Exemption, error) {
	list, err := collect(ctx, db, exemptionsSQL, selection{all: len(repos) == 0, repos: repos}.args(), exemptionTargets)
	if err != nil {
		return nil, fmt.Errorf("list exemptions: %w", err)
	}
	return list, nil
}

func exemptionTargets(e *metrics.Exemption) []any {
	return []any{
		(*uint64)(&e.Repo), &e.Component, (*string)(&e.Path), (*int64)(&e.From), (*int64)(&e.To), &e.By, &e.Reason,
		(*int64)(&e.Recorded), &e.EndedBy,
	}
}

// WriteExemption stores an exemption. One with the repository, component, path and begin of an earlier one
// takes its place; the earlier one stays in the trail.
func (db *DB) WriteExemption(ctx context.Context, e metrics.Exemption) error {
	rows := []metrics.Exemption{e}
	err := db.insert(ctx, "INSERT INTO exemptions (repo, component, path, begins, ends, by, reason, recorded, ended_by)",
		pick(rows, func(e *metrics.Exemption) uint64 { return uint64(e.Repo) }),
		pick(rows, func(e *metrics.Exemption) string { return e.Component }),
		pick(rows, func(e *metrics.Exemption) string { return string(e.Path) }),
		times(rows, func(e *metrics.Exemption) metrics.Instant { return e.From }),
		times(rows, func(e *metrics.Exemption) metrics.Instant { return e.To }),
		pick(rows, func(e *metrics.Exemption) string { return e.By }),
		pick(rows, func(e *metrics.Exemption) string { return e.Reason }),
		times(rows, func(e *metrics.Exemption) metrics.Instant { return e.Recorded }),
		pick(rows, func(e *metrics.Exemption) string { return e.EndedBy }))
	if err != nil {
		return fmt.Errorf("write an exemption from %s: %w", e.Path, err)
	}
	return nil
}
