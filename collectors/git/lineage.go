package git

import "github.com/trodden/trodden/metrics"

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

// group is what a merge brought: commits, newest first, and their changes, whose Seq is an index of commits
// as long as the group is not complete.
type group struct {
	awaited int // commits that are expected
	commits []metrics.Commit
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
