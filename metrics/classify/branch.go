package classify

import "github.com/trodden/trodden/metrics"

// branch is the first-parent history of the default branch: when each commit landed, and which commits
// stand behind it.
type branch struct {
	dates   []metrics.Instant  // by position: adjusted landing dates, never decreasing
	commits [][]metrics.Commit // by position: the landed commit, then those behind it, oldest first
	humans  []bool             // by position: a human had a part in it
	grafted bool               // history before position 0 is cut off
	walked  int                // how many positions are commits; behind them come sightings
	sights  []sighting         // of heads whose history was not read, oldest first
	newest  *metrics.Reading   // the last one of such a head, which is the newest there is; nil where history holds it
	pulls   pulls
	creator metrics.AliasID // of the repository
	repo    string          // its identity
	people  *People
	pushed  metrics.Instant // the last push that is known of, where sights are newer than commits
}

// sighting is a head that was seen, with its files, at another state than before.
type sighting struct {
	at    metrics.Instant
	files uint64
}

// newBranch dates the landed commits of a chain of walks. A date that runs backwards, or that lies after
// the reading, takes its predecessor's.
func newBranch(f metrics.History, people *People) *branch {
	b := &branch{pulls: newPulls(f.Pulls), creator: f.Repo.Creator, repo: f.Repo.Name, people: people}
	if len(f.Walks) == 0 {
		b.see(f)
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
		b.land(f.Commits[from:to], read[f.Commits[from].Walk])
		from = to
	}
	b.see(f)
	return b
}

// see adds what was seen of the files beyond the history that was read, as positions of their own: at those moments
// the files were so, be it since when, by whom. What history says of a moment takes the place of it.
func (b *branch) see(f metrics.History) {
	b.walked = len(b.dates)
	beyond := newBeyond(f, b)
	for i := range f.Readings {
		r := &f.Readings[i]
		if r.Files == 0 || !r.Complete || b.newest == nil && !beyond.holds(r) {
			continue
		}
		b.newest = r
		if n := len(b.sights); n > 0 && b.sights[n-1].files == r.Files {
			continue
		}
		at := r.At
		if n := len(b.dates); n > 0 {
			at = max(at, b.dates[n-1])
		}
		b.sights = append(b.sights, sighting{at, r.Files})
		b.dates = append(b.dates, at)
		b.commits = append(b.commits, []metrics.Commit{{Repo: f.Repo.ID, Committed: at}})
		b.humans = append(b.humans, false)
	}
	if len(b.sights) > 0 {
		b.pushed = f.Repo.LastPush
	}
}

// sighted reports whether a position is none of a commit.
func (b *branch) sighted(pos int) bool { return pos >= b.walked }

func (b *branch) land(group []metrics.Commit, read metrics.Instant) {
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
	b.dates = append(b.dates, max(date, last))
	b.commits = append(b.commits, group)
	human, pos := false, len(b.commits)-1
	for i := range group {
		human = human || b.human(pos, &group[i])
	}
	b.humans = append(b.humans, human)
}

// human reports whether a human had a part in a commit that landed at a position, or behind it.
func (b *branch) human(pos int, c *metrics.Commit) bool {
	creator := metrics.AliasID(0)
	if pos == 0 { // later it is no sign that people work in it
		creator = b.creator
	}
	return b.people.human(c, b.pulls[b.commits[pos][0].OID], creator)
}

// active returns the times during which a human commit was at most within old, in order and apart.
func (b *branch) active(within metrics.Instant) []metrics.Period {
	return b.lately(within, func(pos int) bool { return b.humans[pos] })
}

// moved returns the times during which any commit was at most within old, in order and apart.
func (b *branch) moved(within metrics.Instant) []metrics.Period {
	return b.lately(within, func(pos int) bool { return !b.sighted(pos) })
}

func (b *branch) lately(within metrics.Instant, counts func(pos int) bool) []metrics.Period {
	var list []metrics.Period
	for pos, at := range b.dates {
		if !counts(pos) {
			continue
		}
		until := min(at+within, metrics.Forever)
		if n := len(list); n > 0 && list[n-1].To >= at {
			list[n-1].To = until
		} else {
			list = append(list, metrics.Period{From: at, To: until})
		}
	}
	if b.pushed != metrics.Beginning {
		list = union(append(list, metrics.Period{From: b.pushed, To: min(b.pushed+within, metrics.Forever)}))
	}
	return list
}
