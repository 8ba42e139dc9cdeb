package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/metrics"
)

// readHinted has read again what hints are about: lists of sources, and single repositories. It says of the subjects of the
// tasks that it tried whether they were read, and fails with metrics.ErrConflict while a scan runs.
func (s *services) readHinted(ctx context.Context, tasks []hintTask) (read map[string]bool, err error) {
	read = make(map[string]bool, len(tasks))
	var repos []metrics.Hint
	for _, t := range tasks {
		switch about := t.newest(); {
		case !about.Listing:
			repos = append(repos, about)
		case t.source == "":
			s.log.Warn("webhooks tell of hosts that no source reads", "host", about.Host, "hints", len(t.hints))
			read[t.subject] = true
		default:
			err := s.listAgain(ctx, t.source, slices.ContainsFunc(t.hints, daily))
			if errors.Is(err, metrics.ErrConflict) || ctx.Err() != nil {
				return read, err
			}
			if err != nil {
				s.log.Error("what webhooks hint at cannot be listed", "source", t.source, "event", about.Event, "hints", len(t.hints), "error", err)
			}
			read[t.subject] = err == nil
		}
	}
	if len(repos) == 0 {
		return read, nil
	}
	left, err := s.readAgain(ctx, repos)
	if err != nil {
		return read, err
	}
	for _, h := range repos {
		read[h.Subject()] = !slices.Contains(left, h)
	}
	return read, nil
}

// daily reports whether a hint is about what sources ask for once a day.
func daily(h metrics.Hint) bool {
	if h.Host == "gitlab" {
		return gitlab.Daily(h.Event)
	}
	return github.Daily(h.Event)
}

// listAgain scans a source: it lists what is new, and reads it; anew, it asks for what it asks for once a day, too.
func (s *services) listAgain(ctx context.Context, source string, anew bool) error {
	scan, err := s.scan(ctx, scanRequest{Source: source, anew: anew}, nil)
	if err == nil && !scan.Listed {
		err = errors.New("not everything could be listed")
	}
	return err
}

// namesOf returns the names of the sources of a kind of host.
func (s *services) namesOf(kind string) (names []string) {
	for _, source := range sourcesOf(s.held.Load().Config, kind) {
		names = append(names, source.Name)
	}
	return names
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
		only: collectors.NewOnly(names...), hosts: addresses(u.Config), one: &s.judging, concluded: s.asked.Forget,
	}
	out, err := run.run(ctx, 0)
	s.asked.Forget()
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, err
	}
	if err == nil && len(out.Partial) == 0 && out.Left == 0 && len(out.Problems) == 0 {
		return nil, nil
	}
	return unread(hints, out.Well), nil
}

// unread returns the hints that are not about a repository that was read well. Where a list was cut off, or one of another
// name could not be read, that may be any of them.
func unread(hints []metrics.Hint, well []metrics.Repo) (left []metrics.Hint) {
	var known []string
	for _, repo := range well {
		known = append(known, repo.Name, repo.HostID)
	}
	is := collectors.NewOnly(known...)
	return slices.DeleteFunc(slices.Clone(hints), func(h metrics.Hint) bool { return is[h.Repo] || is[h.HostID] })
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
