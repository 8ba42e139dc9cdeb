package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
)

// pushRequest says which portals are told something.
type pushRequest struct {
	source string // one of them; "" for all
	write  bool   // else it is only shown what would be written
}

// pushed is what telling a portal came to.
type pushed struct {
	source string
	values []pushedValue // that would be written, or were
	given  int           // entities of which something was written
	lacks  []string      // what the portal has no place for
	absent int           // entities that the portal does not have any more
	err    error         // what the portal fails with; nil where all was well
}

// pushedValue is a value that is written, or would be.
type pushedValue struct {
	source, entity, key, old, new string
	given                         bool
}

func (p *program) catalogPushCommand() *cobra.Command {
	var r pushRequest
	cmd := &cobra.Command{
		Use: "push", Short: "Tell the catalog how what is in it stands on paths",
		Long: `Shows what would be written to Port, Cortex or OpsLevel: for each of their entities that is about a repository how
that stands on each path (state, origin, voluntary, since, version), and whether its entry is fresh. What was told
before and is still so is left out; what was told and is no fact any more, for the path is not defined now or the
entity is about no repository, is taken back (THEN is –). Nothing is written without --yes, and with it only where
push is set in the configuration of the source; then scans that are complete do the same.

  cortex     custom data trodden_…; the key has to be allowed to edit entities
  port       properties trodden_… of the blueprints, where there are such: what is missing is named
  opslevel   facts trodden.… in events of a custom event integration: push: {url: "${…}"}

Teams and people are not told of, and nothing that somebody wrote is touched. Backstage asks by itself: a fact
retriever reads /api/v1/backstage/facts of a server.`,
		Example: `  trodden catalog push                          # what would be written
  trodden catalog push --source cortex --yes    # write it`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.push(cmd.Context(), r) },
	}
	flags := cmd.Flags()
	flags.StringVar(&r.source, "source", "", "only this catalog, as its source is called")
	flags.BoolVar(&r.write, "yes", false, "write it")
	completeWith(cmd, "source", p.fromConfig(takerNames))
	return cmd
}

// takerNames are the configured catalogs that can be told something.
func takerNames(c *config.Config) (names []string) {
	for _, s := range c.Sources {
		if takes(s) {
			names = append(names, s.Name)
		}
	}
	return names
}

// push tells portals in this process, for it needs the store, and prints what that came to.
func (p *program) push(ctx context.Context, r pushRequest) error {
	c, err := p.remote(ctx)
	if err != nil {
		return err
	}
	if c != nil {
		return fmt.Errorf("%s has the store: its scans tell portals whose source has push, and this command can when it has ended", c.base.Redacted())
	}
	read, err := p.load()
	if err != nil {
		return err
	}
	sources, err := r.sources(read)
	if err != nil {
		return err
	}
	if err := read.CheckSecrets(p.env, sources); err != nil {
		return err
	}
	var done []pushed
	err = p.withLocal(ctx, func(l *local) error {
		done, err = l.push(ctx, r, sources)
		return err
	})
	if err != nil {
		return err
	}
	return p.printPushed(done, r.write)
}

// sources are the catalogs that are meant. Those that must not be written to are refused by name.
func (r pushRequest) sources(c *config.Config) (list []config.Source, err error) {
	if err := knowsSource(c, r.source); err != nil {
		return nil, err
	}
	for _, s := range c.Sources {
		switch named := s.Name == r.source; {
		case r.source != "" && !named:
		case named && !s.IsCatalog():
			return nil, usagef("--source %s is no software catalog", s.Name)
		case named && !takes(s):
			return nil, asksItself(s)
		case named && r.write && !s.Catalog.Push:
			return nil, fmt.Errorf("source %s has no push in the configuration, so nothing is written to it: see what would be without --yes, then set push: %w", s.Name, metrics.ErrInvalid)
		case takes(s) && (named || !r.write || s.Catalog.Push):
			list = append(list, s)
		}
	}
	if len(list) == 0 && r.write {
		return nil, fmt.Errorf("no source has push in the configuration, so nothing is written: see what would be without --yes, then set push: %w", metrics.ErrInvalid)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no source is a catalog that can be told something, which are port, cortex and opslevel: %w", metrics.ErrInvalid)
	}
	return list, nil
}

// push tells portals, or says what would be told. What one fails with keeps nothing from the others.
func (s *services) push(ctx context.Context, r pushRequest, sources []config.Source) (list []pushed, err error) {
	if err := s.takeTurn(ctx); err != nil {
		return nil, err
	}
	defer s.endTurn()
	around, err := s.around(ctx, s.held.Load(), nil)
	if err != nil {
		return nil, err
	}
	giver := catalogGiver{s.db, s.log, s.now}
	for _, source := range sources {
		c, err := openCatalog(source, around)
		if err != nil {
			return list, err
		}
		done, err := giver.push(ctx, c, r.write)
		if list = append(list, done); err != nil {
			return list, err
		}
	}
	return list, nil
}

// push tells a portal, or says what would be told.
func (g *catalogGiver) push(ctx context.Context, c openedCatalog, write bool) (pushed, error) {
	done := pushed{source: c.name}
	offer, err := g.look(ctx, c)
	told := map[metrics.EntityRef]bool{}
	if err == nil && write {
		var given []metrics.EntityRef
		given, err = g.give(ctx, c, offer)
		for _, ref := range given {
			told[ref] = true
		}
	}
	for _, w := range offer.Writes {
		for _, v := range w.Values {
			done.values = append(done.values, pushedValue{c.name, w.Ref.String(), v.Key, v.Old, v.New, told[w.Ref]})
		}
	}
	done.given, done.lacks, done.absent = len(told), offer.Lacks, len(offer.Absent)
	var refused *ungiven
	if errors.As(err, &refused) {
		done.err, err = refused, ctx.Err()
	}
	return done, err
}

// printPushed prints what telling portals came to. It fails where one of them does.
func (p *program) printPushed(list []pushed, write bool) error {
	var values []pushedValue
	var records []record
	for _, done := range list {
		values = append(values, done.values...)
		for _, v := range done.values {
			records = append(records, record{{"source", v.source}, {"entity", v.entity}, {"key", v.key}, {"old", v.old}, {"new", v.new}, {"given", v.given}})
		}
	}
	var table error
	err := p.emit(records, scanState{Complete: true}, func() {
		if len(values) > 0 {
			table = writeTable(p.out, values, pushedColumns())
		}
	})
	errs := []error{err, table}
	for _, done := range list {
		p.tell("%s", done.words(write))
		for _, lack := range done.lacks {
			p.tell("%s: %s", done.source, lack)
		}
		if done.err != nil {
			errs = append(errs, fmt.Errorf("tell %s: %w", done.source, done.err))
		}
	}
	return errors.Join(errs...)
}

// words say in a line what became of a portal.
func (d pushed) words(write bool) string {
	entities := map[string]bool{}
	for _, v := range d.values {
		entities[v.entity] = true
	}
	text := fmt.Sprintf("%s: %s of %s", d.source, count(len(d.values), "value", "values"), count(len(entities), "entity", "entities"))
	switch {
	case write:
		text = fmt.Sprintf("%s: told about %s", d.source, count(d.given, "entity", "entities"))
	case len(d.values) == 0:
		text = d.source + ": nothing would be written"
	default:
		text += " would be written; nothing is without --yes"
	}
	if d.absent > 0 {
		text += fmt.Sprintf("; %s not there any more", count(d.absent, "entity is", "entities are"))
	}
	return text
}

func pushedColumns() []column[pushedValue] {
	type R = pushedValue
	return []column[R]{
		{"CATALOG", false, func(r R) string { return r.source }},
		{"ENTITY", false, func(r R) string { return r.entity }},
		{"KEY", false, func(r R) string { return r.key }},
		{"NOW", false, func(r R) string { return clipped(r.old) }},
		{"THEN", false, func(r R) string { return clipped(cmp.Or(r.new, none)) }},
	}
}
