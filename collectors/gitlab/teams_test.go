package gitlab_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// TestTeams reads groups and their members, and whom projects are given to.
func TestTeams(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Teams: true}, gitlabtest.Config{})
	s.peer.AddUser(gitlabtest.User{Username: "Ana", Email: "ana@acme.dev", Public: true})
	s.peer.AddGroup("acme/Fin", gitlabtest.Group{Name: "Finance", Members: []gitlabtest.Member{{User: "lead", Access: gitlabtest.Owner}}})
	s.peer.AddGroup("acme/Fin/billing", gitlabtest.Group{Members: []gitlabtest.Member{{User: "Ana"}, {User: "auditor", Access: gitlabtest.Reporter}}})
	s.peer.AddProject("acme/Fin/billing", gitlabtest.Project{Path: "ledger", Shared: map[string]int{"acme/fin": gitlabtest.Maintainer, "acme": gitlabtest.Guest}})
	s.scan()
	teams := map[metrics.TeamKey]metrics.TeamKey{}
	for ref, team := range s.store.Teams {
		teams[ref] = team.Parent
	}
	if diff := cmp.Diff(teams, map[metrics.TeamKey]metrics.TeamKey{"@acme": "", "@acme/fin": "@acme", "@acme/fin/billing": "@acme/fin"}); diff != "" {
		t.Errorf("groups (-got +want):\n%s", diff)
	}
	members := func() map[string]int {
		got := map[string]int{}
		for _, m := range s.store.Memberships {
			key := string(m.Team)
			if m.To != metrics.Forever {
				key += " was"
			}
			got[key]++
		}
		return got
	}
	if diff := cmp.Diff(members(), map[string]int{"@acme/fin": 1, "@acme/fin/billing": 1}); diff != "" {
		t.Errorf("members (-got +want):\n%s", diff)
	}
	login := s.config.People.Alias([]byte("@Ana"), nil)
	persons := map[metrics.PersonID]bool{}
	mails, _ := s.config.People.Identify(spelling("ana@acme.dev"), spelling("ana@acme.dev"), false, "", 0)
	for _, identity := range s.store.Identities {
		if identity.Alias == login {
			persons[identity.Person] = true
		}
	}
	if !persons[mails[0].Person] || len(persons) != 2 {
		t.Errorf("the login does not lead to its public address: %v", persons)
	}
	want := []metrics.Access{{Team: "@acme", Permission: metrics.MayRead}, {Team: "@acme/fin", Permission: metrics.MayMaintain}, {Team: "@acme/fin/billing", Permission: metrics.MayAdmin}}
	if diff := cmp.Diff(s.store.Told("gitlab.invalid/acme/fin/billing/ledger").Accesses.List, want); diff != "" {
		t.Errorf("accesses (-got +want):\n%s", diff)
	}

	s.pause = 24 * time.Hour
	s.peer.RemoveMember("acme/fin/billing", "Ana")
	s.peer.AddMember("acme/fin", gitlabtest.Member{User: "Ana"})
	lists := len(s.store.Accesses)
	s.scan()
	if diff := cmp.Diff(members(), map[string]int{"@acme/fin": 2, "@acme/fin/billing was": 1}); diff != "" {
		t.Errorf("members after a move (-got +want):\n%s", diff)
	}
	if len(s.store.Accesses) != lists {
		t.Error("a list that is the same was written again")
	}
	before := members()
	s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.Nulls, Route: gitlabtest.GraphQL, Times: 1})
	s.scan()
	if diff := cmp.Diff(members(), before); diff != "" {
		t.Errorf("members when none are told (-got +want):\n%s", diff)
	}
}

// TestAuthors links an account to the address of a commit.
// TestTeamsAnew asks for members again on the same day, where the host told of some, and only then.
func TestTeamsAnew(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Teams: true}, gitlabtest.Config{})
	s.peer.AddGroup("acme/fin", gitlabtest.Group{})
	s.peer.AddProject("acme/fin", gitlabtest.Project{Path: "ledger"})
	s.scan()
	s.peer.AddMember("acme/fin", gitlabtest.Member{User: "ana"})
	for _, anew := range []bool{false, true, false} {
		s.anew = anew
		known := len(s.store.Memberships)
		s.scan()
		if told := len(s.store.Memberships) > known; told != anew {
			t.Errorf("asked anew %v: members are told of %v", anew, told)
		}
	}
}

func TestAuthors(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Runs: true}, gitlabtest.Config{})
	s.peer.AddUser(gitlabtest.User{Username: "ana"})
	s.peer.Push("acme/pay", gitlabtest.Push{Files: map[string]string{"README.md": "x"}, Author: "ana"})
	s.scan()
	mails, _ := s.config.People.Identify(spelling("ana@acme.test"), spelling("ana@acme.test"), false, "", 0)
	login := s.config.People.Alias([]byte("@ana"), nil)
	for _, identity := range s.store.Identities {
		if identity.Alias == login && identity.Person == mails[0].Person {
			return
		}
	}
	t.Errorf("the login does not lead to the address of its commit: %v", s.store.Identities)
}

func spelling(email string) collectors.Spelling { return collectors.Spelling{Email: email} }
