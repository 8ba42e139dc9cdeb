package clickhouse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// kept lists what the store has of contributions, in force or not.
func kept(t *testing.T, db *clickhouse.DB) []keptContributions {
	t.Helper()
	var rows []keptContributions
	err := db.Select(t.Context(), &rows, `SELECT contributions.generation AS generation, contributions.provided_by AS provided_by,
		toUInt32(contributions.begins) AS begins, toUInt32(contributions.ends) AS ends,
		arrayMap(at -> toUInt32(at), contributions.landed) AS landed, arrayMap(who -> toString(who), contributions.came_from) AS came_from
		FROM contributions ORDER BY generation`, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

type keptContributions struct {
	Generation uint64   `ch:"generation"`
	ProvidedBy []string `ch:"provided_by"`
	Begins     uint32   `ch:"begins"`
	Ends       uint32   `ch:"ends"`
	Landed     []uint32 `ch:"landed"`
	CameFrom   []string `ch:"came_from"`
}

// The names in the store are those of answers; a generation that was replaced is swept.
func TestContributionsAreKept(t *testing.T) {
	db := openStore(t)
	c := clickhouse.Conclusions{Contributions: []metrics.Contributions{{
		Repo: 10, Path: "ci", ProvidedBy: []string{odd}, Known: metrics.Period{From: 5, To: metrics.Forever},
		At: []metrics.Instant{1, 2, 3, metrics.Forever}, From: metrics.Contributors(),
	}}}
	for g := clickhouse.Generation(1); g <= 2; g++ {
		if err := db.WriteConclusions(t.Context(), g, &c); err != nil {
			t.Fatal(err)
		}
		publish(t, db, g, 10)
	}
	if next, err := db.NextGeneration(t.Context()); err != nil || next != 3 {
		t.Errorf("got next generation %d and %v, want 3", next, err)
	}
	if removed, err := db.Sweep(t.Context()); err != nil || removed != 1 {
		t.Errorf("got %d rows swept and %v, want 1", removed, err)
	}
	want := []keptContributions{{2, []string{odd}, 5, 1<<32 - 1, []uint32{1, 2, 3, 1<<32 - 1}, []string{"platform", "outside", "automated", "unknown"}}}
	if diff := cmp.Diff(kept(t, db), want); diff != "" {
		t.Error("-got +want\n" + diff)
	}
}
