package git_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/metrics"
	"pgregory.net/rapid"
)

// checks sets how many random repositories a property is tried on, unless the command line says so.
func checks(n int) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set(fmt.Sprint(n))
	}
}

// node is a commit of a random history.
type node struct {
	mark    int
	parents []int // indices of nodes
	tree    map[string]string
}

var oddPaths = []string{"a.yml", "b/a.yml", "b", "c/d/e", "go.mod", "sp ace", "\xff\xfe", "n\nl", ".mailmap", "\u00fc/\u00e9"}

// randomHistory draws a history: a branch with squashes, renames, merges and octopuses.
func randomHistory(t *rapid.T, b *builder) []node {
	var nodes []node
	for i := range rapid.IntRange(1, 25).Draw(t, "commits") {
		var parents []int
		for range min(i, rapid.SampledFrom([]int{1, 1, 1, 2, 2, 3}).Draw(t, "parents")) {
			parents = append(parents, rapid.IntRange(max(0, i-6), i-1).Draw(t, "parent"))
		}
		parents = slices.Compact(parents)
		if rapid.IntRange(0, 30).Draw(t, "another root") == 0 {
			parents = nil
		}
		n := node{parents: parents, tree: map[string]string{}}
		c := commitOf{branch: fmt.Sprintf("b%d", i), message: fmt.Sprint("commit ", i), files: map[string]string{}}
		c.date = fmt.Sprintf("%d +0000", 1700000000+rapid.IntRange(-5, 5).Draw(t, "skew")*1000+100*i)
		if len(parents) > 0 {
			n.tree = maps.Clone(nodes[parents[0]].tree)
		}
		for _, p := range parents {
			c.from = append(c.from, nodes[p].mark)
		}
		c.raw = mutate(t, n.tree, i)
		n.mark = b.commit(c)
		nodes = append(nodes, n)
	}
	return nodes
}

// mutate changes some paths of a tree and returns how fast-import is told.
func mutate(t *rapid.T, tree map[string]string, i int) string {
	var b strings.Builder
	for range rapid.IntRange(0, 4).Draw(t, "changes") {
		path := rapid.SampledFrom(oddPaths).Draw(t, "path")
		switch mode := rapid.SampledFrom([]string{"100644", "100644", "100755", "120000", "160000", "D", "R"}).Draw(t, "mode"); mode {
		case "D":
			fmt.Fprintf(&b, "D %s\n", quote(path))
			remove(tree, path)
		case "R":
			if _, ok := tree[path]; ok {
				fmt.Fprintf(&b, "R %s %s\n", quote(path), quote("renamed/"+path))
				content := tree[path]
				remove(tree, path)
				set(tree, "renamed/"+path, content)
			}
		case "160000":
			fmt.Fprintf(&b, "M 160000 %040d %s\n", i+1, quote(path))
			set(tree, path, "")
		default:
			content := fmt.Sprint("content ", rapid.IntRange(0, 6).Draw(t, "content"))
			fmt.Fprintf(&b, "M %s inline %s\ndata %d\n%s\n", mode, quote(path), len(content), content)
			if mode == "120000" {
				content = ""
			}
			set(tree, path, content)
		}
	}
	return b.String()
}

// remove takes a path and what is below it out of a tree.
func remove(tree map[string]string, path string) {
	maps.DeleteFunc(tree, func(p, _ string) bool { return p == path || strings.HasPrefix(p, path+"/") })
}

// set puts a file into a tree in the place of whatever is in its way; content "" is no file.
func set(tree map[string]string, path, content string) {
	remove(tree, path)
	for i, c := range path {
		if c == '/' {
			delete(tree, path[:i])
		}
	}
	tree[path] = content
}

func TestRandomHistoriesAgreeWithGit(t *testing.T) {
	checks(40)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		dir = filepath.Join(dir, "pay.git")
		b := newRepo(t, dir)
		nodes := randomHistory(rt, b)
		b.done()
		head := fmt.Sprintf("b%d", len(nodes)-1)
		run(t, dir, "symbolic-ref", "HEAD", "refs/heads/"+head)

		s := newScanner(t, dir)
		s.config.Watch = metrics.WatchSet{Whole: []string{"**"}}
		s.scan()
		h := s.store.History(metrics.NewRepoID("local/pay"))
		agree(rt, t, h, dir, "HEAD")
		sameInSteps(rt, t, nodes, h, dir)
	})
}

// agree compares a history with what plain git commands say about it.
func agree(rt *rapid.T, t *testing.T, h collectorstest.History, dir, head string) {
	landed := strings.Fields(run(t, dir, "rev-list", "--first-parent", "--reverse", head))
	parents := map[string][]string{}
	for _, line := range strings.Split(run(t, dir, "rev-list", "--parents", head), "\n") {
		ids := strings.Fields(line)
		parents[ids[0]] = ids[1:]
	}
	tree := map[string]metrics.OID{}
	next := 0
	for pos, oid := range landed {
		for ; next < len(h.Changes) && h.Changes[next].Pos == uint32(pos); next++ {
			if ch := h.Changes[next]; ch.Blob == "" {
				delete(tree, ch.Path)
			} else {
				tree[ch.Path] = ch.Blob
			}
		}
		if diff := cmp.Diff(lsTree(t, dir, oid), tree); diff != "" {
			rt.Fatalf("tree at position %d (-git +replayed):\n%s", pos, diff)
		}
		group := slices.DeleteFunc(slices.Clone(h.Commits), func(c metrics.Commit) bool { return c.Pos != uint32(pos) })
		if len(group) == 0 || group[0].OID.String() != oid || group[0].Seq != 0 {
			rt.Fatalf("position %d is %v, want %s", pos, group, oid)
		}
		agreeSide(rt, t, h, dir, group, parents)
	}
	if next != len(h.Changes) {
		rt.Fatalf("changes behind the end: %v", h.Changes[next:])
	}
}

// agreeSide compares what a landed commit brought.
func agreeSide(rt *rapid.T, t *testing.T, h collectorstest.History, dir string, group []metrics.Commit, parents map[string][]string) {
	want, got := []string{}, []string{}
	if group[0].Merge {
		want = strings.Fields(run(t, dir, "rev-list", group[0].OID.String(), "^"+group[0].OID.String()+"^1"))
		want = slices.DeleteFunc(want, func(oid string) bool { return oid == group[0].OID.String() })
	}
	for i, c := range group[1:] {
		if c.Seq != uint32(i+1) {
			rt.Fatalf("commit %s has number %d, want %d", c.OID, c.Seq, i+1)
		}
		for _, parent := range parents[c.OID.String()] {
			if slices.Contains(want, parent) && !slices.Contains(got, parent) {
				rt.Fatalf("%s comes before its parent %s", c.OID, parent)
			}
		}
		got = append(got, c.OID.String())
		agreeChanges(rt, t, h, dir, c, parents[c.OID.String()])
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		rt.Fatalf("behind %s (-git +got):\n%s", group[0].OID, diff)
	}
}

// agreeChanges compares the changes of a side commit with the trees on both sides of it.
func agreeChanges(rt *rapid.T, t *testing.T, h collectorstest.History, dir string, c metrics.Commit, parents []string) {
	want, before := map[string]metrics.OID{}, map[string]metrics.OID{}
	if !c.Merge {
		if len(parents) > 0 {
			before = lsTree(t, dir, parents[0])
		}
		want = lsTree(t, dir, c.OID.String())
		for path, blob := range before {
			if now, there := want[path]; !there {
				want[path] = ""
			} else if now == blob {
				delete(want, path)
			}
		}
	}
	got := map[string]metrics.OID{}
	for _, ch := range h.Side {
		if ch.Pos == c.Pos && ch.Seq == c.Seq {
			got[ch.Path] = ch.Blob
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		rt.Fatalf("side changes of %s (-git +got):\n%s", c.OID, diff)
	}
}

// lsTree returns the regular files of a commit.
func lsTree(t *testing.T, dir, commit string) map[string]metrics.OID {
	files := map[string]metrics.OID{}
	for _, entry := range strings.Split(run(t, dir, "ls-tree", "-r", "-z", "--full-tree", commit), "\x00") {
		meta, path, _ := strings.Cut(entry, "\t")
		if fields := strings.Fields(meta); len(fields) == 3 && strings.HasPrefix(fields[0], "100") {
			oid, err := metrics.ParseOID(fields[2])
			if err != nil {
				t.Fatal(err)
			}
			files[path] = oid
		}
	}
	return files
}

// sameInSteps scans at several points of the branch, and compares with the one scan of all of it.
func sameInSteps(rt *rapid.T, t *testing.T, nodes []node, whole collectorstest.History, dir string) {
	landed := strings.Fields(run(t, dir, "rev-list", "--first-parent", "--reverse", "HEAD"))
	s := newScanner(t, dir)
	s.config.Watch = metrics.WatchSet{Whole: []string{"**"}}
	s.config.Branch = "step"
	for i, oid := range landed {
		if i == len(landed)-1 || rapid.IntRange(0, 2).Draw(rt, "scan here") == 0 {
			run(t, dir, "update-ref", "refs/heads/step", oid)
			s.scan()
		}
	}
	steps := s.store.History(metrics.NewRepoID("local/pay"))
	forget := func(h *collectorstest.History) {
		for i := range h.Commits {
			h.Commits[i].Walk = 0
		}
		for i := range h.Changes {
			h.Changes[i].Walk = 0
		}
		for i := range h.Side {
			h.Side[i].Walk = 0
		}
		h.Walks = nil
	}
	forget(&steps)
	forget(&whole)
	if diff := cmp.Diff(whole, steps); diff != "" {
		rt.Fatalf("in steps (-at once +in steps):\n%s", diff)
	}
}
