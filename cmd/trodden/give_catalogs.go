package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// look says what telling a portal would write: nothing where it was told all of it already, which is not looked up then.
func (g *catalogGiver) look(ctx context.Context, c openedCatalog) (catalogs.Offer, error) {
	taker, err := c.taker()
	if err != nil {
		return catalogs.Offer{}, err
	}
	gifts, err := g.news(ctx, c.name)
	if err != nil || len(gifts) == 0 {
		return catalogs.Offer{}, err
	}
	offer, err := taker.Look(ctx, gifts)
	if err != nil {
		return offer, &ungiven{err}
	}
	return offer, nil
}

// news are the facts that a portal was not told yet, or was told otherwise.
func (g *catalogGiver) news(ctx context.Context, source string) ([]catalogs.Gift, error) {
	rows, err := query.CatalogFacts(ctx, g.db, query.CatalogFactsQuestion{Source: source, AsOf: metrics.At(g.now())})
	if err != nil {
		return nil, err
	}
	told, err := g.db.Given(ctx, source)
	if err != nil {
		return nil, err
	}
	var gifts []catalogs.Gift
	for _, r := range rows {
		gift := catalogs.Gift{Ref: r.Ref, Facts: r.Facts}
		if mark, before := told[r.Ref]; !before || mark != gift.Mark() {
			gifts = append(gifts, gift)
		}
	}
	return gifts, nil
}

// give writes what is offered, and keeps what the portal took. It returns the entities of which something changed there.
func (g *catalogGiver) give(ctx context.Context, c openedCatalog, offer catalogs.Offer) (given []metrics.EntityRef, err error) {
	taker, err := c.taker()
	if err != nil || len(offer.Writes) == 0 {
		return nil, err
	}
	var unkept error
	err = taker.Give(ctx, offer.Writes, func(list []catalogs.Write) error {
		rows := make([]clickhouse.Given, len(list))
		for i, w := range list {
			rows[i] = clickhouse.Given{Ref: w.Ref, Mark: w.Mark}
			if len(w.Values) > 0 {
				given = append(given, w.Ref)
			}
		}
		unkept = g.db.WriteGiven(context.WithoutCancel(ctx), c.name, metrics.At(g.now()), rows)
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
