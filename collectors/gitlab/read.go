package gitlab

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// reading is the reading of one project.
type reading struct {
	collectors.Job
	id     int    // at the host
	config string // where GitLab looks for the pipeline, if that is another file of the project

	states []metrics.FileState // its watched files
	wanted []file              // those of them that are read
	after  string              // of the next part of its tree; "" where there is no more
	tries  int                 // batches that did not bring it
	err    error
	done   collectors.Done
}

// file is a watched file whose content is wanted.
type file struct {
	path string
	oid  metrics.OID
	want collectors.Interest
}

// ReadAll implements collectors.Batched.
func (s *Source) ReadAll(ctx context.Context, jobs []collectors.Job, out collectors.Sink) iter.Seq[collectors.Outcome] {
	return func(yield func(collectors.Outcome) bool) {
		var lost, idle, again, busy []*reading
		for _, j := range jobs {
			r := &reading{Job: j, id: number(j.Repo), config: ownConfig(j.Repo)}
			switch {
			case r.id == 0:
				r.err = errHidden
				lost = append(lost, r)
			case !s.comparable(j):
				busy = append(busy, r)
			case s.settled(j):
				r.Repo.Head = j.Last.Reading.Head
				idle = append(idle, r)
			default:
				again = append(again, r)
			}
		}
		same, moved := s.compare(ctx, again)
		idle, busy = append(idle, same...), append(busy, moved...)
		s.keep(ctx, idle, out)
		s.readAll(ctx, busy, out)
		s.besides(ctx, slices.Concat(idle, busy), out)
		for _, r := range slices.Concat(lost, idle, busy) {
			if !yield(collectors.Outcome{Repo: r.Repo.ID, Done: r.done, Err: unreadable(r.err)}) {
				return
			}
		}
	}
}

// comparable reports whether the last reading was whole and of the same files, so that it still holds where the head
// is the same. The list leaves out the head that is known of a project that was told to look for its pipeline in
// another file since.
func (s *Source) comparable(j collectors.Job) bool {
	last := j.Last.Reading
	return last.Complete && last.Watched == s.watched && last.Files != 0 && last.Head == j.Repo.Head
}

// settled reports whether nothing can have been pushed since the last reading: a push moves the time of the last
// activity, unless that is less than an hour old.
func (s *Source) settled(j collectors.Job) bool {
	read := j.Last.Reading.At + metrics.Instant(s.ahead.Load()) // by the host's clock
	return j.Repo.LastPush != metrics.Beginning && j.Repo.LastPush+coarse+overlap < read
}

// keep notes that projects were looked at and are as they were.
func (s *Source) keep(ctx context.Context, idle []*reading, out collectors.Sink) {
	batch := &metrics.Batch{}
	for _, r := range whole(idle) {
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

// note adds the rows that say that a project was read.
func (s *Source) note(batch *metrics.Batch, r *reading, files uint64) {
	now := r.Last.Moment(s.config.Now())
	r.Repo.Seen = now
	batch.Repos = append(batch.Repos, r.Repo)
	batch.Readings = append(batch.Readings, metrics.Reading{
		Source: s.Name(), Repo: r.Repo.ID, At: now, Complete: true, Head: r.Repo.Head,
		Watched: s.watched, Names: r.Last.Reading.Names, Files: files,
	})
}

// readAll reads trees, then the files in them, then writes what was seen.
func (s *Source) readAll(ctx context.Context, busy []*reading, out collectors.Sink) {
	s.readTrees(ctx, whole(busy))
	if ctx.Err() != nil {
		fail(busy, ctx.Err())
		return
	}
	s.readBlobs(ctx, whole(busy), out)
	batch := &metrics.Batch{}
	for _, r := range whole(busy) {
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

// conclude adds the facts of a project that was read.
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

// regular reports whether an entry is a file: symbolic links and submodules are none. Where nothing is said, it is.
func regular(mode string) bool { return mode == "" || len(mode) == 6 && mode[:2] == "10" }

// see notes a file of the tree of a project.
func (s *Source) see(r *reading, path, oid string) {
	want := s.watch.Wants([]byte(path))
	if path == r.config {
		want = collectors.Whole
	}
	if want == collectors.Unwatched {
		return
	}
	blob, err := metrics.ParseOID(oid)
	if err != nil {
		r.err = errors.Join(errGarbled, err)
		return
	}
	r.states = append(r.states, metrics.FileState{Path: path, Blob: blob})
	if want > collectors.Existence {
		r.wanted = append(r.wanted, file{path, blob, want})
	}
}
