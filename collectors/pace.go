package collectors

import (
	"slices"
	"sync"
	"time"
)

// samples is by how many answers it is judged whether more may be asked for.
const samples = 20

// Pace is how much is asked of a host at once: more while answers are fast, half as much when the host could not answer.
// What was too much is tried again only after many fast answers to less. It is safe for concurrent use.
type Pace struct {
	most int
	fast time.Duration

	mu    sync.Mutex
	size  int
	bound int             // what was not too much yet
	taken []time.Duration // the newest answers to as much as is asked for now
}

// NewPace returns a pace that begins with so much, and asks for at most so much. Answers that take less than fast let
// more be asked for.
func NewPace(first, most int, fast time.Duration) *Pace {
	return &Pace{size: first, bound: most, most: most, fast: fast}
}

// Now returns how much to ask for.
func (p *Pace) Now() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.size
}

// Answered notes how long an answer to so much took. Answers to less say nothing of more.
func (p *Pace) Answered(asked int, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if asked < p.size {
		return
	}
	p.taken = append(p.taken, took)
	p.taken = p.taken[max(0, len(p.taken)-samples):]
	if p95(p.taken) >= p.fast {
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

// Overloaded notes that the host could not answer so much, and returns whether less can be asked for.
func (p *Pace) Overloaded(asked int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if half := max(1, asked/2); half < p.size {
		p.size, p.bound, p.taken = half, half, nil
	}
	return asked > 1
}
