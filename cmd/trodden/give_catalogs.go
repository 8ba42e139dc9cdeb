package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
	catalogs "github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// catalogGiver tells portals how what their entities are about stands on paths.
type catalogGiver struct {
	db  *clickhouse.DB
	log *slog.Logger
	now func() time.Time
}

// catalogOffer is what telling a portal would write.
type catalogOffer struct {
	catalogs.Offer
	forgotten []clickhouse.Given // what nothing is to be told about any more, and is not there to be told so
}

// look says what telling a portal would write: nothing where it was told all of it already, which is not looked up then.
func (g *catalogGiver) look(ctx context.Context, c openedCatalog) (offer catalogOffer, err error) {
	taker, err := c.taker()
	if err != nil {
		return offer, err
	}
	gifts, err := g.news(ctx, c.name)
	if err != nil || len(gifts) == 0 {
		return offer, err
	}
	if offer.Offer, err = taker.Look(ctx, gifts); err != nil {
		return offer, &ungiven{err}
	}
	for _, gift := range gifts {
		if len(gift.Facts) == 0 && slices.Contains(offer.Absent, gift.Ref) {
			offer.forgotten = append(offer.forgotten, clickhouse.Given{Ref: gift.Ref, Mark: gift.Mark()})
		}
	}
	return offer, nil
}

// news are the facts that a portal was not told yet, or was told otherwise, and what it was told and is to be told no more.
// That is taken back only where it is known what the portal has: of one that was never judged, or not since it was configured
// again, nothing is known.
func (g *catalogGiver) news(ctx context.Context, source string) (gifts []catalogs.Gift, err error) {
	at := metrics.At(g.now())
	rows, err := query.CatalogFacts(ctx, g.db, query.CatalogFactsQuestion{Source: source, AsOf: at})
	if err != nil {
		return nil, err
	}
	judged, err := query.Catalog(ctx, g.db, query.CatalogQuestion{Source: source, AsOf: at})
	if err != nil || len(judged) == 0 {
		return nil, err
	}
	told, err := g.told(ctx, source)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		before, was := told[r.Ref]
		gift := catalogs.Gift{Ref: r.Ref, Facts: r.Facts, Before: before.Facts}
		if !was || before.Mark != gift.Mark() || len(before.Facts) == 0 {
			gifts = append(gifts, gift)
		}
		delete(told, r.Ref)
	}
	for _, ref := range slices.SortedFunc(maps.Keys(told), compareRefs) {
		if gift := (catalogs.Gift{Ref: ref, Before: told[ref].Facts}); told[ref].Mark != gift.Mark() {
			gifts = append(gifts, gift)
		}
	}
	return gifts, nil
}

// told is what a portal was told, by entity.
func (g *catalogGiver) told(ctx context.Context, source string) (map[metrics.EntityRef]clickhouse.Given, error) {
	list, err := g.db.Given(ctx, source)
	told := make(map[metrics.EntityRef]clickhouse.Given, len(list))
	for _, given := range list {
		told[given.Ref] = given
	}
	return told, err
}

// compareRefs orders references as people read them.
func compareRefs(a, b metrics.EntityRef) int { return cmp.Compare(a.String(), b.String()) }

// toldEvery is after how long it is told anew how far telling a portal has come.
const toldEvery = 10 * time.Second

// give writes what is offered, and keeps what the portal took. It returns the entities of which something changed there.
func (g *catalogGiver) give(ctx context.Context, c openedCatalog, offer catalogOffer) (given []metrics.EntityRef, err error) {
	taker, err := c.taker()
	if err != nil {
		return nil, err
	}
	if err := g.db.WriteGiven(ctx, c.name, metrics.At(g.now()), offer.forgotten); err != nil || len(offer.Writes) == 0 {
		return nil, err
	}
	var unkept error
	begun := g.now()
	err = taker.Give(ctx, offer.Writes, func(list []catalogs.Write) error {
		rows := make([]clickhouse.Given, len(list))
		for i, w := range list {
			rows[i] = clickhouse.Given{Ref: w.Ref, Mark: w.Mark, Facts: w.Facts}
			if len(w.Values) > 0 {
				given = append(given, w.Ref)
			}
		}
		unkept = g.db.WriteGiven(context.WithoutCancel(ctx), c.name, metrics.At(g.now()), rows)
		if now := g.now(); now.Sub(begun) >= toldEvery {
			begun = now
			g.log.Info("telling a catalog", "source", c.name, "entities", len(given), "of", len(offer.Writes))
		}
		return unkept
	})
	switch {
	case unkept != nil:
		return given, unkept
	case err != nil:
		return given, &ungiven{err}
	}
	g.log.Info("told a catalog", "source", c.name, "entities", len(given))
	return given, nil
}

// ungiven is what a portal fails with that is told something.
type ungiven struct{ error }

// Unwrap returns the error of the portal.
func (u *ungiven) Unwrap() error { return u.error }

// taker returns the portal as one that can be told something.
func (c openedCatalog) taker() (catalogs.Taker, error) {
	if taker, ok := c.portal.(catalogs.Taker); ok {
		return taker, nil
	}
	return nil, asksItself(c.source)
}

// takes reports whether a portal of the kind can be told something.
func takes(s config.Source) bool {
	return s.IsCatalog() && s.Kind != string(catalogs.BackstageOpen) && s.Kind != string(catalogs.Roadie) && s.Kind != string(catalogs.SpotifyPortal)
}

// asksItself is the error of who wants to tell something to a portal that asks.
func asksItself(s config.Source) error {
	return fmt.Errorf("source %s is told nothing: a fact retriever of %s reads /api/v1/backstage/facts of a server: %w", s.Name, s.Kind, metrics.ErrInvalid)
}

// giveBack tells the portals that want to be told, once all of them and all repositories were read. What a portal does not take
// fails nothing: it is told with what was read of it.
func (s *scanRun) giveBack(ctx context.Context, out *scanned) error {
	var givings []clickhouse.Giving
	for _, c := range s.portals.opened {
		row := out.Catalogs.row(c.name)
		if row == nil || !c.source.Catalog.Push {
			continue
		}
		listed, err := s.listed(ctx, c.name)
		if err != nil {
			return err
		}
		switch err := s.tellCatalog(ctx, c, row, out); {
		case err != nil:
			return fmt.Errorf("tell %s: %w", c.name, err)
		case row.NotGiven != "":
			s.log.Warn("a catalog is not told all", "source", c.name, "error", row.NotGiven)
		}
		givings = append(givings, clickhouse.Giving{Source: c.name, List: listed, Given: row.Given, Detail: row.NotGiven})
	}
	return s.db.WriteGivings(ctx, givings)
}

// listed is when a catalog was listed last.
func (s *scanRun) listed(ctx context.Context, source string) (at metrics.Instant, err error) {
	lists, err := s.db.CatalogLists(ctx)
	for _, l := range lists {
		if l.Source == source {
			at = max(at, l.At)
		}
	}
	return at, err
}

// tellCatalog tells a portal, and notes in its row what came of it.
func (s *scanRun) tellCatalog(ctx context.Context, c openedCatalog, row *query.ScanCatalog, out *scanned) error {
	if out.Unknown > 0 || len(out.Partial) > 0 || !out.Catalogs.complete() {
		row.NotGiven = "the scan is not complete"
		return nil
	}
	giver := catalogGiver{s.db, s.log, s.now}
	offer, err := giver.look(ctx, c)
	if err == nil {
		var given []metrics.EntityRef
		given, err = giver.give(ctx, c, offer)
		row.Given = len(given)
	}
	var refused *ungiven
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &refused):
		row.NotGiven = oneLine(err)
		return nil
	case err == nil:
		row.NotGiven = strings.Join(offer.Lacks, "; ")
	}
	return err
}

// row is what was read of a catalog; nil where nothing was.
func (c catalogsRead) row(source string) *query.ScanCatalog {
	for i := range c.rows {
		if c.rows[i].Source == source {
			return &c.rows[i]
		}
	}
	return nil
}
