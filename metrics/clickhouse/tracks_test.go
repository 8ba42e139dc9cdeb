package clickhouse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// TestTracks: those are there that were when they were asked for last.
func TestTracks(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		if _, err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		levels := []metrics.TrackLevel{{Ordinal: 1, Passed: 2, Failed: 1}}
		for range 2 { // twice changes nothing
			err := db.WriteTracks(t.Context(), []metrics.CatalogTrack{
				{Source: "portal", Track: "there", At: 100, Entities: 3, Levels: levels},
				{Source: "portal", Track: "over", At: 100, Entities: 3, Levels: levels}, {Source: "portal", Track: "over", At: 200},
				{Source: "portal", Track: "back", At: 100}, {Source: "portal", Track: "back", At: 200, Levels: levels},
				{Source: "other", Track: "elsewhere", At: 100, Entities: 3, Levels: levels},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		got, err := db.Tracks(t.Context(), "portal")
		if diff := cmp.Diff(got, []string{"back", "there"}); err != nil || diff != "" {
			t.Errorf("%v, -got +want\n%s", err, diff)
		}
	})
}
