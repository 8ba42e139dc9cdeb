package main

import (
	"crypto/sha256"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// noise is a text that cannot be compressed.
func noise(bytes int) string {
	var text []byte
	for block := sha256.Sum256(nil); len(text) < bytes; block = sha256.Sum256(block[:]) {
		text = append(text, block[:]...)
	}
	return string(text[:bytes])
}

func TestRecent(t *testing.T) {
	r := newRecent(func(path string) bool { return path != "README.md" })
	r.limit = 4000
	r.hold([]metrics.Blob{
		{OID: "1", Status: metrics.BlobRead, Path: "go.mod", Content: "module m"},
		{OID: "2", Status: metrics.BlobRead, Path: "README.md", Content: "nobody asks"},
		{OID: "3", Status: metrics.BlobTooBig, Path: "go.mod"},
		{OID: "4", Status: metrics.BlobRead, Path: "large.yml", Content: noise(3500)},
		{OID: "5", Status: metrics.BlobRead, Path: "too-large.yml", Content: noise(3000)},
		{OID: "6", Status: metrics.BlobRead, Path: "small.yml", Content: noise(300)},
	})
	held, rest := r.split([]metrics.OID{"1", "2", "3", "4", "5", "6", "7"})
	contents := map[metrics.OID]string{}
	for oid, b := range held {
		contents[oid] = b.Content
	}
	if diff := cmp.Diff(contents, map[metrics.OID]string{"1": "module m", "4": noise(3500), "6": noise(300)}); diff != "" {
		t.Errorf("held: (-got +want)\n%s", diff)
	}
	if diff := cmp.Diff(rest, []metrics.OID{"2", "3", "5", "7"}); diff != "" {
		t.Errorf("rest: (-got +want)\n%s", diff)
	}

	var none *recent
	if held, rest := none.split([]metrics.OID{"1"}); len(held) != 0 || len(rest) != 1 {
		t.Errorf("nothing at hand: got %v and %v", held, rest)
	}
}
