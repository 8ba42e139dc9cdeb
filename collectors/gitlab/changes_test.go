package gitlab_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// acme returns a scanner of a group with a subgroup and three projects, of which one is empty. They were made and
// last active a day before.
func acme(t testing.TB, config gitlabtest.Config) *scanner {
	t.Helper()
	s := newScanner(t, config)
	before := gitlabtest.Start.Add(-24 * time.Hour)
	s.peer.AddGroup("acme", gitlabtest.Group{})
	s.peer.AddGroup("acme/Pay", gitlabtest.Group{})
	s.peer.AddGroup("other", gitlabtest.Group{})
	s.peer.AddProject("acme", gitlabtest.Project{Path: "app", Created: before, Topics: []string{"web", "go"}, Visibility: "internal", Languages: map[string]float64{"Shell": 10, "Go": 90},
		Files: map[string]string{".gitlab-ci.yml": "app: {script: [x]}\n", "go.mod": "module app\n", "README.md": "# app\n", "LICENSE": "MIT\n", "services/a/main.go": "package a\n"}})
	s.peer.AddProject("acme/Pay", gitlabtest.Project{Path: "Gateway", Created: before, Frameworks: []string{"pci"}, Files: map[string]string{".gitlab-ci.yml": "include: {project: acme/ci, file: ci.yml}\n"}})
	s.peer.AddProject("acme", gitlabtest.Project{Path: "empty", Created: before})
	s.peer.AddProject("other", gitlabtest.Project{Path: "theirs", Created: before, Files: map[string]string{"go.mod": "module theirs\n"}})
	return s
}

const host = "gitlab.invalid/"

func TestWhatIsRead(t *testing.T) {
	s := acme(t, gitlabtest.Config{})
	got := s.scan()
	if got.Repos != 3 || got.Unchanged != 0 || got.Unknown != 0 || got.Blobs != 4 {
		t.Fatalf("the scan came to %+v", got)
	}
	want := map[string]string{".gitlab-ci.yml": "app: {script: [x]}\n", "go.mod": "module app\n", "LICENSE": "MIT\n", "services/a/main.go": "(not read)"}
	if diff := cmp.Diff(want, s.store.Files(host+"acme/app")); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	before := metrics.At(gitlabtest.Start.Add(-24 * time.Hour))
	wantRepo := metrics.Repo{Name: host + "acme/app", Source: "gitlab", Location: s.peer.URL + "/acme/app", DefaultBranch: "main", Head: metrics.OID(oid(t, s.peer.Head("acme/app"))),
		Created: before, LastPush: before, Topics: []string{"go", "web"}, Languages: []string{"Go", "Shell"}, HostID: fmt.Sprintf("gitlab.invalid#%d", s.peer.ID("acme/app")), Visibility: metrics.Internal}
	repo := s.store.Repo(host + "acme/app")
	repo.ID, repo.Seen = 0, 0
	if diff := cmp.Diff(wantRepo, repo); diff != "" {
		t.Errorf("repository (-want +got):\n%s", diff)
	}
	gateway := s.store.Repo(host + "acme/pay/gateway")
	if gateway.Location != s.peer.URL+"/acme/Pay/Gateway" || gateway.Properties["compliance_frameworks"] != "pci" || gateway.Visibility != metrics.Private {
		t.Errorf("got %+v of the project of a subgroup", gateway)
	}
	if empty := s.store.Repo(host + "acme/empty"); empty.Head != "" || empty.HostID == "" {
		t.Errorf("got %+v of an empty project", empty)
	}
}

func oid(t testing.TB, text string) metrics.OID {
	t.Helper()
	got, err := metrics.ParseOID(text)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestChanges scans, lets something happen, and scans again.
func TestChanges(t *testing.T) {
	for _, test := range []struct {
		name    string
		change  func(p *gitlabtest.Peer)
		changed int
		repo    string // name of a project afterwards
		was     string // the name that it had
		check   func(r metrics.Repo, files map[string]string) bool
		most    int // requests
	}{
		{name: "nothing", change: func(*gitlabtest.Peer) {}, repo: "acme/app", was: "acme/app", check: func(metrics.Repo, map[string]string) bool { return true }, most: 2},
		{name: "a push", change: func(p *gitlabtest.Peer) {
			p.Push("acme/app", gitlabtest.Push{Files: map[string]string{"go.mod": "module new\n"}, Deleted: []string{"LICENSE"}})
		}, changed: 1, repo: "acme/app", was: "acme/app", most: 5, check: func(_ metrics.Repo, files map[string]string) bool {
			return files["go.mod"] == "module new\n" && len(files) == 3
		}},
		{name: "a push that changes no watched file", change: func(p *gitlabtest.Peer) {
			p.Push("acme/app", gitlabtest.Push{Files: map[string]string{"README.md": "# new\n"}})
		}, changed: 1, repo: "acme/app", was: "acme/app", most: 4, check: func(_ metrics.Repo, files map[string]string) bool { return len(files) == 4 }},
		{name: "an activity that is no push", change: func(p *gitlabtest.Peer) {
			p.Push("acme/app", gitlabtest.Push{Branch: "topic", Files: map[string]string{"go.mod": "module topic\n"}})
		}, repo: "acme/app", was: "acme/app", most: 3, check: func(_ metrics.Repo, files map[string]string) bool { return files["go.mod"] == "module app\n" }},
		{name: "the first push", change: func(p *gitlabtest.Peer) {
			p.Push("acme/empty", gitlabtest.Push{Files: map[string]string{"go.mod": "module first\n"}})
		}, changed: 1, repo: "acme/empty", was: "acme/empty", most: 5, check: func(r metrics.Repo, files map[string]string) bool {
			return r.Head != "" && files["go.mod"] == "module first\n"
		}},
		{name: "renamed", change: func(p *gitlabtest.Peer) { p.Rename("acme/app", "web") }, repo: "acme/web", was: "acme/app", most: 2,
			check: func(r metrics.Repo, files map[string]string) bool {
				return len(files) == 4 && strings.HasSuffix(r.Location, "/acme/web")
			}},
		{name: "moved to a subgroup", change: func(p *gitlabtest.Peer) { p.Transfer("acme/app", "acme/Pay") }, repo: "acme/pay/app", was: "acme/app", most: 2,
			check: func(_ metrics.Repo, files map[string]string) bool { return len(files) == 4 }},
		{name: "archived and opened", change: func(p *gitlabtest.Peer) {
			p.Archive("acme/app", true)
			p.Edit("acme/app", func(x *gitlabtest.Project) { x.Visibility, x.Topics = "public", []string{"old"} })
		}, repo: "acme/app", was: "acme/app", most: 2, check: func(r metrics.Repo, _ map[string]string) bool {
			return r.Archived && r.Visibility == metrics.Public && slices.Equal(r.Topics, []string{"old"})
		}},
		{name: "its branch renamed", change: func(p *gitlabtest.Peer) { p.RenameBranch("acme/app", "main", "trunk") }, repo: "acme/app", was: "acme/app", most: 2,
			check: func(r metrics.Repo, _ map[string]string) bool { return r.DefaultBranch == "trunk" }},
		{name: "its pipeline moved to another file", change: func(p *gitlabtest.Peer) {
			p.Push("acme/app", gitlabtest.Push{Files: map[string]string{"build/pipeline.txt": "x: {script: [x]}\n"}})
			p.Edit("acme/app", func(x *gitlabtest.Project) { x.CIConfigPath = "build/pipeline.txt" })
		}, changed: 1, repo: "acme/app", was: "acme/app", most: 5, check: func(r metrics.Repo, files map[string]string) bool {
			return files["build/pipeline.txt"] == "x: {script: [x]}\n" && r.Properties["ci_config_path"] == "build/pipeline.txt"
		}},
		{name: "its pipeline moved to another project", change: func(p *gitlabtest.Peer) {
			p.Edit("acme/app", func(x *gitlabtest.Project) { x.CIConfigPath = "build.yml@acme/ci" })
		}, changed: 0, repo: "acme/app", was: "acme/app", most: 5, check: func(r metrics.Repo, files map[string]string) bool {
			return len(files) == 4 && r.Properties["ci_config_path"] == "build.yml@acme/ci"
		}},
		{name: "another is made", change: func(p *gitlabtest.Peer) {
			p.AddProject("acme/Pay", gitlabtest.Project{Path: "new", Files: map[string]string{"go.mod": "module new\n"}})
		}, changed: 1, repo: "acme/pay/new", was: "acme/pay/new", most: 5, check: func(_ metrics.Repo, files map[string]string) bool { return len(files) == 1 }},
		{name: "one comes from elsewhere", change: func(p *gitlabtest.Peer) { p.Transfer("other/theirs", "acme") }, changed: 1, repo: "acme/theirs", was: "acme/theirs", most: 7,
			check: func(_ metrics.Repo, files map[string]string) bool { return len(files) == 1 }},
		{name: "another takes the name of one that was renamed", change: func(p *gitlabtest.Peer) {
			p.Rename("acme/app", "web")
			p.AddProject("acme", gitlabtest.Project{Path: "app", Files: map[string]string{"go.mod": "module other\n"}})
		}, changed: 1, repo: "acme/web", was: "acme/web", most: 5, check: func(_ metrics.Repo, files map[string]string) bool { return files["go.mod"] == "module app\n" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := acme(t, gitlabtest.Config{})
			s.scan()
			had := s.store.Repo(host + test.was)
			s.pause = 2 * time.Hour
			s.peer.Advance(time.Hour)
			test.change(s.peer)
			got := s.scan()
			if len(got.Changed) != test.changed || got.Unknown != 0 || len(got.Partial) > 0 {
				t.Errorf("the scan came to %+v, want %d changed", got, test.changed)
			}
			s.requests(test.most)
			repo := s.store.Repo(host + test.repo)
			if had.ID != 0 && repo.ID != had.ID {
				t.Errorf("got id %d, want %d: it is the same project", repo.ID, had.ID)
			}
			if files := s.store.Files(host + test.repo); repo.HostID == "" || !test.check(repo, files) {
				t.Errorf("got %+v with files %v", repo, files)
			}
		})
	}
}

// TestPushesWithinAnHour pushes when the time of the last activity stands still.
func TestPushesWithinAnHour(t *testing.T) {
	s := acme(t, gitlabtest.Config{})
	s.pause = 10 * time.Minute
	s.peer.Push("acme/app", gitlabtest.Push{Files: map[string]string{"go.mod": "module 0\n"}})
	s.scan()
	for i := range 12 {
		content := fmt.Sprintf("module %d\n", i+1)
		s.peer.Push("acme/app", gitlabtest.Push{Files: map[string]string{"go.mod": content}})
		if got := s.scan(); len(got.Changed) != 1 {
			t.Errorf("scan %d came to %+v, want one changed", i, got)
		}
		if got := s.store.Files(host + "acme/app")["go.mod"]; got != content {
			t.Fatalf("got %q, want %q", got, content)
		}
		s.requests(5)
	}
}

func TestWhatIsGone(t *testing.T) {
	s := acme(t, gitlabtest.Config{})
	for i := range 6 {
		s.peer.AddProject("acme", gitlabtest.Project{Path: fmt.Sprint("more-", i)})
	}
	s.scan()
	s.peer.Delete("acme/app")
	got := s.scan()
	listing := s.store.Listed[len(s.store.Listed)-1]
	if got.Repos != 8 || !listing.Full || !listing.Whole || listing.Repos != 8 {
		t.Errorf("the scan came to %+v, its listing to %+v: one is gone", got, listing)
	}
	s.requests(4)
	s.peer.RenameGroup("acme/Pay", "money")
	s.pause = 25 * time.Hour // the time of projects is not moved by their group
	s.scan()
	if old, now := s.store.Repo(host+"acme/pay/gateway"), s.store.Repo(host+"acme/money/gateway"); old.ID != 0 || now.HostID == "" {
		t.Errorf("got %+v and %+v, want the new name only", old, now)
	}
}

func TestWhatIsWanted(t *testing.T) {
	for _, test := range []struct {
		name             string
		group, user      string
		projects         []string
		include, exclude []string
		want             string
	}{
		{name: "a group with those below", group: "acme", want: "acme/app acme/empty acme/pay/gateway"},
		{name: "a group below", group: "acme/Pay", want: "acme/pay/gateway"},
		{name: "a user", user: "ana", want: "ana/dotfiles"},
		{name: "some by name", projects: []string{"acme/app", "Other/Theirs"}, want: "acme/app other/theirs"},
		{name: "included by name", group: "acme", include: []string{"A*", "gate*"}, want: "acme/app acme/pay/gateway"},
		{name: "included by path", group: "acme", include: []string{"acme/*"}, want: "acme/app acme/empty"},
		{name: "excluded", group: "acme", exclude: []string{"empty", "acme/pay/**"}, want: "acme/app"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := acme(t, gitlabtest.Config{})
			s.peer.AddUser(gitlabtest.User{Username: "ana"})
			s.peer.AddProject("ana", gitlabtest.Project{Path: "dotfiles", Files: map[string]string{"go.mod": ""}})
			s.config.Group, s.config.User, s.config.Projects, s.config.Include, s.config.Exclude = test.group, test.user, test.projects, test.include, test.exclude
			for range 2 {
				if got := s.scan(); got.Unknown > 0 || len(got.Partial) > 0 {
					t.Fatalf("the scan came to %+v", got)
				}
			}
			names := map[string]bool{}
			for key := range s.store.Rows {
				names[strings.TrimPrefix(key.Name, host)] = true
			}
			if got := strings.Join(slices.Sorted(maps.Keys(names)), " "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestOnly reads what somebody told is new, and nothing else.
func TestOnly(t *testing.T) {
	s := acme(t, gitlabtest.Config{})
	s.scan()
	for name := range map[string]bool{"acme/app": true, "acme/Pay/Gateway": true} {
		s.peer.Push(name, gitlabtest.Push{Files: map[string]string{"go.mod": "module pushed\n"}})
	}
	before := len(s.store.Listed)
	s.only = collectors.NewOnly(fmt.Sprintf("gitlab.invalid#%d", s.peer.ID("acme/app")), host+"acme/app", host+"other/theirs", host+"acme/nowhere", "github.com/acme/app")
	if got := s.scan(); got.Repos != 1 || len(got.Changed) != 1 || got.Unknown != 0 {
		t.Errorf("the scan came to %+v, want the one", got)
	}
	if got := s.store.Files(host + "acme/pay/gateway"); len(got) != 1 {
		t.Errorf("got %v of one that was not asked for", got)
	}
	if len(s.store.Listed) != before {
		t.Error("a mark was left")
	}
	s.requests(7)
	s.only = nil
	if got := s.scan(); len(got.Changed) != 1 || len(s.store.Files(host+"acme/pay/gateway")) != 2 {
		t.Errorf("the next scan came to %+v", got)
	}
}

// TestBelowAPath reads a server that is below a path of its host.
func TestBelowAPath(t *testing.T) {
	s := acme(t, gitlabtest.Config{})
	s.wrap = below("/git")
	s.config.URL += "/git/api/v4"
	if got := s.scan(); got.Repos != 3 || got.Unknown != 0 {
		t.Fatalf("the scan came to %+v", got)
	}
	repo := s.store.Repo("gitlab.invalid/git/acme/app")
	if want := fmt.Sprintf("gitlab.invalid#%d", s.peer.ID("acme/app")); repo.HostID != want || repo.Location != s.peer.URL+"/git/acme/app" {
		t.Errorf("got %+v, want host id %s", repo, want)
	}
}
