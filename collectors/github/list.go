package github

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Repos implements collectors.Source. Where the mark holds it lists what was pushed to or changed since, and the
// repositories that could not be read the last time; else, or when the number of repositories is not the one that
// follows from the news, or once a day, it lists all.
func (s *Source) Repos(ctx context.Context, known *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(yield func(metrics.Repo, error) bool) {
		err := s.list(ctx, known, yield)
		if errors.Is(err, errNoGraphQL) { // which shows when it is asked first: by now it is known
			err = s.list(ctx, known, yield)
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(metrics.Repo{}, s.unlisted(err))
		}
	}
}

func (s *Source) list(ctx context.Context, known *collectors.Known, yield func(metrics.Repo, error) bool) error {
	l := &list{source: s, known: known, had: newIndex(known), yield: yield, seen: map[string]bool{}, met: map[string]bool{}, fresh: map[string]bool{}, choice: collectors.Choice{Include: s.config.Include, Exclude: s.config.Exclude}}
	s.state.begin(known, l.had, s.split)
	s.sight.begin()
	err := l.all(ctx)
	if err == nil {
		l.choice.Listed(known, s.config.Log, s.Name())
	}
	return err
}

// whose names what is listed, for people.
func (s *Source) whose() string {
	if owner := s.owner(); owner != "" {
		return s.host + "/" + owner
	}
	return s.host
}

// unlisted is the error of a list that is not whole, in words for people.
func (s *Source) unlisted(err error) error {
	var nobody *absence
	if errors.Is(err, context.Canceled) || errors.As(err, &nobody) {
		return err
	}
	return fmt.Errorf("list the repositories of %s: %w", s.whose(), quota.Say(words(err), err))
}

// errStopped means that nobody wants more of the list.
var errStopped = errors.New("the list was stopped")

// list is one listing under way.
type list struct {
	source  *Source
	known   *collectors.Known
	had     index
	yield   func(metrics.Repo, error) bool
	choice  collectors.Choice
	seen    map[string]bool // names of those that were listed
	met     map[string]bool // by the host's own ids, those that it showed
	private bool            // it showed a private one
	hidden  int             // entries that the host did not show
	fresh   map[string]bool // names of those that were made after the mark
	created metrics.Instant // when the newest of them was
	props   properties
	bare    func() // tells that properties cannot be read, once anything else can; nil where that is told, or not so
}

func (l *list) all(ctx context.Context) error {
	s := l.source
	if s.config.Unsigned {
		s.unsigned()
	}
	m, holds := s.mark(l.known.Mark)
	s.graphed.Store(m.GraphQL == s.api)
	if s.config.Signer != nil && m.Installed == s.installation() {
		s.config.Signer.letIn(m.Installed)
	}
	if (holds || s.resumes(m)) && m.REST {
		s.doWithout("as it had none before")
	}
	if l.known.Only == nil {
		l.misses(m)
	}
	if l.known.Anew || m.REST != s.graphless.Load() {
		m, holds = mark{}, false
	}
	switch {
	case l.known.Only != nil:
		return l.only(ctx)
	case s.resumes(m) && !m.Listing:
		return l.rest(m)
	case len(s.config.Repos) > 0:
		return l.named(ctx, m, holds)
	case s.graphless.Load():
		return l.account(ctx, m, holds)
	case holds:
		whole, err := l.news(ctx, m)
		if err != nil || whole {
			return err
		}
	}
	return l.everything(ctx, m)
}

// page is a part of a list.
type page struct {
	TotalCount int
	PageInfo   cursor
	Nodes      []*repoNode
}

// owned is what is asked of an account.
type owned struct {
	RepositoryOwner *struct {
		Repositories, Pushed, Updated *page
	}
}

// ask asks for a page, a smaller one where the host cannot answer. That the account is not there, and that something of
// the page failed, is believed when it is so again.
func (l *list) ask(ctx context.Context, query string, variables map[string]any) (owned, error) {
	s := l.source
	for again := false; ; {
		size := s.listing.Now()
		variables["login"], variables["first"] = s.owner(), size
		begun := s.config.Clock()
		data, err := s.owned(ctx, query, variables)
		told := data.RepositoryOwner != nil
		switch {
		case err == nil:
			s.listing.Answered(size, s.config.Clock().Sub(begun))
			return data, nil
		case told && again:
			return data, nil
		case overloads(err) && s.listing.Overloaded(size):
			again = again || told
		case !again && (told || errors.Is(err, metrics.ErrNotFound)):
			again = true
		default:
			return owned{}, err
		}
	}
}

// owned asks for a page once. With an error there can be data: then the entries in which something failed are null.
func (s *Source) owned(ctx context.Context, query string, variables map[string]any) (data owned, err error) {
	got, err := s.ask(ctx, query, variables)
	if err == nil {
		err = got.decode(&data)
	}
	switch {
	case err != nil && !unresolved(err):
		return owned{}, err
	case data.RepositoryOwner != nil:
		return data, got.blank(&data)
	case err == nil && len(got.Errors) > 0 && !unresolved(got.Errors[0]):
		return data, got.Errors[0]
	}
	return data, s.nobody()
}

// nobody says that the account is not there.
func (s *Source) nobody() error {
	kind := "organisation"
	if s.config.User != "" {
		kind = "user"
	}
	return &absence{kind, s.owner(), s.host}
}

// absence is that an account is not there.
type absence struct{ kind, name, host string }

// Error implements error.
func (a *absence) Error() string {
	return fmt.Sprintf("there is no %s %s on %s, or the token does not see it", a.kind, a.name, a.host)
}

// Is reports whether it is metrics.ErrNotFound.
func (a *absence) Is(target error) bool { return target == metrics.ErrNotFound }

// everything lists all repositories of the account.
func (l *list) everything(ctx context.Context, m mark) error {
	m, err := l.begin(m, true)
	if err != nil {
		return err
	}
	l.hidden = 0
	ctx = quota.Within(ctx, collectors.ListShare)
	if err := l.properties(ctx); err != nil {
		return l.brokenOff(m, err)
	}
	for way := (trail{}); ; {
		got, err := l.ask(ctx, allQuery, map[string]any{"after": cursorAt(m.After)})
		if err != nil {
			return l.brokenOff(m, err)
		}
		o := got.RepositoryOwner
		if o.Repositories == nil {
			return fmt.Errorf("the list is null: %w", errGarbled)
		}
		if m.After == "" {
			m.Pushed, m.Updated = newest(o.Pushed, pushedAt), newest(o.Updated, updatedAt)
		}
		l.known.Expect(o.Repositories.TotalCount, (o.Repositories.TotalCount+listed-1)/listed)
		if err := l.told(&m, o.Repositories.Nodes); err != nil {
			return err
		}
		m.Total = o.Repositories.TotalCount
		if m.After, err = way.on(o.Repositories.PageInfo); err != nil {
			return err
		}
		if m.After == "" {
			break
		}
	}
	if l.hidden > 0 || m.Shown < m.Total {
		return fmt.Errorf("%d of %d repositories are not shown", max(l.hidden, m.Total-m.Shown), m.Total)
	}
	if err := errors.Join(l.believe(m.Start), l.vacant(ctx, m)); err != nil {
		return err
	}
	l.end(m, true)
	return nil
}

// told yields the repositories of a page of a list of all.
func (l *list) told(m *mark, nodes []*repoNode) error {
	for _, n := range nodes {
		if err := l.found(n); err != nil {
			return err
		}
		if n != nil {
			m.Created, m.Shown = max(m.Created, metrics.At(n.CreatedAt)), m.Shown+1
		}
	}
	return nil
}

// cursorAt is where a list goes on, as a variable; null for its begin.
func cursorAt(after string) *string {
	if after == "" {
		return nil
	}
	return &after
}

func pushedAt(n *repoNode) metrics.Instant  { return instant(n.PushedAt) }
func updatedAt(n *repoNode) metrics.Instant { return metrics.At(n.UpdatedAt) }

// newest is the latest moment of a page.
func newest(p *page, at func(*repoNode) metrics.Instant) (latest metrics.Instant) {
	if p == nil {
		return metrics.Beginning
	}
	for _, n := range p.Nodes {
		if n != nil {
			latest = max(latest, at(n))
		}
	}
	return latest
}

// found yields a repository of a list.
func (l *list) found(n *repoNode) error {
	if n == nil {
		l.hidden++
		return nil
	}
	l.meet(l.source.hostID(n.DatabaseID), metrics.Visibility(strings.ToLower(n.Visibility)))
	return l.take(n.NameWithOwner, n.DatabaseID, func(had collectors.Had) metrics.Repo { return l.source.fact(n, had.Repo) })
}

// take yields what is told of a repository, unless it is not wanted or was listed before.
func (l *list) take(full string, id *int64, fact func(had collectors.Had) metrics.Repo) error {
	s := l.source
	l.confess()
	name := s.name(full)
	if l.seen[name] || !l.choice.Takes(full) {
		return nil
	}
	l.seen[name] = true
	had, _ := l.had.of(s.hostID(id), name)
	repo := fact(had)
	s.state.seen(repo, full, had.DefaultBranch)
	if repo.Archived && had.ID != 0 && !had.Archived {
		s.state.shuts(name)
	}
	l.props.describe(&repo, full)
	return l.give(repo)
}

func (l *list) give(repo metrics.Repo) error {
	if !l.yield(repo, nil) {
		return errStopped
	}
	return nil
}
