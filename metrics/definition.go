package metrics

import (
	"slices"
	"time"
)

// Definitions are what an organisation decided to measure: its paths, its teams, its thresholds. They come
// from the configuration; a change of them re-classifies the past from stored facts.
type Definitions struct {
	Org       string    `json:"org"`
	Measure   Measure   `json:"measure"`
	Teams     Teams     `json:"teams"`
	Campaigns Campaigns `json:"campaigns"`
	Paths     []Path    `json:"paths"`

	// CatalogFiles are globs of files that describe their repository to a software catalog, besides those with the names
	// that portals look for.
	CatalogFiles []string `json:"catalog_files,omitempty"`
}

// Measure holds the thresholds of all measures.
type Measure struct {
	ActiveWithin    time.Duration `json:"active_repo_within"` // a repository is active for so long after a human commit
	TeamOnAt        float64       `json:"team_on_at"`         // share of using repositories from which a team is on
	BornWithin      time.Duration `json:"born_within"`        // golden so soon after the first commit is a birth
	LeaveAfter      time.Duration `json:"leave_after"`        // an absence so long ends a spell
	UnknownAfter    time.Duration `json:"unknown_after"`      // the last known state holds for so long
	StaleAfter      time.Duration `json:"stale_after"`        // a catalog field is confirmed for so long
	FreshFields     []string      `json:"fresh_fields"`       // catalog fields that make an entity fresh
	IncludePlatform bool          `json:"include_platform"`   // count the platform teams' own repositories
}

// DefaultMeasure returns the thresholds that hold where the configuration says nothing.
func DefaultMeasure() Measure {
	day := 24 * time.Hour
	return Measure{
		ActiveWithin: 180 * day, TeamOnAt: 0.5, BornWithin: 7 * day, LeaveAfter: 14 * day,
		UnknownAfter: 7 * day, StaleAfter: 90 * day,
		FreshFields: []string{"owner", "lifecycle", "system", "source"},
	}
}

// Teams says which teams there are and where ownership is looked up.
type Teams struct {
	Order    []OwnerSource `json:"order"`    // at a moment, the first that names an owner does
	Platform []TeamKey     `json:"platform"` // the teams that provide paths
	List     []Team        `json:"list"`
	Groups   []Group       `json:"groups"` // a group that a team names need not be among them
}

// Group is a tribe: teams, and groups of them, at any depth.
type Group struct {
	Key    string `json:"key"`
	Title  string `json:"title"`
	Parent string `json:"parent"` // the group that it is part of; "" for none
}

// Upwards returns a group and those that it is part of, from itself upwards; none of the group "". It ends
// where a group would be met again.
func (t Teams) Upwards(group string) []string {
	var path []string
	for group != "" && !slices.Contains(path, group) {
		path = append(path, group)
		i := slices.IndexFunc(t.Groups, func(g Group) bool { return g.Key == group })
		if i < 0 {
			break
		}
		group = t.Groups[i].Parent
	}
	return path
}

// OwnerSource is a place that says who owns a repository.
type OwnerSource string

// The places that say who owns a repository.
const (
	OwnerConfig     OwnerSource = "config"
	OwnerCatalog    OwnerSource = "catalog"
	OwnerCodeowners OwnerSource = "codeowners"
	OwnerProvider   OwnerSource = "provider"
)

// Team is a unit that decides.
type Team struct {
	Key     TeamKey  `json:"key"`
	Title   string   `json:"title"`
	Aliases []string `json:"aliases"` // other spellings in CODEOWNERS and catalogs; * and ? are special
	Group   string   `json:"group"`   // the tribe it belongs to itself; Teams.Upwards tells those above
	Weight  float64  `json:"weight"`  // what it counts in weighted rates, such as its developers; 0: 1
	Repos   []string `json:"repos"`   // globs of repository names it owns
	Members []Member `json:"members"`
	Hosted  bool     `json:"-"` // nobody configured it: it is here for the group that a code host has it in
}

// Member is one person of a team, by e-mail address or login (* and ? are special), for a time.
type Member struct {
	ID    string  `json:"id"`
	From  Instant `json:"from"`
	Until Instant `json:"until"` // Forever where open
}

// Campaigns names mass changes that cannot be seen from the changes alone.
type Campaigns struct {
	Labels   []string `json:"labels"`   // of pull requests
	Branches []string `json:"branches"` // globs of head branches
}

// Path is a golden path for one job.
type Path struct {
	Key          PathKey       `json:"key"`
	Title        string        `json:"title"`
	Since        Instant       `json:"since"`    // launch; Beginning where not given
	Optional     bool          `json:"optional"` // doing without is allowed, and so a choice
	Eligible     *Rule         `json:"eligible"` // nil: every repository
	Golden       Rule          `json:"golden"`
	ProvidedBy   []string      `json:"provided_by"` // globs of repository names that provide the path
	Alternatives []Alternative `json:"alternatives"`
	Mandates     []Mandate     `json:"mandates"`
	LatestTagsOf string        `json:"latest_tags_of"` // repository whose tags are the path's versions
	Components   []string      `json:"components"`     // folder globs that split a monorepo
	ActiveWithin time.Duration `json:"active_within"`  // the golden pipeline must have run within this; 0: not asked
}

// Alternative is another way of doing the path's job.
type Alternative struct {
	Key   WayKey  `json:"key"`
	Since Instant `json:"since"` // from when it can be chosen; Beginning: always
	Until Instant `json:"until"` // until when; Forever: still
	When  Rule    `json:"when"`
}

// Mandate obliges teams, groups or repositories to use a path. With none of the three it obliges all.
type Mandate struct {
	Teams     []TeamKey `json:"teams"`
	Groups    []string  `json:"groups"`
	Repos     []string  `json:"repos"`     // globs of repository names
	Announced Instant   `json:"announced"` // Beginning where not known
	From      Instant   `json:"from"`
	Until     Instant   `json:"until"` // Forever where open
	Why       string    `json:"why"`
}

// announcementReach is how long before its start an announced mandate already moves teams.
const announcementReach = 90 * Day

// Covers returns the time for which the mandate explains what happens: from its announcement, but at most
// 90 days before its start, or from its start when no announcement is known, to its end.
func (m Mandate) Covers() Period {
	from := m.From
	if m.Announced != Beginning && m.Announced < m.From {
		from = max(m.Announced, m.From-announcementReach, Beginning)
	}
	return Period{from, m.Until}
}

// Rule is a test on a repository: exactly one of its fields is set. Any and All of no rules are refused by
// the configuration.
type Rule struct {
	Any    []Rule  `json:"any,omitempty"`
	All    []Rule  `json:"all,omitempty"`
	Not    *Rule   `json:"not,omitempty"`
	Signal *Signal `json:"signal,omitempty"`
}

// Signals returns the signals of the rule in the order in which they stand.
func (r *Rule) Signals() []Signal {
	if r == nil {
		return nil
	}
	if r.Signal != nil {
		return []Signal{*r.Signal}
	}
	var list []Signal
	for i := range r.Any {
		list = append(list, r.Any[i].Signals()...)
	}
	for i := range r.All {
		list = append(list, r.All[i].Signals()...)
	}
	return append(list, r.Not.Signals()...)
}

// Signal is one test on content or metadata that yields evidence. Which fields a kind reads, and which is
// its main one (what a bare scalar in the configuration sets), is said by detect.Kinds. Optional globs and
// patterns are empty where not given.
type Signal struct {
	Kind       string   `json:"kind"`
	Path       string   `json:"path,omitempty"`        // file: glob; yaml: YAMLPath
	File       string   `json:"file,omitempty"`        // glob of the files looked at
	Regex      string   `json:"regex,omitempty"`       // RE2, multi-line mode
	Lines      int      `json:"lines,omitempty"`       // only the first so many lines; 0: all
	Matches    string   `json:"matches,omitempty"`     // glob on a value
	Equals     *string  `json:"equals,omitempty"`      // exact value; nil: not asked
	Name       string   `json:"name,omitempty"`        // glob or pattern of a name
	Value      string   `json:"value,omitempty"`       // glob of a value
	Triggers   []string `json:"triggers,omitempty"`    // of a workflow, any of them
	Runs       string   `json:"runs,omitempty"`        // regex over a workflow's run steps
	UnlessUses string   `json:"unless_uses,omitempty"` // pattern that rules a workflow out
	Target     string   `json:"target,omitempty"`      // pattern of a uses:
	AllOf      []string `json:"all_of,omitempty"`      // patterns that one file must all use
	Project    string   `json:"project,omitempty"`     // of a GitLab include
	Component  string   `json:"component,omitempty"`
	Remote     string   `json:"remote,omitempty"`
	Template   string   `json:"template,omitempty"`
	Local      string   `json:"local,omitempty"`
	Image      string   `json:"image,omitempty"`   // pattern without tag or digest
	Stage      string   `json:"stage,omitempty"`   // final or any
	Version    string   `json:"version,omitempty"` // semver range
	Expr       string   `json:"expr,omitempty"`    // CEL
}
