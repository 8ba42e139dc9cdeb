package query

import (
	"context"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

// LagPathRow says how far the active units that use a path lag behind its newest release. OnLatest is the share of
// those on it, floating ones among them, of all whose lag is known: the unmapped and the unversioned ones are in no
// share. So are the medians and the rest.
type LagPathRow struct {
	Path           metrics.PathKey `json:"path"`
	Repos          int             `json:"repos"` // repositories, or components of them
	OnLatest       Rate            `json:"on_latest"`
	Floating       int             `json:"floating"`
	Unmapped       int             `json:"unmapped"`
	Unversioned    int             `json:"unversioned"` // nothing names a version
	ReleasesBehind Spread          `json:"releases_behind"`
	DaysBehind     Spread          `json:"days_behind"`
	Libyears       *float64        `json:"libyears"` // of all of them together
	Latest         *string         `json:"latest"`   // the newest release; null where several things are released
	LatestAt       *time.Time      `json:"latest_at"`
	Reason         metrics.Reason  `json:"reason"`
}

// Spread is how a figure is spread over units: the median, and what 90 % do not exceed. Both are null where it is
// known of none.
type Spread struct {
	Median *float64 `json:"median"`
	P90    *float64 `json:"p90"`
}

// LagByPath returns a row for each path, in the order of the definitions.
func LagByPath(ctx context.Context, db DB, q LagQuestion) ([]LagPathRow, error) {
	return answered(ctx, db, q, func() ([]LagPathRow, error) {
		rows := []LagPathRow{}
		l, err := newLag(ctx, db, q, "")
		if err != nil {
			return nil, err
		}
		for _, path := range l.paths {
			rows = append(rows, l.pathRow(path))
		}
		return rows, nil
	})
}

// pathRow adds up the versions of a path.
func (l *lag) pathRow(path PathRow) LagPathRow {
	if !l.launched(path) {
		return LagPathRow{Path: path.Key, OnLatest: Undefined(metrics.ReasonBeforeLaunch), Reason: metrics.ReasonBeforeLaunch}
	}
	s := l.shelves[path.Key]
	sum := LagPathRow{Path: path.Key}
	if latest := s.latest(s.main()); latest != nil {
		sum.Latest, sum.LatestAt = &latest.tag, &latest.at
	}
	var releases, days []float64 // a value each unit
	var libyears float64
	newest := 0
	for _, u := range l.uses(path.Key) {
		row := u.row(s)
		sum.Repos += row.Repos
		sum.Floating += row.Floating
		sum.Unmapped += row.Unmapped
		if u.kind == unsaid {
			sum.Unversioned += row.Repos
		}
		if row.Reason != "" {
			continue
		}
		releases = append(releases, slices.Repeat([]float64{float64(*row.ReleasesBehind)}, row.Repos)...)
		days = append(days, slices.Repeat([]float64{*row.DaysBehind}, row.Repos)...)
		libyears += *row.Libyears
		if *row.ReleasesBehind == 0 {
			newest += row.Repos
		}
	}
	sum.Reason = sum.why(s, len(days))
	sum.OnLatest = NewRate(newest, len(days), sum.Reason)
	sum.ReleasesBehind, sum.DaysBehind = spread(releases), spread(days)
	if len(days) > 0 {
		sum.Libyears = &libyears
	}
	return sum
}

// why says why the lag is known of no unit; "" where it is of some.
func (r LagPathRow) why(s *shelf, known int) metrics.Reason {
	switch {
	case known > 0:
		return ""
	case r.Repos == 0:
		return metrics.ReasonEmpty
	case s.empty():
		return metrics.ReasonNoReleases
	case r.Unversioned == r.Repos:
		return metrics.ReasonNoVersion
	}
	return metrics.ReasonAllUnknown
}

func spread(values []float64) Spread {
	slices.Sort(values)
	var out Spread
	if median, ok := stats.Quantile(values, 0.5); ok {
		out.Median = &median
	}
	if p90, ok := stats.Quantile(values, 0.9); ok {
		out.P90 = &p90
	}
	return out
}
