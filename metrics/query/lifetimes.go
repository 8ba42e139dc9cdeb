package query

import (
	"cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

// CohortQuestion says whose times are asked for. A time begins with a stay (retention), or where a unit could
// first come to a path (time to adopt). The zero value of a filter is no filter.
type CohortQuestion struct {
	Path  metrics.PathKey
	Team  metrics.TeamKey // that owned the unit when its time began
	Group string          // of that team

	From, To metrics.Instant // when the time began; To is exclusive, 0: no end
	AsOf     metrics.Instant // what came later changes nothing
}

// args are the parameters that the questions about times share.
func (q CohortQuestion) args() map[string]any {
	return map[string]any{
		"path": string(q.Path), "team": string(q.Team), "group": q.Group, "by": "",
		"from": moment(q.From), "to": moment(cmp.Or(q.To, metrics.Forever)), "at": moment(q.AsOf),
	}
}

// unitArgs adds the parameters of a page of units: those after a key, where it is continued, and at most so many.
func (q CohortQuestion) unitArgs(continued bool, after StateKey, most int) map[string]any {
	args := q.args()
	args["continued"], args["after_repo"] = continued, after.Repo
	args["after_component"], args["after_path"] = after.Component, string(after.Path)
	args["limit"] = limit(most)
	return args
}

// lacks says why there is no curve of a path's times, of which there are n; "" where there is one.
func (q CohortQuestion) lacks(path PathRow, n int) metrics.Reason {
	switch {
	case !path.launched(q.AsOf):
		return metrics.ReasonBeforeLaunch
	case n == 0:
		return metrics.ReasonEmpty
	}
	return ""
}

// CurvePoint is a point of a Kaplan-Meier curve: a step function, constant from each point to the next.
type CurvePoint struct {
	Days   float64 `json:"t_days"`
	S      float64 `json:"s"`  // share of the times that are longer
	Lo     float64 `json:"lo"` // its 95 % interval
	Hi     float64 `json:"hi"`
	AtRisk int     `json:"at_risk"` // how many are known to reach Days
}

func newCurvePoint(p stats.Point) CurvePoint { return CurvePoint{p.Days, p.S, p.Lo, p.Hi, p.AtRisk} }

// pointsARow is how many points of a curve take the place of a row that is kept.
const pointsARow = 16

// weight implements weighty.
func (r RetentionRow) weight() int { return len(r.Curve) / pointsARow }

// weight implements weighty.
func (r TimeToAdoptRow) weight() int { return len(r.Curve) / pointsARow }

// curvePoints are the points of a curve, never null.
func curvePoints(c stats.Curve) []CurvePoint {
	list := make([]CurvePoint, len(c.Points()))
	for i, p := range c.Points() {
		list[i] = newCurvePoint(p)
	}
	return list
}

// noPoints stands in for the points of a curve that nobody looks at.
func noPoints(stats.Curve) []CurvePoint { return []CurvePoint{} }

// quantile returns the time, in days, that the share q of times does not exceed, or nil where the curve never
// falls that far.
func quantile(c stats.Curve, q float64) *float64 {
	if days, ok := c.Quantile(q); ok {
		return &days
	}
	return nil
}

func inDays[S int64 | uint32](seconds S) float64 { return float64(seconds) / float64(metrics.Day) }
