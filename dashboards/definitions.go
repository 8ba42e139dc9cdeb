package dashboards

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// redefined are changes of definitions that make the figures of a path others than before, within the time of a series.
type redefined struct {
	rows     []query.DefinitionRow
	from, to metrics.Instant
}

// redefined finds them.
func (k *known) redefined(path metrics.PathKey, from, to metrics.Instant) redefined {
	rows := slices.DeleteFunc(slices.Clone(k.changes), func(r query.DefinitionRow) bool {
		at := metrics.At(r.At)
		own := r.Path == path && r.Change == query.DefinitionChanged
		return at < from || at > to || !own && !(r.Path == "" && slices.Contains(r.Parts, "measure"))
	})
	return redefined{rows, from, to}
}

// redefinedOver finds those within the time of a series.
func (k *known) redefinedOver(path metrics.PathKey, points []point) redefined {
	if len(points) == 0 {
		return redefined{}
	}
	return k.redefined(path, points[0].at, points[len(points)-1].at)
}

// mark draws upright lines where definitions changed. Of those that stand close together the first has a name.
func (r redefined) mark(line *charts.Line) *charts.Line {
	if len(r.rows) == 0 {
		return line
	}
	var items []opts.MarkLineNameXAxisItem
	var named, last metrics.Instant
	for _, row := range r.rows {
		at, name := metrics.At(row.At), ""
		if at == last {
			continue
		}
		if last = at; named == 0 || at-named > (r.to-r.from)/6 {
			named, name = at, "defined anew"
		}
		items = append(items, opts.MarkLineNameXAxisItem{Name: name, XAxis: row.At.Format(time.RFC3339)})
	}
	for i := range line.GridList {
		line.GridList[i].Top = "24" // names of marks stand above the chart
	}
	line.AddSeries("", []opts.LineData{}, charts.WithMarkLineNameXAxisItemOpts(items...),
		charts.WithMarkLineStyleOpts(opts.MarkLineStyle{
			Symbol:    []string{"none", "none"},
			LineStyle: &opts.LineStyle{Color: "var(--muted)", Type: "dotted", Width: 1},
			Label:     &opts.Label{Show: opts.Bool(true), Position: "end", Formatter: "{b}", Color: "var(--muted)", FontSize: 10},
		}))
	return line
}

// words say in a sentence when definitions changed; "" where they did not.
func (r redefined) words() string {
	if len(r.rows) == 0 {
		return ""
	}
	var list []string
	for _, c := range r.rows {
		list = append(list, fmt.Sprintf("%s (%s)", day(metrics.At(c.At)), partWords(c)))
	}
	return "Defined anew on " + strings.Join(list, ", ") + ": the whole series is by the definition of now."
}

// partNames name the parts of definitions where their keys do not tell enough.
var partNames = map[string]string{
	"golden": "golden rule", "eligible": "who is eligible", "since": "launch", "provided_by": "who provides it", "latest_tags_of": "whose tags are its versions",
	"active_within": "how soon its pipeline must run", "measure": "thresholds of measures", "campaigns": "campaigns", "catalog_files": "catalog files",
}

// partWords lists what of a definition changed.
func partWords(c query.DefinitionRow) string {
	var list []string
	for _, part := range c.Parts {
		name := partNames[part]
		if name == "" {
			name = part
		}
		list = append(list, name)
	}
	return strings.Join(list, ", ")
}

// changesTable lists when definitions changed, the newest first.
func (page *dataPage) changesTable(q *request, known *known) {
	t := table{Label: "Changes of definitions", Columns: texts("In force since", "Of", "What changed"),
		Caption: "Changes of definitions. Figures follow those of now, for all of the past; charts mark where those of a path changed.",
		Next:    "Definitions are what they were at the first scan."}
	for _, c := range slices.Backward(known.changes) {
		of := say("everything")
		if c.Path != "" {
			of = lead(known.title(c.Path), q.pathLink(c.Path))
		}
		if c.Change == query.DefinitionRemoved {
			of.Href = ""
		}
		what := string(c.Change)
		if c.Change == query.DefinitionChanged {
			what = partWords(c)
		}
		t.Rows = append(t.Rows, []cell{timed(newStamp(metrics.At(c.At), minute)), of, say(what)})
	}
	page.Changes = t
}
