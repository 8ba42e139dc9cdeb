package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed generation.sql
	generationSQL string
	//go:embed fresh.sql
	freshSQL string
)

// Generation returns the newest generation that is in force anywhere; 0 where nothing is. Answers about
// states, events and adoption do not change while it stays.
func Generation(ctx context.Context, db DB) (uint64, error) {
	rows, err := ask[struct {
		Generation uint64 `ch:"generation"`
	}](ctx, db, "for the newest generation", generationSQL, nil)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Generation, nil
}

// Freshness says how old the data are and how much is unknown. Equal values mean that nothing changed.
type Freshness struct {
	Generation uint64
	Scanned    metrics.Instant // end of the newest scan; Beginning where there was none
	First      metrics.Instant `json:",omitempty"` // end of the first one; of a moment before it nobody knows what could not have been read
	Complete   bool            // everything that the sources have could be listed and read when that was tried last
	Unknown    int             // units that are unknown on some path at the moment asked for, with those that nobody read
	NotRead    int             `json:",omitempty"` // of these, repositories that are listed, in parts that nobody read
}

// Before reports whether a moment is before the first scan: nothing is unknown then as nobody tried to read it, and what could
// never be read is in no state.
func (f Freshness) Before(t metrics.Instant) bool {
	return f.Scanned > metrics.Beginning && t < f.First
}

// Fresh returns how fresh the answers about a moment are.
func Fresh(ctx context.Context, db DB, asOf metrics.Instant) (Freshness, error) {
	type row struct {
		Generation uint64    `ch:"generation"`
		Scanned    time.Time `ch:"scanned"`
		First      time.Time `ch:"first"`
		Unknown    uint64    `ch:"unknown"`
	}
	rows, err := ask[row](ctx, db, "how fresh the data are", freshSQL, map[string]any{"at": moment(asOf)})
	if err != nil || len(rows) == 0 {
		return Freshness{}, err
	}
	parts, err := standing(ctx, db)
	if err != nil {
		return Freshness{}, err
	}
	left, err := unread(ctx, db, parts)
	r := rows[0]
	return Freshness{r.Generation, metrics.At(r.Scanned), metrics.At(r.First), complete(parts), int(r.Unknown) + left, left}, err
}
