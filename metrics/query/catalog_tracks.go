package query

import (
	"context"
	_ "embed"
	"time"
)

//go:embed catalog_tracks.sql
var catalogTracksSQL string

// CatalogTrack says how far the entities of a catalog are on a track that its portal keeps.
type CatalogTrack struct {
	Track    string       `json:"track"` // its id
	ReadAt   time.Time    `json:"read_at"`
	Entities int          `json:"entities"` // that it is for
	Levels   []TrackLevel `json:"levels"`
}

// TrackLevel is how many entities reach a level of a track, those below it included.
type TrackLevel struct {
	Level      int `json:"level"`
	Passed     int `json:"passed"`
	Failed     int `json:"failed"`
	Unreported int `json:"not_reported"`
}

// addTracks adds to catalogs the tracks that their portals keep.
func addTracks(ctx context.Context, db DB, q CatalogQuestion, catalogs []CatalogRow) error {
	if len(catalogs) == 0 {
		return nil
	}
	rows, err := ask[struct {
		Source     string    `ch:"source"`
		Track      string    `ch:"track"`
		At         time.Time `ch:"at"`
		Entities   uint32    `ch:"entities"`
		Ordinal    []uint32  `ch:"ordinal"`
		Passed     []uint32  `ch:"passed"`
		Failed     []uint32  `ch:"failed"`
		Unreported []uint32  `ch:"unreported"`
	}](ctx, db, "for tracks of catalogs", catalogTracksSQL, map[string]any{"source": q.Source, "at": moment(q.AsOf)})
	for _, r := range rows {
		track := CatalogTrack{Track: r.Track, ReadAt: r.At, Entities: int(r.Entities), Levels: make([]TrackLevel, len(r.Ordinal))}
		for i := range r.Ordinal {
			track.Levels[i] = TrackLevel{int(r.Ordinal[i]), int(r.Passed[i]), int(r.Failed[i]), int(r.Unreported[i])}
		}
		for i := range catalogs {
			if catalogs[i].Source == r.Source {
				catalogs[i].Tracks = append(catalogs[i].Tracks, track)
			}
		}
	}
	return err
}
