package git_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/git/gittest"
	"github.com/trodden/trodden/metrics"
)

// named scans one repository whose files name others.
func named(t *testing.T) (*scanner, *builder) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	s := newScanner(t, dir)
	s.config.Naming = collectorstest.Listing
	return s, newRepo(t, dir)
}

// names are the globs of the walk that counts.
func (s *scanner) globs() []string {
	walks := s.store.History(metrics.NewRepoID("local/pay")).Walks
	return walks[len(walks)-1].Named
}

func TestNamedFilesAreReadWithTheirHistory(t *testing.T) {
	s, b := named(t)
	b.commit(commitOf{message: "before anybody names it", files: map[string]string{"c/pay.txt": "1", "c/other.txt": "x"}})
	b.commit(commitOf{message: "name it", files: map[string]string{"list.yml": "c/pay.txt more.list gone.txt"}})
	b.commit(commitOf{message: "and others", files: map[string]string{"more.list": "d/*.txt list.yml more.list", "d/a.txt": "a", "c/pay.txt": "2"}})
	b.done()
	s.scan()
	s.expect("local/pay", `
		0.0 before anybody names it
		  c/pay.txt = "1"
		1.0 name it
		  list.yml = "c/pay.txt more.list "
		2.0 and others
		  c/pay.txt = "2"
		  d/a.txt = "a"
		  more.list = "d/*.txt list.yml mor"
		`)
	if diff := cmp.Diff(s.globs(), []string{"c/pay.txt", "d/*.txt", "gone.txt", "list.yml", "more.list"}); diff != "" {
		t.Errorf("names (-got +want):\n%s", diff)
	}
}

func TestRefreshesOfNamedFiles(t *testing.T) {
	two := []shape{{0, 2, false, false}, {2, 1, true, false}}
	anew := []shape{{0, 3, false, false}}
	tests := []struct {
		name   string
		commit map[string]string
		want   []shape
		names  []string
		last   string // what the last commit is known to have done
	}{
		{"nothing of it changes", map[string]string{"README": "x"}, two, []string{"a.txt", "d/*.txt"}, ""},
		{"a named file changes", map[string]string{"a.txt": "2"}, two, []string{"a.txt", "d/*.txt"}, `a.txt = "2"`},
		{"a named file is deleted", map[string]string{"a.txt": ""}, two, []string{"a.txt", "d/*.txt"}, "a.txt = gone"},
		{"a named file becomes a link", map[string]string{"120000:a.txt": "b.txt"}, two, []string{"a.txt", "d/*.txt"}, "a.txt = gone"},
		{"a file comes that a glob matches", map[string]string{"d/new.txt": "n"}, two, []string{"a.txt", "d/*.txt"}, `d/new.txt = "n"`},
		{"less is named", map[string]string{"list.yml": "a.txt"}, two, []string{"a.txt", "d/*.txt"}, `list.yml = "a.txt"`},
		{"nothing is", map[string]string{"list.yml": ""}, two, []string{"a.txt", "d/*.txt"}, "list.yml = gone"},
		{"more is named", map[string]string{"list.yml": "b.txt"}, anew, []string{"a.txt", "b.txt", "d/*.txt"}, `list.yml = "b.txt"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, b := named(t)
			b.commit(commitOf{message: "0", files: map[string]string{"a.txt": "1", "b.txt": "b", "d/x.txt": "x"}})
			b.commit(commitOf{message: "1", files: map[string]string{"list.yml": "a.txt d/*.txt"}})
			b.done()
			s.scan()
			b.commit(commitOf{message: "2", files: test.commit})
			b.done()
			s.scan()
			s.expectShapes("local/pay", test.want...)
			if diff := cmp.Diff(s.globs(), test.names); diff != "" {
				t.Errorf("names (-got +want):\n%s", diff)
			}
			_, last, _ := strings.Cut(s.lines("local/pay"), "2.0 2\n")
			if got := strings.TrimSpace(last); got != test.last {
				t.Errorf("the last commit did %q, want %q", got, test.last)
			}
			t.Setenv("PATH", t.TempDir()) // nothing new takes no git
			if got := s.scan(); got.Unchanged != 1 || got.Unknown != 0 {
				t.Errorf("a scan with nothing new came to %+v", got)
			}
		})
	}
}

func TestNamesOfAnotherBranch(t *testing.T) {
	s, b := named(t)
	b.commit(commitOf{message: "0", files: map[string]string{"a.txt": "1", "list.yml": "a.txt"}})
	b.done()
	s.scan()
	b.commit(commitOf{branch: "other", message: "another root", files: map[string]string{"a.txt": "3", "b.txt": "b", "list.yml": "b.txt"}})
	b.done()
	run(t, b.dir, "symbolic-ref", "HEAD", "refs/heads/other")
	s.scan()
	s.expect("local/pay", `
		0.0 another root
		  a.txt = "3"
		  b.txt = "b"
		  list.yml = "b.txt"
		`)
}

// TestFilesThatAreNoneAreNotFollowed has names lead to what is no file that can be read.
func TestFilesThatAreNoneAreNotFollowed(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"a link", map[string]string{"120000:x.list": "y.list", "y.list": "far.txt"}, []string{"x.list"}},
		{"a submodule", map[string]string{"160000:x.list": ""}, []string{"x.list"}},
		{"one that is too large", map[string]string{"x.list": "far.txt\n" + strings.Repeat("#", 5<<20)}, []string{"x.list"}},
		{"one that is large", map[string]string{"x.list": "far.txt " + strings.Repeat(" ", 500<<10)}, []string{"far.txt", "x.list"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, b := named(t)
			raw := ""
			if _, module := test.files["160000:x.list"]; module {
				raw, test.files = "M 160000 "+strings.Repeat("1", 40)+" x.list\n", map[string]string{}
			}
			test.files["list.yml"] = "x.list"
			b.commit(commitOf{message: "0", files: test.files, raw: raw})
			b.done()
			if got := s.scan(); got.Unknown != 0 {
				t.Fatalf("the scan came to %+v", got)
			}
			if diff := cmp.Diff(s.globs(), test.want); diff != "" {
				t.Errorf("names (-got +want):\n%s", diff)
			}
		})
	}
}

// TestNamesThatCloneLacks reads a clone without contents: what names others is not there, and nothing else fails for that.
func TestNamesThatCloneLacks(t *testing.T) {
	home := t.TempDir()
	b := newRepo(t, filepath.Join(home, "origin.git"))
	b.commit(commitOf{message: "0", files: map[string]string{"a.txt": "1", "list.yml": "a.txt"}})
	b.done()
	run(t, b.dir, "config", "uploadpack.allowFilter", "true")
	dir := filepath.Join(home, "pay.git")
	run(t, home, "clone", "--quiet", "--bare", "--filter=blob:none", "file://"+b.dir, dir)
	run(t, dir, "remote", "remove", "origin")
	s := newScanner(t, dir)
	s.config.Naming = collectorstest.Listing
	if got := s.scan(); got.Unknown != 0 {
		t.Fatalf("the scan came to %+v", got)
	}
	s.expect("local/pay", `
		0.0 0
		  list.yml = missing
		`)
}

// TestWalksOfBeforeAreFollowedOnce goes on from a store in which nobody looked what files name.
func TestWalksOfBeforeAreFollowedOnce(t *testing.T) {
	tests := []struct {
		name       string
		list       string
		unfollowed bool
		want       []string
		unchanged  int
	}{
		{"they name something", "a.txt", true, []string{"a.txt"}, 0},
		{"they name nothing", "", true, nil, 1},
		{"the store knows that none does", "a.txt", false, nil, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, b := named(t)
			b.commit(commitOf{message: "0", files: map[string]string{"a.txt": "1", "list.yml": test.list + "\n"}})
			b.done()
			s.config.Naming = nil
			s.scan()
			s.config.Naming = collectorstest.Listing
			s.store.Unfollowed = test.unfollowed
			if got := s.scan(); got.Unchanged != test.unchanged {
				t.Errorf("the first scan came to %+v", got)
			}
			if diff := cmp.Diff(s.globs(), test.want); diff != "" {
				t.Errorf("names (-got +want):\n%s", diff)
			}
		})
	}
}

// TestMirrorsBringWhatIsNamed reads through a clone without contents: what names others is brought first.
func TestMirrorsBringWhatIsNamed(t *testing.T) {
	for _, config := range []gittest.Config{{}, {NoIDs: true}} {
		m := newMirrored(t, config)
		m.config.Naming = collectorstest.Listing
		m.push(gittest.Commit{Branch: "main", Message: "0", Files: map[string]string{"a.txt": "1", "b.txt": "b"}})
		m.push(gittest.Commit{Branch: "main", Message: "1", Files: map[string]string{"list.yml": "x.list", "x.list": "a.txt", "a.txt": "2"}})
		m.given = map[string]string{}
		for _, content := range []string{"1", "2", "x.list", "a.txt"} {
			m.given[feed(t, m.host.Dir("acme/pay"), content, "hash-object", "--stdin")] = content
		}
		m.must("main")
		want := map[string]metrics.BlobStatus{"1": metrics.BlobRead, "2": metrics.BlobRead, "x.list": metrics.BlobRead, "a.txt": metrics.BlobRead}
		if diff := cmp.Diff(m.contents(), want); diff != "" {
			t.Errorf("contents with %+v (-got +want):\n%s", config, diff)
		}
		asked := len(m.host.Asked())
		if done := m.must("main"); !done.Unchanged {
			t.Errorf("nothing is new, and %+v after %d requests", done, asked)
		}
	}
}
