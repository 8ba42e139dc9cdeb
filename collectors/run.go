package collectors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"regexp"
	"runtime/debug"
	"sync"
	"time"

	"github.com/trodden/trodden/metrics"
)

// Store keeps facts and says what it has of a repository.
type Store interface {
	Sink
	// Last returns what a source brought of a repository; the zero Last where it brought nothing.
	Last(ctx context.Context, source string, repo metrics.RepoID) (Last, error)
}

// Options says what a run reads, and how.
type Options struct {
	Sources  []Source
	Store    Store
	Workers  int              // repositories read at once; at least one
	Shard    Shard            // the part of the repositories that this process reads
	Full     bool             // read everything anew, as if the store had nothing
	Progress func(Progress)   // told after each repository, never twice at once; may be nil
	Log      *slog.Logger     //
	Now      func() time.Time //
}

// Shard is part Index of Count equal parts, counted from 1. The zero Shard is all there is.
type Shard struct{ Index, Count int }

// Holds reports whether a repository is in the part.
func (s Shard) Holds(id metrics.RepoID) bool {
	return s.Count <= 1 || uint64(id)%uint64(s.Count) == uint64(s.Index-1)
}

// Progress is how far a run has come.
type Progress struct {
	Listed  int  // repositories found up to now
	Whole   bool // no more will be found
	Read    int  // repositories that are done, the unknown ones included
	Unknown int  // of these, the ones that could not be read
	Changes int
	Commits int
	Repo    string // the one that was just done
}

// Summary is what a run came to.
type Summary struct {
	Repos     int // done, the unknown ones included
	Unchanged int
	Unknown   int
	Changes   int
	Commits   int
	Blobs     int
	Requests  int
	Duration  time.Duration
	Changed   []metrics.RepoID // of which something new is known, if only that they cannot be read
	Partial   []string         // sources whose list of repositories was not complete
	Problems  []Problem        // one for each unknown repository
	Warnings  []metrics.Warning
}

// Problem is a repository that could not be read, and why.
type Problem struct {
	Repo   string
	Reason metrics.Reason
	Detail string // the error in words, free of secrets
}

// ReadError is the error of a repository that could not be read, with the reason that people are shown.
type ReadError struct {
	Reason metrics.Reason
	Err    error
}

// Error implements error.
func (e *ReadError) Error() string { return e.Err.Error() }

// Unwrap returns the error behind it.
func (e *ReadError) Unwrap() error { return e.Err }

// NewProblem says why a repository could not be read, as people are shown it.
func NewProblem(repo string, err error) Problem {
	return Problem{Repo: repo, Reason: reason(err), Detail: redact(err.Error())}
}

// reason returns the reason why something could not be read.
func reason(err error) metrics.Reason {
	var read *ReadError
	switch {
	case errors.As(err, &read):
		return read.Reason
	case errors.Is(err, fs.ErrPermission):
		return metrics.ReasonForbidden
	default:
		return metrics.ReasonUnreadable
	}
}

// listAhead is how many repositories may be listed before the first is read.
const listAhead = 1 << 14

// Run reads every repository of every source. A repository that cannot be read, or at which a source
// panics, is unknown and fails no other. When ctx ends, Run returns its error: what was read completely is
// in the store by then, and the next run goes on from there. The same holds when the store fails.
func Run(ctx context.Context, o Options) (Summary, error) {
	begun := o.Now()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{Options: o, ledger: newLedger(o.Store, cancel)}
	jobs := make(chan job, listAhead)
	var workers sync.WaitGroup
	for range max(o.Workers, 1) {
		workers.Go(func() {
			for j := range jobs {
				r.read(ctx, j)
			}
		})
	}
	for _, source := range o.Sources {
		r.list(ctx, source, jobs)
	}
	close(jobs)
	r.tell(func(p *Progress) { p.Whole = true })
	workers.Wait()
	if err := r.ledger.flush(context.WithoutCancel(ctx)); err != nil {
		cancel(err)
	}
	r.summary.Duration = o.Now().Sub(begun)
	return r.summary, context.Cause(ctx)
}

// run is a run under way.
type run struct {
	Options
	ledger *ledger

	mu       sync.Mutex
	progress Progress
	summary  Summary
}

type job struct {
	source Source
	repo   metrics.Repo
}

// tell changes the progress and shows it.
func (r *run) tell(change func(*Progress)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.progress)
	if r.Progress != nil {
		r.Progress(r.progress)
	}
}

// list puts the repositories of a source into the queue.
func (r *run) list(ctx context.Context, source Source, jobs chan<- job) {
	defer func() {
		if p := recover(); p != nil {
			r.Log.Error("source panicked", "source", source.Name(), "panic", p, "stack", string(debug.Stack()))
			r.partial(ctx, source, fmt.Errorf("panic: %v", p))
		}
	}()
	for repo, err := range source.Repos(ctx) {
		if err != nil {
			r.partial(ctx, source, err)
			continue
		}
		if !r.Shard.Holds(repo.ID) {
			continue
		}
		select {
		case jobs <- job{source, repo}:
			r.mu.Lock()
			r.progress.Listed++
			r.mu.Unlock()
		case <-ctx.Done():
			return
		}
	}
}

// partial notes that a source could not list everything.
func (r *run) partial(ctx context.Context, source Source, err error) {
	if ctx.Err() != nil {
		return
	}
	message := redact(err.Error())
	r.Log.Warn("list is not complete", "source", source.Name(), "error", message)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.summary.Partial = append(r.summary.Partial, source.Name()+": "+message)
}

// read reads one repository, whatever happens.
func (r *run) read(ctx context.Context, j job) {
	if ctx.Err() != nil {
		return
	}
	sink := r.ledger.reader()
	last, err := r.last(ctx, j)
	var done Done
	if err == nil {
		done, err = guard(ctx, r.Log, j, last, sink)
	}
	sink.release()
	switch {
	case ctx.Err() != nil: // an error that came of it says nothing about the repository
	case err != nil:
		r.unknown(ctx, j, last, err)
	default:
		r.done(j, done)
	}
}

// last asks the store what it has. A store that does not answer ends the run.
func (r *run) last(ctx context.Context, j job) (Last, error) {
	last, err := r.Store.Last(ctx, j.source.Name(), j.repo.ID)
	if err != nil {
		r.ledger.fail(ctx, fmt.Errorf("look up %s: %w", j.repo.Name, err))
	}
	if r.Full {
		last = Last{Reading: metrics.Reading{At: last.Reading.At}, Releases: last.Releases} // that these were there cannot be forgotten
	}
	return last, err
}

// guard calls a source and turns its panic into an error.
func guard(ctx context.Context, log *slog.Logger, j job, last Last, out Sink) (done Done, err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("source panicked", "source", j.source.Name(), "repo", j.repo.Name, "panic", p,
				"stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return j.source.Read(ctx, j.repo, last, out)
}

// done adds a repository that was read to the summary.
func (r *run) done(j job, d Done) {
	r.Log.Debug("repository read", "source", j.source.Name(), "repo", j.repo.Name, "unchanged", d.Unchanged,
		"changes", d.Changes, "commits", d.Commits, "blobs", d.Blobs, "requests", d.Requests)
	for _, w := range d.Warnings {
		r.Log.Warn(w.Message, "repo", j.repo.Name)
	}
	r.tell(func(p *Progress) {
		p.Read++
		p.Changes += d.Changes
		p.Commits += d.Commits
		p.Repo = j.repo.Name
		s := &r.summary
		s.Repos++
		s.Changes += d.Changes
		s.Commits += d.Commits
		s.Blobs += d.Blobs
		s.Requests += d.Requests
		s.Warnings = append(s.Warnings, d.Warnings...)
		if d.Unchanged {
			s.Unchanged++
		} else {
			s.Changed = append(s.Changed, j.repo.ID)
		}
	})
}

// unknown records that a repository could not be read. What is known of the names and files that were read
// before stays.
func (r *run) unknown(ctx context.Context, j job, last Last, err error) {
	problem := NewProblem(j.repo.Name, err)
	batch := &metrics.Batch{
		Repos: []metrics.Repo{j.repo},
		Readings: []metrics.Reading{{
			Source: j.source.Name(), Repo: j.repo.ID, At: last.Moment(metrics.At(r.Now())), Reason: problem.Reason, Detail: problem.Detail,
			Head: j.repo.Head, Watched: last.Reading.Watched, Names: last.Reading.Names,
		}},
	}
	if r.ledger.note(ctx, batch) != nil {
		return
	}
	r.Log.Info("repository is unknown", "source", j.source.Name(), "repo", j.repo.Name, "reason", problem.Reason, "error", problem.Detail)
	r.tell(func(p *Progress) {
		p.Read++
		p.Unknown++
		p.Repo = j.repo.Name
		r.summary.Repos++
		r.summary.Unknown++
		r.summary.Problems = append(r.summary.Problems, problem)
		r.summary.Changed = append(r.summary.Changed, j.repo.ID)
	})
}

// credentials is what stands before the host of a URL.
var credentials = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^/\s]*@`)

// redact takes credentials out of URLs in a message.
func redact(message string) string { return credentials.ReplaceAllString(message, "$1") }
