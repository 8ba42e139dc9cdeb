package query

import (
	"context"
	_ "embed"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

//go:embed friction_reds.sql
var frictionRedsSQL string

// red is how long a workflow of a repository stayed red, or was watched until then.
type red struct {
	seconds uint32
	number  uint32 // of the repository
	green   bool
	on      sideSet // when it turned red
}

// askRecoveries returns the rows of failures: how long default branches stayed red, from the first failure of a workflow after a
// success to its next success. Those that did not end were watched as long as all runs are known, and the repository is there
// and not archived.
func (f *friction) askRecoveries(ctx context.Context, db DB, paths []PathRow, line *sideline) ([]FrictionRow, error) {
	var (
		list           []red
		repo           uint64
		turned, greens string
	)
	if len(line.list) > 0 {
		err := askEach(ctx, db, "how long pipelines stay red", frictionRedsSQL, f.args(), []any{&repo, &turned, &greens}, func() error {
			if s := line.found[repo]; s != nil && len(s.watched) > 0 {
				list = f.reds(list, s, numbers(turned), numbers(greens))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	shortestFirst(list)
	rows := make([][]FrictionRow, len(paths))
	all := errgroup.Group{}
	all.SetLimit(min(runtime.GOMAXPROCS(0), maxAtOnce))
	for i := range paths {
		all.Go(func() error {
			rows[i] = eachPair(paths[i:i+1], i, func(path PathRow, groups [2]FrictionGroup, sides [2]int) []FrictionRow {
				of := [2]took{tookOnSide(list, sides[0], len(line.list)), tookOnSide(list, sides[1], len(line.list))}
				return f.compare(Recovery, path, groups, of, f.known.Runs > 0, nil)
			})
			return nil
		})
	}
	err := all.Wait()
	return slices.Concat(rows...), err
}

// shortestFirst sorts times.
func shortestFirst(list []red) {
	keys := make([]uint64, len(list)) // numbers are sorted much faster than what they are of
	for i := range list {
		keys[i] = uint64(list[i].seconds)<<32 | uint64(i)
	}
	slices.Sort(keys)
	sorted := make([]red, len(list))
	for i, key := range keys {
		sorted[i] = list[key&math.MaxUint32]
	}
	copy(list, sorted)
}

// reds adds those of a repository that count.
func (f *friction) reds(list []red, s *sided, turned, greens numbers) []red {
	for i := range turned.len() {
		if one, counts := f.red(s, turned.at(i), greens.at(i)); counts {
			list = append(list, one)
		}
	}
	return list
}

// red returns how long a workflow stayed red, where that counts. Green is 0 where it never was again.
func (f *friction) red(s *sided, from, green uint32) (one red, counts bool) {
	at := uint32(f.AsOf)
	if metrics.Instant(from) < f.From || f.To > 0 && metrics.Instant(from) >= f.To || from > at {
		return red{}, false
	}
	on := s.at(from)
	until := min(s.watched.until(from), s.followed, at)
	if on == 0 || until <= from {
		return red{}, false
	}
	ended := green > 0 && green <= until
	if ended {
		until = green
	}
	return red{until - from, uint32(s.number), ended, on}, true
}

// tookOnSide are the times of one side, of those that are given in ascending order.
func tookOnSide(list []red, side, repos int) took {
	n := 0
	for i := range list {
		n += int(list[i].on >> side & 1)
	}
	t, seen, last := took{times: make(stats.LifeTable, 0, n), repos: new(int)}, make([]bool, repos), uint32(0)
	for i := range list {
		r := &list[i]
		if r.on&(1<<side) == 0 {
			continue
		}
		if !seen[r.number] {
			seen[r.number] = true
			*t.repos++
		}
		if len(t.times) == 0 || r.seconds != last {
			t.times, last = append(t.times, stats.LifeTableRow{Days: inHours(r.seconds)}), r.seconds
		}
		row := &t.times[len(t.times)-1]
		if r.green {
			row.Ended++
		} else {
			row.Censored++
		}
	}
	return t
}
