package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

//go:embed sql/marks.sql
var marksSQL string

// Mark says which facts are known of a repository, and what its published conclusion was drawn from. A
// conclusion holds while facts and definitions are the same; a run that was killed before it published
// leaves the old one behind, and so is noticed by the next.
type Mark struct {
	Repo      metrics.RepoID
	Facts     uint64   // fingerprint of the facts there are now
	Published uint64   // fingerprint of the facts behind the conclusion
	Follows   uint64   // fingerprint of what the conclusion follows from beside the facts: definitions, and who is who
	Concluded bool     // there is a conclusion
	Named     []string // what the conclusion calls teams of which portals know whether they are there

	Generation Generation // the one to put in force, when published
}

// Holds reports whether the published conclusion still follows from the facts, and from what has this fingerprint.
func (m Mark) Holds(rest uint64) bool {
	return m.Concluded && m.Facts == m.Published && m.Follows == rest
}

// Marks returns the marks of all repositories, in the order of their ids.
func (db *DB) Marks(ctx context.Context) ([]Mark, error) {
	list, err := collect(ctx, db, marksSQL, nil, func(m *Mark) []any {
		return []any{(*uint64)(&m.Repo), &m.Facts, &m.Published, &m.Follows, &m.Concluded, &m.Named}
	})
	if err != nil {
		return nil, fmt.Errorf("list what conclusions were drawn from: %w", err)
	}
	return list, nil
}
