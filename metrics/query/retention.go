package query

import (
	"context"
	_ "embed"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

//go:embed retention.sql
var retentionSQL string

// Manner says how stays began, as far as retention tells them apart.
type Manner string

// The manners, in the order of answers.
const (
	AllManners  Manner = "all"
	ByChoice    Manner = "chosen" // origin chosen or born
	ByMandate   Manner = "mandated"
	ByOthers    Manner = "brought" // origin assisted or automated
	ofUnknown   Manner = "unknown" // origin unknown: no row of its own
	otherManner Manner = ""        // likewise
)

// triedDays is how long somebody has to stay to have done more than try.
const triedDays = 90

// RetentionRow says how long the stays on a path last that began in one manner, and at a known moment. A stay
// that was not left by the moment asked about is only known to have lasted so long.
type RetentionRow struct {
	Path   metrics.PathKey `json:"path"`
	Origin Manner          `json:"origin"`
	Spells int             `json:"spells"`
	Left   int             `json:"left"` // for at least leave_after
	// MedianDays is what half of the stays do not exceed; null where most still go on.
	MedianDays *float64     `json:"median_days"`
	Curve      []CurvePoint `json:"curve"` // share of the stays that last longer
	D90        *CurvePoint  `json:"d90"`   // null where none is known for so long
	// TriedAndLeft is the share of the stays that were left within 90 days: 1 - S(90).
	TriedAndLeft *float64 `json:"tried_and_left"`
	Returned     Rate     `json:"returned"` // leavers with a later stay
	// LogRankP is the p-value of the log-rank test of chosen against mandated stays. It stands with both; null
	// where they cannot be compared.
	LogRankP *float64       `json:"log_rank_p"`
	Reason   metrics.Reason `json:"reason"` // why there is no curve
}

// staysRow is a row of retention.sql: the stays on a path that began in one manner, in repositories of one label.
type staysRow struct {
	Path   string `ch:"path"`
	Manner string `ch:"manner"`
	Label  string `ch:"label"`
	Stays  string `ch:"stays"`
}

// weight implements weighty.
func (r staysRow) weight() int { return len(r.Stays) / 512 }

// askStays asks for stays, by path, manner and label.
func askStays(ctx context.Context, db DB, args map[string]any) ([]staysRow, error) {
	return ask[staysRow](ctx, db, "for retention", retentionSQL, args)
}

// stays are the stays on one path that began in one manner.
type stays struct {
	lasted                stats.LifeTable
	count, left, returned int
}

func (s stays) and(other stays) stays {
	return stays{s.lasted.And(other.lasted), s.count + other.count, s.left + other.left, s.returned + other.returned}
}

// counted unpacks and counts the stays of a row.
func (r *staysRow) counted() stays {
	s := stays{count: packed(r.Stays).len()}
	left, goOn := make([]uint32, 0, s.count), make([]uint32, 0, s.count)
	packed(r.Stays).each(func(stay uint64) {
		if seconds := uint32(stay >> 2); stay&2 != 0 {
			left = append(left, seconds)
		} else {
			goOn = append(goOn, seconds)
		}
		s.returned += int(stay & 1)
	})
	s.left, s.lasted = len(left), stats.CountLifetimes(left, goOn, float64(metrics.Day))
	return s
}

// Retention returns three rows a path, by path in the order of the definitions: of all stays, of the chosen and
// of the mandated ones.
func Retention(ctx context.Context, db DB, q CohortQuestion) ([]RetentionRow, error) {
	return answered(ctx, db, q, func() ([]RetentionRow, error) { return q.askRetention(ctx, db, curvePoints) })
}

// RetentionFigures returns the rows of Retention without their curves, which take longer than all the rest where there are
// hundreds of thousands of stays.
func RetentionFigures(ctx context.Context, db DB, q CohortQuestion) ([]RetentionRow, error) {
	type figures CohortQuestion // an answer of its own
	return answered(ctx, db, figures(q), func() ([]RetentionRow, error) { return q.askRetention(ctx, db, noPoints) })
}

// askRetention makes the rows, with those points of their curves that points returns.
func (q CohortQuestion) askRetention(ctx context.Context, db DB, points func(stats.Curve) []CurvePoint) ([]RetentionRow, error) {
	paths, err := Paths(ctx, db)
	if err != nil {
		return nil, err
	}
	found, err := askStays(ctx, db, q.args())
	if err != nil {
		return nil, err
	}
	rows := make([][]RetentionRow, len(paths))
	all := errgroup.Group{}
	all.SetLimit(min(runtime.GOMAXPROCS(0), maxAtOnce))
	for i, path := range paths {
		if q.Path == "" || path.Key == q.Path {
			all.Go(func() error {
				rows[i] = q.retention(path, staysOn(path.Key, found), points)
				return nil
			})
		}
	}
	err = all.Wait()
	return append([]RetentionRow{}, slices.Concat(rows...)...), err
}

// staysOn picks the stays on one path.
func staysOn(path metrics.PathKey, rows []staysRow) map[Manner]stays {
	found := make(map[Manner]stays)
	for _, r := range rows {
		if metrics.PathKey(r.Path) == path {
			found[Manner(r.Manner)] = r.counted()
		}
	}
	return found
}

// retention makes the rows of a path.
func (q CohortQuestion) retention(path PathRow, found map[Manner]stays, points func(stats.Curve) []CurvePoint) []RetentionRow {
	chosen, mandated, brought := found[ByChoice], found[ByMandate], found[ByOthers]
	rows := []RetentionRow{
		q.retentionRow(path, AllManners, chosen.and(mandated).and(brought).and(found[ofUnknown]).and(found[otherManner]), points),
		q.retentionRow(path, ByChoice, chosen, points),
		q.retentionRow(path, ByMandate, mandated, points),
		q.retentionRow(path, ByOthers, brought, points),
	}
	if _, p, ok := chosen.lasted.LogRank(mandated.lasted); ok && rows[0].Reason == "" {
		rows[1].LogRankP, rows[2].LogRankP = &p, &p
	}
	return rows
}

func (q CohortQuestion) retentionRow(path PathRow, origin Manner, s stays, points func(stats.Curve) []CurvePoint) RetentionRow {
	row := RetentionRow{
		Path: path.Key, Origin: origin, Spells: s.count, Left: s.left, Curve: []CurvePoint{}, Reason: q.lacks(path, s.count),
	}
	if row.Reason != "" {
		row.Returned = Undefined(row.Reason)
		return row
	}
	curve := s.lasted.KaplanMeier()
	row.Curve, row.MedianDays = points(curve), quantile(curve, 0.5)
	row.Returned = NewRate(s.returned, s.left, metrics.ReasonEmpty)
	if p, ok := curve.At(triedDays); ok {
		d90, tried := newCurvePoint(p), 1-p.S
		row.D90, row.TriedAndLeft = &d90, &tried
	}
	return row
}
