package main

import (
	"sync"

	"github.com/trodden/trodden/metrics"
)

// recentBytes is how many bytes of contents a scan has at hand for classify: all that the rules look at in some
// dozen repositories.
const recentBytes = 72 << 20

// recent holds contents that a scan has just read and stored, until it is full: to read them back takes a
// tenth of a scan.
type recent struct {
	wants func(path string) bool // what is worth holding

	mu    sync.Mutex
	bytes int
	blobs map[metrics.OID]metrics.Blob
}

func newRecent(wants func(path string) bool) *recent {
	return &recent{wants: wants, blobs: map[metrics.OID]metrics.Blob{}}
}

// hold takes those of the blobs in that are wanted, as long as there is room.
func (r *recent) hold(blobs []metrics.Blob) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range blobs {
		if size := len(b.Content); b.Status == metrics.BlobRead && r.bytes+size <= recentBytes && r.wants(b.Path) {
			r.bytes += size
			r.blobs[b.OID] = b
		}
	}
}

// split returns the blobs that are held, and the ids of the others.
func (r *recent) split(oids []metrics.OID) (held map[metrics.OID]metrics.Blob, rest []metrics.OID) {
	held = make(map[metrics.OID]metrics.Blob, len(oids))
	if r == nil {
		return held, oids
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, oid := range oids {
		if b, here := r.blobs[oid]; here {
			held[oid] = b
		} else {
			rest = append(rest, oid)
		}
	}
	return held, rest
}
