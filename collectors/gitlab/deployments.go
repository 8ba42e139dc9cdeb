package gitlab

import (
	"context"
	"fmt"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// deployments reads what was deployed of projects whose pipelines are not read, where something can have happened.
func (x *side) deployments(ctx context.Context, all []*reading) error {
	for _, r := range all {
		if !x.source.stirred(r, r.look.Before) {
			continue
		}
		if err := x.deployed(ctx, r); err != nil {
			return err
		}
		r.Parts |= runsRead // they come instead of pipelines
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
	return collectors.Take(s.round.Load(), collectors.StepOf("deployments", r.Repo.ID), func(at *deploymentsSeen) error {
		if !at.Begun {
			at.Begun, at.Place.Since = true, s.hostNow()-s.since()
			if told := r.Last.Told.Deployed; told != metrics.Beginning {
				at.Place.Since = s.behind(told)
			}
		}
		return x.someDeployments(ctx, r, at)
	})
}

// deploymentsSeen is how far the reading of deployments came.
type deploymentsSeen struct {
	Begun bool
	Place onward
	Found []metrics.Deployment
}

// someDeployments reads what is not read yet. None is written unless all were read: that there is one says that those
// before are known.
func (x *side) someDeployments(ctx context.Context, r *reading, at *deploymentsSeen) error {
	s := x.source
	err := changes(&at.Place, func(d *gitlab.Deployment) *time.Time { return d.UpdatedAt },
		func(after *time.Time, part gitlab.ListOptions) ([]*gitlab.Deployment, *gitlab.Response, error) {
			return s.client.Deployments.ListProjectDeployments(r.id, &gitlab.ListProjectDeploymentsOptions{
				ListOptions: part, UpdatedAfter: after, OrderBy: gitlab.Ptr("updated_at"), Sort: gitlab.Ptr("asc"),
			}, gitlab.WithContext(ctx))
		},
		func(d *gitlab.Deployment) error {
			if d.CreatedAt == nil || d.ID <= 0 {
				return fmt.Errorf("a deployment without an id or a date: %w", errGarbled)
			}
			at.Found = append(at.Found, s.deployment(r, d))
			return nil
		})
	if err != nil {
		return s.failed(ctx, deploymentsTopic, r, err)
	}
	x.Batch.Deployments = append(x.Batch.Deployments, at.Found...)
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
