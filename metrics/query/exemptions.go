package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed exemptions.sql
var exemptionsSQL string

// ExemptionsQuestion says which exemptions are asked for. The zero value of a filter is no filter.
type ExemptionsQuestion struct {
	Path metrics.PathKey
	Repo metrics.RepoID

	AsOf  metrics.Instant // the moment at which one is in force or not
	After *ExemptionKey   // the rows that follow this one
	Limit int             // at most so many; 0: all
}

// ExemptionKey is what exemptions are ordered by.
type ExemptionKey struct {
	Repo      string          `json:"repo"`
	Component string          `json:"component"`
	Path      metrics.PathKey `json:"path"`
	From      metrics.Instant `json:"from"`
}

// ExemptionRow says that a unit is or was excused from a path.
type ExemptionRow struct {
	Repo      string          `json:"repo"` // newest name
	RepoID    metrics.RepoID  `json:"-"`
	Component string          `json:"component"` // "" for the repository with all of its components
	Path      metrics.PathKey `json:"path"`
	From      time.Time       `json:"from"`
	Until     *time.Time      `json:"until"` // null where open
	InForce   bool            `json:"in_force"`
	By        string          `json:"by"`
	Reason    string          `json:"reason"`
	Recorded  time.Time       `json:"recorded"`
	EndedBy   string          `json:"ended_by"` // who ended it before its time, if anybody did

	// What was said first, which stays when it is ended before its time.
	Granted      time.Time  `json:"granted"`       // when it was recorded first
	GrantedUntil *time.Time `json:"granted_until"` // null where open
}

// Key returns where the row stands in the order of exemptions.
func (r ExemptionRow) Key() ExemptionKey {
	return ExemptionKey{r.Repo, r.Component, r.Path, metrics.At(r.From)}
}

// Exemptions returns what is and was excused, by repository, component, path and begin.
func Exemptions(ctx context.Context, db DB, q ExemptionsQuestion) ([]ExemptionRow, error) {
	type row struct {
		Repo      string     `ch:"repo"`
		RepoID    uint64     `ch:"repo_id"`
		Component string     `ch:"component"`
		Path      string     `ch:"path"`
		Begins    time.Time  `ch:"begins"`
		Ends      *time.Time `ch:"ends"`
		InForce   bool       `ch:"in_force"`
		By        string     `ch:"by"`
		Reason    string     `ch:"reason"`
		Recorded  time.Time  `ch:"recorded"`
		EndedBy   string     `ch:"ended_by"`

		Granted     time.Time  `ch:"granted"`
		GrantedEnds *time.Time `ch:"granted_ends"`
	}
	after := ExemptionKey{}
	if q.After != nil {
		after = *q.After
	}
	rows, err := ask[row](ctx, db, "for exemptions", exemptionsSQL, map[string]any{
		"path": string(q.Path), "repo": uint64(q.Repo), "at": moment(q.AsOf), "continued": q.After != nil,
		"after_repo": after.Repo, "after_component": after.Component, "after_path": string(after.Path),
		"after_begins": moment(after.From), "limit": limit(q.Limit),
	})
	return answers(rows, func(r *row) ExemptionRow {
		return ExemptionRow{
			Repo: r.Repo, RepoID: metrics.RepoID(r.RepoID), Component: r.Component, Path: metrics.PathKey(r.Path),
			From: r.Begins, Until: r.Ends, InForce: r.InForce, By: r.By, Reason: r.Reason, Recorded: r.Recorded, EndedBy: r.EndedBy,
			Granted: r.Granted, GrantedUntil: r.GrantedEnds,
		}
	}), err
}
