package main

import (
	"fmt"
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
