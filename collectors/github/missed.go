package github

import (
	"context"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Bits of what is missed beside those of the parts.
const (
	accessesMissed   uint32 = 1 << (iota + 16) // to which teams repositories are given, which is read with the lists
	attemptsMissed                             // of runs, which are read with them
	propertiesMissed                           // which are read with the list of repositories
)

// with is what is read together with a part.
func with(parts uint32) uint32 {
	if parts&listsRead != 0 {
		parts |= accessesMissed
	}
	if parts&runsRead != 0 {
		parts |= attemptsMissed
	}
	return parts
}

// missable are the parts that can be missed.
func missable() []part {
	return []part{runsPart, rerunsPart, pullsPart, deploymentsPart, teamsPart, policiesPart, releasesPart, newsPart, propertiesPart}
}

// namesOf are the names of parts that are missed. What follows from a probe is not named beside it.
func namesOf(parts uint32) (names []string) {
	for _, p := range missable() {
		if parts&p.lack != 0 && (p.lack == probed || parts&probed == 0) {
			names = append(names, p.Name)
		}
	}
	return names
}

// misses goes on with what the listings before missed.
func (l *list) misses(m mark) {
	s, missed := l.source, &collectors.Missed{}
	if m.Config == s.asked() && m.Missed != nil {
		missed = m.Missed
	}
	missed.Begin(s.config.Now(), l.known.Repos)
	s.state.misses(missed)
	l.known.Miss(func() map[string]collectors.Gap { return missed.Told(namesOf) })
	l.known.Deny(missed.Refused)
}

// missed reports whether something is to be tried again of a repository, or of all of them.
func (s *Source) missed(repo metrics.RepoID) bool {
	missed := s.state.missing()
	_, own := missed.Due(repo)
	all, _ := missed.Due(collectors.Nowhere)
	return own || all.Parts&^propertiesMissed != 0
}

// lacks notes in the look at a repository what is to be tried again of it.
func (s *Source) lacks(r *reading) {
	missed := s.state.missing()
	own, _ := missed.Due(r.Repo.ID)
	all, _ := missed.Due(collectors.Nowhere)
	r.look.Again, r.look.Since = own.Parts|all.Parts&^propertiesMissed, own.Since
	r.look.Own = own.Parts&listsRead != 0
	if r.again(probed) && s.config.Parts.Policies { // nobody asks for rulesets where nothing was probed
		r.look.Again |= listsRead
	}
}

// again reports whether a part is to be tried again of a repository, because it could not be read before.
func (r *reading) again(part uint32) bool { return r.look.Again&part != 0 }

// wants reports whether lists of a repository are to be told of.
func (r *reading) wants(list uint32) bool { return r.look.Lists || r.again(list) }

// miss notes that a part could not be read: of a repository, or of the organisation.
func (s *Source) miss(p part, r *reading) {
	if r == nil {
		s.state.missing().Note(collectors.Nowhere, 0, p.lack, metrics.Beginning, s.config.Now())
		return
	}
	r.missed |= p.lack
	if p.lack == probed && s.config.Parts.Policies && r.wants(listsRead) {
		r.missed |= listsRead
	}
}

// deny notes that the host does not show a part: of a repository, or of the organisation.
func (s *Source) deny(p part, r *reading, err error) {
	a, _ := answered(err)
	repo, given := collectors.Nowhere, collectors.Denial{Parts: p.lack}
	if r != nil {
		repo, given.From = r.Repo.ID, wanted(r, p.lack)
	}
	given.Why, given.Needs = p.Lack(words(err), a, denied(err))
	if r == nil { // what is denied is not missed any more; of a repository settle notes that
		s.state.missing().Note(repo, p.lack, 0, metrics.Beginning, s.config.Now())
	}
	s.state.missing().Deny(p.Name, repo, given, s.config.Now())
}

// wanted is from when on it is wanted what parts of a repository cannot be read of now.
func wanted(r *reading, parts uint32) metrics.Instant {
	since, told := metrics.Forever, r.Last.Told
	if parts&pullsRead != 0 {
		since = min(since, told.Pulled)
	}
	if parts&deploymentsRead != 0 {
		since = min(since, max(told.Deployed, overlap)-overlap)
	}
	if parts&^(pullsRead|deploymentsRead) != 0 {
		since = min(since, asked(told))
	}
	if r.again(attemptsMissed | pullsRead | deploymentsRead) {
		since = min(since, r.look.Since)
	}
	return since
}

// settle notes what was tried of a repository, and what could not be read of it.
func (s *Source) settle(r *reading) {
	if r.Err != nil {
		return
	}
	missed, tried := s.state.missing(), r.look.Again&with(r.Parts&^r.before)
	if r.spared {
		tried &^= listsRead
	}
	switch { // nobody asked for what is not known to be there
	case r.fell&probed != 0:
		tried &^= pullsRead | deploymentsRead | runsRead | attemptsMissed
	case r.fell&runsRead != 0:
		tried &^= attemptsMissed
	}
	missed.Note(r.Repo.ID, tried, r.missed, wanted(r, r.missed), s.config.Now())
	missed.Allow(r.Repo.ID, tried&^r.missed)
}

// unruled reports whether the rulesets of a repository lack for its own sake, and not because those of the organisation are
// denied, which is tried again with all repositories.
func (r *reading) unruled() bool { return r.look.Own || !r.Last.Told.Policies.Known() }

// probing are those of some repositories that are to be asked what is new in them: not for the sake of teams alone, and
// where rulesets were missed not as long as those of the organisation cannot be read. Where these are denied still, those
// are asked that lack rulesets of their own.
func (x *side) probing(ctx context.Context, all []*reading) (some []*reading, err error) {
	for _, r := range all {
		wanted := r.look.Moved || r.look.Again&^(listsRead|accessesMissed) != 0
		if !wanted && r.again(listsRead) {
			o, err := x.org(ctx, false, true)
			if err != nil {
				return nil, err
			}
			wanted = x.source.config.Org == "" || o.Ruled || o.hides() && r.unruled()
			r.spared = o.hides() && !wanted
		}
		if wanted && r.Repo.Head != "" {
			some = append(some, r)
		}
	}
	return some, nil
}

// unprobed notes that it is not known what is new in repositories.
func (x *side) unprobed(ctx context.Context, some []*reading, err error) error {
	for _, r := range some {
		if err := x.source.failed(ctx, newsPart, r, err); err != nil {
			return err
		}
	}
	return nil
}
