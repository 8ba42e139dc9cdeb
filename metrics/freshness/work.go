package freshness

import "github.com/trodden/trodden/metrics"

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

// none reports whether a team has none of some commits, given how many it is known to have and how many nobody is known
// to have. Who is not in a team whose members are all known cannot have been in it.
func (w *Work) none(t *Team, its, unplaced int) metrics.Truth {
	switch {
	case its > 0:
		return metrics.No
	case w.Known && (t.Known || unplaced == 0):
		return metrics.Yes
	}
	return metrics.Maybe
}

// commits reports whether a member of the team committed within 90 days.
func (w *Work) commits(t *Team) metrics.Truth {
	return w.none(t, w.of(t.Key).In90, w.Unplaced.In90).Not()
}

// idle reports whether no member of the team committed within 180 days.
func (w *Work) idle(t *Team) metrics.Truth {
	return w.none(t, w.of(t.Key).In180, w.Unplaced.In180)
}

// most reports whether no team has more commits of 180 days than this one, which has some. It is certain only where people
// who are in no known team could not turn it, whichever team they are in.
func (w *Work) most(t *Team) metrics.Truth {
	its, rival := w.of(t.Key).In180, w.top(t.Key).In180
	could := its
	if !t.Known {
		could += w.Unplaced.In180
	}
	switch {
	case !w.Known:
		return metrics.Maybe
	case could == 0 || could < rival:
		return metrics.No
	case its > 0 && its >= rival+w.Unplaced.In180:
		return metrics.Yes
	}
	return metrics.Maybe
}

// holder returns the team that certainly has more commits of 180 days than any other.
func (w *Work) holder() metrics.TeamKey {
	top := w.top("")
	if w.Known && top.In180 > w.top(top.Team).In180+w.Unplaced.In180 {
		return top.Team
	}
	return ""
}
