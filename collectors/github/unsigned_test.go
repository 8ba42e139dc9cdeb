package github_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
)

// TestWithoutAToken reads what is public of an organisation as a newcomer would have it who has no token yet: by REST, as
// slowly as the host lets nobody ask, and with a line that says so. Nothing is asked for that takes a token.
func TestWithoutAToken(t *testing.T) {
	bubble(t, githubtest.Config{}, func(t *testing.T, s *scanner) {
		var logged bytes.Buffer
		s.peer.AddOrganization("acme")
		for i := range 25 {
			visibility := "public"
			if i == 0 {
				visibility = "private"
			}
			name := fmt.Sprint("r", i)
			s.peer.AddRepo("acme", githubtest.Repo{Name: name, Visibility: visibility, Files: map[string]string{ciFile: "on: push\n"}})
			s.peer.AddRun("acme/"+name, githubtest.Run{Path: ciFile})
		}
		s.peer.AddTeam("acme", githubtest.Team{Slug: "pay", Members: []githubtest.Member{{Login: "ana"}}})
		s.config.Parts, s.config.People, s.config.Unsigned = allParts, people(t), true
		s.config.Log = slog.New(slog.NewTextHandler(&logged, nil))
		s.pooled()
		if err := s.source().Check(t.Context()); err != nil {
			t.Errorf("it is not let in: %v", err)
		}
		got, took, err := s.begin()
		if err != nil || got.Repos != 24 || got.Unknown != 0 || len(got.Partial) != 0 || len(got.Warnings) != 0 {
			t.Errorf("the scan came to %+v, %v", got, err)
		}
		if s.store.Files(host + "acme/r7")[ciFile] == "" || len(s.runsOf("r7")) != 1 {
			t.Errorf("of a repository %v is known, and %d runs", s.store.Files(host+"acme/r7"), len(s.runsOf("r7")))
		}
		if counts := s.peer.Counts(); counts.Exhausted > 0 || counts.Routes[githubtest.GraphQL]+counts.Routes["GET /orgs/{org}/teams"] > 0 {
			t.Errorf("it was asked %+v", counts)
		}
		if took < time.Hour || took > 3*time.Hour {
			t.Errorf("it took %v with sixty requests an hour", took)
		}
		if strings.Count(logged.String(), "no token is configured") != 1 || !strings.Contains(logged.String(), "teams, rulesets, workflow runs without a push\"") {
			t.Errorf("it is said\n%s", &logged)
		}
		if again, _, err := s.begin(); err != nil || again.Unchanged != 24 {
			t.Errorf("the next scan came to %+v, %v", again, err)
		}
	})
}
