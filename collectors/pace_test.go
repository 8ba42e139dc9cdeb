package collectors_test

import (
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
)

func TestPace(t *testing.T) {
	type step struct {
		asked int // 0: as much as the pace says
		took  time.Duration
		fails bool
	}
	ok, slow := step{took: time.Second}, step{took: 8 * time.Second}
	bad := step{fails: true}
	repeat := func(n int, s step) (list []step) {
		for range n {
			list = append(list, s)
		}
		return list
	}
	tests := []struct {
		name  string
		steps []step
		want  int
	}{
		{"at first", nil, 25},
		{"one fast answer is no rule", repeat(1, ok), 25},
		{"fast answers", repeat(2, ok), 50},
		{"fast answers to more", repeat(4, ok), 100},
		{"there is a most", repeat(40, ok), 100},
		{"slow answers", repeat(40, slow), 25},
		{"a slow answer is no rule either", []step{ok, slow}, 25},
		{"one slow answer among few", []step{slow, ok, ok}, 50},
		{"half of them slow", []step{slow, slow, ok, ok, slow}, 25},
		{"neither fast nor slow", repeat(3, step{took: 5 * time.Second}), 40},
		{"nearly slow", repeat(40, step{took: 7500 * time.Millisecond}), 25},
		{"much faster than one has to be, but for one", []step{slow, {took: 10 * time.Millisecond}, {took: 10 * time.Millisecond}}, 50},
		{"answers to less", repeat(9, step{asked: 3, took: time.Second}), 25},
		{"too much", append(repeat(2, ok), bad), 25},
		{"too much again and again", append(repeat(2, ok), repeat(9, bad)...), 1},
		{"what was too much is not tried again soon", append(append(repeat(2, ok), bad), repeat(10, ok)...), 25},
		{"but later", append(append(repeat(2, ok), bad), repeat(21, ok)...), 50},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := collectors.NewPace(25, 100, 4*time.Second)
			for _, s := range test.steps {
				asked := s.asked
				if asked == 0 {
					asked = p.Now()
				}
				if s.fails {
					p.Overloaded(asked)
				} else {
					p.Answered(asked, s.took)
				}
			}
			if got := p.Now(); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}
