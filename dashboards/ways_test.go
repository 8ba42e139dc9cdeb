package dashboards

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestShadesOfWays: the path is green, and of the others each has the shade of its place, whatever goes it; those without a shade share one.
func TestShadesOfWays(t *testing.T) {
	ways := []query.WayUnits{{Way: "golden", Units: 1}, {Way: "a", Units: 2}, {Way: "b", Units: 30}, {Way: "c"}, {Way: "d", Units: 5}, {Way: "e", Units: 6}, {Way: "f", Units: 2}, {Way: "g"}}
	var got []string
	for _, l := range wayLayers(ways) {
		got = append(got, l.name+" "+l.class)
	}
	if want := []string{"golden on", "a way-a", "b way-b", "c way-c", "d way-d", "e way-e", "2 more outside"}; !slices.Equal(got, want) {
		t.Errorf("got the layers %q, want %q", got, want)
	}
	var keys []metrics.WayKey
	for _, w := range ways {
		keys = append(keys, w.Way)
	}
	for way, want := range map[metrics.WayKey]string{"golden": "var(--on)", "b": "var(--way-b)", "g": "var(--outside)"} {
		if got := wayShades(keys)[way]; got != want {
			t.Errorf("%s: got %s, want %s", way, got, want)
		}
	}
}

// TestWaysHaveOneShade: what goes one other way has its colour in the chart over time, in that of who moved, and where ways are explored.
func TestWaysHaveOneShade(t *testing.T) {
	type style struct{ Color string }
	type drawing struct {
		YAxis  []struct{ Data []string }
		Series []struct {
			Name                 string
			LineStyle, AreaStyle style
			Data                 []struct {
				Name      string
				ItemStyle style
			}
		}
	}
	p := newTest(t, moversStore(t))
	draw := func(target, id string) (d drawing) {
		_, root, _ := get(t, p, target)
		i := slices.IndexFunc(elements(root, "script"), func(n *html.Node) bool { return attr(n, "id") == id+"-option" })
		check(t, json.Unmarshal([]byte(elements(root, "script")[i].FirstChild.Data), &d))
		return d
	}
	over, elsewhere := map[string]string{}, map[string][]string{}
	for _, s := range draw("/path", "chart-ways").Series {
		over[s.Name] = s.AreaStyle.Color
	}
	for _, node := range draw("/path", "chart-flows").Series[0].Data {
		if _, way, ok := strings.Cut(node.Name, " off:"); ok && !strings.Contains(way, ",") {
			elsewhere[way] = append(elsewhere[way], node.ItemStyle.Color)
		}
	}
	moment := draw("/explore?by=way", "chart-explore")
	for i, way := range moment.YAxis[0].Data {
		elsewhere[way] = append(elsewhere[way], moment.Series[0].Data[i].ItemStyle.Color)
	}
	for _, s := range draw("/explore?by=way&show=time", "chart-explore").Series {
		elsewhere[s.Name] = append(elsewhere[s.Name], s.LineStyle.Color)
	}
	for i := range moverTeams { // of which each goes other ways the most
		for _, s := range draw("/path?team="+url.QueryEscape(string(moverTeam(i))), "chart-ways").Series {
			elsewhere[s.Name] = append(elsewhere[s.Name], s.AreaStyle.Color)
		}
	}
	others := 0
	for way, colours := range elsewhere {
		for _, colour := range colours {
			if over[way] != "" && colour != over[way] {
				t.Errorf("%s is %s over time, and %s elsewhere", way, over[way], colour)
			}
		}
		if strings.HasPrefix(over[way], "var(--way-") && len(colours) >= 3 {
			others++
		}
	}
	if others < 1 {
		t.Errorf("got %v over time and %v elsewhere, want another way than the path that is everywhere", over, elsewhere)
	}
}
