package dashboards

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// fewRepos is how many repositories a step names; of more it leads to their list.
const fewRepos = 3

// teamStep is what a team does next on a path.
type teamStep struct {
	Text  string
	Href  string // the list of what it is about; "" where that is named, or nothing is
	Repos []more // that it is about, where they are few
}

// standing are the active repositories of a team by how they stand on a path.
type standing map[metrics.State][]more

// stepOf is what brings a team onto a path, or the rest of its repositories. A list is that of a state on the path.
func stepOf(row query.AdoptionRow, onAt float64, repos standing, list func(metrics.State) string) teamStep {
	of := func(state metrics.State, n int, named, counted string) teamStep {
		if here := repos[state]; len(here) == n && n <= fewRepos {
			return teamStep{Text: named, Repos: shorten(here)}
		}
		return teamStep{Text: counted, Href: list(state)}
	}
	s := row.States
	repositories := func(n int) string { return plural(n, "repository", "repositories") }
	missing := onPath(row.Repos.Total.Den, onAt) - row.Repos.Total.Num
	switch {
	case s.Unknown > 0 && row.Repos.Total.Den == 0:
		return of(metrics.Unknown, s.Unknown, "Scan again once these can be read:", "Make "+repositories(s.Unknown)+" readable, and scan again")
	case missing > 0 && s.Off > missing:
		return of(metrics.Off, s.Off, fmt.Sprintf("To be on the path, move %s of", count(missing)), fmt.Sprintf("To be on the path, move %s of %s", count(missing), repositories(s.Off)))
	case missing > 0 && s.Off > 0:
		return of(metrics.Off, s.Off, "To be on the path, move", "To be on the path, move "+repositories(s.Off))
	case missing <= 0 && s.Mixed > 0:
		return of(metrics.Mixed, s.Mixed, "Take the other way out of", "Take the other way out of "+repositories(s.Mixed))
	case s.Off > 0:
		last := "Move the last " + repositories(s.Off)
		if s.Off == 1 {
			last = "Move the last repository"
		}
		return of(metrics.Off, s.Off, last+":", last)
	case s.Dormant > 0:
		return of(metrics.Dormant, s.Dormant, "Let the golden pipeline run again in", "Let the golden pipeline run again in "+repositories(s.Dormant))
	}
	return teamStep{Text: "Nothing: all of them use the path"}
}

// standings are the active repositories of a team by path and state, as its page lists them.
type standings map[metrics.PathKey]standing

func (s standings) add(q *request, row query.StateRow) {
	if !row.Active {
		return
	}
	if s[row.Path] == nil {
		s[row.Path] = standing{}
	}
	unit := metrics.UnitName(row.Repo, row.Component)
	s[row.Path][row.State] = append(s[row.Path][row.State], more{unit, q.link("/repo", nil, "repo", unit, "path", string(row.Path))})
}

// shorten names repositories by the last part of their names, where no two of them share it.
func shorten(repos []more) []more {
	list := slices.Clone(repos)
	seen := map[string]bool{}
	for i := range list {
		list[i].Text = list[i].Text[strings.LastIndex(list[i].Text, "/")+1:]
		if seen[list[i].Text] {
			return repos
		}
		seen[list[i].Text] = true
	}
	return list
}

// onPath is how many of some repositories make a team be on a path.
func onPath(served int, onAt float64) int {
	return max(1, int(math.Ceil(float64(served)*onAt-1e-9)))
}

// launchStep says of a path that is not launched when there is something to do, or where to look.
func (k *known) launchStep(q *request, path metrics.PathKey) teamStep {
	since, is := k.launch(path)
	switch {
	case !is:
		return teamStep{Text: "Nothing before the path is launched"}
	case since > q.clock:
		return teamStep{Text: "Nothing before it is launched, on " + day(since)}
	}
	return teamStep{Text: "Look at the day of its launch, " + day(since), Href: q.here("as_of", since.Time().Format(time.DateOnly))}
}
