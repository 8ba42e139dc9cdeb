package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// The shape of the organisation whose pipelines run: repositories of very different size, which ran for five years.
const (
	ranRepos    = 10_000
	ranTeams    = 1000
	ranPaths    = 8
	ranFor      = 5 * 365 * metrics.Day
	scannedDays = 5     // that a scan tells of
	scannedRows = 5_000 // that a scan writes at once
)

// pipelines makes what hosts told of an organisation, scan by scan, and what was concluded of it. The same seed makes
// the same.
type pipelines struct {
	*rand.Rand
	begin, now metrics.Instant
	repos      []ranRepo
	runs       int // that there are to be
	made       int // of them, each counted once
	pieces     int // spans of a repository on a path
}

// ranRepo is a repository and what its pipelines are like.
type ranRepo struct {
	id     metrics.RepoID
	born   metrics.Instant
	next   metrics.Instant    // when something runs again
	pace   float64            // seconds between two runs
	usual  float64            // seconds that a run takes
	red    float64            // how likely one fails
	golden bool               // it uses the golden workflow
	late   []metrics.Run      // told of while they went on
	before map[string]float64 // how likely the next of a workflow fails
}

// newPipelines returns an organisation in which so many runs happen up to now.
func newPipelines(runs int, now metrics.Instant) *pipelines {
	p := &pipelines{Rand: rand.New(rand.NewPCG(3, 4)), begin: now - ranFor, now: now, runs: runs, pieces: 4}
	total := 0.0
	for i := range ranRepos {
		total += size(i)
	}
	for i := range ranRepos {
		name := fmt.Sprintf("github.com/acme/r%05d", i)
		r := ranRepo{
			id: metrics.NewRepoID(name), born: p.begin + metrics.Instant(p.Int64N(int64(ranFor/2))), usual: 60 * math.Exp(2*p.Float64()+0.5*p.NormFloat64()),
			red: 0.05 + 0.15*p.Float64(), golden: p.IntN(2) == 0, before: map[string]float64{},
		}
		if i < ranRepos/2 {
			r.born = p.begin
		}
		r.next, r.pace = r.born, float64(now-r.born)/(float64(runs)*size(i)/total)
		p.repos = append(p.repos, r)
	}
	return p
}

// tell writes all runs, scan by scan, in batches of at least so many rows, the last one of a scan excepted.
func (p *pipelines) tell(ctx context.Context, rows int, write func(context.Context, *metrics.Batch) error) error {
	for seen := p.begin; seen < p.now; {
		seen = min(seen+scannedDays*metrics.Day, p.now)
		batch := &metrics.Batch{}
		for i := range p.repos {
			batch.Runs = p.scan(batch.Runs, &p.repos[i], seen)
			if batch.Rows() < rows && i < len(p.repos)-1 {
				continue
			}
			if err := write(ctx, batch); err != nil {
				return err
			}
			batch = &metrics.Batch{}
		}
	}
	return nil
}

// scan adds what a scan is told of a repository: what ran since the last one, and how that ended which went on then.
func (p *pipelines) scan(list []metrics.Run, r *ranRepo, seen metrics.Instant) []metrics.Run {
	for _, run := range r.late {
		run.Seen = seen
		list = append(list, run)
	}
	r.late = r.late[:0]
	for r.next < seen {
		run := p.run(r)
		run.Seen = seen
		if p.IntN(100) == 0 {
			r.late = append(r.late, run)
			run.Outcome, run.Finished = metrics.RunUnderWay, 0
		}
		list = append(list, run)
		r.next += 1 + metrics.Instant(p.ExpFloat64()*r.pace)
	}
	return list
}

// run makes a run. A workflow that failed is likely to fail again.
func (p *pipelines) run(r *ranRepo) metrics.Run {
	p.made++
	workflow := []string{"ci", "ci", "release", "nightly"}[p.IntN(4)]
	run := metrics.Run{
		Repo: r.id, ID: uint64(p.made), Attempt: 1, Source: "github", Workflow: ".github/workflows/" + workflow + ".yml", Event: "pull_request",
		Branch: "topic", Head: metrics.OID(fmt.Sprintf("%020d", p.made)), Outcome: metrics.RunSucceeded, Created: r.next, Started: r.next + 5,
	}
	if p.IntN(5) < 2 {
		run.Default, run.Event, run.Branch = true, "push", "main"
	}
	if r.golden {
		run.Used = []metrics.Use{{Kind: metrics.UsesWorkflow, Target: "acme/golden/.github/workflows/build.yml", Ref: fmt.Sprintf("v%d", 1+(r.next-p.begin)/(400*metrics.Day))}}
	}
	red := r.red
	if before, ok := r.before[workflow]; ok && run.Default {
		red = before
	}
	took := r.usual * math.Exp(0.4*p.NormFloat64())
	switch {
	case p.Float64() < red:
		run.Outcome, took = metrics.RunFailed, took*p.Float64()
	case p.IntN(20) == 0:
		run.Outcome = metrics.RunCancelled
	}
	if run.Default {
		r.before[workflow] = r.red
		if run.Outcome == metrics.RunFailed {
			r.before[workflow] = 0.5
		}
	}
	run.Finished = run.Started + metrics.Instant(min(took, 6*3600))
	return run
}

// surround writes what runs are asked about together with: repositories, their windows and readings, and what was
// deployed, proposed and committed.
func (p *pipelines) surround(ctx context.Context, write func(context.Context, *metrics.Batch) error) error {
	b := &metrics.Batch{}
	for i, r := range p.repos {
		b.Repos = append(b.Repos, metrics.Repo{ID: r.id, Name: fmt.Sprintf("github.com/acme/r%05d", i), Source: "github", Seen: p.now, Created: r.born})
		b.Readings = append(b.Readings, metrics.Reading{Repo: r.id, Source: "github", At: p.now, Complete: true})
		b.RunWindows = append(b.RunWindows, metrics.RunWindow{Repo: r.id, Source: "github", Period: metrics.Period{From: r.born, To: metrics.Forever}, Seen: p.now})
		if i%10 == 0 {
			b.Deployments = append(b.Deployments, metrics.Deployment{
				Repo: r.id, ID: 1, Source: "github", Outcome: metrics.RunSucceeded, Created: r.born + metrics.Day, Finished: r.born + metrics.Day, Seen: p.now,
			})
		}
	}
	if err := write(ctx, b); err != nil {
		return err
	}
	for first := 0; first < p.runs/20; first += 100_000 {
		b := &metrics.Batch{}
		for n := first; n < min(first+100_000, p.runs/20); n++ {
			b.Pulls = append(b.Pulls, p.pull(n))
			b.Commits = append(b.Commits, p.commit(n), p.commit(n+p.runs))
		}
		if err := write(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// somebody is one of many people, each of whom works in a few repositories from some day on.
func (p *pipelines) somebody() (metrics.AliasID, *ranRepo, metrics.Instant) {
	who := p.IntN(5000)
	r := &p.repos[(who*17+p.IntN(5))%len(p.repos)]
	since := max(r.born, p.begin+ranFor*metrics.Instant(who)/5000)
	return metrics.AliasID(1 + who), r, min(since+metrics.Instant(p.Int64N(int64(ranFor/3))), p.now)
}

func (p *pipelines) pull(n int) metrics.Pull {
	who, r, at := p.somebody()
	return metrics.Pull{
		Repo: r.id, Number: uint64(n + 1), Source: "github", Author: who, AuthorKind: metrics.Human, Created: at, Merged: at + 3600, Closed: at + 3600,
		Updated: at + 3600, Class: metrics.PullClass([]string{"feat", "fix", "chore", ""}[p.IntN(4)]), Seen: p.now,
	}
}

func (p *pipelines) commit(n int) metrics.Commit {
	who, r, at := p.somebody()
	return metrics.Commit{Repo: r.id, Walk: metrics.WalkID(r.id), Pos: uint32(n), Committed: at, Authored: at, Author: who}
}

// conclude puts in force what classify would have concluded of the repositories: on each path some spans, a part of them the
// path's.
func (p *pipelines) conclude(ctx context.Context, db *clickhouse.DB) error {
	generation, err := db.NextGeneration(ctx)
	if err != nil {
		return err
	}
	var c clickhouse.Conclusions
	var marks []clickhouse.Mark
	flush := func() error {
		err := db.WriteConclusions(ctx, generation, &c)
		c = clickhouse.Conclusions{}
		return err
	}
	for i := range p.repos {
		p.concludeRepo(&c, i)
		marks = append(marks, clickhouse.Mark{Repo: p.repos[i].id, Generation: generation})
		if len(c.Spans) > 30_000 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	defs := p.definitions()
	if err := flush(); err != nil {
		return err
	}
	if err := db.WriteDefined(ctx, generation, &defs); err != nil {
		return err
	}
	return db.Publish(ctx, generation, 0, marks)
}

func (p *pipelines) definitions() metrics.Definitions {
	defs := metrics.Definitions{Measure: metrics.Measure{TeamOnAt: 0.5, LeaveAfter: 14 * 24 * time.Hour, BornWithin: 7 * 24 * time.Hour}}
	for path := range ranPaths {
		defs.Paths = append(defs.Paths, metrics.Path{Key: ranPath(path), Alternatives: []metrics.Alternative{{Key: "jenkins"}, {Key: "circleci"}}})
	}
	for team := range ranTeams {
		defs.Teams.List = append(defs.Teams.List, metrics.Team{Key: ranTeam(team), Group: fmt.Sprintf("group%d", team%20)})
	}
	defs.Teams.Platform = []metrics.TeamKey{ranTeam(0), ranTeam(1)}
	return defs
}

func ranPath(n int) metrics.PathKey { return metrics.PathKey(fmt.Sprintf("path%d", n)) }
func ranTeam(n int) metrics.TeamKey { return metrics.TeamKey(fmt.Sprintf("team%03d", n)) }

// concludeRepo adds what is concluded of a repository.
func (p *pipelines) concludeRepo(c *clickhouse.Conclusions, i int) {
	r, team := &p.repos[i], ranTeam(i%ranTeams)
	unit := metrics.Unit{Repo: r.id}
	c.Ownership = append(c.Ownership, metrics.Ownership{Unit: unit, Team: team, Source: metrics.OwnerProvider, Period: metrics.Period{From: r.born, To: metrics.Forever}})
	for path := range ranPaths {
		last := metrics.Span{Unit: unit, Path: ranPath(path), Team: team, Period: metrics.Period{To: r.born}}
		for piece := range p.pieces {
			next := p.span(last)
			if piece == p.pieces-1 {
				next.To = metrics.Forever
			}
			c.Spans = append(c.Spans, next)
			if next.State.Using() && !last.State.Using() {
				spell := metrics.Spell{Unit: unit, Path: next.Path, Period: next.Period, Outcome: metrics.Running, Known: true, Choice: true, Team: team, Origin: next.Origin}
				if next.To < metrics.Forever {
					spell.Outcome = metrics.LeftPath
				}
				c.Spells = append(c.Spells, spell)
			}
			last = next
		}
	}
}

// span is what follows another: it goes on for half of the time up to now at most.
func (p *pipelines) span(before metrics.Span) metrics.Span {
	s := before
	s.Period = metrics.Period{From: before.To, To: before.To + metrics.Instant(1+p.Int64N(int64(p.now-before.To)/2+1))}
	s.State = []metrics.State{metrics.On, metrics.Off, metrics.Off, metrics.Mixed, metrics.None}[p.IntN(5)]
	s.Tree, s.Active, s.Dated, s.Choice, s.Since = s.State, true, true, true, s.From
	s.Ways, s.Origin, s.Voluntary, s.Version, s.SpellFrom = nil, 0, false, "", 0
	others := []metrics.WayKey{"jenkins", "circleci"}
	switch s.State {
	case metrics.Off:
		s.Ways = others[p.IntN(2):][:1]
	case metrics.Mixed:
		s.Ways = []metrics.WayKey{metrics.Golden, others[p.IntN(2)]}
	case metrics.On:
		s.Ways = []metrics.WayKey{metrics.Golden}
	}
	if s.State.Using() {
		s.Version, s.SpellFrom = fmt.Sprintf("v%d", 1+p.IntN(9)), s.From
		s.Origin = []metrics.Origin{metrics.Chosen, metrics.Born, metrics.Assisted, metrics.Mandated}[p.IntN(4)]
		s.Voluntary = s.Origin != metrics.Mandated
	}
	return s
}
