package gitlab

import (
	"context"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/metrics"
)

// deployments reads what was deployed of projects whose pipelines are not read, where something can have happened.
func (x *side) deployments(ctx context.Context, all []*reading) error {
	for _, r := range all {
		if !x.source.stirred(r, r.Last.Reading.At) {
			continue
		}
		if err := x.deployed(ctx, r); err != nil {
			return err
		}
		if err := x.Room(ctx); err != nil {
			return err
		}
	}
	return nil
}

// deployed reads what was deployed of a project, or changed since that was read the last time.
func (x *side) deployed(ctx context.Context, r *reading) error {
	s := x.source
	if !s.config.Parts.Deployments {
		return nil
	}
	since := s.hostNow() - s.since()
	if told := r.Last.Told.Deployed; told != metrics.Beginning {
		since = s.behind(told)
	}
	err := changes(since, func(d *gitlab.Deployment) *time.Time { return d.UpdatedAt },
		func(after *time.Time, part gitlab.ListOptions) ([]*gitlab.Deployment, error) {
			list, _, err := s.client.Deployments.ListProjectDeployments(r.id, &gitlab.ListProjectDeploymentsOptions{
				ListOptions: part, UpdatedAfter: after, OrderBy: gitlab.Ptr("updated_at"), Sort: gitlab.Ptr("asc"),
			}, gitlab.WithContext(ctx))
			return list, err
		},
		func(d *gitlab.Deployment) error {
			if d.CreatedAt != nil && d.ID > 0 {
				x.Batch.Deployments = append(x.Batch.Deployments, s.deployment(r, d))
			}
			return nil
		})
	if err != nil {
		return s.failed(ctx, "deployments", r, err)
	}
	return nil
}

// deployment is the fact of a deployment. Where the host does not tell when it ended, that is when it changed last.
func (s *Source) deployment(r *reading, d *gitlab.Deployment) metrics.Deployment {
	fact := metrics.Deployment{
		Repo: r.Repo.ID, ID: uint64(d.ID), Source: s.Name(), Ref: d.Ref, Outcome: outcome(d.Status), Created: instant(d.CreatedAt), Seen: s.config.Now(),
	}
	if d.Environment != nil {
		fact.Environment = d.Environment.Name
	}
	fact.SHA, _ = metrics.ParseOID(d.SHA)
	if over(d.Status) {
		fact.Finished = max(instant(d.Deployable.FinishedAt), instant(d.CreatedAt))
		if d.Deployable.FinishedAt == nil {
			fact.Finished = max(fact.Finished, instant(d.UpdatedAt))
		}
	}
	return fact
}
