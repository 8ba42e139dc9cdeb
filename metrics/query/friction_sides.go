package query

import (
	"cmp"
	"context"
	_ "embed"
	"math"
	"math/bits"
	"slices"
)

var (
	//go:embed friction_joins.sql
	frictionJoinsSQL string
)

// besideJoin is how long before and after they joined repositories are looked at, in seconds.
const besideJoin = 12 * week

// maxPathsAtOnce is for the sides of how many paths runs are counted at once.
const maxPathsAtOnce = 16

// sides are the groups on whose side of a path a repository can be, two that are compared after the other two.
func sides() []FrictionGroup { return []FrictionGroup{Using, NotUsing, BeforeJoin, AfterJoin} }

// sideSet is on which sides of some paths a repository is: a bit each, four a path in the order of sides.
type sideSet uint64

func (s sideSet) each(do func(side int)) {
	for ; s != 0; s &= s - 1 {
		do(bits.TrailingZeros64(uint64(s)))
	}
}

// sideAt is a side of the path at a place.
func sideAt(place, side int) int { return 4*place + side }

// sideline says when repositories were on which sides of some paths.
type sideline struct {
	found map[uint64]*sided
	list  []*sided
}

// sided is a repository. All times are seconds since 1970.
type sided struct {
	number   int      // in the list
	turns    []turn   // when it comes to a side or goes, in no order
	cuts     []cut    // in order, those on no side left out
	births   []uint32 // when it was first there, by path
	followed uint32   // until when it was there
	watched  periods  // when all of its runs are known, in order
}

// turn is a moment, and the side to which a repository comes then, or which it leaves. They are in the order of the moments.
type turn uint64

func newTurn(at uint32, side int) turn { return turn(at)<<8 | turn(side) }

func (t turn) at() uint32 { return uint32(t >> 8) }

func (t turn) side() int { return int(t & 0xff) }

// cut is a time in which a repository is on the same sides.
type cut struct {
	at, until uint32
	on        sideSet
}

// period is from one moment to another.
type period struct{ begins, ends uint32 }

// periods are some, which may overlap.
type periods []period

func (p periods) sort() {
	slices.SortFunc(p, func(a, b period) int { return cmp.Compare(a.begins, b.begins) })
}

// until returns the end of the time from a moment on in which there are periods without a gap; they are sorted.
func (p periods) until(from uint32) uint32 {
	for _, one := range p {
		if one.begins <= from {
			from = max(from, one.ends)
		}
	}
	return from
}

// askSideline asks when repositories were on which sides of some paths, as could be told at a moment. Where it joined a path, a
// repository is on the sides of before and after if it had been there, and all its runs are known, as long before as after,
// which is over by then. The paths are those of the question from a place on.
func (f *friction) askSideline(ctx context.Context, db DB, paths []PathRow, from int) (*sideline, error) {
	lives, err := f.lives()
	if err != nil {
		return nil, err
	}
	line := &sideline{found: make(map[uint64]*sided)}
	for _, unit := range lives.units {
		place := unit.place - from
		if unit.component != "" || place < 0 || place >= len(paths) {
			continue
		}
		s := line.add(unit.repo, len(paths))
		s.followed = lives.followed[unit.repo]
		s.births[place] = unit.birth().begins
		for i := range unit.spans {
			if one := &unit.spans[i]; lives.wanted[one.team] && one.state.Served() {
				side := 0
				if !one.state.Using() {
					side = 1
				}
				s.on(sideAt(place, side), one.begins, one.ends)
			}
		}
	}
	watch, err := f.watch()
	if err != nil {
		return nil, err
	}
	for repo, s := range line.found {
		s.watched = watch[watched{repo, false}]
	}
	var (
		repo         uint64
		place        uint16
		begins, ends uint32
	)
	at, beside := uint32(f.AsOf), uint32(besideJoin)
	err = askEach(ctx, db, "when repositories joined", frictionJoinsSQL, f.pathArgs(paths), []any{&repo, &place, &begins, &ends}, func() error {
		s := line.found[repo]
		if s == nil {
			return nil
		}
		if begins < beside || begins > at || at-begins < beside || s.births[place-1] > begins-beside {
			return nil
		}
		if s.watched.until(begins-beside) < begins+beside {
			return nil
		}
		s.on(sideAt(int(place)-1, 2), begins-beside, begins)
		s.on(sideAt(int(place)-1, 3), begins, min(begins+beside, ends))
		return nil
	})
	for _, s := range line.list {
		s.cut()
	}
	return line, err
}

// add returns a repository, new where it is.
func (l *sideline) add(repo uint64, paths int) *sided {
	s := l.found[repo]
	if s == nil {
		s = &sided{number: len(l.list), births: slices.Repeat([]uint32{math.MaxUint32}, paths)}
		l.found[repo], l.list = s, append(l.list, s)
	}
	return s
}

// on adds a time on a side. Those on one side do not overlap.
func (s *sided) on(side int, begins, ends uint32) {
	if begins < ends {
		s.turns = append(s.turns, newTurn(begins, side), newTurn(ends, side))
	}
}

// cut divides the life of a repository where it comes to a side or goes.
func (s *sided) cut() {
	slices.Sort(s.turns)
	s.cuts = make([]cut, 0, len(s.turns))
	on := sideSet(0)
	for i, t := range s.turns {
		on ^= 1 << t.side()
		if i+1 < len(s.turns) && on != 0 && t.at() < s.turns[i+1].at() {
			s.cuts = append(s.cuts, cut{t.at(), s.turns[i+1].at(), on})
		}
	}
	s.turns = nil
}

// at returns the sides on which a repository is at a moment.
func (s *sided) at(moment uint32) sideSet {
	i, exact := slices.BinarySearchFunc(s.cuts, moment, func(c cut, at uint32) int { return cmp.Compare(c.at, at) })
	if !exact {
		i--
	}
	if i < 0 || moment >= s.cuts[i].until {
		return 0
	}
	return s.cuts[i].on
}

// numbers are little-endian numbers of 32 bits, one after the other.
type numbers string

func (n numbers) len() int { return len(n) / 4 }

func (n numbers) at(i int) uint32 {
	s := n[4*i : 4*i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// eachPair makes the rows of the pairs of groups of some paths, of which the first is at a place.
func eachPair(paths []PathRow, place int, do func(path PathRow, groups [2]FrictionGroup, sides [2]int) []FrictionRow) (list []FrictionRow) {
	for i, path := range paths {
		for side := 0; side < len(sides()); side += 2 {
			first := sideAt(place+i, side)
			list = append(list, do(path, [2]FrictionGroup(sides()[side:side+2]), [2]int{first, first + 1})...)
		}
	}
	return list
}
