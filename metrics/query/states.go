package query

import (
	"context"
	_ "embed"
	"slices"
	"strconv"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed states.sql
var statesSQL string

// StatesQuestion says which states are asked for. The zero value of a filter is no filter.
type StatesQuestion struct {
	Path    metrics.PathKey
	Team    metrics.TeamKey
	Group   string
	State   metrics.State
	Origin  metrics.Origin
	Way     metrics.WayKey // among others
	Version string         // as it is pinned
	Lag     string         // one of LagSelections: of those that use the path, what is so of their version
	Runs    string         // the name of a metrics.Activation, or RunsKnown: of those, what goes the path, or would if it were not dormant

	Active, Choice, Voluntary *bool // as in the rows

	Only    string         // one of StateSelections
	Without By             // one of Labels
	Reason  metrics.Reason // as in the rows

	Repo metrics.RepoID
	Unit *metrics.Unit // this unit alone, whatever Repo says

	AsOf  metrics.Instant
	After *StateKey // the rows that follow this one
	Limit int       // at most so many; 0: all
}

// RunsKnown asks for all of which it is known whether their pipeline runs.
const RunsKnown = "known"

// StateKey is what states are ordered by.
type StateKey struct {
	Repo      string          `json:"repo"`
	Component string          `json:"component"`
	Path      metrics.PathKey `json:"path"`
}

// StateRow is the state of a unit on a path at a moment.
type StateRow struct {
	Repo       string           `json:"repo"` // newest name
	RepoID     metrics.RepoID   `json:"-"`
	Component  string           `json:"component"`
	Team       metrics.TeamKey  `json:"team"` // "" where nobody is known to own it
	Path       metrics.PathKey  `json:"path"`
	State      metrics.State    `json:"state"`
	Ways       []metrics.WayKey `json:"ways"`
	Origin     metrics.Origin   `json:"origin"` // "" where it does not use the path
	Choice     bool             `json:"choice"`
	Voluntary  bool             `json:"voluntary"`
	Kept       bool             `json:"kept"`
	Since      *time.Time       `json:"since"`       // when the tree came into its state; null where not known
	SpellSince *time.Time       `json:"spell_since"` // when the stay began; null where it does not use the path
	Version    string           `json:"version"`
	Dated      bool             `json:"dated"` // Since comes from history
	Active     bool             `json:"active"`
	ReadAt     *time.Time       `json:"read_at"` // when its repository was last read, or tried to be
	Reason     metrics.Reason   `json:"reason"`  // why something is unknown
	// Runs says whether the pipeline of what uses the path runs; "" where it is not known, or does not use it.
	Runs metrics.Activation `json:"runs"`
	// Exemption is the one that makes it exempt; null in other states.
	Exemption *StateExemption `json:"exemption"`
}

// StateExemption is what excuses a unit from a path: Since of its state says nothing about it.
type StateExemption struct {
	By     string     `json:"by"`
	Reason string     `json:"reason"`
	From   time.Time  `json:"from"`
	Until  *time.Time `json:"until"` // null where open
}

// Key returns where the row stands in the order of states.
func (r StateRow) Key() StateKey { return StateKey{r.Repo, r.Component, r.Path} }

// Began returns when the unit came into its state; nil where that is not known, as where neither its files nor an
// exemption make it what it is.
func (r StateRow) Began() *time.Time {
	switch r.State {
	case metrics.Exempt:
		if r.Exemption != nil {
			return &r.Exemption.From
		}
		return nil
	case metrics.Ineligible, metrics.Dormant:
		return nil
	}
	return r.Since
}

// stateRow is a row of states.sql.
type stateRow struct {
	Repo       string     `ch:"repo"`
	RepoID     uint64     `ch:"repo_id"`
	Component  string     `ch:"component"`
	Team       string     `ch:"team"`
	Path       string     `ch:"path"`
	State      uint8      `ch:"state"`
	Ways       []string   `ch:"ways"`
	Origin     uint8      `ch:"origin"`
	Choice     bool       `ch:"choice"`
	Voluntary  bool       `ch:"voluntary"`
	Kept       bool       `ch:"kept"`
	Since      *time.Time `ch:"since"`
	SpellSince *time.Time `ch:"spell_since"`
	Version    string     `ch:"version"`
	Dated      bool       `ch:"dated"`
	Active     bool       `ch:"active"`
	ReadAt     *time.Time `ch:"read_at"`
	Reason     string     `ch:"reason"`
	Runs       uint8      `ch:"ran"`
}

func (r *stateRow) answer() StateRow {
	return StateRow{
		Repo: r.Repo, RepoID: metrics.RepoID(r.RepoID), Component: r.Component, Team: metrics.TeamKey(r.Team),
		Path: metrics.PathKey(r.Path), State: metrics.State(r.State), Ways: wayKeys(r.Ways), Origin: metrics.Origin(r.Origin),
		Choice: r.Choice, Voluntary: r.Voluntary, Kept: r.Kept, Since: r.Since, SpellSince: r.SpellSince,
		Version: r.Version, Dated: r.Dated, Active: r.Active, ReadAt: r.ReadAt, Reason: metrics.Reason(r.Reason),
		Runs: metrics.Activation(r.Runs),
	}
}

// States returns one row a unit and path that exists at the moment, by repository, component and path. Of a path that was not
// launched yet nothing is in the selections that rates of adoption count.
func States(ctx context.Context, db DB, q StatesQuestion) ([]StateRow, error) {
	holds, err := selected(StateSelections(), q.Only)
	if err != nil {
		return nil, err
	}
	if slices.Contains(ofRates(), q.Only) {
		paths, err := Paths(ctx, db)
		if err != nil {
			return nil, err
		}
		holds = both(holds, func(r StateRow) bool {
			return !slices.ContainsFunc(paths, func(p PathRow) bool { return p.Key == r.Path && !p.launched(q.AsOf) })
		})
	}
	if q.Reason != "" {
		holds = both(holds, func(r StateRow) bool { return r.Reason == q.Reason })
	}
	behind, err := q.lagging(ctx, db)
	if err != nil {
		return nil, err
	}
	bare, err := without(ctx, db, q.Without)
	if err != nil {
		return nil, err
	}
	holds = both(both(holds, behind), owned(bare, func(r StateRow) metrics.TeamKey { return r.Team }))
	return picked(q.After, q.Limit, StateRow.Key, func(after *StateKey, most int) ([]StateRow, error) {
		q.After, q.Limit = after, most
		return q.ask(ctx, db)
	}, holds)
}

// lagging returns whether something uses a version that is in the selection asked for; nil where none is.
func (q StatesQuestion) lagging(ctx context.Context, db DB) (func(StateRow) bool, error) {
	holds, err := selected(LagSelections(), q.Lag)
	if err != nil || holds == nil {
		return nil, err
	}
	type version struct {
		path metrics.PathKey
		name string
	}
	in := make(map[version]bool)
	rows, err := Lag(ctx, db, LagQuestion{Path: q.Path, AsOf: q.AsOf})
	for _, r := range rows {
		in[version{r.Path, r.Version}] = holds(r)
	}
	return func(r StateRow) bool { return r.Active && r.State.Using() && in[version{r.Path, r.Version}] }, err
}

// ask asks for states, whatever selection they are in.
func (q StatesQuestion) ask(ctx context.Context, db DB) ([]StateRow, error) {
	after := StateKey{}
	if q.After != nil {
		after = *q.After
	}
	rows, err := ask[stateRow](ctx, db, "for states", statesSQL, unitArgs(q.Repo, q.Unit, map[string]any{
		"origin": q.Origin.String(), "way": string(q.Way),
		"active": truth(q.Active), "choice": truth(q.Choice), "voluntary": truth(q.Voluntary),
		"path": string(q.Path), "team": string(q.Team), "group": q.Group, "state": q.State.String(), "version": q.Version, "runs": q.Runs, "at": moment(q.AsOf),
		"continued": q.After != nil, "after_repo": after.Repo, "after_component": after.Component,
		"after_path": string(after.Path), "limit": limit(q.Limit),
	}))
	if err != nil {
		return nil, err
	}
	states := answers(rows, (*stateRow).answer)
	return states, q.addExemptions(ctx, db, states)
}

// addExemptions says of what is exempt by which exemption it is.
func (q StatesQuestion) addExemptions(ctx context.Context, db DB, rows []StateRow) error {
	if !slices.ContainsFunc(rows, func(r StateRow) bool { return r.State == metrics.Exempt }) {
		return nil
	}
	exemptions := ExemptionsQuestion{Path: q.Path, Repo: q.Repo, AsOf: q.AsOf}
	if q.Unit != nil {
		exemptions.Repo = q.Unit.Repo
	}
	granted, err := Exemptions(ctx, db, exemptions)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].State == metrics.Exempt {
			rows[i].Exemption = rows[i].exemption(granted)
		}
	}
	return nil
}

// exemption returns the one in force that excuses the unit, alone or with all of its repository; of several the one
// that lasts longest.
func (r StateRow) exemption(granted []ExemptionRow) *StateExemption {
	var found *StateExemption
	for _, e := range granted {
		covers := e.RepoID == r.RepoID && e.Path == r.Path && (e.Component == "" || e.Component == r.Component)
		if covers && e.InForce && (found == nil || found.Until != nil && (e.Until == nil || e.Until.After(*found.Until))) {
			found = &StateExemption{By: e.By, Reason: e.Reason, From: e.From, Until: e.Until}
		}
	}
	return found
}

// truth is a filter of rows that are so, or are not: "true" or "false", "" for both.
func truth(is *bool) string {
	if is == nil {
		return ""
	}
	return strconv.FormatBool(*is)
}

// unitArgs adds the parameters that choose a repository with all of its units, or one unit.
func unitArgs(repo metrics.RepoID, unit *metrics.Unit, args map[string]any) map[string]any {
	args["repo"], args["any_component"], args["component"] = uint64(repo), unit == nil, ""
	if unit != nil {
		args["repo"], args["component"] = uint64(unit.Repo), unit.Component
	}
	return args
}
