package metrics

import (
	"slices"
	"strconv"
)

// Objective is what an organisation wants to reach, measured by its key results. Objectives are no part of the
// definitions: changing one re-classifies nothing.
type Objective struct {
	Key     string
	Title   string
	Results []KeyResult
}

// KeyResult is one figure that is to move from a baseline to a target within a time.
type KeyResult struct {
	Key      string
	Title    string
	Measure  string  // name of a Figure
	Path     PathKey // "" for all paths
	Team     TeamKey // "" for all teams
	Group    string  // "" for all groups
	Baseline Baseline
	Target   float64
	// Direction is where it is to go, as it was configured; "" where that was left open: see Heads.
	Direction Direction
	From      Instant
	To        Instant // exclusive
	Weight    float64 // share in the objective's score, in any unit
}

// Direction says where the value of a key result is to go.
type Direction string

// The directions.
const (
	Up   Direction = "up"
	Down Direction = "down"
)

// Heads returns where the value is to go: as configured, else from a number as baseline towards the target, else
// where the figure is better. What is measured never decides it: a start that lies beyond the target is none to go
// back to.
func (k KeyResult) Heads() Direction {
	figure, _ := FindFigure(k.Measure)
	base := k.Baseline.Value
	switch {
	case k.Direction != "":
		return k.Direction
	case base != nil && *base > k.Target:
		return Down
	case base != nil && *base < k.Target:
		return Up
	case figure.Less:
		return Down
	}
	return Up
}

// Baseline is where a key result began: a value, or that of the measure at a moment.
type Baseline struct {
	Value *float64 // nil where At says it
	At    Instant
}

// FrozenBaseline is the value of a key result's measure at the moment of its baseline, as it was when it could
// first be told. It stays, whatever becomes of the definitions.
type FrozenBaseline struct {
	Objective   string
	Key         string
	Question    uint64 // KeyResult.Question
	At          Instant
	Value       float64
	Num, Den    int    // of a proportion; Den is 0 for other figures
	Definitions uint64 // fingerprint of those in force
	Frozen      Instant
}

// Question identifies what the baseline of a key result is a value of: another measure, filter, date or (where
// it matters) length has a baseline of its own.
func (k KeyResult) Question() uint64 {
	parts := []string{"baseline", k.Measure, string(k.Path), string(k.Team), k.Group, k.Baseline.At.String()}
	if f, ok := FindFigure(k.Measure); ok && f.Sums {
		parts = append(parts, strconv.FormatInt(int64(k.To-k.From), 10))
	}
	return Fingerprint(parts...)
}

// Figure is something that key results can measure.
type Figure struct {
	Name   string
	Share  bool // between 0 and 1
	Less   bool // is better
	Sums   bool // counts what happened since the begin of the key result
	Signed bool // may be below 0
}

// Figures lists what key results can measure.
func Figures() []Figure {
	return []Figure{
		{Name: "adoption.teams.voluntary", Share: true},
		{Name: "adoption.teams.total", Share: true},
		{Name: "adoption.teams.gross", Share: true},
		{Name: "adoption.teams.weighted.voluntary", Share: true},
		{Name: "adoption.teams.weighted.total", Share: true},
		{Name: "adoption.teams.weighted.gross", Share: true},
		{Name: "adoption.repos.voluntary", Share: true},
		{Name: "adoption.repos.total", Share: true},
		{Name: "adoption.repos.gross", Share: true},
		{Name: "adoption.pull", Share: true},
		{Name: "retention.d90", Share: true},
		{Name: "retention.tried_and_left", Share: true, Less: true},
		{Name: "retention.returned", Share: true},
		{Name: "retention.median_days"},
		{Name: "flow.voluntary", Share: true, Sums: true},
		{Name: "flow.net", Sums: true, Signed: true},
		{Name: "fragmentation", Share: true, Less: true},
		{Name: "time_to_adopt.median_days", Less: true},
		{Name: "lag.latest", Share: true},
		{Name: "lag.releases_behind", Less: true},
		{Name: "lag.days_behind", Less: true},
		{Name: "catalog.freshness", Share: true},
		{Name: "catalog.coverage", Share: true},
		{Name: "catalog.owners", Share: true},
		{Name: "catalog.ghosts", Less: true},
		{Name: "catalog.dark", Less: true},
		{Name: "catalog.half_life"},
		{Name: "friction.scaffold.median", Less: true},
		{Name: "friction.scaffold.p90", Less: true},
		{Name: "friction.scaffold.ratio", Less: true},
		{Name: "friction.pipeline.success", Share: true},
		{Name: "friction.pipeline.median", Less: true},
		{Name: "friction.pipeline.p90", Less: true},
		{Name: "friction.pipeline.recovery", Less: true},
		{Name: "friction.tenth_pull.median", Less: true},
		{Name: "friction.tenth_pull.p90", Less: true},
		{Name: "friction.tenth_pull.ratio", Less: true},
		{Name: "friction.maintenance.upkeep", Share: true, Less: true},
	}
}

// FindFigure returns the figure of a name.
func FindFigure(name string) (Figure, bool) {
	list := Figures()
	i := slices.IndexFunc(list, func(f Figure) bool { return f.Name == name })
	if i < 0 {
		return Figure{}, false
	}
	return list[i], true
}
