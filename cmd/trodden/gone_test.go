package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRepositoriesGone deletes one clone of six, which is believed, and then three more, which is not: the list has
// shrunk too much at once.
func TestRepositoriesGone(t *testing.T) {
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), 6, 12)
	p.run(exitDone, "scan")
	repos := func() int {
		out, _ := p.run(exitDone, "states", "--path", "ci", "--output", "ndjson")
		return strings.Count(out, `"repo":`)
	}
	if got := repos(); got != 6 {
		t.Fatalf("got %d repositories, want 6", got)
	}
	gone := func(n int) {
		t.Helper()
		clones, err := filepath.Glob(filepath.Join(p.repos(), "*"))
		if err != nil || len(clones) < n {
			t.Fatal(clones, err)
		}
		for _, clone := range clones[:n] {
			if err := os.RemoveAll(clone); err != nil {
				t.Fatal(err)
			}
		}
	}
	gone(1)
	p.run(exitDone, "scan")
	if got := repos(); got != 5 {
		t.Errorf("one is gone: got %d repositories, want 5", got)
	}
	out, _ := p.run(exitDone, "events", "--path", "ci", "--output", "ndjson")
	if got := strings.Count(out, `"kind":"removed"`); got != 1 {
		t.Errorf("got %d events of removal, want 1:\n%s", got, out)
	}
	gone(3)
	_, said := p.run(exitUnknown, "scan")
	if got := repos(); got != 5 || !strings.Contains(said, "nothing is concluded to be gone") {
		t.Errorf("three are gone at once: got %d repositories, want the 5 of before, and it said so: %s", got, said)
	}
}
