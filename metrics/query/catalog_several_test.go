package query

import (
	"testing"

	"github.com/trodden/trodden/metrics"
)

// TestCoverageOfSeveralCatalogs counts each repository once, however many portals are asked for it.
func TestCoverageOfSeveralCatalogs(t *testing.T) {
	row := func(num, den, dark int) CatalogRow {
		return CatalogRow{Coverage: NewRate(num, den, metrics.ReasonEmpty), Dark: dark}
	}
	tests := []struct {
		name     string
		rows     []CatalogRow
		num, den int
		dark     float64
	}{
		{"one", []CatalogRow{row(6, 10, 4)}, 6, 10, 4},
		{"two", []CatalogRow{row(2, 10, 8), row(6, 10, 4)}, 6, 10, 4},
		{"two, the first of which has more", []CatalogRow{row(6, 10, 4), row(2, 10, 8)}, 6, 10, 4},
		{"two alike", []CatalogRow{row(6, 10, 4), row(6, 10, 4)}, 6, 10, 4},
		{"two, for one of which nothing is to be covered", []CatalogRow{row(0, 0, 4), row(6, 10, 4)}, 6, 10, 4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			coverage, dark := catalogBest("coverage", func(r CatalogRow) Rate { return r.Coverage })(test.rows), catalogDark(test.rows)
			if *coverage.Num != test.num || *coverage.Den != test.den || *dark.Value != test.dark {
				t.Errorf("got %d of %d, %v dark, want %d of %d, %v", *coverage.Num, *coverage.Den, *dark.Value, test.num, test.den, test.dark)
			}
		})
	}
}
