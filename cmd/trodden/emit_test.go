package main

import (
	"bytes"
	"testing"
)

// TestEmitCSV neutralises texts, be they numbers to look at, and leaves numbers what they are.
func TestEmitCSV(t *testing.T) {
	var out bytes.Buffer
	p := &program{out: &out}
	if err := p.emitCSV([]record{{{"team", "-2"}, {"path", "=ci"}, {"slope", -0.25}, {"units", -3}}}); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "team,path,slope,units\n'-2,'=ci,-0.25,-3\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
