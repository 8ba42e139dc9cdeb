package detect

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// maxEvidence is how many pieces of evidence one finding carries.
const maxEvidence = 50

// Tracker follows the watched files of one unit through history and knows at each moment what every signal
// finds. It is not safe for concurrent use; trackers of one set may be used at the same time.
type Tracker struct {
	set        *Set
	unit       string
	host       Host
	pipeline   pipelineFile // of GitLab
	watch      metrics.WatchSet
	blobs      Blobs
	files      map[string]*file
	states     []state
	dependents map[string]map[*file]struct{} // path -> files whose pipelines depend on it
	wild       map[*file]struct{}            // files whose pipelines depend on globs
	exprs      []*expression                 // of cel signals
	dirty      bool
	warned     map[seen]struct{}
}

// file is a file that was there at some time.
type file struct {
	path  string
	oid   metrics.OID // empty: not there now
	want  *interest
	slots []slot // what each interested signal finds in it
	reach *reach // of a file that begins a pipeline; nil until it is asked for

	checked metrics.OID // the content whose flaws were told
}

// slot is what one signal finds in one file, and in what that file refers to.
type slot struct {
	file    *file
	signal  int32
	pending bool // to be judged again
	now     metrics.Finding
}

// state is what one signal finds.
type state struct {
	covered    bool            // its files were read
	pending    []*slot         // changed since the last finding
	yes, maybe []*slot         // by path
	valid      bool            // finding holds
	fresh      bool            // nothing happened since Glance looked
	glimpse    metrics.Finding // what it saw
	finding    metrics.Finding
	expr       *expression // of a cel signal
}

// Track returns a tracker for one unit: the repository itself where unit is empty, else the component in
// that folder. watch is what was read of the repository: a signal whose files were not finds Maybe with the
// reason not_read.
func (s *Set) Track(unit string, host Host, watch metrics.WatchSet, blobs Blobs) *Tracker {
	t := &Tracker{
		set: s, unit: unit, host: host, pipeline: pipelineFileOf(host), watch: watch, blobs: blobs,
		files: map[string]*file{}, states: make([]state, len(s.signals)),
		dependents: map[string]map[*file]struct{}{}, wild: map[*file]struct{}{}, dirty: true,
		warned: map[seen]struct{}{},
	}
	for i, sig := range s.signals {
		st := &t.states[i]
		st.covered = sig.coveredBy(watch, unit)
		t.pipeline.begin(st, sig, watch)
		switch sig.kind.how {
		case byHost:
			st.finding, st.valid = hostFinding(sig, host), true
		case byExpression:
			st.expr = newExpression(t, int32(i))
			t.exprs = append(t.exprs, st.expr)
		}
	}
	return t
}

// coveredBy reports whether the files were read whose absence says that the signal finds nothing. Of
// pipelines these are the files that begin them; what they refer to is looked for when they do.
func (s signal) coveredBy(watch metrics.WatchSet, unit string) bool {
	globs := s.globs
	if s.kind.how == byGraph {
		globs = globs[:s.kind.roots]
	}
	return !slices.ContainsFunc(globs, func(g glob) bool { return !covers(watch, g.in(unit, s.kind.Root), s.kind.Whole) })
}

// Put says that the file has this content from now on; the empty oid takes it away. path is that in the
// repository, for components too.
func (t *Tracker) Put(path string, oid metrics.OID) {
	f := t.files[path]
	if f == nil {
		if oid == "" {
			return
		}
		if f = t.newFile(path); f == nil {
			return
		}
	}
	if f.oid == oid {
		return
	}
	there := (f.oid == "") != (oid == "")
	f.oid = oid
	if f.reach != nil {
		t.forget(f)
	}
	t.expire(f)
	if len(t.dependents)+len(t.wild) > 0 {
		t.touch(path)
	}
	for _, e := range t.exprs {
		e.touch(path, there)
	}
}

// newFile begins to follow a file. It returns nil for one that lies outside of the component and that no
// signal can look at.
func (t *Tracker) newFile(path string) *file {
	f := &file{path: path, want: t.interest(path)}
	if len(f.want.signals) == 0 && !f.want.part && len(t.exprs) == 0 && !within(t.unit, path) {
		return nil
	}
	if n := len(f.want.signals); n > 0 {
		f.slots = make([]slot, n)
		for k, signal := range f.want.signals {
			f.slots[k] = slot{file: f, signal: signal}
		}
	}
	t.files[path] = f
	return f
}

// within reports whether the path lies in the folder of a unit.
func within(unit, path string) bool {
	return unit == "" || strings.HasPrefix(path, unit) && len(path) > len(unit) && path[len(unit)] == '/'
}

// expire marks everything that is found in a file as to be judged again.
func (t *Tracker) expire(f *file) {
	for k := range f.slots {
		s := &f.slots[k]
		t.dirty = true
		st := &t.states[s.signal]
		st.valid, st.fresh = false, false
		if !s.pending {
			s.pending = true
			st.pending = append(st.pending, s)
		}
	}
}

// Oid returns the content that a file has now; empty where it is not there. The tracker of a component does
// not know the files outside of its folder that no signal looks at.
func (t *Tracker) Oid(path string) metrics.OID {
	if f := t.files[path]; f != nil {
		return f.oid
	}
	return ""
}

// Files yields the files that are there now and that Oid knows, in no order.
func (t *Tracker) Files() iter.Seq2[string, metrics.OID] {
	return func(yield func(string, metrics.OID) bool) {
		for path, f := range t.files {
			if f.oid != "" && !yield(path, f.oid) {
				return
			}
		}
	}
}

// Dirty reports whether what some signal finds can have changed since ClearDirty, or since the beginning.
func (t *Tracker) Dirty() bool { return t.dirty }

// ClearDirty makes Dirty begin anew.
func (t *Tracker) ClearDirty() { t.dirty = false }

// Settled reports whether nothing happened since the signal was last asked for: it would find the same.
func (t *Tracker) Settled(i int) bool { return t.states[i].fresh || t.states[i].valid }

// Find returns what the signal with the index finds now. Its evidence is ordered by file and must not be
// changed.
func (t *Tracker) Find(i int) metrics.Finding {
	st := &t.states[i]
	if st.valid {
		return st.finding
	}
	t.settle(st)
	st.valid = true
	if st.expr != nil {
		st.finding = st.expr.evaluate()
	} else {
		st.finding = st.sum()
	}
	return st.finding
}

// Glance returns the same truth as Find and one piece of its evidence: the first that names a version, else the
// first. It judges no file that neither of them hangs on: in a repository of many modules most changes then cost
// nothing. What it did not look at waits for the next Find.
func (t *Tracker) Glance(i int) metrics.Finding {
	st := &t.states[i]
	switch {
	case st.valid || st.expr != nil:
		st.fresh = true
		return onePiece(t.Find(i))
	case !st.fresh:
		st.fresh, st.glimpse = true, t.glance(st)
	}
	return st.glimpse
}

func (t *Tracker) glance(st *state) metrics.Finding {
	if first := t.firstYes(st); len(st.pending) > 0 {
		if f := onePiece(first.now); named(f) {
			return f
		}
	}
	t.settle(st)
	if len(st.yes) < 2 {
		return onePiece(st.sum())
	}
	return st.witness()
}

// firstYes judges the changed files in the order of their paths until the first that the signal finds something in,
// be it changed or not, is certain.
func (t *Tracker) firstYes(st *state) (first *slot) {
	if k := slices.IndexFunc(st.yes, func(s *slot) bool { return !s.pending }); k >= 0 {
		first = st.yes[k]
	}
	slices.SortFunc(st.pending, byPath)
	judged := 0
	for _, s := range st.pending {
		if first != nil && byPath(s, first) > 0 {
			break
		}
		judged++
		s.pending = false
		st.replace(s, t.judge(s))
		if s.now.Truth == metrics.Yes {
			first = s
		}
	}
	st.pending = slices.Delete(st.pending, 0, judged)
	return first
}

// settle judges all files that changed.
func (t *Tracker) settle(st *state) {
	for _, s := range st.pending {
		s.pending = false
		st.replace(s, t.judge(s))
	}
	st.pending = st.pending[:0]
}

// onePiece leaves one piece of evidence: the first that names a version, else the first.
func onePiece(f metrics.Finding) metrics.Finding {
	if len(f.Evidence) > 1 {
		k := max(0, slices.IndexFunc(f.Evidence, func(e metrics.Evidence) bool { return e.Version != "" }))
		f.Evidence = f.Evidence[k : k+1 : k+1]
	}
	return f
}

// named reports whether the one piece of evidence names a version.
func named(f metrics.Finding) bool { return len(f.Evidence) > 0 && f.Evidence[0].Version != "" }

// witness leaves one piece of the evidence of several files. It gathers all only where they have to be counted, to
// see what is still among the evidence that Find gives.
func (st *state) witness() metrics.Finding {
	pieces := 0
	for _, s := range st.yes {
		if pieces += len(s.now.Evidence); pieces > maxEvidence {
			return onePiece(metrics.Finding{Truth: metrics.Yes, Evidence: gather(st.yes)})
		}
		if f := onePiece(s.now); named(f) {
			return f
		}
	}
	return onePiece(st.yes[0].now)
}

// replace puts what is found in a file in the place of what was.
func (st *state) replace(s *slot, now metrics.Finding) {
	if s.now.Truth != now.Truth {
		st.remove(s)
		switch now.Truth {
		case metrics.Yes:
			st.yes = insert(st.yes, s)
		case metrics.Maybe:
			st.maybe = insert(st.maybe, s)
		}
	}
	s.now = now
}

// remove takes a file from the list that it is in.
func (st *state) remove(s *slot) {
	switch s.now.Truth {
	case metrics.Yes:
		st.yes = without(st.yes, s)
	case metrics.Maybe:
		st.maybe = without(st.maybe, s)
	}
}

// byPath compares slots by the paths of their files.
func byPath(a, b *slot) int { return cmp.Compare(a.file.path, b.file.path) }

// insert puts a slot into a list ordered by path.
func insert(list []*slot, s *slot) []*slot {
	i, _ := slices.BinarySearchFunc(list, s, byPath)
	return slices.Insert(list, i, s)
}

// without takes a slot out of a list ordered by path.
func without(list []*slot, s *slot) []*slot {
	i, ok := slices.BinarySearchFunc(list, s, byPath)
	if !ok {
		return list
	}
	return slices.Delete(list, i, i+1)
}

// sum says what the signal finds in all files together.
func (st *state) sum() metrics.Finding {
	switch {
	case len(st.yes) == 1:
		return st.yes[0].now
	case len(st.yes) > 1:
		return metrics.Finding{Truth: metrics.Yes, Evidence: gather(st.yes)}
	case len(st.maybe) > 0:
		return metrics.Finding{Truth: metrics.Maybe, Reason: st.maybe[0].now.Reason}
	case !st.covered:
		return metrics.Finding{Truth: metrics.Maybe, Reason: metrics.ReasonNotRead}
	}
	return metrics.Finding{}
}

// gather returns the evidence of several files. A line that two pipelines lead to is given once.
func gather(slots []*slot) []metrics.Evidence {
	list := make([]metrics.Evidence, 0, min(len(slots), maxEvidence))
	for _, s := range slots {
		for _, e := range s.now.Evidence {
			if len(list) == maxEvidence {
				return list
			}
			if s.file.reach == nil || !slices.ContainsFunc(list, func(o metrics.Evidence) bool {
				return o.File == e.File && o.Line == e.Line && o.Text == e.Text
			}) {
				list = append(list, e)
			}
		}
	}
	return list
}
