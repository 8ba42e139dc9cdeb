package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestServerReadsTheConfigurationAnew edits the configuration of a running server: its next scan understands it
// so, and while it has mistakes, it understands what it understood before.
func TestServerReadsTheConfigurationAnew(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), 6, 30)
	p.run(exitDone, "scan")
	before := p.answers()
	p.configure(otherPaths(t))
	want := otherAnswers(p, before)
	p.configure(generatedPaths)

	t.Cleanup(p.serve())
	p.configure(otherPaths(t))
	p.run(exitDone, "scan")
	if diff := cmp.Diff(p.answers(), want); diff != "" {
		t.Errorf("after an edit, -got +want:\n%s", diff)
	}
	scans := len(ask[any](p, "events"))
	p.configure("paths: nonsense\n")
	if _, said := p.run(exitUsage, "states"); !strings.Contains(said, "trodden.yaml:2:8: ") {
		t.Errorf("a command with a mistaken configuration: got %q", said)
	}
	p.configure(otherPaths(t))
	if got := len(ask[any](p, "events")); got != scans {
		t.Errorf("got %d events, want %d", got, scans)
	}
}

// TestCheckWritesNothing checks a store of an older program, and repositories of which one is broken.
func TestCheckWritesNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	dirs := generate(t, p.repos(), 2, 5)
	p.run(exitDone, "scan")
	out, _ := p.run(exitDone, "check", "--output", "table")
	if !strings.Contains(out, "a scan reads only what is new") {
		t.Errorf("got %q", out)
	}
	if err := os.WriteFile(dirs[0]+"/HEAD", []byte("nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, said := p.run(exitUnknown, "check", "--output", "table")
	if !strings.Contains(out, "2 repositories, 1 that cannot be read") || !strings.Contains(said, "unknown: ") {
		t.Errorf("got %q, and said %q", out, said)
	}
	p.run(exitUnknown, "scan")
}
