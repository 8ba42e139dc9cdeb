package gitlab_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
)

// nested is a group with two below it, one of which has another one below, with some projects and somebody in each.
func nested(t testing.TB) *scanner {
	s := newOrganisation(t, gitlab.Parts{Teams: true}, gitlabtest.Config{})
	for _, group := range []string{"acme/a", "acme/a/sub", "acme/b"} {
		s.peer.AddUser(gitlabtest.User{Username: strings.ReplaceAll(group, "/", "-")})
		s.peer.AddGroup(group, gitlabtest.Group{Members: []gitlabtest.Member{{User: strings.ReplaceAll(group, "/", "-")}}})
		for i := range 3 {
			s.peer.AddProject(group, gitlabtest.Project{Path: fmt.Sprint("p", i), Created: gitlabtest.Start.AddDate(-1, 0, 0), Files: map[string]string{"go.mod": "module x\n"}})
		}
	}
	return s
}

// named says how many projects there are in each group, and what is wrong with whom they are given to.
func (s *scanner) named() string {
	in := map[string]int{}
	for _, r := range s.store.All() {
		name := strings.TrimPrefix(r.Name, host)
		group := name[:strings.LastIndexByte(name, '/')]
		in[group]++
		given := s.store.Told(r.Name).Accesses.List
		if len(given) != 1 || string(given[0].Team) != "@"+group || s.store.Teams[given[0].Team].Ref == "" {
			in[fmt.Sprintf("%s is given to %v", name, given)]++
		}
	}
	var list []string
	for _, group := range slices.Sorted(maps.Keys(in)) {
		list = append(list, fmt.Sprint(group, " ", in[group]))
	}
	return strings.Join(list, ", ")
}

// TestGroupsThatMove gives groups other paths: the next scan calls all that is below them by these, whatever happened in
// it, and the one after it asks no more than one of nothing new.
func TestGroupsThatMove(t *testing.T) {
	for _, c := range []struct {
		name, want string
		happens    func(p *gitlabtest.Peer)
		lists      bool // all
	}{
		{"nothing", "acme 2, acme/a 3, acme/a/sub 3, acme/b 3", func(*gitlabtest.Peer) {}, false},
		{"renamed", "acme 2, acme/a 3, acme/a/sub2 3, acme/b 3", func(p *gitlabtest.Peer) { p.RenameGroup("acme/a/sub", "sub2") }, true},
		{"renamed above", "acme 2, acme/b 3, acme/c 3, acme/c/sub 3", func(p *gitlabtest.Peer) { p.RenameGroup("acme/a", "c") }, true},
		{"renamed, and one is pushed to", "acme 2, acme/a 3, acme/a/sub2 3, acme/b 3", func(p *gitlabtest.Peer) {
			p.RenameGroup("acme/a/sub", "sub2")
			p.Push("acme/a/sub2/p1", gitlabtest.Push{Files: map[string]string{"go.mod": "module y\n"}})
		}, true},
		{"all of one pushed to", "acme 2, acme/a 3, acme/a/sub2 3, acme/b 3", func(p *gitlabtest.Peer) {
			p.RenameGroup("acme/a/sub", "sub2")
			for i := range 3 {
				p.Push(fmt.Sprint("acme/a/sub2/p", i), gitlabtest.Push{Files: map[string]string{"go.mod": "module y\n"}})
			}
		}, true},
		{"one project goes elsewhere", "acme 2, acme/a 3, acme/a/sub 2, acme/b 4", func(p *gitlabtest.Peer) {
			p.Rename("acme/a/sub/p1", "q")
			p.Transfer("acme/a/sub/q", "acme/b")
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := nested(t)
			s.scan()
			s.scan()
			idle := s.peer.Counts().Requests
			c.happens(s.peer)
			if sum := s.scan(); !whole(sum) || sum.Repos != 11 {
				t.Errorf("the scan came to %+v", sum)
			}
			if listed := s.store.Listed[len(s.store.Listed)-1].Full; listed != c.lists {
				t.Errorf("all are listed: %v, want %v", listed, c.lists)
			}
			if got := s.named(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			s.scan()
			s.scan()
			if s.requests(idle + 3); s.store.Listed[len(s.store.Listed)-1].Full {
				t.Error("all are listed once more")
			}
		})
	}
}

// TestWhereManyGroupsAre asks for a hundred groups a scan where they are, and for all of them in turn.
func TestWhereManyGroupsAre(t *testing.T) {
	s := newScanner(t, gitlabtest.Config{Unlimited: true})
	s.peer.AddGroup("acme", gitlabtest.Group{})
	const groups = 250
	for i := range groups {
		group := fmt.Sprintf("acme/g%03d", i)
		s.peer.AddGroup(group, gitlabtest.Group{})
		s.peer.AddProject(group, gitlabtest.Project{Path: "p", Created: gitlabtest.Start.AddDate(-1, 0, 0), Files: map[string]string{"go.mod": "module x\n"}})
	}
	s.scan()
	s.scan()
	s.peer.RenameGroup("acme/g249", "last")
	for range 3 {
		s.scan()
		s.requests(9)
	}
	if got := s.store.Repo(host + "acme/last/p"); got.HostID == "" {
		t.Error("the last group is called as it was")
	}
}

// TestNotToldWhereGroupsAre has the host not say where groups are: the scan goes on without, and the next one asks again.
func TestNotToldWhereGroupsAre(t *testing.T) {
	s := nested(t)
	s.scan()
	s.peer.RenameGroup("acme/a", "c")
	s.wrap = passing{query: "{ id fullPath }", failing: func() bool { return true }}.wrap
	if sum := s.scan(); sum.Unknown != 0 || s.store.Repo(host+"acme/a/p0").HostID == "" {
		t.Errorf("the scan came to %+v", sum)
	}
	s.wrap = nil
	if sum := s.scan(); !whole(sum) || s.store.Repo(host+"acme/c/p0").HostID == "" {
		t.Errorf("the next scan came to %+v", sum)
	}
}
