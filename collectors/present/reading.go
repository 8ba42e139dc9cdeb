// Package present reads the present files of repositories from a host that tells of many at once, without a clone: what
// is the same whatever the host is. A source finds the files of some repositories, here it is found out which contents
// nobody has yet, and what was seen is written.
package present

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Reading is the reading of one repository.
type Reading struct {
	collectors.Job
	States []metrics.FileState // its watched files
	Wanted []File              // those of them whose content is wanted
	Looked metrics.Instant     // when it was asked for its head, where an earlier run did that; Beginning for now
	All    bool                // all of its files are noted, so that it can be found out which others name
	Parts  uint32              // bits of the parts beside its files that are read: see Part
	Slow   bool                // a query for it alone was not answered in time
	Err    error               // why it is not read
	Done   collectors.Done

	others []File   // files that are not watched
	named  []string // globs of files that are read since others name them
}

// File is a watched file whose content is wanted.
type File struct {
	Path string
	OID  metrics.OID
	Size uint64 // 0 where the host does not tell before it is read
	Want collectors.Interest
}

// Reader is a reading as a source knows it: it embeds Reading.
type Reader interface {
	comparable
	Base() *Reading
}

// Base implements Reader for what embeds a reading.
func (r *Reading) Base() *Reading { return r }

// See notes a file of the tree. An id that is none is garbled.
func (r *Reading) See(path, oid string, size uint64, want collectors.Interest, garbled error) {
	if want == collectors.Unwatched && !r.All {
		return
	}
	blob, err := metrics.ParseOID(oid)
	if err != nil {
		r.Err = fmt.Errorf("%w: %w", garbled, err)
		return
	}
	if want == collectors.Unwatched {
		r.others = append(r.others, File{path, blob, size, want})
		return
	}
	r.States = append(r.States, metrics.FileState{Path: path, Blob: blob})
	if want > collectors.Existence {
		r.Wanted = append(r.Wanted, File{path, blob, size, want})
	}
}

// Forget drops what was seen of the tree.
func (r *Reading) Forget() { r.States, r.Wanted, r.others = nil, nil, nil }

// Whole returns those of which nothing is wrong so far.
func Whole[R Reader](readings []R) []R {
	return slices.DeleteFunc(slices.Clone(readings), func(r R) bool { return r.Base().Err != nil })
}

// Fail gives an error to all that have none.
func Fail[R Reader](readings []R, err error) {
	for _, r := range readings {
		if b := r.Base(); b.Err == nil {
			b.Err = err
		}
	}
}

// Writer writes what a source saw.
type Writer struct {
	Source  string
	Watch   metrics.WatchSet
	Watched uint64 // names Watch
	Now     func() metrics.Instant
	Out     collectors.Sink
	Naming  collectors.Naming // which files others of a repository name; nil for none
}

// Current reports whether the last reading was whole, of this very head and of the same files, so that it still holds, and
// it was looked at what these name.
func Current(j collectors.Job, watched uint64) bool {
	last := j.Last.Reading
	return last.Complete && last.Watched == watched && last.Files != 0 && last.Head == j.Repo.Head && !j.Last.Unfollowed
}

// Keep notes that repositories were looked at and are as they were.
func Keep[R Reader](ctx context.Context, w Writer, idle []R) {
	batch := &metrics.Batch{}
	for _, r := range idle {
		b := r.Base()
		b.Done.Unchanged = true
		w.note(batch, b, b.Last.Reading.Files)
	}
	if batch.Rows() == 0 {
		return
	}
	if err := w.Out.Write(ctx, batch); err != nil {
		Fail(idle, err)
	}
}

// Write writes what was seen of repositories.
func Write[R Reader](ctx context.Context, w Writer, busy []R) {
	batch := &metrics.Batch{}
	for _, r := range busy {
		w.conclude(batch, r.Base())
	}
	if batch.Rows() == 0 {
		return
	}
	batch.WatchSets = []metrics.WatchSet{w.Watch}
	if err := w.Out.Write(ctx, batch); err != nil {
		Fail(busy, err)
	}
}

// conclude adds the facts of a repository that was read.
func (w Writer) conclude(batch *metrics.Batch, r *Reading) {
	files := metrics.FilesID(r.States)
	last := r.Last.Reading
	if files != last.Files {
		r.Done.Changes = len(r.States)
		for _, f := range r.States {
			f.Repo, f.Files = r.Repo.ID, files
			batch.FileStates = append(batch.FileStates, f)
		}
	}
	if len(r.named) > 0 {
		batch.NamedFiles = append(batch.NamedFiles, metrics.NamedFiles{Repo: r.Repo.ID, Files: files, Globs: r.named})
	}
	r.Done.Unchanged = last.Complete && files == last.Files && r.Repo.Head == last.Head
	w.note(batch, r, files)
}

// Stand notes that repositories were listed of which an earlier run of the same round read the files. Nobody looked at
// them since: their reading stands as it was.
func Stand[R Reader](ctx context.Context, w Writer, read []R) {
	batch := &metrics.Batch{}
	for _, r := range read {
		b := r.Base()
		b.Done.Unchanged = true
		b.Repo.Seen = w.Now()
		again := b.Last.Reading
		again.Source, again.Repo = w.Source, b.Repo.ID
		batch.Repos, batch.Readings = append(batch.Repos, b.Repo), append(batch.Readings, again)
	}
	if batch.Rows() == 0 {
		return
	}
	if err := w.Out.Write(ctx, batch); err != nil {
		Fail(read, err)
	}
}

// Rules says what became of the list of the policies of a repository.
type Rules uint8

// What becomes of lists of policies.
const (
	RulesSettled Rules = iota // it was read, or nobody asked for it now
	RulesMissed               // it was not read, and a later run may read it
	RulesHidden               // it was not read, and no run will: it is not shown, or not asked for any more
)

// Unruled notes of repositories of whose policies nothing is known that nobody could read them yet, and what these may make
// run; and where nobody waits for them any more, that it is so.
func Unruled[R Reader](ctx context.Context, w Writer, all []R, rules func(R) Rules, kinds ...metrics.UseKind) {
	var some []R
	batch := &metrics.Batch{}
	for _, r := range all {
		b := r.Base()
		had, now := b.Last.Told.Policies, metrics.PolicyList{Repo: b.Repo.ID, Source: w.Source, Seen: w.Now(), Missed: true}
		waits := len(had.Unread) > 0
		switch became := rules(r); {
		case b.Err != nil || had.Known():
			continue
		case became == RulesMissed && !waits:
			now.Unread = kinds
		case became != RulesHidden || !waits:
			continue
		}
		some, batch.Policies = append(some, r), append(batch.Policies, now)
	}
	if batch.Rows() == 0 {
		return
	}
	if err := w.Out.Write(ctx, batch); err != nil {
		Fail(some, err)
	}
}

// note adds the rows that say that a repository was read.
func (w Writer) note(batch *metrics.Batch, r *Reading, files uint64) {
	now := r.Last.Moment(cmp.Or(r.Looked, w.Now()))
	r.Repo.Seen = max(now, w.Now())
	batch.Repos = append(batch.Repos, r.Repo)
	batch.Readings = append(batch.Readings, metrics.Reading{
		Source: w.Source, Repo: r.Repo.ID, At: now, Complete: true, Head: r.Repo.Head,
		Watched: w.Watched, Names: r.Last.Reading.Names, Files: files,
	})
}
