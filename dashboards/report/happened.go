package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics/query"
)

// happened says in a few words what the week brought: first what was chosen, then whatever else came or went.
func (r *Report) happened() string {
	unit, units, chose, left := "team", "teams", len(r.Chose), 0
	for _, m := range r.Left {
		left += one(!m.Faded)
	}
	t := r.tally()
	if r.Scope.Kind == OfTeam {
		unit, units, chose, left = "repository", "repositories", t.free, t.left
		t = tally{other: t.other, manners: t.manners}
	}
	var said []string
	switch {
	case chose > 0 && left > 0:
		said = append(said, fmt.Sprintf("%s chose a path, %s left one", plural(chose, unit, units), count(left)))
	case chose > 0:
		said = append(said, plural(chose, unit, units)+" chose a path")
	case left > 0:
		said = append(said, plural(left, unit, units)+" left a path")
	case r.Changed():
		said = append(said, "no "+unit+" chose or left a path")
	default:
		return "nothing changed"
	}
	said = append(said, t.words(chose > 0, left > 0)...)
	if chose+left == 0 && len(said) == 1 {
		said = append(said, r.besides())
	}
	return strings.Join(said, ", ")
}

// besides says what changed in a week in which nobody came or left.
func (r *Report) besides() string {
	for _, k := range r.Results {
		if k.Status != k.Before.Status && k.Before.Status != "" {
			return "a key result is now " + inWords(k.Status) + " and was " + inWords(k.Before.Status)
		}
	}
	more := r.Unknown.Units - r.Unknown.Before
	switch {
	case more > 0:
		return "more is unknown: " + Repos.count(more)
	case more < 0:
		return "less is unknown: " + Repos.count(-more)
	case slices.ContainsFunc(r.Catalogs, func(c Catalog) bool { return c.Whole && differ(c.Now, c.Before) }):
		return "catalog freshness changed"
	}
	return "only what counts changed: by ownership, work or age"
}

// gist is the report in two or three sentences. A change of use is in it where it is more than chance would do; all others stand
// where it is told how sure they are.
func (r *Report) gist() string {
	if r.Empty() {
		return "There is nothing to tell yet."
	}
	text := capital(r.happened()) + "."
	if lead := r.lead(); lead != nil {
		text += fmt.Sprintf(" Voluntary adoption of %s is %s", quoted(lead.Title), percent(*lead.Now.Rate))
		if lead.Before.Rate != nil {
			if before, now := percent(*lead.Before.Rate), percent(*lead.Now.Rate); before == now {
				text += ", as a week ago"
			} else {
				text += ", " + before + " a week ago"
			}
		}
		text += "."
	}
	return text + r.uses()
}

// uses says of how many paths use changed by more than chance would do, and of the first how.
func (r *Report) uses() (text string) {
	more := 0
	for _, p := range r.Paths {
		for _, c := range p.changes() {
			switch {
			case c.of != allRepos || !beyondChance(c.Change):
			case text == "":
				text = fmt.Sprintf(" Use of %s, chosen or not, %s, which is more than chance would do", quoted(p.Title), went(c.Change))
			default:
				more++
			}
		}
	}
	if more > 0 {
		text += "; so is the change of " + plural(more, "more path", "more paths")
	}
	if text != "" {
		text += "."
	}
	return text
}

// went says how a share of repositories changed.
func went(c query.Change) string {
	from, to := percent(*c.From.Rate), percent(*c.To.Rate)
	switch {
	case c.Joined > c.Left:
		return fmt.Sprintf("rose from %s to %s of repositories", from, to)
	case c.Joined < c.Left:
		return fmt.Sprintf("fell from %s to %s of repositories", from, to)
	}
	return "stayed at " + to + " of repositories"
}

// beyondChance reports whether a change is more than chance would do.
func beyondChance(c query.Change) bool { return c.Verdict != nil && *c.Verdict != query.NoDifference }

// namedChange is a change with what it is of.
type namedChange struct {
	query.Change
	of string
}

// What changes are of: what the overview shows of a week.
const (
	freeTeams = "teams by choice"
	allTeams  = "all teams"
	allRepos  = "all repositories"
)

// changes are the comparisons of a path, as far as there is something to compare.
func (p Path) changes() (list []namedChange) {
	if p.Change == nil {
		return nil
	}
	for _, c := range []namedChange{{p.Change.Teams.Voluntary, freeTeams}, {p.Change.Teams.Using, allTeams}, {p.Change.Repos.Using, allRepos}} {
		if c.P != nil {
			list = append(list, c)
		}
	}
	return list
}

// change says in words what a comparison of the two moments tells of voluntary adoption; "" where nothing came or went.
func (p Path) change() string {
	if p.Change == nil || p.Change.Teams.Voluntary.P == nil {
		if n := p.moved(); n > 0 {
			return Repos.count(n) + " came or went."
		}
		return ""
	}
	c := p.Change.Teams.Voluntary
	if c.Joined+c.Left == 0 {
		return ""
	}
	return fmt.Sprintf("Of %s that could choose on both days %s came and %s left: %s.", Teams.count(c.Both+c.Left+c.Joined+c.Neither),
		number(c.Joined), number(c.Left), chance(*c.P))
}

// all says what all adoption of a path is, chosen or not, and how it changed on the same teams and repositories, as far as that is
// more than chance would do.
func (p Path) all() string {
	text := "All adoption, chosen or not: " + percent(*p.Total.Rate) + " of " + string(p.Units) + "."
	for _, c := range p.changes() {
		if c.of != freeTeams && beyondChance(c.Change) {
			text += " " + capital(c.told()) + ": " + chance(*c.P) + "."
		}
	}
	if p.Change != nil && p.Change.Born > 0 {
		text += " Besides, " + plural(p.Change.Born, "new repository uses", "new repositories use") + " it."
	}
	return text
}

// told says how use, chosen or not, changed on the same teams or repositories.
func (c namedChange) told() string {
	units := map[string]Units{allTeams: Teams, allRepos: Repos}[c.of]
	return fmt.Sprintf("of %s that count on both days %s came and %s left, %s to %s", units.count(c.Both+c.Left+c.Joined+c.Neither),
		number(c.Joined), number(c.Left), percent(*c.From.Rate), percent(*c.To.Rate))
}

// maxChances is how many paths are told of whose use changed as chance alone may do.
const maxChances = 6

// chances says whether what moved is more than chance would do, and below it lists what need not be; "" where nothing was compared.
func (r *Report) chances() (text string, lines []line) {
	compared, others, least := 0, 0, 1.0
	var surprising []string
	for _, p := range r.Paths {
		var told []string
		for _, c := range p.changes() {
			compared++
			switch {
			case beyondChance(c.Change):
				surprising, least = append(surprising, quoted(p.Title)+" ("+c.of+")"), min(least, *c.P)
			case c.Joined+c.Left > 0:
				if others++; c.of != freeTeams { // of which the figure of the path tells
					told = append(told, c.told()+" ("+pValue(*c.P)+")")
				}
			}
		}
		if len(told) > 0 {
			lines = append(lines, line{Text: quoted(p.Title) + ": " + strings.Join(told, "; ") + "."})
		}
	}
	if more := len(lines) - maxChances; more > 0 {
		lines = append(lines[:maxChances], line{Text: "And " + count(more) + " more."})
	}
	switch {
	case compared == 0:
		return "", nil
	case len(surprising) == 0 && others == 0:
		return "No team and no repository that counts on both days moved: there is no change to judge.", nil
	case len(surprising) == 0:
		return "Most weekly moves are noise, and so may all of these be: chance alone could make every change of adoption this week.", lines
	}
	text = fmt.Sprintf("More than chance would do: %s. Of %s chance alone finds one in twenty; the surest of these has %s.",
		named(surprising), plural(compared, "comparison", "comparisons"), pValue(least))
	if others > 0 {
		text += " Chance alone may make " + verb(others, "the other change.", "all other changes.")
	}
	return text, lines
}
