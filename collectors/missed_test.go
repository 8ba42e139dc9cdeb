package collectors

import (
	"testing"

	"github.com/trodden/trodden/metrics"
)

// TestMissedIsTriedLessAndLessOften follows something that fails for good: by the next run, then at distances that grow
// up to a day, whatever else is tried meanwhile.
func TestMissedIsTriedLessAndLessOften(t *testing.T) {
	known := []Had{{Repo: metrics.Repo{ID: 1}}}
	m, minute := &Missed{}, metrics.Day/24/60
	m.Note(1, 0, 2, 0, 0)
	var after []int // minutes
	for now := minute; now < 5*metrics.Day; now += minute {
		m.Begin(now, known)
		if _, due := m.Due(1); due {
			after = append(after, int((now-minute)/minute))
		}
		if _, due := m.Due(1); due || now%(7*minute) == 0 { // it is tried, too, where something else is new
			m.Note(1, 0, 2, 0, now)
		}
	}
	if len(after) < 10 || len(after) > 14 || after[0] != 0 || after[1] != 10 || after[2] != 30 || after[3] != 70 {
		t.Errorf("in five days it is tried after %v minutes", after)
	}
	m.Note(1, 2, 0, 0, 5*metrics.Day)
	if m.Kept() != nil {
		t.Errorf("once it is read %+v is missed", m.Of)
	}
}

// TestMissedOfMany: those that failed once come before those that fail for good, and no run tries all at once.
func TestMissedOfMany(t *testing.T) {
	m, known := &Missed{}, []Had{}
	for id := range metrics.RepoID(2_000) {
		known = append(known, Had{Repo: metrics.Repo{ID: id + 1}})
		m.Note(id+1, 0, 1, 0, 0)
		if id >= 100 {
			m.Note(id+1, 0, 1, 0, 0)
		}
	}
	m.Begin(metrics.Day, known[:1_900])
	due, first := 0, 0
	for id := range metrics.RepoID(2_000) {
		if lack, is := m.Due(id + 1); is {
			due++
			if lack.Tries == 1 {
				first++
			}
		}
	}
	if due != missedAgain || first != 100 || len(m.Of) != 1_900 {
		t.Errorf("%d are tried again, %d of them for the first time, of %d; want %d, 100, 1900", due, first, len(m.Of), missedAgain)
	}
}

// TestMissedKeepsSince: what is missed is wanted from the first time on that it was.
func TestMissedKeepsSince(t *testing.T) {
	m := &Missed{}
	m.Note(1, 0, 1, 50, 100)
	m.Note(1, 0, 1, 100, 200)
	m.Note(1, 0, 2, 200, 300)
	if lack := m.Of[1]; lack.Since != 50 || lack.Parts != 3 {
		t.Errorf("got %+v", lack)
	}
	told := m.Told(func(uint32) []string { return []string{"runs"} })
	if told["runs"] != (Gap{Repos: 1, Due: 300}) {
		t.Errorf("it is told of as %v", told)
	}
	var none *Missed
	none.Note(1, 0, 1, 0, 0)
	none.Begin(0, nil)
	if _, due := none.Due(1); due || none.Waits(1) != 0 || none.Kept() != nil {
		t.Error("nothing keeps something")
	}
}
