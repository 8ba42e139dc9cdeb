package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
)

// catalogJudge compares what all catalogs say with what is really so, at one moment: the third stage. It does so whether
// anything new was concluded or not, for time alone makes what was right aged.
type catalogJudge struct {
	db      *clickhouse.DB
	rules   *classify.Classifier
	sources []config.Source // all that are configured, be they read or not
	links   bool            // what is known of links counts
	begins  func()          // told when there is something to judge; may be nil
	log     *slog.Logger
	now     func() time.Time
}

// run judges every catalog that is configured and was ever read, and what files describe, where they describe anything. Who
// asks meanwhile is told what was found out before. What is not there any more has no say: the last judgement of all is in
// force, and where files alone were in it, and describe nothing any more, that is judged.
func (c *catalogJudge) run(ctx context.Context) error {
	begun := c.now()
	lists, err := c.lists(ctx)
	if err != nil {
		return err
	}
	described, err := c.db.Described(ctx)
	if err != nil {
		return err
	}
	last, err := c.db.Judged(ctx)
	if err != nil || len(lists)+len(described)+len(last) == 0 {
		return err
	}
	if c.begins != nil {
		c.begins()
	}
	at, err := c.db.NextJudgement(ctx, metrics.At(begun))
	if err != nil {
		return err
	}
	judged, err := c.judge(ctx, at, lists, described, slices.Contains(last, metrics.DescribedSource))
	if err != nil {
		return err
	}
	entities, portals := 0, make([]*freshness.Judgement, len(judged))
	for i := range judged {
		portals[i] = judged[i].Judgement
		entities += len(judged[i].Entities)
	}
	if err := c.db.WriteJudgements(ctx, at, judged, freshness.Disagreements(portals...)); err != nil {
		return err
	}
	c.log.Info("judged catalogs", "catalogs", len(judged), "entities", entities, "seconds", c.now().Sub(begun).Seconds())
	return nil
}

// catalogReading is how a catalog was read the last time.
type catalogReading struct {
	metrics.CatalogList
	whole     bool // it was read whole then, or before
	backstage bool // it is of Backstage, or of a product that is made of it
}

// backstages are the kinds of sources that are Backstage, or made of it.
var backstages = [...]string{string(catalog.BackstageOpen), string(catalog.Roadie), string(catalog.SpotifyPortal)}

// lists returns how each catalog that is configured was read the last time, in the order of the configuration. One that was
// never read has none.
func (c *catalogJudge) lists(ctx context.Context) ([]catalogReading, error) {
	all, err := c.db.CatalogLists(ctx)
	if err != nil {
		return nil, err
	}
	var newest []catalogReading
	for _, s := range c.sources {
		r := catalogReading{backstage: slices.Contains(backstages[:], s.Kind)}
		for _, l := range all {
			if l.Source != s.Name || !s.IsCatalog() {
				continue
			}
			if r.whole = r.whole || l.Complete; r.Source == "" || l.At > r.At {
				r.CatalogList = l
			}
		}
		if r.Source != "" {
			newest = append(newest, r)
		}
	}
	return newest, nil
}

// judge judges all catalogs. That files describe nothing counts where they did, and there is no other catalog.
func (c *catalogJudge) judge(ctx context.Context, at metrics.Instant, lists []catalogReading, described []metrics.Described, did bool) ([]clickhouse.Judgement, error) {
	earlier := c.earlier(ctx, lists)
	defer earlier.wait()
	s, err := c.survey(ctx, at)
	if err != nil {
		return nil, err
	}
	described = slices.DeleteFunc(described, func(d metrics.Described) bool { return s.gone[d.Repo] })
	descriptions := newDescriptions(s, described)
	if err := earlier.seen.Wait(); err != nil {
		return nil, err
	}
	for i := range lists {
		snapshots := earlier.of[lists[i].Source].snapshots
		if len(snapshots) == 0 && !lists[i].whole { // nothing is known of it
			continue
		}
		s.portals = append(s.portals, portalCatalog(s, &lists[i], snapshots, descriptions))
	}
	catalogs := slices.Clone(s.portals)
	if len(described) > 0 || did && len(catalogs) == 0 {
		catalogs = append(catalogs, fileCatalog(s, described))
	}
	if err := s.lookUpWork(ctx, catalogs); err != nil {
		return nil, err
	}
	if err := s.lookUpIdle(ctx, catalogs); err != nil {
		return nil, err
	}
	if err := earlier.wait(); err != nil {
		return nil, err
	}
	judged := make([]clickhouse.Judgement, len(catalogs))
	for i, read := range catalogs {
		judged[i] = c.one(s, read, earlier.of[read.source])
	}
	return judged, nil
}

// earlier is what was seen of a catalog, and what judgements of it came to.
type earlier struct {
	snapshots []metrics.Snapshot
	fields    []clickhouse.FoundField
	episodes  []freshness.Episode
}

// earliers are those of all catalogs. They are read while the world is looked up: first what was seen of them, and beside that
// what they came to.
type earliers struct {
	seen, found *errgroup.Group
	of          map[string]*earlier // by source; what was seen is there once seen is done, the rest once found is
}

// wait waits for all of it.
func (x earliers) wait() error { return cmp.Or(x.seen.Wait(), x.found.Wait()) }

func (c *catalogJudge) earlier(ctx context.Context, lists []catalogReading) earliers {
	x := earliers{seen: new(errgroup.Group), found: new(errgroup.Group), of: map[string]*earlier{metrics.DescribedSource: {}}}
	for i := range lists {
		x.of[lists[i].Source] = &earlier{}
	}
	x.seen.Go(func() (err error) {
		for i := range lists {
			e := x.of[lists[i].Source]
			if e.snapshots, err = c.db.Snapshots(ctx, lists[i].Source); err != nil {
				return err
			}
		}
		return nil
	})
	x.found.Go(func() (err error) {
		for _, source := range slices.Sorted(maps.Keys(x.of)) {
			e := x.of[source]
			if e.fields, err = c.db.FoundFields(ctx, source); err != nil {
				return err
			}
			if e.episodes, err = c.db.Episodes(ctx, source); err != nil {
				return err
			}
		}
		return nil
	})
	return x
}

// one judges a catalog. What was found wrong with it before is so since then; the time from confirmations to first wrong
// fields comes from all judgements together.
func (c *catalogJudge) one(s *survey, read *catalogState, earlier *earlier) clickhouse.Judgement {
	read.foundBefore(earlier.fields)
	measure := c.rules.Definitions().Measure
	j := freshness.Judge(read.records, s.world(read), measure)
	audit := j.Audit()
	episodes := freshness.Merge(append(slices.Clone(earlier.episodes), j.Episodes()...))
	return clickhouse.Judgement{
		Source: read.source, Judgement: j, Audit: audit, FreshFields: measure.FreshFields, Followed: j.IfAllFollowed(audit),
		HalfLife: halfLife(episodes), Episodes: news(episodes, earlier.episodes), Gap: read.gap(),
	}
}

// halfLife is the median of the time from confirmations to first wrong fields, in days; NaN where it is longer than can be
// told.
func halfLife(episodes []freshness.Episode) float64 {
	curve, _ := freshness.HalfLife(episodes)
	days, ok := curve.Median()
	if !ok {
		return math.NaN()
	}
	return days
}

// seenAgain is how much longer an episode has to have gone on to be written anew. One that goes on is known from what is judged;
// only where its entity is not there any more does it count how long it was seen, by so much less at most.
const seenAgain = 7 * metrics.Day

// news returns the episodes of which more is known than before, but for those that merely went on for a little.
func news(episodes, before []freshness.Episode) []freshness.Episode {
	seen := make(map[freshness.Episode]metrics.Instant, len(before))
	for _, e := range before {
		at := e.Seen
		e.Seen = 0
		seen[e] = at
	}
	return slices.DeleteFunc(slices.Clone(episodes), func(e freshness.Episode) bool {
		now := e.Seen
		e.Seen = 0
		at, known := seen[e]
		return known && now < at+seenAgain
	})
}

// world is what one catalog is compared with.
func (s *survey) world(c *catalogState) freshness.World {
	w := freshness.World{
		Now: s.now, Repos: s.repos, Listed: s.listed, Teams: s.teams(c),
		Complete: c.complete, Unread: c.unread, Open: c.open, Kinds: c.kinds, Vanished: c.vanished, Missing: c.missing(s), Links: s.links,
		Lapsed: freshness.Lapse{Entities: c.lapsed, Teams: c.lapsed, Owners: s.lapsed},
	}
	if c.source == metrics.DescribedSource {
		return s.besidePortals(w)
	}
	return w
}

// judgeCatalogs judges all catalogs, but after single repositories alone were read: that is no news for most of a catalog.
func (s *scanRun) judgeCatalogs(ctx context.Context) error {
	if s.only != nil {
		return nil
	}
	judge := catalogJudge{db: s.db, rules: s.rules, sources: s.all, links: s.links != nil, begins: s.judging, log: s.log, now: s.now}
	if err := judge.run(ctx); err != nil {
		return fmt.Errorf("judge catalogs: %w", err)
	}
	return nil
}
