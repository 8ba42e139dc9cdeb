package github_test

import (
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

// TestTeamsWithoutGraphQL reads the same teams with GraphQL and without: the same is known of them afterwards. Members
// of teams below are listed by REST with those of the team, over several pages.
func TestTeamsWithoutGraphQL(t *testing.T) {
	scan := func(rest bool) *scanner {
		s := newParts(t, github.Parts{Teams: true})
		if rest {
			s.peer.Fail(githubtest.Fault{Failure: githubtest.Missing, Route: githubtest.GraphQL, Times: -1})
		}
		many := githubtest.Team{Slug: "all", Members: []githubtest.Member{{Login: "cy"}}, Repos: map[string]string{"acme/r1": "triage"}}
		for i := range 120 {
			name := fmt.Sprint("r", i)
			s.repo(name, map[string]string{"go.mod": "module x\n"})
			many.Members = append(many.Members, githubtest.Member{Login: fmt.Sprint("m", i)})
			many.Repos["acme/"+name] = []string{"pull", "triage", "push", "maintain", "admin"}[i%5]
		}
		s.peer.AddTeam("acme", many)
		s.peer.AddTeam("acme", githubtest.Team{Slug: "Pay", Name: "Payments", Parent: "all", Members: []githubtest.Member{{Login: "Ana"}, {Login: "bo"}}, Repos: map[string]string{"acme/r0": "admin"}})
		s.peer.AddTeam("acme", githubtest.Team{Slug: "cards", Parent: "Pay", Members: []githubtest.Member{{Login: "bea"}}})
		if got := s.scan(); got.Unknown != 0 || len(got.Partial) != 0 || len(got.Warnings) > 1 { // that of the authors of commits
			t.Fatalf("the scan came to %+v", got)
		}
		return s
	}
	with, without := scan(false), scan(true)
	if diff := gocmp.Diff(without.store.Teams, with.store.Teams); diff != "" {
		t.Errorf("teams without GraphQL (-) and with it (+):\n%s", diff)
	}
	if diff := gocmp.Diff(without.store.Memberships, with.store.Memberships); diff != "" {
		t.Errorf("members without GraphQL (-) and with it (+):\n%s", diff)
	}
	sorted := cmpopts.SortSlices(func(a, b metrics.AccessList) bool { return a.Repo < b.Repo })
	inOrder := cmpopts.SortSlices(func(a, b metrics.Access) bool { return a.Team < b.Team })
	if diff := gocmp.Diff(without.store.Accesses, with.store.Accesses, sorted, inOrder); diff != "" || len(with.store.Accesses) != 120 {
		t.Errorf("what teams may do without GraphQL (-) and with it (+):\n%s", diff)
	}
}

// TestMembersOfTwoTeams: REST does not tell of somebody in a team below whether they are in the one above, too. What
// GraphQL told of that stays, as long as REST tells of both.
func TestMembersOfTwoTeams(t *testing.T) {
	s := newParts(t, github.Parts{Teams: true})
	s.repo("pay", map[string]string{"go.mod": "module pay\n"})
	s.peer.AddTeam("acme", githubtest.Team{Slug: "all", Members: []githubtest.Member{{Login: "ana"}}})
	s.peer.AddTeam("acme", githubtest.Team{Slug: "pay", Parent: "all", Members: []githubtest.Member{{Login: "ana"}, {Login: "bo"}}})
	s.scan()
	want := s.present()
	s.peer.Fail(githubtest.Fault{Failure: githubtest.Missing, Route: githubtest.GraphQL, Times: -1})
	s.full = true
	s.scan()
	if diff := gocmp.Diff(s.present(), want); diff != "" || len(want) != 3 {
		t.Errorf("without GraphQL (-) and with it before (+):\n%s", diff)
	}
	s.peer.LeaveTeam("acme", "all", "ana")
	s.peer.LeaveTeam("acme", "pay", "ana")
	s.scan()
	if got := s.present(); len(got) != 1 {
		t.Errorf("once she left both, the members are %v", got)
	}
}

// present are who is in which team by now.
func (s *scanner) present() map[string]bool {
	all := map[string]bool{}
	for _, m := range s.store.Memberships {
		if m.To == metrics.Forever {
			all[fmt.Sprint(m.Alias, " ", m.Team)] = true
		}
	}
	return all
}
