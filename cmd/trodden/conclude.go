package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// conclusion brings what is concluded up to date with facts and definitions: the second stage. It asks the
// store what has to be judged again, so that a run that was killed is made good by the next.
type conclusion struct {
	db       *clickhouse.DB
	rules    *classify.Classifier
	recent   *recent // contents that need not be read from the store; may be nil
	log      *slog.Logger
	workers  int
	now      func() time.Time
	progress func(done, of int) // never called twice at once; may be nil
}

// concluded says what a run of classify came to.
type concluded struct {
	Repos     int // judged anew
	InPart    int // of these, the ones of which only some paths were judged
	Changes   int // file changes replayed
	Spans     int
	Events    int
	Campaigns int // entries that were part of a mass change
	Warnings  []metrics.Warning
}

// definitionsFingerprint identifies definitions and what is made of them.
func definitionsFingerprint(d metrics.Definitions) (uint64, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return 0, fmt.Errorf("fingerprint the definitions: %w", err)
	}
	return metrics.Fingerprint("definitions", classify.Version, string(b)), nil
}

// run judges every repository whose conclusion no longer follows, and puts the new generation in force.
// Readers see the old one until all is written.
func (c *conclusion) run(ctx context.Context) (concluded, error) {
	begun := c.now()
	if err := c.db.FindReds(ctx); err != nil {
		return concluded{}, err
	}
	defs := c.rules.Definitions()
	definitions, err := definitionsFingerprint(defs)
	if err != nil {
		return concluded{}, err
	}
	hosts, err := c.db.HostTeams(ctx)
	if err != nil {
		return concluded{}, err
	}
	portals, err := c.db.PortalTeams(ctx)
	if err != nil {
		return concluded{}, err
	}
	known := *c
	known.rules = c.rules.Knowing(hosts, portals...)
	c = &known
	people, err := c.people(ctx, hosts)
	if err != nil {
		return concluded{}, err
	}
	shown := defs
	shown.Teams = c.rules.Grouped(hosts)
	regrouped, err := c.regrouped(ctx, shown.Teams)
	if err != nil {
		return concluded{}, err
	}
	fingerprint := follows(definitions, people, defs.Teams, c.rules.JoinedMark())
	marks, err := c.db.Marks(ctx)
	if err != nil {
		return concluded{}, err
	}
	stale := slices.DeleteFunc(slices.Clone(marks), func(m clickhouse.Mark) bool { return m.Holds(c.follows(fingerprint, m.Named)) })
	changed, err := c.db.PutDefinitions(ctx, defs, metrics.At(begun))
	if err != nil || len(stale) == 0 && !changed && !regrouped {
		return concluded{}, err
	}
	g, err := c.begin(ctx, marks, people)
	if err != nil {
		return concluded{}, err
	}
	tasks, err := c.tasks(ctx, stale, people)
	if err != nil {
		return concluded{}, err
	}
	if err := g.all(ctx, tasks); err != nil {
		return concluded{}, err
	}
	if err := c.db.WriteDefined(ctx, g.number, &shown); err != nil {
		return concluded{}, err
	}
	if err := c.db.Publish(ctx, g.number, definitions, g.published(fingerprint)); err != nil {
		return concluded{}, err
	}
	c.log.Info("classified", "repos", g.sum.Repos, "in_part", g.sum.InPart, "changes", g.sum.Changes, "spans", g.sum.Spans,
		"events", g.sum.Events, "seconds", c.now().Sub(begun).Seconds())
	return g.sum, nil
}

// generation is one run under way.
type generation struct {
	*conclusion
	number clickhouse.Generation
	people *classify.People
	marks  map[metrics.RepoID]clickhouse.Mark

	mu     sync.Mutex
	batch  clickhouse.Conclusions // judged, not yet written
	spells []metrics.Spell        // of what was judged, for campaigns
	judged map[metrics.RepoID]clickhouse.Generation
	named  map[metrics.RepoID][]string // of what was judged, whom its conclusion calls teams
	sum    concluded
}

// regrouped reports whether code hosts have teams in other groups than those that are in force.
func (c *conclusion) regrouped(ctx context.Context, now metrics.Teams) (bool, error) {
	teams, err := query.Teams(ctx, c.db)
	if err != nil {
		return false, err
	}
	inForce := map[metrics.TeamKey]string{}
	for _, t := range teams {
		inForce[t.Key] = strings.Join(t.Groups, "/")
	}
	return slices.ContainsFunc(now.List, func(t metrics.Team) bool { return inForce[t.Key] != strings.Join(now.Upwards(t.Group), "/") }), nil
}

// people finds out who is who, from all that is known.
func (c *conclusion) people(ctx context.Context, hosts []metrics.HostTeam) (*classify.People, error) {
	identities, err := c.db.Identities(ctx)
	if err != nil {
		return nil, err
	}
	memberships, err := c.db.Memberships(ctx)
	if err != nil {
		return nil, err
	}
	habits, err := c.db.Habits(ctx)
	if err != nil {
		return nil, err
	}
	return classify.NewPeople(identities, c.rules.Memberships(memberships, hosts...), habits), nil
}

func (c *conclusion) begin(ctx context.Context, marks []clickhouse.Mark, people *classify.People) (*generation, error) {
	number, err := c.db.NextGeneration(ctx)
	if err != nil {
		return nil, err
	}
	g := &generation{
		conclusion: c, number: number, people: people,
		marks: make(map[metrics.RepoID]clickhouse.Mark, len(marks)), judged: map[metrics.RepoID]clickhouse.Generation{},
		named: map[metrics.RepoID][]string{},
	}
	for _, m := range marks {
		g.marks[m.Repo] = m
	}
	return g, nil
}

// all judges what is stale. Meanwhile it removes what earlier runs have replaced; that is not done at their end, so
// that questions asked before they published still find their rows.
func (g *generation) all(ctx context.Context, tasks []task) error {
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error {
		_, err := g.db.Sweep(ctx)
		return err
	})
	both.Go(func() error { return g.everything(ctx, tasks) })
	return both.Wait()
}

// everything judges the stale repositories, looks for campaigns among all, and judges those that belong to one
// again, in a generation of their own. Of the others, what stands is carried over.
func (g *generation) everything(ctx context.Context, tasks []task) error {
	for _, t := range tasks {
		if err := g.judge(ctx, g.number, t, nil); err != nil {
			return err
		}
	}
	campaigns, again, err := g.campaigns(ctx, tasks)
	if err != nil {
		return err
	}
	if len(again) > 0 {
		g.sum.Campaigns = len(campaigns)
		if err := g.judge(ctx, g.number+1, task{rules: g.rules, repos: again}, campaigns); err != nil {
			return err
		}
	}
	for _, t := range tasks {
		if len(t.stand) == 0 {
			continue
		}
		t.repos = slices.DeleteFunc(slices.Clone(t.repos), func(id metrics.RepoID) bool { return g.judged[id] != g.number })
		g.sum.InPart += len(t.repos)
		if err := g.db.CarryOver(ctx, g.number, t.repos, t.stand); err != nil {
			return err
		}
	}
	return nil
}

// campaigns finds mass changes among what was just judged and what is in force of the others, and the
// repositories whose conclusion does not follow from them.
func (g *generation) campaigns(ctx context.Context, tasks []task) (classify.Campaigns, []metrics.RepoID, error) {
	spells := g.spells
	inForce, err := g.db.Spells(ctx)
	if err != nil {
		return nil, nil, err
	}
	stands := standing(tasks)
	for _, s := range inForce {
		if _, anew := g.judged[s.Repo]; !anew || slices.Contains(stands[s.Repo], s.Path) {
			spells = append(spells, s)
		}
	}
	found := classify.FindCampaigns(spells, g.people)
	var again []metrics.RepoID
	for i := range spells {
		if s := &spells[i]; found.Overturn(s) {
			again = append(again, s.Repo)
		}
	}
	slices.Sort(again)
	return found, slices.Compact(again), nil
}

// judge classifies repositories, several at once, and writes what follows under a generation.
func (g *generation) judge(ctx context.Context, number clickhouse.Generation, t task, campaigns classify.Campaigns) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	bundles := make(chan []metrics.History, g.workers) // more are read before the last is judged
	var workers sync.WaitGroup
	done := 0
	for range g.workers {
		workers.Go(func() {
			for bundle := range bundles {
				if err := g.classify(ctx, number, t.rules, bundle, campaigns, func() int { done++; return done }, len(t.repos)); err != nil {
					cancel(err)
				}
			}
		})
	}
	for bundle, err := range bundled(g.db.Histories(ctx, t.repos)) {
		if err != nil {
			cancel(err)
			break
		}
		select {
		case bundles <- bundle:
		case <-ctx.Done():
		}
	}
	close(bundles)
	workers.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return g.db.WriteConclusions(ctx, number, g.taken())
}

// bundleChanges is how many file changes of several small repositories are judged together: their contents are
// read from the store at once, which takes it hardly longer than those of one.
const bundleChanges = 10_000

// bundled gathers small repositories that follow one another.
func bundled(histories iter.Seq2[metrics.History, error]) iter.Seq2[[]metrics.History, error] {
	return func(yield func([]metrics.History, error) bool) {
		var bundle []metrics.History
		changes := 0
		for h, err := range histories {
			if err != nil {
				yield(nil, err)
				return
			}
			bundle = append(bundle, h)
			if changes += len(h.Changes) + len(h.Side); changes < bundleChanges {
				continue
			}
			if !yield(bundle, nil) {
				return
			}
			bundle, changes = nil, 0
		}
		if len(bundle) > 0 {
			yield(bundle, nil)
		}
	}
}

// classify judges repositories, one after the other, and keeps what follows.
func (g *generation) classify(ctx context.Context, number clickhouse.Generation, rules *classify.Classifier, bundle []metrics.History, campaigns classify.Campaigns, done func() int, of int) error {
	blobs := newBlobWindow(rules, blobReader(ctx, g.db, g.recent, bundle...), bundle...)
	for _, h := range bundle {
		result := rules.Repo(h, g.people, blobs, campaigns)
		if campaigns == nil { // else it was judged before
			g.warn(h.Repo.Name, result.Warnings)
		}
		if err := cmp.Or(blobs.err, context.Cause(ctx)); err != nil {
			return err
		}
		if err := g.keep(ctx, number, result, done, of); err != nil {
			return err
		}
	}
	return nil
}

// warningsPerRepo is how many warnings of one repository are logged; explain gives all.
const warningsPerRepo = 3

// warn logs the files of a repository that could not be understood. That its sources have different heads is told of all
// together (see common).
func (g *generation) warn(repo string, list []metrics.Warning) {
	list = slices.DeleteFunc(slices.Clone(list), func(w metrics.Warning) bool { return w.File == "" })
	for _, w := range list[:min(len(list), warningsPerRepo)] {
		g.log.Warn("file is not understood", "repo", repo, "file", w.File, "line", w.Line, "column", w.Column, "why", w.Message)
	}
	if more := len(list) - warningsPerRepo; more > 0 {
		g.log.Warn("more files are not understood", "repo", repo, "files", more)
	}
}

// flushRows is how many rows are gathered before they are written.
const flushRows = 30_000

// keep keeps what follows about a repository, and writes what was gathered when that is enough. Others go on keeping
// meanwhile.
func (g *generation) keep(ctx context.Context, number clickhouse.Generation, r classify.Result, done func() int, of int) error {
	events, err := clickhouse.Events(r.Events)
	if err != nil {
		return err
	}
	full := g.gather(number, r, events, done, of)
	if full == nil {
		return nil
	}
	return g.db.WriteConclusions(ctx, number, full)
}

// gather returns what was gathered when it is enough to be written, else nil.
func (g *generation) gather(number clickhouse.Generation, r classify.Result, events []clickhouse.Event, done func() int, of int) *clickhouse.Conclusions {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := &g.batch
	b.Spans, b.Events, b.Spells = append(b.Spans, r.Spans...), append(b.Events, events...), append(b.Spells, r.Spells...)
	b.Decisions, b.Contributions = append(b.Decisions, r.Decisions...), append(b.Contributions, r.Contributions...)
	b.Ownership, b.Warnings = append(b.Ownership, r.Ownership...), append(b.Warnings, r.Warnings...)
	b.Described, b.Beside = append(b.Described, r.Described...), append(b.Beside, r.Beside...)
	if _, again := g.judged[r.Repo]; !again {
		g.spells = append(g.spells, r.Spells...)
		g.sum.Repos++
		g.sum.Changes += r.Changes
		g.sum.Spans += len(r.Spans)
		g.sum.Events += len(r.Events)
		g.sum.Warnings = append(g.sum.Warnings, r.Warnings...)
	}
	g.judged[r.Repo], g.named[r.Repo] = number, r.Named
	if n := done(); g.progress != nil {
		g.progress(n, of)
	}
	if len(b.Spans)+len(b.Events)+len(b.Described) < flushRows {
		return nil
	}
	return g.taken()
}

// taken takes away what was gathered.
func (g *generation) taken() *clickhouse.Conclusions {
	batch := g.batch
	g.batch = clickhouse.Conclusions{}
	return &batch
}

// published lists what comes into force, as it follows from what has a fingerprint.
func (g *generation) published(fingerprint uint64) []clickhouse.Mark {
	list := make([]clickhouse.Mark, 0, len(g.judged))
	for id, number := range g.judged {
		m := g.marks[id]
		m.Repo, m.Generation, m.Named, m.Follows = id, number, g.named[id], g.follows(fingerprint, g.named[id])
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b clickhouse.Mark) int {
		if a.Repo < b.Repo {
			return -1
		}
		return 1
	})
	return list
}
