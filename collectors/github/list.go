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
			yield(metrics.Repo{}, fmt.Errorf("list the repositories of %s: %w", s.whose(), plain(err)))
		}
	}
}

func (s *Source) list(ctx context.Context, known *collectors.Known, yield func(metrics.Repo, error) bool) error {
	l := &list{source: s, known: known, had: newIndex(known), yield: yield, seen: map[string]bool{}, fresh: map[string]bool{}, choice: collectors.Choice{Include: s.config.Include, Exclude: s.config.Exclude}}
	s.state.begin(known, l.had, s.split)
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

// plain gives an error words for people, and leaves what the run looks for in it.
func plain(err error) error {
	if errors.Is(err, collectors.ErrSpent) || errors.Is(err, context.Canceled) {
		return err
	}
	return errors.New(words(err))
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
	hidden  int             // entries that the host did not show
	fresh   map[string]bool // names of those that were made after the mark
	created metrics.Instant // when the newest of them was
	props   map[string]map[string]string
}

func (l *list) all(ctx context.Context) error {
	m, holds := l.source.mark(l.known.Mark)
	if holds && m.REST {
		l.source.doWithout("as it had none before")
	}
	holds = holds && !l.known.Anew && m.REST == l.source.graphless.Load()
	switch {
	case l.known.Only != nil:
		return l.only(ctx)
	case len(l.source.config.Repos) > 0:
		return l.named(ctx, m, holds)
	case l.source.graphless.Load():
		return l.account(ctx, m, holds)
	case holds:
		whole, err := l.news(ctx, m)
		if err != nil || whole {
			return err
		}
	}
	return l.everything(ctx)
}

// page is a part of a list.
type page struct {
	TotalCount int
	PageInfo   struct {
		HasNextPage bool
		EndCursor   *string
	}
	Nodes []*repoNode
}

// owned is what is asked of an account.
type owned struct {
	RepositoryOwner *struct {
		Repositories, Pushed, Updated *page
	}
}

// ask asks for a page, a smaller one where the host cannot answer.
func (l *list) ask(ctx context.Context, query string, variables map[string]any) (owned, error) {
	s := l.source
	for {
		size := s.listing.Now()
		variables["login"], variables["first"] = s.owner(), size
		begun := s.config.Clock()
		got, err := s.ask(ctx, query, variables)
		if overloads(err) && s.listing.Overloaded(size) {
			continue
		}
		if err != nil {
			return owned{}, err
		}
		s.listing.Answered(size, s.config.Clock().Sub(begun))
		var data owned
		if err := got.decode(&data); err != nil {
			return owned{}, err
		}
		if data.RepositoryOwner == nil {
			if len(got.Errors) > 0 && !missing(got.Errors[0]) {
				return owned{}, got.Errors[0]
			}
			return owned{}, s.nobody()
		}
		return data, nil
	}
}

// nobody says that the account is not there.
func (s *Source) nobody() error {
	kind := "organisation"
	if s.config.User != "" {
		kind = "user"
	}
	return fmt.Errorf("there is no %s %s, or the token may not see it", kind, s.owner())
}

// everything lists all repositories of the account.
func (l *list) everything(ctx context.Context) error {
	m, err := l.begin(ctx)
	if err != nil {
		return err
	}
	l.hidden = 0
	ctx = quota.Within(ctx, listShare)
	for {
		got, err := l.ask(ctx, allQuery, map[string]any{"after": m.After})
		if err != nil {
			return l.brokenOff(m, err)
		}
		o := got.RepositoryOwner
		if o.Repositories == nil {
			return fmt.Errorf("the list is null: %w", errGarbled)
		}
		if m.After == nil {
			m.Pushed, m.Updated = newest(o.Pushed, pushedAt), newest(o.Updated, updatedAt)
		}
		l.known.Expect(o.Repositories.TotalCount, (o.Repositories.TotalCount+listed-1)/listed)
		for _, n := range o.Repositories.Nodes {
			if err := l.found(n); err != nil {
				return err
			}
			if n != nil {
				m.Created, m.Shown = max(m.Created, metrics.At(n.CreatedAt)), m.Shown+1
			}
		}
		m.Total, m.After = o.Repositories.TotalCount, o.Repositories.PageInfo.EndCursor
		if !o.Repositories.PageInfo.HasNextPage || m.After == nil {
			break
		}
	}
	if l.hidden > 0 || m.Shown < m.Total {
		return fmt.Errorf("%d of %d repositories are not shown", max(l.hidden, m.Total-m.Shown), m.Total)
	}
	l.known.End(m.ended(l.source.config.Now()).String(), true)
	return nil
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
	return l.take(n.NameWithOwner, n.DatabaseID, func(had collectors.Had) metrics.Repo { return l.source.fact(n, had.Repo) })
}

// take yields what is told of a repository, unless it is not wanted or was listed before.
func (l *list) take(full string, id *int64, fact func(had collectors.Had) metrics.Repo) error {
	s := l.source
	name := s.name(full)
	if l.seen[name] || !l.choice.Takes(full) {
		return nil
	}
	l.seen[name] = true
	had, _ := l.had.of(s.hostID(id), name)
	repo := fact(had)
	s.state.seen(repo, full, had.DefaultBranch)
	if l.props != nil {
		repo.Properties = l.props[strings.ToLower(full)]
	}
	return l.give(repo)
}

func (l *list) give(repo metrics.Repo) error {
	if !l.yield(repo, nil) {
		return errStopped
	}
	return nil
}

// named lists the repositories that are configured one by one. One that is not there is listed too: reading it says
// what is wrong. The mark says when everything of them was looked at the last time.
func (l *list) named(ctx context.Context, m mark, holds bool) error {
	s := l.source
	if !holds {
		m = mark{Config: s.asked(), Full: s.config.Now(), REST: s.graphless.Load()}
		s.state.daily()
	}
	err := l.byName(ctx, s.config.Repos, func(full string) error {
		return l.give(metrics.Repo{Name: s.name(full), Source: s.Name(), Seen: s.config.Now(), Location: s.web + full})
	})
	if err == nil {
		l.known.End(m.String(), true)
	}
	return err
}

// byName lists repositories by their owner/name, and tells gone of those that are not there.
func (l *list) byName(ctx context.Context, names []string, gone func(full string) error) error {
	s := l.source
	if s.graphless.Load() {
		return l.oneByOne(ctx, names, gone)
	}
	for rest := names; len(rest) > 0; {
		some := rest[:min(len(rest), s.listing.Now())]
		b := newBatch()
		for _, full := range some {
			owner, name, _ := strings.Cut(full, "/")
			b.add(owner, name, "...repo")
		}
		got, err := s.ask(ctx, b.query(repoFields), b.variables)
		if overloads(err) && s.listing.Overloaded(len(some)) {
			continue
		}
		if err != nil {
			return err
		}
		var nodes map[string]*repoNode
		if err := got.decode(&nodes); err != nil {
			return err
		}
		for i, full := range some {
			if n := nodes[fmt.Sprintf("r%d", i)]; n != nil {
				err = l.found(n)
			} else {
				err = gone(full)
			}
			if err != nil {
				return err
			}
		}
		rest = rest[len(some):]
	}
	return nil
}
