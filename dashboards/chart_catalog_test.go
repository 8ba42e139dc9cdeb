package dashboards

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// drawnSeries is a series of a chart, as far as whiskers go.
type drawnSeries struct {
	Type      string
	Data      []struct{ Value any }
	LineStyle struct {
		Color string
		Width float64
	}
}

// seriesOf are the series of a chart.
func seriesOf(t *testing.T, option map[string]any) (o struct{ Series []drawnSeries }) {
	t.Helper()
	b, err := json.Marshal(option)
	check(t, err)
	check(t, json.Unmarshal(b, &o))
	return o
}

// TestWhiskersStandOut: intervals over bars are in ink with an edge as what is behind the bars, since ink is as pale as some bars by
// night.
func TestWhiskersStandOut(t *testing.T) {
	for name, c := range map[string]struct {
		option map[string]any
		want   []string // the ends of intervals, and their rows
	}{
		"a ladder": {ladderChart("l", []rung{{label: "O1", share: 70, more: 20, lo: 50, hi: 85}, {label: "O2", share: 40, lo: 20, hi: 60}}).JSON(),
			[]string{"[[50 0] [85 0]]", "[[20 1] [60 1]]"}},
		"explored": {rateBars("e", inShares, []explored{{part: "a", figure: figure{share: 43, Text: "43 %", Interval: "22 % to 67 %", Lo: 22, Hi: 67}}, {part: "b", figure: figure{share: 5, Text: "5 %"}}}, nil).JSON(),
			[]string{"[[22 0] [67 0]]"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			var edge drawnSeries
			for _, s := range seriesOf(t, c.option).Series {
				if s.Type != "line" {
					continue
				}
				if s.LineStyle.Color != "var(--ink)" {
					edge = s
					continue
				}
				ends := fmt.Sprint([]any{s.Data[0].Value, s.Data[1].Value})
				if fmt.Sprint([]any{edge.Data[0].Value, edge.Data[1].Value}) != ends || edge.LineStyle.Color != "var(--raised)" || edge.LineStyle.Width < s.LineStyle.Width+2 {
					t.Errorf("the interval %s has no edge below it, but %+v", ends, edge)
				}
				got = append(got, ends)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got the intervals %v, want %v", got, c.want)
			}
		})
	}
}
