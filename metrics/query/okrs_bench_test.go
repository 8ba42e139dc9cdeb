package query_test

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// BenchmarkOKRs asks for all objectives of testdata/okrs.txtar, with nothing kept from the time before.
func BenchmarkOKRs(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/okrs.txtar")
	if err != nil {
		b.Fatal(err)
	}
	db, w := openStore(b), readWorld(b, archive.Files)
	w.write(db)
	var results []metrics.KeyResult
	for _, o := range w.goals {
		results = append(results, o.Results...)
	}
	for b.Loop() {
		if _, err := query.OKRs(b.Context(), db, []metrics.Objective{{Key: "all", Results: results}}, at("2024-10-01")); err != nil {
			b.Fatal(err)
		}
	}
}
