package main

import (
	"slices"
	"sync"

	"github.com/klauspost/compress/s2"

	"github.com/trodden/trodden/metrics"
)

// recentBytes is how many bytes of contents, compressed, a scan has at hand for classify: all that the rules
// look at in some dozen large repositories.
const recentBytes = 72 << 20

// recent holds contents that a scan has just read and stored, and those that repositories share, until it is full:
// to read them back takes a tenth of a scan, and most of a classification.
type recent struct {
	wants func(path string) bool // what is worth holding
	limit int                    // bytes of compressed contents

	mu    sync.Mutex
	bytes int
	blobs map[metrics.OID]packed
}

// packed is a blob whose content is compressed.
type packed struct {
	metrics.Blob
	content []byte
}

func newRecent(wants func(path string) bool) *recent {
	return &recent{wants: wants, limit: recentBytes, blobs: map[metrics.OID]packed{}}
}

// hold takes those of the blobs in that are wanted, as long as there is room.
func (r *recent) hold(blobs []metrics.Blob) {
	for _, b := range blobs {
		if r.wants(b.Path) {
			r.keep(b)
		}
	}
}

// keep takes a blob in that was read, if there is room.
func (r *recent) keep(b metrics.Blob) {
	if r == nil || b.Status != metrics.BlobRead || !r.room(0) {
		return
	}
	p := packed{Blob: b, content: slices.Clone(s2.Encode(nil, []byte(b.Content)))} // Encode takes more room than it needs
	p.Content = ""
	if r.room(len(p.content)) {
		r.put(p)
	}
}

// room reports whether so many bytes still fit in, or any where there are none to be put in.
func (r *recent) room(bytes int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bytes+max(bytes, 1) <= r.limit
}

func (r *recent) put(p packed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bytes += len(p.content) - len(r.blobs[p.OID].content)
	r.blobs[p.OID] = p
}

// split returns the blobs that are held, and the ids of the others.
func (r *recent) split(oids []metrics.OID) (held map[metrics.OID]metrics.Blob, rest []metrics.OID) {
	held = make(map[metrics.OID]metrics.Blob, len(oids))
	if r == nil {
		return held, oids
	}
	for _, oid := range oids {
		if b, here := r.take(oid); here {
			held[oid] = b
		} else {
			rest = append(rest, oid)
		}
	}
	return held, rest
}

// take returns a blob that is held.
func (r *recent) take(oid metrics.OID) (metrics.Blob, bool) {
	r.mu.Lock()
	p, here := r.blobs[oid]
	r.mu.Unlock()
	if !here {
		return metrics.Blob{}, false
	}
	content, err := s2.Decode(nil, p.content)
	if err != nil {
		return metrics.Blob{}, false // then the store has it
	}
	p.Content = string(content)
	return p.Blob, true
}
