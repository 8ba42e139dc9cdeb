package collectors

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/trodden/trodden/metrics"
)

// listing is the listing of one source, and what became of it.
type listing struct {
	source Source
	known  *Known
	at     metrics.Instant
	repos  int  // listed, of the part that is read
	left   int  // of these, not read because the budget was spent
	cut    bool // not everything was listed
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
	var chunk []metrics.Repo
	send := func() {
		select {
		case queue <- work{l, chunk}:
		case <-ctx.Done():
		}
		chunk = nil
	}
	seen := make(map[metrics.RepoID]bool)
	for repo, err := range l.source.Repos(ctx, l.known) {
		if err != nil {
			r.partial(ctx, l, err)
			continue
		}
		if !r.Only.Holds(repo) {
			continue
		}
		if repo = r.identities.resolve(repo); seen[repo.ID] || !r.Shard.Holds(repo.ID) {
			continue
		}
		seen[repo.ID] = true
		r.listed(l, 1)
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

func (r *run) listed(l *listing, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l.repos += n
	r.progress.Listed += n
}

// unmoved counts the repositories that are not in a listing of news: they are there as they were.
func (r *run) unmoved(l *listing, seen map[metrics.RepoID]bool) {
	if !l.known.ended || l.known.whole || l.cut || r.Only != nil {
		return
	}
	n := 0
	for i := range l.known.Repos {
		if id := l.known.Repos[i].ID; !seen[id] && r.Shard.Holds(id) {
			n++
		}
	}
	r.listed(l, n)
	r.tell(func(p *Progress) {
		p.Read += n
		r.summary.Repos += n
		r.summary.Unchanged += n
	})
}

// partial notes that a source could not list everything.
func (r *run) partial(ctx context.Context, l *listing, err error) {
	if ctx.Err() != nil {
		return
	}
	message := redact(err.Error())
	r.Log.Warn("list is not complete", "source", l.source.Name(), "error", message)
	r.mu.Lock()
	defer r.mu.Unlock()
	l.cut = true
	r.summary.Partial = append(r.summary.Partial, l.source.Name()+": "+message)
}

// conclude writes the listings of which everything was read. What the store was given before is there by then.
func (r *run) conclude(ctx context.Context) error {
	batch := &metrics.Batch{}
	for _, l := range r.listings {
		switch {
		case l.left > 0:
			r.partial(ctx, l, fmt.Errorf("%w: %d listed repositories are left for the next run", ErrSpent, l.left))
		case !l.cut && r.Only == nil:
			batch.Listings = append(batch.Listings, r.fact(ctx, l))
		}
	}
	if batch.Rows() == 0 {
		return nil
	}
	return r.ledger.write(ctx, batch)
}

// fact says how a listing ended.
func (r *run) fact(ctx context.Context, l *listing) metrics.Listing {
	fact := metrics.Listing{
		Source: l.source.Name(), Shard: uint16(r.Shard.Index), Shards: uint16(r.Shard.Count), At: l.at,
		Full: !l.known.ended || l.known.whole, Repos: uint32(l.repos), Mark: l.known.mark,
	}
	if !fact.Full {
		return fact
	}
	before, had := r.memory.listing(fact.Source, r.Shard, func(m metrics.Listing) bool { return m.Full })
	fact.Whole = l.repos > 0 && !(had && metrics.Shrunk(int(before.Repos), l.repos))
	if had && !fact.Whole && before.Repos > 0 {
		r.partial(ctx, l, fmt.Errorf("%d repositories are listed and %d were the last time: nothing is concluded to be gone unless the next list is as short", l.repos, before.Repos))
	}
	return fact
}
