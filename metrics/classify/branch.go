package classify

import "github.com/trodden/trodden/metrics"

// branch is the first-parent history of the default branch: when each commit landed, and which commits
// stand behind it.
type branch struct {
	dates   []metrics.Instant  // by position: adjusted landing dates, never decreasing
	commits [][]metrics.Commit // by position: the landed commit, then those behind it, oldest first
	humans  []bool             // by position: a human had a part in it
	grafted bool               // history before position 0 is cut off
}

// newBranch dates the landed commits of a chain of walks. A date that runs backwards, or that lies after
// the reading, takes its predecessor's.
func newBranch(f metrics.History, people *People) *branch {
	b := &branch{}
	if len(f.Walks) == 0 {
		return b
	}
	b.grafted = f.Walks[0].Grafted
	read := make(map[metrics.WalkID]metrics.Instant, len(f.Walks))
	for _, w := range f.Walks {
		read[w.ID] = w.At
	}
	for from := 0; from < len(f.Commits); {
		to := from + 1
		for to < len(f.Commits) && f.Commits[to].Pos == f.Commits[from].Pos {
			to++
		}
		b.land(f.Commits[from:to], read[f.Commits[from].Walk], people)
		from = to
	}
	return b
}

func (b *branch) land(group []metrics.Commit, read metrics.Instant, people *People) {
	date := group[0].Committed
	last, first := metrics.Beginning, len(b.dates) == 0
	if !first {
		last = b.dates[len(b.dates)-1]
	}
	switch {
	case date > read && first:
		date = read
	case date > read:
		date = last
	}
	human := false
	for i := range group {
		human = human || people.human(&group[i])
	}
	b.dates = append(b.dates, max(date, last))
	b.commits = append(b.commits, group)
	b.humans = append(b.humans, human)
}

// active returns the times during which a human commit was at most within old, in order and apart.
func (b *branch) active(within metrics.Instant) []metrics.Period {
	var list []metrics.Period
	for pos, at := range b.dates {
		if !b.humans[pos] {
			continue
		}
		until := min(at+within, metrics.Forever)
		if n := len(list); n > 0 && list[n-1].To >= at {
			list[n-1].To = until
		} else {
			list = append(list, metrics.Period{From: at, To: until})
		}
	}
	return list
}
