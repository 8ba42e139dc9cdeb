package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// checked is what looking at the sources showed before anything is read.
type checked struct {
	entrance
	spent  spending   // what the looks asked of hosts
	scopes *scopes    // what hosts said of tokens
	used   *usedPools // what the looks asked through
}

// entrance is who lets somebody in.
type entrance struct {
	refused map[string]error // the sources that would not let anybody in, by name
	held    []string         // those whose hosts allow nothing now, and let in who waits
}

// How long a look at a source may take, and after what time it is said what is waited for.
const (
	lookTime  = 30 * time.Second
	lookQuiet = 10 * time.Second
)

// letIn looks at all sources at once: which let nobody in? It fails where none does: then nothing at all could be read. Tell
// is told what is waited for when that takes long; where are the addresses of the hosts of sources, by their names. Of a
// host that allows no request now nothing is known: patient lets it in, for whoever reads it waits until it does.
func letIn(ctx context.Context, sources []collectors.Source, where map[string]string, tell func(format string, args ...any), patient bool) (in entrance, err error) {
	var looks sync.WaitGroup
	wrong, held := make([]error, len(sources)), make([]bool, len(sources))
	for i, source := range sources {
		if c, ok := source.(collectors.Checker); ok {
			looks.Go(func() {
				var exhausted *quota.Exhausted
				err := look(ctx, source.Name(), where[source.Name()], c, tell)
				if held[i] = patient && errors.As(err, &exhausted); !held[i] {
					wrong[i] = err
				}
			})
		}
	}
	looks.Wait()
	if err := ctx.Err(); err != nil {
		return in, err
	}
	in.refused = map[string]error{}
	for i, source := range sources {
		if wrong[i] != nil {
			in.refused[source.Name()] = wrong[i]
		}
		if held[i] {
			in.held = append(in.held, source.Name())
		}
	}
	if len(in.refused) > 0 && !slices.Contains(wrong, nil) {
		return in, errors.Join(wrong...)
	}
	return in, nil
}

// look looks at one source.
func look(ctx context.Context, name, where string, c collectors.Checker, tell func(format string, args ...any)) error {
	bound, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	slow := time.AfterFunc(lookQuiet, func() {
		tell("source %s: still waiting for %s, which does not answer or allows no requests for the moment", name, where)
	})
	defer slow.Stop()
	err := c.Check(bound)
	if err != nil && bound.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("no answer of %s within %v: is its url right, and can this machine reach it? (%w)", where, lookTime, err)
	}
	if err != nil {
		return fmt.Errorf("source %s: %w", name, err)
	}
	return nil
}

// lookAt looks at sources before a scan with a budget of requests, 0 for none: one that leads nowhere is refused before
// anything is asked. What they ask is counted by counter.
func lookAt(ctx context.Context, c *config.Config, sources []collectors.Source, counter *quota.Counter, budget int, tell func(format string, args ...any)) (*checked, error) {
	if err := collectors.CheckBudget(budget, sources); err != nil {
		return nil, err
	}
	before := spendingOf(counter.Spent())
	in, err := letIn(ctx, sources, addresses(c), tell, true)
	if err != nil {
		return nil, err
	}
	got := &checked{entrance: in, spent: spendingOf(counter.Spent()).since(before)}
	if asked := got.spent.total().Requests; budget > 0 && asked >= budget {
		return nil, usagef("--budget %d is spent by the looks at the tokens of the sources, which take %d: nothing would be read", budget, asked)
	}
	return got, nil
}

// look looks at the sources of a scan that was claimed, unless somebody did.
func (s *services) look(ctx context.Context, u *understanding, r scanRequest) (*checked, error) {
	if r.checked != nil {
		return r.checked, nil
	}
	people, err := tryPeople()
	if err != nil {
		return nil, err
	}
	list := r.sources(u.Config)
	if err := u.CheckSecrets(s.env, slices.Concat(list, catalogsNamed(u.Config, r.Source))); err != nil {
		return nil, err
	}
	marks, err := s.marks(ctx, list)
	if err != nil {
		return nil, err
	}
	heard, used := new(scopes), new(usedPools)
	sources, err := openSources(list, surroundings{people: people, env: s.env, hosts: hosts{spent: &s.looked, scopes: heard, used: used, apps: s.apps, accounts: s.accounts, wait: lookTime}, marks: marks, now: s.instant, log: s.log})
	if err != nil {
		return nil, err
	}
	tell := r.tell
	if tell == nil {
		tell = func(format string, args ...any) { s.log.Warn(fmt.Sprintf(format, args...)) }
	}
	got, err := lookAt(ctx, u.Config, sources, &s.looked, r.Budget, tell)
	if err == nil {
		got.scopes, got.used = heard, used
	}
	return got, err
}

// marks are those that the newest lists of sources left, where a look reads them.
func (s *services) marks(ctx context.Context, sources []config.Source) (map[string]string, error) {
	if !slices.ContainsFunc(sources, func(s config.Source) bool { return s.GitHub != nil && s.GitHub.App != nil }) {
		return nil, nil
	}
	listings, err := s.db.Listings(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(listings, func(a, b metrics.Listing) int { return cmp.Compare(a.At, b.At) })
	marks := map[string]string{}
	for _, l := range listings {
		marks[l.Source] = l.Mark
	}
	return marks, nil
}

// addresses are where the hosts of sources are, by the names of the sources.
func addresses(c *config.Config) map[string]string {
	all := map[string]string{}
	for _, s := range c.Sources {
		switch {
		case s.GitHub != nil:
			all[s.Name] = cmp.Or(s.GitHub.URL, "https://api.github.com")
		case s.GitLab != nil:
			all[s.Name] = cmp.Or(s.GitLab.URL, "https://gitlab.com")
		}
	}
	return all
}
