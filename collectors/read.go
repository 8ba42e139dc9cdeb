package collectors

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"

	"github.com/trodden/trodden/metrics"
)

// work is what one worker does in one go: repositories of one source, one unless it reads many at once.
type work struct {
	listing *listing
	repos   []metrics.Repo
}

// read reads repositories in a lane, whatever happens.
func (r *run) read(ctx context.Context, w work, lane string) {
	if ctx.Err() != nil {
		return
	}
	jobs := make([]Job, 0, len(w.repos))
	for _, repo := range w.repos {
		last, err := r.last(ctx, w.listing.source.Name(), repo.ID)
		if err != nil { // a store that does not answer ends the run
			r.ledger.fail(ctx, fmt.Errorf("look up %s: %w", repo.Name, err))
			return
		}
		jobs = append(jobs, Job{repo, last})
	}
	sink := r.ledger.reader(lane)
	outcomes := r.guard(ctx, w.listing.source, jobs, sink)
	sink.release()
	for i, o := range outcomes {
		switch {
		case ctx.Err() != nil && o.Err != nil: // an error that came of it says nothing about the repository
		case errors.Is(o.Err, ErrSpent):
			r.leave(ctx, w.listing, jobs[i], o.Err)
		case o.Err != nil:
			r.unknown(ctx, w.listing, jobs[i], o.Err)
		default:
			r.done(w.listing, jobs[i], o.Done)
		}
	}
}

// last asks the store what it has. A full run forgets all but what cannot be forgotten.
func (r *run) last(ctx context.Context, source string, repo metrics.RepoID) (Last, error) {
	last, err := r.Store.Last(ctx, source, repo)
	if r.Full {
		last = Last{Reading: metrics.Reading{At: last.Reading.At}, Releases: last.Releases}
	}
	return last, err
}

// errSilent is the error of a repository that a source said nothing of.
var errSilent = errors.New("the source did not say how reading it ended")

// guard calls a source and returns an outcome for each job. A panic is the error of all that have none by then.
func (r *run) guard(ctx context.Context, source Source, jobs []Job, out Sink) (outcomes []Outcome) {
	outcomes = make([]Outcome, len(jobs))
	at := make(map[metrics.RepoID]int, len(jobs))
	for i, j := range jobs {
		outcomes[i], at[j.Repo.ID] = Outcome{Repo: j.Repo.ID, Err: errSilent}, i
	}
	defer func() {
		if p := recover(); p != nil {
			r.Log.Error("source panicked", "source", source.Name(), "repo", jobs[0].Repo.Name, "of", len(jobs), "panic", p,
				"stack", string(debug.Stack()))
			for i := range outcomes {
				if errors.Is(outcomes[i].Err, errSilent) {
					outcomes[i].Err = fmt.Errorf("panic: %v", p)
				}
			}
		}
	}()
	for o := range outcomesOf(ctx, source, jobs, out) {
		if i, ok := at[o.Repo]; ok {
			outcomes[i] = o
		}
	}
	return outcomes
}

// outcomesOf reads all jobs at once where the source can, else one after the other.
func outcomesOf(ctx context.Context, source Source, jobs []Job, out Sink) iter.Seq[Outcome] {
	if batched, ok := source.(Batched); ok {
		return batched.ReadAll(ctx, jobs, out)
	}
	return func(yield func(Outcome) bool) {
		for _, j := range jobs {
			done, err := source.Read(ctx, j.Repo, j.Last, out)
			if !yield(Outcome{j.Repo.ID, done, err}) {
				return
			}
		}
	}
}

// leave leaves a repository for another run. One that was never read is unknown until then, lest what is known of the
// others is taken for all. Of one that was read the store is told how its list has it now, so that a listing of news
// finds that it was not read since.
func (r *run) leave(ctx context.Context, l *listing, j Job, err error) {
	r.spent(l, err)
	if j.Last.Reading.At != metrics.Beginning || j.Last.Walk.ID != 0 {
		_ = r.ledger.note(ctx, &metrics.Batch{Repos: []metrics.Repo{j.Repo}})
		return
	}
	_ = r.ledger.note(ctx, &metrics.Batch{ // a store that refuses it ends the run
		Repos: []metrics.Repo{j.Repo},
		Readings: []metrics.Reading{{
			Source: l.source.Name(), Repo: j.Repo.ID, At: j.Last.Moment(metrics.At(r.Now())), Reason: metrics.ReasonNotRead, Detail: NewProblem("", err).Detail,
		}},
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.summary.Changed = append(r.summary.Changed, j.Repo.ID)
}

// spent notes that something of a repository was left for another run, because of an error where there was one.
func (r *run) spent(l *listing, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		l.half++
	} else {
		l.spent = err
	}
	l.left++
	r.summary.Left++
}

// done adds a repository that was read to the summary.
func (r *run) done(l *listing, j Job, d Done) {
	if d.Left {
		r.spent(l, nil)
	}
	r.Log.Debug("repository read", "source", l.source.Name(), "repo", j.Repo.Name, "unchanged", d.Unchanged,
		"changes", d.Changes, "commits", d.Commits, "blobs", d.Blobs, "requests", d.Requests)
	for _, w := range d.Warnings {
		r.Log.Warn(w.Message, "repo", j.Repo.Name)
	}
	r.tell(func(p *Progress) {
		for _, name := range d.Missed {
			if l.missed == nil {
				l.missed = make(map[string]int)
			}
			l.missed[name]++
		}
		if !d.Left {
			l.read++
		}
		if !d.Unchanged {
			l.fresh++
		}
		p.Read++
		p.Changes += d.Changes
		p.Commits += d.Commits
		p.Repo = j.Repo.Name
		s := &r.summary
		s.Repos++
		s.Changes += d.Changes
		s.Commits += d.Commits
		s.Blobs += d.Blobs
		s.Requests += d.Requests
		s.Warnings = append(s.Warnings, d.Warnings...)
		if r.Only != nil && !d.Left && len(d.Missed) == 0 {
			s.Well = append(s.Well, j.Repo)
		}
		if d.Unchanged {
			s.Unchanged++
		} else {
			s.Changed = append(s.Changed, j.Repo.ID)
		}
	})
}

// unknown records that a repository could not be read. What is known of the names and files that were read
// before stays.
func (r *run) unknown(ctx context.Context, l *listing, j Job, err error) {
	problem := NewProblem(j.Repo.Name, err)
	problem.Source = l.source.Name()
	batch := &metrics.Batch{
		Repos: []metrics.Repo{j.Repo},
		Readings: []metrics.Reading{{
			Source: l.source.Name(), Repo: j.Repo.ID, At: j.Last.Moment(metrics.At(r.Now())), Reason: problem.Reason, Detail: problem.Detail,
			Head: j.Repo.Head, Watched: j.Last.Reading.Watched, Names: j.Last.Reading.Names, Files: j.Last.Reading.Files,
		}},
	}
	if r.ledger.note(ctx, batch) != nil {
		return
	}
	r.Log.Info("repository is unknown", "source", l.source.Name(), "repo", j.Repo.Name, "reason", problem.Reason, "error", problem.Detail)
	r.tell(func(p *Progress) {
		p.Read++
		p.Unknown++
		p.Repo = j.Repo.Name
		r.summary.Repos++
		r.summary.Unknown++
		r.summary.Problems = append(r.summary.Problems, problem)
		r.summary.Changed = append(r.summary.Changed, j.Repo.ID)
	})
}
