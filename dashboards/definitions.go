package dashboards

import (
	"context"
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
			Label:     &opts.Label{Show: opts.Bool(true), Position: "end", Formatter: "{b}", Color: "var(--muted)", FontSize: 11, LineHeight: 14},
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
		list = append(list, fmt.Sprintf("%s (%s)", minute(metrics.At(c.At)), partWords(c)))
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
	t := table{Label: "Changes of definitions", Columns: texts("In force since", "What they define", "What changed"),
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

// rules is what a part of the definitions says, line by line.
type rules struct {
	Title, Href string
	Lines       []fact
}

// measure returns the thresholds by which figures are made now; nil where none are in force yet.
func (p *Pages) measure(ctx context.Context, q *request) (*metrics.Measure, error) {
	list, err := query.Kept(ctx, p.DB, fmt.Sprintf("measure at %d", q.now), func() ([]metrics.Measure, error) {
		d, _, err := query.InForce(ctx, p.DB, q.now)
		if err != nil || d == nil {
			return nil, err
		}
		return []metrics.Measure{d.Measure}, nil
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// definitionsInForce lists what is in force at the moment of a request: for all paths, and path by path.
func (p *Pages) definitionsInForce(ctx context.Context, q *request, known *known) ([]rules, error) {
	d, since, err := query.InForce(ctx, p.DB, q.asOf)
	if err != nil || d == nil {
		return nil, err
	}
	m := d.Measure
	list := []rules{{Title: "All paths", Lines: []fact{
		{Label: "In force since", Time: new(newStamp(metrics.At(since), minute))},
		{Label: "A repository is active for", Text: daysOf(m.ActiveWithin) + " after a change by a person"},
		{Label: "A team is on a path", Text: "when " + percent(m.TeamOnAt) + " or more of its repositories use it"},
		{Label: "Born on it", Text: "within " + daysOf(m.BornWithin) + " of the first commit"},
		{Label: "Left", Text: "when it was not used for " + daysOf(m.LeaveAfter)},
		{Label: "Unknown", Text: "when nothing could be read for " + daysOf(m.UnknownAfter)},
		{Label: "A catalog field is confirmed for", Text: daysOf(m.StaleAfter)},
		{Label: "Fields that make an entity fresh", Text: strings.Join(m.FreshFields, ", ")},
		{Label: "Repositories of platform teams", Text: map[bool]string{true: "count", false: "do not count"}[m.IncludePlatform]},
		{Label: "Campaigns", Text: strings.Join(slices.Concat(d.Campaigns.Labels, d.Campaigns.Branches), ", ")},
	}}}
	for i := range d.Paths {
		path := &d.Paths[i]
		r := rules{Title: known.title(path.Key), Href: q.pathLink(path.Key), Lines: []fact{
			{Label: "Golden", Text: path.Golden.String()}, {Label: "For", Text: path.Eligible.String()}, {Label: "Launched", Text: launched(path.Since)},
		}}
		for _, a := range path.Alternatives {
			r.Lines = append(r.Lines, fact{Label: "Instead: " + string(a.Key), Text: a.When.String() + during(a.Since, a.Until)})
		}
		for _, m := range path.Mandates {
			whom := slices.Concat(texted(m.Teams), m.Groups, m.Repos)
			if len(whom) == 0 {
				whom = []string{"everybody"}
			}
			r.Lines = append(r.Lines, fact{Label: "Mandated", Text: strings.Join(whom, ", ") + during(m.From, m.Until) + because(m.Why)})
		}
		r.Lines = append(r.Lines, fact{Label: "Provided by", Text: strings.Join(path.ProvidedBy, ", ")}, fact{Label: "Versions are the tags of", Text: path.LatestTagsOf},
			fact{Label: "Components", Text: strings.Join(path.Components, ", ")})
		if path.Optional {
			r.Lines = append(r.Lines, fact{Label: "Doing without", Text: "is allowed, and so a choice"})
		}
		if path.ActiveWithin > 0 {
			r.Lines = append(r.Lines, fact{Label: "Its pipeline must have run", Text: "within " + daysOf(path.ActiveWithin)})
		}
		list = append(list, r)
	}
	for i := range list {
		list[i].Lines = slices.DeleteFunc(list[i].Lines, func(f fact) bool { return f.Text == "" && f.Time == nil })
	}
	return list, nil
}

func daysOf(d time.Duration) string { return days(d.Hours() / 24) }

func texted(keys []metrics.TeamKey) []string {
	list := make([]string, len(keys))
	for i, key := range keys {
		list[i] = string(key)
	}
	return list
}

// launched is the day of a launch; "" where none is given.
func launched(t metrics.Instant) string {
	if t == metrics.Beginning {
		return ""
	}
	return day(t)
}

// during says from when until when something holds.
func during(from, until metrics.Instant) string {
	text := ""
	if from > metrics.Beginning {
		text += ", from " + day(from) + " on"
	}
	if until < metrics.Forever {
		text += ", until " + day(until)
	}
	return text
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}
