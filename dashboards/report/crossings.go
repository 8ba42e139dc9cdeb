package report

import (
	"cmp"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// crossings counts the repositories that came to each path or no longer use it, by manner. They move a team only now and then, and
// nothing that happened may be left out.
func (w *build) crossings(units []moved) {
	type manner struct {
		path        metrics.PathKey
		came, faded bool
		origin      metrics.Origin
	}
	found, teams := map[manner]*Crossing{}, map[manner]map[metrics.TeamKey]bool{}
	for _, u := range units {
		if !w.inScope(u.Team) || !w.has(u.Path) {
			continue
		}
		m := manner{path: u.Path, came: using(u.ToState), faded: u.faded()}
		if m.came {
			m.origin = u.origin()
		}
		c := found[m]
		if c == nil {
			c = &Crossing{Origin: m.origin, Faded: m.faded}
			found[m], teams[m] = c, map[metrics.TeamKey]bool{}
		}
		c.Repos++
		c.units = append(c.units, metrics.UnitName(u.Repo, u.Component))
		if u.Team != "" {
			teams[m][u.Team] = true
		}
		if len(c.Named) < maxReasons {
			c.Named = append(c.Named, w.reason(u))
		}
	}
	for m, c := range found {
		c.Teams = len(teams[m])
		p := &w.r.Paths[slices.IndexFunc(w.r.Paths, func(p Path) bool { return p.Key == m.path })]
		if m.came {
			p.Came = append(p.Came, *c)
		} else {
			p.Gone = append(p.Gone, *c)
		}
	}
	for i := range w.r.Paths {
		slices.SortFunc(w.r.Paths[i].Came, compareCrossings)
		slices.SortFunc(w.r.Paths[i].Gone, compareCrossings)
	}
}

// compareCrossings orders them: what came by choice first, then what happened to most.
func compareCrossings(a, b Crossing) int {
	return cmp.Or(one(b.Origin.Voluntary())-one(a.Origin.Voluntary()), one(a.Faded)-one(b.Faded), b.Repos-a.Repos, cmp.Compare(a.Origin, b.Origin))
}

// how says in which manner repositories came that did not come by choice.
func (c Crossing) how() string {
	switch c.Origin {
	case metrics.Mandated:
		return "under a mandate"
	case metrics.Enforced:
		return "by a policy, without a change of their own"
	case metrics.Automated:
		return "by a bot or a campaign"
	case metrics.Assisted:
		return "with the help of the platform team"
	}
	return "nobody knows how"
}

// came says how many repositories came, and how.
func (c Crossing) came() string {
	n := c.count()
	switch c.Origin {
	case metrics.Born:
		return n + " " + verb(c.Repos, "was", "were") + " born on it"
	case metrics.Chosen:
		return n + " came by choice"
	case metrics.UnknownOrigin:
		return n + " came " + c.how()
	case metrics.NoOrigin:
		return n + " " + verb(c.Repos, "counts", "count") + " there now: not by a change in " + verb(c.Repos, "it", "them") + ", but in what counts"
	}
	return n + " came otherwise than by choice: " + c.how()
}

// gone says how many repositories no longer use a path.
func (c Crossing) gone() string {
	if c.Faded {
		return c.count() + " no longer " + verb(c.Repos, "counts", "count") + " there"
	}
	return c.count() + " left it"
}

// count says how many they are, and of how many teams where these are several.
func (c Crossing) count() string {
	if c.Teams > 1 {
		return Repos.count(c.Repos) + " of " + Teams.count(c.Teams)
	}
	return Repos.count(c.Repos)
}

// traffic lists the repositories that came and went, by path and manner.
func (r *Report) traffic() section {
	s := section{Title: "Which repositories came and went"}
	add := func(p Path, c Crossing, text, moved string) {
		it := item{Text: clip(p.Title, 60), After: ": " + text + ".",
			Href: r.link("/flows", "path", string(p.Key), "group", r.key(OfGroup), "from", r.Week.From.String(), "to", r.AsOf.String(), "moved", moved)}
		for _, why := range c.Named {
			it.Lines = append(it.Lines, why.line())
		}
		if more := c.Repos - len(c.Named); more > 0 {
			it.Lines = append(it.Lines, line{Text: "and " + plural(more, "more repository", "more repositories")})
		}
		s.Items = append(s.Items, it)
	}
	for _, p := range r.Paths {
		for _, c := range p.Came {
			add(p, c, c.came(), map[bool]string{true: "born", false: "came"}[c.Origin == metrics.Born])
		}
		for _, c := range p.Gone {
			add(p, c, c.gone(), "left")
		}
	}
	return s
}

// key is the key of the scope, where it is of a kind.
func (r *Report) key(kind ScopeKind) string {
	if r.Scope.Kind == kind {
		return r.Scope.Key
	}
	return ""
}

// tally counts the repositories to which something happened, on however many paths.
type tally struct {
	born, chosen, other, left int
	free                      int      // that were born on a path or chose one
	manners                   []string // in which the others came
}

func (r *Report) tally() (t tally) {
	var born, chosen, other, left []string
	for _, p := range r.Paths {
		for _, c := range p.Came {
			switch c.Origin {
			case metrics.Born:
				born = append(born, c.units...)
			case metrics.Chosen:
				chosen = append(chosen, c.units...)
			case metrics.NoOrigin:
			default:
				other = append(other, c.units...)
				if !slices.Contains(t.manners, c.how()) {
					t.manners = append(t.manners, c.how())
				}
			}
		}
		for _, c := range p.Gone {
			if !c.Faded {
				left = append(left, c.units...)
			}
		}
	}
	t.born, t.chosen, t.other, t.left, t.free = distinct(born), distinct(chosen), distinct(other), distinct(left), distinct(slices.Concat(born, chosen))
	return t
}

// distinct counts names, each once.
func distinct(names []string) int { return len(slices.Compact(slices.Sorted(slices.Values(names)))) }

// words say what happened to repositories, a few for each thing. Those that chose a path, or left one, are named by their teams
// where whole teams did.
func (t tally) words(teamsChose, teamsLeft bool) (list []string) {
	if t.other > 0 {
		how := "otherwise than by choice"
		if len(t.manners) == 1 {
			how = t.manners[0]
		}
		list = append(list, Repos.count(t.other)+" came "+how)
	}
	if t.born > 0 {
		list = append(list, plural(t.born, "repository was", "repositories were")+" born on one")
	}
	if t.chosen > 0 && !teamsChose {
		list = append(list, Repos.count(t.chosen)+" came by choice")
	}
	if t.left > 0 && !teamsLeft {
		list = append(list, Repos.count(t.left)+" left")
	}
	return list
}

// number is a count, in a word where there is none.
func number(n int) string {
	if n == 0 {
		return "none"
	}
	return count(n)
}
