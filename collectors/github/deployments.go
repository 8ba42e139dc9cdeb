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
		take: func(r *reading, n *deploymentNode) ([]metrics.Deployment, bool) {
			fact, ok := s.deployment(r, n)
			if fact.Created < s.deployedSince(r.Last.Told) {
				return nil, false
			}
			if !ok {
				return nil, true
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

// deployedSince is from when on deployments are wanted.
func (s *Source) deployedSince(told metrics.Told) metrics.Instant {
	since := s.config.Now() - seconds(s.config.Since, runsBack)
	if told.Deployed != metrics.Beginning {
		since = told.Deployed - overlap
	}
	if told.Deploying != metrics.Beginning {
		since = min(since, told.Deploying)
	}
	return since
}

// deployment is the fact of a deployment. When one ended that another has taken the place of is not told any more: it
// was not before it began.
func (s *Source) deployment(r *reading, n *deploymentNode) (fact metrics.Deployment, ok bool) {
	fact = metrics.Deployment{Repo: r.Repo.ID, Source: s.Name(), Created: metrics.At(n.CreatedAt), Seen: s.config.Now()}
	if n.DatabaseID == nil {
		return fact, false
	}
	fact.ID = *n.DatabaseID
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
	return fact, true
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
