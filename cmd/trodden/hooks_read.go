package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/metrics"
)

// readHinted has read again what hints are about: the lists of all sources of a kind of host, and single
// repositories. It returns the hints that it could not serve, and fails with metrics.ErrConflict while a scan runs.
func (s *services) readHinted(ctx context.Context, hints []metrics.Hint) (left []metrics.Hint, err error) {
	lists := map[string][]metrics.Hint{} // by kind of host
	var repos []metrics.Hint
	for _, h := range hints {
		if h.Listing {
			lists[h.Host] = append(lists[h.Host], h)
		} else {
			repos = append(repos, h)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(lists)) {
		about := lists[kind]
		anew := slices.ContainsFunc(about, daily)
		switch err := s.listAgain(ctx, kind, anew); {
		case errors.Is(err, metrics.ErrConflict), ctx.Err() != nil:
			return nil, err
		case err != nil:
			s.log.Error("what webhooks hint at cannot be listed", "host", kind, "event", about[0].Event, "hints", len(about), "error", err)
			left = append(left, about...)
		}
	}
	if len(repos) == 0 {
		return left, nil
	}
	unread, err := s.readAgain(ctx, repos)
	return append(left, unread...), err
}

// daily reports whether a hint is about what sources ask for once a day.
func daily(h metrics.Hint) bool {
	if h.Host == "gitlab" {
		return gitlab.Daily(h.Event)
	}
	return github.Daily(h.Event)
}

// listAgain scans the sources of a kind: each lists what is new, and reads it; anew, it looks at what it looks at once a day, too.
func (s *services) listAgain(ctx context.Context, kind string, anew bool) error {
	var failed []error
	for _, source := range sourcesOf(s.held.Load().Config, kind) {
		scan, err := s.scan(ctx, scanRequest{Source: source.Name, anew: anew}, nil)
		switch {
		case errors.Is(err, metrics.ErrConflict), ctx.Err() != nil:
			return err
		case err == nil && !scan.Listed:
			err = fmt.Errorf("source %s: not everything could be listed", source.Name)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// sourcesOf returns the sources of some kinds.
func sourcesOf(c *config.Config, kinds ...string) []config.Source {
	return slices.DeleteFunc(sourcesNamed(c, ""), func(s config.Source) bool { return !slices.Contains(kinds, s.Kind) })
}

// hintedTime is how long reading what hints are about may take, limits of hosts that have to be waited for included:
// meanwhile no scan begins, and hints at other hosts wait.
const hintedTime = 10 * time.Minute

// readAgain reads the repositories that hints are about and concludes what follows. It is no scan, and is not listed
// as one: it says nothing of the other repositories.
func (s *services) readAgain(ctx context.Context, hints []metrics.Hint) (left []metrics.Hint, err error) {
	if !s.takeTurnNow() {
		return nil, fmt.Errorf("a scan is running: %w", metrics.ErrConflict)
	}
	defer s.endTurn()
	ctx, cancel := context.WithTimeout(ctx, hintedTime)
	defer cancel()
	u := s.held.Load()
	var kinds, names []string
	for _, h := range hints {
		kinds, names = append(kinds, h.Host), append(names, h.Repo, h.HostID)
	}
	list := sourcesOf(u.Config, kinds...)
	if len(list) == 0 {
		s.log.Warn("webhooks tell of hosts that no source reads", "hosts", slices.Compact(kinds), "hints", len(hints))
		return nil, nil
	}
	sources, err := s.sources(ctx, u, list, nil)
	if err != nil {
		return nil, err
	}
	run := scanRun{
		db: s.db, sources: sources, opened: list, rules: u.rules, workers: max(2, runtime.GOMAXPROCS(0)), log: s.log, now: s.now,
		only: collectors.NewOnly(names...),
	}
	out, err := run.run(ctx, 0)
	s.asked.Forget()
	if err != nil {
		return nil, err
	}
	return unread(hints, out.Summary), nil
}

// unread returns the hints at repositories that could not be read. Where a list was cut off, or the budget was, that
// may be any.
func unread(hints []metrics.Hint, sum collectors.Summary) (left []metrics.Hint) {
	for _, h := range hints {
		is := func(p collectors.Problem) bool { return p.Repo == h.Repo }
		if len(sum.Partial) > 0 || sum.Left > 0 || slices.ContainsFunc(sum.Problems, is) {
			left = append(left, h)
		}
	}
	return left
}

// takeTurn waits until nobody reads: a scan and what webhooks hint at are read one after the other.
func (s *services) takeTurn(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// takeTurnNow takes the turn where nobody reads and nobody waits to.
func (s *services) takeTurnNow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		return false
	}
	select {
	case s.turn <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s *services) endTurn() { <-s.turn }
