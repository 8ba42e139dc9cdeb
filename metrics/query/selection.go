package query

import (
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// Selection narrows a list down to what a number counts.
type Selection[R any] struct {
	Name  string // "" has everything
	Holds func(R) bool
}

// SelectionNames lists what a filter takes; the first is "".
func SelectionNames[R any](list []Selection[R]) []string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.Name
	}
	return names
}

// selected returns whether a row is in the selection of that name; nil where everything is. Another name is
// metrics.ErrInvalid.
func selected[R any](list []Selection[R], name string) (func(R) bool, error) {
	if name == "" {
		return nil, nil
	}
	i := slices.IndexFunc(list, func(s Selection[R]) bool { return s.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("%q selects nothing: %w", name, metrics.ErrInvalid)
	}
	return list[i].Holds, nil
}

// both holds for what is in two selections, of which any may be nil.
func both[R any](a, b func(R) bool) func(R) bool {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return func(row R) bool { return a(row) && b(row) }
}

// pickChunk is how many rows are asked for at once while those are looked for that are in a selection.
const pickChunk = 2000

// picked returns the rows of a list that are in a selection (nil: all), those that follow a key (nil: from the first), at most so
// many (0: all). It asks for the list some rows at a time.
func picked[R, K any](after *K, most int, key func(R) K, ask func(after *K, most int) ([]R, error), holds func(R) bool) ([]R, error) {
	if holds == nil {
		return ask(after, most)
	}
	found := []R{}
	for {
		rows, err := ask(after, pickChunk)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if holds(row) {
				found = append(found, row)
			}
			if most > 0 && len(found) == most {
				return found, nil
			}
		}
		if len(rows) < pickChunk {
			return found, nil
		}
		last := key(rows[len(rows)-1])
		after = &last
	}
}

// counted reports whether a state is in the denominator of adoption.
func (r StateRow) counted() bool { return r.Active && r.State.Served() }

// ofRates are the selections that are what rates of adoption count. Before its launch a path has none.
func ofRates() []string { return []string{"served", "eligible", "choice", "voluntary"} }

// StateSelections lists what figures count of states.
func StateSelections() []Selection[StateRow] {
	return []Selection[StateRow]{
		{"", func(StateRow) bool { return true }},
		{"counted", func(r StateRow) bool { return r.Active || r.State == metrics.Unknown }},
		{"served", StateRow.counted},
		{"eligible", func(r StateRow) bool { return r.Active && (r.State.Served() || r.State == metrics.Exempt) }},
		{"using", func(r StateRow) bool { return r.counted() && r.State.Using() }},
		{"choice", func(r StateRow) bool { return r.counted() && r.Choice }},
		{"voluntary", func(r StateRow) bool { return r.counted() && r.Choice && r.Voluntary }},
		{"before_mandate", func(r StateRow) bool { return r.counted() && r.State.Using() && r.Voluntary && !r.Choice }},
		{"kept", func(r StateRow) bool { return r.counted() && r.State.Using() && r.Kept }},
		{"inactive", func(r StateRow) bool { return !r.Active && r.State != metrics.Unknown }},
	}
}

// FarBehind is for how many days a version may have been behind the newest release without a word about it.
const FarBehind = 90

// LagSelections lists what figures of lag count: of whose version the lag is known, of these the newest release and the others, and
// among these those that are far behind, and those of whose it is not known.
func LagSelections() []Selection[LagRow] {
	return []Selection[LagRow]{
		{"", func(LagRow) bool { return true }},
		{"known", func(r LagRow) bool { return r.Reason == "" }},
		{"newest", func(r LagRow) bool { return r.Reason == "" && *r.ReleasesBehind == 0 }},
		{"behind", func(r LagRow) bool { return r.Reason == "" && *r.ReleasesBehind > 0 }},
		{"far", func(r LagRow) bool { return r.DaysBehind != nil && *r.DaysBehind > FarBehind }},
		{"unknown", func(r LagRow) bool { return r.Reason != "" }},
	}
}

// Labels lists what something may be without: a team that owns it, or a group that this team is of. The first is "".
func Labels() []string { return []string{"", string(ByTeam), string(ByGroup)} }

// without returns whether what a team owns is without the label: it is no team, or of no group; nil where no label is named.
func without(ctx context.Context, db DB, label By) (func(metrics.TeamKey) bool, error) {
	switch label {
	case "":
		return nil, nil
	case ByTeam:
		return func(key metrics.TeamKey) bool { return key == "" }, nil
	case ByGroup:
		teams, err := Teams(ctx, db)
		grouped := make(map[metrics.TeamKey]bool)
		for _, t := range teams {
			grouped[t.Key] = len(t.Groups) > 0
		}
		return func(key metrics.TeamKey) bool { return !grouped[key] }, err
	}
	return nil, fmt.Errorf("nothing is without a %s: %w", label, metrics.ErrInvalid)
}

// owned holds for what belongs to a team for which something holds; nil where nothing is asked for.
func owned[R any](holds func(metrics.TeamKey) bool, team func(R) metrics.TeamKey) func(R) bool {
	if holds == nil {
		return nil
	}
	return func(row R) bool { return holds(team(row)) }
}

// StateReasons lists why something may be in the state it is in.
func StateReasons() []metrics.Reason {
	return []metrics.Reason{
		metrics.ReasonForbidden, metrics.ReasonUnreadable, metrics.ReasonMissingObjects, metrics.ReasonNotRead, metrics.ReasonPolicies,
		metrics.ReasonTooLarge, metrics.ReasonBeforeGraft, metrics.ReasonNoHistory, metrics.ReasonNoActor, metrics.ReasonStale,
		metrics.ReasonArchived, metrics.ReasonPlatform, metrics.ReasonNotMeant,
	}
}

// DecisionSelections lists what voluntary flow counts, and parts of it.
func DecisionSelections() []Selection[DecisionRow] {
	return []Selection[DecisionRow]{
		{"", func(DecisionRow) bool { return true }},
		{"free", func(r DecisionRow) bool { return r.Free }},
		{"for", func(r DecisionRow) bool { return r.Free && r.For }},
		{"against", func(r DecisionRow) bool { return r.Free && !r.For }},
		{"moves", func(r DecisionRow) bool { return r.Free && r.Kind != metrics.Birth }},
		{"towards", func(r DecisionRow) bool { return r.For }},
		{"unfree", func(r DecisionRow) bool { return !r.Free }},
	}
}

// RepoSelections lists what numbers about repositories count.
func RepoSelections() []Selection[RepoRow] {
	return []Selection[RepoRow]{
		{"", func(RepoRow) bool { return true }},
		{"whole", func(r RepoRow) bool { return r.Complete }},
		{"unread", func(r RepoRow) bool { return !r.Complete }},
		{"archived", func(r RepoRow) bool { return r.Archived }},
		{"shallow", func(r RepoRow) bool { return r.Shallow }},
	}
}

// StayManners lists how stays began.
func StayManners() []Selection[StayRow] {
	return []Selection[StayRow]{
		{"", func(StayRow) bool { return true }},
		{string(ByChoice), func(r StayRow) bool { return r.Origin == metrics.Chosen || r.Origin == metrics.Born }},
		{string(ByMandate), func(r StayRow) bool { return r.Origin == metrics.Mandated }},
		{string(ByOthers), func(r StayRow) bool { return r.Origin == metrics.Assisted || r.Origin == metrics.Automated }},
	}
}

// StayOutcomes lists what may have become of a stay.
func StayOutcomes() []Selection[StayRow] {
	return []Selection[StayRow]{
		{"", func(StayRow) bool { return true }},
		{"left", func(r StayRow) bool { return r.Left }},
		{"returned", func(r StayRow) bool { return r.Returned }},
		{"stays", func(r StayRow) bool { return !r.Left }},
	}
}

// WaitOutcomes lists what may have become of what could come to a path.
func WaitOutcomes() []Selection[WaitRow] {
	return []Selection[WaitRow]{
		{"", func(WaitRow) bool { return true }},
		{"yes", func(r WaitRow) bool { return r.Adopted }},
		{"no", func(r WaitRow) bool { return !r.Adopted }},
	}
}

// Moves lists what units may have done between two moments: "came" and "left" are of what was served at both, "born" is on the path
// and was not there before, "aside" was served at neither.
func Moves() []Selection[FlowsUnitRow] {
	did := func(name string) Selection[FlowsUnitRow] {
		return Selection[FlowsUnitRow]{name, func(r FlowsUnitRow) bool { return r.move() == name }}
	}
	return []Selection[FlowsUnitRow]{{"", func(FlowsUnitRow) bool { return true }}, did("came"), did("left"), did("born"), did("aside")}
}

// move says what a unit did, as Moves names it; "" is anything else.
func (r FlowsUnitRow) move() string {
	from, to := r.Before(), r.After()
	before, after := from.State.Using(), to.State.Using()
	switch {
	case from.State == "" && after:
		return "born"
	case !from.State.Served() && !to.State.Served():
		return "aside"
	case !from.State.Served() || !to.State.Served() || before == after:
		return ""
	case after:
		return "came"
	}
	return "left"
}
