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
//
// How long an answer took has in it how long the question was held back for the sake of a limit, so that some take long
// of which the host knows nothing. Where not nearly all are fast the half of them says how much more there is room for.
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
	swift := p95(p.taken) < p.fast
	if swift && len(p.taken) == samples {
		p.bound = min(p.bound*2, p.most)
	}
	room := p.room()
	if swift && len(p.taken) > 1 {
		room = 2 * p.size
	}
	if room = min(room, p.bound); room > p.size+p.size/10 {
		p.size, p.taken = room, nil
	}
}

// patience is how many times as long as a fast answer one may take.
const patience = 2

// room is how much may be asked for so that the half of all answers, of which there have to be some, takes as long as
// may be; at most twice as much as now.
func (p *Pace) room() int {
	if len(p.taken) < 3 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(p.taken))
	half := max(sorted[len(sorted)/2], 1)
	return min(2*p.size, int(float64(p.size)*patience*float64(p.fast)/float64(half)))
}

// p95 is the time that 95 of 100 answers stay within, of few the longest.
func p95(taken []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(taken))
	return sorted[min(len(sorted)-1, len(sorted)*95/100)]
}

// Overloaded notes that the host could not answer so much, and returns whether less can be asked for. One thing that it
// cannot answer alone says nothing of how many others can be asked for.
func (p *Pace) Overloaded(asked int) bool {
	if asked <= 1 {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if half := asked / 2; half < p.size {
		p.size, p.bound, p.taken = half, half, nil
	}
	return true
}
