package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/metrics"
)

// TestBehindKeyResults: what a key result says is behind its value lists as many as it counts, of one path and of all.
func TestBehindKeyResults(t *testing.T) {
	db, count := openStore(t), 0
	for _, path := range []metrics.PathKey{"ci", ""} {
		o := metrics.Objective{Key: "all"}
		for _, measure := range []string{"adoption.repos.voluntary", "adoption.repos.total", "adoption.repos.gross", "adoption.pull", "flow.voluntary", "flow.net", "fragmentation", "retention.returned"} {
			o.Results = append(o.Results, metrics.KeyResult{Key: measure, Measure: measure, Path: path, Baseline: metrics.Baseline{At: at("2025-10-01")},
				Target: 0.9, From: at("2025-10-01"), To: at("2026-12-31"), Weight: 1})
		}
		s := open(db, func(opts *api.Options) {
			opts.Objectives = func() []metrics.Objective { return []metrics.Objective{o} }
		})
		var answer struct {
			Data []struct {
				Measure, Behind string
				Value           *float64
				Den             *int
			}
		}
		check(t, json.Unmarshal(ask(t, s, http.MethodGet, "/api/v1/okrs").Body.Bytes(), &answer))
		for _, row := range answer.Data {
			if row.Value == nil {
				continue
			}
			var list struct{ Data []any }
			check(t, json.Unmarshal(ask(t, s, http.MethodGet, row.Behind).Body.Bytes(), &list))
			want := repos // active, of which one is unknown: fragmentation counts all others
			switch {
			case row.Den != nil:
				want = *row.Den
			case row.Measure == "flow.net":
				want = int(*row.Value) // nobody leaves
			case row.Measure == "fragmentation":
				want = repos - 1
			}
			if count++; len(list.Data) != want || want == 0 {
				t.Errorf("%s of %q: %s lists %d, want %d", row.Measure, path, row.Behind, len(list.Data), want)
			}
		}
	}
	if count < 12 {
		t.Errorf("followed %d values, want 12", count)
	}
}
