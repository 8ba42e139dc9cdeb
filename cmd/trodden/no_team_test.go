package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ownedBy is a component of Backstage about the repository of the clone, with an owner.
func ownedBy(owner string) string {
	return fmt.Sprintf(`{"kind":"Component","metadata":{"name":"pay","annotations":{"github.com/project-slug":"acme/pay"}},"spec":{"owner":%q},
		"relations":[{"type":"ownedBy","targetRef":"group:default/%s"}]}`, owner, owner)
}

// TestOwnerThatIsNoTeam: whom a portal names as owner is no team where its list of teams is whole and does not have it, nor
// anybody else. Nothing is judged again while nothing changes.
func TestOwnerThatIsNoTeam(t *testing.T) {
	t.Parallel()
	portal := newPortalServer(t)
	p := portal.beside(t, true)
	file := filepath.Join(p.dir, "trodden.yaml")
	config, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append([]byte("teams: {order: [catalog, codeowners]}\n"), config...), 0o600); err != nil {
		t.Fatal(err)
	}
	const crew = `{"kind":"Group","metadata":{"name":"crew"}}`
	type owned struct{ Team string }
	for _, step := range []struct {
		when string
		has  []string
		team string
	}{
		{"a team that it has", []string{ownedBy("payments"), crew}, "payments"},
		{"another one", []string{ownedBy("crew"), crew}, "crew"},
		{"which is gone", []string{ownedBy("crew")}, ""},
		{"and there again", []string{ownedBy("crew"), crew}, "crew"},
		{"one that never was", []string{ownedBy("ghosts"), crew}, ""},
	} {
		portal.has(9, step.has...)
		p.run(exitDone, "scan")
		if diff := cmp.Diff(ask[owned](p, "states", "--path", "ci"), []owned{{step.team}}); diff != "" {
			t.Errorf("%s: owners -got +want\n%s", step.when, diff)
		}
		var teams []string
		for _, r := range ask[owned](p, "adoption", "--path", "ci", "--by", "team") {
			teams = append(teams, r.Team)
		}
		if slices.Contains(teams, "ghosts") || step.team == "" && slices.Contains(teams, "crew") {
			t.Errorf("%s: adoption tells of teams %q", step.when, teams)
		}
		judged := p.generation()
		if p.run(exitDone, "scan"); p.generation() != judged {
			t.Errorf("%s: a scan without news judges again", step.when)
		}
	}
}

// generation is the newest one that is in force.
func (p *place) generation() uint64 {
	p.Helper()
	db, shut := p.open()
	defer shut()
	next, err := db.NextGeneration(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	return uint64(next)
}
