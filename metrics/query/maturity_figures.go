package query

import (
	"context"
	_ "embed"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

var (
	//go:embed contributions.sql
	contributionsSQL string
	//go:embed unseen.sql
	unseenSQL string
)

// comings are the decisions for a path, and the exits, of some weeks.
type comings struct {
	flow
	entries int // decisions for the path
	unknown int // of them, those of unknown origin
	stuck   int // of them, those that had no choice although no mandate left none
	unseen  int // units on the path that nobody saw come
}

// comingsOf counts them by path, from the same rows as the voluntary flow.
func comingsOf(ctx context.Context, db DB, q MaturityQuestion) (map[metrics.PathKey]*comings, error) {
	args := DecisionsQuestion{Path: q.Path, Team: q.Team, Group: q.Group, From: q.from(), AsOf: q.AsOf}.args(map[string]any{
		"unit": "year", "first": moment(q.from()),
	})
	decided, err := ask[flowCount](ctx, db, "for the voluntary flow", voluntaryFlowSQL, args)
	if err != nil {
		return nil, err
	}
	unseen, err := ask[struct {
		Path  string `ch:"path"`
		Units uint64 `ch:"units"`
	}](ctx, db, "for stays that nobody saw begin", unseenSQL, args)
	came := make(map[metrics.PathKey]*comings)
	on := func(path string) *comings {
		key := metrics.PathKey(path)
		if came[key] == nil {
			came[key] = new(comings)
		}
		return came[key]
	}
	for _, r := range decided {
		on(r.Path).add(r)
	}
	for _, r := range unseen {
		on(r.Path).unseen = int(r.Units)
	}
	return came, err
}

func (c *comings) add(r flowCount) {
	c.flow.add(r)
	if !r.InFavour {
		return
	}
	n := int(r.Units)
	c.entries += n
	origin := metrics.Origin(r.Origin)
	if origin == metrics.UnknownOrigin {
		c.unknown += n
	}
	if !r.Choice && origin != metrics.Mandated && origin != metrics.Enforced {
		c.stuck += n
	}
}

// joins is the number of free decisions for the path.
func (c *comings) joins() int { return c.free[metrics.Birth][1] + c.free[metrics.Entry][1] }

func (c *comings) exits() int { return c.free[metrics.Exit][0] }

// pull is the share of free ones among all decisions for the path.
func (c *comings) pull() PullRate {
	p := PullRate{Rate: NewRate(c.joins(), c.entries, metrics.ReasonEmpty), Unknown: c.unknown, Unseen: c.unseen}
	switch {
	case c.entries > 0 && c.stuck == c.entries:
		p.Rate = Undefined(metrics.ReasonNoAlternative)
		return p
	case c.entries == 0 && c.unseen > 0, c.entries > 0 && c.unknown == c.entries:
		p.Rate = Undefined(metrics.ReasonAllUnknown)
	}
	all := c.entries + c.unseen
	p.Bounds = bound(all, c.joins(), all, c.joins()+c.flow.unknown[1]+c.unseen, all)
	return p
}

func (c *comings) netFlow() NetFlow {
	value := c.joins() - c.exits()
	return NetFlow{
		Value: &value, Joins: c.joins(), Births: c.free[metrics.Birth][1], Entries: c.free[metrics.Entry][1], Exits: c.exits(),
		Bounds: &[2]int{value - c.flow.unknown[0], value + c.flow.unknown[1] + c.unseen},
	}
}

// lasting tells which share of the chosen stays lasts.
func lasting(found map[Manner]stays) Lasting {
	chosen, open := found[ByChoice], found[ofUnknown]
	l := Lasting{Days: triedDays, Spells: chosen.count, Left: chosen.left}
	if chosen.count == 0 {
		l.Reason = metrics.ReasonEmpty
		return l
	}
	l.Reason = metrics.ReasonNotReached
	if p, ok := chosen.lasted.KaplanMeier().At(triedDays); ok {
		l.S, l.Lo, l.Hi, l.AtRisk, l.Reason = &p.S, &p.Lo, &p.Hi, p.AtRisk, ""
	}
	var tried, stayed stats.LifeTable
	for _, s := range open.lasted {
		if s.Days <= triedDays && s.Ended > 0 {
			tried = append(tried, stats.LifeTableRow{Days: s.Days, Ended: s.Ended})
			s.Ended = 0
		}
		if s.Ended+s.Censored > 0 {
			stayed = append(stayed, s)
		}
	}
	worst, _ := survives(chosen.lasted.And(tried))
	_, best := survives(chosen.lasted.And(stayed))
	l.Bounds = &Bounds{worst, best}
	return l
}

// survives returns the least and the greatest share that can last 90 days: what the curve says there, or what it
// leaves open.
func survives(lasted stats.LifeTable) (least, greatest float64) {
	curve := lasted.KaplanMeier()
	if p, ok := curve.At(triedDays); ok {
		return p.S, p.S
	}
	points := curve.Points()
	return 0, points[len(points)-1].S
}

// changesRow is a row of contributions.sql.
type changesRow struct {
	Path      string   `ch:"path"`
	Wanted    []string `ch:"wanted"` // globs of those that provide the path
	Repo      string   `ch:"repo"`   // one that does; "" where none is known
	Found     []string `ch:"found"`  // the globs that mean it
	Whole     bool     `ch:"whole"`
	Platform  uint32   `ch:"platform"`
	Outside   uint32   `ch:"outside"`
	Automated uint32   `ch:"automated"`
	Unknown   uint32   `ch:"unknown"`
}

// outside tells from where the changes of a path came.
func outside(path metrics.PathKey, rows []changesRow) OutsideRate {
	o := OutsideRate{Repos: []string{}, Unread: []string{}}
	var wanted, found []string
	num := 0
	for _, r := range rows {
		if metrics.PathKey(r.Path) != path {
			continue
		}
		wanted, found, num = r.Wanted, append(found, r.Found...), num+int(r.Outside)
		o.Platform, o.Automated, o.Unknown = o.Platform+int(r.Platform), o.Automated+int(r.Automated), o.Unknown+int(r.Unknown)
		switch {
		case r.Whole:
			o.Repos = append(o.Repos, r.Repo)
		case r.Repo != "":
			o.Unread = append(o.Unread, r.Repo)
		}
	}
	for _, glob := range wanted {
		if !slices.Contains(found, glob) {
			o.Unread = append(o.Unread, glob)
		}
	}
	o.rate(num, len(wanted) > 0)
	return o
}

// rate gives the share of num changes from outside, and its bounds.
func (o *OutsideRate) rate(num int, provided bool) {
	den, why := num+o.Platform, metrics.ReasonEmpty
	switch {
	case !provided:
		why = metrics.ReasonNoProvider
	case o.Unknown > 0:
		why = metrics.ReasonAllUnknown
	case len(o.Unread) > 0:
		why = metrics.ReasonNotRead
	}
	o.Rate = NewRate(num, den, why)
	o.Bounds = bound(den+o.Unknown, num, den+o.Unknown, num+o.Unknown, den+o.Unknown)
	if len(o.Unread) > 0 {
		o.Bounds = &Bounds{0, 1}
	}
}
