package collectors

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Known is what the store has of a source as a whole. A listing goes on from it, and says in it how it ended.
type Known struct {
	// Mark is what the last listing left of which everything was read, or found to be unreadable. It is "" where
	// there is none, and in a full run: then everything has to be listed. It belongs to the source, which has to
	// see for itself that it still holds, for instance that the same is configured.
	Mark string
	// Repos are the repositories that the source has, as far as is known, by id.
	Repos []Had
	// Only, where it is not nil, holds the repositories that are asked for: others need not be listed, nor those
	// that are not there any more, and no mark is kept. A source that cannot ask for some alone lists as ever.
	Only Only
	// Anew says that what the source looks at from time to time only is to be looked at now.
	Anew bool
	// Members are those whom the source saw in teams of its host, periods that are over included.
	Members []metrics.Membership

	ended bool
	mark  func() string
	keeps bool // the mark says too what was left unread
	whole bool

	missed func() map[string]Gap // what is not read beside files
	denied func() []Refusal      // likewise, because the host denies it

	begun  metrics.Instant // of the listing that this one goes on with
	broken func() string   // the mark of a listing that was broken off
	total  int
	takes  int
}

// Had is what the store has of a repository of a source: what the source said of it last, and Last.
type Had struct {
	metrics.Repo
	Last Last
}

// unknown reports whether the last try to read it failed.
func (h *Had) unknown() bool {
	return h.Last.Reading.At != metrics.Beginning && !h.Last.Reading.Complete
}

// End says how a listing without an error ended: which mark it leaves for the next one, and whether it listed the
// whole of what there is or only what may be new since the mark. Repositories that are not in a listing of news
// are there as they were.
func (k *Known) End(mark string, whole bool) {
	k.ended, k.mark, k.whole = true, func() string { return mark }, whole
}

// EndRound is End for a mark that says too what was left unread of what was listed: it is asked for when all reading is
// over, and left even if something was.
func (k *Known) EndRound(mark func() string, whole bool) {
	k.ended, k.mark, k.keeps, k.whole = true, mark, true, whole
}

// BreakOff says that a listing ends before its end because nothing more may be asked, and which mark lets the next one
// go on there, with what was listed and left unread. The mark is asked for when all reading is over.
func (k *Known) BreakOff(mark func() string) { k.broken = mark }

// Resume says that a listing goes on with one that was broken off and had begun then: what was listed since is part of
// it.
func (k *Known) Resume(begun metrics.Instant) { k.begun = begun }

// Miss says what is not read beside files, as people are told of it: of how many repositories, and of none where it belongs
// to no repository. It is asked for when all reading is over: the run is not complete with it.
func (k *Known) Miss(missed func() map[string]Gap) { k.missed = missed }

// Deny says what is not read beside files because the host denies it. It is asked for when all reading is over, and the run
// is complete without it.
func (k *Known) Deny(denied func() []Refusal) { k.denied = denied }

// Expect says how many repositories there are, and how many requests a list of all of them takes.
func (k *Known) Expect(total, requests int) { k.total, k.takes = total, requests }

// News reports whether a listing ended, and named only what may be new: what it did not name is there as it was.
func (k *Known) News() bool { return k.ended && !k.whole }

// memory is what the store has of the repositories of all sources when a run begins.
type memory struct {
	rows     []metrics.Repo         // oldest first
	last     map[metrics.RepoID]int // the place of the newest row of each
	listings []metrics.Listing
}

// newest is the last that any source said of a repository; the zero Repo where it is new.
func (m memory) newest(id metrics.RepoID) metrics.Repo {
	if i, known := m.last[id]; known {
		return m.rows[i]
	}
	return metrics.Repo{}
}

// remember asks the store.
func remember(ctx context.Context, store Store) (m memory, err error) {
	if m.rows, err = store.Repos(ctx); err != nil {
		return m, fmt.Errorf("look up what repositories are known: %w", err)
	}
	slices.SortStableFunc(m.rows, func(a, b metrics.Repo) int { return cmp.Compare(a.Seen, b.Seen) })
	m.last = make(map[metrics.RepoID]int, len(m.rows))
	for i := range m.rows {
		m.last[m.rows[i].ID] = i
	}
	if m.listings, err = store.Listings(ctx); err != nil {
		return m, fmt.Errorf("look up the last listings: %w", err)
	}
	return m, nil
}

// known returns what there is of a source. Repositories that were missing from a whole list are not there.
func (m memory) known(source string, shard Shard, last func(metrics.RepoID) (Last, error)) (*Known, error) {
	k := &Known{}
	whole := metrics.Beginning
	if l, ok := m.listing(source, shard, func(l metrics.Listing) bool { return l.Whole }); ok {
		whole = l.At
	}
	if l, ok := m.listing(source, shard, func(metrics.Listing) bool { return true }); ok {
		k.Mark = unfinishedMark.ReplaceAllString(l.Mark, "")
	}
	newest := make(map[metrics.RepoID]metrics.Repo)
	for _, row := range m.rows {
		if row.Source == source {
			newest[row.ID] = row
		}
	}
	for id, row := range newest {
		if row.Seen < whole && shard.Holds(id) {
			continue
		}
		l, err := last(id)
		if err != nil {
			return nil, err
		}
		k.Repos = append(k.Repos, Had{row, l})
	}
	slices.SortFunc(k.Repos, func(a, b Had) int { return cmp.Compare(a.ID, b.ID) })
	return k, nil
}

// unfinished begins the mark of a listing of which something is left to read.
const unfinished = "unfinished "

// unfinishedMark matches what begins such a mark, with when the source was the first of several to be read, if it was.
var unfinishedMark = regexp.MustCompile(`^unfinished (?:first ([0-9]+) )?`)

// unfinishedSince is the beginning of the mark of a listing of a source that was the first to be read at a moment;
// Beginning for never.
func unfinishedSince(first metrics.Instant) string {
	if first == metrics.Beginning {
		return unfinished
	}
	return fmt.Sprintf("%sfirst %d ", unfinished, first)
}

// turn compares when it is the turn of two sources: those that lack something come before those that do not. Of those that
// do, the one that was the first longest ago comes first, and then, as of the others, the one that was finished longest
// ago. So none uses up all of every budget.
func (m memory) turn(a, b string, shard Shard) int {
	lacksA, firstA, sinceA := m.stands(a, shard)
	lacksB, firstB, sinceB := m.stands(b, shard)
	switch {
	case lacksA && !lacksB:
		return -1
	case lacksB && !lacksA:
		return 1
	}
	return cmp.Or(cmp.Compare(firstA, firstB), cmp.Compare(sinceA, sinceB))
}

// stands says of a source whether it lacks something, when it was the first to be read since then, and when it was
// finished the last time.
func (m memory) stands(source string, shard Shard) (lacks bool, first, since metrics.Instant) {
	finished := func(l metrics.Listing) bool { return !strings.HasPrefix(l.Mark, unfinished) }
	newest, known := m.listing(source, shard, func(metrics.Listing) bool { return true })
	whole, _ := m.listing(source, shard, finished)
	if lacks = !known || !finished(newest); known && lacks {
		if parts := unfinishedMark.FindStringSubmatch(newest.Mark); parts != nil && parts[1] != "" {
			at, _ := strconv.ParseInt(parts[1], 10, 64)
			first = metrics.Instant(at)
		}
	}
	return lacks, first, whole.At
}

// listing returns the newest listing of a source, for a part of the repositories, that is as wanted.
func (m memory) listing(source string, shard Shard, wanted func(metrics.Listing) bool) (newest metrics.Listing, ok bool) {
	for _, l := range m.listings {
		part := Shard{Index: int(l.Shard), Count: int(l.Shards)}
		if l.Source == source && part == shard && wanted(l) && (!ok || l.At >= newest.At) {
			newest, ok = l, true
		}
	}
	return newest, ok
}
