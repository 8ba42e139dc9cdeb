package query

import (
	"cmp"
	"context"
	_ "embed"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed friction_terms.sql
	frictionTermsSQL string
	//go:embed friction_runs.sql
	frictionRunsSQL string
)

// packsAtOnce is how many packs of runs are read at once, some more or less: it bounds the memory.
const packsAtOnce = 50_000

// maxAtOnce is how many parts of an answer are made at the same time, however many processors there are: each needs its own memory,
// and some a connection.
const maxAtOnce = 3

// askRuns returns the rows of the measures that are about runs, and about when they fail.
func (f *friction) askRuns(ctx context.Context, db DB) (list []FrictionRow, err error) {
	err = f.eachPart(ctx, db, func(paths []PathRow, line *sideline) error {
		for _, part := range []struct {
			of  FrictionMeasure
			ask func(context.Context, DB, []PathRow, *sideline) ([]FrictionRow, error)
		}{{Pipelines, f.askPipelines}, {Recovery, f.askRecoveries}} {
			if f.Measure != "" && f.Measure != part.of {
				continue
			}
			rows, err := part.ask(ctx, db, paths, line)
			if err != nil {
				return err
			}
			list = append(list, rows...)
		}
		return nil
	})
	return list, err
}

// pipelines are the runs on one side of a path.
type pipelines struct {
	runs, successes, repos int
	timed                  int            // of which it is known how long they took
	seconds                []uint32       // how many took so long
	longer                 map[uint32]int // and of those that took longer than the list has
}

// secondsListed is how long runs take that are counted in a list: eighteen hours, which fits into a fast store.
const secondsListed = 1 << 16

// tookUnknown is what a pack says of runs that took nobody knows how long: this, or one more.
const tookUnknown = math.MaxUint32 - 1

func newPipelines() *pipelines {
	return &pipelines{seconds: make([]uint32, secondsListed), longer: make(map[uint32]int)}
}

// add counts runs. See the schema for what they took.
func (p *pipelines) add(took numbers) {
	p.runs += took.len()
	list := (*[secondsListed]uint32)(p.seconds)
	for i := range took.len() {
		t := took.at(i)
		p.successes += int(t & 1)
		switch seconds := t >> 1; {
		case seconds < secondsListed:
			p.timed++
			list[seconds]++
		case t < tookUnknown:
			p.timed++
			p.longer[seconds]++
		}
	}
}

// count counts a time.
func (p *pipelines) count(seconds uint32) {
	if seconds < secondsListed {
		p.seconds[seconds]++
	} else {
		p.longer[seconds]++
	}
}

// with adds others.
func (p *pipelines) with(o *pipelines) {
	p.runs, p.successes, p.repos, p.timed = p.runs+o.runs, p.successes+o.successes, p.repos+o.repos, p.timed+o.timed
	for i, n := range o.seconds {
		p.seconds[i] += n
	}
	for seconds, n := range o.longer {
		p.longer[seconds] += n
	}
}

// within returns the shortest time, in seconds, within which so many runs are over.
func (p *pipelines) within(runs int) uint32 {
	for i, n := range p.seconds {
		if runs -= int(n); runs <= 0 {
			return uint32(i)
		}
	}
	longer := make([]uint32, 0, len(p.longer))
	for seconds := range p.longer {
		longer = append(longer, seconds)
	}
	slices.Sort(longer)
	for _, seconds := range longer {
		if runs -= p.longer[seconds]; runs <= 0 {
			return seconds
		}
	}
	return math.MaxUint32
}

// sidePipelines are the runs on all sides; nil where there are none.
type sidePipelines [4 * maxPathsAtOnce]*pipelines

func (s *sidePipelines) of(side int) *pipelines {
	if s[side] == nil {
		s[side] = newPipelines()
	}
	return s[side]
}

// askPipelines returns the rows of runs.
func (f *friction) askPipelines(ctx context.Context, db DB, paths []PathRow, line *sideline) ([]FrictionRow, error) {
	all := &sidePipelines{}
	if len(line.list) > 0 {
		var err error
		if all, err = f.countRuns(ctx, db, line); err != nil {
			return nil, err
		}
	}
	return eachPair(paths, 0, func(path PathRow, groups [2]FrictionGroup, sides [2]int) []FrictionRow {
		return beside([2]FrictionRow{f.pipelines(path, groups[0], all[sides[0]]), f.pipelines(path, groups[1], all[sides[1]])})
	}), nil
}

// countRuns counts runs by side, several terms at the same time.
func (f *friction) countRuns(ctx context.Context, db DB, line *sideline) (*sidePipelines, error) {
	terms, err := f.askTerms(ctx, db)
	if err != nil {
		return nil, err
	}
	workers := min(runtime.GOMAXPROCS(0), len(terms), maxAtOnce)
	counts := make([]sums, workers)
	var next atomic.Int64
	all, ctx := errgroup.WithContext(ctx)
	for i := range counts {
		counts[i].ran = make([]sideSet, len(line.list))
		c := &counter{friction: f, line: line, tally: counts[i].add}
		all.Go(func() error {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(terms) {
					return nil
				}
				if err := c.ask(ctx, db, terms[n]); err != nil {
					return err
				}
			}
		})
	}
	if err := all.Wait(); err != nil {
		return nil, err
	}
	sum := &sidePipelines{}
	for i := range line.list {
		ran := sideSet(0)
		for n := range counts {
			ran |= counts[n].ran[i]
		}
		ran.each(func(side int) { sum.of(side).repos++ })
	}
	for i := range counts {
		for side, p := range counts[i].of {
			if p != nil {
				sum.of(side).with(p)
			}
		}
	}
	return sum, nil
}

// terms are some of those that have packs of runs.
type terms struct {
	list  []uint16
	packs uint64
	ended uint32 // when the last of the runs finished
}

// askTerms returns the terms that have packs of runs, those together that are asked for at once.
func (f *friction) askTerms(ctx context.Context, db DB) ([]terms, error) {
	args := f.args()
	args["to"] = moment(min(cmp.Or(f.To, metrics.Forever), f.AsOf))
	rows, err := ask[struct {
		Term  uint16 `ch:"term"`
		Packs uint64 `ch:"packs"`
		Ended uint32 `ch:"ended"`
	}](ctx, db, "when pipelines ran", frictionTermsSQL, args)
	var all []terms
	for _, r := range rows {
		if len(all) == 0 || all[len(all)-1].packs+r.Packs > packsAtOnce {
			all = append(all, terms{})
		}
		last := &all[len(all)-1]
		last.list, last.packs, last.ended = append(last.list, r.Term), last.packs+r.Packs, max(last.ended, r.Ended)
	}
	return all, err
}

// sums are the runs that were counted, by side.
type sums struct {
	of  sidePipelines
	ran []sideSet // by the number of the repository: on which sides any ran
}

// add counts runs of a repository that began on some sides.
func (c *sums) add(s *sided, on sideSet, took numbers) {
	c.ran[s.number] |= on
	on.each(func(side int) { c.of.of(side).add(took) })
}

// counter goes through runs and tells those that are on a side.
type counter struct {
	*friction
	line  *sideline
	tally func(s *sided, on sideSet, took numbers)
}

// ask counts the runs of some terms.
func (c *counter) ask(ctx context.Context, db DB, t terms) error {
	args := c.args()
	args["terms"], args["over"] = t.list, t.ended <= uint32(c.AsOf)
	var (
		repo                    uint64
		created, took, finished string
	)
	return askEach(ctx, db, "how pipelines go", frictionRunsSQL, args, []any{&repo, &created, &took, &finished}, func() error {
		if s := c.line.found[repo]; s != nil {
			c.pack(s, numbers(created), numbers(took), numbers(finished))
		}
		return nil
	})
}

// pack counts the runs of a pack. Where nothing is said of when they finished all did.
func (c *counter) pack(s *sided, created, took, finished numbers) {
	from, to := uint32(c.From), uint32(min(cmp.Or(c.To, metrics.Forever), c.AsOf+1))
	i, n := 0, created.len()
	if n == 0 {
		return
	}
	first, _ := slices.BinarySearchFunc(s.cuts, created.at(0), func(cut cut, at uint32) int { return cmp.Compare(cut.until, at+1) })
	for _, cut := range s.cuts[first:] {
		at, until := max(cut.at, from), min(cut.until, to)
		for i < n && created.at(i) < at {
			i++
		}
		begin := i
		for i < n && created.at(i) < until {
			i++
		}
		if i > begin {
			c.count(s, cut.on, took[4*begin:4*i], finished, begin)
		}
		if i == n {
			return
		}
	}
}

// count counts runs that began on some sides. When they finished is said from a place on, if at all.
func (c *counter) count(s *sided, on sideSet, took, finished numbers, from int) {
	if finished != "" {
		over := make([]byte, 0, len(took))
		for i := range took.len() {
			if finished.at(from+i) <= uint32(c.AsOf) {
				over = append(over, took[4*i:4*i+4]...)
			}
		}
		took = numbers(over)
	}
	if took != "" {
		c.tally(s, on, took)
	}
}

// pipelines makes the row of the runs on one side; nil are none.
func (f *friction) pipelines(path PathRow, group FrictionGroup, p *pipelines) FrictionRow {
	if p == nil {
		p = &pipelines{}
	}
	row := newFrictionRow(Pipelines, path.Key, group, p.runs, nil)
	repos := p.repos // the row must not hold all the rest
	row.Repos, row.Reason = &repos, f.lacks(path, p.runs, f.known.Runs > 0)
	success := NewRate(p.successes, p.runs, row.Reason)
	if row.Reason != "" {
		success = Undefined(row.Reason)
	}
	row.Success = &success
	if row.Reason == "" {
		row.Ended = row.N
	}
	if row.Reason == "" && p.timed > 0 {
		median, p90 := inHours(p.within((p.timed+1)/2)), inHours(p.within((9*p.timed+9)/10))
		row.MedianHours, row.P90Hours = &median, &p90
	}
	return row
}
