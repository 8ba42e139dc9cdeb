package dashboards

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/trodden/trodden/metrics"
)

// TestStatesChart: the axis ends where the longest bar does, and parts that have room for it have their number.
func TestStatesChart(t *testing.T) {
	b, err := json.Marshal(statesChart("s", []string{"a", "b"}, []metrics.State{metrics.On, metrics.Unknown}, [][]int{{60, 1}, {20, 5}}).JSON())
	check(t, err)
	var o struct {
		XAxis  []struct{ Max int }
		Series []struct {
			Data []struct {
				Value int
				Label *struct{ Show bool }
			}
		}
	}
	check(t, json.Unmarshal(b, &o))
	var numbers []int
	for _, s := range o.Series {
		for _, d := range s.Data {
			if d.Label != nil && d.Label.Show {
				numbers = append(numbers, d.Value)
			}
		}
	}
	if o.XAxis[0].Max != 61 || !slices.Equal(numbers, []int{60, 20, 5}) {
		t.Errorf("got the end %d and the numbers %d, want 61 and 60, 20, 5", o.XAxis[0].Max, numbers)
	}
}

// narrowest asks the chart of states how wide its narrowest part is.
const narrowest = `Math.min(...echarts.getInstanceByDom(document.getElementById("chart-states")).getZr().storage.getDisplayList(true)
  .filter((s) => s.type === "rect" && s.style.stroke && s.shape.height > 5).map((s) => s.shape.width))`

// TestLittleIsSeen: a part of a bar that is one of many repositories can be seen on a telephone.
func TestLittleIsSeen(t *testing.T) {
	ctx := browser(t)
	server := httptest.NewServer(newTest(t, openStore(t)))
	defer server.Close()
	check(t, chromedp.Do(ctx, chromedp.EmulateViewport(320, 800)))
	check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL)))
	_, err := chromedp.Run(ctx, chromedp.Evaluate[shown](look, chromedp.EvalAwaitPromise))
	check(t, err)
	got, err := chromedp.Run(ctx, chromedp.Evaluate[float64](narrowest))
	check(t, err)
	if got < 4 || got > 100 { // an edge takes half a pixel on either side
		t.Errorf("the narrowest part is %.1f pixels wide, want 4 at least", got)
	}
}
