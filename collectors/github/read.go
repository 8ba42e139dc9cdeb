package github

import (
	"context"
	"iter"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

// reading is the reading of one repository.
type reading struct {
	present.Reading
	owner, name string
	idle        bool // its files are as they were

	nested []subtree // folders that are still to be looked into
	tries  int       // batches that did not bring it
	sole   bool      // it is to be asked for alone
	lone   bool      // and its head was
	begun  bool      // something of its tree is seen
	asked  bool      // it was asked for its head by itself
	spoken bool      // likewise for its languages

	listed metrics.OID // the head that was listed

	stands bool // an earlier run of the round read its files
	look   look // what is to be looked at beside them

	news    news             // what a probe found out
	imposed []metrics.Policy // that hold in it, as far as is known
	ruled   bool             // these were read in this run
	spared  bool             // it was not asked for them, as its organisation denies its own still
	before  uint32           // bits of the parts that an earlier run of the round read
	quiet   bool             // it is asked for runs because it is its turn, and nothing seems to have happened
	missed  uint32           // bits of what could not be read and may be the next time
	fell    uint32           // bits of that, and of what is denied
}

// ReadAll implements collectors.Batched.
func (s *Source) ReadAll(ctx context.Context, jobs []collectors.Job, out collectors.Sink) iter.Seq[collectors.Outcome] {
	return func(yield func(collectors.Outcome) bool) {
		var stand, idle, busy []*reading
		for _, j := range jobs {
			r := &reading{Reading: present.Reading{Job: j, All: s.config.Naming != nil}, listed: j.Repo.Head}
			r.owner, r.name = s.split(j.Repo)
			if s.stood(r); r.stands {
				stand = append(stand, r)
			} else if r.idle = s.idles(ctx, r); r.idle {
				idle = append(idle, r)
			} else {
				busy = append(busy, r)
			}
		}
		s.readAll(ctx, busy, out)
		present.Stand(ctx, s.writer(out), stand)
		present.Keep(ctx, s.writer(out), idle)
		present.Write(ctx, s.writer(out), present.Whole(busy))
		all := slices.Concat(stand, idle, busy)
		s.besides(ctx, all, out)
		for _, r := range all {
			s.settle(r)
			s.leave(r)
			if !yield(collectors.Outcome{Repo: r.Repo.ID, Done: r.Done, Err: unreadable(r.Err)}) {
				return
			}
		}
	}
}

// writer writes what is seen.
func (s *Source) writer(out collectors.Sink) present.Writer {
	return present.Writer{Source: s.Name(), Watch: s.config.Watch, Watched: s.watched, Now: s.config.Now, Out: out, Naming: s.config.Naming}
}

// readAll reads trees, then the files in them.
func (s *Source) readAll(ctx context.Context, busy []*reading, out collectors.Sink) {
	s.readTrees(ctx, busy)
	if ctx.Err() != nil {
		present.Fail(busy, ctx.Err())
		return
	}
	present.ReadNamed(ctx, s.writer(out), present.Whole(busy), s.bring)
}

// see notes a file or folder of the tree of a repository. Symbolic links and submodules are never files.
func (s *Source) see(r *reading, path string, e *entry) {
	if e.Type != "blob" || e.Mode&0o170000 != 0o100000 {
		return
	}
	r.See(path, e.OID, uint64(max(e.Size, 0)), s.watch.Wants([]byte(path)), errGarbled)
}
