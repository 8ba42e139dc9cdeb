package query

import "github.com/trodden/trodden/metrics"

// AdoptionRow is the adoption of a path at a moment. Counts of units are of active ones, and of those whose
// state is unknown, be they active or not.
type AdoptionRow struct {
	Period  string           `json:"period"` // the day on which a period begins, or the moment asked for
	Path    metrics.PathKey  `json:"path"`
	Team    *metrics.TeamKey `json:"team,omitempty"`    // by team: "" for units that no team owns
	Group   *string          `json:"group,omitempty"`   // by group: "" for units of no group
	Verdict Verdict          `json:"verdict,omitempty"` // by team

	Teams  Rates        `json:"teams"`
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

// unitRow is a row of adoption_repos.sql: how many units there are of one sort, by period.
type unitRow struct {
	Path    string  `ch:"path"`
	Label   string  `ch:"label"`
	Counted string  `ch:"counted"`
	Units   []int64 `ch:"units"`
}

// unitCounts are the numbers of units of each sort in one period. What was by choice was so at the entry; what
// has a choice has it now.
type unitCounts struct {
	On, Mixed, Off, Dormant, None, Exempt, Ineligible, Unknown, Inactive int
	Enforced, Mandated, Born, Automated, Assisted, Chosen, UnknownOrigin int
	Kept, Voluntary, BeforeMandate                                       int
	Choice, ChoiceVoluntary, ChoiceUnknownOrigin, ChoiceUnknown          int
	FreeUnknown, FreeUnknownOrigin                                       int // that may have come by choice
}

// unitSorts finds the number of each sort, by the names that adoption_repos.sql has for them.
func unitSorts() map[string]func(*unitCounts) *int {
	return map[string]func(*unitCounts) *int{
		"on":                func(c *unitCounts) *int { return &c.On },
		"mixed":             func(c *unitCounts) *int { return &c.Mixed },
		"off":               func(c *unitCounts) *int { return &c.Off },
		"dormant":           func(c *unitCounts) *int { return &c.Dormant },
		"none":              func(c *unitCounts) *int { return &c.None },
		"exempt":            func(c *unitCounts) *int { return &c.Exempt },
		"ineligible":        func(c *unitCounts) *int { return &c.Ineligible },
		"unknown":           func(c *unitCounts) *int { return &c.Unknown },
		"inactive":          func(c *unitCounts) *int { return &c.Inactive },
		"by_enforced":       func(c *unitCounts) *int { return &c.Enforced },
		"by_mandated":       func(c *unitCounts) *int { return &c.Mandated },
		"by_born":           func(c *unitCounts) *int { return &c.Born },
		"by_automated":      func(c *unitCounts) *int { return &c.Automated },
		"by_assisted":       func(c *unitCounts) *int { return &c.Assisted },
		"by_chosen":         func(c *unitCounts) *int { return &c.Chosen },
		"by_unknown":        func(c *unitCounts) *int { return &c.UnknownOrigin },
		"kept":              func(c *unitCounts) *int { return &c.Kept },
		"voluntary":         func(c *unitCounts) *int { return &c.Voluntary },
		"before_mandate":    func(c *unitCounts) *int { return &c.BeforeMandate },
		"choice":            func(c *unitCounts) *int { return &c.Choice },
		"choice_voluntary":  func(c *unitCounts) *int { return &c.ChoiceVoluntary },
		"choice_by_unknown": func(c *unitCounts) *int { return &c.ChoiceUnknownOrigin },
		"choice_unknown":    func(c *unitCounts) *int { return &c.ChoiceUnknown },
		"free_unknown":      func(c *unitCounts) *int { return &c.FreeUnknown },
		"free_by_unknown":   func(c *unitCounts) *int { return &c.FreeUnknownOrigin },
	}
}

// states returns the counts by state.
func (c *unitCounts) states() StateCounts {
	return StateCounts{
		On: c.On, Mixed: c.Mixed, Off: c.Off, Dormant: c.Dormant, None: c.None,
		Exempt: c.Exempt, Ineligible: c.Ineligible, Unknown: c.Unknown,
	}
}

// origins returns the counts by origin.
func (c *unitCounts) origins() OriginCounts {
	return OriginCounts{
		Chosen: c.Chosen, Born: c.Born, Assisted: c.Assisted, Automated: c.Automated,
		Mandated: c.Mandated, Enforced: c.Enforced, Unknown: c.UnknownOrigin,
	}
}

// teamCounts is a row of adoption_teams.sql.
type teamCounts struct {
	Path             string `ch:"path"`
	Label            string `ch:"label"`
	Period           uint32 `ch:"period"`
	Served           uint64 `ch:"served"`
	On               uint64 `ch:"is_on"`
	Choice           uint64 `ch:"choice"`
	ChoiceVoluntary  uint64 `ch:"choice_voluntary"`
	Eligible         uint64 `ch:"eligible"`
	Voluntary        uint64 `ch:"voluntary"`
	ServedPossible   uint64 `ch:"served_possible"`
	OnLow            uint64 `ch:"on_low"`
	OnHigh           uint64 `ch:"on_high"`
	ChoiceLowNum     uint64 `ch:"choice_low_num"`
	ChoiceLowDen     uint64 `ch:"choice_low_den"`
	ChoiceHighNum    uint64 `ch:"choice_high_num"`
	ChoiceHighDen    uint64 `ch:"choice_high_den"`
	EligiblePossible uint64 `ch:"eligible_possible"`
	VoluntaryLow     uint64 `ch:"voluntary_low"`
	VoluntaryHighNum uint64 `ch:"voluntary_high_num"`
	VoluntaryHighDen uint64 `ch:"voluntary_high_den"`
}
