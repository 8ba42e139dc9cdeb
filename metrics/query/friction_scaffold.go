package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed friction_scaffold.sql
	frictionScaffoldSQL string
	//go:embed friction_units.sql
	frictionUnitsSQL string
)

// leadsRow is a row of friction_scaffold.sql.
type leadsRow struct {
	Path       string   `ch:"path"`
	Measure    string   `ch:"measure"`
	Fate       string   `ch:"fate"`
	Units      uint64   `ch:"units"`
	DoneAfter  []uint32 `ch:"done_after"`
	WatchedFor []uint32 `ch:"watched_for"`
}

// leads are the times of new repositories on one path by one measure.
type leads struct {
	of   [2]took // using, not using
	left map[metrics.Reason]int
}

// askLeads returns the rows of the times from the first commit to a first success.
func (f *friction) askLeads(ctx context.Context, db DB) (list []FrictionRow, err error) {
	rows, err := ask[leadsRow](ctx, db, "for the times to a first success", frictionScaffoldSQL, f.args())
	if err != nil {
		return nil, err
	}
	type key struct {
		path    metrics.PathKey
		measure FrictionMeasure
	}
	found := make(map[key]leads)
	for _, r := range rows {
		k := key{metrics.PathKey(r.Path), FrictionMeasure(r.Measure)}
		found[k] = found[k].with(r)
	}
	for _, path := range f.paths {
		list = append(list, f.compareLeads(ScaffoldLead, path, found[key{path.Key, ScaffoldLead}], f.known.Runs > 0)...)
		list = append(list, f.compareLeads(DeployLead, path, found[key{path.Key, DeployLead}], f.known.Deployments > 0)...)
	}
	return list, nil
}

// with adds what shares a fate.
func (l leads) with(r leadsRow) leads {
	switch FrictionGroup(r.Fate) {
	case Using:
		l.of[0] = newTook(r.DoneAfter, r.WatchedFor)
	case NotUsing:
		l.of[1] = newTook(r.DoneAfter, r.WatchedFor)
	default:
		if l.left == nil {
			l.left = make(map[metrics.Reason]int)
		}
		l.left[metrics.Reason(r.Fate)] = int(r.Units)
	}
	return l
}

// compareLeads makes the rows of a measure on a path. Nothing is measured, either, where of those that would count
// nothing is known.
func (f *friction) compareLeads(m FrictionMeasure, path PathRow, l leads, known bool) []FrictionRow {
	counted := len(l.of[0].times) + len(l.of[1].times)
	unknown := l.left[metrics.ReasonNotMeasured] + l.left[metrics.ReasonKnownLater]
	return f.compare(m, path, [2]FrictionGroup{Using, NotUsing}, l.of, known && (counted > 0 || unknown == 0), leftOut(l.left))
}

// LeadKey is what new repositories are ordered by.
type LeadKey struct {
	StateKey
	Measure FrictionMeasure `json:"measure"`
}

// LeadRow is a new repository behind the times to a first success.
type LeadRow struct {
	Repo      string          `json:"repo"` // newest name
	Component string          `json:"component"`
	Team      metrics.TeamKey `json:"team"` // at From
	Path      metrics.PathKey `json:"path"`
	Measure   FrictionMeasure `json:"measure"`
	Group     *FrictionGroup  `json:"group"` // null where it does not count
	From      time.Time       `json:"from"`  // its first commit
	Ended     bool            `json:"ended"`
	Hours     *float64        `json:"hours"`  // it took, or was watched without; null where it does not count
	Reason    metrics.Reason  `json:"reason"` // why it does not
}

// Key returns where the row stands in the order of new repositories.
func (r LeadRow) Key() LeadKey { return LeadKey{StateKey{r.Repo, r.Component, r.Path}, r.Measure} }

// Leads returns the new repositories that the times to a first success are of, and those that do not count, by
// repository, component, path and measure: those that follow after (nil: from the first), at most so many (0: all).
// Only ScaffoldLead and DeployLead have any.
func Leads(ctx context.Context, db DB, q FrictionQuestion, after *LeadKey, most int) ([]LeadRow, error) {
	type row struct {
		Repo      string    `ch:"repo"`
		Component string    `ch:"component"`
		Team      string    `ch:"team"`
		Path      string    `ch:"path"`
		Measure   string    `ch:"measure"`
		Fate      string    `ch:"fate"`
		Birth     time.Time `ch:"birth"`
		Done      bool      `ch:"is_done"`
		Seconds   int64     `ch:"seconds"`
	}
	key := LeadKey{}
	if after != nil {
		key = *after
	}
	args := q.unitArgs(after != nil, key.StateKey, most)
	args["measure"], args["after_measure"] = string(q.Measure), string(key.Measure)
	rows, err := ask[row](ctx, db, "for the repositories behind the times to a first success", frictionUnitsSQL, args)
	return answers(rows, func(r *row) LeadRow {
		lead := LeadRow{
			Repo: r.Repo, Component: r.Component, Team: metrics.TeamKey(r.Team), Path: metrics.PathKey(r.Path),
			Measure: FrictionMeasure(r.Measure), From: r.Birth,
		}
		switch group := FrictionGroup(r.Fate); group {
		case Using, NotUsing:
			hours := inHours(uint32(r.Seconds))
			lead.Group, lead.Ended, lead.Hours = &group, r.Done, &hours
		default:
			lead.Reason = metrics.Reason(r.Fate)
		}
		return lead
	}), err
}
