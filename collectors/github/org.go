package github

import (
	"context"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// org is what belongs to an organisation and concerns its repositories. What is not known is nil: not empty.
// A round keeps it, and it names nobody.
type org struct {
	Teams    census
	TeamsEnd bool                        // no more is asked for of the teams
	Accesses map[string][]metrics.Access // by owner/name, lower case
	Granted  bool                        // they are known
	Rules    rulesRead
	RulesEnd bool // no more is asked for of the rulesets
	Ruled    bool // they are known
	Unruled  bool // they are not, for a reason that may pass
}

// hides reports whether the host denies the rulesets of the organisation. Then each repository is asked for all that hold in
// it, as it tells of those to whoever reads it.
func (o *org) hides() bool { return o.RulesEnd && !o.Ruled && !o.Unruled }

// orgStep is how far the reading came of what belongs to the organisation, until a round is over.
const orgStep = "organisation"

// lists writes to which teams repositories are given and which policies hold in them, where that has changed.
func (x *side) lists(ctx context.Context, all []*reading) error {
	s := x.source
	var some []*reading
	for _, r := range all {
		if r.wants(listsRead | accessesMissed) {
			some = append(some, r)
		}
	}
	if len(some) == 0 || !s.config.Parts.Teams && !s.config.Parts.Policies {
		return nil
	}
	given, ruled := wanting(some, accessesMissed), wanting(some, listsRead)
	o, err := x.org(ctx, len(given) > 0, len(ruled) > 0)
	if err != nil {
		return err
	}
	if o.Granted {
		for _, r := range given {
			x.access(r, o.Accesses[strings.ToLower(r.owner+"/"+r.name)])
		}
	}
	return x.policies(ctx, o, ruled)
}

// wanting are those of some repositories of which a list is to be told.
func wanting(some []*reading, list uint32) []*reading {
	return slices.DeleteFunc(slices.Clone(some), func(r *reading) bool { return !r.wants(list) })
}

// org reads what belongs to the organisation and is wanted, once a listing.
func (x *side) org(ctx context.Context, teams, rules bool) (*org, error) {
	s := x.source
	s.state.reading.Lock()
	defer s.state.reading.Unlock()
	if s.state.org == nil {
		s.state.org = &org{}
		s.state.open().Load(orgStep, s.state.org)
	}
	o := s.state.org
	if teams && s.config.Org != "" && s.config.Parts.Teams && !o.TeamsEnd {
		if err := x.teams(ctx, o); err != nil {
			return nil, err
		}
		if o.TeamsEnd = true; o.Granted {
			s.told(accessesMissed)
		}
	}
	if rules && s.config.Org != "" && s.config.Parts.Policies && !o.RulesEnd {
		if err := x.orgRulesets(ctx, o); err != nil {
			return nil, err
		}
		if o.RulesEnd = true; o.Ruled {
			s.told(listsRead)
		}
	}
	return o, nil
}

// told notes that a list of the organisation is read, which may have been missed or denied before.
func (s *Source) told(list uint32) {
	missed := s.state.missing()
	missed.Note(collectors.Nowhere, list, 0, metrics.Beginning, s.config.Now())
	missed.Allow(collectors.Nowhere, list)
}

func (x *side) access(r *reading, list []metrics.Access) {
	had := r.Last.Told.Accesses
	if had.Seen != metrics.Beginning && sameLists(had.List, list) {
		return
	}
	x.Batch.Accesses = append(x.Batch.Accesses, metrics.AccessList{Repo: r.Repo.ID, Source: x.source.Name(), Seen: x.source.config.Now(), List: list})
}

// sameLists reports whether two lists hold the same, in whatever order.
func sameLists[E comparable](a, b []E) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(e E) bool { return !slices.Contains(b, e) })
}
