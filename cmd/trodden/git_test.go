package main

import (
	"os"
	"strings"
	"testing"
)

// TestWithoutGit shows that what needs git says so, and makes nothing.
func TestWithoutGit(t *testing.T) {
	for _, args := range []string{"init", "check", "scan"} {
		t.Run(args, func(t *testing.T) {
			files := map[string]string{"trodden.yaml": goodConfig}
			if args == "init" {
				files = nil
			}
			s := newSession(t, files)
			s.open = openLocal
			t.Setenv("PATH", s.dir)
			if status := s.run(args); status != exitFailed {
				t.Errorf("got exit status %d, want %d", status, exitFailed)
			}
			if got := s.err.String(); s.out.Len() > 0 || strings.Count(got, "\n") != 1 || !strings.Contains(got, "the git program is not found in PATH: install git") {
				t.Errorf("got %q, %q, want what to install", &s.out, got)
			}
			entries, err := os.ReadDir(s.dir)
			if err != nil || len(entries) != len(files) {
				t.Errorf("got %v, %v, want nothing made", entries, err)
			}
		})
	}
}
