package classify_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

// routine are n commits with titles of programs, a day apart.
func routine(n int) []metrics.Instant {
	var list []metrics.Instant
	for i := range n {
		list = append(list, metrics.Instant(1_000_000+i*int(day)))
	}
	return list
}

func TestHabits(t *testing.T) {
	ten := routine(metrics.HabitAfter)
	first, tenth := ten[0], ten[len(ten)-1]
	ana := []metrics.Identity{
		{Alias: 1, Person: 1, Kind: metrics.Human}, {Alias: 2, Person: 2, Kind: metrics.Human}, {Alias: 3, Person: 3, Kind: metrics.Human},
		{Alias: 2, Person: 1, Kind: metrics.Human}, // so 1 and 2 are one
	}
	tests := []struct {
		name   string
		habits []metrics.Habit
		at     metrics.Instant
		want   metrics.Origin
	}{
		{"with the tenth", []metrics.Habit{{Alias: 1, Routine: ten, Other: metrics.Forever}}, tenth, metrics.Automated},
		{"before the tenth", []metrics.Habit{{Alias: 1, Routine: ten, Other: metrics.Forever}}, tenth - 1, metrics.Chosen},
		{"of nine", []metrics.Habit{{Alias: 1, Routine: ten[1:], Other: metrics.Forever}}, tenth + day, metrics.Chosen},
		{"until it does something else", []metrics.Habit{{Alias: 1, Routine: ten, Other: tenth + day}}, tenth + day - 1, metrics.Automated},
		{"no longer", []metrics.Habit{{Alias: 1, Routine: ten, Other: tenth + day}}, tenth + day, metrics.Chosen},
		{"never after something else", []metrics.Habit{{Alias: 1, Routine: ten, Other: first}}, tenth + day, metrics.Chosen},
		{"under two names", []metrics.Habit{
			{Alias: 1, Routine: ten[:5], Other: metrics.Forever}, {Alias: 2, Routine: ten[5:], Other: metrics.Forever},
		}, tenth, metrics.Automated},
		{"something else under another name", []metrics.Habit{
			{Alias: 1, Routine: ten, Other: metrics.Forever}, {Alias: 2, Other: first},
		}, tenth, metrics.Chosen},
		{"of somebody else", []metrics.Habit{{Alias: 3, Routine: ten, Other: metrics.Forever}}, tenth, metrics.Chosen},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			blobs := contents{}
			history := past(blobs, landed{first - 100*day, 3, "Jenkinsfile", "pipeline {}"}, landed{test.at, 1, ".github/workflows/ci.yml", golden})
			r := concluded(t, twoPaths(), blobs, history, classify.NewPeople(ana, nil, test.habits))
			if got := r.Spells[0].Origin; got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestFingerprintOfPeople(t *testing.T) {
	ana := metrics.Identity{Alias: 1, Person: 1, Kind: metrics.Human}
	also := metrics.Identity{Alias: 1, Person: 2, Kind: metrics.Human}
	ten := metrics.Habit{Alias: 1, Routine: routine(metrics.HabitAfter), Other: metrics.Forever}
	nine := metrics.Habit{Alias: 1, Routine: routine(metrics.HabitAfter - 1), Other: metrics.Forever}
	of := func(ids []metrics.Identity, habits ...metrics.Habit) uint64 {
		return classify.NewPeople(ids, nil, habits).Fingerprint()
	}
	plain := of([]metrics.Identity{ana})
	if of([]metrics.Identity{ana}, nine) != plain {
		t.Error("what is no habit yet makes a difference")
	}
	if of([]metrics.Identity{ana}, ten) == plain {
		t.Error("a habit makes no difference")
	}
	if of([]metrics.Identity{ana, also}) == plain || of([]metrics.Identity{ana, also}) != of([]metrics.Identity{also, ana}) {
		t.Error("two persons that are one make no difference, or their order does")
	}
}
