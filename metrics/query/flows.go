package query

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed flows.sql
	flowsSQL string
	//go:embed flows_units.sql
	flowsUnitsSQL string
)

// FlowsQuestion says which flows are asked for. The zero value of a filter is no filter. Team and Group are
// those to which a unit belongs at To; one that is gone by then still counts for the team it had at From.
type FlowsQuestion struct {
	Path  metrics.PathKey
	Team  metrics.TeamKey
	Group string

	From, To metrics.Instant // both are moments: what changes at To has changed

	// Of FlowsUnits alone:
	Was, Became string    // the keys of the ends
	Moved       string    // one of Moves
	After       *StateKey // the rows that follow this one
	Limit       int       // at most so many; 0: all
}

// Standing is what a unit counts as at a moment, in adoption and in flows alike: the name of its state;
// "inactive" where no human works on it, unless its state is unknown; "" where it does not exist.
type Standing string

// Using reports whether what counts so uses a path.
func (s Standing) Using() bool {
	state, err := metrics.ParseState(string(s))
	return err == nil && state.Using()
}

// Served reports whether what counts so is in the denominator of adoption.
func (s Standing) Served() bool {
	state, err := metrics.ParseState(string(s))
	return err == nil && state.Served()
}

// FlowEnd is one end of a flow: the ways that are gone there, or why none is.
type FlowEnd struct {
	State Standing
	Ways  []metrics.WayKey
}

// What the key of an end has, besides states: where the unit does not exist, and where no human works on it.
const (
	absent   = "absent"
	inactive = "inactive"
)

// ParseFlowEnd reads the key of an end; what is none is metrics.ErrInvalid. Which ways there are it does not know.
func ParseFlowEnd(key string) (FlowEnd, error) {
	state, list, cut := strings.Cut(key, ":")
	e := FlowEnd{State: Standing(state)}
	if list != "" {
		for way := range strings.SplitSeq(list, ",") {
			e.Ways = append(e.Ways, metrics.WayKey(way))
		}
	}
	_, err := metrics.ParseState(state)
	switch {
	case state == absent:
		e.State = ""
	case err != nil && state != inactive:
		cut = false
	}
	if !cut {
		return e, fmt.Errorf("%q is no end of a flow, expected a state, %s or %s, a colon and ways, such as off:circleci: %w", key, inactive, absent, metrics.ErrInvalid)
	}
	return e, nil
}

// Key is what addresses call the end: the state, and after a colon the ways.
func (e FlowEnd) Key() string {
	names := make([]string, len(e.Ways))
	for i, w := range e.Ways {
		names[i] = string(w)
	}
	return cmp.Or(string(e.State), absent) + ":" + strings.Join(names, ",")
}

// FlowsRow counts the units that went from some ways to others; they stayed where both ends are the same.
// Only what is on, mixed, off or dormant goes ways here: whatever else there is in a repository is in no rate.
type FlowsRow struct {
	Path      metrics.PathKey  `json:"path"`
	From      []metrics.WayKey `json:"from"`
	To        []metrics.WayKey `json:"to"`
	FromState Standing         `json:"from_state"`
	ToState   Standing         `json:"to_state"`
	Repos     int              `json:"repos"` // repositories, or components of them
}

// FlowsUnitRow is one of the units that a flow counts.
type FlowsUnitRow struct {
	Repo      string           `json:"repo"` // newest name
	Component string           `json:"component"`
	Team      metrics.TeamKey  `json:"team"` // at the later moment, or at the earlier where it is gone; "" for nobody
	Path      metrics.PathKey  `json:"path"`
	From      []metrics.WayKey `json:"from"`
	To        []metrics.WayKey `json:"to"`
	FromState Standing         `json:"from_state"`
	ToState   Standing         `json:"to_state"`
}

// Before is the earlier end.
func (r FlowsUnitRow) Before() FlowEnd { return FlowEnd{r.FromState, r.From} }

// After is the later end.
func (r FlowsUnitRow) After() FlowEnd { return FlowEnd{r.ToState, r.To} }

// Key returns where the row stands in the order of units.
func (r FlowsUnitRow) Key() StateKey { return StateKey{r.Repo, r.Component, r.Path} }

// Flows returns how many units went from which ways to which: by path in the order of the definitions, then
// by where they came from and where they went, the states in the order in which adoption counts them. Added
// up by where they went they are the states of adoption at To; by where they came from, those at From, as long
// as no team or group is asked for.
func Flows(ctx context.Context, db DB, q FlowsQuestion) ([]FlowsRow, error) {
	type row struct {
		Path      string   `ch:"path"`
		FromWays  []string `ch:"from_ways"`
		ToWays    []string `ch:"to_ways"`
		FromState string   `ch:"from_state"`
		ToState   string   `ch:"to_state"`
		Units     uint64   `ch:"units"`
	}
	rows, err := ask[row](ctx, db, "for flows", flowsSQL, q.args())
	return answers(rows, func(r *row) FlowsRow {
		return FlowsRow{
			metrics.PathKey(r.Path), wayKeys(r.FromWays), wayKeys(r.ToWays), Standing(r.FromState), Standing(r.ToState), int(r.Units),
		}
	}), err
}

// FlowsUnits returns the units behind the flows, one row a unit and path, by repository, component and path.
func FlowsUnits(ctx context.Context, db DB, q FlowsQuestion) ([]FlowsUnitRow, error) {
	holds, err := selected(Moves(), q.Moved)
	if err != nil {
		return nil, err
	}
	if q.Was != "" {
		holds = both(holds, func(r FlowsUnitRow) bool { return r.Before().Key() == q.Was })
	}
	if q.Became != "" {
		holds = both(holds, func(r FlowsUnitRow) bool { return r.After().Key() == q.Became })
	}
	return picked(q.After, q.Limit, FlowsUnitRow.Key, func(after *StateKey, most int) ([]FlowsUnitRow, error) {
		q.After, q.Limit = after, most
		return q.units(ctx, db)
	}, holds)
}

// units asks for the units, whatever they did.
func (q FlowsQuestion) units(ctx context.Context, db DB) ([]FlowsUnitRow, error) {
	type row struct {
		Repo      string   `ch:"repo"`
		Component string   `ch:"component"`
		Team      string   `ch:"team"`
		Path      string   `ch:"path"`
		FromWays  []string `ch:"from_ways"`
		ToWays    []string `ch:"to_ways"`
		FromState string   `ch:"from_state"`
		ToState   string   `ch:"to_state"`
	}
	after := StateKey{}
	if q.After != nil {
		after = *q.After
	}
	args := q.args()
	args["continued"], args["after_repo"] = q.After != nil, after.Repo
	args["after_component"], args["after_path"] = after.Component, string(after.Path)
	args["limit"] = limit(q.Limit)
	rows, err := ask[row](ctx, db, "for the units of flows", flowsUnitsSQL, args)
	return answers(rows, func(r *row) FlowsUnitRow {
		return FlowsUnitRow{
			r.Repo, r.Component, metrics.TeamKey(r.Team), metrics.PathKey(r.Path),
			wayKeys(r.FromWays), wayKeys(r.ToWays), Standing(r.FromState), Standing(r.ToState),
		}
	}), err
}

// args are the parameters that both questions have.
func (q FlowsQuestion) args() map[string]any {
	return map[string]any{
		"path": string(q.Path), "team": string(q.Team), "group": q.Group, "from": moment(q.From), "to": moment(q.To),
	}
}
