package detect

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// reach is everything that the pipeline of one file consists of.
type reach struct {
	nodes []node
	deps  []string // paths that decide about it, whether they are there or not
	wilds []glob   // and paths that match these

	skipped bool // path filters keep the pipeline away from the component
	checked bool // the flaws of its files were told
}

// reach returns what the pipeline that a file begins consists of, as things are now.
func (t *Tracker) reach(f *file) *reach {
	if f.reach != nil {
		return f.reach
	}
	r := &reach{nodes: []node{t.node(f.path, f.want.node, nil)}}
	if root := r.nodes[0].digest; root != nil {
		r.skipped = root.skips(t.unit)
	}
	seen := map[string]bool{f.path: true}
	for i := 0; i < len(r.nodes) && len(r.nodes) < maxNodes; i++ {
		from := r.nodes[i]
		if from.digest == nil {
			continue
		}
		via := append(slices.Clip(from.via), from.path)
		for _, l := range from.digest.locals {
			if from.digest.leavesOut(l.job, t.unit) {
				continue
			}
			for _, p := range t.targets(l, r) {
				if !seen[p] && len(r.nodes) < maxNodes {
					seen[p] = true
					n := t.node(p, l.kind, via)
					n.line = l.line
					r.nodes = append(r.nodes, n)
				}
			}
		}
	}
	f.reach = r
	t.depend(f)
	return r
}

// targets returns the files that a local reference leads to now, and notes in r what decides about that. One
// that no scan reads is among them: its node will say so.
func (t *Tracker) targets(l local, r *reach) (paths []string) {
	if l.wild {
		g := newGlob(l.path)
		r.wilds = append(r.wilds, g)
		for p, f := range t.files {
			if f.oid != "" && g.match(p) {
				paths = append(paths, p)
			}
		}
		slices.Sort(paths)
		if !covers(t.watch, place{pattern: l.path}, true) {
			paths = append(paths, l.path)
		}
		return paths
	}
	for _, p := range l.candidates() {
		r.deps = append(r.deps, p)
		if t.Oid(p) != "" {
			return []string{p}
		}
	}
	for _, p := range l.candidates() {
		if !covers(t.watch, place{pattern: p}, true) {
			return []string{p}
		}
	}
	return nil
}

// node returns a file of a pipeline with its digest.
func (t *Tracker) node(path string, kind nodeKind, via []string) node {
	n := node{path: path, kind: kind, via: via, folder: t.unit}
	oid := t.Oid(path)
	if oid == "" {
		n.reason = metrics.ReasonNotRead
		return n
	}
	n.digest, n.reason = t.digest(oid, kind, false)
	return n
}

// depend notes that a change of what the pipeline of f depends on changes f's findings.
func (t *Tracker) depend(f *file) {
	for _, p := range f.reach.deps {
		if t.dependents[p] == nil {
			t.dependents[p] = map[*file]struct{}{}
		}
		t.dependents[p][f] = struct{}{}
	}
	if len(f.reach.wilds) > 0 {
		t.wild[f] = struct{}{}
	}
}

// forget undoes reach and depend.
func (t *Tracker) forget(f *file) {
	if f.reach == nil {
		return
	}
	for _, p := range f.reach.deps {
		delete(t.dependents[p], f)
		if len(t.dependents[p]) == 0 {
			delete(t.dependents, p)
		}
	}
	delete(t.wild, f)
	f.reach = nil
}

// touch marks the pipelines that depend on a path as changed.
func (t *Tracker) touch(path string) {
	for f := range t.dependents[path] {
		t.forget(f)
		t.expire(f)
	}
	for f := range t.wild {
		if slices.ContainsFunc(f.reach.wilds, func(g glob) bool { return g.match(path) }) {
			t.forget(f)
			t.expire(f)
		}
	}
}
