package classify

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// judgement is what was found out about the commit that began or ended a stay.
type judgement struct {
	origin  metrics.Origin
	reason  metrics.Reason // why the origin is unknown
	actor   metrics.PersonID
	mandate *metrics.Mandate
	machine bool // a bot, or a branch of a campaign
}

// judge finds the actor behind a step and the origin that follows: the first of section 3 that holds.
// Mandates and births explain why somebody came; they explain no leaving.
func (h *history) judge(s *step, entering bool) judgement {
	switch {
	case s.pos < 0: // a policy came, or went
		return judgement{origin: metrics.Enforced}
	case h.branch.sighted(s.pos):
		return judgement{origin: metrics.UnknownOrigin, reason: metrics.ReasonNoHistory}
	}
	actor, kind := h.actor(s)
	j := judgement{actor: actor, machine: kind == metrics.Bot || h.ofCampaign(s)}
	bot := j.machine || entering && h.campaigns.has(h.id(), h.path.def.Key, s.change.OID)
	if entering {
		j.mandate = h.mandateAt(s.at)
	}
	switch {
	case j.mandate != nil:
		j.origin = metrics.Mandated
	case entering && !bot && actor != 0 && h.newborn(s.at):
		j.origin = metrics.Born
	case bot:
		j.origin = metrics.Automated
	case h.assisted(s, actor):
		j.origin = metrics.Assisted
	case actor != 0:
		j.origin = metrics.Chosen
	default:
		j.origin, j.reason = metrics.UnknownOrigin, metrics.ReasonNoActor
	}
	return j
}

// actor returns the human behind a step's commit, 0 where there is none or nobody knows, and what kind of account
// made it.
func (h *history) actor(s *step) (metrics.PersonID, metrics.Kind) {
	c := s.change
	person, kind := h.people.of(c.Author, c.Committed)
	switch kind {
	case metrics.Human, metrics.Bot:
		return person, kind
	case metrics.Initiator:
		return h.people.principal(c, h.branch.pullAt(s.pos), h.facts.Repo.Creator), kind
	}
	return 0, kind
}

func (h *history) mandateAt(t metrics.Instant) *metrics.Mandate {
	i := slices.IndexFunc(h.clocks.mandates, func(m mandate) bool { return during(m.covers, t) })
	if i < 0 {
		return nil
	}
	return h.clocks.mandates[i].def
}

// newborn reports whether the moment lies in the unit's first days. A repository that took the place of its
// components is as old as its first commit.
func (h *history) newborn(t metrics.Instant) bool {
	last, known := h.bornAt()
	return known && t <= last
}

// firstDay returns when the unit began; ok is false where that was not seen.
func (h *history) firstDay() (at metrics.Instant, ok bool) {
	if h.steps[0].pos < 0 || h.branch.sighted(h.steps[0].pos) {
		return 0, false
	}
	if h.unit.component == "" {
		return h.branch.dates[0], true
	}
	return h.steps[0].at, true
}

// assisted reports whether somebody of a platform team that does not own the unit had a hand in it.
func (h *history) assisted(s *step, actor metrics.PersonID) bool {
	owner := h.owners.at(s.at)
	helpers := slices.DeleteFunc(slices.Clone(h.c.teams.platform), func(t metrics.TeamKey) bool { return t == owner })
	if len(helpers) == 0 {
		return false
	}
	if actor != 0 && h.people.member(actor, s.at, helpers...) {
		return true
	}
	return slices.ContainsFunc(s.change.CoAuthors, func(alias metrics.AliasID) bool {
		person, _ := h.people.of(alias, s.change.Committed)
		return person != 0 && h.people.member(person, s.at, helpers...)
	})
}
