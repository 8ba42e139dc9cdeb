package gitlab

import (
	"errors"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

// Bits of what is missed beside those of the parts: both are read with pipelines.
const (
	includesMissed uint32 = 1 << (iota + 16)
	deploymentsMissed
	creatorsMissed // of the whole source
	groupsMissed   // likewise
	beginsMissed   // read with pipelines, too
	authorsMissed  // likewise; nobody is told, as the next commits make up for it
)

const (
	ofRuns   = beginsMissed | authorsMissed | includesMissed // for which pipelines are asked for as if they were not
	withRuns = ofRuns | deploymentsMissed
)

// missable are the topics that can be missed of a project, with their bits.
func missable() []gap {
	return []gap{
		{runsTopic, runsRead}, {beginsTopic, beginsMissed}, {includesTopic, includesMissed}, {deploymentsTopic, deploymentsMissed}, {mergesTopic, pullsRead},
		{policiesTopic, policiesRead}, {tagsTopic, releasesRead}, {creatorsTopic, creatorsMissed}, {groupsTopic, groupsMissed},
	}
}

// gap is something that can be missed.
type gap struct {
	present.Topic
	lack uint32
}

// lackOf is the bit of a topic.
func lackOf(t present.Topic) uint32 {
	for _, m := range missable() {
		if m.Name == t.Name {
			return m.lack
		}
	}
	return 0
}

// namesOf are the names of what is missed.
func namesOf(lacks uint32) (names []string) {
	for _, m := range missable() {
		if lacks&m.lack != 0 {
			names = append(names, m.Name)
		}
	}
	return names
}

// misses goes on with what the listings before missed, unless only some projects are asked for. That of the whole group is
// asked for by each listing until it is read.
func (l *list) misses(m mark) {
	if l.known.Only != nil {
		return
	}
	s, missed := l.source, m.Missed
	if missed == nil {
		missed = &collectors.Missed{}
	}
	missed.Begin(s.config.Now(), l.known.Repos)
	s.missed.Store(missed)
	l.known.Miss(func() map[string]collectors.Gap {
		s.creditsMissed()
		told := missed.Told(namesOf)
		for _, name := range l.missing {
			if _, had := told[name]; !had {
				told[name] = collectors.Gap{}
			}
		}
		return told
	})
	l.known.Deny(missed.Refused)
}

// lacks notes in the look at a project what is to be tried again of it: all parts that it belongs to are, and where
// nothing else seems to have happened no others. What is to be tried later is not tried then.
func (s *Source) lacks(r *reading) {
	quiet := !r.look.Due && !r.look.Forced && !s.stirred(r, r.look.Before)
	lack, due := s.missed.Load().Due(r.Repo.ID)
	switch {
	case due && quiet:
		r.before = asked &^ partsOf(lack.Parts)
		if s.held.has(r.id) {
			r.before &^= pullsRead
		}
	case quiet:
		r.before = partsOf(s.missed.Load().Waits(r.Repo.ID))
	}
	if r.Parts = r.before; due {
		r.look.Again, r.look.Since, r.look.Forced = lack.Parts, lack.Since, true
	}
}

// partsOf are the parts that what is missed is read with.
func partsOf(lacks uint32) uint32 {
	if lacks&withRuns != 0 {
		lacks |= runsRead
	}
	return lacks & asked
}

// asked are the parts that are asked for, rather than told of by lists.
const asked = runsRead | pullsRead | policiesRead | releasesRead

// again reports whether something is to be tried again of a project, because it could not be read before.
func (r *reading) again(lack uint32) bool { return r.look.Again&lack != 0 }

// settle notes what was tried of a project, and what could not be read of it.
func (s *Source) settle(r *reading) {
	var missed uint32
	for _, m := range missable() {
		if slices.Contains(r.Done.Missed, m.Name) {
			missed |= m.lack
		}
	}
	tried := r.Parts &^ r.before
	if tried&runsRead != 0 && r.fell&runsRead == 0 { // else nobody asked for what is read with them
		tried |= withRuns
	}
	since := metrics.Instant(0)
	if r.less {
		missed |= authorsMissed
	}
	if missed&ofRuns != 0 {
		since = askedRuns(r)
	}
	again := r.look.Again
	if !r.look.Whole { // then all is asked
		again = ^uint32(0)
	}
	s.missed.Load().Note(r.Repo.ID, r.look.Again&tried, missed, since, s.config.Now())
	s.missed.Load().Allow(r.Repo.ID, again&tried&^missed)
}

// unseen notes that nothing is read beside the files of a project of which the host shows no file either, and never did:
// people are told that in one line.
func (s *Source) unseen(r *reading) {
	if r.id == 0 || r.Last.Reading.Files != 0 || !hidden(r.Err) || errors.Is(r.Err, collectors.ErrSpent) {
		return
	}
	all, parts := s.wanted()
	if parts == 0 {
		return
	}
	a, _ := answered(r.Err)
	given := collectors.Denial{Parts: parts}
	given.Why, given.Needs = all.Lack(words(r.Err), a, denied(r.Err))
	s.missed.Load().Deny(all.Name, r.Repo.ID, given, s.config.Now())
}

// wanted is what is read beside the files of every project as one topic, with the bits of its parts.
func (s *Source) wanted() (all present.Topic, parts uint32) {
	wants := s.config.Parts
	var names []string
	for _, part := range []struct {
		name   string
		bit    uint32
		wanted bool
	}{
		{runsTopic.Name, runsRead, wants.Runs}, {mergesTopic.Name, pullsRead, wants.Pulls},
		{deploymentsTopic.Name, deploymentsMissed, wants.Deployments}, {policiesTopic.Name, policiesRead, wants.Policies},
	} {
		if part.wanted {
			names, parts = append(names, part.name), parts|part.bit
		}
	}
	return present.Topic{Name: strings.Join(names, ", ")}, parts
}

// deny notes that the host does not show a topic of a project; of the group where that is nil.
func (s *Source) deny(t present.Topic, r *reading, err error) {
	a, _ := answered(err)
	repo, given := collectors.Nowhere, collectors.Denial{Parts: lackOf(t)}
	if r != nil {
		repo = r.Repo.ID
		if given.Parts == includesMissed {
			given.From = askedRuns(r)
		}
	}
	given.Why, given.Needs = t.Lack(words(err), a, denied(err))
	s.missed.Load().Deny(t.Name, repo, given, s.config.Now())
}
