package dashboards

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// pathPage is everything about one path: who is on it, how they came, whether they stay, and who is still off.
type pathPage struct {
	Mistakes    []string
	Filters     filters
	Empty       *empty
	ChartsBuilt bool
	Card        card
	Facts       []fact
	Waits       []fact
	Sections    []section
}

// section is a part of a page: what it says in words, drawn, and as a table; or why it says nothing.
type section struct {
	ID, Title string
	Words     []string
	Chart     *chart
	Table     table
	Open      bool   // the table is shown without asking
	Points    *table // what the chart draws, where that is not in the table; nil where it is
	Why       string // there is nothing to show
	Next      string // what to do then
	More      []more
}

// legend says what a colour means.
type legend struct{ Class, Text string }

// more leads to a longer list.
type more struct{ Text, Href string }

// pathAnswers are the answers that the page of a path is made of.
type pathAnswers struct {
	present, past []query.AdoptionRow
	teams         []query.ShareRow // by month
	waysNow, ways []query.FragmentationRow
	flows         []query.FlowsRow
	stays         []query.RetentionRow
	adopt         []query.TimeToAdoptRow
	lag           []query.LagPathRow
	versions      []query.LagRow
	off           []query.StateRow
	measure       *metrics.Measure // nil where none is in force yet
}

// weeksReach is how far back the series of one path go by week: each has more lines than those of the overview.
const weeksReach = 3 * 366 * metrics.Day

func fillPath(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	if q.interval == "week" && q.to-q.from > weeksReach {
		q.wrong("More than three years of weeks; months are shown.")
		q.interval = "month"
	}
	page, heading := pathPage{Empty: known.empty(), ChartsBuilt: p.assets.has(chartLibrary)}, "Paths"
	if page.Filters, err = known.onePath(q, "path", "team", "group", "from", "to", "interval", "as_of"); err != nil {
		return content{}, err
	}
	if page.Empty == nil {
		answers, err := p.askPath(ctx, q, known)
		if err != nil {
			return content{}, err
		}
		if len(answers.present) == 0 || len(answers.waysNow) == 0 { // its definition was taken away while questions were asked
			return content{}, fmt.Errorf("path %s is not defined any more: %w", known.path(q), metrics.ErrNotFound)
		}
		heading = known.title(known.path(q))
		page.fill(q, known, answers)
	}
	page.Mistakes = q.mistakes
	return content{heading: heading, body: &page,
		intro: "How repositories came to this path, whether they stay, and who goes another way."}, nil
}

// onePath returns the form of a page that is always about one path: the first where none is named. Its error is of one that there is
// not: the figures of another would be taken for its own.
func (k *known) onePath(q *request, names ...string) (filters, error) {
	if k.gone != "" {
		return filters{}, &missing{fmt.Errorf("there is no path %q: %w", k.gone, metrics.ErrNotFound), more{"See all paths", q.link("/", nil)}}
	}
	if len(k.paths) > 0 {
		q.values["path"] = cmp.Or(q.values["path"], string(k.paths[0].Key))
	}
	f := k.filters(q, names...)
	for i := range f.Fields {
		if f.Fields[i].Name == "path" {
			f.Fields[i].Options = f.Fields[i].Options[1:]
		}
	}
	return f, nil
}

// answer notes the answer to a question, or what was asked in vain.
func answer[A any](into *A, what string, ask func() (A, error)) func() error {
	return func() (err error) {
		if *into, err = ask(); err != nil {
			return fmt.Errorf("ask for %s: %w", what, err)
		}
		return nil
	}
}

// askPath asks everything about a path. Questions that need the same rows stand one after the other, so that these are kept for
// the second; the others are asked at the same time.
func (p *Pages) askPath(ctx context.Context, q *request, known *known) (*pathAnswers, error) {
	var a pathAnswers
	now := query.AdoptionQuestion{Path: known.path(q), Team: known.team(q), Group: known.group(q), By: query.ByPath, AsOf: q.asOf}
	past := now
	past.From, past.To, past.Interval = q.from, q.to, query.Interval(q.interval)
	byTeam := now
	byTeam.By, byTeam.From, byTeam.To, byTeam.Interval = query.ByTeam, heatFrom(q), q.to, query.Month
	lag := query.LagQuestion{Path: now.Path, Team: now.Team, Group: now.Group, AsOf: q.asOf}
	all, ctx := errgroup.WithContext(ctx)
	together := func(questions ...func() error) {
		all.Go(func() error {
			for _, ask := range questions {
				if err := ask(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	together(
		answer(&a.teams, "shares of teams", func() ([]query.ShareRow, error) { return query.Shares(ctx, p.DB, byTeam) }),
		answer(&a.adopt, "the time to adopt", func() ([]query.TimeToAdoptRow, error) { return query.TimeToAdopt(ctx, p.DB, known.cohort(q)) }))
	together(
		answer(&a.past, "adoption over time", func() ([]query.AdoptionRow, error) { return query.Adoption(ctx, p.DB, past) }),
		answer(&a.ways, "ways over time", func() ([]query.FragmentationRow, error) { return query.Fragmentation(ctx, p.DB, past) }))
	together(
		answer(&a.present, "adoption", func() ([]query.AdoptionRow, error) { return query.Adoption(ctx, p.DB, now) }),
		answer(&a.waysNow, "ways", func() ([]query.FragmentationRow, error) { return query.Fragmentation(ctx, p.DB, now) }),
		answer(&a.measure, "thresholds", func() (*metrics.Measure, error) { return p.measure(ctx, q) }),
		answer(&a.off, "what is still off", func() ([]query.StateRow, error) { return p.stillOff(ctx, q, known) }))
	together(
		answer(&a.versions, "lag by version", func() ([]query.LagRow, error) { return query.Lag(ctx, p.DB, lag) }),
		answer(&a.lag, "lag", func() ([]query.LagPathRow, error) { return query.LagByPath(ctx, p.DB, lag) }),
		answer(&a.flows, "flows", func() ([]query.FlowsRow, error) { return query.Flows(ctx, p.DB, known.flows(q)) }),
		answer(&a.stays, "retention", func() ([]query.RetentionRow, error) { return query.Retention(ctx, p.DB, known.cohort(q)) }))
	return &a, all.Wait()
}

// fill makes the page of the answers.
func (page *pathPage) fill(q *request, known *known, a *pathAnswers) {
	row := a.present[0]
	page.Card = newCard(q, known, row)
	list := func(only string) string { return q.link("/states", whose, "path", string(row.Path), "only", only) }
	page.Facts = []fact{
		countedFact("Kept after a mandate ended", row.Kept, list("kept")),
		countedFact("Chosen before a mandate came", row.ChosenBeforeMandate, list("before_mandate")),
	}
	page.Waits = waitFacts(q, a.adopt)
	page.Sections = []section{
		adoptionSection(q, known, a, page.ChartsBuilt), originsSection(q, known, a, page.ChartsBuilt), staysSection(q, known, a, page.ChartsBuilt),
		flowsSection(q, known, a.flows, wayShades(known.ways(row.Path)), page.ChartsBuilt), waysSection(q, known, a, page.ChartsBuilt),
		lagSection(q, a, page.ChartsBuilt), heatSection(q, known, a.teams, page.ChartsBuilt), offSection(q, a),
	}
	if row.Repos.Total.Reason == metrics.ReasonBeforeLaunch {
		for i, s := range page.Sections {
			page.Sections[i] = section{ID: s.ID, Title: s.Title, Why: "The path had not been launched.", Next: launchWords(q, known, row.Path)}
		}
	}
}

func countedFact(label string, n int, href string) fact {
	return fact{Label: label, Text: count(n), Href: linkOf(n, href)}
}

// launch is when a path is launched; is is false where no day is named.
func (k *known) launch(key metrics.PathKey) (at metrics.Instant, is bool) {
	i := slices.IndexFunc(k.paths, func(p query.PathRow) bool { return p.Key == key })
	if i < 0 || k.paths[i].Since == nil {
		return 0, false
	}
	return metrics.At(*k.paths[i].Since), true
}

// launchWords says when a path is launched, and of one that is by now, where to look.
func launchWords(q *request, known *known, key metrics.PathKey) string {
	since, is := known.launch(key)
	switch {
	case !is:
		return ""
	case since > q.clock:
		return "It is launched on " + day(since) + "."
	}
	return "It was launched on " + day(since) + ": choose that day or a later one as the moment to look at."
}
