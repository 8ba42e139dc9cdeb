package query

import (
	"context"
	_ "embed"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

//go:embed time_to_adopt.sql
var timeToAdoptSQL string

// TimeToAdoptRow says how long units take to come to a path, from its launch or from their birth, whichever is
// later, to their first stay. Units that have not come are only known to take longer.
type TimeToAdoptRow struct {
	Path       metrics.PathKey `json:"path"`
	Units      int             `json:"units"`       // that the path served at any time, their birth being known
	Adopted    int             `json:"adopted"`     // of these
	MedianDays *float64        `json:"median_days"` // after which half had come; null where they have not
	P90Days    *float64        `json:"p90_days"`    // after which nine tenths had
	Curve      []CurvePoint    `json:"curve"`       // share that has not come yet
	Reason     metrics.Reason  `json:"reason"`      // why there is no curve
}

// waitsRow is a row of time_to_adopt.sql.
type waitsRow struct {
	Path  string `ch:"path"`
	Label string `ch:"label"`
	Waits string `ch:"waits"`
}

// weight implements weighty.
func (r waitsRow) weight() int { return len(r.Waits) / 512 }

// TimeToAdopt returns a row a path, in the order of the definitions.
func TimeToAdopt(ctx context.Context, db DB, q CohortQuestion) ([]TimeToAdoptRow, error) {
	return answered(ctx, db, q, func() ([]TimeToAdoptRow, error) {
		paths, err := Paths(ctx, db)
		if err != nil {
			return nil, err
		}
		found, err := ask[waitsRow](ctx, db, "for the time to adopt", timeToAdoptSQL, q.args())
		if err != nil {
			return nil, err
		}
		rows := []TimeToAdoptRow{}
		for _, path := range paths {
			if q.Path == "" || path.Key == q.Path {
				rows = append(rows, q.timeToAdopt(path, found))
			}
		}
		return rows, nil
	})
}

// timeToAdopt makes the row of a path.
func (q CohortQuestion) timeToAdopt(path PathRow, found []waitsRow) TimeToAdoptRow {
	var waits waitsRow
	if i := slices.IndexFunc(found, func(r waitsRow) bool { return metrics.PathKey(r.Path) == path.Key }); i >= 0 {
		waits = found[i]
	}
	all := packed(waits.Waits)
	came, without := make([]uint32, 0, all.len()), make([]uint32, 0, all.len())
	all.each(func(wait uint64) {
		if seconds := uint32(wait >> 1); wait&1 != 0 {
			came = append(came, seconds)
		} else {
			without = append(without, seconds)
		}
	})
	row := TimeToAdoptRow{
		Path: path.Key, Units: all.len(), Adopted: len(came), Curve: []CurvePoint{}, Reason: q.lacks(path, all.len()),
	}
	if row.Reason != "" {
		return row
	}
	curve := stats.CountLifetimes(came, without, float64(metrics.Day)).KaplanMeier()
	row.Curve, row.MedianDays, row.P90Days = curvePoints(curve), quantile(curve, 0.5), quantile(curve, 0.9)
	return row
}
