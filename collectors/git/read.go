package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Read implements collectors.Source.
func (s *Source) Read(ctx context.Context, repo metrics.Repo, last collectors.Last, out collectors.Sink) (collectors.Done, error) {
	c, err := openClone(repo.Location)
	if err != nil {
		return collectors.Done{}, unreadable(err)
	}
	requests, failed := s.fetch(ctx, c)
	done, err := s.read(ctx, c, repo, last, out)
	done.Requests += requests
	switch {
	case failed == nil || ctx.Err() != nil:
	case err != nil: // nobody looks at the warnings of a repository that could not be read
		s.config.Log.Warn(stale(repo, c, failed).Message, "repo", repo.Name)
	default:
		done.Warnings = append(done.Warnings, stale(repo, c, failed))
	}
	return done, err
}

// read reads a clone as it is. Everything that a walk needs is written before the walk itself, so that a
// killed reading leaves nothing that counts.
func (s *Source) read(ctx context.Context, c clone, repo metrics.Repo, last collectors.Last, out collectors.Sink) (collectors.Done, error) {
	at, err := c.tip(ctx, s.config.Branch)
	if err != nil {
		return collectors.Done{}, err
	}
	cut, err := c.cut()
	if err != nil {
		return collectors.Done{}, err
	}
	r := &reading{
		source: s, repo: repo, clone: c, tip: at, cut: cut, last: last, sink: out,
		names: s.config.People.Fingerprint(),
	}
	return r.all(ctx)
}

// all reads whatever is new and says so.
func (r *reading) all(ctx context.Context) (collectors.Done, error) {
	r.repo.DefaultBranch, r.repo.Head, r.repo.Shallow = r.tip.branch, r.tip.oid, r.cut.shallow != ""
	defer r.close()
	if err := r.read(ctx); err != nil {
		return collectors.Done{}, err
	}
	if err := r.releases(ctx); err != nil {
		return collectors.Done{}, err
	}
	last := r.last.Reading
	r.done.Unchanged = r.walked == nil && !r.renamed && !r.tagged && last.Complete && last.Head == r.tip.oid
	if warning := r.source.warning(r.repo.Location); warning != "" {
		r.warn(warning)
	}
	return r.done, r.finish(ctx)
}

// reading is the reading of one repository.
type reading struct {
	source *Source
	repo   metrics.Repo
	clone  clone
	tip    tip
	cut    cut
	last   collectors.Last
	sink   collectors.Sink
	names  uint64
	view   *view

	// lend brings contents that the clone does not have: into it, or as they are. Nil where all there is is there.
	lend   func(ctx context.Context, blobs []metrics.OID) (map[metrics.OID]string, error)
	lender *lender

	named []string // globs of files that others name, which are read too
	more  bool     // some of them were not before

	walked  *metrics.Walk // the new walk, if there is one
	renamed bool          // names were read again
	tagged  bool          // tags were
	done    collectors.Done
}

// read finds out what is new and reads it.
func (r *reading) read(ctx context.Context) error {
	if r.tip.oid == "" || r.last.Reading.Names == r.names && (r.followed() || r.outdated()) {
		return nil
	}
	if err := r.open(r.tip.oid); err != nil {
		return err
	}
	if err := r.borrow(ctx); err != nil {
		return err
	}
	if err := r.follow(ctx); err != nil {
		return err
	}
	base, walk, err := r.base(ctx)
	switch {
	case err != nil:
		return err
	case walk:
		return r.walk(ctx, base)
	case r.last.Reading.Names != r.names:
		return r.rename(ctx)
	}
	return nil
}

// open makes the view that the reading needs, of which one object's id is given, unless there is one.
func (r *reading) open(like metrics.OID) (err error) {
	if r.view == nil {
		r.view, err = openView(r.clone, r.cut, like)
	}
	return err
}

// borrow gets ready to have brought what the clone lacks.
func (r *reading) borrow(ctx context.Context) (err error) {
	if r.lender == nil {
		r.lender, err = newLender(ctx, r.view, r.tip.oid, r.lend)
	}
	return err
}

func (r *reading) close() {
	if r.view != nil {
		r.view.close()
	}
}

// current reports whether the last walk is of this very history.
func (r *reading) current() bool {
	w := r.last.Walk
	return w.Head == r.tip.oid && w.ID == r.walkID(w.Base, w.Named)
}

// outdated reports whether this clone is as it was when it was read, and another one is read further than it is: its
// history would not count.
func (r *reading) outdated() bool {
	last := r.last.Reading
	return last.Complete && last.Files == 0 && last.Head == r.tip.oid && last.Watched == r.source.watched &&
		r.last.Walk.ID != 0 && r.last.Walk.Head != r.tip.oid && r.last.Walk.Watched == r.source.watched
}

// walkID identifies a walk. The cut belongs to it: a shallow clone that is deepened shows another history
// of the same head. So do the files that are read since others name them.
func (r *reading) walkID(base metrics.OID, named []string) metrics.WalkID {
	parts := []string{
		"walk", fmt.Sprint(uint64(r.repo.ID)), string(base), string(r.tip.oid), fmt.Sprint(r.source.watched),
	}
	if !r.cut.none() {
		parts = append(parts, fmt.Sprint(r.cut.fingerprint()))
	}
	if len(named) > 0 {
		parts = append(append(parts, "named"), named...)
	}
	return metrics.WalkID(metrics.Fingerprint(parts...))
}

// base says whether a walk is needed, and from where: from the last head, or anew (from "") when other files
// are watched or named now or the history of the last head is another one.
func (r *reading) base(ctx context.Context) (base metrics.OID, walk bool, err error) {
	w := r.last.Walk
	if w.Head == "" || w.Watched != r.source.watched || r.more {
		return "", true, nil
	}
	if r.current() {
		return "", false, nil
	}
	if w.Grafted || !r.cut.none() || w.Head == r.tip.oid {
		if altered, err := r.altered(ctx); altered {
			return "", true, err
		}
	}
	return w.Head, w.Head != r.tip.oid, nil
}

// altered reports whether the clone shows another history of the last head than the last time. That a
// shallow clone shows less of it than before takes nothing away from what is known.
func (r *reading) altered(ctx context.Context) (bool, error) {
	n, err := r.view.length(ctx, r.last.Walk.Head, "")
	if err != nil {
		return true, ctx.Err()
	}
	return n > int(r.last.Next) || n < int(r.last.Next) && r.cut.shallow == "", nil
}

// walk walks from base, or anew where base turns out not to be on the branch any more.
func (r *reading) walk(ctx context.Context, base metrics.OID) error {
	err := r.walkFrom(ctx, base)
	if err == nil || base == "" || ctx.Err() != nil {
		return err
	}
	var unread *collectors.ReadError
	if errors.Is(err, errNotOnBranch) || errors.As(err, &unread) { // or base is not even there any more
		r.source.config.Log.Info("history is walked anew", "repo", r.repo.Name, "last", base.String(), "head", r.tip.oid.String(), "why", err)
		return r.walkFrom(ctx, "")
	}
	return err
}

// walkFrom makes one walk and keeps its row for the end.
func (r *reading) walkFrom(ctx context.Context, base metrics.OID) error {
	watch, err := r.watch()
	if err != nil {
		return err
	}
	row := metrics.Walk{
		ID: r.walkID(base, r.named), Repo: r.repo.ID, Base: base, Head: r.tip.oid, Branch: r.tip.branch, Named: r.named, Folders: true,
		Watched: r.source.watched, Watch: r.source.config.Watch.Whole, Presence: r.source.config.Watch.Presence,
	}
	if base != "" {
		row.Prev, row.First, row.Grafted = r.last.Walk.ID, r.last.Next, r.last.Walk.Grafted
	}
	out := newWriter(r.sink, row.First)
	w := &walk{
		view: r.view, watch: watch, spellings: newSpellings(r.source.config.People), out: out,
		id: row.ID, repo: r.repo.ID, base: base, head: r.tip.oid, folders: folders{since: r.source.config.Now() - foldersKept, cut: !r.cut.none()},
	}
	err = w.read(ctx)
	if err == nil && base == "" && !r.cut.none() {
		row.Grafted, err = r.view.hasParent(ctx, w.root)
	}
	if err != nil {
		return err
	}
	blobs := &blobReader{home: r.repo.ID, view: r.view, wanted: &w.wanted, sink: r.sink, out: out, lender: r.lender}
	if err := blobs.readAll(ctx); err != nil {
		return err
	}
	if err := r.identify(ctx, w); err != nil {
		return err
	}
	if err := out.flush(ctx); err != nil {
		return err
	}
	row.Commits = uint32(w.lineage.depth)
	r.walked = &row
	if blobs.gone > 0 {
		r.warn(fmt.Sprintf("%d watched files are not in the clone %s, their content is unknown", blobs.gone, r.clone.dir))
	}
	r.done.Changes, r.done.Commits, r.done.Blobs = w.changes, w.commits, blobs.read
	return nil
}

func (r *reading) warn(message string) {
	r.done.Warnings = append(r.done.Warnings, metrics.Warning{Repo: r.repo.ID, Message: message})
}

// identify says who the commits of a walk name. A changed .mailmap throws another light on the commits
// before the walk too.
func (r *reading) identify(ctx context.Context, w *walk) error {
	stale := w.base != "" && (w.remapped || r.last.Reading.Names != r.names)
	if stale {
		if err := r.view.names(ctx, r.tip.oid, w.spellings); err != nil {
			return err
		}
	}
	m, err := r.mailmap(ctx, w.base == "" && w.mailmap == "")
	if err != nil {
		return err
	}
	w.spellings.facts(m, r.source.Name(), r.source.config.Now(), w.out.batch)
	return nil
}

// rename reads names alone again.
func (r *reading) rename(ctx context.Context) error {
	all := newSpellings(r.source.config.People)
	if err := r.view.names(ctx, r.tip.oid, all); err != nil {
		return err
	}
	m, err := r.mailmap(ctx, false)
	if err != nil {
		return err
	}
	batch := &metrics.Batch{}
	all.facts(m, r.source.Name(), r.source.config.Now(), batch)
	r.renamed = true
	if batch.Rows() == 0 {
		return nil
	}
	return r.sink.Write(ctx, batch)
}

// mailmap reads the .mailmap file of the head, unless it is known that there is none.
func (r *reading) mailmap(ctx context.Context, none bool) (mailmap, error) {
	if none {
		return nil, nil
	}
	if r.lender != nil {
		text, err := r.lender.names(ctx)
		return parseMailmap(text), err
	}
	text, err := r.view.show(ctx, r.tip.oid.String()+":.mailmap")
	return parseMailmap(text), err
}

// names collects who all commits of a history name.
func (v *view) names(ctx context.Context, head metrics.OID, all *spellings) error {
	return v.run(ctx, nil, nil, func(in *bufio.Reader) error {
		s := newStream(in)
		for {
			err := s.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			all.add(s.commit.name, s.commit.email)
			all.trailers(s.commit.message)
		}
	}, "log", "-z", "--no-notes", "--no-decorate", "--no-color", "--no-mailmap", "--no-show-signature",
		"--encoding=UTF-8", "--format=tformat:"+logFormat, head.String(), "--")
}

// hasParent reports whether a commit that begins a history has parents all the same: the history is cut off
// before it.
func (v *view) hasParent(ctx context.Context, oid metrics.OID) (bool, error) {
	text, err := v.show(ctx, oid.String())
	header, _, _ := strings.Cut(text, "\n\n")
	return strings.Contains(header, "\nparent "), err
}

// finish writes the walk, and that the repository was read.
func (r *reading) finish(ctx context.Context) error {
	now := r.last.Moment(r.source.config.Now())
	r.repo.Seen = now
	batch := &metrics.Batch{
		Repos: []metrics.Repo{r.repo},
		Readings: []metrics.Reading{{
			Source: r.source.Name(), Repo: r.repo.ID, At: now, Complete: true, Head: r.tip.oid,
			Watched: r.source.watched, Names: r.names,
		}},
	}
	if r.walked != nil {
		r.walked.At = now
		batch.Walks = []metrics.Walk{*r.walked}
	}
	return r.sink.Write(ctx, batch)
}
