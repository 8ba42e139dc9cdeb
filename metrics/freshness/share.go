package freshness

import (
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

// Share is a proportion of which some may be unknown.
type Share struct {
	Num     int // those of which it holds
	Den     int // all
	Unknown int // those of Den of which it is not known; none of them is in Num
}

// add counts one more.
func (s *Share) add(holds metrics.Truth) {
	s.Den++
	switch holds {
	case metrics.Yes:
		s.Num++
	case metrics.Maybe:
		s.Unknown++
	}
}

// Value returns the proportion with everything unknown counted as not so; ok is false where there is nothing to count.
func (s Share) Value() (value float64, ok bool) {
	if s.Den == 0 {
		return 0, false
	}
	return float64(s.Num) / float64(s.Den), true
}

// Wilson returns the 95 % interval of the proportion, 0 to 1 where there is nothing to count.
func (s Share) Wilson() (lo, hi float64) {
	return stats.Wilson(uint64(s.Num), uint64(s.Den), stats.Z95)
}

// Bounds returns the lowest and the highest value that the proportion could have if everything unknown were known, 0 and 1
// where there is nothing to count.
func (s Share) Bounds() (lo, hi float64) {
	if s.Den == 0 {
		return 0, 1
	}
	return float64(s.Num) / float64(s.Den), float64(s.Num+s.Unknown) / float64(s.Den)
}
