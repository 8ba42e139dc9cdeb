package dashboards

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// overview is the first page: do teams choose the path, since when, and what is not known.
type overview struct {
	Mistakes    []string
	Filters     filters
	Empty       *empty
	OKRs        table
	Objectives  string // their page
	Cards       []card
	WeekTitle   string
	Rule        string // when a team counts as one that chose a path
	Week        table
	Catalogs    table
	ChartsBuilt bool
	Series      []series
	StatesChart chart
	StatesTitle string
	States      table
	Unknown     table
}

// Legend says what its charts of adoption draw.
func (o *overview) Legend() []legend { return adoptionLegend() }

// Ranged reports whether a rate of the page is a range.
func (o *overview) Ranged() bool {
	return slices.ContainsFunc(o.Cards, card.Ranged) || o.Catalogs.ranged()
}

// empty says what is missing and what to do next.
type empty struct{ What, Next, Command string }

// card is the headline of one path.
type card struct {
	Key, Title, Href string
	Headline         figure
	Stay             *figure // the share of stays that go on after 90 days
	Rates            []rateRow
	Kept             figure
}

// Ranged reports whether a rate of the card is a range.
func (c card) Ranged() bool {
	return c.Headline.Range || slices.ContainsFunc(c.Rates, func(r rateRow) bool { return r.Teams.Range || r.Repos.Range })
}

// rateRow is one kind of rate, over teams and over repositories.
type rateRow struct {
	Label        string
	Teams, Repos figure
}

// series is adoption of one path over time, drawn and as a table.
type series struct {
	Title string
	Chart chart  // without an ID where there is nothing to draw
	Note  string // what happened to its definition meanwhile; "" for nothing
	Rows  []seriesRow
}

type seriesRow struct {
	Period, Href            string
	Voluntary, Total, Repos figure
}

func fillOverview(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	o := overview{ChartsBuilt: p.assets.has(chartLibrary), StatesTitle: "Repositories now",
		Filters: known.filters(q, "path", "team", "group", "from", "to", "interval", "as_of")}
	if q.asOf != q.now {
		o.StatesTitle = "Repositories on " + day(q.asOf)
	}
	if o.Empty = known.empty(); o.Empty == nil {
		if err := p.fillFigures(ctx, q, known, &o); err != nil {
			return content{}, err
		}
	}
	o.Mistakes = q.mistakes
	return content{heading: "Do teams choose the paved path?", body: &o,
		intro: "When teams have a choice, how many choose it, do they stay, and is that changing?"}, nil
}

// fillFigures asks for everything that is counted, some at the same time.
func (p *Pages) fillFigures(ctx context.Context, q *request, known *known, o *overview) error {
	var (
		present, past []query.AdoptionRow
		changes       []query.ChangesRow
		stays         []query.RetentionRow
		okrs          []query.OKRRow
		judged        catalogs
	)
	now := query.AdoptionQuestion{Path: known.path(q), Team: known.team(q), Group: known.group(q), AsOf: q.asOf}
	before := now
	before.From, before.To, before.Interval = q.from, q.to, query.Interval(q.interval)
	moved := query.FlowsQuestion{Path: now.Path, Team: now.Team, Group: now.Group, From: q.since(week), To: q.to}
	all, ctx := errgroup.WithContext(ctx)
	all.Go(answer(&stays, "retention", func() ([]query.RetentionRow, error) { // first, as most is left to do with its rows
		return query.RetentionFigures(ctx, p.DB, query.CohortQuestion{Path: now.Path, Team: now.Team, Group: now.Group, AsOf: q.asOf})
	}))
	all.Go(answer(&past, "adoption over time", func() ([]query.AdoptionRow, error) { return query.Adoption(ctx, p.DB, before) }))
	all.Go(answer(&present, "adoption", func() ([]query.AdoptionRow, error) { return query.Adoption(ctx, p.DB, now) }))
	all.Go(answer(&changes, "what changed", func() ([]query.ChangesRow, error) { return query.Changes(ctx, p.DB, moved) }))
	all.Go(answer(&judged, "catalogs", func() (catalogs, error) { return p.judged(ctx, q) }))
	all.Go(answer(&o.Unknown, "what is unknown", func() (table, error) { return p.unknown(ctx, q, known) }))
	if p.Objectives != nil && len(p.Objectives()) > 0 {
		all.Go(answer(&okrs, "objectives", func() ([]query.OKRRow, error) { return query.OKRs(ctx, p.DB, p.Objectives(), q.asOf) }))
	}
	if err := all.Wait(); err != nil {
		return err
	}
	o.Rule = known.rule()
	for _, row := range present {
		one := newCard(q, known, row)
		one.Stay = stayOf(q, stays, row.Path)
		o.Cards = append(o.Cards, one)
		o.Series = append(o.Series, newSeries(q, known, row, past, o.ChartsBuilt))
	}
	o.States, o.StatesChart = newStatesTable(q, known, present, o.ChartsBuilt)
	o.Objectives, o.WeekTitle = q.link("/okrs", nil), "What changed in the last 7 days"
	if q.chosen() {
		o.WeekTitle = "What changed from " + day(moved.From) + " to " + day(moved.To)
	}
	o.Week, o.OKRs, o.Catalogs = known.weekTable(q, changes, present), known.okrTable(q, judged, okrs), catalogTable(q, judged.rows)
	return nil
}

// newCard is the headline of a path, with what must stand beside it.
func newCard(q *request, known *known, row query.AdoptionRow) card {
	path := string(row.Path)
	list := func(only string) string { return q.link("/states", whose, "path", path, "only", only) }
	teams := func(only string) string { return q.link("/teams", whose, "path", path, "only", only) }
	f := newFigure(row.Teams.Voluntary).within(row.Bounds.TeamsVoluntary).idle(row).to(teams("choice"))
	f.Words = chosenWords(row.Teams.Voluntary)
	b := row.Bounds
	c := card{Key: path, Title: known.title(row.Path), Href: q.pathLink(row.Path), Headline: f}
	for _, r := range []struct {
		label        string
		teams, repos figure
		only         string
	}{
		{"Voluntary", f, newFigure(row.Repos.Voluntary).within(b.ReposVoluntary).idle(row), "choice"},
		{"All", newFigure(row.Teams.Total).within(b.TeamsTotal).idle(row), newFigure(row.Repos.Total).within(b.ReposTotal).idle(row), "served"},
		{"Gross", newFigure(row.Teams.Gross).within(b.TeamsGross).idle(row), newFigure(row.Repos.Gross).within(b.ReposGross).idle(row), "eligible"},
	} {
		c.Rates = append(c.Rates, rateRow{r.label, r.teams.to(teams(r.only)), r.repos.to(list(r.only))})
	}
	if row.Kept > 0 {
		c.Kept = figure{Text: count(row.Kept), Href: list("kept")}
	}
	return c
}

// chosenWords says what the headline of a path counts.
func chosenWords(r query.Rate) string {
	if r.Den == 1 {
		return partsOf(r) + " team with a choice chose it"
	}
	return partsOf(r) + " teams with a choice chose it"
}

// stayOf says what share of the stays on a path go on after 90 days; nil where nobody ever came.
func stayOf(q *request, rows []query.RetentionRow, path metrics.PathKey) *figure {
	i := slices.IndexFunc(rows, func(r query.RetentionRow) bool { return r.Path == path && r.Origin == query.AllManners })
	if i < 0 || rows[i].Spells == 0 {
		return nil
	}
	d := rows[i].D90
	if d == nil {
		return &figure{Why: phrase.WhyNot(metrics.ReasonNotReached)}
	}
	return &figure{Text: percent(d.S), Interval: percent(d.Lo) + " to " + percent(d.Hi), Words: "still there after 90 days",
		Href: q.link("/stays", whose, "path", string(path))}
}

// upToNow are the rows of a series, with that of the moment that a page shows where the series goes on to it.
func upToNow[R any](q *request, past []R, present R) []R {
	if q.to < q.asOf {
		return past
	}
	return append(slices.Clone(past), present)
}

// sinceKnown leaves out the moments before the first of which something is known, unless somebody chose when a series begins.
func sinceKnown[R any](q *request, list []R, known func(R) bool) []R {
	if first := slices.IndexFunc(list, known); first > 0 && q.values["from"] == "" {
		return list[first:]
	}
	return list
}

// Drawn reports whether any series of the page is drawn, so that its colours need words.
func (o *overview) Drawn() bool {
	return slices.ContainsFunc(o.Series, func(s series) bool { return s.Chart.ID != "" })
}

// newSeries is adoption of a path over time, up to the moment that the page shows.
func newSeries(q *request, known *known, present query.AdoptionRow, past []query.AdoptionRow, built bool) series {
	s := series{Title: known.title(present.Path)}
	var points []point
	for _, row := range upToNow(q, past, present) {
		at, err := metrics.ParseInstant(row.Period)
		if row.Path != present.Path || err != nil || row.Repos.Total.Reason == metrics.ReasonBeforeLaunch {
			continue
		}
		teams := func(only string) string {
			return q.link("/teams", whose, "path", string(row.Path), "as_of", row.Period, "only", only)
		}
		r := seriesRow{Period: day(at), Href: teams(""), Voluntary: newFigure(row.Teams.Voluntary).within(row.Bounds.TeamsVoluntary).idle(row).to(teams("choice")),
			Total: newFigure(row.Teams.Total).within(row.Bounds.TeamsTotal).idle(row).to(teams("served")),
			Repos: newFigure(row.Repos.Total).within(row.Bounds.ReposTotal).idle(row).to(listAt(q, row.Path, row.Period)("only", "served"))}
		points = append(points, point{at: at, voluntary: r.Voluntary, total: r.Total})
		s.Rows = append(s.Rows, r)
	}
	if len(s.Rows) == 0 {
		s.Note = "There is no figure in this time: the path had not been launched."
		return s
	}
	slices.Reverse(s.Rows) // the newest first
	id, changes := "chart-adoption-"+string(present.Path), known.redefinedOver(present.Path, points)
	if !slices.ContainsFunc(points, point.known) {
		now := points[len(points)-1].total
		s.Note = strings.TrimSpace("No moment of this time has a figure of teams: " + now.Why + ". " + now.Next)
		return s
	}
	s.Note, points = changes.words(), sinceKnown(q, points, point.known)
	s.Chart = chart{ID: id, Built: built, Legend: adoptionLegend(), Ends: everyLine, Together: allVoluntary, Option: known.redefinedOver(present.Path, points).mark(adoptionChart(id, points)).JSON(),
		Label: s.Title + ": voluntary adoption and all adoption over time; the table has the figures"}
	return s
}

// newStatesTable counts repositories by path and state.
func newStatesTable(q *request, known *known, rows []query.AdoptionRow, built bool) (table, chart) {
	states := []metrics.State{metrics.On, metrics.Mixed, metrics.Dormant, metrics.Off, metrics.None, metrics.Exempt, metrics.Ineligible, metrics.Unknown}
	t := table{Label: "Repositories by path and state", Columns: texts("Path"),
		Caption: "Active repositories by path and state. Adoption rates are over on, mixed, off and dormant."}
	var meanings []legend
	for _, state := range states {
		meanings = append(meanings, legend{state.String(), state.String()})
		t.Columns = append(t.Columns, column{Number: true, State: state})
	}
	t.Columns = append(t.Columns, numbers("inactive")...)
	var titles []string
	var counts [][]int
	for _, row := range rows {
		list := func(pairs ...string) string {
			return q.link("/states", whose, append([]string{"path", string(row.Path)}, pairs...)...)
		}
		title := known.title(row.Path)
		cells, numbers := []cell{lead(title, q.pathLink(row.Path))}, make([]int, len(states))
		for i, state := range states {
			numbers[i] = stateCount(row.States, state)
			cells = append(cells, counted(numbers[i], list("state", state.String(), "only", "counted")))
		}
		t.Rows = append(t.Rows, append(cells, counted(row.Inactive, list("only", "inactive"))))
		titles, counts = append(titles, title), append(counts, numbers)
	}
	c := chart{ID: "chart-states", Label: "Repositories by path and state; the table has the figures", Built: built, Rows: len(rows), Legend: meanings,
		Option: statesChart("chart-states", titles, states, counts).JSON()}
	return t, c
}

// stateCount returns the count of one state.
func stateCount(c query.StateCounts, s metrics.State) int {
	return map[metrics.State]int{
		metrics.On: c.On, metrics.Mixed: c.Mixed, metrics.Dormant: c.Dormant, metrics.Off: c.Off, metrics.None: c.None,
		metrics.Exempt: c.Exempt, metrics.Ineligible: c.Ineligible, metrics.Unknown: c.Unknown,
	}[s]
}
