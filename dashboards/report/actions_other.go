package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// readable says what reading the unknown repositories would settle: those of the end of the week, else those that the newest scan
// left unknown.
func (w *build) readable() ([]Action, error) {
	u := w.r.Unknown
	if u.Units == 0 {
		u.Units, u.Repos, u.Reasons = u.Newest, u.NewestRepos, u.NewestReasons
	}
	if u.Units == 0 {
		return nil, nil
	}
	var widest *Path
	width := 0.0
	for i, p := range w.r.Paths {
		if p.Bounds != nil && p.Bounds[1]-p.Bounds[0] > width {
			widest, width = &w.r.Paths[i], p.Bounds[1]-p.Bounds[0]
		}
	}
	a := Action{Kind: Read,
		What: fmt.Sprintf("Make %s readable: %s. %s.", plural(u.Units, "unknown repository", "unknown repositories"), among(u.Repos, u.Units), capital(u.Reasons[0].What)),
		Href: w.link("/states", "state", "unknown", "path", string(w.onePath()), "team", w.teamKey(), "group", w.group()),
	}
	without := slices.IndexFunc(w.r.Paths, func(p Path) bool { return p.Now.Rate == nil && p.Now.Reason == metrics.ReasonAllUnknown })
	switch {
	case widest == nil && without >= 0:
		a.Effect, a.Points = "Until then there is no figure for "+quoted(w.r.Paths[without].Title)+": everything that counts there is unknown.", 100
		return []Action{a}, nil
	case widest == nil:
		a.Effect, a.Points = "Voluntary adoption of teams hangs on none of this now; rates of repositories may.", leastWorth
		return []Action{a}, nil
	}
	a.Effect = fmt.Sprintf("Until then voluntary adoption of %s is somewhere from %s to %s.", quoted(widest.Title), percent(widest.Bounds[0]), percent(widest.Bounds[1]))
	a.Points = width * 100
	return []Action{a}, nil
}

// exemptions finds, for each path, those that end soon: what they excused counts again, for the path or against it.
func (w *build) exemptions() ([]Action, error) {
	states, err := w.states(w.asOf, metrics.Exempt)
	if err != nil {
		return nil, err
	}
	soon := map[metrics.PathKey][]query.StateRow{}
	for _, s := range states {
		if s.Exemption == nil || s.Exemption.Until == nil || !s.Active || !w.inScope(s.Team) || !w.has(s.Path) {
			continue
		}
		if until := metrics.At(*s.Exemption.Until); until > w.asOf && until <= w.asOf+ending*metrics.Day {
			soon[s.Path] = append(soon[s.Path], s)
		}
	}
	rows, err := w.teamRows(w.asOf)
	if err != nil {
		return nil, err
	}
	of := map[teamPath]query.AdoptionRow{}
	for _, row := range rows {
		of[teamPath{*row.Team, row.Path}] = row
	}
	var list []Action
	for _, p := range w.r.Paths {
		ends := soon[p.Key]
		if len(ends) == 0 {
			continue
		}
		var names []string
		first, by := *ends[0].Exemption.Until, map[metrics.TeamKey]int{}
		for _, s := range ends {
			names = append(names, metrics.UnitName(s.Repo, s.Component))
			if s.Exemption.Until.Before(first) {
				first = *s.Exemption.Until
			}
			by[s.Team]++
		}
		a := Action{Kind: Decide, Path: p.Key, Href: w.link("/states", "path", string(p.Key), "state", "exempt", "team", w.teamKey(), "group", w.group()),
			What: fmt.Sprintf("Decide about the %s from %s that %s within %d days, the first on %s: %s.", plural(len(ends), "exemption", "exemptions"), quoted(p.Title),
				verb(len(ends), "ends", "end"), ending, w.day(metrics.At(first)), named(names))}
		if w.Scope.Kind == OfTeam {
			served := max(of[teamPath{metrics.TeamKey(w.Scope.Key), p.Key}].States.Served(), 0) + len(ends)
			a.Effect = fmt.Sprintf("Then %s of your %s there %s again, for the path or against it.", count(len(ends)), plural(served, "repository", "repositories"), verb(len(ends), "counts", "count"))
			a.Points = 100 / float64(served)
			list = append(list, a)
			continue
		}
		low, high, all := p.Now.Num, p.Now.Num, p.Now.Den
		for team, n := range by {
			row := of[teamPath{team, p.Key}]
			all += one(team != "" && row.Teams.Voluntary.Den == 0)
			row.Path = p.Key
			low -= one(row.Teams.Voluntary.Num > 0 && !w.freely(row, 0, row.States.Served()+n))
			high += one(team != "" && row.Teams.Voluntary.Num == 0 && w.freely(row, n, row.States.Served()+n))
		}
		if all == 0 {
			continue
		}
		a.Effect = fmt.Sprintf("What they excuse counts again: voluntary adoption will be from %s (if none chooses the path) to %s (if all do) of %s.",
			percent(float64(low)/float64(all)), percent(float64(high)/float64(all)), Teams.count(all))
		a.Points = max(100*float64(high-low)/float64(all), leastWorth)
		list = append(list, w.forResult(a, p.Key, "adoption.teams.voluntary"))
	}
	return list, nil
}

// tend finds what would make catalogs fresher.
func (w *build) tend() ([]Action, error) {
	if w.Scope.Kind != Leadership {
		return w.tendOwn()
	}
	var list []Action
	if len(w.r.Catalogs) == 0 {
		return nil, nil
	}
	fields, err := once(w.Builder, "fields to kill", func() ([]query.CatalogFieldRow, error) {
		return query.CatalogFields(w.ctx, w.db, query.CatalogFieldsQuestion{Advice: "kill"})
	})
	if err != nil {
		return nil, err
	}
	for _, c := range w.r.Catalogs {
		if wrong := c.Owners.Den - c.Owners.Num; wrong > 0 && c.Owners.Rate != nil {
			list = append(list, w.forResult(Action{Kind: Tend, Href: w.link("/catalog", "source", c.Source), Points: aside * 100 * (1 - *c.Owners.Rate) / float64(min(wrong, 10)),
				What:   fmt.Sprintf("Put the owner of %s in the catalog %s right.", plural(wrong, "entity", "entities"), clip(c.Source, 40)),
				Effect: fmt.Sprintf("Owners would be right for all and not for %s; with a wrong owner no entity is fresh.", percent(*c.Owners.Rate))}, "", "catalog.owners", "catalog.freshness"))
		}
		var names []string
		for _, f := range fields {
			if f.Source == c.Source {
				names = append(names, f.Field)
			}
		}
		if len(names) == 0 {
			continue
		}
		rows, err := query.CatalogWithout(w.ctx, w.db, c.Source, names, w.asOf)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Now.Rate == nil || r.Fresh.Rate == nil {
				continue
			}
			list = append(list, w.forResult(Action{Kind: Tend,
				What:   fmt.Sprintf("Stop asking for %s in the catalog %s, which nobody keeps: %s.", plural(len(names), "field", "fields"), clip(c.Source, 40), named(names)),
				Effect: fmt.Sprintf("Catalog freshness would go from %s to %s.", percent(*r.Now.Rate), percent(*r.Fresh.Rate)),
				Href:   w.link("/catalog", "source", c.Source), Points: aside * (*r.Fresh.Rate - *r.Now.Rate) * 100,
			}, "", "catalog.freshness"))
		}
	}
	return list, nil
}

// tendOwn finds the entities of the team, or of those of the group, that are not fresh.
func (w *build) tendOwn() ([]Action, error) {
	if len(w.r.Catalogs) == 0 {
		return nil, nil
	}
	rows, err := w.entities()
	if err != nil {
		return nil, err
	}
	stale := map[string][]string{}
	for _, e := range rows {
		if e.Fresh == "no" {
			stale[e.Source] = append(stale[e.Source], e.Entity)
		}
	}
	var list []Action
	for _, c := range w.r.Catalogs {
		names := stale[c.Source]
		if len(names) == 0 || c.Now.Rate == nil {
			continue
		}
		list = append(list, w.forResult(Action{Kind: Tend, Href: w.link("/catalog", "source", c.Source), Points: aside * 100 / float64(c.Now.Den),
			What:   fmt.Sprintf("Put %s in the catalog %s right: %s.", plural(len(names), "entity", "entities"), clip(c.Source, 40), named(names)),
			Effect: fmt.Sprintf("%s of %s would be fresh and not %s.", count(c.Now.Num+len(names)), plural(c.Now.Den, "entity", "entities"), number(c.Now.Num))}, "", "catalog.freshness", "catalog.owners"))
	}
	return list, nil
}

// upgrades finds the paths whose users are far behind.
func (w *build) upgrades() ([]Action, error) {
	rows, err := once(w.Builder, fmt.Sprint("lag ", w.group(), w.asOf), func() ([]query.LagRow, error) {
		return query.Lag(w.ctx, w.db, query.LagQuestion{Group: w.group(), AsOf: w.asOf})
	})
	if err != nil {
		return nil, err
	}
	if w.Scope.Kind == OfTeam {
		if rows, err = w.ownLag(rows); err != nil {
			return nil, err
		}
	}
	var list []Action
	for _, p := range w.r.Paths {
		behind, all, latest := 0, 0, ""
		for _, r := range rows {
			if r.Path != p.Key {
				continue
			}
			all += r.Repos
			if r.DaysBehind != nil && *r.DaysBehind > query.FarBehind {
				behind += r.Repos
			}
			if r.Latest != nil {
				latest = *r.Latest
			}
		}
		if behind == 0 {
			continue
		}
		list = append(list, w.forResult(Action{Kind: Upgrade, Path: p.Key,
			What: fmt.Sprintf("Upgrade %s on %s that %s more than %d days behind %s.", plural(behind, "repository", "repositories"), quoted(p.Title), verb(behind, "is", "are"), query.FarBehind,
				clip(cmp.Or(latest, "its newest release"), 40)),
			Effect: fmt.Sprintf("So far behind %s %s of the %s that %s the path; then none would be. It brings nobody onto it.",
				verb(behind, "is", "are"), percent(float64(behind)/float64(all)), plural(all, "repository", "repositories"), verb(all, "uses", "use")),
			Href:   w.link("/states", "path", string(p.Key), "only", "using", "lag", "far", "team", w.teamKey(), "group", w.group()),
			Points: aside * 100 * float64(behind) / float64(all),
		}, p.Key, "lag.latest", "lag.days_behind", "lag.releases_behind"))
	}
	return list, nil
}

// ownLag counts the versions that the team uses, with how far each is behind as all know it.
func (w *build) ownLag(all []query.LagRow) ([]query.LagRow, error) {
	uses, err := w.versions()
	if err != nil {
		return nil, err
	}
	own := uses[metrics.TeamKey(w.Scope.Key)]
	var list []query.LagRow
	for _, r := range all {
		if r.Repos = own[use{r.Path, r.Version}]; r.Repos > 0 {
			list = append(list, r)
		}
	}
	return list, nil
}

// use is a version of a path.
type use struct {
	path    metrics.PathKey
	version string
}

// versions counts the versions that each team uses.
func (w *build) versions() (map[metrics.TeamKey]map[use]int, error) {
	return once(w.Builder, fmt.Sprint("versions ", w.asOf), func() (map[metrics.TeamKey]map[use]int, error) {
		uses := map[metrics.TeamKey]map[use]int{}
		for _, state := range []metrics.State{metrics.On, metrics.Mixed} {
			rows, err := w.states(w.asOf, state)
			if err != nil {
				return nil, err
			}
			for _, s := range rows {
				if !s.Active {
					continue
				}
				if uses[s.Team] == nil {
					uses[s.Team] = map[use]int{}
				}
				uses[s.Team][use{s.Path, s.Version}]++
			}
		}
		return uses, nil
	})
}

// capital begins a text with a capital letter.
func capital(s string) string {
	return strings.ToUpper(s[:1]) + s[1:]
}
