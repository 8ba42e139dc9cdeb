package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// questions are all that can be asked of a store, at a moment that does not pass.
var questions = [][]string{
	{"states", "--as-of", "2026-01-01"},
	{"events", "--to", "2026-01-01"},
	{"adoption", "--as-of", "2026-01-01"},
	{"adoption", "--interval", "month", "--to", "2026-01-01"},
	{"adoption", "--by", "team", "--interval", "quarter", "--to", "2026-01-01"},
	{"adoption", "--by", "origin", "--as-of", "2026-01-01"},
	{"adoption", "--by", "way", "--as-of", "2026-01-01"},
	{"decisions", "--as-of", "2026-01-01"},
	{"voluntary-flow", "--interval", "quarter", "--as-of", "2026-01-01"},
	{"retention", "--as-of", "2026-01-01"},
	{"time-to-adopt", "--as-of", "2026-01-01"},
	{"friction", "--as-of", "2026-01-01"},
	{"flows", "--from", "2023-01-01", "--to", "2026-01-01"},
	{"fragmentation", "--as-of", "2026-01-01"},
	{"lag", "--as-of", "2026-01-01"},
}

// everything returns what the store of this place answers to every question.
func (p *place) everything() map[string]string {
	p.Helper()
	defer p.serve()()
	all := map[string]string{}
	for _, q := range questions {
		out, _ := p.run(exitDone, append(q, "--output", "json")...)
		all[strings.Join(q, " ")] = strings.ReplaceAll(passing.ReplaceAllString(out, "-"), `},{`, "},\n{")
	}
	return all
}

// TestShards scans in three parts, the last first, and once in one: every question has the same rows. The campaign of
// the generated repositories is only seen by who looks at all of them.
func TestShards(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), 9, 40)
	p.run(exitDone, "scan")
	want := p.everything()
	parts := p.with(t, "parts")
	for i := range 3 {
		parts.run(exitDone, "scan", "--shard", fmt.Sprintf("%d/3", 3-i))
	}
	if diff := cmp.Diff(parts.everything(), want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	for question, answer := range want {
		if strings.Contains(answer, `"data":[]`) && question != "lag --as-of 2026-01-01" {
			t.Errorf("%s has no rows: the test shows little", question)
		}
	}
	if !strings.Contains(want["events --to 2026-01-01"], `"origin":"automated"`) {
		t.Error("nothing is automated: the test shows little")
	}
}

// scanOf is what an answer says of the scans behind it, and the line of a table that says the same.
func (p *place) scanOf() (scan scanPart, note string) {
	p.Helper()
	out, _ := p.run(exitDone, "states", "--output", "json")
	var answer struct{ Scan scanPart }
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		p.Fatal(err)
	}
	table, _ := p.run(exitDone, "states", "--output", "table")
	_, note, _ = strings.Cut(strings.TrimSpace(table[strings.LastIndex(table, "newest scan"):]), ":")
	return answer.Scan, note[2:] // without the minutes
}

type scanPart struct {
	Complete bool
	Unknown  int
	NotRead  int `json:"not_read"`
}

// TestPartsThatAreMissing reads two of three parts: answers say that there is a third, with how many repositories.
func TestPartsThatAreMissing(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), 9, 3)
	read := 0
	for _, step := range []struct {
		shard string
		whole bool
	}{{"1/3", false}, {"3/3", false}, {"2/3", true}, {"1/3", true}} {
		out, _ := p.run(exitDone, "scan", "--shard", step.shard, "--output", "json")
		var answer struct{ Data []scanRow }
		if err := json.Unmarshal([]byte(out), &answer); err != nil {
			t.Fatal(err)
		}
		if read += answer.Data[0].Repos - answer.Data[0].Unchanged; !step.whole && read == 9 {
			t.Fatal("nothing is left for the part that is missing: the test shows nothing")
		}
		want := scanPart{Complete: step.whole, Unknown: 9 - read, NotRead: 9 - read}
		words := "; 0 repositories unknown"
		if !step.whole {
			words = fmt.Sprintf(", not complete; %d repositories unknown, %d of them of parts that no scan has read: `trodden scan --shard`", want.Unknown, want.NotRead)
		}
		if got, note := p.scanOf(); got != want || note != words {
			t.Errorf("after %s: got %+v, %q, want %+v, %q", step.shard, got, note, want, words)
		}
	}
}

// TestOneSourceHidesNoOther scans one source well after another one could not be read: answers say so until that one is read.
func TestOneSourceHidesNoOther(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "")
	generate(t, filepath.Join(p.dir, "a"), 1, 3)
	generate(t, filepath.Join(p.dir, "b"), 2, 3)
	config := "sources: [{git: {name: a, dirs: [\"a/*\"]}}, {git: {name: b, dirs: [\"b/*\"]}}]\n" + generatedPaths
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	objects := filepath.Join(p.dir, "a", "r00.git", "objects")
	move := func(from, to string) func() {
		return func() {
			if err := os.Rename(from, to); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, step := range []struct {
		args     string
		before   func()
		status   int
		complete bool
	}{
		{"scan --source b", func() {}, exitDone, false},
		{"scan", move(objects, objects+".away"), exitUnknown, false},
		{"scan --source b", func() {}, exitDone, false},
		{"scan --source a", move(objects+".away", objects), exitDone, true},
		{"scan --source a --full", move(objects, objects+".away"), exitUnknown, false},
		{"scan --source b", func() {}, exitDone, false},
		{"scan", move(objects+".away", objects), exitDone, true},
	} {
		step.before()
		p.run(step.status, strings.Fields(step.args)...)
		if got, _ := p.scanOf(); got.Complete != step.complete {
			t.Errorf("after %s: got %+v, want complete: %t", step.args, got, step.complete)
		}
	}
}

// TestOnlySourceIsAll: a store of which every scan named the only source that is configured is complete by them.
func TestOnlySourceIsAll(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "")
	generate(t, filepath.Join(p.dir, "a"), 1, 2)
	config := "sources: [{git: {name: a, dirs: [\"a/*\"]}}]\n" + generatedPaths
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	p.run(exitDone, "scan", "--source", "a")
	if got, _ := p.scanOf(); !got.Complete {
		t.Errorf("got %+v, want a complete scan", got)
	}
}
