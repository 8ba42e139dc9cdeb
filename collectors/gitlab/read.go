package gitlab

import (
	"context"
	"iter"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

// reading is the reading of one project.
type reading struct {
	present.Reading
	id     int    // at the host
	config string // where GitLab looks for the pipeline, if that is another file of the project
	after  string // of the next part of its tree; "" where there is no more
	next   string // likewise by REST: an address
	told   int    // entries of it that REST told
	been   trail  // of the parts of its tree
	ruled  bool   // its policies were read in this run
	less   bool   // its pipelines were read by REST, since GraphQL did not tell of them
	tries  int    // batches that did not bring it
	begun  bool   // something of its tree is seen
	sole   bool   // it is to be asked for alone
	lone   bool   // and its head was
	bare   bool   // GraphQL says that there is no file below its head

	stands bool   // an earlier run of the round read its files
	fell   uint32 // bits of what could not be read of it in this run, be it denied
	look   look   // what is to be looked at beside them
	before uint32 // bits of the parts that are not to be read now
}

func newReading(j collectors.Job) *reading {
	return &reading{Reading: present.Reading{Job: j}, id: number(j.Repo), config: ownConfig(j.Repo)}
}

// sorted are the projects of a chunk by what has to be asked to know their files.
type sorted struct {
	lost  []*reading // nobody knows what to ask for
	stand []*reading // they are read in this round
	idle  []*reading // nothing can have happened in them
	again []*reading // only if their head is another one
	busy  []*reading
}

func (s *Source) sort(jobs []collectors.Job) (all sorted) {
	for _, j := range jobs {
		r := newReading(j)
		r.All = s.config.Naming != nil
		s.stood(r)
		switch {
		case r.id == 0:
			r.Err = errHidden
			all.lost = append(all.lost, r)
		case r.stands:
			all.stand = append(all.stand, r)
		case r.begun, !present.Current(j, s.watched): // the list leaves out the head where the pipeline is in another file now
			all.busy = append(all.busy, r)
		case s.settled(j):
			r.Repo.Head = j.Last.Reading.Head
			all.idle = append(all.idle, r)
		default:
			all.again = append(all.again, r)
		}
	}
	return all
}

// ReadAll implements collectors.Batched.
func (s *Source) ReadAll(ctx context.Context, jobs []collectors.Job, out collectors.Sink) iter.Seq[collectors.Outcome] {
	return func(yield func(collectors.Outcome) bool) {
		all := s.sort(jobs)
		s.creators(ctx, slices.Concat(all.idle, all.again, all.busy))
		for _, r := range all.again {
			if r.Err != nil {
				all.lost = append(all.lost, r)
			}
		}
		same, moved := s.compare(ctx, present.Whole(all.again))
		idle, busy := slices.Concat(all.idle, same), slices.Concat(all.busy, moved)
		present.Stand(ctx, s.writer(out), all.stand)
		present.Keep(ctx, s.writer(out), present.Whole(idle))
		s.readAll(ctx, busy, out)
		s.besides(ctx, slices.Concat(all.stand, idle, busy), out)
		for _, r := range slices.Concat(all.lost, all.stand, idle, busy) {
			s.settle(r)
			s.unseen(r)
			s.leave(r)
			if !yield(collectors.Outcome{Repo: r.Repo.ID, Done: r.Done, Err: unreadable(r.Err)}) {
				return
			}
		}
	}
}

// settled reports whether nothing can have been pushed since the last reading: a push moves the time of the last
// activity, unless that is less than an hour old.
func (s *Source) settled(j collectors.Job) bool {
	read := j.Last.Reading.At + metrics.Instant(s.ahead.Load()) // by the host's clock
	return j.Repo.LastPush != metrics.Beginning && j.Repo.LastPush+coarse+overlap < read
}

// writer writes what is seen.
func (s *Source) writer(out collectors.Sink) present.Writer {
	return present.Writer{Source: s.Name(), Watch: s.config.Watch, Watched: s.watched, Now: s.config.Now, Out: out, Naming: s.config.Naming}
}

// readAll reads trees, then the files in them, then writes what was seen.
func (s *Source) readAll(ctx context.Context, busy []*reading, out collectors.Sink) {
	s.readTrees(ctx, present.Whole(busy))
	if ctx.Err() != nil {
		present.Fail(busy, ctx.Err())
		return
	}
	present.ReadNamed(ctx, s.writer(out), present.Whole(busy), s.bring)
	present.Write(ctx, s.writer(out), present.Whole(busy))
}

// regular reports whether an entry is a file: symbolic links and submodules are none. Where nothing is said, it is.
func regular(mode string) bool { return mode == "" || len(mode) == 6 && mode[:2] == "10" }

// see notes a file of the tree of a project.
func (s *Source) see(r *reading, path, oid string) {
	want := s.watch.Wants([]byte(path))
	if path == r.config {
		want = collectors.Whole
	}
	r.See(path, oid, 0, want, errGarbled)
}
