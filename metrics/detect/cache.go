package detect

import (
	"sync"

	"github.com/trodden/trodden/metrics"
)

const (
	cacheBytes = 96 << 20 // what a set remembers of blobs, roughly
	shards     = 16
	blobBytes  = 160 // of an entry that remembers nothing yet
)

// blob is what a set remembers of one blob: evidence and positions, neither content nor syntax trees.
type blob struct {
	mu      sync.Mutex // held while the blob is judged, so that it is judged once
	white   whiteness
	found   []verdict
	digests [nodeKinds]*digest
	checked uint64 // bit per Kind.bit: parsed in full, so that its flaws are known
	flaws   []kindFlaw
	bytes   int
}

// whiteness says whether a file is white space only.
type whiteness uint8

const (
	inked whiteness = iota + 1
	white
)

// verdict is what a signal finds in a blob.
type verdict struct {
	signal int32
	hits   []hit
}

// kindFlaw is a flaw that reading a blob for some kind of signal brought up.
type kindFlaw struct {
	bit uint64
	flaw
}

// hits returns what the signal finds, and whether that is known.
func (b *blob) hits(signal int32) ([]hit, bool) {
	for i := range b.found {
		if b.found[i].signal == signal {
			return b.found[i].hits, true
		}
	}
	return nil, false
}

// keep remembers what a signal finds.
func (b *blob) keep(signal int32, hits []hit) {
	b.found = append(b.found, verdict{signal, hits})
	b.bytes += 32
	for i, h := range hits {
		hits[i] = h.clone()
		b.bytes += 48 + len(h.text) + len(h.version)
	}
}

// check remembers the flaws that a full parse for a kind brought up.
func (b *blob) check(bit uint64, flaws []flaw) {
	if b.checked&bit != 0 {
		return
	}
	b.checked |= bit
	for _, f := range flaws {
		b.flaws = append(b.flaws, kindFlaw{bit, f})
		b.bytes += 48 + len(f.message)
	}
}

// cache holds blobs by their ids. Each shard keeps two generations: what was asked for lately, and what was
// before that; the older one is dropped when the newer is full.
type cache struct {
	limit  int // bytes of one generation of a shard
	shards [shards]shard
}

type shard struct {
	mu         sync.Mutex
	young, old map[metrics.OID]*blob
	bytes      int // of the young generation
}

// newCache returns a cache that holds about so many bytes.
func newCache(bytes int) *cache {
	c := &cache{limit: bytes / shards / 2}
	for i := range c.shards {
		c.shards[i].young = map[metrics.OID]*blob{}
	}
	return c
}

// blob returns what is remembered of a blob, to be filled by who holds its lock.
func (c *cache) blob(oid metrics.OID) *blob {
	s := c.shard(oid)
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, ok := s.young[oid]; ok {
		return b
	}
	b, ok := s.old[oid]
	if !ok {
		b = &blob{}
	}
	s.young[oid] = b
	s.grow(blobBytes, c.limit)
	return b
}

// grew tells the cache that a blob has more bytes than before.
func (c *cache) grew(oid metrics.OID, bytes int) {
	if bytes <= 0 {
		return
	}
	s := c.shard(oid)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grow(bytes, c.limit)
}

// grow counts bytes and begins a new generation when this one is full. A blob that comes back from the old
// generation counts as empty: the bound is rough by at most a factor of two.
func (s *shard) grow(bytes, limit int) {
	s.bytes += bytes
	if s.bytes > limit {
		s.old, s.young, s.bytes = s.young, map[metrics.OID]*blob{}, 0
	}
}

// shard returns the shard of a blob. Object ids are hashes: any byte will do.
func (c *cache) shard(oid metrics.OID) *shard {
	if oid == "" {
		return &c.shards[0]
	}
	return &c.shards[oid[len(oid)-1]%shards]
}
