package present

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// ReadNamed is ReadBlobs that reads besides what files of a repository name. Nothing more is asked of the host where they name
// nothing that is there and not watched.
func ReadNamed[R Reader](ctx context.Context, w Writer, readings []R, bring func(ctx context.Context, wishes []*Wish[R], batch *metrics.Batch)) {
	n := &namer[R]{w: w, bring: bring, kept: map[metrics.OID]string{}, keep: map[metrics.OID]bool{}}
	var follow []R
	for _, r := range readings {
		if w.Naming == nil || !r.Base().All {
			continue
		}
		tree := &asked{files: r.Base().files()}
		if w.Naming(r.Base().Repo.Name, tree); len(tree.oids) == 0 {
			r.Base().others = nil // no file names any
			continue
		}
		follow = append(follow, r)
		for _, oid := range tree.oids {
			n.keep[oid] = true
		}
	}
	ReadBlobs(ctx, w, readings, n.keeping)
	for _, r := range Whole(follow) {
		n.follow(ctx, r)
		r.Base().others = nil
	}
}

// namer reads what files name.
type namer[R Reader] struct {
	w     Writer
	bring func(ctx context.Context, wishes []*Wish[R], batch *metrics.Batch)
	keep  map[metrics.OID]bool // contents that are needed here
	kept  map[metrics.OID]string
}

// keeping brings contents, and keeps those that are needed.
func (n *namer[R]) keeping(ctx context.Context, wishes []*Wish[R], batch *metrics.Batch) {
	from := len(batch.Blobs)
	n.bring(ctx, wishes, batch)
	for _, b := range batch.Blobs[from:] {
		if n.keep[b.OID] && b.Status == metrics.BlobRead {
			n.kept[b.OID] = b.Content
		}
	}
}

// follow finds out what files of a repository name, and reads it.
func (n *namer[R]) follow(ctx context.Context, r R) {
	b := r.Base()
	head := collectors.Head{Repo: b.Repo.Name, Files: map[string]metrics.OID{}}
	for path, f := range b.files() {
		head.Files[path] = f.OID
	}
	head.Bring = func(ctx context.Context, oids []metrics.OID) (map[metrics.OID]string, error) {
		return n.texts(ctx, r, oids)
	}
	named, err := n.w.Naming.At(ctx, head)
	if err != nil {
		Fail([]R{r}, err)
		return
	}
	b.named = named
	if more := b.watch(named); len(more) > 0 {
		n.read(ctx, r, more)
		b.Wanted = append(b.Wanted, more...)
	}
}

// watch notes the files that are named as watched, and returns those of which the content was not wanted before.
func (r *Reading) watch(named []string) (more []File) {
	m, err := collectors.NewMatcher(metrics.WatchSet{Whole: named})
	if len(named) == 0 || err != nil {
		return nil
	}
	wanted := map[string]bool{}
	for _, f := range r.Wanted {
		wanted[f.Path] = f.Want == collectors.Whole
	}
	all, seen := r.files(), map[string]bool{}
	for _, f := range r.States {
		seen[f.Path] = true
	}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		f := all[path]
		if m.Wants([]byte(path)) != collectors.Whole || wanted[path] {
			continue
		}
		if !seen[path] {
			r.States = append(r.States, metrics.FileState{Path: path, Blob: f.OID})
		}
		f.Want = collectors.Whole
		more = append(more, f)
	}
	return more
}

// files are all files of the tree by path; of those that are watched by their folder alone the size is not known.
func (r *Reading) files() map[string]File {
	all := make(map[string]File, len(r.others)+len(r.States))
	for _, s := range r.States {
		all[s.Path] = File{Path: s.Path, OID: s.Blob}
	}
	for _, f := range slices.Concat(r.Wanted, r.others) {
		all[f.Path] = f
	}
	return all
}

// read reads contents of one repository, as ReadBlobs does.
func (n *namer[R]) read(ctx context.Context, r R, files []File) {
	b := r.Base()
	wanted := b.Wanted
	b.Wanted = files
	ReadBlobs(ctx, n.w, []R{r}, n.keeping)
	b.Wanted = wanted
}

// texts returns contents: those that were just brought, those that the store holds, and else those that the host gives. Those
// that nobody has are read as those of other files are.
func (n *namer[R]) texts(ctx context.Context, r R, oids []metrics.OID) (map[metrics.OID]string, error) {
	files := map[metrics.OID]File{}
	for _, f := range r.Base().files() {
		if slices.Contains(oids, f.OID) && f.Size <= metrics.MaxBlob {
			f.Want, n.keep[f.OID] = collectors.Whole, true
			files[f.OID] = f
		}
	}
	n.kept[empty] = ""
	n.read(ctx, r, n.lacking(files))
	if rest := n.lacking(files); len(rest) > 0 && r.Base().Err == nil {
		if err := n.held(ctx, rest); err != nil {
			return nil, err
		}
	}
	if rest := n.lacking(files); len(rest) > 0 && r.Base().Err == nil {
		var wishes []*Wish[R]
		for _, f := range rest {
			wishes = append(wishes, &Wish[R]{File: f, Home: r, Readers: []R{r}})
		}
		n.keeping(ctx, wishes, &metrics.Batch{})
	}
	return maps.Clone(n.kept), r.Base().Err
}

// lacking returns those of some files of which the content is not here.
func (n *namer[R]) lacking(files map[metrics.OID]File) (list []File) {
	for oid, f := range files {
		if _, here := n.kept[oid]; !here {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return list
}

// held takes contents that the store holds.
func (n *namer[R]) held(ctx context.Context, files []File) error {
	holder, ok := n.w.Out.(collectors.Holder)
	if !ok {
		return nil
	}
	oids := make([]metrics.OID, len(files))
	for i, f := range files {
		oids[i] = f.OID
	}
	texts, err := holder.Held(ctx, oids)
	maps.Copy(n.kept, texts)
	return err
}

// asked is a tree of which nothing is known but the paths: it notes the contents that are asked for.
type asked struct {
	files map[string]File
	oids  []metrics.OID
}

// Read implements collectors.Tree.
func (a *asked) Read(path string) (string, bool) {
	if f, there := a.files[path]; there {
		a.oids = append(a.oids, f.OID)
	}
	return "", false
}

// Match implements collectors.Tree.
func (a *asked) Match(glob string) (paths []string) {
	m, err := collectors.NewMatcher(metrics.WatchSet{Whole: []string{glob}})
	if err != nil {
		return nil
	}
	for path := range a.files {
		if m.Wants([]byte(path)) == collectors.Whole {
			paths = append(paths, path)
		}
	}
	return paths
}
