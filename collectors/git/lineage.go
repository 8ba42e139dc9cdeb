package git

import (
	"container/heap"

	"github.com/trodden/trodden/metrics"
)

// landed is the mark of commits on the first-parent history.
const landed = -1

// lineage finds the place of each commit in a history: whether it landed itself, or else the oldest landed
// merge that brought it. It is told the commits newest first, no parent before all of its children, and
// remembers only those that it expects and those behind merges that are not complete.
type lineage struct {
	awaited map[metrics.OID]int // landed, or the depth of the merge that brings it
	groups  map[int]*group      // by depth
	depth   int                 // landed commits up to now; the newest has depth 0
	end     metrics.OID         // first parent of the last landed commit; empty when it has none
}

// group is what a merge brought: commits, no parent before all of its children, and their changes, whose Seq
// is an index of commits as long as the group is not complete.
type group struct {
	awaited int // commits that are expected
	commits []metrics.Commit
	parents [][]metrics.OID // by index of commits
	changes []metrics.SideChange
}

func newLineage(head metrics.OID) *lineage {
	return &lineage{
		awaited: map[metrics.OID]int{head: landed}, groups: map[int]*group{}, end: head,
	}
}

// place returns the depth of the landed commit that a commit is, or is behind of: then with the group that it
// goes into, and settle is to be called when it is in there. Groups that are complete are given to done. It
// is false for a commit that nobody expects.
func (l *lineage) place(c *commit, done func(depth int, g *group)) (depth int, behind *group, ok bool) {
	at, ok := l.awaited[c.oid]
	delete(l.awaited, c.oid)
	if !ok || at != landed {
		for _, parent := range c.parents {
			l.bring(parent, at, done)
		}
		return at, l.groups[at], ok
	}
	at = l.depth
	l.depth++
	l.end = ""
	for i, parent := range c.parents {
		if i == 0 {
			l.end = parent
			l.land(parent, done)
		} else {
			l.bring(parent, at, done)
		}
	}
	return at, nil, true
}

// land marks a commit as one of the first-parent history.
func (l *lineage) land(oid metrics.OID, done func(int, *group)) {
	at, known := l.awaited[oid]
	l.awaited[oid] = landed
	if known && at != landed {
		l.settle(at, done)
	}
}

// bring says that a merge brings a commit. Of several merges the oldest does: the deepest.
func (l *lineage) bring(oid metrics.OID, depth int, done func(int, *group)) {
	at, known := l.awaited[oid]
	if known && (at == landed || at >= depth) {
		return
	}
	if l.groups[depth] == nil {
		l.groups[depth] = &group{}
	}
	l.groups[depth].awaited++
	l.awaited[oid] = depth
	if known {
		l.settle(at, done)
	}
}

// settle says that a group expects one commit less: it is there, or an older merge brings it.
func (l *lineage) settle(depth int, done func(int, *group)) {
	g := l.groups[depth]
	g.awaited--
	if g.awaited == 0 {
		delete(l.groups, depth)
		done(depth, g)
	}
}

// rest gives out the groups that were never completed: they reach back behind the base of a refresh.
func (l *lineage) rest(done func(int, *group)) {
	for depth, g := range l.groups {
		done(depth, g)
	}
	clear(l.groups)
}

// order numbers the commits of a complete group from 1, oldest first: parents before children, and by date
// and id where that leaves a choice. It depends on nothing outside of the group, so that a history read in
// steps gets the same numbers as one read at once.
func (g *group) order() []uint32 {
	index := make(map[metrics.OID]int, len(g.commits))
	for i := range g.commits {
		index[g.commits[i].OID] = i
	}
	missing := make([]int, len(g.commits)) // parents that have no number yet
	children := make([][]int, len(g.commits))
	ready := &oldest{commits: g.commits}
	for i, parents := range g.parents {
		for _, parent := range parents {
			if at, inside := index[parent]; inside {
				missing[i]++
				children[at] = append(children[at], i)
			}
		}
		if missing[i] == 0 {
			heap.Push(ready, i)
		}
	}
	seq := make([]uint32, len(g.commits))
	for n := uint32(1); ready.Len() > 0; n++ {
		i := heap.Pop(ready).(int)
		seq[i] = n
		for _, child := range children[i] {
			if missing[child]--; missing[child] == 0 {
				heap.Push(ready, child)
			}
		}
	}
	return seq
}

// oldest is a heap of indices of commits, the oldest on top.
type oldest struct {
	commits []metrics.Commit
	indices []int
}

// Len implements heap.Interface.
func (o *oldest) Len() int { return len(o.indices) }

// Less implements heap.Interface.
func (o *oldest) Less(i, j int) bool {
	a, b := &o.commits[o.indices[i]], &o.commits[o.indices[j]]
	if a.Committed != b.Committed {
		return a.Committed < b.Committed
	}
	return a.OID < b.OID
}

// Swap implements heap.Interface.
func (o *oldest) Swap(i, j int) { o.indices[i], o.indices[j] = o.indices[j], o.indices[i] }

// Push implements heap.Interface.
func (o *oldest) Push(x any) { o.indices = append(o.indices, x.(int)) }

// Pop implements heap.Interface.
func (o *oldest) Pop() any {
	last := o.indices[len(o.indices)-1]
	o.indices = o.indices[:len(o.indices)-1]
	return last
}
