package github

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// reading is the reading of one repository.
type reading struct {
	collectors.Job
	owner, name string
	idle        bool // its files are as they were

	states []metrics.FileState // its watched files
	wanted []file              // those of them that are read
	nested []subtree           // folders that are still to be looked into
	tries  int                 // batches that did not bring it
	err    error
	done   collectors.Done

	news    news             // what a probe found out
	imposed []metrics.Policy // that hold in it, as far as is known
}

// file is a watched file whose content is wanted.
type file struct {
	path string
	oid  metrics.OID
	size uint64
	want collectors.Interest
}

// ReadAll implements collectors.Batched.
func (s *Source) ReadAll(ctx context.Context, jobs []collectors.Job, out collectors.Sink) iter.Seq[collectors.Outcome] {
	return func(yield func(collectors.Outcome) bool) {
		var idle, busy []*reading
		for _, j := range jobs {
			r := &reading{Job: j}
			r.owner, r.name = s.split(j.Repo)
			if r.idle = s.current(j); r.idle {
				idle = append(idle, r)
			} else {
				busy = append(busy, r)
			}
		}
		s.readAll(ctx, busy, out)
		s.keep(ctx, idle, out)
		s.write(ctx, whole(busy), out)
		s.besides(ctx, slices.Concat(idle, busy), out)
		for _, r := range slices.Concat(idle, busy) {
			if !yield(collectors.Outcome{Repo: r.Repo.ID, Done: r.done, Err: unreadable(r.err)}) {
				return
			}
		}
	}
}

// current reports whether the last reading is of this very head and of the same files.
func (s *Source) current(j collectors.Job) bool {
	last := j.Last.Reading
	return last.Complete && last.Watched == s.watched && last.Files != 0 && last.Head == j.Repo.Head
}

// keep notes that repositories were looked at and are as they were.
func (s *Source) keep(ctx context.Context, idle []*reading, out collectors.Sink) {
	batch := &metrics.Batch{}
	for _, r := range idle {
		r.done.Unchanged = true
		s.note(batch, r, r.Last.Reading.Files)
	}
	if batch.Rows() == 0 {
		return
	}
	if err := out.Write(ctx, batch); err != nil {
		fail(idle, err)
	}
}

// note adds the rows that say that a repository was read.
func (s *Source) note(batch *metrics.Batch, r *reading, files uint64) {
	now := r.Last.Moment(s.config.Now())
	r.Repo.Seen = now
	batch.Repos = append(batch.Repos, r.Repo)
	batch.Readings = append(batch.Readings, metrics.Reading{
		Source: s.Name(), Repo: r.Repo.ID, At: now, Complete: true, Head: r.Repo.Head,
		Watched: s.watched, Names: r.Last.Reading.Names, Files: files,
	})
}

// readAll reads trees, then the files in them.
func (s *Source) readAll(ctx context.Context, busy []*reading, out collectors.Sink) {
	s.readTrees(ctx, busy)
	if ctx.Err() != nil {
		fail(busy, ctx.Err())
		return
	}
	s.readBlobs(ctx, whole(busy), out)
}

// write writes what was seen of repositories.
func (s *Source) write(ctx context.Context, busy []*reading, out collectors.Sink) {
	batch := &metrics.Batch{}
	for _, r := range busy {
		s.conclude(batch, r)
	}
	if batch.Rows() == 0 {
		return
	}
	batch.WatchSets = []metrics.WatchSet{s.config.Watch}
	if err := out.Write(ctx, batch); err != nil {
		fail(busy, err)
	}
}

// conclude adds the facts of a repository that was read.
func (s *Source) conclude(batch *metrics.Batch, r *reading) {
	files := metrics.FilesID(r.states)
	last := r.Last.Reading
	if files != last.Files {
		r.done.Changes = len(r.states)
		for _, f := range r.states {
			f.Repo, f.Files = r.Repo.ID, files
			batch.FileStates = append(batch.FileStates, f)
		}
	}
	r.done.Unchanged = last.Complete && files == last.Files && r.Repo.Head == last.Head
	s.note(batch, r, files)
}

// whole returns those of which nothing is wrong so far.
func whole(readings []*reading) []*reading {
	return slices.DeleteFunc(slices.Clone(readings), func(r *reading) bool { return r.err != nil })
}

// fail gives an error to all that have none.
func fail(readings []*reading, err error) {
	for _, r := range readings {
		if r.err == nil {
			r.err = err
		}
	}
}

// see notes a file or folder of the tree of a repository. Symbolic links and submodules are never files.
func (s *Source) see(r *reading, path string, e *entry) {
	if e.Type != "blob" || e.Mode&0o170000 != 0o100000 {
		return
	}
	want := s.watch.Wants([]byte(path))
	if want == collectors.Unwatched {
		return
	}
	oid, err := metrics.ParseOID(e.OID)
	if err != nil {
		r.err = errors.Join(errGarbled, err)
		return
	}
	r.states = append(r.states, metrics.FileState{Path: path, Blob: oid})
	if want > collectors.Existence {
		r.wanted = append(r.wanted, file{path, oid, uint64(max(e.Size, 0)), want})
	}
}
