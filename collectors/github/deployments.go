package github

import (
	"context"
	"time"

	"github.com/trodden/trodden/metrics"
)

// deploymentFields tell of deployments, the newest first.
const deploymentFields = `deployments(%s, orderBy: {field: CREATED_AT, direction: DESC}) {
	pageInfo { hasNextPage endCursor }
	nodes { databaseId environment commitOid createdAt updatedAt state ref { name } latestStatus { state createdAt } }
}`

type deploymentNode struct {
	DatabaseID   *uint64 `json:"databaseId"`
	Environment  *string
	CommitOID    string `json:"commitOid"`
	CreatedAt    time.Time
	UpdatedAt    time.Time
	State        *string
	Ref          *struct{ Name string }
	LatestStatus *struct {
		State     string
		CreatedAt time.Time
	}
}

// deployments reads what was deployed of repositories since that was read the last time, and what had not ended then.
func (x *side) deployments(ctx context.Context, all []*reading) error {
	s := x.source
	if !s.config.Parts.Deployments {
		return nil
	}
	var some []*reading
	for _, r := range all {
		told := r.Last.Told
		fresh := r.news.Deployed != metrics.Beginning && r.news.Deployed >= told.Deployed-overlap
		if fresh || r.again(deploymentsRead) || told.Deploying != metrics.Beginning && s.pressing(r.Last) {
			some = append(some, r)
		}
	}
	return pager[deploymentNode, metrics.Deployment]{
		part: deploymentsPart, bit: deploymentsRead, step: "deployments", fields: deploymentFields,
		first: func(r *reading) int {
			if r.Last.Told.Deployed == metrics.Beginning {
				return 50
			}
			return 10
		},
		each:  true,
		lacks: func(n *deploymentNode) bool { return n.DatabaseID == nil },
		take: func(r *reading, n *deploymentNode) ([]metrics.Deployment, bool) {
			fact := s.deployment(r, n)
			if fact.Created < s.deployedSince(r) {
				return nil, false
			}
			return []metrics.Deployment{fact}, true
		},
		done: func(_ context.Context, _ *reading, found []metrics.Deployment) error {
			for i := range found { // those made since the first were told are still to be read
				found[i].Seen = found[0].Seen
			}
			x.Batch.Deployments = append(x.Batch.Deployments, found...)
			return nil
		},
	}.read(ctx, s, some)
}

// deployedSince is from when on deployments are wanted: where some were not told, from when none was known.
func (s *Source) deployedSince(r *reading) metrics.Instant {
	told, first := r.Last.Told, s.config.Now()-seconds(s.config.Since, runsBack)
	since := first
	if told.Deployed != metrics.Beginning {
		since = told.Deployed - overlap
	}
	if told.Deploying != metrics.Beginning {
		since = min(since, told.Deploying)
	}
	if r.again(deploymentsRead) {
		since = min(since, max(r.look.Since, first))
	}
	return since
}

// deployment is the fact of a deployment. When one ended that another has taken the place of is not told any more: it
// was not before it began.
func (s *Source) deployment(r *reading, n *deploymentNode) metrics.Deployment {
	fact := metrics.Deployment{Repo: r.Repo.ID, ID: *n.DatabaseID, Source: s.Name(), Created: metrics.At(n.CreatedAt), Seen: s.config.Now()}
	fact.SHA, _ = metrics.ParseOID(n.CommitOID)
	fact.Ref = n.CommitOID
	if n.Ref != nil {
		fact.Ref = n.Ref.Name
	}
	if n.Environment != nil {
		fact.Environment = *n.Environment
	}
	state, ended := "", metrics.At(n.UpdatedAt)
	switch {
	case n.LatestStatus != nil:
		state, ended = n.LatestStatus.State, metrics.At(n.LatestStatus.CreatedAt)
	case n.State != nil:
		state = *n.State
	}
	fact.Outcome = deploymentOutcome(state)
	if state == "INACTIVE" {
		ended = fact.Created
	}
	if fact.Outcome > metrics.RunUnderWay {
		fact.Finished = max(ended, fact.Created)
	}
	return fact
}

// deploymentOutcome says how a deployment stands.
func deploymentOutcome(state string) metrics.RunResult {
	switch state {
	case "SUCCESS", "ACTIVE", "INACTIVE", "DESTROYED":
		return metrics.RunSucceeded
	case "FAILURE", "ERROR":
		return metrics.RunFailed
	case "IN_PROGRESS":
		return metrics.RunUnderWay
	case "ABANDONED":
		return metrics.RunCancelled
	}
	return metrics.RunWaiting // queued, pending, waiting, and what is not told
}
