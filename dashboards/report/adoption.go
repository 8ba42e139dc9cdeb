package report

import (
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// adoption finds how each path is adopted now, was a week ago, and over the last weeks.
func (w *build) adoption() error {
	now, err := w.rates(w.asOf)
	if err != nil {
		return err
	}
	before, err := w.rates(w.Week.From)
	if err != nil {
		return err
	}
	past, err := w.series()
	if err != nil {
		return err
	}
	changes, err := w.changes()
	if err != nil {
		return err
	}
	for _, path := range w.paths {
		p := Path{Key: path.Key, Title: titleOf(path), Units: w.units(), Before: query.Undefined(metrics.ReasonEmpty)}
		if row := find(now, path.Key); row != nil {
			p.Now, p.Total, p.Bounds = w.voluntary(row), w.total(row), w.bounds(row)
		}
		if row := find(before, path.Key); row != nil {
			p.Before = w.voluntary(row)
		}
		for i := range past {
			at, err := metrics.ParseInstant(past[i].Period)
			if past[i].Path == path.Key && err == nil && at < w.asOf && past[i].Repos.Total.Reason != metrics.ReasonBeforeLaunch {
				p.Series = append(p.Series, Point{at, w.voluntary(&past[i])})
			}
		}
		p.Series = append(p.Series, Point{w.asOf, p.Now})
		if i := slices.IndexFunc(changes, func(c query.ChangesRow) bool { return c.Path == path.Key }); i >= 0 {
			p.Change = &changes[i]
		}
		w.r.Paths = append(w.r.Paths, p)
	}
	return nil
}

func find(rows []query.AdoptionRow, path metrics.PathKey) *query.AdoptionRow {
	for i := range rows {
		if rows[i].Path == path {
			return &rows[i]
		}
	}
	return nil
}

// units is what rates count: a team alone has no rate of teams.
func (w *build) units() Units {
	if w.Scope.Kind == OfTeam {
		return Repos
	}
	return Teams
}

func (w *build) voluntary(row *query.AdoptionRow) query.Rate {
	if w.units() == Repos {
		return row.Repos.Voluntary
	}
	return row.Teams.Voluntary
}

func (w *build) total(row *query.AdoptionRow) query.Rate {
	if w.units() == Repos {
		return row.Repos.Total
	}
	return row.Teams.Total
}

func (w *build) bounds(row *query.AdoptionRow) *query.Bounds {
	if w.units() == Repos {
		return row.Bounds.ReposVoluntary
	}
	return row.Bounds.TeamsVoluntary
}

// rates are those of the scope at a moment, a row a path.
func (w *build) rates(at metrics.Instant) ([]query.AdoptionRow, error) {
	if w.Scope.Kind == OfTeam {
		rows, err := w.byTeam(at)
		return w.own(rows), err
	}
	return once(w.Builder, fmt.Sprint("rates ", w.group(), at), func() ([]query.AdoptionRow, error) {
		return query.Adoption(w.ctx, w.db, query.AdoptionQuestion{Group: w.group(), AsOf: at})
	})
}

// byTeam are the rates of all teams at a moment.
func (w *build) byTeam(at metrics.Instant) ([]query.AdoptionRow, error) {
	return once(w.Builder, fmt.Sprint("by team ", at), func() ([]query.AdoptionRow, error) {
		return query.Adoption(w.ctx, w.db, query.AdoptionQuestion{By: query.ByTeam, AsOf: at})
	})
}

// own are the rows of the team that the report is about.
func (w *build) own(rows []query.AdoptionRow) (list []query.AdoptionRow) {
	for _, row := range rows {
		if row.Team != nil && string(*row.Team) == w.Scope.Key {
			list = append(list, row)
		}
	}
	return list
}

// series are the rates of the scope over the last weeks.
func (w *build) series() ([]query.AdoptionRow, error) {
	q := query.AdoptionQuestion{Group: w.group(), AsOf: w.asOf, To: w.asOf, From: max(w.asOf-seriesReach, metrics.Beginning+1), Interval: query.Week}
	switch {
	case w.Scope.Kind == OfTeam && w.many:
		q.By = query.ByTeam
	case w.Scope.Kind == OfTeam:
		q.Team = metrics.TeamKey(w.Scope.Key)
	}
	rows, err := once(w.Builder, fmt.Sprintf("series %+v", q), func() ([]query.AdoptionRow, error) {
		return query.Adoption(w.ctx, w.db, q)
	})
	if q.By == query.ByTeam {
		return w.ownSeries(rows), err
	}
	return rows, err
}

// ownSeries are the rows of the team that the report is about, of a series of all teams.
func (w *build) ownSeries(rows []query.AdoptionRow) []query.AdoptionRow {
	byTeam, err := once(w.Builder, fmt.Sprint("series of each team ", w.asOf), func() (map[metrics.TeamKey][]query.AdoptionRow, error) {
		all := make(map[metrics.TeamKey][]query.AdoptionRow)
		for _, row := range rows {
			if row.Team != nil {
				all[*row.Team] = append(all[*row.Team], row)
			}
		}
		return all, nil
	})
	if err != nil {
		return nil
	}
	return byTeam[metrics.TeamKey(w.Scope.Key)]
}

// changes compares the two moments on the same units. A team has too few for that: its moves are listed.
func (w *build) changes() ([]query.ChangesRow, error) {
	if w.Scope.Kind == OfTeam {
		return nil, nil
	}
	return once(w.Builder, fmt.Sprint("changes ", w.group(), w.Week.From, w.asOf), func() ([]query.ChangesRow, error) {
		return query.Changes(w.ctx, w.db, query.FlowsQuestion{Group: w.group(), From: w.Week.From, To: w.asOf})
	})
}
