package dashboards

import (
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
)

// stream is how many repositories went from somewhere to somewhere.
type stream struct {
	from, to end
	repos    int
}

// flowNode is a place of a flow chart. Places have names of their own on either side; what they are called is their label.
type flowNode struct {
	Name      string          `json:"name"`
	Words     string          `json:"words"`
	Depth     int             `json:"depth"`
	ItemStyle *opts.ItemStyle `json:"itemStyle"`
	Label     flowLabel       `json:"label"`
}

type flowLabel struct {
	Formatter string `json:"formatter"`
	Position  string `json:"position"`
}

// flowLink is a stream from a place to another.
type flowLink struct {
	Source string `json:"source"`
	Target string `json:"target"`
	Value  int    `json:"value"`
	Words  string `json:"words"`
}

// flowsChart draws where repositories were and where they are, with streams between them. Ways have the colours that they have over time.
func flowsChart(id string, streams []stream, shades map[metrics.WayKey]string) *charts.Sankey {
	var nodes []flowNode
	var links []flowLink
	sums := make(map[string]int)
	node := func(side, words, position string, e end, depth int) string {
		name := side + e.Key()
		if !slices.ContainsFunc(nodes, func(n flowNode) bool { return n.Name == name }) {
			nodes = append(nodes, flowNode{Name: name, Words: words, Depth: depth, ItemStyle: &opts.ItemStyle{Color: e.colour(shades)},
				Label: flowLabel{Formatter: words, Position: position}})
		}
		return name
	}
	for _, s := range streams {
		before, later := s.from.words(notThereYet), s.to.words(gone)
		from, to := node("from ", before, "right", s.from, 0), node("to ", later, "left", s.to, 1)
		links = append(links, flowLink{Source: from, Target: to, Value: s.repos, Words: before + " to " + later + ": " + plural(s.repos, "repository", "repositories")})
		sums[from] += s.repos
		sums[to] += s.repos
	}
	for i, n := range nodes {
		nodes[i].Words += []string{" before: ", " after: "}[n.Depth] + plural(sums[n.Name], "repository", "repositories")
		nodes[i].Label.Formatter += " " + count(sums[n.Name])
	}
	sankey := charts.NewSankey()
	sankey.SetGlobalOptions(append(frame(id), charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}))...)
	sankey.AddSeries("", nil, nil,
		charts.WithLineStyleOpts(opts.LineStyle{Color: "target", Opacity: opts.Float(0.4), Curveness: 0.5}),
		charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Color: "var(--ink)", FontSize: 11}),
		charts.WithSeriesOpts(func(s *charts.SingleSeries) {
			s.Data, s.Links = nodes, links
			s.Left, s.Right, s.Top, s.Bottom = "4", "4", "8", "8"
			s.Draggable = opts.Bool(false)
		}))
	return sankey
}
