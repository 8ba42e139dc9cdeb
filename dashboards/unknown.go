package dashboards

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// unknownRow is how many units and paths are unknown for one reason.
type unknownRow struct{ Why, Count, Href string }

// unknown counts units and paths that are unknown by reason, the most frequent first.
func (p *Pages) unknown(ctx context.Context, q *request, known *known) ([]unknownRow, error) {
	by := make(map[metrics.Reason]int)
	ask := query.StatesQuestion{Path: known.path(q), Team: known.team(q), State: metrics.Unknown, AsOf: q.asOf}
	for row, err := range p.states(ctx, ask) {
		if err != nil {
			return nil, err
		}
		by[row.Reason]++
	}
	reasons := slices.Collect(maps.Keys(by))
	slices.SortFunc(reasons, func(a, b metrics.Reason) int {
		return cmp.Or(cmp.Compare(by[b], by[a]), cmp.Compare(a, b))
	})
	var rows []unknownRow
	for _, reason := range reasons {
		rows = append(rows, unknownRow{Why: whyUnknown(reason), Count: count(by[reason]),
			Href: q.link("/states", []string{"path", "team"}, "state", metrics.Unknown.String(), "reason", string(reason))})
	}
	return rows, nil
}
