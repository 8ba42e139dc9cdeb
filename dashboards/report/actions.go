package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// Action is something to do next. Points are by how many percentage points it would move the figure that its effect
// names: actions are ranked by them, whatever they are about.
type Action struct {
	What   string
	Effect string
	Href   string
	Points float64
}

// What is asked of actions.
const (
	maxActions = 3
	farBehind  = 90  // days: versions older than that are worth a word
	upgrade    = 0.5 // what a point of versions weighs: an upgrade brings nobody onto a path
	leastWorth = 1   // points: what moves less is not proposed
)

// actions finds the three that would change most.
func (w *build) actions() error {
	candidates := []func() ([]Action, error){w.nearlyOn, w.readable, w.fieldsToKill, w.upgrades}
	if w.Scope.Kind == OfTeam {
		candidates = []func() ([]Action, error){w.ownRepos, w.readable, w.upgrades}
	}
	var all []Action
	for _, find := range candidates {
		some, err := find()
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	all = slices.DeleteFunc(all, func(a Action) bool { return a.Points < leastWorth })
	slices.SortStableFunc(all, func(a, b Action) int { return cmp.Compare(b.Points, a.Points) })
	w.r.Actions = all[:min(len(all), maxActions)]
	return nil
}

// lacking is how many repositories a team lacks to be on a path.
func (w *build) lacking(row query.AdoptionRow) int {
	return int(math.Ceil(w.path(row.Path).TeamOnAt*float64(row.States.Served())-1e-9)) - row.States.Using()
}

// nearlyOn finds the paths that many teams are one repository short of.
func (w *build) nearlyOn() ([]Action, error) {
	rows, err := w.byTeam(w.asOf)
	if err != nil {
		return nil, err
	}
	near := map[metrics.PathKey][]string{}
	for _, row := range rows {
		if row.Team == nil || *row.Team == "" || !w.inScope(*row.Team) || row.States.Served() == 0 || row.Verdict == query.TeamOn {
			continue
		}
		if w.lacking(row) == 1 && row.Teams.Voluntary.Den > 0 {
			near[row.Path] = append(near[row.Path], w.teamTitle(*row.Team))
		}
	}
	var list []Action
	for _, p := range w.r.Paths {
		names := near[p.Key]
		if len(names) == 0 || p.Total.Rate == nil {
			continue
		}
		then := float64(p.Total.Num+len(names)) / float64(p.Total.Den)
		list = append(list, Action{
			What: fmt.Sprintf("Bring one more repository each onto %s: %s %s one short.", quoted(p.Title), named(names), verb(len(names), "is", "are")),
			Effect: fmt.Sprintf("All adoption there would go from %s to %s of teams.",
				percent(*p.Total.Rate), percent(then)),
			Href: w.link("/teams", "path", string(p.Key), "group", w.group()), Points: (then - *p.Total.Rate) * 100,
		})
	}
	return list, nil
}

// ownRepos finds the repositories with which the team would be on a path.
func (w *build) ownRepos() ([]Action, error) {
	rows, err := w.byTeam(w.asOf)
	if err != nil {
		return nil, err
	}
	off, err := w.states(w.asOf, metrics.Off)
	if err != nil {
		return nil, err
	}
	var list []Action
	for _, row := range w.own(rows) {
		served, using, need := row.States.Served(), row.States.Using(), w.lacking(row)
		if !w.has(row.Path) || served == 0 || row.Verdict == query.TeamOn || need < 1 {
			continue
		}
		var names []string
		for _, s := range off {
			if string(s.Team) == w.Scope.Key && s.Path == row.Path && s.Active {
				names = append(names, metrics.UnitName(s.Repo, s.Component))
			}
		}
		title := quoted(titleOf(w.path(row.Path)))
		list = append(list, Action{
			What:   fmt.Sprintf("Bring %s onto %s; off it %s %s.", plural(need, "more repository", "more repositories"), title, verb(len(names), "is", "are"), named(names)),
			Effect: fmt.Sprintf("You would have %d of your %d there, which makes you a team on the path.", using+need, served),
			Href:   w.link("/states", "team", w.Scope.Key, "path", string(row.Path), "state", "off"), Points: 100 * float64(need) / float64(served) / float64(need*need),
		})
	}
	return list, nil
}

// readable says what reading the unknown repositories would settle.
func (w *build) readable() ([]Action, error) {
	u := w.r.Unknown
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
	a := Action{
		What: fmt.Sprintf("Make %s readable. Most: %s.", plural(u.Units, "unknown repository", "unknown repositories"), u.Reasons[0].What),
		Href: w.link("/states", "state", "unknown", "path", string(w.onePath()), "team", w.teamKey(), "group", w.group()),
	}
	if widest == nil {
		a.Effect, a.Points = "No rate hangs on them now; until they are read, nobody knows.", leastWorth
		return []Action{a}, nil
	}
	a.Effect = fmt.Sprintf("Voluntary adoption of %s is somewhere from %s to %s as long as they are not.",
		quoted(widest.Title), percent(widest.Bounds[0]), percent(widest.Bounds[1]))
	a.Points = width * 100
	return []Action{a}, nil
}

// teamKey is the team that the report is about; "" for none.
func (w *build) teamKey() string {
	if w.Scope.Kind == OfTeam {
		return w.Scope.Key
	}
	return ""
}

// fieldsToKill says how fresh each catalog would be without the fields that nobody keeps.
func (w *build) fieldsToKill() ([]Action, error) {
	if w.Scope.Kind != Leadership || len(w.r.Catalogs) == 0 {
		return nil, nil
	}
	fields, err := query.CatalogFields(w.ctx, w.db, query.CatalogFieldsQuestion{Advice: "kill"})
	if err != nil {
		return nil, err
	}
	var list []Action
	for _, c := range w.r.Catalogs {
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
			list = append(list, Action{
				What:   fmt.Sprintf("Stop asking for %s in the catalog %s: %s.", plural(len(names), "field", "fields"), c.Source, named(names)),
				Effect: fmt.Sprintf("Catalog freshness would go from %s to %s.", percent(*r.Now.Rate), percent(*r.Fresh.Rate)),
				Href:   w.link("/catalog", "source", c.Source), Points: (*r.Fresh.Rate - *r.Now.Rate) * 100,
			})
		}
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
			if r.DaysBehind != nil && *r.DaysBehind > farBehind {
				behind += r.Repos
			}
			if r.Latest != nil {
				latest = *r.Latest
			}
		}
		if behind == 0 {
			continue
		}
		list = append(list, Action{
			What:   fmt.Sprintf("Upgrade the %s on %s that %s more than %d days behind %s.", plural(behind, "repository", "repositories"), quoted(p.Title), verb(behind, "is", "are"), farBehind, cmp.Or(latest, "its newest release")),
			Effect: fmt.Sprintf("%s of its %s would no longer be far behind.", percent(float64(behind)/float64(all)), plural(all, "user", "users")),
			Href:   w.link("/states", "path", string(p.Key), "only", "using", "team", w.teamKey(), "group", w.group()),
			Points: 100 * upgrade * float64(behind) / float64(all),
		})
	}
	return list, nil
}

// ownLag counts the versions that the team uses, with how far each is behind as all know it.
func (w *build) ownLag(all []query.LagRow) ([]query.LagRow, error) {
	type use struct {
		path    metrics.PathKey
		version string
	}
	uses := map[use]int{}
	for _, state := range []metrics.State{metrics.On, metrics.Mixed} {
		rows, err := w.states(w.asOf, state)
		if err != nil {
			return nil, err
		}
		for _, s := range rows {
			if string(s.Team) == w.Scope.Key && s.Active {
				uses[use{s.Path, s.Version}]++
			}
		}
	}
	var list []query.LagRow
	for _, r := range all {
		if r.Repos = uses[use{r.Path, r.Version}]; r.Repos > 0 {
			list = append(list, r)
		}
	}
	return list, nil
}

// named lists names: all of a few, else some and how many more there are.
func named(names []string) string {
	const most = 4
	short := make([]string, 0, most)
	for i, n := range names {
		if i == most {
			break
		}
		short = append(short, clip(n, 60))
	}
	if more := len(names) - len(short); more > 0 {
		return strings.Join(short, ", ") + " and " + count(more) + " more"
	}
	if len(short) < 2 {
		return cmp.Or(strings.Join(short, ""), "none")
	}
	return strings.Join(short[:len(short)-1], ", ") + " and " + short[len(short)-1]
}

// verb agrees with a number.
func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func quoted(s string) string { return "“" + clip(s, 60) + "”" }
