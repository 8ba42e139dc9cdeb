package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

func TestRecent(t *testing.T) {
	r := newRecent(func(path string) bool { return path != "README.md" })
	r.hold([]metrics.Blob{
		{OID: "1", Status: metrics.BlobRead, Path: "go.mod", Content: "module m"},
		{OID: "2", Status: metrics.BlobRead, Path: "README.md", Content: "nobody asks"},
		{OID: "3", Status: metrics.BlobTooBig, Path: "go.mod"},
		{OID: "4", Status: metrics.BlobRead, Path: "huge.yml", Content: strings.Repeat("x", recentBytes-10)},
		{OID: "5", Status: metrics.BlobRead, Path: "small.yml", Content: "xx"},
		{OID: "6", Status: metrics.BlobRead, Path: "late.yml", Content: "x"},
	})
	held, rest := r.split([]metrics.OID{"1", "2", "3", "4", "5", "6", "7"})
	contents := map[metrics.OID]int{}
	for oid, b := range held {
		contents[oid] = len(b.Content)
	}
	if diff := cmp.Diff(contents, map[metrics.OID]int{"1": 8, "4": recentBytes - 10, "5": 2}); diff != "" {
		t.Errorf("held: (-got +want)\n%s", diff)
	}
	if diff := cmp.Diff(rest, []metrics.OID{"2", "3", "6", "7"}); diff != "" {
		t.Errorf("rest: (-got +want)\n%s", diff)
	}

	var none *recent
	if held, rest := none.split([]metrics.OID{"1"}); len(held) != 0 || len(rest) != 1 {
		t.Errorf("nothing at hand: got %v and %v", held, rest)
	}
}
