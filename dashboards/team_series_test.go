package dashboards

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestTeamSeriesShareTheirTime: the charts of a team's paths begin and end together, those of paths that came later, too, which say when
// they were launched. A share has one name, in the headline, in the legend and at its line.
func TestTeamSeriesShareTheirTime(t *testing.T) {
	launch := at("2025-07-01").Time()
	k := &known{paths: []query.PathRow{{Key: "ci"}, {Key: "image", Since: &launch}}}
	third := 1. / 3
	share := newFigure(query.Rate{Num: 1, Den: 3, Rate: &third, Lo: &third, Hi: &third})
	over := func(key metrics.PathKey, moments ...string) teamPath {
		path := teamPath{Key: string(key), key: key}
		for _, m := range moments {
			path.points = append(path.points, point{at: at(m), voluntary: share, total: share})
		}
		return path
	}
	page := teamPage{Paths: []teamPath{over("ci", "2025-01-01", "2025-06-01", "2026-01-01"), over("image", "2025-08-01", "2026-01-01"), over("later")}}
	page.draw(k)
	for i, launched := range []bool{false, true} {
		c := page.Paths[i].Series.Chart
		axis, err := json.Marshal(c.Option["xAxis"])
		check(t, err)
		lines, err := json.Marshal(c.Option["series"])
		check(t, err)
		if text := string(axis); !strings.Contains(text, fmt.Sprint(at("2025-01-01").Time().UnixMilli())) || !strings.Contains(text, fmt.Sprint(at("2026-01-01").Time().UnixMilli())) {
			t.Errorf("%s: the axis is %s, want one from the first moment of all to the last", c.ID, text)
		}
		if got := strings.Contains(string(lines), "launched"); got != launched {
			t.Errorf("%s: the launch is marked: %t", c.ID, got)
		}
		for _, name := range []string{usesIt, choseIt} {
			if !strings.Contains(string(lines), `"name":"`+name+`"`) || !strings.Contains(fmt.Sprint(c.Legend), name) {
				t.Errorf("%s: no line, or no legend, is called %q", c.ID, name)
			}
		}
	}
	if id := page.Paths[2].Series.Chart.ID; id != "" {
		t.Errorf("a path without a moment is drawn as %s", id)
	}
}
