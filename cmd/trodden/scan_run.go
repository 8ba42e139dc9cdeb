package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// scanRun is the whole way from sources to conclusions, once.
type scanRun struct {
	db         *clickhouse.DB
	sources    []collectors.Source
	opened     []config.Source // the same, as they are configured
	rules      *classify.Classifier
	workers    int
	chunk      int // repositories that are read together, at most; 0 for as many as their source likes
	shard      collectors.Shard
	full       bool
	anew       bool            // look at what is looked at once a day
	only       collectors.Only // the repositories that are read; nil for all
	configured []string        // the names of all sources, be they read or not
	all        []config.Source // these sources
	source     string          // the only one that is read; "" for all
	alone      bool            // nobody else can write to the store
	portals    portals
	links      *catalog.LinkChecker // nil where links are not checked
	objectives []metrics.Objective
	log        *slog.Logger
	now        func() time.Time
	asked      func() spending           // what was asked of hosts since it began; nil where only is given
	held       []string                  // sources whose hosts allow nothing for now
	hosts      map[string]string         // which hosts sources ask, by their names
	inTurn     bool                      // one host after the other, as long as none keeps the next waiting
	patience   time.Duration             // with hosts that tell nothing (see collectors.Options)
	one        *sync.Mutex               // held while something is concluded; may be nil
	concluded  func()                    // told when something was concluded while other hosts are read; may be nil
	refused    []string                  // sources that are not read since they let nobody in, each with why
	read       func(collectors.Progress) // told how far reading has come; may be nil
	judged     func(done, of int)        // told how far classifying has come; may be nil
	judging    func()                    // told when catalogs begin to be judged; may be nil
}

// With a budget of fewer requests than smallBudget so many repositories are read together: many of them are asked for
// their files first, and a budget that is spent by then has brought nothing.
const (
	smallBudget = 200
	smallChunk  = 25
)

// scanned says what a scan came to.
type scanned struct {
	collectors.Summary
	Scan     clickhouse.Scan
	Resumed  int      // repositories without news since scans read them that were cut off
	Common   []common // what sources have in common
	Catalogs catalogsRead
	Links    catalog.Asked
}

// run reads what is new and concludes what follows. When ctx ends, what was read completely stays, and the
// next run goes on from there. That it was cut off, or failed, is kept with what it came to by then.
func (s *scanRun) run(ctx context.Context, id uint64) (out scanned, err error) {
	facts := &buffer{write: s.db.Write}
	if s.only != nil { // it tells nothing of the state of all
		return s.work(ctx, facts, nil, s.read)
	}
	book := &diary{write: s.db.WriteScan, flush: facts.flush, asked: s.asked, now: s.now, scan: clickhouse.Scan{
		ID: id, Began: metrics.At(s.now()), Source: s.source, Shard: uint16(s.shard.Index), Shards: uint16(s.shard.Count),
	}}
	if out, err = s.recorded(ctx, facts, book); err != nil {
		return out, errors.Join(err, book.cutOff(ctx, out.Summary, err))
	}
	return out, s.freeze(ctx)
}

// recorded reads and concludes, and keeps in the store how that stands, and what it came to.
func (s *scanRun) recorded(ctx context.Context, facts *buffer, book *diary) (out scanned, err error) {
	terms, err := s.cutOff(ctx, book.scan.Began, book.scan.ID)
	if err != nil {
		return out, err
	}
	bound, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop, err := book.keep(bound, cancel)
	if err != nil {
		return out, err
	}
	out, err = s.work(bound, facts, terms, func(p collectors.Progress) {
		book.note(p)
		if s.read != nil {
			s.read(p)
		}
	})
	stop()
	if err != nil {
		return out, err
	}
	row := cameTo(book.scan, out.Summary)
	row.Listed, row.Complete, row.Resumed = len(out.Partial) == 0, out.Unknown == 0 && len(out.Partial) == 0 && out.Catalogs.complete(), uint32(out.Resumed)
	row.Lacking = s.lacking(out)
	out.Scan = book.spent(row)
	return out, s.db.WriteScan(ctx, out.Scan)
}

// lacking returns the sources of which not everything was listed and read, in order; none where that may be any of them.
func (s *scanRun) lacking(out scanned) (sources []string) {
	problems := slices.Concat(out.Problems, out.Catalogs.problems)
	for _, line := range out.Partial {
		problems = append(problems, ofSource(s.configured, line))
	}
	for _, p := range problems {
		sources = append(sources, p.Source)
	}
	slices.Sort(sources)
	if sources = slices.Compact(sources); out.Unknown > len(out.Problems) || slices.Contains(sources, "") {
		return nil // some were unknown before, and nobody tried again
	}
	return sources
}

// work reads what is new, which read is told, and concludes. Terms are when scans ran before that were cut off.
func (s *scanRun) work(ctx context.Context, facts *buffer, terms []stretch, read func(collectors.Progress)) (out scanned, err error) {
	retired, err := s.retire(ctx)
	if err != nil {
		return out, err
	}
	lasts, err := s.db.Lasts(ctx)
	if err != nil {
		return out, err
	}
	known, err := s.db.AnyBlobs(ctx)
	if err != nil {
		return out, err
	}
	fresh := newRecent(s.rules.Wants)
	shared, sources := newOverlap(s.opened, s.sources, s.shard)
	out.Summary, err = collectors.Run(ctx, collectors.Options{
		Sources: sources, Store: runStore{facts, s.db, lasts, known, fresh}, Workers: s.workers, Chunk: s.chunk, Shard: s.shard, Full: s.full, Anew: s.anew, Only: s.only, Held: s.held, Hosts: s.hosts, InTurn: s.inTurn,
		Meanwhile: func(ctx context.Context) error { return s.meanwhile(ctx, facts, fresh) }, Patience: s.patience,
		Retired: retired, Progress: read, Log: s.log, Now: s.now,
	})
	err = errors.Join(err, facts.flush(context.WithoutCancel(ctx)))
	out.Summary, out.Common = shared.once(out.Summary), shared.common()
	out.Partial = ofSources(append(slices.Clone(s.refused), out.Partial...))
	if err == nil && s.only == nil {
		err = s.nothingListed(ctx, out.Summary)
	}
	if err != nil {
		return out, err
	}
	if out.Resumed, err = s.resumed(ctx, lasts, terms, out.Summary); err != nil {
		return out, err
	}
	if out.Catalogs, err = s.readCatalogs(ctx); err != nil {
		return out, fmt.Errorf("read catalogs: %w", err)
	}
	if err := s.classify(ctx, fresh, s.judged); err != nil {
		return out, err
	}
	if out.Links, err = s.checkLinks(ctx); err != nil {
		return out, fmt.Errorf("check links: %w", err)
	}
	if err := errors.Join(s.judgeCatalogs(ctx), s.tellApart(ctx, out.Common)); err != nil {
		return out, err
	}
	return out, s.giveBack(ctx, &out)
}

// meanwhile concludes from what was read of some hosts while others keep waiting: who asks sees it then, not when the last host
// has answered.
func (s *scanRun) meanwhile(ctx context.Context, facts *buffer, fresh *recent) error {
	if err := facts.flush(ctx); err != nil {
		return err
	}
	if err := s.classify(ctx, fresh, nil); err != nil {
		return err
	}
	if s.concluded != nil {
		s.concluded()
	}
	return nil
}

// classify brings what is concluded up to date. Progress may be nil.
func (s *scanRun) classify(ctx context.Context, fresh *recent, progress func(done, of int)) error {
	if s.one != nil {
		s.one.Lock()
		defer s.one.Unlock()
	}
	judge := conclusion{db: s.db, rules: s.rules, recent: fresh, log: s.log, workers: s.workers, now: s.now, progress: progress}
	if _, err := judge.run(ctx); err != nil {
		return fmt.Errorf("classify: %w", err)
	}
	return nil
}

// retire notes which sources are configured, and returns those that were and are not any more: what they say counts only
// where no other one says anything. A scan that reads some alone finds none to be gone: that it reads the only one there is
// says which are configured where nothing did before.
func (s *scanRun) retire(ctx context.Context) (clickhouse.Retired, error) {
	sources, all := s.configured, s.source == "" && s.only == nil
	if !all && s.only == nil && slices.Equal(sources, []string{s.source}) {
		known, err := s.db.SourcesKnown(ctx)
		if err != nil {
			return nil, err
		}
		all = !known
	}
	if !all {
		sources = nil
		for _, source := range s.opened {
			sources = append(sources, source.Name)
		}
		for _, catalog := range s.portals.opened {
			sources = append(sources, catalog.name)
		}
	}
	if _, err := s.db.PutSources(ctx, sources, all, metrics.At(s.now())); err != nil {
		return nil, err
	}
	return s.db.Retired(ctx)
}

// tellApart says of which repositories that sources have in common they have different heads.
func (s *scanRun) tellApart(ctx context.Context, list []common) error {
	if len(list) == 0 {
		return nil
	}
	apart, err := query.Apart(ctx, s.db)
	if err != nil {
		return err
	}
	part(list, apart)
	return nil
}

// cameTo adds to the row of a scan what its reading came to.
func cameTo(row clickhouse.Scan, sum collectors.Summary) clickhouse.Scan {
	row.Repos, row.Unchanged, row.Unknown, row.Changes = uint32(sum.Repos), uint32(sum.Unchanged), uint32(sum.Unknown), uint64(sum.Changes)
	row.Renamed, row.Archived, row.Gone = uint32(sum.Renamed), uint32(sum.Archived), uint32(sum.Gone)
	return row
}

// nothingListed fails where no source could list anything, or begin to, and nothing is known from before, and says why.
// What is known follows from facts that are stored: definitions of it may have changed.
func (s *scanRun) nothingListed(ctx context.Context, sum collectors.Summary) error {
	if sum.Listed > 0 || len(sum.Partial) == 0 || sum.Begun {
		return nil
	}
	known, err := s.db.Repos(ctx)
	if err != nil || len(known) > 0 {
		return err
	}
	return fmt.Errorf("%s: %w", strings.Join(sum.Partial, "; "), metrics.ErrUnavailable)
}

// stored is what was asked as the store keeps it.
func (s spending) stored() []clickhouse.Spent {
	var list []clickhouse.Spent
	for _, row := range s {
		list = append(list, clickhouse.Spent{Source: row.Source, Requests: uint64(row.Requests), Points: uint64(row.Points)})
	}
	return list
}

// freeze keeps the baselines of key results whose moment has come, as they are told for the first time: once
// everything was read after that moment, be it by several scans of parts.
func (s *scanRun) freeze(ctx context.Context) error {
	seen, err := query.Seen(ctx, s.db, s.configured)
	if err != nil {
		return err
	}
	fingerprint, err := definitionsFingerprint(s.rules.Definitions())
	if err != nil {
		return err
	}
	due, err := query.DueBaselines(ctx, s.db, s.objectives, fingerprint, seen, metrics.At(s.now()))
	if err != nil || len(due) == 0 {
		return err
	}
	s.log.Info("froze baselines of key results", "baselines", len(due))
	return s.db.WriteBaselines(ctx, due)
}

// runStore is the store as the collectors see it: what it had of each repository is looked up once.
type runStore struct {
	*buffer
	db    *clickhouse.DB
	lasts *clickhouse.Lasts
	blobs bool // it had some when the run began; what the run brings, the run remembers
	read  *recent
}

// Write implements collectors.Sink.
func (s runStore) Write(ctx context.Context, batch *metrics.Batch) error {
	s.read.hold(batch.Blobs)
	return s.buffer.Write(ctx, batch)
}

// Lacking implements collectors.Sink.
func (s runStore) Lacking(ctx context.Context, blobs []metrics.OID) ([]metrics.OID, error) {
	if !s.blobs {
		return blobs, nil
	}
	return s.db.Lacking(ctx, blobs)
}

// Held implements collectors.Holder.
func (s runStore) Held(ctx context.Context, blobs []metrics.OID) (map[metrics.OID]string, error) {
	near, rest := s.read.split(blobs)
	held := make(map[metrics.OID]string, len(blobs))
	for oid, b := range near {
		held[oid] = b.Content
	}
	for b, err := range s.db.Blobs(ctx, rest) {
		if err != nil {
			return nil, err
		}
		if b.Status == metrics.BlobRead {
			held[b.OID] = b.Content
		}
	}
	return held, nil
}

// Last implements collectors.Store.
func (s runStore) Last(_ context.Context, source string, repo metrics.RepoID) (collectors.Last, error) {
	last := s.lasts.Of(source, repo)
	return collectors.Last{Walk: last.Walk, Next: last.Next, Reading: last.Reading, Releases: last.Releases, Told: last.Told, Unfollowed: last.Unfollowed}, nil
}

// Repos implements collectors.Store.
func (s runStore) Repos(ctx context.Context) ([]metrics.Repo, error) { return s.db.Repos(ctx) }

// Listings implements collectors.Store.
func (s runStore) Listings(ctx context.Context) ([]metrics.Listing, error) { return s.db.Listings(ctx) }

// Members implements collectors.Store.
func (s runStore) Members(ctx context.Context, source string) ([]metrics.Membership, error) {
	return s.db.Members(ctx, source)
}
