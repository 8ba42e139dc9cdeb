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

// namedMarks is how many changes of definitions a chart names; where there are more, the words below it tell.
const namedMarks = 3

// redefined are the changes of definitions that make the figures of a path others than before, within a time.
func (k *known) redefined(path metrics.PathKey, from, to metrics.Instant) []query.DefinitionRow {
	return slices.DeleteFunc(slices.Clone(k.changes), func(r query.DefinitionRow) bool {
		at := metrics.At(r.At)
		own := r.Path == path && r.Change == query.DefinitionChanged
		return at < from || at > to || !own && !(r.Path == "" && slices.Contains(r.Parts, "measure"))
	})
}

// redefinedOver are those within the time of a series.
func (k *known) redefinedOver(path metrics.PathKey, points []point) []query.DefinitionRow {
	if len(points) == 0 {
		return nil
	}
	return k.redefined(path, points[0].at, points[len(points)-1].at)
}

// mark draws upright lines where definitions changed.
func mark(line *charts.Line, changes []query.DefinitionRow) *charts.Line {
	if len(changes) == 0 {
		return line
	}
	var items []opts.MarkLineNameXAxisItem
	for i, c := range changes {
		if i > 0 && c.At.Equal(changes[i-1].At) {
			continue
		}
		items = append(items, opts.MarkLineNameXAxisItem{Name: "defined anew", XAxis: c.At.Format(time.RFC3339)})
	}
	line.AddSeries("", []opts.LineData{}, charts.WithMarkLineNameXAxisItemOpts(items...),
		charts.WithMarkLineStyleOpts(opts.MarkLineStyle{
			Symbol:    []string{"none", "none"},
			LineStyle: &opts.LineStyle{Color: "var(--muted)", Type: "dotted", Width: 1},
			Label:     &opts.Label{Show: opts.Bool(len(items) <= namedMarks), Position: "insideEndTop", Formatter: "{b}", Color: "var(--muted)", FontSize: 10},
		}))
	return line
}

// redefinedWords say in a sentence when definitions changed; "" where they did not.
func redefinedWords(changes []query.DefinitionRow) string {
	if len(changes) == 0 {
		return ""
	}
	var list []string
	for _, c := range changes {
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
