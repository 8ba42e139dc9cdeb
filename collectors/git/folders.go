package git

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

const (
	// foldersKept is for how long before a walk it is kept in which folders commits changed anything: the 180 days for which
	// owners of catalogs are compared with who commits, and room for clocks that differ.
	foldersKept = 200 * metrics.Day
	// mostFolders is how many folders of a commit are told apart. Of one that changes more, a release or a rewrite, whole
	// trees of them are one.
	mostFolders = 64
)

// folders finds out in which folders a commit changed anything. Commits that are too old cost nothing.
type folders struct {
	since metrics.Instant    // older commits, and merges, do not tell theirs
	cut   bool               // history may begin where it is cut off: with a commit that seems to make all that is there
	known map[string]*folder // of all commits
	kept  bool               // the present commit tells them
	nth   int                // increases whenever list begins anew
	list  []string           // of the present commit
	depth int                // how many folders above one another are told apart in list
}

// folder is a folder as it stands in lists. Those that end in a slash stand for any below.
type folder struct {
	name string
	nth  int // of the newest list that it is in
}

// rootTree stands for any folder but the root.
var rootTree = []byte("/")

// begin begins with the next commit.
func (f *folders) begin(c *commit) {
	f.kept = c.committed >= f.since && len(c.parents) < 2
	f.clear()
	f.depth = math.MaxInt
	if f.cut && f.kept && len(c.parents) == 0 {
		f.note(rootTree)
		f.kept = false
	}
}

func (f *folders) clear() {
	f.nth++
	f.list = f.list[:0]
}

// add takes in a path that the commit changed. Of one that was cut, the folder is not known.
func (f *folders) add(path []byte) {
	switch {
	case !f.kept:
		return
	case len(path) >= maxPath:
		f.note(rootTree)
	default:
		f.note(path[:max(0, bytes.LastIndexByte(path, '/'))])
	}
	for len(f.list) > mostFolders {
		f.fold()
	}
}

// note puts a folder into the list, as deep as it is told apart there.
func (f *folders) note(name []byte) {
	name = cutFolder(name, f.depth)
	x := f.known[string(name)]
	if x == nil {
		x = &folder{name: string(name)}
		f.known[x.name] = x
	}
	if x.nth < f.nth {
		x.nth = f.nth
		f.list = append(f.list, x.name)
	}
}

// fold tells one folder less apart of those that are above one another.
func (f *folders) fold() {
	if f.depth == math.MaxInt {
		f.depth = 0
		for _, name := range f.list {
			f.depth = max(f.depth, strings.Count(name, "/")+1)
		}
	}
	f.depth--
	before := slices.Clone(f.list)
	f.clear()
	for _, name := range before {
		f.note([]byte(name))
	}
}

// cutFolder returns a folder if it lies no deeper than so, else the one that it is in there, with a slash behind it.
func cutFolder(name []byte, depth int) []byte {
	if depth == 0 && len(name) > 0 {
		return rootTree
	}
	for i, b := range name {
		if b != '/' {
			continue
		}
		if depth--; depth == 0 {
			return name[:i+1]
		}
	}
	return name
}

// touched returns the folders of the present commit, sorted; none where it does not tell them.
func (f *folders) touched() []string {
	if len(f.list) == 0 {
		return nil
	}
	list := slices.Clone(f.list)
	slices.Sort(list)
	return list
}
