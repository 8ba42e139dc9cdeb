package dashboards

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

const (
	exploreLines = 8   // that a chart over time draws, which are those with the highest newest values
	exploreBars  = 40  // that a chart of one moment draws
	exploreRows  = 500 // that the table has
)

// explorePage shows any measure by any dimension that it has, at a moment or over time.
type explorePage struct {
	Mistakes    []string
	Filters     filters
	Empty       *empty
	ChartsBuilt bool
	Title       string
	Words       string   // what is measured
	Notes       []string // what of the filters does not fit it, and was left out
	Chart       *chart
	Cut         string // what the chart leaves out
	Table       table
	CSV, JSON   string

	explored []explored // all, for files
	export   exportColumns
}

// explored is the figure of one part at one moment.
type explored struct {
	at     metrics.Instant
	part   string // what is told apart
	figure figure
}

// The dimensions that measures can be told apart by, and what readers call them.
const (
	byPath    = "path"
	byTeam    = "team"
	byGroup   = "group"
	byOrigin  = "origin"
	byWay     = "way"
	byCatalog = "catalog"
)

// exploreDimensions are all of them.
func exploreDimensions() []option {
	return []option{{Value: byPath, Text: "path"}, {Value: byTeam, Text: "team"}, {Value: byGroup, Text: "group"},
		{Value: byOrigin, Text: "how it came"}, {Value: byWay, Text: "way"}, {Value: byCatalog, Text: "catalog"}}
}

// exploring is what one request explores.
type exploring struct {
	*Pages
	q       *request
	known   *known
	measure exploreMeasure
	by      string
	over    bool   // time; else at one moment
	whole   bool   // with what the page leaves out
	cut     string // what is left out, in words
	notes   []string
}

func values(options []option) []string {
	list := make([]string, len(options))
	for i, o := range options {
		list[i] = o.Value
	}
	return list
}

func fillExplore(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	page := explorePage{ChartsBuilt: p.assets.has(chartLibrary), Empty: known.empty()}
	e := &exploring{Pages: p, q: q, known: known, whole: q.oneOf("format", "", formatCSV) == formatCSV}
	e.read()
	if e.whole && len(e.notes) > 0 { // whoever reads a file does not see them
		return content{}, fmt.Errorf("%s: %w", strings.Join(e.notes, " "), metrics.ErrInvalid)
	}
	if page.Empty == nil {
		if e.by != byPath && !e.measure.catalogs && known.path(q) == "" { // parts of several paths are too many to compare
			q.values["path"] = string(known.paths[0].Key)
		}
		if err := page.fill(ctx, e); err != nil {
			return content{}, err
		}
	}
	page.Filters = e.form()
	page.Mistakes = q.mistakes
	return content{heading: "Explore", body: &page, intro: "Any measure by whatever it can be told apart by, as a table, a chart and CSV."}, nil
}

// read reads what is asked for. What means nothing is told, and left out.
func (e *exploring) read() {
	q, all := e.q, exploreMeasures()
	key := q.oneOf("measure", measureKeys(all)...)
	e.measure = all[slices.IndexFunc(all, func(m exploreMeasure) bool { return m.key == key })]
	e.by = q.oneOf("by", values(exploreDimensions())...)
	if _, given := q.values["measure"]; !given { // the first that can be told so
		e.measure = all[slices.IndexFunc(all, func(m exploreMeasure) bool { return slices.Contains(m.by, e.by) })]
	}
	if _, given := q.values["by"]; !given {
		e.by = e.measure.by[0]
	}
	leave := func(name, format string, args ...any) { // what the measure before this one had
		e.notes = append(e.notes, fmt.Sprintf(format, args...))
		delete(q.values, name)
	}
	if !slices.Contains(e.measure.by, e.by) {
		leave("by", "This cannot be told apart by %s; it can by %s.", chosen(exploreDimensions(), e.by), dimensionWords(e.measure.by))
		e.by = e.measure.by[0]
	}
	if e.over = q.oneOf("show", "moment", "time") == "time"; e.over && !e.measure.over {
		leave("show", "This is told of one moment; no series of it is kept.")
		e.over = false
	}
	if _, given := q.values["interval"]; e.over && e.measure.period && !given {
		q.interval = string(query.Quarter) // in a month there are few decisions
		q.values["interval"] = q.interval
	}
	if !e.measure.catalogs {
		return
	}
	for _, name := range []string{byPath, byTeam, byGroup} {
		if _, given := q.values[name]; given {
			leave(name, "This is of whole catalogs, which are of no one %s.", name)
		}
	}
}

// dimensionWords lists dimensions in words.
func dimensionWords(by []string) string {
	list := make([]string, len(by))
	for i, d := range by {
		list[i] = chosen(exploreDimensions(), d)
	}
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " or " + list[n-1]
	}
	return list[0]
}

// chosen is the text of the option with a value.
func chosen(options []option, value string) string {
	return options[slices.IndexFunc(options, func(o option) bool { return o.Value == value })].Text
}

// form has what the measure can be told apart by, and narrowed down to.
func (e *exploring) form() filters {
	names := []string{byPath, byTeam, byGroup}
	if e.measure.catalogs {
		names = nil
	}
	if e.over || e.measure.period {
		names = append(names, "from", "to")
	}
	if e.over {
		names = append(names, "interval")
	}
	f := e.known.filters(e.q, append(names, "as_of")...)
	measure := field{Name: "measure", Label: "Measure", Value: e.measure.key}
	for _, m := range exploreMeasures() {
		measure.Options = append(measure.Options, option{Value: m.key, Text: m.text})
	}
	by := field{Name: "by", Label: "By", Value: e.by}
	for _, d := range e.measure.by {
		by.Options = append(by.Options, option{Value: d, Text: chosen(exploreDimensions(), d)})
	}
	fields := []field{measure.choose(), by.choose()}
	if e.measure.over {
		show := field{Name: "show", Label: "Shown", Value: "moment", Options: []option{{Value: "moment", Text: "at one moment"}, {Value: "time", Text: "over time"}}}
		if e.over {
			show.Value = "time"
		}
		fields = append(fields, show.choose())
	}
	f.prepend(e.q, fields...)
	return f
}

// fill asks for the figures and shows them.
func (page *explorePage) fill(ctx context.Context, e *exploring) error {
	rows, err := e.measure.ask(ctx, e)
	if err == nil && e.over && !e.measure.period {
		rows, err = e.untilNow(ctx, rows)
	}
	if err != nil {
		return fmt.Errorf("ask for %s: %w", strings.ToLower(e.measure.text), err)
	}
	page.Title, page.Words, page.Notes = e.measure.text+", by "+chosen(exploreDimensions(), e.by), e.measure.words, e.notes
	if e.measure.period && !e.over {
		page.Words += fmt.Sprintf(" Here from %s to %s.", day(e.q.from), day(min(e.q.to, e.q.asOf)))
	}
	if e.by == byWay {
		page.Title, page.Words = "Share of repositories, by way", "Of the repositories in the rates, those that go each way, be it the only one or one of several."
	}
	if of := e.known.whose(e.known.path(e.q), e.known.team(e.q), e.known.group(e.q)); of != "" {
		page.Title += ": " + of
	}
	if e.over {
		page.overTime(rows, e)
	} else {
		page.atOnce(rows, e)
	}
	page.Table.Label = page.Title
	if n := len(page.Table.Rows); n > exploreRows {
		page.Table.Caption = fmt.Sprintf("The first %d of %s rows; the CSV has all", exploreRows, count(n))
		page.Table.Rows = page.Table.Rows[:exploreRows]
	}
	page.explored, page.export = rows, exportColumns{e.measure.key, e.by}
	page.CSV = e.q.link("/explore", append([]string{"measure", "by", "show", "path", "from", "to", "interval"}, whose...), "format", formatCSV)
	page.JSON = e.resource()
	return nil
}

// resource is the address of what the API has of it; "" where it has nothing by that dimension.
func (e *exploring) resource() string {
	address, pairs := e.measure.resource(e)
	if address == "" {
		return ""
	}
	kept := append([]string{"path"}, whose...)
	if e.over {
		pairs = append(pairs, "interval", e.q.interval)
	}
	if e.over || e.measure.period {
		kept = append(kept, "to")
		pairs = append(pairs, "from", e.q.from.String())
	}
	return e.q.link(address, kept, pairs...)
}

// untilNow adds, to a series that goes as far, what is so at the moment of the page.
func (e *exploring) untilNow(ctx context.Context, rows []explored) ([]explored, error) {
	if _, given := e.q.values["to"]; given || len(rows) == 0 || rows[len(rows)-1].at >= e.q.asOf {
		return rows, nil
	}
	shown := map[string]bool{}
	for _, row := range rows {
		shown[row.part] = true
	}
	if newest := rows[len(rows)-1].at; day(newest) == day(e.q.asOf) { // a day is told once, as it is at the moment of the page
		rows = slices.DeleteFunc(slices.Clone(rows), func(row explored) bool { return row.at == newest })
	}
	end := *e
	end.over = false
	last, err := end.measure.ask(ctx, &end)
	for _, row := range last {
		if shown[row.part] {
			rows = append(rows, row)
		}
	}
	return rows, err
}

// at is the moment of a period, or that of the page.
func (e *exploring) at(period string) metrics.Instant {
	if at, err := metrics.ParseInstant(period); err == nil {
		return at
	}
	return e.q.asOf
}

// question asks for adoption as the request does.
func (e *exploring) question() query.AdoptionQuestion {
	ask := query.AdoptionQuestion{Path: e.known.path(e.q), Team: e.known.team(e.q), Group: e.known.group(e.q), AsOf: e.q.asOf}
	if e.over {
		ask.From, ask.To, ask.Interval = e.q.from, e.q.to, query.Interval(e.q.interval)
	}
	return ask
}

// cohort asks for times as they are told at the moment of the page, whenever they began.
func (e *exploring) cohort() query.CohortQuestion {
	return query.CohortQuestion{Path: e.known.path(e.q), Team: e.known.team(e.q), Group: e.known.group(e.q), AsOf: e.q.asOf}
}

// list is the address of the list behind the figure of a path, and of a team or group of it, or of what has none.
func (e *exploring) list(address string, path metrics.PathKey, label, period string, pairs ...string) string {
	pairs = append([]string{"path", string(path)}, pairs...)
	if e.by == byTeam || e.by == byGroup {
		if label == "" {
			pairs = append(pairs, "without", e.by)
		} else {
			pairs = append(pairs, e.by, label)
		}
	}
	if e.over {
		pairs = append(pairs, "as_of", period)
	}
	return e.q.link(address, whose, pairs...)
}

// part names what a figure is of: a path, or the team or group with a key.
func (e *exploring) part(path metrics.PathKey, label string) string {
	if e.by == byTeam || e.by == byGroup {
		return cmp.Or(label, "no "+e.by)
	}
	return e.known.title(path)
}
