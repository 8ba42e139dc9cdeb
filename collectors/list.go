package collectors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
)

// listing is the listing of one source, and what became of it.
type listing struct {
	source Source
	known  *Known
	at     metrics.Instant
	first  metrics.Instant // when it was the first of several that lacked something; Beginning for never
	repos  int             // listed, of the part that is read
	others int             // likewise, of other parts
	read   int             // of these, to the end
	half   int             // of these, their files and not the rest
	fresh  int             // of whose files anything was new
	left   int             // of these, not read, or not to the end, because the budget was spent
	cut    bool            // not everything was listed
	missed map[string]int  // of how many repositories what could not be read beside their files
	seen   map[metrics.RepoID]bool
	spent  error // why nothing more may be asked; nil where it may
}

// list puts the repositories of a source into the queue.
func (r *run) list(ctx context.Context, source Source, queue chan<- work) (l *listing) {
	l = &listing{source: source, at: metrics.At(r.Now())}
	defer func() {
		if p := recover(); p != nil {
			r.Log.Error("source panicked", "source", source.Name(), "panic", p, "stack", string(debug.Stack()))
			r.partial(ctx, l, fmt.Errorf("panic: %v", p))
		}
	}()
	known, err := r.memory.known(source.Name(), r.Shard, func(id metrics.RepoID) (Last, error) { return r.last(ctx, source.Name(), id) })
	if err != nil {
		r.ledger.fail(ctx, fmt.Errorf("look up the repositories of %s: %w", source.Name(), err))
		return l
	}
	if known.Members, err = r.Store.Members(ctx, source.Name()); err != nil {
		r.ledger.fail(ctx, fmt.Errorf("look up the members of teams of %s: %w", source.Name(), err))
		return l
	}
	if r.Full {
		known.Mark = ""
	}
	known.Only, known.Anew = r.Only, r.Anew
	l.known = known
	r.fill(ctx, l, queue)
	return l
}

// fill makes pieces of work of what is listed.
func (r *run) fill(ctx context.Context, l *listing, queue chan<- work) {
	size := 1
	if b, ok := l.source.(Batched); ok {
		size = max(b.Chunk(), 1)
	}
	if r.Chunk > 0 {
		size = min(size, r.Chunk)
	}
	var chunk []metrics.Repo
	send := func() {
		select {
		case queue <- work{l, chunk}:
		case <-ctx.Done():
		}
		chunk = nil
	}
	seen, others := make(map[metrics.RepoID]bool), make(map[metrics.RepoID]bool)
	l.seen = seen
	had := make(map[metrics.RepoID]metrics.Repo, len(l.known.Repos))
	for _, h := range l.known.Repos {
		had[h.ID] = h.Repo
	}
	for repo, err := range l.source.Repos(ctx, l.known) {
		if err != nil {
			r.partial(ctx, l, err)
			continue
		}
		if !r.Only.Holds(repo) {
			continue
		}
		repo = r.identities.resolve(repo)
		if !r.Shard.Holds(repo.ID) {
			others[repo.ID] = true
			l.others = len(others)
			continue
		}
		if seen[repo.ID] {
			continue
		}
		seen[repo.ID] = true
		r.listed(l, 1)
		before, known := had[repo.ID]
		if !known {
			before = r.memory.newest(repo.ID) // it may have moved here from another source
		}
		r.compare(before, repo)
		if known && before.Archived && !repo.Archived && r.unarchived(ctx, before, repo) != nil {
			return
		}
		if chunk = append(chunk, repo); len(chunk) == size {
			send()
		}
		if ctx.Err() != nil {
			return
		}
	}
	if len(chunk) > 0 {
		send()
	}
	r.unmoved(l, seen)
}

// compare counts what became of a repository since it was listed before, if it was.
func (r *run) compare(before, now metrics.Repo) {
	if before.ID != now.ID {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if before.Name != now.Name {
		r.summary.Renamed++
	}
	if now.Archived && !before.Archived {
		r.summary.Archived++
	}
}

// unarchived writes that a repository was archived for a time, before what it is now takes the place of that.
func (r *run) unarchived(ctx context.Context, before, now metrics.Repo) error {
	was := metrics.Archival{Repo: now.ID, Source: now.Source, Period: metrics.Period{From: before.ArchivedSince(), To: max(now.Seen, before.ArchivedSince())}}
	return r.ledger.write(ctx, &metrics.Batch{Archivals: []metrics.Archival{was}})
}

// missing counts the repositories that are not in a list that is believed, and that no other source has.
func (r *run) missing(l *listing) (n int) {
	elsewhere := make(map[metrics.RepoID]bool)
	for i := range r.memory.rows {
		if source := r.memory.rows[i].Source; source != l.source.Name() && !r.Retired[source] {
			elsewhere[r.memory.rows[i].ID] = true
		}
	}
	for _, other := range r.listings { // which it moved to since
		if other != l {
			for id := range other.seen {
				elsewhere[id] = true
			}
		}
	}
	for _, h := range l.known.Repos {
		part := l.known.begun != metrics.Beginning && h.Seen >= l.known.begun
		if !l.seen[h.ID] && !elsewhere[h.ID] && !part && r.Shard.Holds(h.ID) {
			n++
		}
	}
	return n
}

// moved counts the repositories that a source does not list any more and that another one lists since now.
func (r *run) moved(l *listing) (n int) {
	for _, had := range l.known.Repos {
		arrived := func(other *listing) bool { return other != l && other.seen[had.ID] && !other.had(had.ID) }
		if !l.seen[had.ID] && r.Shard.Holds(had.ID) && slices.ContainsFunc(r.listings, arrived) {
			n++
		}
	}
	return n
}

// had reports whether the source had a repository before.
func (l *listing) had(id metrics.RepoID) bool {
	if l.known == nil {
		return false
	}
	_, found := slices.BinarySearchFunc(l.known.Repos, id, func(h Had, id metrics.RepoID) int { return cmp.Compare(h.ID, id) })
	return found
}

func (r *run) listed(l *listing, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l.repos += n
	r.stirred = time.Now()
	r.progress.Listed += n
	r.summary.Listed += n
}

// unmoved counts the repositories that are not in a listing of news: they are there as they were, unknown where they could
// not be read.
func (r *run) unmoved(l *listing, seen map[metrics.RepoID]bool) {
	if !l.known.ended || l.known.whole || l.cut || r.Only != nil {
		return
	}
	n, unknown := 0, 0
	for i := range l.known.Repos {
		if had := &l.known.Repos[i]; !seen[had.ID] && r.Shard.Holds(had.ID) {
			n++
			if had.unknown() {
				unknown++
			}
		}
	}
	r.listed(l, n)
	r.tell(func(p *Progress) {
		p.Read += n
		p.Unknown += unknown
		r.summary.Repos += n
		r.summary.Unchanged += n - unknown
		r.summary.Unknown += unknown
	})
}

// partial notes that a source could not list everything.
func (r *run) partial(ctx context.Context, l *listing, err error) {
	if ctx.Err() != nil {
		return
	}
	if errors.Is(err, ErrSpent) { // told at the end, when it is known what was kept
		r.mu.Lock()
		defer r.mu.Unlock()
		l.cut, l.spent = true, err
		return
	}
	message := redact(err.Error())
	r.Log.Info("list is not complete", "source", l.source.Name(), "error", message)
	r.mu.Lock()
	defer r.mu.Unlock()
	l.cut = true
	r.summary.Partial = append(r.summary.Partial, l.source.Name()+": "+message)
}

// conclude writes the listings of which everything was read, or whose mark says what was not, and how far those came that
// were broken off. What the store was given before is there by then.
func (r *run) conclude(ctx context.Context) error {
	batch := &metrics.Batch{}
	for _, l := range r.listings {
		if l.spent != nil || l.left > 0 {
			r.summary.Partial = append(r.summary.Partial, l.source.Name()+": "+l.remains(r.Full))
		}
		r.summary.Partial = append(r.summary.Partial, l.unread(metrics.At(r.Now()))...)
		r.summary.Denied = append(r.summary.Denied, l.refused()...)
		switch {
		case r.Only != nil:
		case !l.cut && (l.left == 0 || l.known.keeps):
			fact := r.fact(ctx, l)
			batch.Listings = append(batch.Listings, fact)
			if fact.Whole {
				r.summary.Gone += r.missing(l)
			}
			before, unknown := l.before()
			batch.Repos = append(batch.Repos, before...)
			r.summary.Repos += len(before)
			r.summary.Unchanged += len(before) - unknown
			r.summary.Unknown += unknown
		case l.spent != nil && l.known != nil && l.known.broken != nil:
			batch.Listings = append(batch.Listings, r.begun(l, l.known.broken()))
			r.summary.Begun = true
		case l.unasked() && !r.Full: // the mark holds as it is, and it is its turn
			batch.Listings = append(batch.Listings, r.begun(l, l.known.Mark))
		}
	}
	if batch.Rows() == 0 {
		return nil
	}
	return r.ledger.write(ctx, batch)
}

// unread says what is not read beside files: what was tried in this run, and what earlier ones left that is tried later, with
// when that is.
func (l *listing) unread(now metrics.Instant) (list []string) {
	missed, gaps := maps.Clone(l.missed), map[string]Gap{}
	if l.known != nil && l.known.missed != nil {
		gaps = l.known.missed()
	}
	for name, gap := range gaps {
		if missed == nil {
			missed = make(map[string]int)
		}
		missed[name] = max(missed[name], gap.Repos)
	}
	for _, name := range slices.Sorted(maps.Keys(missed)) {
		line := fmt.Sprintf("%s: %s are not read", l.source.Name(), ofSome(name, missed[name]))
		if gap, kept := gaps[name]; kept {
			line += ": tried again " + gap.when(now)
		}
		list = append(list, line)
	}
	return list
}

// when says when something that is missed is tried again.
func (g Gap) when(now metrics.Instant) string {
	if g.Due <= now {
		return "by the next scan"
	}
	return fmt.Sprintf("from %s on, or by a scan with --full", g.Due.Time().UTC().Format("2006-01-02T15:04Z"))
}

// refused is what is not read beside files because the host denies it.
func (l *listing) refused() (list []Refusal) {
	if l.known == nil || l.known.denied == nil {
		return nil
	}
	list = l.known.denied()
	for i := range list {
		list[i].Source, list[i].Part, list[i].Why = l.source.Name(), ofSome(list[i].Part, list[i].Repos), redact(list[i].Why)
	}
	return list
}

// ofSome names a part of so many repositories; of none where it belongs to the whole source.
func ofSome(name string, n int) string {
	if n == 0 {
		return name
	}
	return name + " of " + repositories(n)
}

// repositories counts them in words.
func repositories(n int) string {
	if n == 1 {
		return "1 repository"
	}
	return fmt.Sprintf("%d repositories", n)
}

// begun says how far a listing came that is not at its end, and with which mark the next one goes on.
func (r *run) begun(l *listing, mark string) metrics.Listing {
	return metrics.Listing{
		Source: l.source.Name(), Shard: uint16(r.Shard.Index), Shards: uint16(r.Shard.Count), At: l.at,
		Repos: uint32(l.counted()), Others: r.others(l), Mark: unfinishedSince(l.first) + mark,
	}
}

// others is how many repositories of other parts a listing had, with those of the ones that it went on with.
func (r *run) others(l *listing) uint32 {
	n := uint32(l.others)
	if l.known.begun == metrics.Beginning {
		return n
	}
	before, _ := r.memory.listing(l.source.Name(), r.Shard, func(m metrics.Listing) bool { return m.At >= l.known.begun })
	return before.Others + n
}

// counted is how many repositories a listing had, with those of the ones that it went on with.
func (l *listing) counted() int {
	if l.known.begun == metrics.Beginning {
		return l.repos
	}
	before, _ := l.before()
	return len(before) + l.repos
}

// before are the repositories that the listings had which this one went on with, as of now: they are part of it. So many
// of them could not be read then.
func (l *listing) before() (list []metrics.Repo, unknown int) {
	if l.known.begun == metrics.Beginning {
		return nil, 0
	}
	for _, had := range l.known.Repos {
		if had.Seen >= l.known.begun && had.Seen < l.at && !l.seen[had.ID] {
			had.Seen = l.at
			list = append(list, had.Repo)
			if had.unknown() {
				unknown++
			}
		}
	}
	return list, unknown
}

// fact says how a listing ended. One that is so short that nothing is concluded from it has no mark: the next run lists
// everything again.
func (r *run) fact(ctx context.Context, l *listing) metrics.Listing {
	fact := metrics.Listing{
		Source: l.source.Name(), Shard: uint16(r.Shard.Index), Shards: uint16(r.Shard.Count), At: l.at,
		Full: !l.known.ended || l.known.whole, Repos: uint32(l.counted()),
	}
	if l.known.ended {
		fact.Mark = l.known.mark()
	}
	if l.left > 0 {
		fact.Mark = unfinishedSince(l.first) + fact.Mark
	}
	if !fact.Full {
		return fact
	}
	fact.Others = r.others(l)
	before, had := r.memory.listing(fact.Source, r.Shard, func(m metrics.Listing) bool { return m.Full })
	listed := int(fact.Repos)
	there := listed + r.moved(l)
	fact.Whole = there > 0 && !(had && metrics.Shrunk(int(before.Repos), there))
	switch known := len(l.known.Repos); {
	case fact.Whole || !had:
	case listed == 0 && known > 0:
		fact.Mark = ""
		r.partial(ctx, l, fmt.Errorf("no repository is listed, and %d are known: nothing is concluded to be gone", known))
	case before.Repos > 0:
		fact.Mark = ""
		r.partial(ctx, l, fmt.Errorf("%d repositories are listed and %d were the last time: nothing is concluded to be gone unless the next list is as short", listed, before.Repos))
	}
	return fact
}
