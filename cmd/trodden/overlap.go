package main

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// overlap is what the sources of one scan have in common: repositories that several of them list. Whatever is said of
// them is said of one repository. It is read once where one source would read nothing that another one does not.
type overlap struct {
	sources []config.Source
	shard   collectors.Shard

	mu    sync.Mutex
	taken map[taking]*taken
	met   map[metrics.RepoID]*met
}

// taking is a repository, by what it is called where it is, of a source, by its place.
type taking struct {
	source int
	called string
}

// takingOf names a repository by the id that its host gave it, or by its folder.
func takingOf(source int, repo metrics.Repo) taking {
	return taking{source, cmp.Or(repo.HostID, repo.Location)}
}

// taken is what becomes of a repository that a source has listed.
type taken struct {
	place int           // among all that was listed
	over  chan struct{} // closed when that is known
	ok    bool          // nothing is left to be read by another source
}

// met is in which sources a repository is, and what came of it there.
type met struct {
	name                            string
	sources                         []int
	called                          []string // by source
	counted, unchanged, notReadable int
}

// newOverlap returns what some sources have in common, and the sources to be read in their place; they are as configured.
func newOverlap(configured []config.Source, sources []collectors.Source, shard collectors.Shard) (*overlap, []collectors.Source) {
	o := &overlap{sources: configured, shard: shard, taken: make(map[taking]*taken), met: make(map[metrics.RepoID]*met)}
	if len(sources) < 2 || len(configured) != len(sources) {
		return o, sources
	}
	list := make([]collectors.Source, len(sources))
	for i, source := range sources {
		one := shared{source, o, i, covering(configured, i)}
		list[i] = one
		if batched, ok := source.(collectors.Batched); ok {
			list[i] = sharedBatch{one, batched}
		}
	}
	return o, list
}

// covering are the sources before the i-th that read of a repository all that it would: at the same host, the same parts, or
// in the same folder.
func covering(sources []config.Source, i int) (list []int) {
	for j := range i {
		a, b := sources[j], sources[i]
		switch {
		case a.Git != nil && b.Git != nil:
			if a.Git.Branch == b.Git.Branch && (a.Git.Fetch || !b.Git.Fetch) {
				list = append(list, j)
			}
		case a.GitHub != nil && b.GitHub != nil:
			if a.GitHub.URL == b.GitHub.URL && a.GitHub.Parts == b.GitHub.Parts && (a.GitHub.History.Wanted || !b.GitHub.History.Wanted) {
				list = append(list, j)
			}
		case a.GitLab != nil && b.GitLab != nil:
			if cmp.Or(a.GitLab.URL, "https://gitlab.com") == cmp.Or(b.GitLab.URL, "https://gitlab.com") && a.GitLab.Parts == b.GitLab.Parts && (a.GitLab.History.Wanted || !b.GitLab.History.Wanted) {
				list = append(list, j)
			}
		}
	}
	return list
}

// take says that a source has listed a repository, and will read it.
func (o *overlap) take(key taking) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.taken[key] == nil {
		o.taken[key] = &taken{place: len(o.taken), over: make(chan struct{})}
	}
}

// settle says what became of it. What was said first holds.
func (o *overlap) settle(key taking, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.settled(key, ok)
}

func (o *overlap) settled(key taking, ok bool) {
	if t := o.taken[key]; t != nil {
		select {
		case <-t.over:
		default:
			t.ok = ok
			close(t.over)
		}
	}
}

// abandon says that of what a source has listed nothing more will be read.
func (o *overlap) abandon(source int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key := range o.taken {
		if key.source == source {
			o.settled(key, false)
		}
	}
}

// await reports whether one of the sources has read a repository that another one at has listed. It waits for those that
// are about to and listed it before, as what was listed before is begun before. A run may list sources in another order
// than they are configured in: of those that come later nothing is waited for.
func (o *overlap) await(ctx context.Context, at int, sources []int, repo metrics.Repo) bool {
	for _, source := range sources {
		o.mu.Lock()
		t, mine := o.taken[takingOf(source, repo)], o.taken[takingOf(at, repo)]
		o.mu.Unlock()
		if t == nil || mine != nil && mine.place < t.place {
			continue
		}
		select {
		case <-t.over:
		case <-ctx.Done():
			return false
		}
		if t.ok {
			return true
		}
	}
	return false
}

// meet notes that a repository is in a source, and what came of it.
func (o *overlap) meet(source int, repo metrics.Repo, counted, unchanged, notReadable bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	m := o.met[repo.ID]
	if m == nil {
		m = &met{}
		o.met[repo.ID] = m
	}
	m.name, m.sources, m.called = repo.Name, append(m.sources, source), append(m.called, takingOf(source, repo).called)
	add := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	add(&m.counted, counted)
	add(&m.unchanged, unchanged)
	add(&m.notReadable, notReadable)
}

// readOnce reports whether the first of the sources that have a repository reads all of it that any of them would.
func (o *overlap) readOnce(m *met) bool {
	first := 0
	for i, source := range m.sources {
		if source < m.sources[first] {
			first = i
		}
	}
	for i, source := range m.sources {
		if source == m.sources[first] {
			continue
		}
		if m.called[i] != m.called[first] || !slices.Contains(covering(o.sources, source), m.sources[first]) {
			return false
		}
	}
	return true
}

// once counts repositories once that were counted by several sources: one that a source could not read is unknown, one
// of which any source had news is not unchanged.
func (o *overlap) once(sum collectors.Summary) collectors.Summary {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.met {
		if m.counted < 2 {
			continue
		}
		sum.Repos -= m.counted - 1
		sum.Unknown -= max(m.notReadable-1, 0)
		sum.Unchanged -= m.unchanged
		if m.unchanged == m.counted {
			sum.Unchanged++
		}
	}
	sum.Repos, sum.Unknown, sum.Unchanged = max(sum.Repos, 0), max(sum.Unknown, 0), max(sum.Unchanged, 0) // what came at the end of ctx is in none
	return sum
}

// shared is a source beside others, which may list the same repositories.
type shared struct {
	collectors.Source
	all      *overlap
	at       int
	covering []int
}

// Repos implements collectors.Source.
func (s shared) Repos(ctx context.Context, known *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(yield func(metrics.Repo, error) bool) {
		whole := false
		defer func() {
			if !whole {
				s.all.abandon(s.at)
			}
		}()
		listed := make(map[string]bool)
		for repo, err := range s.Source.Repos(ctx, known) {
			if err == nil {
				listed[repo.Name], listed[repo.HostID] = true, true
				s.all.take(takingOf(s.at, repo))
			}
			if !yield(repo, err) {
				return
			}
		}
		whole = true
		if known.News() && known.Only == nil {
			s.stay(known.Repos, listed)
		}
	}
}

// stay notes the repositories that are there as they were, and so are not listed.
func (s shared) stay(had []collectors.Had, listed map[string]bool) {
	for _, h := range had {
		if listed[h.Name] || h.HostID != "" && listed[h.HostID] || !s.all.shard.Holds(h.ID) {
			continue
		}
		key := takingOf(s.at, h.Repo)
		s.all.take(key)
		s.all.settle(key, h.Last.Reading.Complete && h.Last.Reading.Head == h.Head)
		s.all.meet(s.at, h.Repo, true, true, false)
	}
}

// Read implements collectors.Source: what another source has read in the same folder is left out.
func (s shared) Read(ctx context.Context, repo metrics.Repo, last collectors.Last, out collectors.Sink) (done collectors.Done, err error) {
	o := collectors.Outcome{Repo: repo.ID, Err: errSaidNothing}
	defer func() { s.came(ctx, o, repo) }()
	if s.all.await(ctx, s.at, s.covering, repo) {
		o.Done, o.Err = collectors.Done{Unchanged: true}, nil
		return o.Done, nil
	}
	done, err = s.Source.Read(ctx, repo, last, out)
	o.Done, o.Err = done, err
	return done, err
}

// came notes what came of reading a repository. What was left for want of budget is left to this source: it goes on with
// it in the next scan.
func (s shared) came(ctx context.Context, o collectors.Outcome, repo metrics.Repo) {
	left := errors.Is(o.Err, collectors.ErrSpent)
	if ctx.Err() == nil {
		s.all.meet(s.at, repo, !left, o.Err == nil && o.Done.Unchanged, o.Err != nil && !left)
	}
	s.all.settle(takingOf(s.at, repo), o.Err == nil || left)
}

// sharedBatch is one that reads many repositories at once.
type sharedBatch struct {
	shared
	batched collectors.Batched
}

// Chunk implements collectors.Batched.
func (s sharedBatch) Chunk() int { return s.batched.Chunk() }

// ReadAll implements collectors.Batched: what another source has read of the same host in this scan is left out.
func (s sharedBatch) ReadAll(ctx context.Context, jobs []collectors.Job, out collectors.Sink) iter.Seq[collectors.Outcome] {
	return func(yield func(collectors.Outcome) bool) {
		told := make(map[metrics.RepoID]bool, len(jobs))
		defer func() {
			for _, j := range jobs {
				if !told[j.Repo.ID] {
					s.came(ctx, collectors.Outcome{Repo: j.Repo.ID, Err: errSaidNothing}, j.Repo)
				}
			}
		}()
		var rest []collectors.Job
		for _, j := range jobs {
			if !s.all.await(ctx, s.at, s.covering, j.Repo) {
				rest = append(rest, j)
				continue
			}
			o := collectors.Outcome{Repo: j.Repo.ID, Done: collectors.Done{Unchanged: true}}
			o.Err = out.Write(ctx, &metrics.Batch{Repos: []metrics.Repo{j.Repo}}) // it is in this source, too
			s.came(ctx, o, j.Repo)
			told[j.Repo.ID] = true
			if !yield(o) {
				return
			}
		}
		if len(rest) > 0 {
			s.readRest(ctx, rest, out, told, yield)
		}
	}
}

// errSaidNothing is what came of a repository that a source said nothing of.
var errSaidNothing = errors.New("the source did not say how reading it ended")

// readRest reads what no other source has read.
func (s sharedBatch) readRest(ctx context.Context, jobs []collectors.Job, out collectors.Sink, told map[metrics.RepoID]bool, yield func(collectors.Outcome) bool) {
	for o := range s.batched.ReadAll(ctx, jobs, out) {
		if i := slices.IndexFunc(jobs, func(j collectors.Job) bool { return j.Repo.ID == o.Repo }); i >= 0 {
			s.came(ctx, o, jobs[i].Repo)
			told[o.Repo] = true
		}
		if !yield(o) {
			return
		}
	}
}
