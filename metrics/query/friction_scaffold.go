package query

import (
	"cmp"
	"context"
	_ "embed"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed friction_firsts.sql
	frictionFirstsSQL string
	//go:embed friction_firsts_units.sql
	frictionFirstsUnitsSQL string
	//go:embed friction_hosted.sql
	frictionHostedSQL string
)

// lead is how long a new repository took to a first success, or for how long it was watched without, in seconds. A fate other
// than using and not using says why it does not count.
type lead struct {
	life    *life
	path    metrics.PathKey
	team    metrics.TeamKey // at birth
	measure FrictionMeasure
	birth   uint32
	fate    string
	done    bool
	seconds uint32
}

// success says of a repository when it first succeeded and when its successes are known.
type success struct {
	first   uint32 // 0 for never
	watched periods
}

// successes are those of a repository by one measure and the other.
type successes [2]success

// leadMeasures are the two that leads are of.
func leadMeasures() [2]FrictionMeasure { return [2]FrictionMeasure{ScaffoldLead, DeployLead} }

// host is what the host of a repository says of it.
type host struct {
	name    string
	created uint32
}

// askLead calls do for what each new repository took, by path and measure. What is known of a success is known of those whose
// runs are known from their first commit on, or from when their host has them; deployments where a source tells of any.
func (f *friction) askLead(ctx context.Context, db DB, hosts map[uint64]host, do func(*lead)) error {
	known, err := f.askSuccesses(ctx, db)
	if err != nil {
		return err
	}
	lives, err := f.lives()
	if err != nil {
		return err
	}
	nothing := &successes{}
	for _, unit := range lives.units {
		birth, created := unit.birth(), hosts[unit.repo].created
		begun := metrics.Instant(birth.begins)
		if begun < f.From || f.To > 0 && begun >= f.To || !lives.wanted[birth.team] {
			continue
		}
		fate := unit.fate(birth, f.known.BornWithin, created, uint32(f.AsOf))
		if fate == "" {
			continue
		}
		found := cmp.Or(known[unit.repo], nothing)
		one := lead{life: unit, path: f.paths[unit.place].Key, team: lives.teams[birth.team], birth: birth.begins}
		for i, m := range leadMeasures() {
			one.measure, one.fate = m, fate
			one.watch(&found[i], max(birth.begins, created), min(unit.followed(), uint32(f.AsOf)))
			do(&one)
		}
	}
	return nil
}

// askHosts asks what hosts say of all repositories.
func (f *friction) askHosts(ctx context.Context, db DB) (map[uint64]host, error) {
	var (
		repo uint64
		one  host
		all  = make(map[uint64]host)
	)
	err := askEach(ctx, db, "what hosts say of repositories", frictionHostedSQL, f.args(), []any{&repo, &one.name, &one.created}, func() error {
		all[repo] = one
		return nil
	})
	return all, err
}

// watch says how long it took, where it was there from one moment to another.
func (l *lead) watch(s *success, from, to uint32) {
	until := s.watched.until(from)
	counts := l.fate == string(Using) || l.fate == string(NotUsing)
	switch {
	case counts && len(s.watched) == 0:
		l.fate = string(metrics.ReasonNotMeasured)
	case counts && until <= from:
		l.fate = string(metrics.ReasonKnownLater)
	}
	until = min(until, to)
	if l.done = s.first > 0 && s.first <= until; l.done {
		until = s.first
	}
	l.seconds = max(until, l.birth) - l.birth
}

// askSuccesses asks for the first successes of all repositories.
func (f *friction) askSuccesses(ctx context.Context, db DB) (map[uint64]*successes, error) {
	watch, err := f.watch()
	if err != nil {
		return nil, err
	}
	all := make(map[uint64]*successes)
	of := func(repo uint64) *successes {
		if all[repo] == nil {
			all[repo] = &successes{}
		}
		return all[repo]
	}
	for one, times := range watch {
		for i, m := range leadMeasures() {
			if one.deploys == (m == DeployLead) {
				of(one.repo)[i].watched = times
			}
		}
	}
	var (
		repo    uint64
		first   uint32
		measure string
	)
	err = askEach(ctx, db, "for the first successes", frictionFirstsSQL, f.args(), []any{&repo, &measure, &first}, func() error {
		for i, m := range leadMeasures() {
			if string(m) == measure {
				of(repo)[i].first = first
			}
		}
		return nil
	})
	return all, err
}

// leads are the times of new repositories on one path by one measure.
type leads struct {
	ended, goOn [2][]uint32 // using, not using
	left        map[metrics.Reason]int
}

// askLeads returns the rows of the times from the first commit to a first success.
func (f *friction) askLeads(ctx context.Context, db DB) (list []FrictionRow, err error) {
	found := make([][2]leads, len(f.paths))
	hosts, err := f.askHosts(ctx, db)
	if err != nil {
		return nil, err
	}
	err = f.askLead(ctx, db, hosts, func(l *lead) {
		of := 0
		if l.measure == DeployLead {
			of = 1
		}
		found[l.life.place][of].add(l)
	})
	for i, path := range f.paths {
		list = append(list, f.compareLeads(ScaffoldLead, path, &found[i][0], f.known.Runs > 0)...)
		list = append(list, f.compareLeads(DeployLead, path, &found[i][1], f.known.Deployments > 0)...)
	}
	return list, err
}

// add adds one.
func (l *leads) add(one *lead) {
	side := slices.Index([]FrictionGroup{Using, NotUsing}, FrictionGroup(one.fate))
	switch {
	case side < 0:
		if l.left == nil {
			l.left = make(map[metrics.Reason]int)
		}
		l.left[metrics.Reason(one.fate)]++
	case one.done:
		l.ended[side] = append(l.ended[side], one.seconds)
	default:
		l.goOn[side] = append(l.goOn[side], one.seconds)
	}
}

// compareLeads makes the rows of a measure on a path. Nothing is measured, either, where of those that would count
// nothing is known.
func (f *friction) compareLeads(m FrictionMeasure, path PathRow, l *leads, known bool) []FrictionRow {
	counted := len(l.ended[0]) + len(l.ended[1]) + len(l.goOn[0]) + len(l.goOn[1])
	unknown := l.left[metrics.ReasonNotMeasured] + l.left[metrics.ReasonKnownLater]
	of := [2]took{newTook(l.ended[0], l.goOn[0]), newTook(l.ended[1], l.goOn[1])}
	return f.compare(m, path, [2]FrictionGroup{Using, NotUsing}, of, known && (counted > 0 || unknown == 0), leftOut(l.left))
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
	Run       *RunRef         `json:"run"`    // that succeeded first; null where none is known, and of deployments
	Reason    metrics.Reason  `json:"reason"` // why it does not count
}

// Key returns where the row stands in the list.
func (r LeadRow) Key() FrictionKey {
	return FrictionKey{Repo: r.Repo, Component: r.Component, Path: r.Path, Measure: r.Measure}
}

// Leads returns the new repositories that the times to a first success are of, and those that do not count, by
// repository, component, path and measure: those that follow after (nil: from the first), at most so many (0: all).
// Only ScaffoldLead and DeployLead have any.
func Leads(ctx context.Context, db DB, q FrictionListQuestion, after *FrictionKey, most int) ([]LeadRow, error) {
	return listFriction(ctx, db, "leads", q, after, most, func(*friction) int { return most }, q.leads)
}

// leads returns those of some repositories.
func (q *FrictionListQuestion) leads(ctx context.Context, db DB, p *frictionPage) (list []LeadRow, err error) {
	firsts, err := ask[struct {
		Repo    uint64 `ch:"repo"`
		ID      uint64 `ch:"id"`
		Attempt uint16 `ch:"attempt"`
	}](ctx, db, "which run succeeded first", frictionFirstsUnitsSQL, p.args())
	if err != nil {
		return nil, err
	}
	runs := make(map[uint64]*RunRef)
	for _, r := range firsts {
		runs[r.Repo] = &RunRef{r.ID, r.Attempt}
	}
	err = p.askLead(ctx, db, p.hosts, func(l *lead) {
		row := l.row(p.hosts[l.life.repo].name)
		if row.Ended && row.Measure == ScaffoldLead {
			row.Run = runs[l.life.repo]
		}
		group := NeitherGroup
		if row.Group != nil {
			group = *row.Group
		}
		if (q.Measure == "" || row.Measure == q.Measure) && q.has(group) {
			list = append(list, row)
		}
	})
	return list, err
}

// row is what answers say of it.
func (l *lead) row(name string) LeadRow {
	row := LeadRow{
		Repo: name, Component: l.life.component, Team: l.team, Path: l.path, Measure: l.measure, From: metrics.Instant(l.birth).Time(),
	}
	switch group := FrictionGroup(l.fate); group {
	case Using, NotUsing:
		hours := inHours(l.seconds)
		row.Group, row.Ended, row.Hours = &group, l.done, &hours
	default:
		row.Reason = metrics.Reason(l.fate)
	}
	return row
}
