package detect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// seen is a file with a content whose flaws were told, or one that refers to a path that was not read.
type seen struct {
	path string
	oid  metrics.OID
}

// Warnings returns what is wrong with the files that are there now and that some signal looks at, each
// (file, content) once in the life of the tracker, ordered by file and line. The repository is left zero; a
// parser that does not say where it failed counts as failing at the start.
// Files that Find could pass over without parsing them are parsed now, so it is best asked at the end of a
// replay rather than at every change.
func (t *Tracker) Warnings() []metrics.Warning {
	flaws := map[seen][]flaw{}
	for path, f := range t.files {
		if f.oid == "" || len(f.want.signals) == 0 {
			continue
		}
		if f.checked != f.oid {
			f.checked = f.oid
			t.flaws(flaws, seen{path, f.oid}, t.fileFlaws(f))
		}
		if t.hasGraph(f) {
			t.graphFlaws(flaws, t.reach(f))
		}
	}
	var out []metrics.Warning
	for s, list := range flaws {
		t.warned[s] = struct{}{}
		for _, f := range list {
			out = append(out, metrics.Warning{File: s.path, Line: max(f.line, 1), Column: max(f.column, 1), Message: f.message})
		}
	}
	slices.SortFunc(out, func(a, b metrics.Warning) int {
		return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column, cmp.Compare(a.Message, b.Message))
	})
	return out
}

// Looks reports whether the signal with the index looks at the file. Those that follow references may look at
// any file of a pipeline.
func (t *Tracker) Looks(i int, file string) bool {
	in := t.set.interest(t.unit, file)
	return slices.Contains(in.signals, int32(i)) || in.part && t.set.signals[i].kind.how == byGraph
}

// graphFlaws adds the flaws of the files of a pipeline, and tells which of them no scan reads.
func (t *Tracker) graphFlaws(all map[seen][]flaw, r *reach) {
	if r.checked {
		return
	}
	r.checked = true
	for _, n := range r.nodes {
		if oid := t.Oid(n.path); oid != "" {
			t.flaws(all, seen{n.path, oid}, t.nodeFlaws(oid, n.kind))
		} else if len(n.via) > 0 {
			from := n.via[len(n.via)-1]
			message := fmt.Sprintf("refers to %q, which is not among the files that are read", n.path)
			t.flaws(all, seen{from, metrics.OID(n.path)}, []flaw{{n.line, 1, clip(message)}})
		}
	}
}

// flaws adds flaws of a file unless they were told before.
func (t *Tracker) flaws(all map[seen][]flaw, s seen, list []flaw) {
	if _, told := t.warned[s]; told {
		return
	}
	for _, f := range list {
		if !slices.Contains(all[s], f) {
			all[s] = append(all[s], f)
		}
	}
}

// hasGraph reports whether some signal follows the references of the file.
func (t *Tracker) hasGraph(f *file) bool {
	return slices.ContainsFunc(f.want.signals, func(i int32) bool { return t.set.signals[i].kind.how == byGraph })
}

// fileFlaws returns the flaws of a file that is judged by itself, parsing it in full where that was not done.
func (t *Tracker) fileFlaws(f *file) (flaws []flaw) {
	kinds := map[string]Kind{}
	for _, i := range f.want.signals {
		if k := t.set.signals[i].kind; k.how == byFile {
			kinds[k.Name] = k
		}
	}
	if len(kinds) == 0 {
		return nil
	}
	b := t.set.blobs.blob(f.oid)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		kind := kinds[name]
		if b.checked&kind.bit == 0 {
			content, reason := t.content(f.oid)
			if reason != "" {
				continue
			}
			t.judgeBlob(b, f, content, kind, true)
		}
		flaws = append(flaws, b.flawsOf(kind.bit)...)
	}
	return flaws
}

// nodeFlaws returns the flaws of a file of a pipeline, parsing it in full where that was not done.
func (t *Tracker) nodeFlaws(oid metrics.OID, kind nodeKind) []flaw {
	if _, reason := t.digest(oid, kind, true); reason != "" {
		return nil
	}
	b := t.set.blobs.blob(oid)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.flawsOf(nodeBit(kind))
}

// flawsOf returns the flaws that a full parse for a kind brought up.
func (b *blob) flawsOf(bit uint64) (flaws []flaw) {
	for _, f := range b.flaws {
		if f.bit == bit {
			flaws = append(flaws, f.flaw)
		}
	}
	return flaws
}
