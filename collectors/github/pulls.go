package github

import (
	"context"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// pullFields tell of pull requests, those that changed last first. Of labels and assignees the first are enough.
const pullFields = `pullRequests(%s, orderBy: {field: UPDATED_AT, direction: DESC}) {
	pageInfo { hasNextPage endCursor }
	nodes {
		number title createdAt updatedAt closedAt mergedAt headRefName baseRefName mergeCommit { oid } author { __typename login }
		labels(first: 10) { nodes { name } } assignees(first: 5) { nodes { login } }
	}
}`

type pullNode struct {
	Number      uint64
	Title       string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	ClosedAt    *time.Time
	MergedAt    *time.Time
	HeadRefName string
	BaseRefName string
	MergeCommit *struct{ OID string }
	Author      *actor
	Labels      *struct{ Nodes []*struct{ Name string } }
	Assignees   *struct{ Nodes []*struct{ Login string } }
}

// pulls reads the pull requests of repositories that changed since they were read the last time. Those of one are
// written together: the newest of them is from where the next reading goes on.
func (x *side) pulls(ctx context.Context, all []*reading) error {
	s := x.source
	if !s.config.Parts.Pulls {
		return nil
	}
	back := s.config.Now() - pullsBack
	var some []*reading
	for _, r := range all {
		if r.news.Pulled > max(r.Last.Told.Pulled, back) || r.again(pullsRead) && r.news.Pulled > back {
			some = append(some, r)
		}
	}
	return pager[pullNode, metrics.Pull]{
		part: pullsPart, bit: pullsRead, step: "pulls", fields: pullFields,
		first: func(r *reading) int {
			if r.Last.Told.Pulled == metrics.Beginning {
				return min(max(r.news.Pulls, 1), 50)
			}
			return 5
		},
		each: true,
		take: func(r *reading, n *pullNode) ([]metrics.Pull, bool) {
			if at := metrics.At(n.UpdatedAt); at < s.pulledSince(r) {
				return nil, false
			}
			return []metrics.Pull{x.pull(r, n)}, true
		},
		done: func(_ context.Context, _ *reading, found []metrics.Pull) error {
			x.Batch.Pulls = append(x.Batch.Pulls, found...)
			return nil
		},
	}.read(ctx, s, some)
}

// pulledSince is from when on the pull requests of a repository are wanted: where some were not told, from when none was
// known.
func (s *Source) pulledSince(r *reading) metrics.Instant {
	since := r.Last.Told.Pulled
	if r.again(pullsRead) {
		since = min(since, r.look.Since)
	}
	return max(since, s.config.Now()-pullsBack)
}

// pull is the fact of a pull request. It adds who its author is.
func (x *side) pull(r *reading, n *pullNode) metrics.Pull {
	s := x.source
	fact := metrics.Pull{
		Repo: r.Repo.ID, Number: n.Number, Source: s.Name(), Created: metrics.At(n.CreatedAt), Merged: instant(n.MergedAt),
		Closed: instant(n.ClosedAt), Updated: metrics.At(n.UpdatedAt), HeadBranch: n.HeadRefName, BaseBranch: n.BaseRefName,
		Class: metrics.ClassOfTitle(n.Title, collectors.Routine([]byte(n.Title))), Seen: s.config.Now(),
	}
	if n.Author != nil {
		fact.Author, fact.AuthorKind = s.alias(n.Author.login()), x.meet(n.Author.login())
	}
	if n.MergeCommit != nil {
		fact.MergeCommit, _ = metrics.ParseOID(n.MergeCommit.OID)
	}
	if n.Labels != nil {
		for _, l := range n.Labels.Nodes {
			if l != nil {
				fact.Labels = append(fact.Labels, l.Name)
			}
		}
	}
	if n.Assignees != nil {
		for _, a := range n.Assignees.Nodes {
			if a == nil {
				continue
			}
			x.meet(a.Login)
			fact.Assignees = append(fact.Assignees, s.alias(a.Login))
		}
	}
	return fact
}
