package query

import (
	"reflect"
	"testing"
	"time"
)

// heavy is a row that holds others.
type heavy struct{ more int }

func (h heavy) weight() int { return h.more }

func TestCacheWeighsRows(t *testing.T) {
	for _, c := range []struct {
		name string
		rows any
		kept int // rows that it counts for; 0 where it is not kept
	}{
		{"rows", make([]int, 3), 4},
		{"heavy rows", []heavy{{10}, {0}}, 13},
		{"too many rows", make([]int, maxKeptRows+1), 0},
		{"too heavy rows", []heavy{{maxAllRows}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			cache := NewCache(nil, time.Now)
			cache.keep(cache.mark, 1, reflect.ValueOf(c.rows))
			if _, kept := cache.kept[1]; kept != (c.kept > 0) || cache.rows != c.kept {
				t.Errorf("kept: %v, and counts %d, want %d", kept, cache.rows, c.kept)
			}
		})
	}
}
