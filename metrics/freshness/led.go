package freshness

import (
	"cmp"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// Made are human commits of one moment.
type Made struct {
	At      metrics.Instant
	Commits int
	Teams   []metrics.TeamKey // of who made them; none where that is nobody who is known to be in one
	Perhaps bool              // they may have been made elsewhere in the repository
}

// led reports whether some team has most of the commits of 180 days, even if all people who are not known to be in a team were
// one. Other teams may have as many.
func (w *Work) led() bool {
	top := w.top("")
	return top.In180 > 0 && top.In180 >= w.Unplaced.In180
}

// LedSince returns since when, without a break until now, some team or other had most of the commits of the 180 days before
// each moment, and somebody had committed within 90, by the same rules by which that makes idle owners wrong; from the first
// moment that is asked for on. It is Beginning where that is not so now. What was made in the 180 days before that moment has to
// be known, too. The list is sorted.
func LedSince(made []Made, from, now metrics.Instant) metrics.Instant {
	slices.SortFunc(made, func(a, b Made) int { return cmp.Compare(a.At, b.At) })
	w, since := Work{}, metrics.Beginning
	for at, in, out, past := from, 0, 0, 0; ; {
		for ; in < len(made) && made[in].At <= at; in++ {
			w.made(&made[in], 1)
			w.lately(&made[in], 1)
		}
		for ; out < in && made[out].At+long < at; out++ {
			w.made(&made[out], -1)
		}
		for ; past < in && made[past].At+lately < at; past++ {
			w.lately(&made[past], -1)
		}
		if !w.led() || w.All.In90 == 0 {
			since = metrics.Beginning
		} else if since == metrics.Beginning {
			since = at
		}
		at = now + 1
		if in < len(made) {
			at = made[in].At
		}
		if out < in {
			at = min(at, made[out].At+long+1)
		}
		if past < in {
			at = min(at, made[past].At+lately+1)
		}
		if at > now {
			return since
		}
	}
}

// lately adds commits to those of 90 days, or takes them away. That they may have been made elsewhere is not enough.
func (w *Work) lately(m *Made, sign int) {
	if !m.Perhaps {
		w.All.In90 += sign * m.Commits
	}
}

// made adds commits to those of 180 days, or takes them away.
func (w *Work) made(m *Made, sign int) {
	if len(m.Teams) == 0 {
		w.Unplaced.In180 += sign * m.Commits
	}
	for _, team := range m.Teams {
		if m.Perhaps {
			break
		}
		i := slices.IndexFunc(w.Teams, func(t TeamWork) bool { return t.Team == team })
		if i < 0 {
			i, w.Teams = len(w.Teams), append(w.Teams, TeamWork{Team: team})
		}
		w.Teams[i].In180 += sign * m.Commits
	}
}
