package github_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

// stays lists who is known to be, or to have been, in which team: begin and end in hours after the test began, or "ever".
func (s *scanner) stays() []string {
	names := map[metrics.AliasID]string{}
	for _, login := range []string{"ana", "bo", "cy"} {
		names[s.alias(login)] = login
	}
	when := func(at metrics.Instant) string {
		if at == metrics.Beginning || at == metrics.Forever {
			return "ever"
		}
		return fmt.Sprintf("%.1fh", at.Time().Sub(githubtest.Start).Hours())
	}
	var list []string
	for _, m := range s.store.Memberships {
		newest := metrics.Beginning
		for key, i := range s.store.Identities {
			if key.Alias == m.Alias && key.Person == m.Person {
				newest = max(newest, i.Seen)
			}
		}
		if m.Seen < newest {
			continue // as the store has it: it does not hold any more
		}
		list = append(list, fmt.Sprintf("%s %s %s-%s", names[m.Alias], m.Team, when(m.From), when(m.To)))
	}
	slices.Sort(list)
	return list
}

// TestTeams reads teams, and what becomes of their members.
func TestTeams(t *testing.T) {
	s := newParts(t, github.Parts{Teams: true, Pulls: true})
	s.repo("pay", map[string]string{"go.mod": "module pay\n"})
	s.repo("web", map[string]string{"go.mod": "module web\n"})
	s.repo("alone", map[string]string{"go.mod": "module alone\n"})
	s.peer.AddTeam("acme", githubtest.Team{Slug: "all", Members: []githubtest.Member{{Login: "cy"}}, Repos: map[string]string{"acme/web": "triage"}})
	s.peer.AddTeam("acme", githubtest.Team{Slug: "Pay", Name: "Payments", Parent: "all", Members: []githubtest.Member{{Login: "Ana"}, {Login: "bo", Role: "maintainer"}}, Repos: map[string]string{"acme/pay": "admin", "acme/web": "triage"}})
	s.scan()
	wantTeams := map[metrics.TeamKey]metrics.HostTeam{
		"@acme/all": {Ref: "@acme/all", Name: "all", Source: "github"},
		"@acme/pay": {Ref: "@acme/pay", Parent: "@acme/all", Name: "Payments", Source: "github"},
	}
	if diff := gocmp.Diff(s.store.Teams, wantTeams, cmpopts.IgnoreFields(metrics.HostTeam{}, "Seen")); diff != "" {
		t.Error("teams, -got +want\n" + diff)
	}
	given := func() map[string][]metrics.Access {
		all := map[string][]metrics.Access{}
		for _, l := range s.store.Accesses {
			for _, name := range []string{"pay", "web", "alone"} {
				if l.Repo == s.id(name) {
					all[name] = l.List
				}
			}
		}
		return all
	}
	want := map[string][]metrics.Access{"pay": {{Team: "@acme/pay", Permission: metrics.MayAdmin}}, "web": {{Team: "@acme/all", Permission: metrics.MayTriage}}, "alone": nil}
	if diff := gocmp.Diff(given(), want); diff != "" {
		t.Error("given to, -got +want\n" + diff)
	}
	check := func(when string, want ...string) {
		t.Helper()
		if diff := gocmp.Diff(s.stays(), want); diff != "" {
			t.Errorf("%s, -got +want\n%s", when, diff)
		}
	}
	check("first", "ana @acme/pay ever-ever", "bo @acme/pay ever-ever", "cy @acme/all ever-ever")

	s.peer.LeaveTeam("acme", "pay", "bo")
	s.peer.JoinTeam("acme", "all", githubtest.Member{Login: "bo"})
	s.peer.LeaveTeam("acme", "pay", "ana")
	s.peer.Grant("acme", "all", "acme/alone", "push")
	s.scan()
	s.requests(2) // teams are read once a day
	s.peer.Advance(24 * time.Hour)
	s.scan()
	moved := []string{"ana @acme/pay ever-25.5h", "bo @acme/all 25.5h-ever", "bo @acme/pay ever-25.5h", "cy @acme/all ever-ever"}
	check("moved", moved...)
	want["alone"] = []metrics.Access{{Team: "@acme/all", Permission: metrics.MayPush}}
	if diff := gocmp.Diff(given(), want); diff != "" || len(s.store.Accesses) != 4 {
		t.Errorf("one list is new, %d are written in all, -got +want\n%s", len(s.store.Accesses), diff)
	}

	s.peer.Push("acme/pay", githubtest.Push{Files: map[string]string{"x": "1"}, At: s.peer.Now().Add(time.Minute)})
	for _, login := range []string{"ana", "bo"} { // what is said of them elsewhere takes nothing away
		s.peer.AddPull("acme/pay", githubtest.Pull{Title: "x", Author: login, Head: login, Created: s.peer.Now().Add(2 * time.Minute)})
	}
	s.scan()
	check("after pull requests", moved...)
	s.peer.JoinTeam("acme", "pay", githubtest.Member{Login: "ana"})
	s.peer.Advance(24 * time.Hour)
	s.scan()
	moved = append([]string{"ana @acme/pay 50.5h-ever"}, moved...)
	check("back", moved...)
	s.peer.LeaveTeam("acme", "all", "cy")
	s.anew = true
	s.scan()
	moved[4] = "cy @acme/all ever-51.0h"
	check("when a host told of it", moved...)
}

// TestTeamsOfMany says what an organisation of many teams costs, and that those with many members are read whole.
func TestTeamsOfMany(t *testing.T) {
	s := newParts(t, github.Parts{Teams: true})
	s.repo("pay", map[string]string{"go.mod": "module pay\n"})
	crowd := func(n, from int) (list []githubtest.Member) {
		for i := range n {
			list = append(list, githubtest.Member{Login: fmt.Sprint("user-", from+i)})
		}
		return list
	}
	for i := range 99 {
		s.peer.AddTeam("acme", githubtest.Team{Slug: fmt.Sprint("team-", i), Members: crowd(3, 1000+3*i)})
	}
	s.peer.AddTeam("acme", githubtest.Team{Slug: "many", Members: crowd(230, 0)})
	s.scan()
	if got := len(s.store.Memberships); got != 99*3+230 {
		t.Errorf("%d memberships are known, want %d", got, 99*3+230)
	}
	if got := s.peer.Counts().Points; got > 10 {
		t.Errorf("that took %d points, want at most 10: %+v", got, s.peer.Counts())
	}
}

// TestAuthors links the addresses of commits to accounts.
func TestAuthors(t *testing.T) {
	s := newParts(t, github.Parts{Teams: true})
	at := s.peer.Now().AddDate(0, 0, -20)
	s.peer.AddUser("ana")
	s.peer.AddRepo("acme", githubtest.Repo{Name: "pay", Author: "ana", Created: at, Pushed: at, Files: map[string]string{"go.mod": "module pay\n"}})
	s.peer.AddTeam("acme", githubtest.Team{Slug: "pay", Members: []githubtest.Member{{Login: "ana"}}})
	s.scan()
	persons := func(alias metrics.AliasID) (list []metrics.PersonID) {
		for key := range s.store.Identities {
			if key.Alias == alias {
				list = append(list, key.Person)
			}
		}
		return list
	}
	member := persons(s.alias("ana"))
	commits := persons(s.config.People.Alias([]byte("ana"), []byte("ana@acme.test")))
	if len(member) != 1 || !slices.Contains(commits, member[0]) {
		t.Errorf("the member is %v, the author of commits %v", member, commits)
	}
}
