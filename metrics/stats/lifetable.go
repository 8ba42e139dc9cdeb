package stats

import (
	"cmp"
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
