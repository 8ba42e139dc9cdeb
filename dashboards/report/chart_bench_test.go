package report

import (
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// BenchmarkPicture draws half a year.
func BenchmarkPicture(b *testing.B) {
	var points []Point
	for i := range 27 {
		points = append(points, Point{metrics.Instant(1_767_225_600 + i*7*86_400), query.NewRate(i, 40, "")})
	}
	r := &Report{Week: LastWeek(points[26].At, time.UTC)}
	for b.Loop() {
		if r.picture(Path{Key: "ci", Title: "CI", Units: Teams, Series: points}) == nil {
			b.Fatal("there is no picture")
		}
	}
}
