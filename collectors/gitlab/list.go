package gitlab

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Repos implements collectors.Source. Where the mark holds it lists what something happened in or was changed
// since, and the projects that could not be read the last time; else, or when the number of projects is not the one
// that follows from the news, or a group has another path, or once a day, it lists all.
func (s *Source) Repos(ctx context.Context, known *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(yield func(metrics.Repo, error) bool) {
		l := &list{source: s, known: known, had: newIndex(known), yield: yield, seen: map[string]bool{}, fresh: map[string]bool{}, former: map[string]bool{}, left: map[string]bool{}, choice: collectors.Choice{Include: s.config.Include, Exclude: s.config.Exclude}}
		if err := l.all(ctx); err != nil && !errors.Is(err, errStopped) {
			yield(metrics.Repo{}, s.unlisted(err))
			return
		}
		for _, tell := range l.lacking {
			tell()
		}
		l.choice.Listed(known, s.config.Log, s.Name())
	}
}

// whose names what is listed, for people.
func (s *Source) whose() string {
	if owner := s.config.Group + s.config.User; owner != "" {
		return s.host + "/" + owner
	}
	return s.host
}

// unlisted is the error of a list that is not whole, in words for people.
func (s *Source) unlisted(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("list the repositories of %s: %w", s.whose(), quota.Say(words(err), err))
}

// errStopped means that nobody wants more of the list.
var errStopped = errors.New("the list was stopped")

// list is one listing under way.
type list struct {
	source     *Source
	known      *collectors.Known
	had        index
	yield      func(metrics.Repo, error) bool
	choice     collectors.Choice
	seen       map[string]bool // names of those that were listed
	fresh      map[string]bool // names of those that were made after the mark
	former     map[string]bool // names that listed projects had before
	left       map[string]bool // groups that listed projects went out of
	moves      bool            // a group has another path than it had
	held       []metrics.Repo  // whose heads are to be compared; they are listed together, so that one query tells of many
	newest     int             // the largest id
	dated      bool
	begun      metrics.Instant // when the list began, by the host's clock
	last       mark            // of the listing before
	lacking    []func()        // tell what of the whole group is not read
	groupsRead []*groupSeen    // that were listed before the projects; nil where they were not
	missing    []string        // names of that, where it may be read the next time
}

func (l *list) all(ctx context.Context) error {
	s := l.source
	s.turn.Clear()
	s.shut.Clear()
	s.missed.Store(nil)
	s.round.Store(nil)
	s.everyTurn.Store(len(s.config.Projects) > 0)
	s.forced.Store(l.known.Only != nil)
	if ids, few := l.only(); few {
		return l.named(ctx, ids, func() {})
	}
	m, holds := s.mark(l.known.Mark)
	if m.Config != s.asked() {
		m = mark{}
	}
	l.misses(m)
	if l.known.Only != nil { // what was left unread is left so
		m.Unfinished = collectors.Unfinished{}
	}
	l.last = m
	lost := !m.Settled() && !s.resumes(m) // a round that nobody went on with for too long
	s.forced.Store(l.known.Only != nil || lost || l.last == mark{})
	switch {
	case s.resumes(m) && !m.Listing:
		return l.rest(m)
	case len(s.config.Projects) > 0:
		return l.configured(ctx, m)
	case holds && !s.uncredited(), s.resumes(m) && m.News:
		whole, err := l.news(ctx, m)
		if err != nil || whole {
			return err
		}
	}
	return l.everything(ctx, m)
}

// configured lists the projects that are configured one by one.
func (l *list) configured(ctx context.Context, m mark) (err error) {
	if l.source.resumes(m) {
		l.known.Resume(m.Start)
		err = l.resume(m)
	} else {
		m = l.open(mark{Config: l.source.asked(), Full: l.source.config.Now()})
	}
	if err != nil {
		return err
	}
	all := l.source.config.Projects
	l.known.Expect(len(all), len(all))
	if err := l.named(quota.Within(ctx, collectors.ListShare), all[min(m.Shown, len(all)):], func() { m.Shown++ }); err != nil {
		return l.brokenOff(m, err)
	}
	l.end(m, true)
	return nil
}

// onlyMost is how many projects are asked for one by one; for more, all are listed.
const onlyMost = 20

// only returns the projects that alone are asked for, by their ids or full paths, and whether they are few.
func (l *list) only() (ids []string, few bool) {
	host, _, _ := strings.Cut(l.source.host, "/")
	for subject := range l.known.Only {
		if id, ok := strings.CutPrefix(subject, host+"#"); ok {
			ids = append(ids, id)
		}
		path, ok := strings.CutPrefix(subject, l.source.host+"/")
		if had := l.had.names[subject]; ok && (had == nil || !l.known.Only[had.HostID]) {
			ids = append(ids, path)
		}
	}
	slices.Sort(ids)
	return ids, l.known.Only != nil && len(ids) <= onlyMost
}

// page is a part of a list of projects.
type page struct {
	projects []*gitlab.Project
	total    int // of all parts; 0 where the host does not say
	next     int // 0 at the end
}

// page asks for a part of the list in an order, after those that a trail knows.
func (l *list) page(ctx context.Context, been *trail, by, direction string, number int) (page, error) {
	s := l.source
	part := gitlab.ListOptions{PerPage: listed, Page: number}
	var projects []*gitlab.Project
	var resp *gitlab.Response
	var err error
	if s.config.Group != "" {
		projects, resp, err = s.client.Groups.ListGroupProjects(s.config.Group, &gitlab.ListGroupProjectsOptions{
			ListOptions: part, OrderBy: &by, Sort: &direction, IncludeSubGroups: gitlab.Ptr(true), WithShared: gitlab.Ptr(false),
		}, gitlab.WithContext(ctx))
	} else {
		projects, resp, err = s.client.Projects.ListUserProjects(s.config.User, &gitlab.ListProjectsOptions{
			ListOptions: part, OrderBy: &by, Sort: &direction,
		}, gitlab.WithContext(ctx))
	}
	if err != nil {
		return page{}, spent(err)
	}
	for _, x := range projects {
		if err := identified(x); err != nil {
			return page{}, err
		}
	}
	l.date(resp.Header)
	next, err := follow(been, resp, number, projects)
	if err != nil {
		return page{}, err
	}
	return page{projects, resp.TotalItems, next}, nil
}

// date takes the time of the host from its first answer.
func (l *list) date(header http.Header) {
	if l.dated {
		return
	}
	now := l.source.config.Now()
	l.dated, l.begun = true, now
	if at, err := http.ParseTime(header.Get("Date")); err == nil {
		l.begun = metrics.At(at)
		l.source.ahead.Store(int64(l.begun - now))
	}
}

// everything lists all projects, in the order in which they were made, which never changes.
func (l *list) everything(ctx context.Context, m mark) error {
	s := l.source
	m, err := l.begin(m)
	if err != nil {
		return err
	}
	ctx = quota.Within(ctx, collectors.ListShare)
	if m.Page == 1 && !m.Aside {
		if err := l.seldom(ctx, &m); err != nil {
			return l.brokenOff(m, err)
		}
		m.Aside = true
	}
	var been trail
	for m.Page > 0 {
		p, err := l.page(ctx, &been, "id", "asc", m.Page)
		if err != nil {
			return errors.Join(l.release(), l.brokenOff(m, err))
		}
		if l.goneMeanwhile(m, p) {
			m.Page, m.Shown, m.Total, m.Newest, m.Begun, been = 1, 0, 0, 0, l.begun, trail{}
			continue
		}
		if err := l.told(&m, p.projects); err != nil {
			return err
		}
		m.Total, m.Page = max(m.Total, p.total), p.next
		l.known.Expect(m.Total, (m.Total+listed-1)/listed)
	}
	if err := errors.Join(l.bearer(), l.release()); err != nil {
		return err
	}
	if err := l.shown(ctx, m); err != nil {
		return err
	}
	if err := l.recheckGroups(ctx, &m); err != nil {
		return err
	}
	l.end(m.ended(l.begun, s.config.Now()), true)
	return nil
}

// shown fails where a list of all that is at its end is short of what there is, as far as the host says.
func (l *list) shown(ctx context.Context, m mark) error {
	if m.Shown == 0 {
		if err := l.source.vacant(ctx); err != nil {
			return l.brokenOff(m, err)
		}
	}
	if m.Shown < m.Total {
		return fmt.Errorf("%d of %d projects are not shown", m.Total-m.Shown, m.Total)
	}
	return nil
}

// told yields the projects of a page of a list of all.
func (l *list) told(m *mark, projects []*gitlab.Project) error {
	for _, x := range projects {
		m.Shown++
		m.Newest, m.Updated = max(m.Newest, x.ID), max(m.Updated, instant(x.UpdatedAt))
		if err := l.found(x); err != nil {
			return err
		}
	}
	return nil
}

// found yields a project of a list, unless it is not wanted or was listed before. One that is about to be deleted
// is gone already.
func (l *list) found(x *gitlab.Project) error {
	s := l.source
	name := s.name(x.PathWithNamespace)
	if l.seen[name] || !l.choice.Takes(x.PathWithNamespace) || x.MarkedForDeletionAt != nil {
		return nil
	}
	l.seen[name] = true
	had := l.had.of(s.hostID(x.ID), name)
	l.goes(had.Name, name)
	j := collectors.Job{Repo: s.fact(x, had.Repo), Last: had.Last}
	l.notice(x, had.Repo)
	if present.Current(j, s.watched) && !s.settled(j) {
		l.held = append(l.held, j.Repo)
		return nil
	}
	return l.give(j.Repo)
}

// release lists what was held back.
func (l *list) release() error {
	for _, repo := range l.held {
		if err := l.give(repo); err != nil {
			return err
		}
	}
	return nil
}

func (l *list) give(repo metrics.Repo) error {
	if !l.yield(repo, nil) {
		return errStopped
	}
	return nil
}

// named lists projects one by one, and tells of each that it is done with. One that is not there is listed too, where it
// is configured: reading it says what is wrong.
func (l *list) named(ctx context.Context, ids []string, told func()) error {
	s := l.source
	for _, id := range ids {
		x, resp, err := s.client.Projects.GetProject(id, nil, gitlab.WithContext(ctx))
		if err == nil {
			err = identified(x)
		}
		switch {
		case missing(err) || status(err) == http.StatusForbidden || status(err) == http.StatusUnavailableForLegalReasons:
			if len(s.config.Projects) == 0 {
				continue
			}
			err = l.give(metrics.Repo{Name: s.name(id), Source: s.Name(), Seen: s.config.Now(), Location: s.web + id})
		case err == nil && l.within(x):
			l.date(resp.Header)
			err = l.found(x)
		}
		if err != nil {
			return errors.Join(l.release(), spent(err))
		}
		told()
	}
	return l.release()
}

// within reports whether a project that was asked for by name or id is one of those that are read.
func (l *list) within(x *gitlab.Project) bool {
	owner := strings.ToLower(l.source.config.Group + l.source.config.User)
	return owner == "" || strings.HasPrefix(strings.ToLower(x.PathWithNamespace), owner+"/")
}
