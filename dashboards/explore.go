package dashboards

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

const (
	exploreLines = 8   // that a chart over time draws, which are those with the highest newest values
	exploreBars  = 40  // that a chart of one moment draws
	exploreRows  = 500 // that the table has
)

// explorePage shows any rate by any dimension, at a moment or over time.
type explorePage struct {
	Mistakes    []string
	Filters     filters
	Empty       *empty
	ChartsBuilt bool
	Title       string
	Chart       *chart
	Cut         string // what the chart leaves out
	Table       table
	CSV, JSON   string
}

// explored is a rate of one part at one moment.
type explored struct {
	at    metrics.Instant
	key   string // of the team or group, "" for none
	part  string // what is told apart
	rate  figure
	order float64
}

// exploreMeasures are the rates that can be told, first the one that is where none is named.
func exploreMeasures() []option {
	return []option{
		{Value: "", Text: "Voluntary, teams"}, {Value: "teams.total", Text: "All, teams"}, {Value: "teams.gross", Text: "Gross, teams"},
		{Value: "repos.voluntary", Text: "Voluntary, repositories"}, {Value: "repos.total", Text: "All, repositories"}, {Value: "repos.gross", Text: "Gross, repositories"},
	}
}

// exploreDimensions are what rates can be told apart by.
func exploreDimensions() []option {
	return []option{{Value: "", Text: "path"}, {Value: "team", Text: "team"}, {Value: "group", Text: "group"}, {Value: "origin", Text: "how it came"}, {Value: "way", Text: "way"}}
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
	if q.values["measure"] == "teams.voluntary" { // the one that is where none is named
		delete(q.values, "measure")
	}
	measure, by := q.oneOf("measure", values(exploreMeasures())...), q.oneOf("by", values(exploreDimensions())...)
	over := q.oneOf("show", "", "time") == "time"
	if page.Empty == nil && by != "" && known.path(q) == "" { // parts of several paths are too many to compare
		q.values["path"] = string(known.paths[0].Key)
	}
	if page.Empty == nil {
		rows, err := p.explore(ctx, q, known, measure, by, over && by != "team")
		if err == nil && over && by == "team" {
			rows, err = p.exploreTeams(ctx, q, known, measure, rows, &page)
		}
		if err != nil {
			return content{}, err
		}
		page.fill(q, known, rows, measure, by, over)
	}
	names := []string{"measure", "by", "show", "path", "team", "group"}
	if over {
		names = append(names, "from", "to", "interval")
	}
	page.Filters = known.filters(q, append(names, "as_of")...)
	page.Mistakes = q.mistakes
	return content{heading: "Explore", body: &page, intro: "Any rate by any dimension, as a table, a chart and CSV."}, nil
}

// explore asks for rates. Origins and ways are shares of repositories, whatever the measure.
func (p *Pages) explore(ctx context.Context, q *request, known *known, measure, by string, over bool) (list []explored, err error) {
	ask := query.AdoptionQuestion{Path: known.path(q), Team: known.team(q), Group: known.group(q), AsOf: q.asOf}
	if over {
		ask.From, ask.To, ask.Interval = q.from, q.to, query.Interval(q.interval)
	}
	address, only := "/states", exploreList(measure, by)
	if (by == "" || by == "group") && !strings.HasPrefix(measure, "repos.") {
		address, only = "/teams", ""
	}
	add := func(period string, path metrics.PathKey, key, part string, rate query.Rate, bounds *query.Bounds) {
		at, err := metrics.ParseInstant(period)
		if err != nil {
			at = q.asOf
		}
		pairs := []string{"path", string(path), "only", only}
		if by != "" && key != "" {
			pairs = append(pairs, by, key)
		}
		if over {
			pairs = append(pairs, "as_of", period)
		}
		part = cmp.Or(part, known.title(path))
		f := newFigure(rate).within(bounds)
		if key != "" || by == "" {
			f = f.to(q.link(address, whose, pairs...))
		}
		list = append(list, explored{at: at, key: key, part: part, rate: f, order: f.share})
	}
	switch by {
	case "origin":
		rows, err := query.AdoptionByOrigin(ctx, p.DB, ask)
		for _, row := range rows {
			add(row.Period, row.Path, row.Origin.String(), row.Origin.String(), row.Rate, nil)
		}
		return list, wrap(err, "ask for adoption by origin")
	case "way":
		rows, err := query.AdoptionByWay(ctx, p.DB, ask)
		for _, row := range rows {
			add(row.Period, row.Path, string(row.Way), string(row.Way), row.Rate, nil)
		}
		return list, wrap(err, "ask for adoption by way")
	}
	if ask.By, err = query.ParseBy(cmp.Or(by, string(query.ByPath))); err != nil {
		return nil, err
	}
	rows, err := query.Adoption(ctx, p.DB, ask)
	for _, row := range rows {
		key, part := "", ""
		switch {
		case row.Team != nil:
			key, part = string(*row.Team), cmp.Or(string(*row.Team), "no team")
		case row.Group != nil:
			key, part = *row.Group, cmp.Or(*row.Group, "no group")
		}
		rate, bounds := exploreRate(row, measure)
		add(row.Period, row.Path, key, part, rate, bounds)
	}
	return list, wrap(err, "ask for adoption")
}

// exploreList says which repositories of the list a rate counts: those that came so or go that way, or else those that it is of.
func exploreList(measure, by string) string {
	switch {
	case by == "origin" || by == "way":
		return "using"
	case strings.HasSuffix(measure, "gross"):
		return "eligible"
	case strings.HasSuffix(measure, "total"):
		return "served"
	}
	return "choice"
}

// exploreTeams asks for the rates over time of those teams alone that are highest now: all would be too many to draw, or to keep.
func (p *Pages) exploreTeams(ctx context.Context, q *request, known *known, measure string, now []explored, page *explorePage) ([]explored, error) {
	slices.SortStableFunc(now, func(a, b explored) int { return cmp.Or(cmp.Compare(b.order, a.order), cmp.Compare(a.part, b.part)) })
	now = slices.DeleteFunc(now, func(e explored) bool { return !e.rate.known || e.key == "" })
	if len(now) > exploreLines {
		page.Cut = fmt.Sprintf("Shown are the %d that are highest now, of %s; the CSV has all.", exploreLines, count(len(now)))
		now = now[:exploreLines]
	}
	answers := make([][]explored, len(now))
	all, ctx := errgroup.WithContext(ctx)
	for i, team := range now {
		all.Go(func() (err error) {
			one := *q
			one.values = maps.Clone(q.values)
			one.values["team"] = team.key
			answers[i], err = p.explore(ctx, &one, known, measure, "team", true)
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Concat(answers...), func(e explored) bool { return e.key == "" }), nil
}

func wrap(err error, what string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// exploreRate is the rate of a measure in a row.
func exploreRate(row query.AdoptionRow, measure string) (query.Rate, *query.Bounds) {
	switch measure {
	case "teams.total":
		return row.Teams.Total, row.Bounds.TeamsTotal
	case "teams.gross":
		return row.Teams.Gross, row.Bounds.TeamsGross
	case "repos.voluntary":
		return row.Repos.Voluntary, row.Bounds.ReposVoluntary
	case "repos.total":
		return row.Repos.Total, row.Bounds.ReposTotal
	case "repos.gross":
		return row.Repos.Gross, row.Bounds.ReposGross
	}
	return row.Teams.Voluntary, row.Bounds.TeamsVoluntary
}

func (page *explorePage) fill(q *request, known *known, rows []explored, measure, by string, over bool) {
	page.Title = chosen(exploreMeasures(), measure) + ", by " + chosen(exploreDimensions(), by)
	if by == "origin" || by == "way" {
		page.Title = "Share of repositories that use the path, by " + chosen(exploreDimensions(), by)
	}
	if over {
		page.overTime(rows, by)
	} else {
		page.atOnce(rows, exploreColour(measure, by))
	}
	page.Table.Label = page.Title
	if n := len(page.Table.Rows); n > exploreRows {
		page.Table.Caption = fmt.Sprintf("The first %d of %s rows; the CSV has all", exploreRows, count(n))
		page.Table.Rows = page.Table.Rows[:exploreRows]
	}
	pairs := []string{"by", cmp.Or(by, "path")}
	kept := append([]string{"path"}, whose...)
	if over {
		pairs, kept = append(pairs, "interval", q.interval), append(kept, "from", "to")
	}
	page.JSON = q.link("/api/v1/adoption", kept, pairs...)
	page.CSV = q.link("/api/v1/adoption", kept, append(pairs, "format", "csv", "limit", "0")...)
}

func chosen(options []option, value string) string {
	return options[slices.IndexFunc(options, func(o option) bool { return o.Value == value })].Text
}

// exploreColour is the colour of the bars of a measure: only what is voluntary is blue.
func exploreColour(measure, by string) string {
	if by == "origin" || by == "way" || measure != "" && !strings.HasSuffix(measure, "voluntary") {
		return "var(--total)"
	}
	return "var(--voluntary)"
}

// atOnce is a table and bars of one moment, the highest first.
func (page *explorePage) atOnce(rows []explored, colour string) {
	slices.SortStableFunc(rows, func(a, b explored) int { return cmp.Or(cmp.Compare(b.order, a.order), cmp.Compare(a.part, b.part)) })
	page.Table = table{Columns: append(texts(""), numbers("Rate", "95 % interval")...), Next: "There is nothing to tell of at this moment."}
	page.Table.Columns[0].Title = "Of"
	var drawn []explored
	for _, row := range rows {
		page.Table.Rows = append(page.Table.Rows, []cell{say(row.part), rated(row.rate), say(row.rate.Interval)})
		if row.rate.known && len(drawn) < exploreBars {
			drawn = append(drawn, row)
		}
	}
	if len(drawn) > 0 {
		page.Chart = &chart{ID: "chart-explore", Built: page.ChartsBuilt, Rows: max(2, len(drawn)*2/3), Option: rateBars("chart-explore", colour, drawn).JSON(), Label: page.Title + "; the table has the figures"}
	}
	if len(rows) > len(drawn) && len(drawn) == exploreBars {
		page.Cut = fmt.Sprintf("Drawn are the %d highest.", exploreBars)
	}
}

// overTime is a table with a column a part, and lines.
func (page *explorePage) overTime(rows []explored, by string) {
	at, newest := map[metrics.Instant]map[string]figure{}, map[string]float64{}
	for _, row := range rows {
		if at[row.at] == nil {
			at[row.at] = map[string]figure{}
		}
		at[row.at][row.part] = row.rate
		newest[row.part] = row.order // periods come in order
	}
	parts := slices.SortedFunc(maps.Keys(newest), func(a, b string) int { return cmp.Or(cmp.Compare(newest[b], newest[a]), cmp.Compare(a, b)) })
	if len(parts) > exploreLines {
		page.Cut = fmt.Sprintf("Drawn are the %d that are highest in the end, of %s; the CSV has all.", exploreLines, count(len(parts)))
		parts = parts[:exploreLines]
	}
	page.Table = table{Columns: append(texts("Period"), numbers(parts...)...), Next: "There is nothing to tell of in this time."}
	periods := slices.Sorted(maps.Keys(at))
	for _, period := range slices.Backward(periods) {
		cells := []cell{{Text: day(period), NoWrap: true}}
		for _, part := range parts {
			cells = append(cells, rated(at[period][part]))
		}
		page.Table.Rows = append(page.Table.Rows, cells)
	}
	if len(periods) > 0 && len(parts) > 0 {
		page.Chart = &chart{ID: "chart-explore", Built: page.ChartsBuilt, Tall: true, Ends: everyLine, Option: rateLines("chart-explore", by, periods, parts, at).JSON(), Label: page.Title + " over time; the table has the figures"}
	}
}
