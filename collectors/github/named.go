package github

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// named lists the repositories that are configured one by one. One that is not there is listed too: reading it says
// what is wrong. The mark says when everything of them was looked at the last time.
func (l *list) named(ctx context.Context, m mark, holds bool) error {
	s := l.source
	m, err := l.begin(m, !holds)
	if err != nil {
		return err
	}
	l.known.Expect(len(s.config.Repos), (len(s.config.Repos)+namedAtOnce-1)/namedAtOnce)
	err = l.byName(quota.Within(ctx, collectors.ListShare), s.config.Repos[min(m.Shown, len(s.config.Repos)):], func(full string) error {
		return l.give(metrics.Repo{Name: s.name(full), Source: s.Name(), Seen: s.config.Now(), Location: s.web + full})
	}, func(names int) { m.Shown += names })
	if err != nil {
		return l.brokenOff(m, err)
	}
	l.end(m, true)
	return nil
}

// byName lists repositories by their owner/name, tells gone of those that are not there, and told how many names it is
// done with. In the end it fails where something of them could not be told twice.
func (l *list) byName(ctx context.Context, names []string, gone func(full string) error, told func(names int)) error {
	s := l.source
	if s.graphless.Load() {
		return l.oneByOne(ctx, names, gone, told)
	}
	var lost error
	for rest, again := names, false; len(rest) > 0; {
		some := rest[:min(len(rest), s.listing.Now(), namedAtOnce)]
		b := newBatch()
		for _, full := range some {
			owner, name, _ := strings.Cut(full, "/")
			b.add(owner, name, "...repo")
		}
		got, err := s.ask(ctx, b.priced(repoFields), b.variables)
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
		failed := got.failed(nodes)
		if again = failed != nil && !again; again {
			continue
		}
		lost = cmp.Or(lost, failed)
		if err := l.answered(some, got, nodes, gone); err != nil {
			return err
		}
		rest = rest[len(some):]
		told(len(some))
	}
	return lost
}

// answered lists what was asked for by name, and tells gone of what is not there. Of what could not be told nothing is
// concluded.
func (l *list) answered(names []string, got *answer, nodes map[string]*repoNode, gone func(full string) error) (err error) {
	for i, full := range names {
		alias := fmt.Sprintf("r%d", i)
		switch n := nodes[alias]; {
		case n != nil:
			err = l.found(n)
		case passing(got.of(alias)) == nil:
			err = gone(full)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// failed is an error that may pass of something that is null.
func (a *answer) failed(nodes map[string]*repoNode) error {
	for alias, n := range nodes {
		if err := passing(a.of(alias)); n == nil && err != nil {
			return err
		}
	}
	return nil
}
