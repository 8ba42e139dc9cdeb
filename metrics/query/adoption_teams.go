package query

import (
	"context"
	"math"
)

// teamUnits counts the units of a team by what they are on a path at a moment.
type teamUnits struct {
	served, choice, uses                int64 // choice and uses are of the served
	freely, freeByUnknown, eligible     int64 // of the using: by choice; or perhaps so, as how they came is unknown
	unknown, choiceUnknown, freeUnknown int64 // of the unknown: that have a choice; that may have come by choice
}

// teamCounts counts teams by how they stand on a path.
type teamCounts struct {
	Served, On, Choice, ChoiceVoluntary, Eligible, Voluntary int

	// What they may be, with everything unknown counted against the path (low), or for it (high).
	ServedPossible, OnLow, OnHigh, EligiblePossible, VoluntaryLow, VoluntaryHighNum, VoluntaryHighDen int
	ChoiceLowNum, ChoiceLowDen, ChoiceHighNum, ChoiceHighDen                                          int

	// Weights, in thousandths, so that their order does not matter; and their squares.
	ServedWeight, OnWeight, ChoiceWeight, ChoiceVoluntaryWeight, EligibleWeight, VoluntaryWeight int
	ServedSquares, ChoiceSquares, EligibleSquares                                                float64
}

// weightUnit is how many of the parts that weights are counted in make 1.
const weightUnit = 1000

// add counts a team with its weight, in parts. A team that uses nothing is never on; what had no choice cannot have come
// freely.
func (c *teamCounts) add(u teamUnits, onAt float64, weight int) {
	reaches := func(uses, served int64) bool { return served > 0 && float64(uses)/float64(served) >= max(onAt, 1e-9) }
	served, choice, eligible := u.served > 0, u.choice > 0, u.eligible > 0
	mayChoose := u.choice+u.choiceUnknown > 0
	on := reaches(u.uses, u.served)
	onLow := reaches(u.uses, u.served+u.unknown)
	onHigh := reaches(u.uses+u.unknown, u.served+u.unknown)
	freely := on && 2*u.freely >= u.uses
	freelyLow := onLow && 2*u.freely >= u.uses+u.unknown
	freelyHigh := u.freelyHigh(reaches)
	count := func(sum *int, is bool) {
		if is {
			*sum++
		}
	}
	count(&c.Served, served)
	count(&c.On, on)
	count(&c.Choice, choice)
	count(&c.ChoiceVoluntary, choice && freely)
	count(&c.Eligible, eligible)
	count(&c.Voluntary, freely)
	count(&c.ServedPossible, u.served+u.unknown > 0)
	count(&c.OnLow, onLow)
	count(&c.OnHigh, onHigh)
	count(&c.ChoiceLowNum, choice && freelyLow)
	count(&c.ChoiceLowDen, choice || mayChoose && !freelyLow)
	count(&c.ChoiceHighNum, mayChoose && freelyHigh)
	count(&c.ChoiceHighDen, choice || mayChoose && freelyHigh)
	count(&c.EligiblePossible, u.eligible+u.unknown > 0)
	count(&c.VoluntaryLow, freelyLow)
	count(&c.VoluntaryHighNum, freelyHigh)
	count(&c.VoluntaryHighDen, eligible || freelyHigh)
	weigh := func(sum *int, squares *float64, is bool) {
		if is {
			*sum += weight
			*squares += float64(weight) * float64(weight)
		}
	}
	var unused float64
	weigh(&c.ServedWeight, &c.ServedSquares, served)
	weigh(&c.OnWeight, &unused, on)
	weigh(&c.ChoiceWeight, &c.ChoiceSquares, choice)
	weigh(&c.ChoiceVoluntaryWeight, &unused, choice && freely)
	weigh(&c.EligibleWeight, &c.EligibleSquares, eligible)
	weigh(&c.VoluntaryWeight, &unused, freely)
}

// freelyHigh reports whether the team may be on the path by choice: with all the unknown ones on it that may have come so, and
// with as many of the others as leave those the greater part.
func (u teamUnits) freelyHigh(reaches func(uses, served int64) bool) bool {
	uses := u.uses + u.freeUnknown
	beside := min(u.unknown-u.freeUnknown, 2*(u.freely+u.freeByUnknown+u.freeUnknown)-uses)
	return beside >= 0 && reaches(uses+beside, u.served+u.freeUnknown+beside)
}

// line is what the rows of one path and team or group are about, over all periods.
type line struct{ path, label string }

// countTeams counts the teams of each row.
func (a *adoption) countTeams(ctx context.Context, db DB) error {
	if len(a.starts) == 0 {
		return nil
	}
	teams, err := Teams(ctx, db)
	if err != nil {
		return err
	}
	known := make(map[string]TeamRow, len(teams))
	for _, t := range teams {
		known[string(t.Key)] = t
	}
	onAt := make(map[string]float64, len(a.paths))
	for _, p := range a.paths {
		onAt[string(p.Key)] = p.TeamOnAt
	}
	count := func(t *teamRow) { a.countTeam(t, known[t.team], onAt[t.path]) }
	if a.Interval == "" {
		momentTeams(a.moment, count)
	} else {
		seriesTeams(a.spans, len(a.starts), count)
	}
	return nil
}

// countTeam counts a team in all rows that it is part of. One that only files name has weight 1.
func (a *adoption) countTeam(t *teamRow, team TeamRow, onAt float64) {
	weight := int(math.RoundToEven(team.Weight * weightUnit))
	if weight == 0 {
		weight = weightUnit
	}
	for _, label := range a.labelsOf(t.team, team.Group) {
		l := line{t.path, label}
		if a.teams[l] == nil {
			a.teams[l] = make([]teamCounts, len(a.starts))
		}
		for period, u := range t.units {
			if u != (teamUnits{}) {
				a.teams[l][period].add(u, onAt, weight)
			}
		}
	}
}

// teamsOf returns the teams of a cell.
func (a *adoption) teamsOf(c cell) teamCounts {
	if counts := a.teams[line{string(c.path), c.label}]; counts != nil {
		return counts[c.period]
	}
	return teamCounts{}
}

// labelsOf lists the rows that a team of a group counts in.
func (a *adoption) labelsOf(team, group string) []string {
	switch {
	case a.By == ByTeam:
		return []string{team}
	case a.By == ByGroup && len(a.above[group]) > 0:
		return a.above[group]
	case a.By == ByGroup:
		return []string{group}
	}
	return []string{""}
}
