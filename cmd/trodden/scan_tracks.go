package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// tracker is a portal that keeps tracks on which entities are.
type tracker interface {
	Track(ctx context.Context, id string) (catalog.Track, error)
}

// readTracks reads the tracks of a catalog that are configured, as of when its list was read or later. One that cannot be read
// is told, and keeps no other from being read: what was known of it stays, as of then. One that is not there any more, or is
// not configured any more, is none from now on.
func (s *scanRun) readTracks(ctx context.Context, c openedCatalog, list catalog.Done) (problems []collectors.Problem, err error) {
	over, err := s.db.Tracks(ctx, c.name)
	if err != nil {
		return nil, err
	}
	portal, keeps := c.portal.(tracker)
	var rows []metrics.CatalogTrack
	for _, id := range c.source.Catalog.Tracks {
		if !keeps {
			break
		}
		row, err := s.readTrack(ctx, portal, id)
		if err != nil {
			problems = append(problems, collectors.Problem{Source: c.name, Detail: oneLine(err)})
		} else {
			rows = append(rows, row)
		}
		if !errors.Is(err, metrics.ErrNotFound) || list.Entities == 0 { // then all of the portal may be elsewhere
			over = slices.DeleteFunc(over, func(known string) bool { return known == id })
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, id := range over {
		rows = append(rows, metrics.CatalogTrack{Track: id, At: metrics.At(s.now())})
	}
	for i := range rows {
		rows[i].Source, rows[i].At = c.name, max(rows[i].At, list.At)
	}
	if err := s.db.WriteTracks(ctx, rows); err != nil {
		return nil, fmt.Errorf("keep the tracks of %s: %w", c.name, err)
	}
	return problems, nil
}

func (s *scanRun) readTrack(ctx context.Context, portal tracker, id string) (metrics.CatalogTrack, error) {
	t, err := portal.Track(ctx, id)
	row := metrics.CatalogTrack{Track: id, At: metrics.At(s.now()), Entities: t.Entities}
	for _, l := range t.Levels {
		row.Levels = append(row.Levels, metrics.TrackLevel{Ordinal: l.Ordinal, Passed: l.CumulativelyPassed, Failed: l.CumulativelyFailed, Unreported: l.NotReported})
	}
	return row, err
}
