package gitlab

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// oneByOne reads the pipelines of projects by REST.
func (x *side) oneByOne(ctx context.Context, some []*runsOf) error {
	for _, r := range some {
		r.err = x.source.runsAlone(ctx, r)
		if err := x.endRuns(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// runsAlone reads the pipelines of one project by REST. Of those that GraphQL told of before it failed it is known when they
// began.
func (s *Source) runsAlone(ctx context.Context, r *runsOf) error {
	if !r.Alone {
		r.After, r.Alone, r.Place = "", true, onward{Since: r.Since}
	}
	err := s.listRuns(ctx, r)
	if r.Begun == metrics.Beginning && len(r.Found) > 0 || err == nil {
		r.Begun = cmp.Or(r.Begun, s.config.Now())
	}
	if err == nil && r.Less {
		err = s.begins(ctx, r)
	}
	r.Told = err == nil
	return err
}

// listRuns lists the pipelines of one project by REST, which does not tell when they began; each ended when it changed last.
func (s *Source) listRuns(ctx context.Context, r *runsOf) error {
	known := map[string]int{}
	for i, p := range r.Found {
		known[lastPart(p.ID)] = i
	}
	return changes(&r.Place, func(p *gitlab.PipelineInfo) *time.Time { return p.UpdatedAt },
		func(after *time.Time, part gitlab.ListOptions) ([]*gitlab.PipelineInfo, *gitlab.Response, error) {
			return s.client.Pipelines.ListProjectPipelines(r.id, &gitlab.ListProjectPipelinesOptions{
				ListOptions: part, UpdatedAfter: after, OrderBy: gitlab.Ptr("updated_at"), Sort: gitlab.Ptr("asc"),
			}, gitlab.WithContext(ctx))
		},
		func(p *gitlab.PipelineInfo) error {
			switch at, told := known[strconv.Itoa(p.ID)]; {
			case !r.owns(p.ProjectID):
				return errOther
			case p.CreatedAt == nil:
				return errUndated
			case !told:
				known[strconv.Itoa(p.ID)] = len(r.Found)
				r.Found = append(r.Found, &pipeline{ID: strconv.Itoa(p.ID), Status: p.Status, Source: &p.Source, Ref: &p.Ref, SHA: &p.SHA, CreatedAt: p.CreatedAt, FinishedAt: p.UpdatedAt})
			case !strings.EqualFold(r.Found[at].Status, p.Status): // it went on since
				r.Found[at].Status, r.Found[at].FinishedAt = p.Status, p.UpdatedAt
			}
			return nil
		})
}

// begins asks of each pipeline when it began where that is known of few only: REST tells it of one at a time. Of more it is
// left for another run.
func (s *Source) begins(ctx context.Context, r *runsOf) error {
	unknown := 0
	for _, p := range r.Found[r.Asked:] {
		if p.StartedAt == nil {
			unknown++
		}
	}
	if unknown > runsOfMany {
		r.Dark = true
		return nil
	}
	for ; r.Asked < len(r.Found); r.Asked++ {
		p := r.Found[r.Asked]
		if p.StartedAt != nil {
			continue
		}
		one, err := s.onePipeline(ctx, r.reading, p.ID)
		switch {
		case errors.Is(spent(err), collectors.ErrSpent):
			return spent(err)
		case err != nil && !missing(err): // one that is deleted meanwhile has no begin
			r.Dark = true
		case err == nil:
			p.Status, p.StartedAt, p.FinishedAt = one.Status, one.StartedAt, one.FinishedAt
		}
	}
	return ctx.Err()
}

// onePipeline asks for one pipeline of a project.
func (s *Source) onePipeline(ctx context.Context, r *reading, id string) (*gitlab.Pipeline, error) {
	number := idOf(id)
	one, _, err := s.client.Pipelines.GetPipeline(r.id, number, gitlab.WithContext(ctx))
	switch {
	case err != nil:
		return nil, err
	case one.ID != number || !r.owns(one.ProjectID):
		return nil, errOther
	}
	return one, nil
}
