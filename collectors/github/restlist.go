package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// account lists the repositories of the account by REST, which has no list of news: it is always all of them. The mark
// says when everything of them was looked at the last time.
func (l *list) account(ctx context.Context, m mark, holds bool) error {
	s := l.source
	m, err := l.begin(m, !holds)
	if err != nil {
		return err
	}
	ctx = quota.Within(ctx, collectors.ListShare)
	if m.Round.Daily || l.propertiesDue() {
		if err := l.properties(ctx); err != nil {
			return l.brokenOff(m, err)
		}
	}
	for page := m.page(); page > 0; page = m.page() {
		some, next, err := s.accountPage(ctx, page)
		if err != nil {
			return l.brokenOff(m, err)
		}
		m.Shown += len(some)
		for _, repo := range some {
			if err := l.plain(repo); err != nil {
				return err
			}
		}
		m.After = strconv.Itoa(next)
	}
	if err := l.passedOver(ctx, m); err != nil {
		return l.brokenOff(m, err)
	}
	if err := errors.Join(l.believe(m.Start), l.vacant(ctx, m)); err != nil {
		return err
	}
	s.state.open().Drop(passedStep)
	l.end(m, true)
	return nil
}

// page is the page with which a list by REST goes on; 0 at its end.
func (m mark) page() int {
	if m.After == "" {
		return 1
	}
	page, _ := strconv.Atoi(m.After)
	return page
}

// passedStep are the names of repositories that were asked for because they are in no page.
const passedStep = "passed over"

// accountPage asks for a page by when repositories were made, which never changes.
func (s *Source) accountPage(ctx context.Context, page int) (some []*github.Repository, next int, err error) {
	at := github.ListOptions{Page: page, PerPage: listed}
	var resp *github.Response
	if s.config.Org != "" {
		some, resp, err = s.client.Repositories.ListByOrg(ctx, s.config.Org, &github.RepositoryListByOrgOptions{Sort: "created", Direction: "asc", ListOptions: at})
	} else {
		some, resp, err = s.client.Repositories.ListByUser(ctx, s.config.User, &github.RepositoryListByUserOptions{Type: "owner", Sort: "created", Direction: "asc", ListOptions: at})
	}
	if err != nil {
		return nil, 0, err
	}
	if slices.ContainsFunc(some, func(r *github.Repository) bool { return r.GetID() == 0 || r.GetFullName() == "" }) {
		return nil, 0, fmt.Errorf("a repository without an id or a name: %w", errGarbled)
	}
	next, err = following(page, resp)
	return some, next, err
}

// passedOver asks for the repositories that were there and are not in a list, by their ids. One may have moved to a page that was told
// before, because another one was deleted meanwhile; and a user's private ones are in no list.
func (l *list) passedOver(ctx context.Context, m mark) error {
	s := l.source
	var names, asked []string
	s.state.open().Load(passedStep, &asked)
	for i := range l.known.Repos {
		had := &l.known.Repos[i]
		owner, name := s.split(had.Repo)
		if full := owner + "/" + name; !l.listed(had, m.Start) && l.reads(full) && !slices.Contains(asked, full) {
			names = append(names, full)
		}
	}
	done := 0
	err := l.oneByOne(ctx, names, func(string) error { return nil }, func(int) { done++ })
	s.state.open().Save(passedStep, append(asked, names[:done]...))
	return err
}

// oneByOne lists repositories by their owner/name, tells gone of those that are not shown, and told of each that it is
// done with.
func (l *list) oneByOne(ctx context.Context, names []string, gone func(full string) error, told func(names int)) error {
	for _, full := range names {
		owner, name, _ := strings.Cut(full, "/")
		repo, _, err := l.source.client.Repositories.Get(ctx, owner, name)
		switch {
		case err == nil && (repo.ID == nil || repo.FullName == nil):
			err = fmt.Errorf("a repository without an id or a name: %w", errGarbled)
		case err == nil:
			err = l.plain(repo)
		case slices.Contains(notShown(), status(err)):
			err = gone(full)
		}
		if err != nil {
			return err
		}
		told(1)
	}
	return nil
}

// notShown are the answers that say of one repository that it cannot be seen.
func notShown() []int {
	return []int{http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusUnavailableForLegalReasons}
}

// plain yields a repository as REST tells of it.
func (l *list) plain(repo *github.Repository) error {
	s := l.source
	full := repo.GetFullName()
	l.meet(s.hostID(repo.ID), visibility(repo))
	if owner, _, _ := strings.Cut(full, "/"); s.owner() != "" && !strings.EqualFold(owner, s.owner()) {
		return nil // it was given away
	}
	return l.take(full, repo.ID, func(had collectors.Had) metrics.Repo { return s.plainFact(repo, had) })
}

// plainFact is what REST tells of a repository. What it does not tell stays as it was. Its head is that of the last
// reading where nothing was pushed since, else it is not known.
func (s *Source) plainFact(r *github.Repository, had collectors.Had) metrics.Repo {
	full := r.GetFullName()
	repo := metrics.Repo{
		Name: s.name(full), Source: s.Name(), Seen: s.config.Now(), Location: s.web + full, DefaultBranch: r.GetDefaultBranch(),
		Created: metrics.At(r.GetCreatedAt().Time), LastPush: instant(r.PushedAt.GetTime()), Archived: r.GetArchived(), Fork: r.GetFork(),
		Template: r.GetIsTemplate(), TemplateOf: had.TemplateOf, Topics: slices.Sorted(slices.Values(r.Topics)), Properties: had.Properties,
		Languages: had.Languages, HostID: s.hostID(r.ID), Visibility: visibility(r),
	}
	s.sizes.Store(repo.HostID, int64(r.GetSize())<<10)
	if repo.Archived && had.Archived {
		repo.ArchivedAt = had.ArchivedAt
	}
	if from := r.TemplateRepository; from != nil {
		repo.TemplateOf = s.name(from.GetFullName())
	}
	last := had.Last.Reading
	if last.Complete && repo.DefaultBranch == had.DefaultBranch && repo.LastPush == had.LastPush && settled(repo.LastPush, last.At) {
		repo.Head = last.Head
	}
	return repo
}

// settled reports whether a push was so long before a reading that the reading saw it.
func settled(push, reading metrics.Instant) bool {
	return push != metrics.Beginning && push+overlap < reading
}

// visibility is who sees a repository: servers that are older only tell whether it is private.
func visibility(r *github.Repository) metrics.Visibility {
	switch {
	case r.GetVisibility() != "":
		return metrics.Visibility(r.GetVisibility())
	case r.GetPrivate():
		return metrics.Private
	}
	return metrics.Public
}
