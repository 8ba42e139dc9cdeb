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

func TestMirror(t *testing.T) {
	tests := []struct {
		name   string
		config gittest.Config
		given  []string // contents that the host's API has
		packs  int      // that are asked for
		held   int      // blobs in the mirror: those of watched files and the .mailmap
		read   map[string]metrics.BlobStatus
	}{
		{"without contents, those of watched files at once", gittest.Config{}, nil, 3, 4,
			map[string]metrics.BlobStatus{"1": metrics.BlobRead, "2": metrics.BlobRead, "3": metrics.BlobRead}},
		{"from a server that sends all contents", gittest.Config{Whole: true}, nil, 2, 6,
			map[string]metrics.BlobStatus{"1": metrics.BlobRead, "2": metrics.BlobRead, "3": metrics.BlobRead}},
		{"from a server that gives none by their ids", gittest.Config{NoIDs: true}, []string{"1", "2", "3", "Ana <ana@acme.dev> <ana@acme.test>\n"}, 1, 0,
			map[string]metrics.BlobStatus{"1": metrics.BlobRead, "2": metrics.BlobRead, "3": metrics.BlobRead}},
		{"from one of which the API knows a part", gittest.Config{NoIDs: true}, []string{"1", "3"}, 1, 0,
			map[string]metrics.BlobStatus{"1": metrics.BlobRead, "": metrics.BlobMissing, "3": metrics.BlobRead}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := newMirrored(t, test.config)
			m.busy()
			if test.given != nil {
				m.given = map[string]string{}
			}
			for _, content := range test.given {
				m.given[feed(t, m.host.Dir("acme/pay"), content, "hash-object", "--stdin")] = content
			}
			done := m.must("main")
			if diff := cmp.Diff(m.contents(), test.read); diff != "" {
				t.Errorf("contents (-got +want):\n%s", diff)
			}
			if asked := m.host.Asked(); strings.Count(strings.Join(asked, "\n"), "POST") != test.packs {
				t.Errorf("git was asked %q, want %d posts", asked, test.packs)
			}
			if got := m.held(); got != test.held {
				t.Errorf("the mirror has %d blobs, want %d", got, test.held)
			}
			if done.Changes != 3 || done.Commits != 4 {
				t.Errorf("got %+v", done)
			}
			if done = m.must("main"); !done.Unchanged {
				t.Errorf("nothing is new, and %+v", done)
			}
		})
	}
}

// TestMirrorIsAsAClone compares what is read through a mirror with what is read of the repository itself.
func TestMirrorIsAsAClone(t *testing.T) {
	m := newMirrored(t, gittest.Config{})
	m.busy()
	m.must("main")
	local := newScanner(t, m.host.Dir("acme/pay"))
	local.scan()
	got, want := m.store.History(metrics.NewRepoID("127.0.0.1/acme/pay")), local.store.History(metrics.NewRepoID("local/pay"))
	plain := cmp.FilterPath(func(p cmp.Path) bool {
		switch p.Last().String() {
		case ".Repo", ".Walk", ".ID", ".At", ".Walks":
			return true
		}
		return false
	}, cmp.Ignore())
	if diff := cmp.Diff(got, want, plain); diff != "" || len(got.Side) != 1 {
		t.Errorf("history (-mirror +clone):\n%s", diff)
	}
	people := func(s *collectorstest.Store) map[metrics.AliasID]metrics.PersonID {
		all := map[metrics.AliasID]metrics.PersonID{}
		for _, id := range s.Identities {
			all[id.Alias] ^= id.Person
		}
		return all
	}
	if diff := cmp.Diff(people(m.store), people(local.store)); diff != "" {
		t.Errorf("people (-mirror +clone):\n%s", diff)
	}
	repo := m.store.Repo("127.0.0.1/acme/pay")
	if repo.HostID == "" || len(repo.Topics) != 1 || repo.DefaultBranch != "main" || repo.Head == "" {
		t.Errorf("what the host told is lost: %+v", repo)
	}
}

// TestMirrorFollows brings a mirror up to date after all that can happen to a branch.
func TestMirrorFollows(t *testing.T) {
	tests := []struct {
		name   string
		happen func(m *mirrored)
		branch string
	}{
		{"a push", func(m *mirrored) { m.push(gittest.Commit{Message: "new", Files: map[string]string{"ci.yml": "9"}}) }, "main"},
		{"another history", func(m *mirrored) {
			root := m.host.Git("acme/pay", "rev-list", "--max-parents=0", "main")
			m.push(gittest.Commit{Parents: []string{root}, Message: "instead", Files: map[string]string{"ci.yml": "9"}})
		}, "main"},
		{"the branch before", func(m *mirrored) { m.host.Git("acme/pay", "update-ref", "refs/heads/main", "main~1") }, "main"},
		{"a default branch of another name", func(m *mirrored) { m.host.Git("acme/pay", "branch", "-m", "main", "trunk") }, "trunk"},
		{"one that is called as if the last was a folder", func(m *mirrored) { m.host.Git("acme/pay", "branch", "-m", "main", "main/next") }, "main/next"},
		{"another default branch", func(m *mirrored) {
			m.push(gittest.Commit{Branch: "next", Parents: []string{m.host.Head("acme/pay", "main")}, Message: "next", Files: map[string]string{"n.yml": "n"}})
		}, "next"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := newMirrored(t, gittest.Config{})
			m.busy()
			m.must("main")
			test.happen(m)
			m.must(test.branch)
			for content, status := range m.contents() {
				if status != metrics.BlobRead {
					t.Errorf("%q is %d", content, status)
				}
			}
		})
	}
}

// TestMirrorTags reads tags of providers alone, with what became of them.
func TestMirrorTags(t *testing.T) {
	m := newMirrored(t, gittest.Config{})
	m.busy()
	m.host.Git("acme/pay", "tag", "v1.0.0", "main~1")
	m.must("main")
	if got := len(m.store.Releases); got != 0 {
		t.Errorf("%d releases of a repository that provides nothing", got)
	}
	m.config.Providers = []string{"127.0.0.1/acme/*"}
	m.must("main")
	m.host.Git("acme/pay", "tag", "-d", "v1.0.0")
	m.host.Git("acme/pay", "tag", "v1.0.0/rc", "main~1")
	m.host.Git("acme/pay", "tag", "v1.1.0", "main")
	m.must("main")
	got := map[string]bool{}
	for _, r := range m.store.Releases {
		got[r.Tag] = r.Object != ""
	}
	if diff := cmp.Diff(got, map[string]bool{"v1.0.0": false, "v1.0.0/rc": true, "v1.1.0": true}); diff != "" {
		t.Errorf("releases (-got +want):\n%s", diff)
	}
	if len(m.store.Released) == 0 {
		t.Error("no release brought a commit")
	}
}

// TestMirrorStaysSmall makes one pack of many.
func TestMirrorStaysSmall(t *testing.T) {
	m := newMirrored(t, gittest.Config{})
	m.busy()
	m.must("main")
	for i := range 26 { // two packs each: commits, contents
		m.push(gittest.Commit{Message: "new", Files: map[string]string{"ci.yml": strings.Repeat("y", i+10)}})
		m.must("main")
	}
	packs, err := filepath.Glob(filepath.Join(m.dir, "objects", "pack", "*.pack"))
	if err != nil || len(packs) > 50 {
		t.Errorf("%d packs, %v, want at most 50", len(packs), err)
	}
}
