package gitlab

import (
	"context"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// pulls writes the merge requests of projects: those that the list of the whole group told of, and all of a project of
// which none is known and in which something happened. Where there is no group, each project in which something can have
// happened is asked.
func (x *side) pulls(ctx context.Context, all []*reading) error {
	s := x.source
	if !s.config.Parts.Pulls {
		return nil
	}
	for _, r := range all {
		told, before := r.Last.Told.Pulled, r.Last.Reading.At
		held, listed := s.held.take(r.id)
		unread := told == metrics.Beginning && (len(held) > 0 || before == metrics.Beginning || r.Repo.LastPush > s.onHost(before))
		var err error
		switch {
		case unread, (!listed || s.forced.Load()) && s.stirred(r, before):
			err = x.merges(ctx, r, max(told-overlap, metrics.Beginning))
		default:
			for _, m := range held {
				x.Batch.Pulls = append(x.Batch.Pulls, x.pull(r, m)...)
			}
		}
		if err == nil {
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
	s := x.source
	var found []metrics.Pull
	err := changes(since, changedMerge,
		func(after *time.Time, part gitlab.ListOptions) ([]*gitlab.MergeRequest, error) {
			list, _, err := s.client.MergeRequests.ListProjectMergeRequests(r.id, &gitlab.ListProjectMergeRequestsOptions{
				ListOptions: part, UpdatedAfter: after, Scope: gitlab.Ptr("all"), OrderBy: gitlab.Ptr("updated_at"), Sort: gitlab.Ptr("asc"),
			}, gitlab.WithContext(ctx))
			return list, err
		},
		func(m *gitlab.MergeRequest) error {
			found = append(found, x.pull(r, m)...)
			return nil
		})
	if err != nil {
		return s.failed(ctx, "merge requests", r, err)
	}
	x.Batch.Pulls = append(x.Batch.Pulls, found...)
	return nil
}

func changedMerge(m *gitlab.MergeRequest) *time.Time { return m.UpdatedAt }

// groupMerges reads the merge requests of the whole group that changed since the mark. Where that fails they are read
// the next time.
func (l *list) groupMerges(ctx context.Context, m *mark) error {
	s := l.source
	if !s.config.Parts.Pulls || s.config.Group == "" || m.Pulls == metrics.Beginning { // else each project is asked
		return nil
	}
	err := changes(max(m.Pulls-overlap, metrics.Beginning), changedMerge,
		func(after *time.Time, part gitlab.ListOptions) ([]*gitlab.MergeRequest, error) {
			list, resp, err := s.client.MergeRequests.ListGroupMergeRequests(s.config.Group, &gitlab.ListGroupMergeRequestsOptions{
				ListOptions: part, UpdatedAfter: after, Scope: gitlab.Ptr("all"), OrderBy: gitlab.Ptr("updated_at"), Sort: gitlab.Ptr("asc"),
			}, gitlab.WithContext(ctx))
			if err == nil {
				l.date(resp.Header)
			}
			return list, err
		},
		func(m *gitlab.MergeRequest) error {
			s.held.put(m)
			return nil
		})
	if err != nil {
		return l.without(ctx, "merge requests", err)
	}
	s.held.listed.Store(true)
	m.Pulls = l.begun
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

// pull is the fact of a merge request; none where the host does not say which it is.
func (x *side) pull(r *reading, m *gitlab.MergeRequest) []metrics.Pull {
	s := x.source
	if m.IID <= 0 || m.CreatedAt == nil {
		return nil
	}
	fact := metrics.Pull{
		Repo: r.Repo.ID, Number: uint64(m.IID), Source: s.Name(), Created: instant(m.CreatedAt), Merged: instant(m.MergedAt),
		Closed: max(instant(m.MergedAt), instant(m.ClosedAt)), Updated: max(instant(m.UpdatedAt), instant(m.CreatedAt)),
		Labels: []string(m.Labels), HeadBranch: m.SourceBranch, BaseBranch: m.TargetBranch,
		Class: metrics.ClassOfTitle(m.Title, collectors.Routine([]byte(m.Title))), Seen: s.config.Now(),
	}
	if m.Author != nil {
		fact.Author = s.alias(m.Author.Username)
		fact.AuthorKind = s.meet(x.Batch, account{login: m.Author.Username})
	}
	people := m.Assignees
	if len(people) == 0 && m.Assignee != nil {
		people = []*gitlab.BasicUser{m.Assignee}
	}
	for _, who := range people {
		if who != nil && who.Username != "" {
			s.meet(x.Batch, account{login: who.Username})
			fact.Assignees = append(fact.Assignees, s.alias(who.Username))
		}
	}
	fact.MergeCommit, fact.Squash = landed(m)
	return []metrics.Pull{fact}
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
