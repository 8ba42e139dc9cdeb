package githubtest

import (
	"slices"
	"time"
)

// window counts what was used of an hour's allowance, from the first request on.
type window struct {
	used  int
	reset time.Time
}

func (w *window) at(now time.Time) *window {
	if !now.Before(w.reset) {
		*w = window{reset: now.Add(time.Hour).Truncate(time.Second)}
	}
	return w
}

// minute remembers when the requests of the last minute came.
type minute []time.Time

// add counts a request, and returns how many the last minute has with it.
func (m *minute) add(now time.Time) int {
	list := *m
	for len(list) > 0 && now.Sub(list[0]) >= time.Minute {
		list = list[1:]
	}
	*m = append(list, now)
	return len(*m)
}

// stretch is a time in which the processor worked.
type stretch struct{ from, to time.Time }

// busy remembers when the processor worked for somebody in the last minute.
type busy []stretch

// sum is how long it worked in the last minute.
func (b *busy) sum(now time.Time) time.Duration {
	since, sum := now.Add(-time.Minute), time.Duration(0)
	*b = slices.DeleteFunc(*b, func(s stretch) bool { return !s.to.After(since) })
	for _, s := range *b {
		from, to := s.from, s.to
		if from.Before(since) {
			from = since
		}
		if to.After(now) {
			to = now
		}
		sum += to.Sub(from)
	}
	return sum
}

// usage is what one account has asked.
type usage struct {
	rest, graph               window
	restMinute, graphMinute   minute
	processor, graphProcessor busy
	blocked                   time.Time // it has to wait until then
}
