package classify

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// attribute looks behind a merge for the commits that really made the pending changes: the first of the
// merged side, oldest first, after which the files say what they say after the merge. Merges on the side
// only bring what others made, so they are passed over. Where no side commit did it, the merge did.
func (r *replay) attribute(pos int, list []*pending, landed []metrics.FileChange, before []metrics.OID, behind []metrics.SideChange) {
	touched := make([]string, 0, len(landed)+len(behind))
	for i, ch := range landed {
		r.show(list, ch.Path, before[i])
		touched = append(touched, ch.Path)
	}
	open := slices.Clone(list)
	for len(behind) > 0 && len(open) > 0 {
		var group []metrics.SideChange
		seq := behind[0].Seq
		group, behind = cut(behind, func(x *metrics.SideChange) bool { return x.Seq == seq })
		commit := r.side(pos, seq)
		if commit == nil || commit.Merge {
			continue
		}
		for _, ch := range group {
			r.show(list, ch.Path, ch.Blob)
			touched = append(touched, ch.Path)
		}
		open = slices.DeleteFunc(open, func(p *pending) bool {
			if !p.reached(r.glance(p.path, p.unit)) {
				return false
			}
			p.step.change = commit
			return true
		})
	}
	r.restore(list, touched)
}

// reached reports whether a tree on the merged side already shows what the merge brought.
func (p *pending) reached(now metrics.Tree) bool {
	if want := golden(p.step.tree); want != golden(p.last) {
		return golden(now) == want
	}
	return now.Same(p.step.tree)
}

func (r *replay) side(pos int, seq uint32) *metrics.Commit {
	group := r.b.commits[pos]
	i, found := slices.BinarySearchFunc(group, seq, func(c metrics.Commit, s uint32) int { return int(c.Seq) - int(s) })
	if !found {
		return nil
	}
	return &group[i]
}

// show gives a file another content in the trackers of the pending units, and only there.
func (r *replay) show(list []*pending, file string, oid metrics.OID) {
	for i, p := range list {
		if i == 0 || list[i-1].unit != p.unit {
			p.unit.tracker.Put(file, oid)
		}
	}
}

// restore puts the trackers of the pending units back to the tree after the merge.
func (r *replay) restore(list []*pending, touched []string) {
	for _, file := range touched {
		r.show(list, file, r.present[file])
	}
	for _, p := range list {
		p.unit.tracker.ClearDirty()
	}
}

// mark fingerprints what made a unit enter a path, so that the same change elsewhere can be recognised: the
// resulting content of each file that carries the evidence, and the lines that were added to it.
func (r *replay) mark(list []*pending, landed []metrics.FileChange, before []metrics.OID) {
	for _, p := range list {
		if golden(p.last) == metrics.Yes || golden(p.step.tree) != metrics.Yes {
			continue
		}
		for _, e := range r.c.paths[p.path].golden.find(look{ask: p.unit.tracker.Find}).Evidence {
			for i, ch := range landed {
				if ch.Blob != "" && (ch.Path == e.File || slices.Contains(e.Via, ch.Path)) {
					p.step.marks = append(p.step.marks, r.marks(before[i], ch.Blob)...)
				}
			}
		}
		slices.Sort(p.step.marks)
		p.step.marks = slices.Compact(p.step.marks)
	}
}

func (r *replay) marks(before, after metrics.OID) []uint64 {
	list := []uint64{metrics.Fingerprint("blob", string(after))}
	text, reason := r.blobs.Blob(after)
	if reason != "" {
		return list
	}
	var old string
	if before != "" {
		if old, reason = r.blobs.Blob(before); reason != "" {
			return list
		}
	}
	if added := addedLines(old, text); len(added) > 0 {
		list = append(list, metrics.Fingerprint(append([]string{"lines"}, added...)...))
	}
	return list
}

// addedLines returns the lines of text that old does not have, as a sorted multiset, without indentation
// and blank lines.
func addedLines(old, text string) []string {
	have := map[string]int{}
	for line := range strings.Lines(old) {
		have[strings.TrimSpace(line)]++
	}
	var added []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if have[line]--; have[line] < 0 && line != "" {
			added = append(added, line)
		}
	}
	slices.Sort(added)
	return added
}
