package query

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed events.sql
var eventsSQL string

// EventsQuestion says which events are asked for. The zero value of a filter is no filter.
type EventsQuestion struct {
	Path metrics.PathKey
	Repo metrics.RepoID
	Unit *metrics.Unit // this unit alone, whatever Repo says

	From, To metrics.Instant // To is exclusive; 0: no end
	After    *EventKey       // the rows that follow this one
	Limit    int             // at most so many; 0: all
}

// EventKey is what events are ordered by.
type EventKey struct {
	At        metrics.Instant `json:"at"`
	Repo      metrics.RepoID  `json:"repo"`
	Order     uint32          `json:"order"`
	Component string          `json:"component"`
	Path      metrics.PathKey `json:"path"`
	ID        uint64          `json:"id"`
}

// EventRow is a dated change of a unit on a path. From and To are states of its files; both are "" where
// there are none.
type EventRow struct {
	ID        string             `json:"id"`
	At        time.Time          `json:"at"`
	Kind      metrics.EventKind  `json:"kind"`
	Repo      string             `json:"repo"` // newest name
	RepoID    metrics.RepoID     `json:"-"`
	Component string             `json:"component"`
	Path      metrics.PathKey    `json:"path"`
	From      metrics.State      `json:"from"`
	To        metrics.State      `json:"to"`
	Ways      []metrics.WayKey   `json:"ways"`
	Version   string             `json:"version"`
	Commit    *string            `json:"commit"` // landed it on the default branch; null for clocks
	Change    *string            `json:"change"` // the authored commit; null for clocks
	Origin    metrics.Origin     `json:"origin"`
	Evidence  []metrics.Evidence `json:"evidence"`
	key       EventKey
}

// Key returns where the row stands in the order of events.
func (r EventRow) Key() EventKey { return r.key }

// eventRow is a row of events.sql.
type eventRow struct {
	ID        uint64    `ch:"id"`
	At        time.Time `ch:"at"`
	Kind      uint8     `ch:"kind"`
	Repo      string    `ch:"repo"`
	RepoID    uint64    `ch:"repo_id"`
	Component string    `ch:"component"`
	Path      string    `ch:"path"`
	Order     uint32    `ch:"ord"`
	From      uint8     `ch:"from_state"`
	To        uint8     `ch:"to_state"`
	Ways      []string  `ch:"ways"`
	Version   string    `ch:"version"`
	Commit    string    `ch:"commit"`
	Change    string    `ch:"change"`
	Origin    uint8     `ch:"origin"`
	Evidence  string    `ch:"evidence"`
}

func (r *eventRow) answer() (EventRow, error) {
	row := EventRow{
		ID: fmt.Sprintf("%016x", r.ID), At: r.At, Kind: metrics.EventKind(r.Kind), Repo: r.Repo, RepoID: metrics.RepoID(r.RepoID),
		Component: r.Component, Path: metrics.PathKey(r.Path), From: metrics.State(r.From), To: metrics.State(r.To),
		Ways: wayKeys(r.Ways), Version: r.Version, Commit: object(r.Commit), Change: object(r.Change),
		Origin: metrics.Origin(r.Origin), Evidence: []metrics.Evidence{},
		key: EventKey{metrics.At(r.At), metrics.RepoID(r.RepoID), r.Order, r.Component, metrics.PathKey(r.Path), r.ID},
	}
	if err := json.Unmarshal([]byte(r.Evidence), &row.Evidence); err != nil {
		return row, fmt.Errorf("read the evidence of event %s: %w", row.ID, err)
	}
	for i := range row.Evidence {
		row.Evidence[i].Via = texts(row.Evidence[i].Via)
	}
	return row, nil
}

// Events returns what happened, oldest first; events at the same instant stand together by repository, and
// those of one repository in the order of its branch.
func Events(ctx context.Context, db DB, q EventsQuestion) ([]EventRow, error) {
	after, to := EventKey{}, q.To
	if q.After != nil {
		after = *q.After
	}
	if to == metrics.Beginning {
		to = metrics.Forever
	}
	rows, err := ask[eventRow](ctx, db, "for events", eventsSQL, unitArgs(q.Repo, q.Unit, map[string]any{
		"path": string(q.Path), "from": moment(q.From), "to": moment(to), "continued": q.After != nil,
		"after_at": moment(after.At), "after_repo": uint64(after.Repo), "after_ord": after.Order,
		"after_component": after.Component, "after_path": string(after.Path), "after_id": after.ID, "limit": limit(q.Limit),
	}))
	if err != nil {
		return nil, err
	}
	list := make([]EventRow, len(rows))
	for i := range rows {
		if list[i], err = rows[i].answer(); err != nil {
			return nil, err
		}
	}
	return list, nil
}
