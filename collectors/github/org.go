package github

import (
	"context"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// org is what belongs to an organisation and concerns its repositories. What is not known is nil: not empty.
type org struct {
	accesses map[string][]metrics.Access // by owner/name, lower case
	rulesets []ruleset
	ruled    bool // the rulesets are known
}

// listsDue reports whether the lists of a repository are to be told of: once a day, and the first time.
func (x *side) listsDue(r *reading) bool {
	return x.daily || r.Last.Reading.At == metrics.Beginning
}

// lists writes to which teams repositories are given and which policies hold in them, where that has changed.
func (x *side) lists(ctx context.Context, all []*reading) error {
	s := x.source
	var some []*reading
	for _, r := range all {
		r.imposed = r.Last.Told.Policies.List
		if x.listsDue(r) {
			some = append(some, r)
		}
	}
	if len(some) == 0 || !s.config.Parts.Teams && !s.config.Parts.Policies {
		return nil
	}
	o, err := x.org(ctx)
	if err != nil {
		return err
	}
	if o.accesses != nil {
		for _, r := range some {
			x.access(r, o.accesses[strings.ToLower(r.owner+"/"+r.name)])
		}
	}
	return x.policies(ctx, o, some)
}

// org reads what belongs to the organisation, once a listing.
func (x *side) org(ctx context.Context) (*org, error) {
	s := x.source
	s.state.reading.Lock()
	defer s.state.reading.Unlock()
	if s.state.org != nil {
		return s.state.org, nil
	}
	o := &org{}
	if s.config.Org != "" {
		if s.config.Parts.Teams {
			if err := x.teams(ctx, o); err != nil {
				return nil, err
			}
		}
		if s.config.Parts.Policies {
			if err := x.orgRulesets(ctx, o); err != nil {
				return nil, err
			}
		}
	}
	s.state.org = o
	return o, nil
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
