package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// Action is something to do next. Points are by how many percentage points it would move voluntary adoption, or an objective that
// is behind, for the work that it takes: actions are ranked by them, whatever they are about.
type Action struct {
	Kind   ActionKind
	Path   metrics.PathKey // "" for none, or several
	What   string
	Effect string
	Href   string
	Which  []Lead // of whom it speaks, where that is no one list, instead of Href
	Points float64
	For    string // the key result behind its plan that it moves; "" for none
}

// Lead is a name that leads somewhere.
type Lead struct{ Name, Href string }

// ActionKind says what an action is about.
type ActionKind string

// The kinds of actions.
const (
	Win     ActionKind = "win"     // bring teams onto a path by choice
	Stay    ActionKind = "stay"    // keep those who came, or win them back
	Ease    ActionKind = "ease"    // make it easier to leave another way
	Read    ActionKind = "read"    // settle what is unknown
	Decide  ActionKind = "decide"  // what to do about exemptions that end
	Tend    ActionKind = "tend"    // mend a catalog
	Upgrade ActionKind = "upgrade" // bring old versions up to date
)

// What is asked of actions.
const (
	maxActions = 3
	behindPlan = 2.0  // what a point weighs that moves a key result which is behind
	aside      = 0.25 // what a point weighs of a figure that is neither voluntary adoption nor a key result that is behind
	leastWorth = 0.5  // points, of what moves no figure for sure
	lookBack   = 91   // days: who left before is gone
	ending     = 90   // days: exemptions that end later can wait
	mostNamed  = 4    // of whom a step speaks
	youngDays  = 90   // of the stays whose lasting retention.d90 measures
)

// actions finds the three that would change most, and what moves each key result that is behind.
func (w *build) actions() error {
	var all []Action
	for _, find := range []func() ([]Action, error){w.win, w.stay, w.lasting, w.ease, w.readable, w.exemptions, w.tend, w.upgrades} {
		some, err := find()
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	all = slices.DeleteFunc(all, func(a Action) bool { return a.Points <= 0 })
	slices.SortStableFunc(all, func(a, b Action) int { return cmp.Compare(b.Points, a.Points) })
	w.r.Actions = bestOf(all)
	for i, k := range w.r.Results {
		of := func(a Action) bool { return a.For == k.id() }
		if step := slices.IndexFunc(w.r.Actions, of); step >= 0 {
			w.r.Results[i].Next = fmt.Sprintf("What moves it most is step %d above.", step+1)
		} else if j := slices.IndexFunc(all, of); j >= 0 {
			w.r.Results[i].Next = "What moves it most: " + all[j].What
		}
	}
	return nil
}

// bestOf picks the actions of a report from all that were found, which come by their points: one for a key result that is behind,
// where there is one, then those of other kinds, about other teams if there are, and only then more of the same.
func bestOf(all []Action) []Action {
	var picked []int
	kinds, courted := map[ActionKind]bool{}, map[metrics.PathKey]bool{}
	courts := func(a Action) bool { return a.Kind == Win || a.Kind == Ease } // much the same teams, on a path
	pick := func(most int, fits func(Action) bool) {
		for i, a := range all {
			if len(picked) < most && !slices.Contains(picked, i) && fits(a) {
				picked, kinds[a.Kind], courted[a.Path] = append(picked, i), true, courted[a.Path] || courts(a)
			}
		}
	}
	pick(1, func(a Action) bool { return a.For != "" })
	pick(maxActions, func(a Action) bool { return !kinds[a.Kind] && !(courts(a) && courted[a.Path]) })
	pick(maxActions, func(a Action) bool { return !kinds[a.Kind] })
	pick(maxActions, func(Action) bool { return true })
	slices.Sort(picked)
	var list []Action
	for _, i := range picked {
		list = append(list, all[i])
	}
	return list
}

// id tells key results apart.
func (k Result) id() string { return k.Objective + "/" + k.Key }

// forResult makes an action count for the key result that it moves, where that is behind, and says so.
func (w *build) forResult(a Action, path metrics.PathKey, measures ...string) Action {
	for _, k := range w.r.Results {
		if !k.OffPlan() || !slices.Contains(measures, k.Measure) || k.Path != path || k.Group != w.group() || string(k.Team) != w.teamKey() {
			continue
		}
		a.For = k.id()
		a.Points *= behindPlan
		a.Effect += fmt.Sprintf(" Key result %s is %s: it asks for %s.", quoted(cmp.Or(k.Title, k.Key)), words(string(k.Status)), k.goal())
		break
	}
	return a
}

// teamKey is the team that the report is about; "" for none.
func (w *build) teamKey() string {
	if w.Scope.Kind == OfTeam {
		return w.Scope.Key
	}
	return ""
}

// teamPath is a team on a path.
type teamPath struct {
	team metrics.TeamKey
	path metrics.PathKey
}

// freeOff are the units that could choose the path, and go another way.
func (w *build) freeOff() (map[teamPath][]query.StateRow, error) {
	return once(w.Builder, fmt.Sprint("free ", w.asOf), func() (map[teamPath][]query.StateRow, error) {
		yes := true
		rows, err := query.States(w.ctx, w.db, query.StatesQuestion{State: metrics.Off, Active: &yes, Choice: &yes, AsOf: w.asOf})
		of := make(map[teamPath][]query.StateRow)
		for _, s := range rows {
			if s.Team != "" {
				of[teamPath{s.Team, s.Path}] = append(of[teamPath{s.Team, s.Path}], s)
			}
		}
		return of, err
	})
}

// short is how many more units a team would have to bring to a path by choice to be on it by choice, of those that could; 0 where
// it is there already, or cannot.
func (w *build) short(row query.AdoptionRow, could int) int {
	if row.Teams.Voluntary.Num > 0 || row.Teams.Voluntary.Den == 0 {
		return 0
	}
	for n := 1; n <= could; n++ {
		if w.freely(row, n, row.States.Served()) {
			return n
		}
	}
	return 0
}

// freely reports whether a team would be on a path by choice with so many more units that chose it, or fewer, of so many.
func (w *build) freely(row query.AdoptionRow, more, served int) bool {
	using, chose := row.States.Using()+more, row.Repos.Voluntary.Num+more
	return using > 0 && float64(using) >= w.path(row.Path).TeamOnAt*float64(served)-1e-9 && 2*chose >= using
}

// teamRows are the rows of the teams in the report, of paths that it has.
func (w *build) teamRows(at metrics.Instant) ([]query.AdoptionRow, error) {
	if w.Scope.Kind == OfTeam {
		byTeam, err := once(w.Builder, fmt.Sprint("rows of each team ", at), func() (map[metrics.TeamKey][]query.AdoptionRow, error) {
			rows, err := w.byTeam(at)
			of := make(map[metrics.TeamKey][]query.AdoptionRow)
			for _, row := range rows {
				if row.Team != nil {
					of[*row.Team] = append(of[*row.Team], row)
				}
			}
			return of, err
		})
		return byTeam[metrics.TeamKey(w.Scope.Key)], err
	}
	rows, err := w.byTeam(at)
	var list []query.AdoptionRow
	for _, row := range rows {
		if row.Team != nil && *row.Team != "" && w.inScope(*row.Team) && w.has(row.Path) {
			list = append(list, row)
		}
	}
	return list, err
}

// goes says what becomes of voluntary adoption if so many more teams are on a path by choice.
func goes(p Path, more int) string {
	return fmt.Sprintf("voluntary adoption goes from %s to %s (%s, now %s)", percent(*p.Now.Rate), percent(float64(p.Now.Num+more)/float64(p.Now.Den)),
		count(p.Now.Num+more)+" of "+Teams.count(p.Now.Den), count(p.Now.Num))
}

// points are the percentage points that so many teams are worth.
func points(p Path, teams int) float64 { return 100 * float64(teams) / float64(p.Now.Den) }

// named lists names: all of a few, else some and how many more there are.
func named(names []string) string {
	short := make([]string, 0, mostNamed)
	for i, n := range names {
		if i == mostNamed {
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
