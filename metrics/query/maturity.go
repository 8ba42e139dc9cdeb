package query

import (
	"context"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

// maturityWeeks is for how long before the moment asked about entries, exits and changes count.
const maturityWeeks = 12

// MaturityQuestion says whose maturity is asked for. The zero value of a filter is no filter; who changes the path
// itself is asked of the path, whatever team or group is meant.
type MaturityQuestion struct {
	Path  metrics.PathKey
	Team  metrics.TeamKey // that decided
	Group string
	AsOf  metrics.Instant
}

// MaturityRow says how mature the adoption of a path is, after the maturity model of the CNCF (see stats.Maturity),
// and by which numbers. Neither unknown origins nor few numbers make a level certain: Between has all that they allow.
type MaturityRow struct {
	Path  metrics.PathKey `json:"path"`
	From  time.Time       `json:"from"`  // begin of the weeks that count; they end at the moment asked about
	Level *int            `json:"level"` // 1 to 4; null where it cannot be told, for Reason
	Name  *stats.Maturity `json:"name"`
	// Between are the lowest and the highest level that the figures allow, with everything unknown counted either way
	// and the bounds of their 95 % intervals; null where there is no level to ask for.
	Between *[2]int `json:"between"`
	Small   bool    `json:"small"` // the level hangs on a figure of fewer than 5
	// Missing names the figures without a value.
	Missing []string `json:"missing"`
	// Why has a sentence for each of the four figures: whether it meets what a level asks for.
	Why        []string           `json:"why"`
	Heuristic  bool               `json:"heuristic"` // always: the levels are words, the thresholds ours
	Thresholds MaturityThresholds `json:"thresholds"`
	Pull       PullRate           `json:"pull"`
	NetFlow    NetFlow            `json:"net_flow"`
	D90        Lasting            `json:"d90"`
	Outside    OutsideRate        `json:"outside"`
	Reason     metrics.Reason     `json:"reason"` // why there is no level
}

// MaturityThresholds are where levels begin: from level 3 on pull, net flow and d90, for level 4 outside, too.
type MaturityThresholds struct {
	Weeks        int     `json:"weeks"`
	Pull         float64 `json:"pull"`           // at least
	NetFlowAbove int     `json:"net_flow_above"` // more than
	D90          float64 `json:"d90"`            // at least
	Outside      float64 `json:"outside"`        // at least
}

// PullRate is the share of voluntary ones among all entries: decisions for the path, of new units and of others.
// Unknown origins count against it, as everywhere.
type PullRate struct {
	Rate
	Unknown int `json:"unknown"` // of the entries, those of unknown origin
	// Unseen are units that were found on the path without anybody having seen them come. They are no entries.
	Unseen int `json:"unseen"`
	// Bounds are the rate with every unknown origin counted against the path, and for it as far as there was a
	// choice. Who was not seen to come may have come in these weeks, or before.
	Bounds *Bounds `json:"bounds"`
}

// NetFlow is how many more decided freely for a path than left it freely.
type NetFlow struct {
	Value   *int           `json:"value"`
	Joins   int            `json:"joins"`   // births and entries
	Births  int            `json:"births"`  // of new units, for the path
	Entries int            `json:"entries"` // of others
	Exits   int            `json:"exits"`
	Bounds  *[2]int        `json:"bounds"` // with every unknown against the path, and for it
	Reason  metrics.Reason `json:"reason"`
}

// Lasting is the share of chosen stays (with those born on the path) that last 90 days, by Kaplan and Meier.
type Lasting struct {
	Days   float64  `json:"t_days"`
	S      *float64 `json:"s"`
	Lo     *float64 `json:"lo"` // its 95 % interval
	Hi     *float64 `json:"hi"`
	AtRisk int      `json:"at_risk"` // stays that are known to be so long
	Spells int      `json:"spells"`
	Left   int      `json:"left"`
	// Bounds are the share if of the stays of unknown origin only those had been chosen that were left in time, and
	// only the others.
	Bounds *Bounds        `json:"bounds"`
	Reason metrics.Reason `json:"reason"`
}

// OutsideRate is the share of changes that people from outside the platform teams made to the repositories that
// provide a path, among those that people made. Whoever was in a platform team when a change landed is not outside.
type OutsideRate struct {
	Rate
	Platform  int      `json:"platform"`
	Automated int      `json:"automated"` // by bots and campaigns
	Unknown   int      `json:"unknown"`   // by nobody knows whom
	Repos     []string `json:"repos"`     // the repositories of which all is known
	Unread    []string `json:"unread"`    // repositories, or globs of some, of which not all is known
	Bounds    *Bounds  `json:"bounds"`    // with every unknown counted either way
}

// Maturity returns a row for each path, in the order of the definitions. What came later changes nothing.
func Maturity(ctx context.Context, db DB, q MaturityQuestion) ([]MaturityRow, error) {
	return answered(ctx, db, q, func() ([]MaturityRow, error) {
		paths, err := Paths(ctx, db)
		if err != nil {
			return nil, err
		}
		m, err := newMaturity(ctx, db, q)
		if err != nil {
			return nil, err
		}
		rows := []MaturityRow{}
		for _, path := range paths {
			if q.Path == "" || path.Key == q.Path {
				rows = append(rows, m.row(path))
			}
		}
		return rows, nil
	})
}

// from is the begin of the weeks that count.
func (q MaturityQuestion) from() metrics.Instant {
	return max(q.AsOf-maturityWeeks*week, metrics.Beginning)
}

// beforeLaunch reports whether the path was not there yet.
func (q MaturityQuestion) beforeLaunch(path PathRow) bool {
	return !path.launched(q.AsOf)
}

// maturity gathers an answer.
type maturity struct {
	MaturityQuestion
	came    map[metrics.PathKey]*comings
	stays   []staysRow
	changes []changesRow
}

func newMaturity(ctx context.Context, db DB, q MaturityQuestion) (m *maturity, err error) {
	m = &maturity{MaturityQuestion: q}
	if m.came, err = comingsOf(ctx, db, q); err != nil {
		return nil, err
	}
	cohort := CohortQuestion{Path: q.Path, Team: q.Team, Group: q.Group, AsOf: q.AsOf}
	if m.stays, err = askStays(ctx, db, cohort.args()); err != nil {
		return nil, err
	}
	m.changes, err = ask[changesRow](ctx, db, "for contributions", contributionsSQL, map[string]any{
		"path": string(q.Path), "from": moment(q.from()), "at": moment(q.AsOf),
	})
	return m, err
}

// row makes the row of a path.
func (m *maturity) row(path PathRow) MaturityRow {
	row := MaturityRow{
		Path: path.Key, From: moment(m.from()), Heuristic: true, Thresholds: MaturityThresholds{
			Weeks: maturityWeeks, Pull: stats.MaturePull, D90: stats.MatureD90, Outside: stats.MatureOutside,
		},
		D90:     Lasting{Days: triedDays, Reason: metrics.ReasonBeforeLaunch},
		Outside: OutsideRate{Rate: Undefined(metrics.ReasonBeforeLaunch), Repos: []string{}, Unread: []string{}},
	}
	if m.beforeLaunch(path) {
		row.Pull, row.NetFlow.Reason = PullRate{Rate: Undefined(metrics.ReasonBeforeLaunch)}, metrics.ReasonBeforeLaunch
	} else {
		came := m.came[path.Key]
		if came == nil {
			came = new(comings)
		}
		row.Pull, row.NetFlow = came.pull(), came.netFlow()
		row.D90, row.Outside = lasting(staysOn(path.Key, m.stays)), outside(path.Key, m.changes)
	}
	row.judge()
	row.explain()
	return row
}
