package query

import "github.com/trodden/trodden/metrics"

// AdoptionRow is the adoption of a path at a moment. Counts of units are of active ones, and of those whose
// state is unknown, be they active or not.
type AdoptionRow struct {
	Period  string           `json:"period"` // the day on which a period begins, or the moment asked for
	Path    metrics.PathKey  `json:"path"`
	Team    *metrics.TeamKey `json:"team,omitempty"`    // by team: "" for units that no team owns
	Group   *string          `json:"group,omitempty"`   // by group, with all groups below it: "" for units of no group
	Verdict Verdict          `json:"verdict,omitempty"` // by team; "" before the launch of the path

	Teams  TeamRates    `json:"teams"`
	Repos  Rates        `json:"repos"`
	States StateCounts  `json:"states"`
	Origin OriginCounts `json:"origin"` // of using units
	Kept   int          `json:"kept"`
	// ChosenBeforeMandate counts the using units that came by choice before a mandate took it away. They are
	// part of gross adoption only.
	ChosenBeforeMandate int `json:"chosen_before_mandate"`
	Inactive            int `json:"inactive"`
	// Bounds are the rates with everything unknown counted against the path, and for it; by dotted path. A
	// rate that has no value has no bounds.
	Bounds AllBounds `json:"bounds"`
}

// AllBounds are the bounds of each rate, nil where it has no value.
type AllBounds struct {
	ReposGross     *Bounds `json:"repos.gross,omitempty"`
	ReposTotal     *Bounds `json:"repos.total,omitempty"`
	ReposVoluntary *Bounds `json:"repos.voluntary,omitempty"`
	TeamsGross     *Bounds `json:"teams.gross,omitempty"`
	TeamsTotal     *Bounds `json:"teams.total,omitempty"`
	TeamsVoluntary *Bounds `json:"teams.voluntary,omitempty"`
}

// Rates are the three rates of adoption.
type Rates struct {
	Voluntary Rate `json:"voluntary"` // voluntary ones among those that have a choice
	Total     Rate `json:"total"`     // using ones (teams: those that are on) among the served
	Gross     Rate `json:"gross"`     // voluntary ones among all eligible, mandated and exempt ones included
}

// TeamRates are the rates of teams: in Weighted each counts with its weight.
type TeamRates struct {
	Rates
	Weighted WeightedRates `json:"weighted"`
}

// WeightedRates are the three rates of adoption with weights.
type WeightedRates struct {
	Voluntary WeightedRate `json:"voluntary"`
	Total     WeightedRate `json:"total"`
	Gross     WeightedRate `json:"gross"`
}

// weighted adds to the rates of teams what they are with weights, of which they take the reasons.
func (c *teamCounts) weighted(r Rates) TeamRates {
	rate := func(num, den int, squares float64, reason metrics.Reason) WeightedRate {
		return newWeightedRate(float64(num)/weightUnit, float64(den)/weightUnit, squares/(weightUnit*weightUnit), reason)
	}
	return TeamRates{r, WeightedRates{
		Voluntary: rate(c.ChoiceVoluntaryWeight, c.ChoiceWeight, c.ChoiceSquares, r.Voluntary.Reason),
		Total:     rate(c.OnWeight, c.ServedWeight, c.ServedSquares, r.Total.Reason),
		Gross:     rate(c.VoluntaryWeight, c.EligibleWeight, c.EligibleSquares, r.Gross.Reason),
	}}
}

// StateCounts counts units by state.
type StateCounts struct {
	On         int `json:"on"`
	Mixed      int `json:"mixed"`
	Off        int `json:"off"`
	Dormant    int `json:"dormant"`
	None       int `json:"none"`
	Exempt     int `json:"exempt"`
	Ineligible int `json:"ineligible"`
	Unknown    int `json:"unknown"`
}

// Using counts the units that use the path.
func (c StateCounts) Using() int { return c.On + c.Mixed }

// Served counts the units in the denominator of adoption.
func (c StateCounts) Served() int { return c.Using() + c.Off + c.Dormant }

// OriginCounts counts using units by origin.
type OriginCounts struct {
	Chosen    int `json:"chosen"`
	Born      int `json:"born"`
	Assisted  int `json:"assisted"`
	Automated int `json:"automated"`
	Mandated  int `json:"mandated"`
	Enforced  int `json:"enforced"`
	Unknown   int `json:"unknown"`
}

// originCount is the count of one origin.
type originCount struct {
	origin metrics.Origin
	count  int
}

// list returns the counts in the order of answers.
func (c OriginCounts) list() []originCount {
	return []originCount{
		{metrics.Chosen, c.Chosen}, {metrics.Born, c.Born}, {metrics.Assisted, c.Assisted}, {metrics.Automated, c.Automated},
		{metrics.Mandated, c.Mandated}, {metrics.Enforced, c.Enforced}, {metrics.UnknownOrigin, c.Unknown},
	}
}

// Verdict says how far a team is on a path.
type Verdict string

// How far a team is on a path.
const (
	TeamOn      Verdict = "on"       // the share of its served units that use it reaches team_on_at
	TeamPartial Verdict = "partial"  // some use it
	TeamOff     Verdict = "off"      // none does
	TeamNoRepos Verdict = "no_repos" // it has none that the path serves
)

// verdict judges a team by its served units.
func verdict(c StateCounts, onAt float64) Verdict {
	switch {
	case c.Served() == 0:
		return TeamNoRepos
	case c.Using() == 0:
		return TeamOff
	case float64(c.Using())/float64(c.Served()) >= onAt:
		return TeamOn
	default:
		return TeamPartial
	}
}

// unitRow says how many units there are of one class, by period.
type unitRow struct {
	path, label string
	class       uint16
	units       []int32
}

// unitCounts are the numbers of units of each sort in one period. What was by choice was so at the entry; what
// has a choice has it now.
type unitCounts struct {
	States                                        [metrics.None + 1]int          // 0 is inactive
	Origins                                       [metrics.UnknownOrigin + 1]int // 0 are those not on the path
	Kept, Voluntary, BeforeMandate                int
	Choice, ChoiceVoluntary, ChoiceUnknownOrigin  int
	ChoiceUnknown, FreeUnknown, FreeUnknownOrigin int // free is what may have come by choice
}

// The bits of a class, as the schema explains them.
const (
	classStates    = 1<<4 - 1
	classOrigin    = 4 // the first of three
	classKept      = 1 << 7
	classVoluntary = 1 << 8
	classMandated  = 1 << 9
	classChoice    = 1 << 10
	classes        = 1 << 11 // how many there may be
)

// add counts units of a class.
func (c *unitCounts) add(class uint16, n int) {
	count := func(sort *int, counts bool) {
		if counts {
			*sort += n
		}
	}
	choice, mandated, voluntary := class&classChoice != 0, class&classMandated != 0, class&classVoluntary != 0
	state, origin := metrics.State(class&classStates), metrics.Origin(class>>classOrigin%8)
	c.States[state] += n
	c.Origins[origin] += n
	unknown := state == metrics.Unknown
	count(&c.Choice, choice && !unknown)
	count(&c.ChoiceUnknown, choice && unknown)
	count(&c.FreeUnknown, (choice || mandated) && unknown)
	count(&c.Kept, class&classKept != 0)
	count(&c.Voluntary, voluntary)
	count(&c.BeforeMandate, voluntary && mandated)
	count(&c.ChoiceVoluntary, voluntary && choice)
	unknown = origin == metrics.UnknownOrigin
	count(&c.ChoiceUnknownOrigin, choice && unknown)
	count(&c.FreeUnknownOrigin, (choice || mandated) && unknown)
}

// states returns the counts by state.
func (c *unitCounts) states() StateCounts {
	return StateCounts{
		On: c.States[metrics.On], Mixed: c.States[metrics.Mixed], Off: c.States[metrics.Off], Dormant: c.States[metrics.Dormant],
		None: c.States[metrics.None], Exempt: c.States[metrics.Exempt], Ineligible: c.States[metrics.Ineligible],
		Unknown: c.States[metrics.Unknown],
	}
}

// origins returns the counts by origin.
func (c *unitCounts) origins() OriginCounts {
	return OriginCounts{
		Chosen: c.Origins[metrics.Chosen], Born: c.Origins[metrics.Born], Assisted: c.Origins[metrics.Assisted],
		Automated: c.Origins[metrics.Automated], Mandated: c.Origins[metrics.Mandated],
		Enforced: c.Origins[metrics.Enforced], Unknown: c.Origins[metrics.UnknownOrigin],
	}
}
