// Package report makes the weekly report: what changed since last week, how the objectives stand, what to do
// next, and how sure all of that is. It is written from the same questions as the pages.
//
// Build finds the facts for a scope and a week. A letter puts them into words, once; the renderings, HTML mail,
// plain text, Markdown and Slack, only lay the letter out. Post carries it to its recipients, each once a week.
// Nothing in a report is about persons.
package report

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// ScopeKind says whom a report concerns.
type ScopeKind string

// The kinds of scopes.
const (
	Leadership ScopeKind = "leadership" // everything
	OfPath     ScopeKind = "path"       // one path, all teams
	OfTeam     ScopeKind = "team"       // one team, and nothing of others
	OfGroup    ScopeKind = "group"      // a group of teams, with all groups below it
)

// Scope is the part of the organisation that a report is about.
type Scope struct {
	Kind ScopeKind
	Key  string // of a path, team or group; "" for leadership
}

// ParseScope reads a scope as the configuration has it: leadership, path:KEY, team:KEY or group:NAME.
func ParseScope(text string) (Scope, error) {
	kind, key, named := strings.Cut(text, ":")
	s := Scope{ScopeKind(kind), key}
	switch {
	case text == string(Leadership):
		return s, nil
	case named && key != "" && (s.Kind == OfPath || s.Kind == OfTeam || s.Kind == OfGroup):
		return s, nil
	}
	return Scope{}, fmt.Errorf("%q is no scope, expected leadership, path:KEY, team:KEY or group:NAME: %w", text, metrics.ErrInvalid)
}

// String returns the scope as the configuration has it.
func (s Scope) String() string {
	if s.Key == "" {
		return string(s.Kind)
	}
	return string(s.Kind) + ":" + s.Key
}

// brief returns the scope as the configuration has it, or its beginning and a number that tells it from others, in at
// most so many octets of an address.
func (s Scope) brief(most int) string {
	text := s.String()
	if len(escaped(text)) <= most {
		return text
	}
	end := "~" + strconv.FormatUint(metrics.Fingerprint("scope", text), 36)
	var b strings.Builder
	used := len(escaped(end))
	for _, letter := range strings.ToValidUTF8(text, "\uFFFD") {
		if used += len(escaped(string(letter))); used > most {
			break
		}
		b.WriteRune(letter)
	}
	return b.String() + end
}

// escaped is a text within an address, be it a link or one of mail.
func escaped(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// Question says which report is asked for.
type Question struct {
	Scope      Scope
	Week       Week
	Objectives []metrics.Objective
	Org        string
	Base       string // URL of the pages, which links begin with; "" where there is none, and no link
}

// Report is what a report tells.
type Report struct {
	Org   string
	Base  string
	Scope Scope
	Title string // of the path, team or group
	Week  Week
	AsOf  metrics.Instant // the moment of its figures: the end of the week, or now in a week that goes on
	Fresh query.Freshness // how old the data are, and how complete

	Results   []Result
	Paths     []Path
	Chose     []Move // teams that are now on a path by choice and were not, or in the report of a team its repositories
	Left      []Move // likewise, those that are no longer on it
	Catalogs  []Catalog
	NoCatalog string // why there is none in the report, in words; "" where nobody would look for one
	Unknown   Unknown
	Actions   []Action // the three that would change most, the best first
}

// Result is a key result, and how it stood a week ago.
type Result struct {
	query.OKRRow
	Before query.OKRRow
	Next   string // what moves it most, in words, where it is behind; "" where that is not known
}

// Path is how a path is adopted now, and was a week ago.
type Path struct {
	Key    metrics.PathKey
	Title  string
	Units  Units
	Now    query.Rate // voluntary adoption
	Bounds *query.Bounds
	Before query.Rate
	Total  query.Rate        // all adoption now
	Change *query.ChangesRow // on the same teams and repositories; nil in the report of a team, which lists what moved
	Came   []Crossing        // repositories that came to the path, by manner, those by choice first
	Gone   []Crossing        // likewise, those that no longer use it
	Series []Point           // the oldest first
}

// Crossing are repositories that came to a path, or that no longer use it, all in the same manner.
type Crossing struct {
	Origin metrics.Origin // how they came; NoOrigin where nothing changed in them: they count now, and did not
	Faded  bool           // they did not leave: what they had on the path no longer counts
	Repos  int
	Teams  int      // whose they are
	Named  []Reason // some of them
	units  []string // all of them
}

// moved counts the repositories that came to the path or no longer use it.
func (p Path) moved() (n int) {
	for _, c := range slices.Concat(p.Came, p.Gone) {
		n += c.Repos
	}
	return n
}

// Units are what a rate counts.
type Units string

// What rates count. A team is one team: its report counts its repositories.
const (
	Teams Units = "teams"
	Repos Units = "repositories"
)

// Point is a moment of a series.
type Point struct {
	At   metrics.Instant
	Rate query.Rate
}

// Move is a team, or a repository in the report of a team, that came to a path or left it.
type Move struct {
	Who   string
	Href  string
	Path  string // title
	Faded bool   // it did not leave: what it had on the path no longer counts
	Free  bool   // of a repository that came: by choice
	Why   []Reason
	Other int // reasons that are left out
}

// Reason is why something moved: what became of one repository.
type Reason struct {
	Repo, Href, Text string
}

// Catalog is how fresh a catalog is, or what a team has in it.
type Catalog struct {
	Source string
	Now    query.Rate
	Bounds *query.Bounds
	Before query.Rate // without value where it was not judged then
	Owners query.Rate
	// OwnerBounds is what the share of right owners can be; nil where it is known of all.
	OwnerBounds *query.Bounds
	Ghosts      int
	Dark        int
	Whole       bool // of the whole catalog; else of what a team, or those of a group, have in it
	Judged      metrics.Instant
}

// Unknown counts what could not be read.
type Unknown struct {
	Units   int // repositories, or components, that are unknown on a path
	Before  int
	Reasons []Count
	Repos   []string // some of them
	Newest  int      // that are unknown by now: the newest scan may have come after the week

	NewestRepos   []string // some of these
	NewestReasons []Count
	Unowned       int // that are unknown by now and nobody's, where the report leaves such things out
}

// Count is how many have something in common.
type Count struct {
	What string
	N    int
}

// Changed reports whether there is anything to tell that there was not a week ago.
func (r *Report) Changed() bool {
	if len(r.Chose)+len(r.Left) > 0 || r.Unknown.Units != r.Unknown.Before {
		return true
	}
	for _, p := range r.Paths {
		if p.moved() > 0 || differ(p.Now, p.Before) {
			return true
		}
	}
	for _, c := range r.Catalogs {
		if c.Whole && differ(c.Now, c.Before) {
			return true
		}
	}
	for _, k := range r.Results {
		if k.Status != k.Before.Status {
			return true
		}
	}
	return false
}

func differ(a, b query.Rate) bool { return a.Num != b.Num || a.Den != b.Den }

// Empty reports whether there is nothing to measure yet.
func (r *Report) Empty() bool { return len(r.Paths) == 0 && r.Scope.Kind != OfPath }

// name is what a report is called by: the title of its scope, else the organisation.
func (r *Report) name() string {
	if r.Scope.Kind == Leadership {
		return r.Org
	}
	return cmp.Or(r.Title, r.Scope.Key)
}
