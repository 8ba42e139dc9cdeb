package query

import (
	"context"
	_ "embed"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

//go:embed catalog_teams.sql
var catalogTeamsSQL string

// Causes of wrong owners, as the store has them.
const (
	causeNoTeam   = string(freshness.CauseNoTeam)
	causeNoMember = string(freshness.CauseNoMember)
	causePerson   = string(freshness.CausePerson)
)

// becauseCommits is what tells the right owner where that is who holds most commits.
const becauseCommits = "commits"

// Why owners cannot be corrected.
const (
	noSuccessor  = "nobody is certainly the right owner"
	namedBeside  = "the right owner is named beside it already: what is wrong has to be taken out"
	severalOwner = "it names several owners in one text"
	notRead      = "no file was read that describes it"
	noContent    = "what is in the file is not known"
	saysOther    = "the file names another owner by now"
	notAlone     = "the value cannot be changed by itself"
	noText       = "the file is no text in UTF-8"
	severalThere = "there are several groups of that name, and nothing tells which of them is meant"
	alsoOther    = "another catalog has another right owner for it"
)

// ownerChange is a wrong owner on its way to being corrected.
type ownerChange struct {
	*wrongOwner
	at      int    // which of the owners is wrong
	from    string // that owner, as it was judged
	team    metrics.TeamKey
	because string
	to      string // as it is to be written
	reason  string // why it cannot be corrected; "" while it can
	patch   string // of the whole file, on its first change
	names   []spelling
	group   metrics.EntityRef // that the team is; the zero EntityRef where no catalog has it
}

// refuse notes why an owner cannot be corrected. What was found first holds.
func (c *ownerChange) refuse(reason string) {
	if c.reason == "" {
		c.reason = reason
	}
	c.to = ""
}

// succession knows the teams that can take the place of wrong owners, and how catalogs spell them.
type succession struct {
	there  map[metrics.TeamKey]bool
	barred map[teamIn]bool // a catalog itself was found to be wrong about them
	names  map[teamIn][]spelling
	groups groups
}

// teamIn is a team in a catalog.
type teamIn struct {
	source string
	team   metrics.TeamKey
}

// newSuccession looks up which teams there are.
func newSuccession(ctx context.Context, db DB, wrong []wrongOwner) (*succession, error) {
	type row struct {
		Team string `ch:"team"`
	}
	rows, err := ask[row](ctx, db, "which teams are there for certain", catalogTeamsSQL, nil)
	if err != nil {
		return nil, err
	}
	s := &succession{there: make(map[metrics.TeamKey]bool, len(rows)), barred: map[teamIn]bool{}}
	for _, r := range rows {
		s.there[metrics.TeamKey(r.Team)] = true
	}
	for i := range wrong {
		if err := s.bar(&wrong[i]); err != nil {
			return nil, err
		}
	}
	if s.names, err = spellings(ctx, db); err != nil {
		return nil, err
	}
	s.groups, err = catalogGroups(ctx, db, s.names)
	return s, err
}

// bar notes the teams of which a verdict says that they are not there, or that nobody is in them: nothing is handed to those.
func (s *succession) bar(r *wrongOwner) error {
	nobody, err := r.nobodys()
	if err != nil {
		return err
	}
	if nobody != "" && !metrics.IsThing(nobody) { // which says nothing of a team, however it ends
		s.barred[teamIn{r.Source, metrics.TeamKey(strings.ToLower(nameIn(nobody)))}] = true
	}
	if r.Cause == causeNoMember {
		for _, team := range r.Teams {
			s.barred[teamIn{r.Source, metrics.TeamKey(team)}] = true
		}
	}
	return nil
}

// change says which owner is wrong and who is the right one: who holds most commits, else who owns the place by what is no
// catalog.
func (s *succession) change(r *wrongOwner) *ownerChange {
	c := &ownerChange{wrongOwner: r}
	c.find()
	named := false
	for _, next := range [...]struct{ team, because string }{{r.Actual, becauseCommits}, {r.Beside, r.BesideBy}} {
		team := metrics.TeamKey(next.team)
		switch {
		case team == "" || !s.there[team] || s.barred[teamIn{r.Source, team}] || c.team != "":
		case slices.Contains(r.Teams, next.team):
			named = true
		default:
			c.team, c.because = team, next.because
		}
	}
	c.names = s.names[teamIn{r.Source, c.team}]
	group := foundGroup{sure: true}
	if c.team != "" && c.refers() {
		group = s.groups.of(teamIn{r.Source, c.team})
	}
	c.group = group.ref
	switch {
	case c.team == "" && named && len(r.Owners) > 1:
		c.refuse(namedBeside)
	case c.team == "":
		c.refuse(noSuccessor)
	case strings.ContainsAny(c.from, ",;"):
		c.refuse(severalOwner)
	case c.Blob == "":
		c.refuse(notRead)
	case !group.sure:
		c.refuse(severalThere)
	}
	return c
}

// find finds out which of the owners is to be replaced: the one that is no team, else the first team, else the first.
func (c *ownerChange) find() {
	nobody, _ := c.nobodys() // it was read before
	c.at = slices.IndexFunc(c.Owners, func(owner string) bool {
		if nobody != "" {
			return strings.EqualFold(strings.TrimSpace(owner), nobody)
		}
		return c.Cause == causePerson || !metrics.IsPerson(owner)
	})
	c.at = max(c.at, 0)
	if c.at < len(c.Owners) {
		c.from = c.Owners[c.at]
	}
}
