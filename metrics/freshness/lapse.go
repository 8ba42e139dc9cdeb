package freshness

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Lapse says of what not all is known for no other reason than that the newest reading of it failed, or was not whole.
//
// Such a reading tells of nothing that it is not there, but neither that it is. So what the judgement before found wrong, of a
// value that is still the same, stays wrong for the same cause, since the same moment, until a reading finds what the value
// names, or is whole again. Nothing new is found wrong meanwhile: what came into being since the last whole reading may be
// named by what was read, and not be among that itself. Where more is unknown for another reason, such as another
// configuration, nothing of this holds.
type Lapse struct {
	Entities bool     // the entities of the catalog, as World.Complete has it
	Teams    bool     // the teams that catalogs have, and who is in them
	Owners   []string // the repositories of these owners, which are not Listed for that
}

// any reports whether anything is so.
func (l *Lapse) any() bool { return l.Entities || l.Teams || len(l.Owners) > 0 }

// owner reports whether the repositories of somebody above an identity are so.
func (l *Lapse) owner(identity string) bool {
	return slices.ContainsFunc(l.Owners, func(owner string) bool { return strings.HasPrefix(identity, owner+"/") })
}

// found reports whether the judgement before found a value wrong for this cause.
func (c *Confirmation) found(cause Cause) bool {
	return c.Wrong != metrics.Beginning && c.Cause == cause
}

// held returns a claim as it was found to be, where no reading told since whether there is such a team.
func (j *judge) held(c claim, s *subject) claim {
	if c.there == metrics.Maybe && j.world.Lapsed.Teams && s.confirmed.found(CauseNoTeam) {
		c.there = metrics.No
	}
	return c
}

// hold lets a team be as it was found to be at a place, where no reading told since who is in it, or what was committed there.
func (j *judge) hold(t *standing, s *subject) {
	if t.team == nil || t.there == metrics.No {
		return
	}
	if t.staffed == metrics.Maybe && j.world.Lapsed.Teams && s.confirmed.found(CauseNoMember) {
		t.staffed = metrics.No
	}
	if t.idle == metrics.Maybe && s.here.work.Lapsed && s.confirmed.found(CauseIdle) {
		t.idle, t.commits = metrics.Yes, metrics.No
	}
}
