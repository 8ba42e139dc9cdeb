package github

import (
	"slices"
	"sync"
	"time"
)

// How much is asked for at once.
const (
	listed       = 100 // repositories a page: the most that GitHub allows
	treesAtFirst = 25
	treesAtMost  = 100
	blobsAtFirst = 25 // repositories whose files are asked for: it is they that take the host's time
	blobsAtMost  = 80
	blobsAnswer  = 400     // files in one answer
	blobBytes    = 4 << 20 // of text, in one answer
	chunk        = 500     // repositories that are read together, so that answers are full
)

const (
	fast    = 4 * time.Second // answers that take less let more be asked for; GitHub gives up at 10 s
	samples = 20              // answers by which that is judged
)

// pace is how much is asked for at once: more while answers are fast, half as much when the host could not answer.
// What was too much is tried again only after many fast answers to less. It is safe for concurrent use.
type pace struct {
	most int

	mu    sync.Mutex
	size  int
	bound int             // what was not too much yet
	taken []time.Duration // the newest answers to as much as is asked for now
}

func newPace(first, most int) *pace { return &pace{size: first, bound: most, most: most} }

// now returns how much to ask for.
func (p *pace) now() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.size
}

// answered notes how long an answer to so much took. Answers to less say nothing of more.
func (p *pace) answered(asked int, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if asked < p.size {
		return
	}
	p.taken = append(p.taken, took)
	p.taken = p.taken[max(0, len(p.taken)-samples):]
	if p95(p.taken) >= fast {
		return
	}
	if len(p.taken) == samples {
		p.bound = min(p.bound*2, p.most)
	}
	if len(p.taken) > 1 && p.size < p.bound {
		p.size, p.taken = min(p.size*2, p.bound), nil
	}
}

// p95 is the time that 95 of 100 answers stay within, of few the longest.
func p95(taken []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(taken))
	return sorted[min(len(sorted)-1, len(sorted)*95/100)]
}

// overloaded notes that the host could not answer so much, and returns whether less can be asked for.
func (p *pace) overloaded(asked int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if half := max(1, asked/2); half < p.size {
		p.size, p.bound, p.taken = half, half, nil
	}
	return asked > 1
}
