package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed friction_upkeep_units.sql
var frictionUpkeepUnitsSQL string

// UpkeepRow is a merged change in the repository of a platform team. It does not say whose.
type UpkeepRow struct {
	Repo    string            `json:"repo"` // newest name
	Number  uint64            `json:"number"`
	Team    metrics.TeamKey   `json:"team"` // which owned the repository then
	Measure FrictionMeasure   `json:"measure"`
	By      string            `json:"by"` // human or bot
	Merged  time.Time         `json:"merged"`
	Class   metrics.PullClass `json:"class"` // after its title
	Labels  []string          `json:"labels"`
	Work    *metrics.Work     `json:"work"`   // null where it does not count
	Reason  metrics.Reason    `json:"reason"` // why it does not count
}

// Key returns where the row stands in the list.
func (r UpkeepRow) Key() FrictionKey { return FrictionKey{Repo: r.Repo, ID: r.Number} }

// UpkeepUnits returns the changes that Maintenance counts, and those that it does not, by repository and number: those that follow
// after (nil: from the first), at most so many (0: all).
func UpkeepUnits(ctx context.Context, db DB, q FrictionListQuestion, after *FrictionKey, most int) ([]UpkeepRow, error) {
	return keptPage(ctx, db, "upkeep", q, after, most, func() ([]UpkeepRow, error) {
		f, err := newFriction(ctx, db, q.FrictionQuestion)
		if err != nil {
			return nil, err
		}
		f.some = false // which changes are asked about goes by other owners than that
		hosts, err := f.askHosts(ctx, db)
		if err != nil {
			return nil, err
		}
		list, err := q.upkeep(ctx, db, f, hosts)
		return pageOf(list, after, most), err
	})
}

// upkeep returns the changes of all repositories that are asked about.
func (q *FrictionListQuestion) upkeep(ctx context.Context, db DB, f *friction, hosts map[uint64]host) (list []UpkeepRow, err error) {
	staff, err := askStaff(ctx, db)
	if err != nil {
		return nil, err
	}
	var (
		repo   uint64
		team   string
		number uint64
		at     uint32
		of     upkeepRow
	)
	into := []any{&repo, &number, &team, &of.Author, &of.AuthorKind, &of.Class, &of.Labels, &at}
	err = askEach(ctx, db, "for single changes of platform teams", frictionUpkeepUnitsSQL, f.args(), into, func() error {
		if q.Repo != 0 && repo != uint64(q.Repo) {
			return nil
		}
		row := UpkeepRow{Repo: hosts[repo].name, Number: number, Team: metrics.TeamKey(team), Measure: Maintenance, Merged: metrics.Instant(at).Time(),
			Class: metrics.PullClass(of.Class), Labels: append([]string{}, of.Labels...)}
		work, human := of.work(staff)
		group := AllAuthors
		if row.By = "bot"; human {
			row.By, group = "human", OfHumans
		}
		if row.Reason = staff.lacks(of.Author, human, at); row.Reason == "" {
			row.Work = &work
		} else {
			group = NeitherGroup
		}
		if q.Work != "" && (row.Work == nil || *row.Work != q.Work) {
			return nil
		}
		if q.has(group) || q.Side == AllAuthors && group == OfHumans {
			list = append(list, row)
		}
		return nil
	})
	return list, err
}
