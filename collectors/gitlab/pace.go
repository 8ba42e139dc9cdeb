package gitlab

import (
	"slices"
	"sync"
	"time"
)

// How much is asked for at once.
const (
	listed       = 100 // projects a page: the most that GitLab allows
	treesAtFirst = 25
	treesAtMost  = 100
	blobsAtFirst = 200
	blobsAtMost  = 800
	pathsAtOnce  = 50 // different paths in one query, each of which counts towards its complexity
)

const (
	fast    = 8 * time.Second // answers that take less let more be asked for; GitLab gives up at 30 s
	samples = 20              // answers by which that is judged
)

// pace is how much is asked for at once: more while answers are fast, half as much when the host could not answer.
// It is safe for concurrent use.
type pace struct {
	most int

	mu    sync.Mutex
	size  int
	taken []time.Duration // the newest answers to as much as is asked for now
}

func newPace(first, most int) *pace { return &pace{size: first, most: most} }

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
	if len(p.taken) > 1 && p.size < p.most && slices.Max(p.taken) < fast {
		p.size, p.taken = min(p.size*2, p.most), nil
	}
}

// overloaded notes that the host could not answer so much, and returns whether less can be asked for.
func (p *pace) overloaded(asked int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if half := max(1, asked/2); half < p.size {
		p.size, p.taken = half, nil
	}
	return asked > 1
}
