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

// adoption tells a rate of adoption. Only says which rows its lists have: those of its denominator.
func (e *exploring) adoption(ctx context.Context, only string, pick func(query.AdoptionRow) (query.Rate, *query.Bounds)) (list []explored, err error) {
	ask := e.question()
	if ask.By, err = query.ParseBy(e.by); err != nil {
		return nil, err
	}
	rows, err := e.rows(ctx, ask, pick)
	address := "/states"
	if e.measure.key == "teams.voluntary" || e.measure.key == "teams.total" || e.measure.key == "teams.gross" {
		address = "/teams"
	}
	for _, row := range rows {
		label := ""
		switch {
		case row.Team != nil:
			label = string(*row.Team)
		case row.Group != nil:
			label = *row.Group
		}
		rate, bounds := pick(row)
		f := newFigure(rate).within(bounds).idle(row).to(e.list(address, row.Path, label, row.Period, "only", only))
		list = append(list, explored{e.at(row.Period), e.part(row.Path, label), f})
	}
	return list, err
}

// rows asks for adoption. Of all teams over time the page has those alone that are highest in the end: all would be too many to draw,
// or to wait for.
func (e *exploring) rows(ctx context.Context, ask query.AdoptionQuestion, pick func(query.AdoptionRow) (query.Rate, *query.Bounds)) ([]query.AdoptionRow, error) {
	if ask.By != query.ByTeam || !e.over || ask.Team != "" || e.whole {
		return query.Adoption(ctx, e.DB, ask)
	}
	end := ask
	end.From, end.To, end.Interval, end.AsOf = 0, 0, "", min(ask.To, ask.AsOf)
	teams, err := query.Adoption(ctx, e.DB, end)
	if err != nil {
		return nil, err
	}
	rate := func(row query.AdoptionRow) float64 { r, _ := pick(row); return *r.Rate }
	teams = slices.DeleteFunc(slices.Clone(teams), func(row query.AdoptionRow) bool { r, _ := pick(row); return r.Rate == nil || *row.Team == "" })
	slices.SortStableFunc(teams, func(a, b query.AdoptionRow) int {
		return cmp.Or(cmp.Compare(rate(b), rate(a)), cmp.Compare(*a.Team, *b.Team))
	})
	if len(teams) > exploreLines {
		e.cut = fmt.Sprintf("Shown are the %d that are highest in the end, of %s; the CSV has all.", exploreLines, count(len(teams)))
		teams = teams[:exploreLines]
	}
	answers := make([][]query.AdoptionRow, len(teams))
	all, ctx := errgroup.WithContext(ctx)
	for i, team := range teams {
		one := ask
		one.Team = *team.Team
		all.Go(func() (err error) {
			answers[i], err = query.Adoption(ctx, e.DB, one)
			return err
		})
	}
	err = all.Wait()
	return slices.DeleteFunc(slices.Concat(answers...), func(row query.AdoptionRow) bool { return row.Team == nil || *row.Team == "" }), err
}

// origins tells how repositories came to use a path, as shares of all that it serves.
func (e *exploring) origins(ctx context.Context) (list []explored, err error) {
	rows, err := query.AdoptionByOrigin(ctx, e.DB, e.question())
	for _, row := range rows {
		origin := row.Origin.String()
		f := newFigure(row.Rate).to(e.list("/states", row.Path, "", row.Period, "origin", origin, "only", "using"))
		list = append(list, explored{e.at(row.Period), origin, f})
	}
	return list, err
}

// ways tells which ways the repositories go that a path serves.
func (e *exploring) ways(ctx context.Context) (list []explored, err error) {
	rows, err := query.Fragmentation(ctx, e.DB, e.question())
	for _, row := range rows {
		why := row.Reason
		if why == "" || why == metrics.ReasonNoAlternative {
			why = metrics.ReasonEmpty
		}
		for _, way := range row.Ways {
			rate := query.NewRate(way.Units, row.Units, why)
			if row.Reason == metrics.ReasonBeforeLaunch {
				rate = query.Undefined(row.Reason)
			}
			f := newFigure(rate).to(e.list("/states", row.Path, "", row.Period, "way", string(way.Way), "only", "served"))
			list = append(list, explored{e.at(row.Period), string(way.Way), f})
		}
	}
	return list, err
}

func (e *exploring) fragmentation(ctx context.Context) (list []explored, err error) {
	rows, err := query.Fragmentation(ctx, e.DB, e.question())
	for _, row := range rows {
		f := e.measure.unit.newAmount(row.Fragmentation, nil, nil, row.Reason, "in "+plural(row.Units, "repository", "repositories"))
		if row.Reason == metrics.ReasonNoAlternative {
			f.Why = "it defines no other way"
		}
		list = append(list, explored{e.at(row.Period), e.known.title(row.Path), f.to(e.list("/states", row.Path, "", row.Period, "only", "served"))})
	}
	return list, err
}

// flow tells which decisions were for a path: in all of the time, or in each period of it.
func (e *exploring) flow(ctx context.Context) (list []explored, err error) {
	q := e.q
	ask := query.FlowQuestion{DecisionsQuestion: query.DecisionsQuestion{Path: e.known.path(q), Team: e.known.team(q), Group: e.known.group(q), AsOf: q.asOf, From: q.from, To: min(q.to, q.asOf+1)}}
	if e.over {
		ask.Interval = query.Interval(q.interval)
	}
	rows, err := query.VoluntaryFlow(ctx, e.DB, ask)
	for _, row := range rows {
		from, to := q.from, ask.To
		if e.over {
			from = e.at(row.Period)
			to = min(to, next(ask.Interval, from))
		}
		list = append(list, explored{e.at(row.Period), e.known.title(row.Path), newFigure(row.VoluntaryFlow).within(row.Bounds).
			to(q.link("/decisions", whose, "path", string(row.Path), "from", from.String(), "to", to.String(), "only", "free"))})
	}
	return list, err
}

// next is when the period after one begins.
func next(every query.Interval, start metrics.Instant) metrics.Instant {
	return every.Start(start + map[query.Interval]metrics.Instant{query.Week: 10, query.Month: 40, query.Quarter: 100}[every]*metrics.Day)
}

// activation tells what runs.
func (e *exploring) activation(ctx context.Context) (list []explored, err error) {
	ask := e.question()
	if ask.By, err = query.ParseBy(e.by); err != nil {
		return nil, err
	}
	rows, err := query.Activation(ctx, e.DB, ask)
	for _, r := range rows {
		list = append(list, explored{e.q.asOf, e.part(r.Row.Path, r.Label), newFigure(r.Row.Rate).to(e.list("/states", r.Row.Path, r.Label, "", "runs", query.RunsKnown, "active", "true"))})
	}
	return list, err
}
