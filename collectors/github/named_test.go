package github_test

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

// names are what files of a repository name at the head that was seen last.
func (s *scanner) names(name string) []string {
	globs, err := s.store.Names(s.ctx, "github", name)
	if err != nil {
		s.t.Fatal(err)
	}
	return globs
}

func TestNamedFiles(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		modes map[string]string
		want  map[string]string // besides list.yml
		names []string
	}{
		{"none", map[string]string{"a.txt": "a"}, nil, map[string]string{}, nil},
		{"over another one, and back", map[string]string{"list.yml": "c/pay.txt x.list", "c/pay.txt": "p", "x.list": "d/*.txt list.yml x.list", "d/a.txt": "a", "d/b.txt": "b", "e.txt": "e"}, nil,
			map[string]string{"c/pay.txt": "p", "x.list": "d/*.txt list.yml x.list", "d/a.txt": "a", "d/b.txt": "b"}, []string{"c/pay.txt", "x.list", "d/*.txt", "list.yml"}},
		{"not there", map[string]string{"list.yml": "gone.txt"}, nil, map[string]string{}, []string{"gone.txt"}},
		{"watched already", map[string]string{"list.yml": "a.yml", "a.yml": "a"}, nil, map[string]string{"a.yml": "a"}, []string{"a.yml"}},
		{"known by its folder", map[string]string{"list.yml": "services/pay/x.txt", "services/pay/x.txt": "x"}, nil, map[string]string{"services/pay/x.txt": "x"}, []string{"services/pay/x.txt"}},
		{"a link", map[string]string{"list.yml": "x.list", "x.list": "y.list", "y.list": "z.txt"}, map[string]string{"x.list": "120000"}, map[string]string{}, []string{"x.list"}},
		{"too large", map[string]string{"list.yml": "x.list", "x.list": strings.Repeat("z.txt\n", 1<<19)}, nil, map[string]string{"x.list": "(too big)"}, []string{"x.list"}},
		{"empty", map[string]string{"list.yml": "x.list", "x.list": ""}, nil, map[string]string{"x.list": ""}, []string{"x.list"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newScanner(t, githubtest.Config{})
			s.config.Naming = collectorstest.Listing
			s.peer.AddOrganization("acme")
			s.peer.AddRepo("acme", githubtest.Repo{Name: "x", Files: test.files, Modes: test.modes})
			if got := s.scan(); got.Repos != 1 || got.Unknown != 0 {
				t.Fatalf("the scan came to %+v", got)
			}
			if list, there := test.files["list.yml"]; there {
				test.want["list.yml"] = list
			}
			if diff := gocmp.Diff(s.store.Files(host+"acme/x"), test.want); diff != "" {
				t.Errorf("files (-got +want):\n%s", diff)
			}
			if diff := gocmp.Diff(s.names(host+"acme/x"), test.names); diff != "" {
				t.Errorf("names (-got +want):\n%s", diff)
			}
		})
	}
}

// TestNamesCostNothing counts what is asked of the host: no more than without names, but for what they lead to.
func TestNamesCostNothing(t *testing.T) {
	counts := map[bool][]int{}
	for _, follows := range []bool{false, true} {
		s := newScanner(t, githubtest.Config{})
		if follows {
			s.config.Naming = collectorstest.Listing
		}
		s.peer.AddOrganization("acme")
		s.peer.AddRepo("acme", githubtest.Repo{Name: "x", Files: map[string]string{"list.yml": "a.txt", "a.txt": "1", "go.mod": "m"}})
		s.peer.AddRepo("acme", githubtest.Repo{Name: "y", Files: map[string]string{"go.mod": "y"}})
		scan := func() {
			t.Helper()
			if got := s.scan(); got.Unknown != 0 {
				t.Fatalf("a scan came to %+v", got)
			}
			counts[follows] = append(counts[follows], s.peer.Counts().Requests)
		}
		scan()
		scan()
		s.peer.Push("acme/x", githubtest.Push{Files: map[string]string{"go.mod": "n"}})
		scan()
		if got := s.store.Files(host + "acme/x")["a.txt"]; follows && got != "1" {
			t.Errorf("after a push to another file a.txt is %q", got)
		}
		s.peer.Push("acme/x", githubtest.Push{Files: map[string]string{"a.txt": "2"}})
		scan()
		if got := s.store.Files(host + "acme/x")["a.txt"]; follows && got != "2" {
			t.Errorf("after a push to it a.txt is %q", got)
		}
		s.full = true
		scan()
	}
	more := make([]int, len(counts[true]))
	for i := range more {
		more[i] = counts[true][i] - counts[false][i]
	}
	if diff := gocmp.Diff(more, []int{1, 0, 0, 1, 0}); diff != "" {
		t.Errorf("requests more in each scan (-got +want):\n%s\nof %v", diff, counts)
	}
}

// TestStoresOfBefore reads once more what was read before anybody looked what files name, where they may name any.
func TestStoresOfBefore(t *testing.T) {
	for _, unfollowed := range []bool{false, true} {
		s := newScanner(t, githubtest.Config{})
		s.peer.AddOrganization("acme")
		s.peer.AddRepo("acme", githubtest.Repo{Name: "x", Files: map[string]string{"list.yml": "a.txt", "a.txt": "1", "go.mod": "m"}})
		s.peer.AddRepo("acme", githubtest.Repo{Name: "y", Files: map[string]string{"go.mod": "y"}})
		s.scan()
		s.config.Naming, s.store.Unfollowed = collectorstest.Listing, unfollowed
		s.scan()
		want := []string(nil)
		if unfollowed {
			want = []string{"a.txt"}
		}
		if diff := gocmp.Diff(s.names(host+"acme/x"), want); diff != "" {
			t.Errorf("unfollowed %v: names (-got +want):\n%s", unfollowed, diff)
		}
	}
}
