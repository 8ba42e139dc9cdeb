// Package history reads the whole history of the repositories of a code host, which the host itself tells only the
// heads of: through clones in a folder of bounded size.
//
// A Source stands before that of the host. The host goes on listing repositories, saying what they are, and showing
// the files at their heads; of those that moved the history is read besides, which takes the place of what was seen.
// A repository whose history cannot be read is known by its head until that succeeds.
package history

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Mirrors keeps clones and reads them; git.Mirrors does.
type Mirrors interface {
	// Knows reports whether all of the history of a repository up to its head was read before.
	Knows(last collectors.Last, repo metrics.Repo) bool
	// Provides reports whether more is read of a repository than its branch, so that it may move without its head.
	Provides(repo metrics.Repo) bool
	// Update makes a clone in a folder, or brings the one there up to date with the head of the remote. With a
	// collectors.ReadError of metrics.ReasonForbidden git was not let in; with one of another reason the clone is
	// damaged.
	Update(ctx context.Context, dir string, repo metrics.Repo, from collectors.Remote) error
	// Read writes what is new in the history of a clone. A collectors.ReadError is one of the clone.
	Read(ctx context.Context, dir string, job collectors.Job, from collectors.Remote, host collectors.Contents, out collectors.Sink) (collectors.Done, error)
}

// Login returns what lets git in at a host: a header of each request, with its name. "" lets in nobody in particular.
type Login func(ctx context.Context) (header string, err error)

// Config says whose history is read, and how.
type Config struct {
	Host    collectors.Batched // whose repositories have a URL that is that of a page, without .git, for a location
	Mirrors Mirrors
	Cache   *Cache
	Logins  []Login       // are tried one after the other; none is the same as one that lets in nobody in particular
	AtOnce  int           // clones that are brought up to date at once; 4 where 0
	Patient time.Duration // how long a clone is waited for that somebody else uses; 10 seconds where 0
	Log     *slog.Logger  // may be nil
}

// Source reads the repositories of a host with their history. It is safe for concurrent use.
type Source struct {
	config   Config
	contents collectors.Contents // nil where the host gives none
	slots    chan struct{}

	mu     sync.Mutex
	behind map[metrics.RepoID]bool // listed because their history is not known, and not by the host
}

var (
	_ collectors.Batched = (*Source)(nil)
	_ collectors.Checker = (*Source)(nil)
	_ collectors.Frugal  = (*Source)(nil)
)

const (
	clonesAtOnce = 4
	patient      = 10 * time.Second
	chunk        = 25 // repositories whose readings wait for one another; hosts answer for as many at once
)

// New returns a source. It asks nothing and makes nothing.
func New(config Config) (*Source, error) {
	if config.Host == nil || config.Mirrors == nil || config.Cache == nil {
		return nil, fmt.Errorf("history needs a host, mirrors and a cache: %w", metrics.ErrInvalid)
	}
	if config.AtOnce == 0 {
		config.AtOnce = clonesAtOnce
	}
	if config.Patient == 0 {
		config.Patient = patient
	}
	if len(config.Logins) == 0 {
		config.Logins = []Login{func(context.Context) (string, error) { return "", nil }}
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s := &Source{config: config, slots: make(chan struct{}, config.AtOnce), behind: map[metrics.RepoID]bool{}}
	s.contents, _ = config.Host.(collectors.Contents)
	return s, nil
}

// Name implements collectors.Source.
func (s *Source) Name() string { return s.config.Host.Name() }

// Chunk implements collectors.Batched.
func (s *Source) Chunk() int { return min(s.config.Host.Chunk(), chunk) }

// Least implements collectors.Frugal: what git reads counts for no budget.
func (s *Source) Least() int {
	if host, ok := s.config.Host.(collectors.Frugal); ok {
		return host.Least()
	}
	return 0
}

// Check implements collectors.Checker.
func (s *Source) Check(ctx context.Context) error {
	if err := s.config.Cache.usable(); err != nil {
		return fmt.Errorf("the folder of clones cannot be used, name another one with cache: {dir: …}: %w: %w", err, metrics.ErrUnavailable)
	}
	if host, ok := s.config.Host.(collectors.Checker); ok {
		return host.Check(ctx)
	}
	return nil
}

// Lacks asks the host which parts it does not show; nil where that cannot tell.
func (s *Source) Lacks(ctx context.Context, repo metrics.Repo) (map[string]string, error) {
	if host, ok := s.config.Host.(interface {
		Lacks(context.Context, metrics.Repo) (map[string]string, error)
	}); ok {
		lacks, err := host.Lacks(ctx, repo)
		if needs := s.unclonable(); needs != "" && lacks != nil {
			lacks["histories"] = needs
		}
		return lacks, err
	}
	return nil, nil
}

// unclonable says what it would take to clone, where the host knows that it is lacking.
func (s *Source) unclonable() string {
	if host, ok := s.config.Host.(interface{ Unclonable() string }); ok {
		return host.Unclonable()
	}
	return ""
}

// Weigh asks the host how large listed repositories are, where it does not tell that with its list.
func (s *Source) Weigh(ctx context.Context, repos []metrics.Repo) error {
	if host, ok := s.config.Host.(interface {
		Weigh(context.Context, []metrics.Repo) error
	}); ok {
		return host.Weigh(ctx, repos)
	}
	return nil
}

// Bytes is how large the host says that a listed repository is; 0 where it does not.
func (s *Source) Bytes(repo metrics.Repo) int64 {
	if host, ok := s.config.Host.(interface{ Bytes(metrics.Repo) int64 }); ok {
		return host.Bytes(repo)
	}
	return 0
}

// Repos implements collectors.Source: it lists what the host does, and then those repositories, as they were, whose
// history was not read up to the head that is known. So what failed is tried again, and a store that was filled
// without history gets it.
func (s *Source) Repos(ctx context.Context, known *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(yield func(metrics.Repo, error) bool) {
		listed := map[string]bool{}
		for repo, err := range s.config.Host.Repos(ctx, known) {
			listed[repo.Name], listed[repo.HostID] = true, true
			if !yield(repo, err) {
				return
			}
		}
		if known.Only != nil || !known.News() || ctx.Err() != nil {
			return // all that is there was listed, or it is not known what is
		}
		for _, had := range known.Repos {
			if listed[had.Name] || had.HostID != "" && listed[had.HostID] || s.config.Mirrors.Knows(had.Last, had.Repo) {
				continue
			}
			s.mu.Lock()
			s.behind[had.ID] = true
			s.mu.Unlock()
			if !yield(had.Repo, nil) {
				return
			}
		}
	}
}

// isBehind reports whether a repository was listed for its history alone.
func (s *Source) isBehind(repo metrics.RepoID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.behind[repo]
}

// Read implements collectors.Source.
func (s *Source) Read(ctx context.Context, repo metrics.Repo, last collectors.Last, out collectors.Sink) (collectors.Done, error) {
	for o := range s.ReadAll(ctx, []collectors.Job{{Repo: repo, Last: last}}, out) {
		return o.Done, o.Err
	}
	return collectors.Done{}, ctx.Err()
}

// ReadAll implements collectors.Batched. What the host says of a repository is held back until its history is read:
// both are told in one reading. Of those that only lack their history the host is not asked.
func (s *Source) ReadAll(ctx context.Context, jobs []collectors.Job, out collectors.Sink) iter.Seq[collectors.Outcome] {
	return func(yield func(collectors.Outcome) bool) {
		var moved []collectors.Job
		lasts := make(map[metrics.RepoID]collectors.Last, len(jobs))
		var outcomes []collectors.Outcome
		words := newHeld(out)
		for _, j := range jobs {
			lasts[j.Repo.ID] = j.Last
			if !s.isBehind(j.Repo.ID) {
				moved = append(moved, j)
				continue
			}
			outcomes = append(outcomes, collectors.Outcome{Repo: j.Repo.ID, Done: collectors.Done{Unchanged: true}})
			words.knows(j)
		}
		if len(moved) > 0 {
			outcomes = slices.AppendSeq(outcomes, s.config.Host.ReadAll(ctx, moved, words))
		}
		var tasks sync.WaitGroup
		for i := range outcomes {
			o := &outcomes[i]
			if w, read := words.of(o.Repo); read && o.Err == nil {
				part, release := collectors.Divide(out) // at once: while it waits for its turn, nobody waits for what the host did not bring
				tasks.Go(func() {
					defer release()
					s.complete(ctx, o, w, lasts[o.Repo], part)
				})
			}
		}
		tasks.Wait()
		for _, o := range outcomes {
			if !yield(o) {
				return
			}
		}
	}
}

// complete adds the history to what the host said of a repository. Where there is none to be had, what the host said
// stands alone.
func (s *Source) complete(ctx context.Context, o *collectors.Outcome, w word, last collectors.Last, out collectors.Sink) {
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.Error("reading a history panicked", "repo", w.repo.Name, "panic", p, "stack", string(debug.Stack()))
			o.Err = fmt.Errorf("panic: %v", p)
		}
	}()
	if s.config.Mirrors.Knows(last, w.repo) && (w.repo.Head == "" || !s.config.Mirrors.Provides(w.repo)) {
		o.Err = w.write(ctx, out)
		return
	}
	done, err := s.read(ctx, collectors.Job{Repo: w.repo, Last: last}, w, out)
	switch {
	case err == nil:
		o.Done = together(o.Done, done)
	case ctx.Err() != nil:
		o.Err = ctx.Err()
	default:
		why := collectors.NewProblem(w.repo.Name, err).Detail
		o.Done.Warnings = append(o.Done.Warnings, metrics.Warning{
			Repo: w.repo.ID, Message: "only the head is known, the history cannot be read: " + why,
		})
		o.Done.Missed = append(o.Done.Missed, missed)
		o.Err = w.write(ctx, out)
	}
}

// missed is what a scan is not complete without, as people are told of it: histories that are wanted and were not read. Each
// scan tries them again.
const missed = "histories"

// together adds up what reading the head and reading the history came to. Files that the host showed are no changes
// where the history tells of them.
func together(head, history collectors.Done) collectors.Done {
	return collectors.Done{
		Unchanged: head.Unchanged && history.Unchanged, Left: head.Left,
		Changes: history.Changes, Commits: history.Commits, Blobs: head.Blobs + history.Blobs,
		Requests: head.Requests + history.Requests, Warnings: slices.Concat(head.Warnings, history.Warnings),
		Missed: slices.Concat(head.Missed, history.Missed),
	}
}

// read brings the clone of a repository up to date and reads it, once more from scratch where it turns out to be
// damaged.
func (s *Source) read(ctx context.Context, job collectors.Job, w word, out collectors.Sink) (collectors.Done, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return collectors.Done{}, ctx.Err()
	}
	clone, err := s.take(ctx, job.Repo)
	if err != nil {
		return collectors.Done{}, err
	}
	defer func() {
		if err := clone.Release(); err != nil {
			s.config.Log.Warn("the folder of clones cannot be kept small", "error", err)
		}
	}()
	done, err := s.readClone(ctx, job, w, clone.Dir, out)
	if clone.Fresh || !damaged(err) || ctx.Err() != nil {
		return done, err
	}
	s.config.Log.Info("a clone is made anew", "repo", job.Repo.Name, "why", collectors.NewProblem(job.Repo.Name, err).Detail)
	if err := clone.Clear(); err != nil {
		return done, err
	}
	return s.readClone(ctx, job, w, clone.Dir, out)
}

// again is after what time somebody else's clone is asked for again.
const again = 50 * time.Millisecond

// take takes the clone of a repository. One that another process uses is waited for, as that may be a scan of the same
// repositories that is done with it soon; where that takes too long, the error says how long.
func (s *Source) take(ctx context.Context, repo metrics.Repo) (*Clone, error) {
	clone, err := s.config.Cache.Take(repo.ID)
	if !errors.Is(err, ErrBusy) {
		return clone, err
	}
	s.config.Log.Info("a clone is waited for that another process uses", "repo", repo.Name, "at most", s.config.Patient)
	over := time.NewTimer(s.config.Patient)
	defer over.Stop()
	next := time.NewTicker(again)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-over.C:
			return nil, fmt.Errorf("%w by another process for more than %s", err, s.config.Patient)
		case <-next.C:
		}
		if clone, err = s.config.Cache.Take(repo.ID); !errors.Is(err, ErrBusy) {
			return clone, err
		}
	}
}

// readClone does it with what is in a folder.
func (s *Source) readClone(ctx context.Context, job collectors.Job, w word, dir string, out collectors.Sink) (done collectors.Done, err error) {
	from := collectors.Remote{URL: job.Repo.Location + ".git", Branch: job.Repo.DefaultBranch, Head: job.Repo.Head}
	for _, login := range s.config.Logins {
		if from.Header, err = login(ctx); err != nil {
			continue
		}
		if err = s.config.Mirrors.Update(ctx, dir, job.Repo, from); !refused(err) {
			break
		}
	}
	if err != nil {
		return done, err
	}
	part, release := collectors.Divide(out) // anew, as it may be the second try
	defer release()
	return s.config.Mirrors.Read(ctx, dir, job, from, s.contents, told{part, w})
}

// refused reports whether git was not let in.
func refused(err error) bool {
	var read *collectors.ReadError
	return errors.As(err, &read) && read.Reason == metrics.ReasonForbidden
}

// damaged reports whether an error is one of the clone.
func damaged(err error) bool {
	var read *collectors.ReadError
	return errors.As(err, &read) && read.Reason != metrics.ReasonForbidden
}
