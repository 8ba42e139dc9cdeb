package query

import (
	"context"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// adoption gathers an answer.
type adoption struct {
	AdoptionQuestion
	series
	args   map[string]any
	paths  []PathRow
	labels [][]string          // teams or groups, by period
	above  map[string][]string // groups that what is of a group counts in; empty unless by group
	units  map[cell]*unitCounts
	teams  map[line][]teamCounts
	moment []classRow // of a question about one; nil in a series
	spans  []spansRow // of a series in which teams are judged, or told apart
}

// cell is what one row of an answer counts.
type cell struct {
	period int
	path   metrics.PathKey
	label  string
}

// Whether adoption is that of units alone, or teams are judged, too.
const (
	ofUnits      = false
	judgingTeams = true
)

// newAdoption finds out which rows an answer has, and counts the units of each.
func newAdoption(ctx context.Context, db DB, q AdoptionQuestion, judging bool) (*adoption, error) {
	s, err := q.series(ctx, db)
	if err != nil {
		return nil, err
	}
	a := &adoption{AdoptionQuestion: q, series: s, units: make(map[cell]*unitCounts), teams: make(map[line][]teamCounts)}
	if len(s.starts) == 0 {
		return a, nil
	}
	if a.paths, err = Paths(ctx, db); err != nil {
		return nil, err
	}
	a.paths = slices.DeleteFunc(a.paths, func(p PathRow) bool { return q.Path != "" && p.Key != q.Path })
	teams, groups, err := q.labelled(ctx, db)
	if err != nil {
		return nil, err
	}
	a.above = q.above(teams)
	a.args = q.args(s, a.paths)
	rows, err := a.askUnits(ctx, db, teams, judging)
	if err != nil {
		return nil, err
	}
	a.labels = q.labels(a.countUnits(a.rolledUp(rows)), q.defined(teams, groups))
	return a, nil
}

// askUnits asks how many units of each class there are.
func (a *adoption) askUnits(ctx context.Context, db DB, teams []TeamRow, judging bool) (rows []unitRow, err error) {
	if len(a.paths) == 0 { // lists without elements have no type
		return nil, nil
	}
	if a.Interval != "" && !judging && (a.By == "" || a.By == ByPath) {
		return askUnits(ctx, db, a.args)
	}
	groups := make(map[string]string)
	for _, t := range teams {
		groups[string(t.Key)] = t.Group
	}
	label := func(team string) string {
		switch a.By {
		case ByTeam:
			return team
		case ByGroup:
			return groups[team]
		}
		return ""
	}
	if a.Interval == "" {
		a.moment, err = askMoment(ctx, db, a.args)
		return momentUnits(a.moment, label), err
	}
	a.spans, err = askSeries(ctx, db, a.args)
	return seriesUnits(a.spans, len(a.starts), label), err
}

// countUnits spreads the rows, which come by path and label, over the cells of the answer. It returns the
// labels that have any unit, by period.
func (a *adoption) countUnits(rows []unitRow) []map[string]bool {
	found := make([]map[string]bool, len(a.starts))
	for period := range found {
		found[period] = make(map[string]bool)
	}
	var cells []*unitCounts // of the path and label of the row before
	for i, row := range rows {
		if i == 0 || row.path != rows[i-1].path || row.label != rows[i-1].label {
			cells = make([]*unitCounts, len(a.starts))
		}
		for period, n := range row.units {
			if n == 0 {
				continue
			}
			if cells[period] == nil {
				cells[period] = new(unitCounts)
				a.units[cell{period, metrics.PathKey(row.path), row.label}] = cells[period]
				found[period][row.label] = true
			}
			cells[period].add(row.class, int(n))
		}
	}
	return found
}

// each calls row for every cell of the answer, in its order.
func (a *adoption) each(row func(cell, PathRow)) {
	for period := range a.starts {
		for _, path := range a.paths {
			for _, label := range a.labels[period] {
				row(cell{period, path.Key, label}, path)
			}
		}
	}
}

// row makes the row of a cell.
func (a *adoption) row(c cell, path PathRow) AdoptionRow {
	units, teams := a.of(c), a.teamsOf(c)
	row := AdoptionRow{
		Period: a.periods[c.period], Path: path.Key, States: units.states(), Origin: units.origins(), Kept: units.Kept,
		ChosenBeforeMandate: units.BeforeMandate, Inactive: units.States[0],
	}
	switch a.By {
	case ByTeam:
		team := metrics.TeamKey(c.label)
		row.Team = &team
		if team != "" && !a.beforeLaunch(c, path) {
			row.Verdict = verdict(row.States, path.TeamOnAt)
		}
	case ByGroup:
		row.Group = &c.label
	}
	if a.beforeLaunch(c, path) {
		none := Undefined(metrics.ReasonBeforeLaunch)
		row.Teams, row.Repos = new(teamCounts).weighted(Rates{none, none, none}), Rates{none, none, none}
		return row
	}
	why := nothing(row.States)
	row.Repos = units.rates(row.States, why, &row.Bounds)
	row.Teams = teams.weighted(teams.rates(units, why, &row.Bounds))
	return row
}

// of returns the units of a cell.
func (a *adoption) of(c cell) *unitCounts {
	if units := a.units[c]; units != nil {
		return units
	}
	return new(unitCounts)
}

// beforeLaunch reports whether the path did not exist yet at the moment of a cell.
func (a *adoption) beforeLaunch(c cell, path PathRow) bool {
	return !path.launched(a.starts[c.period])
}

// nothing says why there is nothing to count, should that be so: all that the path could be meant for is
// unknown, or there is nothing.
func nothing(c StateCounts) metrics.Reason {
	if c.Unknown > 0 && c.Served()+c.None+c.Exempt == 0 {
		return metrics.ReasonAllUnknown
	}
	return metrics.ReasonEmpty
}

// rates are those of units. What is unknown is a state, or the origin of a using unit.
func (c *unitCounts) rates(states StateCounts, why metrics.Reason, all *AllBounds) Rates {
	using, served, exempt, unknown := states.Using(), states.Served(), states.Exempt, states.Unknown
	voluntaryWhy := why
	if served > 0 {
		voluntaryWhy = metrics.ReasonNoAlternative
	}
	chosen, maybe := c.ChoiceVoluntary, c.ChoiceUnknown
	all.ReposVoluntary = bound(c.Choice, chosen, c.Choice+maybe, chosen+c.ChoiceUnknownOrigin+maybe, c.Choice+maybe)
	all.ReposTotal = bound(served, using, served+unknown, using+unknown, served+unknown)
	free, eligible, freed := c.Voluntary, served+exempt, c.FreeUnknown
	all.ReposGross = bound(eligible, free, eligible+unknown, free+c.FreeUnknownOrigin+freed, eligible+freed)
	return Rates{
		Voluntary: NewRate(chosen, c.Choice, voluntaryWhy),
		Total:     NewRate(using, served, why),
		Gross:     NewRate(free, eligible, why),
	}
}

// rates are those of teams, beside the counts of all units in the row.
func (c *teamCounts) rates(units *unitCounts, why metrics.Reason, all *AllBounds) Rates {
	served := units.states().Served()
	totalWhy, grossWhy, voluntaryWhy := why, why, why
	if served > 0 {
		totalWhy, voluntaryWhy = metrics.ReasonNoTeam, metrics.ReasonNoTeam
	}
	if served+units.States[metrics.Exempt] > 0 {
		grossWhy = metrics.ReasonNoTeam
	}
	if c.Served > 0 {
		voluntaryWhy = metrics.ReasonNoAlternative
	}
	all.TeamsVoluntary = bound(c.Choice, c.ChoiceLowNum, c.ChoiceLowDen, c.ChoiceHighNum, c.ChoiceHighDen)
	all.TeamsTotal = bound(c.Served, c.OnLow, c.ServedPossible, c.OnHigh, c.ServedPossible)
	all.TeamsGross = bound(c.Eligible, c.VoluntaryLow, c.EligiblePossible, c.VoluntaryHighNum, c.VoluntaryHighDen)
	return Rates{
		Voluntary: NewRate(c.ChoiceVoluntary, c.Choice, voluntaryWhy),
		Total:     NewRate(c.On, c.Served, totalWhy),
		Gross:     NewRate(c.Voluntary, c.Eligible, grossWhy),
	}
}

// bound returns the bounds of a rate whose denominator is den: a lowest and a highest fraction.
func bound(den, lowNum, lowDen, highNum, highDen int) *Bounds {
	if den == 0 {
		return nil
	}
	return &Bounds{float64(lowNum) / float64(lowDen), float64(highNum) / float64(highDen)}
}
