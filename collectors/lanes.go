package collectors

import (
	"context"
	"slices"
	"sync"
	"time"
)

// lane is sources that are read one after the other.
type lane struct {
	name  string // the host that they ask; "" for none
	turns []int  // which sources, by their places in the order of all
}

// lanes divides the sources, in their order.
func (r *run) lanes(turn []Source) (list []lane) {
	for n, source := range turn {
		host := r.Hosts[source.Name()]
		i := slices.IndexFunc(list, func(l lane) bool { return l.name == host })
		if i < 0 {
			i, list = len(list), append(list, lane{name: host})
		}
		list[i].turns = append(list[i].turns, n)
	}
	return list
}

// endurance is how long others are waited for, unless anything else is wanted: a host that tells nothing for so long keeps no
// other one waiting, and what the others told is concluded from.
const endurance = 30 * time.Second

// beside reads the lanes of hosts beside one another, or in turn as long as each tells something. Before says that something
// was read before them.
func (r *run) beside(ctx context.Context, hosts []lane, before bool, read func(lane)) {
	ended := make(chan struct{}, len(hosts))
	var all sync.WaitGroup
	all.Go(func() { r.meantime(ctx, ended, len(hosts), before) })
	for _, l := range hosts {
		over := make(chan struct{})
		all.Go(func() {
			read(l)
			close(over)
			ended <- struct{}{}
		})
		if r.InTurn {
			r.await(over)
		}
	}
	all.Wait()
}

// await waits for the end of a lane, or until no lane tells anything for a while.
func (r *run) await(over <-chan struct{}) {
	begun := time.Now()
	for {
		quiet := min(time.Since(begun), r.quiet())
		if quiet >= r.Patience {
			return
		}
		select {
		case <-over:
			return
		case <-time.After(r.Patience - quiet):
		}
	}
}

// quiet is how long nothing was told.
func (r *run) quiet() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.stirred)
}

// meantime has concluded what lanes that have ended brought, where others go on for a while. It returns when so many have
// ended.
func (r *run) meantime(ctx context.Context, ended <-chan struct{}, lanes int, before bool) {
	var due <-chan time.Time
	if before {
		due = time.After(r.Patience)
	}
	for lanes > 0 {
		select {
		case <-ended:
			lanes--
			due = time.After(r.Patience)
		case <-due:
			due = nil
			if err := r.conclusions(ctx); err != nil {
				r.ledger.fail(ctx, err)
			}
		}
	}
}

// conclusions has concluded what is there by now.
func (r *run) conclusions(ctx context.Context) error {
	if r.Meanwhile == nil {
		return nil
	}
	if err := r.ledger.flush(ctx); err != nil {
		return err
	}
	return r.Meanwhile(ctx)
}

// readLane reads the sources of a lane. Listed is called once when all are listed.
func (r *run) readLane(ctx context.Context, in lane, turn []Source, listed func()) {
	queue := make(chan work, listAhead)
	var workers sync.WaitGroup
	for range max(r.Workers, 1) {
		workers.Go(func() {
			for w := range queue {
				r.read(ctx, w, in.name)
			}
		})
	}
	for _, i := range in.turns {
		_, first, _ := r.memory.stands(turn[i].Name(), r.Shard)
		l := r.list(ctx, turn[i], queue)
		if l.first = first; i == 0 && len(turn) > 1 {
			l.first = l.at
		}
		r.listings[i] = l
	}
	close(queue)
	listed()
	workers.Wait()
}
