package stats

import (
	"cmp"
	"math"
	"slices"
)

// LifeTable counts lifetimes by how long they are, each length once, in ascending order. Hundreds of thousands are
// compared faster so than one by one.
type LifeTable []LifeTableRow

// LifeTableRow says of how many lifetimes that are so long the end is known, and how many go on. Where both happen at
// once, ends come before censorings.
type LifeTableRow struct {
	Days            float64 // or any other unit, as long as all are in the same
	Ended, Censored int
}

// NewLifeTable counts lifetimes. Those that are unknown are left out.
func NewLifeTable(lifetimes []Lifetime) LifeTable {
	t := make(LifeTable, 0, len(lifetimes))
	for _, l := range lifetimes {
		switch {
		case l.Days < 0 || !finite(l.Days):
		case l.Ended:
			t = append(t, LifeTableRow{Days: l.Days, Ended: 1})
		default:
			t = append(t, LifeTableRow{Days: l.Days, Censored: 1})
		}
	}
	slices.SortFunc(t, func(a, b LifeTableRow) int { return cmp.Compare(a.Days, b.Days) })
	counted := t[:0]
	for _, row := range t {
		if last := len(counted) - 1; last >= 0 && counted[last].Days == row.Days {
			counted[last].Ended += row.Ended
			counted[last].Censored += row.Censored
			continue
		}
		counted = append(counted, row)
	}
	return counted
}

// CountLifetimes counts lifetimes given in parts of which so many make a unit, some of which are known to have ended, while the
// others go on. It sorts them.
func CountLifetimes(ended, goOn []uint32, parts float64) LifeTable {
	slices.Sort(ended)
	slices.Sort(goOn)
	t := make(LifeTable, 0, len(ended)+len(goOn))
	for len(ended) > 0 || len(goOn) > 0 {
		next := uint32(math.MaxUint32)
		for _, list := range [][]uint32{ended, goOn} {
			if len(list) > 0 {
				next = min(next, list[0])
			}
		}
		row := LifeTableRow{Days: float64(next) / parts}
		for ; len(ended) > 0 && ended[0] == next; ended = ended[1:] {
			row.Ended++
		}
		for ; len(goOn) > 0 && goOn[0] == next; goOn = goOn[1:] {
			row.Censored++
		}
		t = append(t, row)
	}
	return t
}

// And returns the table of the lifetimes of two.
func (t LifeTable) And(other LifeTable) LifeTable {
	if len(t) == 0 {
		return other
	}
	both := make(LifeTable, 0, len(t)+len(other))
	for len(t) > 0 || len(other) > 0 {
		switch {
		case len(other) == 0 || len(t) > 0 && t[0].Days < other[0].Days:
			both, t = append(both, t[0]), t[1:]
		case len(t) == 0 || other[0].Days < t[0].Days:
			both, other = append(both, other[0]), other[1:]
		default:
			both = append(both, LifeTableRow{t[0].Days, t[0].Ended + other[0].Ended, t[0].Censored + other[0].Censored})
			t, other = t[1:], other[1:]
		}
	}
	return both
}

// Count returns how many lifetimes there are, and of how many of them the end is known.
func (t LifeTable) Count() (all, ended int) {
	for i := range t {
		all += t[i].Ended + t[i].Censored
		ended += t[i].Ended
	}
	return all, ended
}

// reach returns how many lifetimes are as long as those of each row, or longer.
func (t LifeTable) reach() []int {
	list, sum := make([]int, len(t)), 0
	for i := len(t) - 1; i >= 0; i-- {
		sum += t[i].Ended + t[i].Censored
		list[i] = sum
	}
	return list
}
