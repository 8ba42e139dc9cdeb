package query

import (
	"context"
	"fmt"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

// StatusUnknown is the status of a key result that has begun and has no score: nothing is known that it could be
// judged by, or what is not known may change how it stands. It never fails for that.
const StatusUnknown stats.Status = "unknown"

// OKRRow says how a key result stands. Before its time nothing is scored; after it, it stands as it did at the
// end.
type OKRRow struct {
	Objective string         `json:"objective"`
	Key       string         `json:"key"`
	Value     *float64       `json:"value"`
	Baseline  *float64       `json:"baseline"` // as it was frozen, if it was
	Target    float64        `json:"target"`
	Score     *float64       `json:"score"`    // part of the way from baseline to target; null where one of the two is not known
	Pace      *float64       `json:"pace"`     // score as a multiple of the part of the time that is over
	Forecast  *Forecast      `json:"forecast"` // of the value at the end; null where none can be made
	Status    stats.Status   `json:"status"`
	Guards    []Guard        `json:"guards"` // what may not suffer for the target
	Reason    metrics.Reason `json:"reason"` // why there is no score

	ObjectiveTitle string          `json:"objective_title"`
	Title          string          `json:"title"`
	Measure        string          `json:"measure"`
	Path           metrics.PathKey `json:"path"`  // "" for all
	Team           metrics.TeamKey `json:"team"`  // "" for all
	Group          string          `json:"group"` // "" for all
	From           time.Time       `json:"from"`
	To             time.Time       `json:"to"`
	Weight         float64         `json:"weight"`
	Elapsed        float64         `json:"elapsed"`         // part of the time that is over
	ObjectiveScore *float64        `json:"objective_score"` // weighted mean of the scores there are
	Num            *int            `json:"num"`             // of the value, where it is a proportion
	Den            *int            `json:"den"`
	Lo             *float64        `json:"lo"` // 95 % interval of the value, where it has one
	Hi             *float64        `json:"hi"`
	BaselineAt     *time.Time      `json:"baseline_at"`     // null where the baseline is a number
	BaselineFrozen *time.Time      `json:"baseline_frozen"` // when it was first told and kept; null where it was not yet
	// BaselineNow is the value at baseline_at as it is told now, where it is not the one that was frozen.
	BaselineNow *float64 `json:"baseline_now"`
	// BeginValue is what was measured at From, where the baseline is a number; null else, and before From.
	BeginValue *float64    `json:"begin_value"`
	Series     []WeekValue `json:"series"` // what the forecast follows
	// Direction is where the value is to go: as configured, or else as the figure and a number as baseline say.
	Direction metrics.Direction `json:"direction"`
	// Trend says whether the weeks of Series rise or fall at all; null where they are too few to tell.
	Trend  *Trend   `json:"trend"`
	Notes  []string `json:"notes"`
	Behind string   `json:"behind"` // the resource that lists what the value counts; "" where it is not measured
}

// OffPlan reports whether the key result is not where its plan has it.
func (r OKRRow) OffPlan() bool { return r.Status == stats.OffTrack || r.Status == stats.AtRisk }

// Reached reports whether a value would reach the target.
func (r OKRRow) Reached(value float64) bool {
	return value == r.Target || (value > r.Target) == (r.Direction == metrics.Up)
}

// Forecast is the value at the end, should it go on as in the last weeks, with a 95 % interval. With v the value, l
// and u the bounds of its own interval, and a, b and c the lower bound, the value and the upper bound of Sen's slope,
// all per week, and w the weeks that are left, the forecast is f = v + b·w and the interval is
//
//	f − √((v−l)² + ((b−a)·w)²)   to   f + √((u−v)² + ((c−b)·w)²)
//
// the two uncertainties taken as independent: G. Y. Zou and A. Donner, "Construction of confidence limits about
// effect measures: a general approach", Statistics in Medicine 27 (2008). A figure without an interval of its own
// (a median, a count) has that of the slope alone. All is cut to what the figure can be; what the cut takes away
// never makes the interval narrower than that of the value is, moved to the forecast.
type Forecast struct {
	Value float64 `json:"value"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
}

// Trend is the test of Mann and Kendall for a trend in weekly values, and Sen's slope. Values of successive weeks
// hang together where they are stocks, so that P is rather too small than too large: without a small P there is
// nothing that a forecast could follow, with one there may be.
type Trend struct {
	Tau          float64 `json:"tau"` // Kendall's, between -1 and 1: above 0 they rise
	P            float64 `json:"p"`   // two-sided
	SlopePerWeek float64 `json:"slope_per_week"`
}

// WeekValue is a value at the begin of a week.
type WeekValue struct {
	Period string  `json:"period"`
	Value  float64 `json:"value"`
}

// Guard is a figure that shows whether a target was reached at the expense of something else.
type Guard struct {
	Guard    string         `json:"guard"`
	Value    *float64       `json:"value"`
	Num      *int           `json:"num"` // of the value, where it is a proportion
	Den      *int           `json:"den"`
	Baseline *float64       `json:"baseline"` // when the key result began
	Worse    bool           `json:"worse,omitempty"`
	Reason   metrics.Reason `json:"reason,omitempty"` // why there is no value
	Behind   string         `json:"behind"`           // the resource that lists what the value counts
}

// OKRKey tells the rows apart.
type OKRKey struct {
	Objective string `json:"objective"`
	Key       string `json:"key"`
}

// RowKey returns the key of the row.
func (r OKRRow) RowKey() OKRKey { return OKRKey{r.Objective, r.Key} }

// OKRs returns a row for each key result, in the order of the objectives. It writes nothing: a baseline that is
// not frozen yet is told as it is now.
func OKRs(ctx context.Context, db DB, objectives []metrics.Objective, asOf metrics.Instant) ([]OKRRow, error) {
	return consistent(ctx, db, func() ([]OKRRow, error) {
		rows, db := []OKRRow{}, unrepeated(db, asOf)
		frozen, err := frozenBaselines(ctx, db)
		if err != nil {
			return nil, err
		}
		for _, o := range objectives {
			own := make([]OKRRow, 0, len(o.Results))
			for _, k := range o.Results {
				e := evaluation{db: db, k: k, at: min(asOf, k.To), row: newOKRRow(o, k)}
				e.row.Behind = rowsBehind(k, e.at)
				if err := e.run(ctx, frozen); err != nil {
					return nil, fmt.Errorf("key result %s of %s: %w", k.Key, o.Key, err)
				}
				own = append(own, e.row)
			}
			scoreObjective(own)
			rows = append(rows, own...)
		}
		return rows, nil
	})
}

// unrepeated returns a DB that asks no statement twice: key results share most of theirs. A store that keeps rows
// by itself stays as it is. The clock of the other one stands, so that it keeps its rows as long as it is used.
func unrepeated(db DB, clock metrics.Instant) DB {
	if _, keeps := db.(keeper); keeps {
		return db
	}
	return NewCache(db, clock.Time)
}

func newOKRRow(o metrics.Objective, k metrics.KeyResult) OKRRow {
	return OKRRow{
		Objective: o.Key, Key: k.Key, Target: k.Target, ObjectiveTitle: o.Title, Title: k.Title, Measure: k.Measure, Path: k.Path,
		Team: k.Team, Group: k.Group, From: moment(k.From), To: moment(k.To), Weight: k.Weight, Direction: k.Heads(),
		Series: []WeekValue{}, Notes: []string{},
	}
}

// scoreObjective gives the rows of an objective its score: that of the key results that have one.
func scoreObjective(rows []OKRRow) {
	var scores []stats.Weighted
	for _, r := range rows {
		if r.Score != nil {
			scores = append(scores, stats.Weighted{Score: *r.Score, Weight: r.Weight})
		}
	}
	if score, ok := stats.Objective(scores); ok {
		for i := range rows {
			rows[i].ObjectiveScore = &score
		}
	}
}
