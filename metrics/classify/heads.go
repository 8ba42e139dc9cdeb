package classify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// beyond tells readings of heads that lie beyond the history that was read from those that it holds. Several sources may
// have a repository: a clone that is behind its host, or one that is ahead. The newest head counts, whichever source was
// read last.
type beyond struct {
	walk    metrics.Walk               // the last one; the zero Walk where no history was read
	ends    metrics.Instant            // when its head was committed
	commits map[metrics.OID]struct{}   // of the history
	walked  map[string]metrics.Instant // by source: when it last read history
}

// newBeyond returns what tells readings of a repository apart, of which the history is in a branch.
func newBeyond(f metrics.History, b *branch) beyond {
	x := beyond{}
	if len(f.Walks) == 0 {
		return x
	}
	x.walk, x.walked = f.Walks[len(f.Walks)-1], make(map[string]metrics.Instant)
	if n := len(b.dates); n > 0 {
		x.ends = b.dates[n-1]
	}
	sees := false
	for i := range f.Readings {
		if r := &f.Readings[i]; r.Complete && r.Files == 0 {
			x.walked[r.Source] = r.At
		} else if r.Complete {
			sees = true
		}
	}
	if sees { // few repositories have both
		x.commits = make(map[metrics.OID]struct{}, len(f.Commits))
		for i := range f.Commits {
			x.commits[f.Commits[i].OID] = struct{}{}
		}
	}
	return x
}

// holds reports whether a reading saw what the history does not say: a head that is none of its commits, when its own
// head was there already; or its own head, of which other files are looked at by now. A source that read history since
// has said all that there is.
func (x beyond) holds(r *metrics.Reading) bool {
	if x.walk.ID == 0 {
		return true
	}
	if r.At <= x.walked[r.Source] {
		return false
	}
	if r.Head != "" && r.Head == x.walk.Head {
		return r.Watched != x.walk.Watched && r.At > x.walk.At
	}
	_, held := x.commits[r.Head]
	return !held && r.At >= x.ends
}

// outdated tells of sources that have an older head than the one that counts, though they were read when that was there
// already: a clone that nobody fetches, most of the time.
func outdated(f *metrics.History, b *branch) []metrics.Warning {
	last := make(map[string]*metrics.Reading)
	for i := range f.Readings {
		if r := &f.Readings[i]; r.Complete {
			last[r.Source] = r
		}
	}
	if len(last) < 2 {
		return nil
	}
	head, since := b.head(f)
	var having, others []string
	for _, source := range slices.Sorted(maps.Keys(last)) {
		switch r := last[source]; {
		case r.Head == head:
			having = append(having, source)
		case r.At >= since:
			others = append(others, fmt.Sprintf("%s (%s)", source, headWords(r.Head)))
		}
	}
	if head == "" || len(having) == 0 || len(others) == 0 {
		return nil
	}
	why := "newer than what is in"
	if b.newest != nil {
		why = "not in the history of"
	}
	return []metrics.Warning{{Repo: f.Repo.ID, Message: fmt.Sprintf("%s of %s counts: it is %s %s",
		headWords(head), strings.Join(having, ", "), why, strings.Join(others, ", "))}}
}

// head returns the head that counts, and since when it was there for sure.
func (b *branch) head(f *metrics.History) (head metrics.OID, since metrics.Instant) {
	switch n := len(f.Walks); {
	case b.newest != nil && f.Repo.LastPush != metrics.Beginning:
		return b.newest.Head, min(b.newest.At, f.Repo.LastPush)
	case b.newest != nil:
		return b.newest.Head, b.newest.At
	case n > 0 && b.walked > 0:
		return f.Walks[n-1].Head, b.dates[b.walked-1]
	}
	return "", metrics.Forever
}

// shownOID is how many digits of an object id people are shown.
const shownOID = 7

func headWords(head metrics.OID) string {
	if head == "" {
		return "no commit"
	}
	text := head.String()
	return text[:min(len(text), shownOID)]
}
