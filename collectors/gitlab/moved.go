package gitlab

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// whereFields tell where a project is.
const whereFields = `id fullPath`

// moved reports whether a group below the one that is read has another path than it had. That takes its projects along,
// and moves the time of none of them, so that no list of news tells of it: one project of each group is asked where it is
// now. Where the host does not say, the next listing asks again.
func (l *list) moved(ctx context.Context, m *mark) (bool, error) {
	some, last := l.standIns(m.Looked)
	switch {
	case l.known.Only != nil:
		return false, nil
	case l.emptied():
		return true, nil
	case len(some) == 0:
		return false, nil
	}
	b := newBatch()
	alias := b.add(some, whereFields)
	got, err := l.source.ask(ctx, b.text(), b.variables)
	switch {
	case errors.Is(err, collectors.ErrSpent) || ctx.Err() != nil:
		return false, cmp.Or(ctx.Err(), err)
	case err != nil || got.all(alias) != nil:
		return false, nil
	}
	m.Looked = last
	for _, r := range some {
		if x, _ := got.Data[alias].of(r); x != nil && text(x.FullPath) != "" && l.source.name(*x.FullPath) != r.Repo.Name {
			return true, nil
		}
	}
	return false, nil
}

// standIns are projects of which no list told, one for each group below the one that is read, as many as one query tells
// of: first those for groups that a project went out of, then those for the groups after the one that was looked at last.
// Last is where the next listing goes on; "" where these are all.
func (l *list) standIns(looked string) (some []*reading, last string) {
	in := l.groupsOfKnown()
	rank := func(group string) int {
		switch {
		case l.left[group]:
			return 0
		case group > looked:
			return 1
		}
		return 2
	}
	groups := slices.SortedFunc(maps.Keys(in), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
	if len(groups) > listed {
		groups = groups[:listed]
		last = groups[listed-1]
	}
	for _, group := range groups {
		some = append(some, newReading(collectors.Job{Repo: in[group]}))
	}
	return some, last
}

// groupsOfKnown finds a project that is known for each group below the one that is read, but for those that were told of
// just now: one that is not listed already, and rather one that is not archived, as these are not shown by every query.
func (l *list) groupsOfKnown() map[string]metrics.Repo {
	top := l.source.host + "/" + strings.ToLower(l.source.config.Group+l.source.config.User)
	told, in := map[string]bool{top: true}, map[string]metrics.Repo{}
	for _, g := range l.groupsRead {
		told[l.source.name(g.Path)] = true
	}
	for i := range l.known.Repos {
		had := l.known.Repos[i].Repo
		group := path.Dir(had.Name)
		if told[group] || number(had) == 0 || l.seen[had.Name] || l.former[had.Name] {
			continue
		}
		if stands, ok := in[group]; !ok || stands.Archived && !had.Archived {
			in[group] = had
		}
	}
	return in
}

// emptied reports whether all that is known of a group went out of it: the group did, rather than they.
func (l *list) emptied() bool {
	stays := map[string]bool{}
	for i := range l.known.Repos {
		if name := l.known.Repos[i].Name; !l.former[name] {
			stays[path.Dir(name)] = true
		}
	}
	for group := range l.left {
		if !stays[group] {
			return true
		}
	}
	return false
}

// goes notes that a listed project had another name before, and which group it went out of.
func (l *list) goes(had, name string) {
	if had == "" || had == name {
		return
	}
	l.former[had] = true
	if from := path.Dir(had); from != path.Dir(name) {
		l.left[from] = true
	}
}
