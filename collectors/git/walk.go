package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// errNotOnBranch means that the base of a refresh is not on the first-parent history of the head: the branch
// was moved, and its history has to be read anew.
var errNotOnBranch = errors.New("the last head is not on the branch")

// walk reads a history from its head down to its base, or to its beginning.
type walk struct {
	view      *view
	watch     *collectors.Matcher
	spellings *spellings
	out       *writer
	id        metrics.WalkID
	repo      metrics.RepoID
	base      metrics.OID // empty: from the beginning
	head      metrics.OID

	lineage  *lineage
	folders  folders
	wanted   wanted
	paths    map[string]string // one string for each watched path
	mailmap  metrics.OID       // of the head, when a landed commit changed it
	remapped bool              // a landed commit changed .mailmap
	root     metrics.OID       // the oldest landed commit
	changes  int               // of landed commits
	commits  int
}

// logArgs is the one walk that yields everything: each commit with its difference from its first parent, no
// parent before all of its children.
var logArgs = []string{
	"log", "--topo-order", "--raw", "-z", "--no-renames", "--no-abbrev", "--diff-merges=first-parent",
	"--no-notes", "--no-decorate", "--no-color", "--no-ext-diff", "--no-textconv", "--no-show-signature",
	"--no-mailmap", "--encoding=UTF-8", "--format=tformat:" + logFormat,
}

// read walks and writes what it finds. Rows of a walk that fails in the middle belong to no complete walk.
func (w *walk) read(ctx context.Context) error {
	w.lineage = newLineage(w.head)
	w.paths, w.folders.known = make(map[string]string), make(map[string]*folder)
	args := append(append([]string{}, logArgs...), w.head.String())
	if w.base != "" {
		args = append(args, "^"+w.base.String())
	}
	err := w.view.run(ctx, nil, nil, func(in *bufio.Reader) error {
		return w.each(ctx, newStream(in))
	}, append(args, "--")...)
	if err != nil {
		return err
	}
	if w.lineage.end != w.base {
		if w.base != "" {
			return errNotOnBranch
		}
		return fmt.Errorf("git log in %s ended before the beginning of the history: %w", w.view.clone.dir, io.ErrUnexpectedEOF)
	}
	w.lineage.rest(w.behind)
	return w.out.count(w.lineage.depth)
}

// each takes the commits in.
func (w *walk) each(ctx context.Context, s *stream) error {
	for {
		err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		depth, group, ok := w.lineage.place(&s.commit, w.behind)
		if !ok {
			return fmt.Errorf("git log in %s: commit %s came before its children", w.view.clone.dir, s.commit.oid)
		}
		w.commits++
		w.folders.begin(&s.commit)
		if group == nil {
			err = w.land(s, depth)
		} else {
			err = w.aside(s, group)
			w.lineage.settle(depth, w.behind)
		}
		if err == nil {
			err = w.out.room(ctx, w.total)
		}
		if err != nil {
			return err
		}
	}
}

// land takes in a commit of the branch itself.
func (w *walk) land(s *stream, depth int) error {
	w.root = s.commit.oid
	row := w.row(&s.commit)
	row.Pos = uint32(depth)
	if row.Merge {
		row.Branch = mergedBranch(s.commit.message)
	}
	at := len(w.out.batch.Commits)
	w.out.batch.Commits = append(w.out.batch.Commits, row)
	for {
		more, err := w.nextChange(s)
		if !more || err != nil {
			w.out.batch.Commits[at].Folders = w.touched()
			return err
		}
		if string(s.change.path) == ".mailmap" && !w.remapped {
			w.remapped = true
			if w.mailmap, err = s.blob(); err != nil {
				return err
			}
		}
		path, blob, ok, err := w.file(s, collectors.Existence)
		if err != nil {
			return err
		}
		if ok {
			w.changes++
			w.out.batch.FileChanges = append(w.out.batch.FileChanges, metrics.FileChange{
				Repo: w.repo, Walk: w.id, Pos: uint32(depth), Path: path, Blob: blob,
			})
		}
	}
}

// aside takes in a commit behind a merge. What a merge on the side did is passed over: it only brings what
// others made.
func (w *walk) aside(s *stream, g *group) error {
	row := w.row(&s.commit)
	g.commits = append(g.commits, row)
	g.parents = append(g.parents, slices.Clone(s.commit.parents))
	if row.Merge {
		return nil
	}
	for {
		more, err := w.nextChange(s)
		if !more || err != nil {
			g.commits[len(g.commits)-1].Folders = w.touched()
			return err
		}
		path, blob, ok, err := w.file(s, collectors.Presence)
		if err != nil {
			return err
		}
		if ok {
			g.changes = append(g.changes, metrics.SideChange{
				Repo: w.repo, Walk: w.id, Seq: uint32(len(g.commits) - 1), Path: path, Blob: blob,
			})
		}
	}
}

// nextChange goes to the next change of the present commit, as the stream does, and notes where it was made.
func (w *walk) nextChange(s *stream) (bool, error) {
	more, err := s.nextChange()
	if more && err == nil {
		w.folders.add(s.change.path)
	}
	return more, err
}

// touched returns the folders in which the present commit changed anything.
func (w *walk) touched() []string {
	list := w.folders.touched()
	w.out.bytes += len(list) * folderBytes
	return list
}

// behind takes in what a merge brought, when all of it is known.
func (w *walk) behind(depth int, g *group) {
	seq := g.order()
	for i := range g.commits {
		g.commits[i].Pos, g.commits[i].Seq = uint32(depth), seq[i]
	}
	for i := range g.changes {
		g.changes[i].Pos, g.changes[i].Seq = uint32(depth), seq[g.changes[i].Seq]
	}
	w.out.batch.Commits = append(w.out.batch.Commits, g.commits...)
	w.out.batch.SideChanges = append(w.out.batch.SideChanges, g.changes...)
}

// row makes a fact of a commit; its place is not known yet.
func (w *walk) row(c *commit) metrics.Commit {
	together, requested := w.spellings.trailers(c.message)
	return metrics.Commit{
		Repo: w.repo, Walk: w.id, OID: c.oid, Committed: c.committed, Authored: c.authored,
		Author: w.spellings.add(c.name, c.email), CoAuthors: together, RequestedBy: requested,
		Merge: len(c.parents) > 1, Routine: collectors.Routine(c.message),
	}
}

// file returns what the present change did to a file that is watched at least so; false when it is none, or its
// content stayed. Of files that only show that their folder is there, no change of content counts.
func (w *walk) file(s *stream, least collectors.Interest) (path string, blob metrics.OID, ok bool, err error) {
	c := &s.change
	if !c.before && !c.after || c.before && c.after && string(c.old) == string(c.blob) {
		return "", "", false, nil
	}
	want := w.watch.Wants(c.path)
	if want < least || len(c.path) >= maxPath || want == collectors.Existence && c.before == c.after {
		return "", "", false, nil
	}
	if path, ok = w.paths[string(c.path)]; !ok {
		path = string(c.path)
		w.paths[path] = path
	}
	blob, err = s.blob()
	if blob != "" && want > collectors.Existence {
		w.wanted.add(blob, path, want)
	}
	return path, blob, true, err
}

// blob returns the object of the present change's new file; empty when no file is there any more.
func (s *stream) blob() (metrics.OID, error) {
	if !s.change.after {
		return "", nil
	}
	return s.parseOID(s.change.blob)
}

// total counts the landed commits of the walk.
func (w *walk) total(ctx context.Context) (int, error) {
	return w.view.length(ctx, w.head, w.base)
}

// length counts the commits on the first-parent history of head that base does not have.
func (v *view) length(ctx context.Context, head, base metrics.OID) (n int, err error) {
	args := []string{"rev-list", "--first-parent", "--count", head.String()}
	if base != "" {
		args = append(args, "^"+base.String())
	}
	err = v.run(ctx, nil, nil, func(in *bufio.Reader) error {
		line, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if line == "" {
			return io.ErrUnexpectedEOF // git says why
		}
		n, err = strconv.Atoi(strings.TrimSpace(line))
		return err
	}, append(args, "--")...)
	return n, err
}

// writer collects facts and writes them in batches. Positions are counted from the oldest commit, which
// comes last: until the number of commits is known, rows carry the depth of theirs in Pos.
type writer struct {
	sink  collectors.Sink
	batch *metrics.Batch
	first uint32 // position of the oldest commit
	n     int    // landed commits; unknown below 0
	bytes int    // of contents and lists of folders, more or less
}

const (
	batchRows   = 50_000
	batchBytes  = 8 << 20
	folderBytes = 16 // of one in a list
)

func newWriter(sink collectors.Sink, first uint32) *writer {
	return &writer{sink: sink, batch: &metrics.Batch{}, first: first, n: -1}
}

// room writes the batch when it is full. For that the commits have to be counted beforehand, which small
// histories are spared.
func (w *writer) room(ctx context.Context, count func(context.Context) (int, error)) error {
	if w.batch.Rows() < batchRows && w.bytes < batchBytes {
		return nil
	}
	if w.n < 0 {
		n, err := count(ctx)
		if err != nil {
			return err
		}
		w.n = n
	}
	return w.flush(ctx)
}

// count says how many landed commits there were.
func (w *writer) count(n int) error {
	if w.n >= 0 && w.n != n {
		return fmt.Errorf("history of %d commits turned out to have %d", w.n, n)
	}
	w.n = n
	return nil
}

// flush writes what there is.
func (w *writer) flush(ctx context.Context) error {
	batch := w.batch
	if batch.Rows() == 0 {
		return nil
	}
	w.batch, w.bytes = &metrics.Batch{}, 0
	oldest := w.first + uint32(max(w.n, 1)) - 1
	for i := range batch.Commits {
		batch.Commits[i].Pos = oldest - batch.Commits[i].Pos
	}
	for i := range batch.FileChanges {
		batch.FileChanges[i].Pos = oldest - batch.FileChanges[i].Pos
	}
	for i := range batch.SideChanges {
		batch.SideChanges[i].Pos = oldest - batch.SideChanges[i].Pos
	}
	return w.sink.Write(ctx, batch)
}
