package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// services are what works on an open store: scans, explanations, exemptions.
type services struct {
	db    *clickhouse.DB
	asked *query.Cache                  // the same store, for questions
	held  atomic.Pointer[understanding] // what holds now
	load  func() (*config.Config, error)
	env   config.Environment
	log   *slog.Logger
	now   func() time.Time
	turn  chan struct{} // taken by whoever reads
	spent quota.Counter // by all sources, as long as this process runs
	pools pools
	alone bool // nobody else can write to the store

	looked   quota.Counter   // likewise, by the looks before scans
	apps     *apps           // that sources sign in as; may be nil
	accounts *quota.Accounts // whose limits scans and looks have in common
	hooks    *hooks          // nil where there are none

	mailbag mailbag // of the reports that are sent by schedule

	judging sync.Mutex // held by whoever concludes: each takes the next generation

	mu      sync.Mutex
	running *api.Scan       // nil while none runs
	asking  func() spending // what the one that runs has asked of hosts by now; nil before it asks
	failed  []api.Scan

	scansDone int

	last   api.Scan           // the newest that was done here: the store keeps no problems
	cancel context.CancelFunc // of the scan that Start began last
	done   sync.WaitGroup     // scans that Start began
}

// understanding is a configuration with its rules compiled.
type understanding struct {
	*config.Config
	rules *classify.Classifier
	nth   uint64 // of all that this process had
}

// understandings counts them.
var understandings atomic.Uint64

func understand(c *config.Config) (*understanding, error) {
	rules, err := classify.New(c.Definitions)
	return &understanding{c, rules, understandings.Add(1)}, err
}

// newServices returns services with a configuration; load reads it anew.
func newServices(db *clickhouse.DB, c *config.Config, load func() (*config.Config, error), env config.Environment, log *slog.Logger, now func() time.Time) (*services, error) {
	u, err := understand(c)
	if err != nil {
		return nil, err
	}
	asked := query.NewCache(query.Bounded(db, questionTimeout), now)
	s := &services{db: db, asked: asked, load: load, env: env, log: log, now: now, turn: make(chan struct{}, 1), accounts: new(quota.Accounts)}
	s.held.Store(u)
	return s, nil
}

// questionTimeout is how long one question to the store may take.
const questionTimeout = 30 * time.Second

// fresh returns the configuration as its file is now. It comes into force with the scan that it was read for.
// While the file has mistakes, what held before goes on.
func (s *services) fresh() *understanding {
	held := s.held.Load()
	c, err := s.load()
	if err != nil {
		s.log.Error("the configuration cannot be used, the last good one holds", "file", held.File, "error", oneLine(err))
		return held
	}
	if reflect.DeepEqual(c, held.Config) {
		return held
	}
	u, err := understand(c)
	if err != nil {
		s.log.Error("the rules cannot be used, the last good ones hold", "file", held.File, "error", oneLine(err))
		return held
	}
	s.log.Info("configuration changed", "file", c.File)
	return u
}

// objectives are those in force.
func (s *services) objectives() []metrics.Objective { return s.held.Load().OKRs }

func (s *services) instant() metrics.Instant { return metrics.At(s.now()) }

// makeReady asks what takes long to answer, so that who asks it next need not wait.
func (s *services) makeReady(ctx context.Context) {
	if err := query.MakeReady(ctx, s.asked, s.instant()); err != nil && ctx.Err() == nil {
		s.log.Warn("what takes long to answer is not ready: who asks it next waits", "error", oneLine(err))
	}
}

// scan reads, classifies and stores, telling how far it has come. It fails with metrics.ErrConflict while
// another scan runs.
func (s *services) scan(ctx context.Context, r scanRequest, show func(scanProgress)) (api.Scan, error) {
	if err := s.claim(r); err != nil {
		return api.Scan{}, err
	}
	return s.scanClaimed(ctx, s.fresh(), r, show)
}

// lookAndScan is scan behind a look at the sources, unless somebody looked at them.
func (s *services) lookAndScan(ctx context.Context, r scanRequest, show func(scanProgress)) (api.Scan, error) {
	if err := s.claim(r); err != nil {
		return api.Scan{}, err
	}
	u := s.fresh()
	var err error
	if r.checked, err = s.look(ctx, u, r); err != nil {
		return api.Scan{}, s.refuse(r, err)
	}
	return s.scanClaimed(ctx, u, r, show)
}

// claim begins a scan, unless one runs.
func (s *services) claim(r scanRequest) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		return fmt.Errorf("scan %s is running: %w", s.running.ID, metrics.ErrConflict)
	}
	began := s.now()
	s.running = &api.Scan{ID: api.ScanID(began.UnixNano()), State: api.ScanRunning, Began: metrics.At(began), Source: r.Source, Shard: r.Shard}
	return nil
}

func (s *services) scanClaimed(ctx context.Context, u *understanding, r scanRequest, show func(scanProgress)) (api.Scan, error) {
	scan, err := s.work(ctx, u, r, func(p scanProgress) {
		s.note(p.Progress)
		if show != nil {
			show(p)
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running, s.asking = nil, nil
	if err != nil {
		scan.State, scan.Error, scan.Ended = api.ScanFailed, oneLine(err), s.instant()
		if ctx.Err() != nil {
			scan.State, scan.Error = api.ScanInterrupted, ""
		}
		s.failed = append(s.failed, scan)
	} else {
		s.last = scan
		s.scansDone++
	}
	return scan, err
}

// note keeps how far the running scan has come.
func (s *services) note(p collectors.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running.Repos, s.running.Unknown, s.running.Changes = p.Read, p.Unknown, p.Changes
	if p.Whole {
		s.running.Total = p.Listed
	}
}

func (s *services) work(ctx context.Context, u *understanding, r scanRequest, show func(scanProgress)) (api.Scan, error) {
	s.mu.Lock()
	scan := *s.running
	s.mu.Unlock()
	shard, err := r.shard()
	if err != nil {
		return scan, err
	}
	if err := s.takeTurn(ctx); err != nil {
		return scan, err
	}
	defer s.endTurn()
	list, refused := r.open(u.Config)
	around, err := s.around(ctx, u, r.budget())
	if err != nil {
		return scan, err
	}
	sources, err := openSources(list, around)
	if err != nil {
		return scan, err
	}
	catalogs, err := openCatalogs(u.Config, r.Source, around)
	if err != nil {
		return scan, err
	}
	var at scanProgress // reading is over when classifying begins
	run := scanRun{
		db: s.db, sources: sources, opened: list, rules: u.rules, workers: max(2, runtime.GOMAXPROCS(0)), shard: shard, one: &s.judging,
		full: r.Full, anew: r.anew, log: s.log, now: s.now, objectives: u.OKRs, source: r.Source, alone: s.alone,
		configured: sourceNames(u.Config), all: u.Config.Sources,
		read:    func(p collectors.Progress) { at.Progress = p; show(at) },
		judged:  func(done, of int) { at.Judged, at.Stale = done, of; show(at) },
		judging: func() { at.Catalogs = true; show(at) },
		links:   linkChecker(u.Config, s.now),
		portals: portals{catalogs, around.people, func(source string, entities int) { at.Catalog, at.Entities = source, entities; show(at) }},
	}
	if run.links != nil {
		run.links.Progress = func(done, of int) { at.LinksAsked, at.Links = done, of; show(at) }
	}
	if r.Budget > 0 && r.Budget < smallBudget { // what is begun is ended, before more is
		run.workers, run.chunk = 1, smallChunk
	}
	before := spendingOf(s.spent.Spent())
	run.hosts, run.concluded = addresses(u.Config), s.asked.Forget
	run.inTurn = r.Budget > 0 // what is left of it is for those whose turn comes later
	if run.refused = refused; r.checked != nil {
		run.held = r.checked.held
	}
	run.asked = func() spending {
		return spendingOf(s.spent.Spent()).since(before).plus(r.looks()).plus(askedOf(catalogs)).since(nil)
	}
	s.mu.Lock()
	s.asking = run.asked
	s.mu.Unlock()
	out, err := run.run(ctx, uint64(scan.ID))
	spent := run.asked()
	scan.Spent, scan.Requests, scan.Points = spent, spent.total().Requests, spent.total().Points
	s.asked.Forget()
	if err == nil {
		s.held.Store(u)
	}
	scan.Repos, scan.Total, scan.Unchanged, scan.Unknown = out.Repos, out.Repos, out.Unchanged, out.Unknown
	scan.Changes, scan.Resumed, scan.Common = out.Changes, out.Resumed, inAPI(out.Common)
	scan.Renamed, scan.Archived, scan.Gone, scan.Catalogs = out.Renamed, out.Archived, out.Gone, out.Catalogs.rows
	scan.Links = api.ScanLinks(out.Links)
	for _, p := range out.Problems {
		scan.Problems = append(scan.Problems, api.ScanProblem(p))
	}
	for _, p := range out.Catalogs.problems {
		scan.Problems = append(scan.Problems, api.ScanProblem(p))
	}
	for _, p := range out.Partial {
		scan.Problems = append(scan.Problems, api.ScanProblem(ofSource(run.configured, p)))
	}
	if err == nil {
		scan.Lacks, err = s.lacks(ctx, r, list, out.Scan.Listed)
	}
	scan.Lacks = slices.Concat(scan.Lacks, denied(out.Denied), r.refusals(around.hosts.used))
	scan.State, scan.Listed, scan.Complete, scan.Ended = api.ScanDone, out.Scan.Listed, out.Scan.Complete, s.instant()
	return scan, err
}

// Start implements api.Scanner: the scan goes on when the request that began it has ended.
func (s *services) Start(ctx context.Context, r api.ScanRequest) (api.Scan, error) {
	request := scanRequest{Source: r.Source, Full: r.Full, Shard: r.Shard, Budget: r.Budget, History: r.History}
	if err := request.check(); err != nil {
		return api.Scan{}, err
	}
	u := s.fresh()
	if err := knowsSource(u.Config, r.Source); err != nil {
		return api.Scan{}, err
	}
	if err := s.claim(request); err != nil {
		return api.Scan{}, err
	}
	var err error
	if request.checked, err = s.look(ctx, u, request); err != nil {
		return api.Scan{}, s.refuse(request, err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel = cancel
	s.done.Go(func() {
		defer cancel()
		if _, err := s.scanClaimed(ctx, u, request, nil); err != nil && ctx.Err() == nil {
			s.log.Error("scan failed", "error", err)
		}
	})
	return *s.running, nil // it cannot be over yet: its end waits for the lock
}

// refuse gives up a scan that was claimed and cannot begin. It is listed as one that failed, unless it was asked for
// wrongly.
func (s *services) refuse(r scanRequest, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	scan := *s.running
	s.running = nil
	if mistaken := r.Budget > 0 && errors.Is(err, metrics.ErrInvalid); !mistaken && !errors.Is(err, context.Canceled) {
		scan.State, scan.Error, scan.Ended = api.ScanFailed, oneLine(err), s.instant()
		s.failed = append(s.failed, scan)
	}
	return err
}

// stop ends a scan that Start began, and waits until it has ended.
func (s *services) stop() {
	s.mu.Lock()
	if s.cancel != nil {
		s.cancel()
	}
	s.mu.Unlock()
	s.done.Wait()
}

// Scans implements api.Scanner.
func (s *services) Scans(ctx context.Context) ([]api.Scan, error) {
	list := s.unfinished() // before it is asked what is stored: one that is stored meanwhile is in both then, not in none
	silent := s.instant() - query.HeardOf
	if s.alone {
		silent = s.instant() + 1
	}
	stored, err := query.Scans(ctx, s.db, query.ScansQuestion{Silent: silent})
	if err != nil {
		return nil, err
	}
	if err := query.AddCatalogs(ctx, s.db, stored); err != nil {
		return nil, err
	}
	for _, f := range stored {
		if slices.ContainsFunc(list, func(u api.Scan) bool { return u.ID == api.ScanID(f.Key().ID) }) {
			continue // more is known of it here
		}
		list = append(list, storedScan(f))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range list {
		if list[i].ID == s.last.ID {
			list[i].Problems, list[i].Common, list[i].Lacks, list[i].Links = s.last.Problems, s.last.Common, s.last.Lacks, s.last.Links
		}
	}
	slices.SortFunc(list, func(a, b api.Scan) int { return cmp.Compare(b.Began, a.Began) })
	return list, nil
}

// storedScan is a scan as the store has it.
func storedScan(f query.ScanRow) api.Scan {
	scan := api.Scan{
		ID: api.ScanID(f.Key().ID), State: api.ScanState(f.State), Began: metrics.At(f.Began), Ended: metrics.At(f.Ended), Complete: f.Complete,
		Total: f.Repos, Repos: f.Repos, Unchanged: f.Unchanged, Unknown: f.Unknown, Changes: f.Changes, Requests: f.Requests,
		Points: f.Points, Spent: f.Spent, Renamed: f.Renamed, Archived: f.Archived, Gone: f.Gone, Listed: f.Listed, Source: f.Source, Shard: f.Shard,
		Error: f.Error, Resumed: f.Resumed, Catalogs: f.Catalogs,
	}
	if scan.State == api.ScanRunning { // on another machine, which was heard of last then
		scan.Ended, scan.Total = metrics.Beginning, 0
	}
	return scan
}

// unfinished lists the scans of this process of which more is known here than in the store: those that did not come to
// their end, and the one that runs.
func (s *services) unfinished() []api.Scan {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(s.failed)
	if s.running != nil {
		running := *s.running
		if s.asking != nil {
			running.Spent = s.asking()
			sum := spending(running.Spent).total()
			running.Requests, running.Points = sum.Requests, sum.Points
		}
		list = append(list, running)
	}
	return list
}

// Exempt implements api.Exempter.
func (s *services) Exempt(ctx context.Context, e metrics.Exemption) error {
	list, err := s.db.Exemptions(ctx, e.Repo)
	if err != nil {
		return err
	}
	for _, other := range list {
		if other.Component == e.Component && other.Path == e.Path && other.Contains(e.From) {
			return fmt.Errorf("it is exempt from %s until %s: %w", e.Path, other.To, metrics.ErrConflict)
		}
	}
	return s.exempt(ctx, e)
}

// End implements api.Exempter.
func (s *services) End(ctx context.Context, unit metrics.Unit, path metrics.PathKey, at metrics.Instant, by string) (granted, ended metrics.Exemption, err error) {
	list, err := s.db.Exemptions(ctx, unit.Repo)
	if err != nil {
		return granted, ended, err
	}
	for _, e := range list {
		if e.Component == unit.Component && e.Path == path && e.Contains(at) {
			granted, ended = e, e
			ended.To, ended.EndedBy, ended.Recorded = at, by, s.instant()
			return granted, ended, s.exempt(ctx, ended)
		}
	}
	return granted, ended, fmt.Errorf("no exemption from %s is in force: %w", path, metrics.ErrNotFound)
}

// exempt keeps an exemption and lets it hold at once.
func (s *services) exempt(ctx context.Context, e metrics.Exemption) error {
	if err := s.db.WriteExemption(ctx, e); err != nil {
		return err
	}
	s.judging.Lock()
	defer s.judging.Unlock()
	judge := conclusion{db: s.db, rules: s.held.Load().rules, log: s.log, workers: 1, now: s.now}
	_, err := judge.run(ctx)
	s.asked.Forget()
	return err
}

// Exemptions implements api.Exempter.
func (s *services) Exemptions(ctx context.Context) ([]metrics.Exemption, error) {
	return s.db.Exemptions(ctx)
}

// pending says what a scan would have to read that no scan has read yet.
func (s *services) pending(ctx context.Context, watch metrics.WatchSet) (pending, error) {
	var out pending
	marks, err := s.db.Marks(ctx)
	if err != nil {
		return out, err
	}
	if len(marks) == 0 { // a store may have portals alone
		lists, err := s.db.CatalogLists(ctx)
		return pending{New: len(lists) == 0}, err
	}
	listings, err := s.db.Listings(ctx)
	if err != nil {
		return out, err
	}
	for _, l := range listings {
		out.Read = append(out.Read, l.Source)
	}
	lasts, err := s.db.Lasts(ctx)
	if err != nil {
		return out, err
	}
	globs := map[string]bool{}
	for _, m := range marks {
		walk := lasts.Of("", m.Repo).Walk
		seen, known := lasts.Seen(m.Repo)
		switch {
		case walk.ID == 0 && known && seen.Watched == watch.Fingerprint():
		case walk.ID == 0 && known:
			out.Again++
		case walk.ID == 0:
			out.Never++
		case walk.Watched != watch.Fingerprint():
			out.Again++
			for _, glob := range slices.Concat(watch.Whole, watch.Presence) {
				if !slices.Contains(walk.Watch, glob) && !slices.Contains(walk.Presence, glob) {
					globs[glob] = true
				}
			}
		}
	}
	for glob := range globs {
		out.Globs = append(out.Globs, glob)
	}
	slices.Sort(out.Globs)
	return out, nil
}
