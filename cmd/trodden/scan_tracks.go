package main

import (
	"context"
	"fmt"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// tracker is a portal that keeps tracks on which entities are.
type tracker interface {
	Track(ctx context.Context, id string) (catalog.Track, error)
}

// readTracks reads the tracks of a catalog that are configured. One that cannot be read is told, and keeps no other from being
// read: what was known of it stays.
func (s *scanRun) readTracks(ctx context.Context, c openedCatalog) (problems []collectors.Problem, err error) {
	portal, keeps := c.portal.(tracker)
	if !keeps {
		return nil, nil
	}
	var rows []metrics.CatalogTrack
	for _, id := range c.source.Catalog.Tracks {
		t, err := portal.Track(ctx, id)
		if err != nil {
			problems = append(problems, collectors.Problem{Source: c.name, Detail: oneLine(err)})
			continue
		}
		row := metrics.CatalogTrack{Source: c.name, Track: id, At: metrics.At(s.now()), Entities: t.Entities}
		for _, l := range t.Levels {
			row.Levels = append(row.Levels, metrics.TrackLevel{Ordinal: l.Ordinal, Passed: l.CumulativelyPassed, Failed: l.CumulativelyFailed, Unreported: l.NotReported})
		}
		rows = append(rows, row)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.db.WriteTracks(ctx, rows); err != nil {
		return nil, fmt.Errorf("keep the tracks of %s: %w", c.name, err)
	}
	return problems, nil
}
