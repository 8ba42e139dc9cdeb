package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

//go:embed changes.sql
var changesSQL string

// ChangesRow says how the adoption of a path changed between two moments, on the same units: only what counts at both
// is compared, so that whatever was born, archived or excused in between changes nothing here. FlowsUnits lists the
// units that moved.
type ChangesRow struct {
	Path metrics.PathKey `json:"path"`
	From time.Time       `json:"from"`
	To   time.Time       `json:"to"`
	// Repos are of repositories, or components of them. A team and group asked for are the owner's at To.
	Repos ChangesOf `json:"repos"`
	// Teams are of teams, each by the units that it has at either moment.
	Teams ChangesOf `json:"teams"`
	// Born counts the units that use the path at To, and were not there at From: they are not compared.
	Born int `json:"born"`
	// Unknown counts the units that are unknown at one moment and unknown or served at the other: they are not
	// compared.
	Unknown int `json:"unknown"`
}

// ChangesOf are the changes of two rates of adoption.
type ChangesOf struct {
	Using     Change `json:"using"`     // of the served ones; teams: those that are on
	Voluntary Change `json:"voluntary"` // of those that have a choice at both moments
}

// Change is that of a proportion of the same units between two moments.
type Change struct {
	Both    int  `json:"both"`
	Left    int  `json:"left"`   // at the first moment only
	Joined  int  `json:"joined"` // at the second only
	Neither int  `json:"neither"`
	From    Rate `json:"from"`
	To      Rate `json:"to"`
	// Difference is To less From, with its 95 % interval: stats.NewcombePaired.
	Difference *float64       `json:"difference"`
	Lo         *float64       `json:"lo"`
	Hi         *float64       `json:"hi"`
	P          *float64       `json:"p"`       // exact, two-sided: stats.McNemar
	Verdict    *Finding       `json:"verdict"` // null where there is nothing to compare, for Reason
	Small      bool           `json:"small"`   // fewer than 5 units
	Reason     metrics.Reason `json:"reason"`
}

// Finding says what is known of a change.
type Finding string

// The findings. NoDifference is no proof that nothing changed: chance alone may make as much.
const (
	More         Finding = "more"
	Fewer        Finding = "fewer"
	NoDifference Finding = "no_difference"
)

// changesCount is a row of changes.sql.
type changesCount struct {
	Path    string `ch:"path"`
	Whom    string `ch:"whom"`
	What    string `ch:"what"`
	Both    uint64 `ch:"both"`
	Left    uint64 `ch:"left"`
	Joined  uint64 `ch:"joined"`
	Neither uint64 `ch:"neither"`
}

// compared names what a row of changes.sql counts.
type compared struct{ path, whom, what string }

// Changes returns a row for each path, in the order of the definitions.
func Changes(ctx context.Context, db DB, q FlowsQuestion) ([]ChangesRow, error) {
	return answered(ctx, db, q, func() ([]ChangesRow, error) {
		paths, err := Paths(ctx, db)
		if err != nil {
			return nil, err
		}
		counted, err := ask[changesCount](ctx, db, "for changes", changesSQL, q.args())
		if err != nil {
			return nil, err
		}
		counts := make(map[compared]stats.Pairs, len(counted))
		for _, r := range counted {
			counts[compared{r.Path, r.Whom, r.What}] = stats.Pairs{Both: r.Both, Left: r.Left, Joined: r.Joined, Neither: r.Neither}
		}
		rows := []ChangesRow{}
		for _, path := range paths {
			if q.Path == "" || path.Key == q.Path {
				rows = append(rows, q.changes(path, counts))
			}
		}
		return rows, nil
	})
}

// changes makes the row of a path.
func (q FlowsQuestion) changes(path PathRow, counts map[compared]stats.Pairs) ChangesRow {
	of := func(whom, what string) stats.Pairs { return counts[compared{string(path.Key), whom, what}] }
	row := ChangesRow{Path: path.Key, From: moment(q.From), To: moment(q.To), Born: int(of("repos", "born").Both), Unknown: int(of("repos", "unknown").Both)}
	if path.Since != nil && min(q.From, q.To) < metrics.At(*path.Since) {
		none := change(stats.Pairs{}, metrics.ReasonBeforeLaunch)
		row.Repos, row.Teams = ChangesOf{none, none}, ChangesOf{none, none}
		return row
	}
	using, free := of("repos", "using"), of("repos", "voluntary")
	nothing, unowned, forced := metrics.ReasonEmpty, metrics.ReasonNoTeam, metrics.ReasonNoAlternative
	if row.Unknown > 0 {
		nothing = metrics.ReasonAllUnknown
	}
	if using.Units() == 0 {
		unowned, forced = nothing, nothing
	}
	teams := of("teams", "using")
	row.Repos = ChangesOf{change(using, nothing), change(free, forced)}
	if teams.Units() == 0 {
		forced = unowned
	}
	row.Teams = ChangesOf{change(teams, unowned), change(of("teams", "voluntary"), forced)}
	return row
}

// change tells what units say, or why there are none.
func change(p stats.Pairs, why metrics.Reason) Change {
	n := int(p.Units())
	c := Change{
		Both: int(p.Both), Left: int(p.Left), Joined: int(p.Joined), Neither: int(p.Neither), Small: n < smallBelow,
		From: NewRate(int(p.Both+p.Left), n, why), To: NewRate(int(p.Both+p.Joined), n, why),
	}
	difference, ok := stats.NewcombePaired(p)
	if !ok {
		c.Reason = why
		return c
	}
	value, found := stats.McNemar(p.Joined, p.Left), NoDifference
	switch {
	case value >= significant:
	case p.Joined > p.Left:
		found = More
	default:
		found = Fewer
	}
	c.Difference, c.Lo, c.Hi, c.P, c.Verdict = &difference.Value, &difference.Lo, &difference.Hi, &value, &found
	return c
}
