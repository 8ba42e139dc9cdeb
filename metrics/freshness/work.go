package freshness

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// of returns what a team did; nothing where it is not among those that did anything.
func (w *Work) of(team metrics.TeamKey) TeamWork {
	for _, t := range w.Teams {
		if t.Team == team {
			return t
		}
	}
	return TeamWork{Team: team}
}

// top returns the team with most commits of 180 days but one; of equals the first by key.
func (w *Work) top(but metrics.TeamKey) TeamWork {
	var top TeamWork
	for _, t := range w.Teams {
		if t.Team == but || t.In180 == 0 {
			continue
		}
		if t.In180 > top.In180 || t.In180 == top.In180 && t.Team < top.Team {
			top = t
		}
	}
	return top
}

// rival returns the most commits of 180 days that any team but one could have.
func (w *Work) rival(but metrics.TeamKey) int {
	most := 0
	for _, t := range w.Teams {
		if t.Team != but {
			most = max(most, t.In180+t.Maybe.In180)
		}
	}
	return most
}

// none reports whether a team has none of some commits, given how many it is known to have, how many more may have been made
// here, and how many were made by anybody. Who is not in a team whose members are all known cannot have been in it; in one
// of which that is not known may be who is known to be in another.
func (w *Work) none(t *Team, its, maybe, anybodys int) metrics.Truth {
	switch {
	case its > 0:
		return metrics.No
	case w.Known && maybe == 0 && (t.Known || anybodys == 0):
		return metrics.Yes
	}
	return metrics.Maybe
}

// commits reports whether a member of the team committed within 90 days.
func (w *Work) commits(t *Team) metrics.Truth {
	its := w.of(t.Key)
	return w.none(t, its.In90, its.Maybe.In90, w.All.In90+w.Maybe.In90).Not()
}

// idle reports whether no member of the team committed within 180 days.
func (w *Work) idle(t *Team) metrics.Truth {
	its := w.of(t.Key)
	return w.none(t, its.In180, its.Maybe.In180, w.All.In180+w.Maybe.In180)
}

// most reports whether no team has more commits of 180 days than this one, which has some. It is certain only where neither
// commits that may have been made elsewhere nor people who are in no known team could turn it, whichever team they are in. All
// people may be in a team whose members are not all known.
func (w *Work) most(t *Team) metrics.Truth {
	its := w.of(t.Key)
	could := its.In180 + its.Maybe.In180
	if !t.Known {
		could = w.All.In180 + w.Maybe.In180
	}
	switch {
	case !w.Known:
		return metrics.Maybe
	case could == 0 || could < w.top(t.Key).In180:
		return metrics.No
	case its.In180 > 0 && its.In180 >= w.rival(t.Key)+w.Unplaced.In180:
		return metrics.Yes
	}
	return metrics.Maybe
}

// holder returns the team that certainly has more commits of 180 days than any other, and how many of how many.
func (w *Work) holder() (metrics.TeamKey, Holds) {
	top := w.top("")
	if w.Known && top.In180 > w.rival(top.Team)+w.Unplaced.In180 {
		return top.Team, Holds{top.In180, w.All.In180 + w.Maybe.In180}
	}
	return "", Holds{}
}

// quiet reports whether nobody committed for 90 days.
func (w *Work) quiet() metrics.Truth {
	switch {
	case w.All.In90 > 0:
		return metrics.No
	case w.Known && w.Maybe.In90 == 0:
		return metrics.Yes
	}
	return metrics.Maybe
}

// Doubt adds the commits of other work, each of which was made here or was not.
func (w *Work) Doubt(other Work) {
	w.Maybe.add(other.All, other.Maybe)
	w.Unplaced.add(other.Unplaced)
	w.Teams = slices.Clone(w.Teams)
	for _, t := range other.Teams {
		i := slices.IndexFunc(w.Teams, func(has TeamWork) bool { return has.Team == t.Team })
		if i < 0 {
			i, w.Teams = len(w.Teams), append(w.Teams, TeamWork{Team: t.Team})
		}
		w.Teams[i].Maybe.add(t.Count, t.Maybe)
	}
}

func (c *Count) add(others ...Count) {
	for _, other := range others {
		c.In90 += other.In90
		c.In180 += other.In180
	}
}
