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
	Bounds map[string]Bounds `json:"bounds"`
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

// unitCounts is a row of adoption_repos.sql.
type unitCounts struct {
	Path                string `ch:"path"`
	Label               string `ch:"label"`
	Period              uint32 `ch:"period"`
	On                  int64  `ch:"state_on"`
	Mixed               int64  `ch:"state_mixed"`
	Off                 int64  `ch:"state_off"`
	Dormant             int64  `ch:"state_dormant"`
	None                int64  `ch:"state_none"`
	Exempt              int64  `ch:"state_exempt"`
	Ineligible          int64  `ch:"state_ineligible"`
	Unknown             int64  `ch:"state_unknown"`
	Inactive            int64  `ch:"inactive"`
	Enforced            int64  `ch:"origin_enforced"`
	Mandated            int64  `ch:"origin_mandated"`
	Born                int64  `ch:"origin_born"`
	Automated           int64  `ch:"origin_automated"`
	Assisted            int64  `ch:"origin_assisted"`
	Chosen              int64  `ch:"origin_chosen"`
	UnknownOrigin       int64  `ch:"origin_unknown"`
	Kept                int64  `ch:"kept"`
	Voluntary           int64  `ch:"voluntary"`
	BeforeMandate       int64  `ch:"before_mandate"`
	Choice              int64  `ch:"choice"`
	ChoiceVoluntary     int64  `ch:"choice_voluntary"`
	ChoiceUnknownOrigin int64  `ch:"choice_origin_unknown"`
	ChoiceUnknown       int64  `ch:"choice_unknown"`
}

// states returns the counts by state.
func (c *unitCounts) states() StateCounts {
	return StateCounts{
		On: int(c.On), Mixed: int(c.Mixed), Off: int(c.Off), Dormant: int(c.Dormant), None: int(c.None),
		Exempt: int(c.Exempt), Ineligible: int(c.Ineligible), Unknown: int(c.Unknown),
	}
}

// any reports whether there is any unit at all.
func (c *unitCounts) any() bool {
	return c.On+c.Mixed+c.Off+c.Dormant+c.None+c.Exempt+c.Ineligible+c.Unknown+c.Inactive > 0
}

// origins returns the counts by origin.
func (c *unitCounts) origins() OriginCounts {
	return OriginCounts{
		Chosen: int(c.Chosen), Born: int(c.Born), Assisted: int(c.Assisted), Automated: int(c.Automated),
		Mandated: int(c.Mandated), Enforced: int(c.Enforced), Unknown: int(c.UnknownOrigin),
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
	VoluntaryHigh    uint64 `ch:"voluntary_high"`
}
