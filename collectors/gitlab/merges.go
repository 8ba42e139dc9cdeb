package gitlab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// pulls writes the merge requests of projects: those that the list of the whole group told of, and all of a project of
// which none is known and in which something happened. A project that could not be read before is asked itself: what the
// group told of it meanwhile went by. Where there is no group, each project in which something can have happened is asked.
func (x *side) pulls(ctx context.Context, all []*reading) error {
	s := x.source
	if !s.config.Parts.Pulls {
		return nil
	}
	for _, r := range all {
		told, before := r.Last.Told.Pulled, r.look.Before
		held, listed := s.held.of(r.id)
		unread := !r.look.Whole || told == metrics.Beginning && (len(held) > 0 || r.Repo.LastPush > s.onHost(before))
		var err error
		switch {
		case unread, (!listed || r.look.Forced) && s.stirred(r, before):
			err = x.merges(ctx, r, max(told-overlap, metrics.Beginning))
		default:
			for _, m := range held {
				m.Repo = r.Repo.ID
				x.Batch.Pulls = append(x.Batch.Pulls, m)
			}
		}
		if err == nil {
			s.held.drop(r.id)
			r.Parts |= pullsRead
			err = x.Room(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// merges reads the merge requests of one project that changed since a moment of the host's clock. None is written
// unless all were read: the newest that is there says where to go on.
func (x *side) merges(ctx context.Context, r *reading, since metrics.Instant) error {
	return collectors.Take(x.source.round.Load(), collectors.StepOf("merge requests", r.Repo.ID), func(at *mergesSeen) error {
		return x.someMerges(ctx, r, since, at)
	})
}

// mergesSeen is how far the reading of merge requests came.
type mergesSeen struct {
	Begun bool
	Place onward
	Found []metrics.Pull
}

func (x *side) someMerges(ctx context.Context, r *reading, since metrics.Instant, at *mergesSeen) error {
	s := x.source
	if !at.Begun {
		at.Begun, at.Place = true, onward{Since: since}
	}
	err := changes(&at.Place, changedMerge,
		func(after *time.Time, part gitlab.ListOptions) ([]*gitlab.MergeRequest, *gitlab.Response, error) {
			return s.client.MergeRequests.ListProjectMergeRequests(r.id, &gitlab.ListProjectMergeRequestsOptions{
				ListOptions: part, UpdatedAfter: after, Scope: gitlab.Ptr("all"), OrderBy: gitlab.Ptr("updated_at"), Sort: gitlab.Ptr("asc"),
			}, gitlab.WithContext(ctx))
		},
		func(m *gitlab.MergeRequest) error {
			if !r.owns(m.ProjectID) {
				return errOther
			}
			pull, err := s.pull(x.Batch, m)
			if pull.Repo = r.Repo.ID; err == nil {
				at.Found = append(at.Found, pull)
			}
			return err
		})
	if err != nil {
		return s.failed(ctx, mergesTopic, r, err)
	}
	x.Batch.Pulls = append(x.Batch.Pulls, at.Found...)
	return nil
}

func changedMerge(m *gitlab.MergeRequest) *time.Time { return m.UpdatedAt }

// mergesStep is how far the reading of those of the whole group came.
const mergesStep = "merge requests"

// groupMerges reads the merge requests of the whole group that changed since the mark. Where that fails they are read
// the next time.
func (l *list) groupMerges(ctx context.Context, m *mark) error {
	s := l.source
	if !s.config.Parts.Pulls || s.config.Group == "" || m.Pulls == metrics.Beginning || m.Merged { // else each project is asked
		return nil
	}
	people := &metrics.Batch{}
	defer func() { s.held.add(people) }()
	at := onward{Since: max(m.Pulls-overlap, metrics.Beginning)}
	round := s.round.Load()
	round.Load(mergesStep, &at)
	err := changes(&at, changedMerge,
		func(after *time.Time, part gitlab.ListOptions) ([]*gitlab.MergeRequest, *gitlab.Response, error) {
			list, resp, err := s.client.MergeRequests.ListGroupMergeRequests(s.config.Group, &gitlab.ListGroupMergeRequestsOptions{
				ListOptions: part, UpdatedAfter: after, Scope: gitlab.Ptr("all"), OrderBy: gitlab.Ptr("updated_at"), Sort: gitlab.Ptr("asc"),
			}, gitlab.WithContext(ctx))
			if err == nil {
				l.date(resp.Header)
			}
			return list, resp, err
		},
		func(m *gitlab.MergeRequest) error {
			pull, err := s.pull(people, m)
			if err == nil {
				s.held.put(m.ProjectID, pull)
			}
			return err
		})
	if errors.Is(spent(err), collectors.ErrSpent) {
		round.Save(mergesStep, at)
	} else {
		round.Drop(mergesStep)
	}
	if err != nil {
		return l.without(ctx, mergesTopic, err)
	}
	s.held.all()
	s.missed.Load().Allow(collectors.Nowhere, pullsRead)
	m.Pulls, m.Merged = l.begun, true
	return nil
}

// fetched lists the projects that merge requests were told of: those are written when the projects are read.
func (l *list) fetched() error {
	for i := range l.known.Repos {
		had := &l.known.Repos[i]
		if l.seen[had.Name] || !l.source.held.has(number(had.Repo)) {
			continue
		}
		if err := l.asItWas(had.Repo); err != nil {
			return err
		}
	}
	return nil
}

// pull is the fact of a merge request, without its repository. It fails where the host does not say which it is. Who took
// part in it is added to a batch.
func (s *Source) pull(people *metrics.Batch, m *gitlab.MergeRequest) (fact metrics.Pull, err error) {
	if m.IID <= 0 || m.CreatedAt == nil {
		return fact, fmt.Errorf("a merge request without a number or a date: %w", errGarbled)
	}
	fact = metrics.Pull{
		Number: uint64(m.IID), Source: s.Name(), Created: instant(m.CreatedAt), Merged: instant(m.MergedAt),
		Closed: max(instant(m.MergedAt), instant(m.ClosedAt)), Updated: max(instant(m.UpdatedAt), instant(m.CreatedAt)),
		Labels: []string(m.Labels), HeadBranch: m.SourceBranch, BaseBranch: m.TargetBranch,
		Class: metrics.ClassOfTitle(m.Title, collectors.Routine([]byte(m.Title))), Seen: s.config.Now(),
	}
	if m.Author != nil {
		fact.Author = s.alias(m.Author.Username)
		fact.AuthorKind = s.meet(people, account{login: m.Author.Username})
	}
	assigned := m.Assignees
	if len(assigned) == 0 && m.Assignee != nil {
		assigned = []*gitlab.BasicUser{m.Assignee}
	}
	for _, who := range assigned {
		if who != nil && who.Username != "" {
			s.meet(people, account{login: who.Username})
			fact.Assignees = append(fact.Assignees, s.alias(who.Username))
		}
	}
	fact.MergeCommit, fact.Squash = landed(m)
	return fact, nil
}

// landed returns the commit that brought a merge request to its branch, and the squashed one where that is another.
// One that was merged without a commit of its own ended with the squashed one, or with its own last.
func landed(m *gitlab.MergeRequest) (merge, squash metrics.OID) {
	if m.MergedAt == nil {
		return "", ""
	}
	merge, _ = metrics.ParseOID(m.MergeCommitSHA)
	squash, _ = metrics.ParseOID(m.SquashCommitSHA)
	switch {
	case merge != "":
		return merge, squash
	case squash != "":
		return squash, ""
	}
	merge, _ = metrics.ParseOID(m.SHA)
	return merge, ""
}
