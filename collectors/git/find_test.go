package git_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/git"
	"github.com/trodden/trodden/metrics"
)

// listed lists what a scanner finds: repository names, and the errors' text.
func (s *scanner) listed() (repos []string, wrong string) {
	for repo, err := range s.source().Repos(context.Background(), new(collectors.Known)) {
		if err != nil {
			wrong += err.Error()
			continue
		}
		repos = append(repos, repo.Name)
	}
	slices.Sort(repos)
	return repos, wrong
}

func TestIdentityOfARepository(t *testing.T) {
	tests := []struct {
		name, origin, want string
	}{
		{"https", "https://GitHub.com/Acme/Pay.git", "github.com/acme/pay"},
		{"https with credentials and port", "https://user:secret@git.acme.dev:8443/team/Pay.git/", "git.acme.dev/team/pay"},
		{"scp-like", "git@github.com:acme/pay.git", "github.com/acme/pay"},
		{"ssh with port", "ssh://git@github.com:22/acme/pay", "github.com/acme/pay"},
		{"deep groups", "https://gitlab.com/acme/backend/pay.git", "gitlab.com/acme/backend/pay"},
		{"a path", "/srv/git/pay.git", "local/orgs/acme/pay"},
		{"a relative path", "../pay.git", "local/orgs/acme/pay"},
		{"a file URL", "file:///srv/git/pay.git", "local/orgs/acme/pay"},
		{"a password in the scp-like form", "user:secret@git.acme.dev:acme/pay", "local/orgs/acme/pay"},
		{"a URL that is none", "https://[", "local/orgs/acme/pay"},
		{"none", "", "local/orgs/acme/pay"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			home := t.TempDir()
			dir := filepath.Join(home, "orgs", "Acme", "Pay.git")
			linear(t, dir, 1)
			if test.origin != "" {
				run(t, dir, "config", "remote.origin.url", test.origin)
			}
			s := newScanner(t, filepath.Join(home, "*", "*", "*.git"))
			s.scan()
			for _, repo := range s.store.All() {
				if repo.Name != test.want || repo.ID != metrics.NewRepoID(test.want) || repo.Location != dir {
					t.Errorf("repository is %+v, want the name %s and the location %s", repo, test.want, dir)
				}
			}
			if len(s.store.All()) != 1 {
				t.Errorf("%d repositories, want 1", len(s.store.All()))
			}
		})
	}
}

func TestWhatGlobsFind(t *testing.T) {
	home := t.TempDir()
	for _, dir := range []string{"bare.git", "orgs/acme/pay.git", "orgs/acme/web.git", "orgs/beta/web.git", "plain/noext"} {
		linear(t, filepath.Join(home, dir), 1)
	}
	run(t, home, "clone", "--quiet", filepath.Join(home, "bare.git"), filepath.Join(home, "work"))
	run(t, filepath.Join(home, "work"), "config", "--unset", "remote.origin.url")
	run(t, filepath.Join(home, "work"), "worktree", "add", "--quiet", filepath.Join(home, "linked"))
	linear(t, filepath.Join(home, "work", "inside", "nested.git"), 1)
	write(t, "text", home, "junk", "file.txt")
	write(t, "gitdir: /nowhere\n", home, "broken", ".git")
	write(t, "x", home, "README")
	for link, target := range map[string]string{"link.git": "bare.git", "orgs/loop": "../orgs", "symorg": "orgs/acme"} {
		if err := os.Symlink(target, filepath.Join(home, link)); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name  string
		globs []string
		want  []string
		wrong string // part of the error
	}{
		{name: "one folder", globs: []string{"bare.git"}, want: []string{"local/bare"}},
		{name: "one folder further down", globs: []string{"orgs/acme/pay.git"}, want: []string{"local/pay"}},
		{name: "a star", globs: []string{"orgs/*/*.git"}, want: []string{"local/acme/pay", "local/acme/web", "local/beta/web"}},
		{name: "two stars, none inside of a repository, links are not followed", globs: []string{"**"},
			want: []string{"local/bare", "local/broken", "local/link", "local/orgs/acme/pay", "local/orgs/acme/web", "local/orgs/beta/web", "local/plain/noext", "local/work", "local/linked"}},
		{name: "a link to an organisation", globs: []string{"symorg/*.git"}, want: []string{"local/pay", "local/web"}},
		{name: "links that a star matches", globs: []string{"sym*/*.git"}, want: []string{"local/symorg/pay", "local/symorg/web"}},
		{name: "no extension needed", globs: []string{"plain/*"}, want: []string{"local/noext"}},
		{name: "the folder of a work tree", globs: []string{"work"}, want: []string{"local/work"}},
		{name: "its git folder", globs: []string{"work/.git"}, want: []string{"local/work"}},
		{name: "its worktree", globs: []string{"linked"}, want: []string{"local/linked"}},
		{name: "alternatives", globs: []string{"orgs/{acme,beta}/w*.git"}, want: []string{"local/acme/web", "local/beta/web"}},
		{name: "twice the same", globs: []string{"bare.git", "*.git"}, want: []string{"local/bare", "local/link"}},
		{name: "no such folder", globs: []string{"bare.git", "gone/*"}, want: []string{"local/bare"}, wrong: "gone/*: the glob matches nothing"},
		{name: "no such folder without a star", globs: []string{"gone"}, wrong: "gone: the glob matches nothing"},
		{name: "no repository", globs: []string{"junk"}, wrong: "junk: no git repository"},
		{name: "no repository among them", globs: []string{"junk/*"}, wrong: "junk/*: no git repository"},
		{name: "a damaged repository is one", globs: []string{"b*"}, want: []string{"local/bare", "local/broken"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var globs []string
			for _, glob := range test.globs {
				globs = append(globs, filepath.Join(home, glob))
			}
			got, wrong := newScanner(t, globs...).listed()
			slices.Sort(test.want)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("repositories (-want +got):\n%s", diff)
			}
			if (wrong == "") != (test.wrong == "") || !strings.Contains(wrong, test.wrong) {
				t.Errorf("error is %q, want %q", wrong, test.wrong)
			}
		})
	}
}

// TestClonesThatKeepObjectsElsewhere reads clones that borrow objects, and the clone of a submodule.
func TestClonesThatKeepObjectsElsewhere(t *testing.T) {
	home := t.TempDir()
	origin := filepath.Join(home, "origin.git")
	linear(t, origin, 3)
	run(t, home, "clone", "--quiet", "--shared", origin, filepath.Join(home, "shared"))
	run(t, home, "clone", "--quiet", "--bare", "--reference", origin, "file://"+origin, filepath.Join(home, "borrowing.git"))
	run(t, home, "init", "--quiet", filepath.Join(home, "super"))
	run(t, filepath.Join(home, "super"), "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", origin, "module")
	s := newScanner(t, filepath.Join(home, "shared"), filepath.Join(home, "borrowing.git"), filepath.Join(home, "super", "module"))
	s.scan()
	for _, name := range []string{"local/shared", "local/borrowing", "local/module"} {
		s.expect(name, `
		0.0 c0
		  ci.yml = "0"
		1.0 c1
		  ci.yml = "1"
		2.0 c2
		  ci.yml = "2"
		`)
	}
}

func TestTheLargestIsReadFirst(t *testing.T) {
	home := t.TempDir()
	for name, commits := range map[string]int{"a.git": 1, "b.git": 40, "c.git": 5} {
		linear(t, filepath.Join(home, name), commits)
		run(t, filepath.Join(home, name), "repack", "-adq")
	}
	var got []string
	for repo, err := range newScanner(t, filepath.Join(home, "*")).source().Repos(context.Background(), new(collectors.Known)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, repo.Name)
	}
	if diff := cmp.Diff([]string{"local/b", "local/c", "local/a"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestOfSeveralClonesTheNewestHeadWins(t *testing.T) {
	home := t.TempDir()
	url := "https://github.com/acme/pay.git"
	for name, commits := range map[string]int{"a-old": 2, "b-new": 4, "c-old": 3} {
		dir := filepath.Join(home, name+".git")
		linear(t, dir, commits)
		run(t, dir, "config", "remote.origin.url", url)
	}
	run(t, filepath.Join(home, "b-new.git"), "worktree", "add", "--quiet", filepath.Join(home, "b-tree.git"), "main~3", "-b", "side")
	write(t, "ref: refs/heads/gone", home, "c-old.git", "HEAD")
	s := newScanner(t, filepath.Join(home, "*.git"))
	for _, what := range []string{"first", "second"} {
		summary := s.scan()
		if summary.Repos != 1 || len(summary.Warnings) != 1 || summary.Warnings[0].Repo != metrics.NewRepoID("github.com/acme/pay") {
			t.Fatalf("%s scan came to %+v, want one repository and one warning", what, summary)
		}
		for _, part := range []string{"several clones", filepath.Join(home, "b-new.git") + " has the newest head", "a-old.git", "c-old.git"} {
			if !strings.Contains(summary.Warnings[0].Message, part) {
				t.Errorf("warning is %q, want %q in it", summary.Warnings[0].Message, part)
			}
		}
		if strings.Contains(summary.Warnings[0].Message, "b-tree") {
			t.Errorf("warning is %q, want nothing of a worktree in it", summary.Warnings[0].Message)
		}
	}
	if got := len(s.store.History(metrics.NewRepoID("github.com/acme/pay")).Commits); got != 4 {
		t.Errorf("%d commits were read, want those of the newest clone", got)
	}
}

func TestConfigurationsThatCannotBeRight(t *testing.T) {
	tests := []struct {
		name   string
		config git.Config
	}{
		{"no people and no clock", git.Config{}},
		{"a bad glob", git.Config{Dirs: []string{"/x/[a"}}},
		{"an empty glob", git.Config{Dirs: []string{""}}},
		{"a bad watched glob", git.Config{Watch: metrics.WatchSet{Whole: []string{"{a"}}}},
		{"a bad presence glob", git.Config{Watch: metrics.WatchSet{Presence: []string{"a["}}}},
	}
	for _, test := range tests {
		if test.config.Dirs != nil || test.config.Watch.Whole != nil || test.config.Watch.Presence != nil {
			test.config.People, test.config.Now = new(collectors.People), func() metrics.Instant { return 0 }
		}
		if _, err := git.New(test.config); !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("%s: got error %v, want %v", test.name, err, metrics.ErrInvalid)
		}
	}
}
