package github

import (
	"context"
	"slices"
	"strings"
)

// only lists the repositories that alone are asked for, as far as they are among those that the source reads. One
// that is not there any more is not listed: that it is gone shows in a list of all.
func (l *list) only(ctx context.Context) error {
	var some []string
	for name := range l.known.Only {
		full, here := strings.CutPrefix(name, l.source.host+"/")
		if here && l.reads(full) {
			some = append(some, full)
		}
	}
	slices.Sort(some)
	return l.byName(ctx, some, func(string) error { return nil }, func(int) {})
}

// reads reports whether owner/name is the name of a repository that the source reads.
func (l *list) reads(full string) bool {
	s := l.source
	owner, name, ok := strings.Cut(full, "/")
	if !ok || owner == "" || name == "" || strings.Contains(name, "/") || !l.choice.Takes(full) {
		return false
	}
	if len(s.config.Repos) == 0 {
		return strings.EqualFold(owner, s.owner())
	}
	return slices.ContainsFunc(s.config.Repos, func(r string) bool { return strings.EqualFold(r, full) })
}
