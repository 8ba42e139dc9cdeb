package query

import (
	"cmp"
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed decisions.sql
var decisionsSQL string

// DecisionsQuestion says which decisions are asked for. The zero value of a filter is no filter.
type DecisionsQuestion struct {
	Path  metrics.PathKey
	Team  metrics.TeamKey // that decided
	Group string

	AsOf     metrics.Instant // only what was known to be a decision then
	From, To metrics.Instant // To is exclusive; 0: what was made up to AsOf
	After    *DecisionKey    // the rows that follow this one
	Limit    int             // at most so many; 0: all
	Only     string          // of Decisions alone: one of DecisionSelections
}

// DecisionKey is what decisions are ordered by.
type DecisionKey struct {
	At        metrics.Instant      `json:"at"`
	Repo      string               `json:"repo"`
	Component string               `json:"component"`
	Path      metrics.PathKey      `json:"path"`
	Kind      metrics.DecisionKind `json:"kind"`
}

// DecisionRow is a moment at which a team decided about a path for one unit.
type DecisionRow struct {
	At        time.Time            `json:"at"`
	Kind      metrics.DecisionKind `json:"kind"`
	Repo      string               `json:"repo"` // newest name
	Component string               `json:"component"`
	Team      metrics.TeamKey      `json:"team"` // "" where nobody is known to have owned it
	Path      metrics.PathKey      `json:"path"`
	For       bool                 `json:"for"`    // the path; else against it
	Choice    bool                 `json:"choice"` // something else could be done
	Free      bool                 `json:"free"`   // there was a choice, and a human made it: it counts
	Origin    metrics.Origin       `json:"origin"` // "" for the birth of a unit without the path
	Commit    *string              `json:"commit"` // landed it on the default branch; null likewise
	Change    *string              `json:"change"` // the authored commit; null likewise
	key       DecisionKey
}

// Key returns where the row stands in the order of decisions.
func (r DecisionRow) Key() DecisionKey { return r.key }

// Decisions returns what was decided, oldest first. There is nothing from before a path's launch.
func Decisions(ctx context.Context, db DB, q DecisionsQuestion) ([]DecisionRow, error) {
	holds, err := selected(DecisionSelections(), q.Only)
	if err != nil {
		return nil, err
	}
	return picked(q.After, q.Limit, DecisionRow.Key, func(after *DecisionKey, most int) ([]DecisionRow, error) {
		q.After, q.Limit = after, most
		return q.ask(ctx, db)
	}, holds)
}

// ask asks for decisions, whatever selection they are in.
func (q DecisionsQuestion) ask(ctx context.Context, db DB) ([]DecisionRow, error) {
	type row struct {
		Repo      string    `ch:"repo"`
		RepoID    uint64    `ch:"repo_id"`
		Component string    `ch:"component"`
		Team      string    `ch:"team"`
		Path      string    `ch:"path"`
		At        time.Time `ch:"at"`
		Kind      uint8     `ch:"kind"`
		InFavour  bool      `ch:"in_favour"`
		Choice    bool      `ch:"choice"`
		Free      bool      `ch:"free"`
		Origin    uint8     `ch:"origin"`
		Commit    string    `ch:"commit"`
		Change    string    `ch:"change"`
	}
	after := DecisionKey{}
	if q.After != nil {
		after = *q.After
	}
	rows, err := ask[row](ctx, db, "for decisions", decisionsSQL, q.args(map[string]any{
		"continued": q.After != nil, "after_at": moment(after.At), "after_repo": after.Repo, "after_component": after.Component,
		"after_path": string(after.Path), "after_kind": int8(after.Kind), "limit": limit(q.Limit),
	}))
	return answers(rows, func(r *row) DecisionRow {
		kind := metrics.DecisionKind(r.Kind)
		return DecisionRow{
			At: r.At, Kind: kind, Repo: r.Repo, Component: r.Component, Team: metrics.TeamKey(r.Team), Path: metrics.PathKey(r.Path),
			For: r.InFavour, Choice: r.Choice, Free: r.Free, Origin: metrics.Origin(r.Origin), Commit: object(r.Commit), Change: object(r.Change),
			key: DecisionKey{metrics.At(r.At), r.Repo, r.Component, metrics.PathKey(r.Path), kind},
		}
	}), err
}

// args adds the parameters that the questions of decisions share.
func (q DecisionsQuestion) args(args map[string]any) map[string]any {
	args["path"], args["team"], args["group"] = string(q.Path), string(q.Team), q.Group
	args["from"], args["to"], args["known"] = moment(q.From), moment(cmp.Or(q.To, q.AsOf+1)), moment(q.AsOf)
	return args
}
