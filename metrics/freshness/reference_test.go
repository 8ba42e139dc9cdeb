package freshness_test

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// crew is one folder of a repository and the people who commit to that: what really happened, commit by commit.
type crew struct {
	teams   []metrics.TeamKey
	gone    metrics.TeamKey // is none any more
	people  []member
	commits []commit // any order
	owner   string
}

// member is a person, with the teams that they are in until a moment.
type member struct {
	teams []metrics.TeamKey
	until metrics.Instant
}

type commit struct {
	by   int // of people
	at   metrics.Instant
	away bool // it was made elsewhere in the repository
}

// svc is the folder.
const svc = "svc"

func drawCrew(r *rapid.T) crew {
	c := crew{teams: []metrics.TeamKey{"a", "b", "c"}}
	if rapid.IntRange(0, 3).Draw(r, "gone") == 0 {
		c.gone = rapid.SampledFrom(c.teams).Draw(r, "gone team")
	}
	for range rapid.IntRange(1, 5).Draw(r, "people") {
		m := member{until: metrics.Forever}
		for _, team := range c.teams {
			if rapid.IntRange(0, 2).Draw(r, "member") == 0 {
				m.teams = append(m.teams, team)
			}
		}
		if rapid.IntRange(0, 2).Draw(r, "left") == 0 {
			m.until = ago(metrics.Instant(rapid.IntRange(1, 200).Draw(r, "until")))
		}
		c.people = append(c.people, m)
	}
	for range rapid.IntRange(0, 8).Draw(r, "commits") {
		c.commits = append(c.commits, commit{
			rapid.IntRange(0, len(c.people)-1).Draw(r, "by"), ago(metrics.Instant(rapid.SampledFrom([]int{1, 60, 89, 91, 120, 179, 181}).Draw(r, "ago"))),
			rapid.IntRange(0, 3).Draw(r, "away") == 0,
		})
	}
	owners := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "group:default/a", "ghosts", "user:default/ana", "tbd", ""}), 0, 3).Draw(r, "owners")
	c.owner = strings.Join(owners, rapid.SampledFrom([]string{"|", ","}).Draw(r, "between"))
	return c
}

// in reports whether a person was in a team at a moment.
func (c *crew) in(person int, team metrics.TeamKey, at metrics.Instant) bool {
	return slices.Contains(c.people[person].teams, team) && at < c.people[person].until
}

// by counts the commits of a team within some days; of "" those of anybody.
func (c *crew) by(team metrics.TeamKey, days metrics.Instant) int {
	n := 0
	for _, commit := range c.commits {
		if !commit.away && commit.at >= ago(days) && (team == "" || c.in(commit.by, team, commit.at)) {
			n++
		}
	}
	return n
}

// staffed reports whether anybody is in a team.
func (c *crew) staffed(team metrics.TeamKey) bool {
	for person := range c.people {
		if c.in(person, team, now) {
			return true
		}
	}
	return false
}

// most reports whether a team has commits of 180 days, and no other has more.
func (c *crew) most(team metrics.TeamKey) bool {
	for _, other := range c.teams {
		if c.by(other, 180) > c.by(team, 180) {
			return false
		}
	}
	return c.by(team, 180) > 0
}

// claims is what is so of any of the owners that are named.
type claims struct {
	team, nothing            bool // a team is named, one that is not there
	o2, o3, o4, o5           bool
	right, quietly           bool // staffed and at work, or staffed where nobody is at work
	worked, quiet, elsewhere bool // committed in 180 days; nobody did in 90 days; a team did in 180 days
}

// judge says by the words of the definition what is to be said of the owner, when everything is known.
func (c *crew) judge() string {
	named := strings.FieldsFunc(strings.ReplaceAll(c.owner, "tbd", ""), func(r rune) bool { return r == '|' || r == ',' })
	if len(named) == 0 {
		return "nnnnn n empty"
	}
	is := claims{quiet: c.by("", 90) == 0, elsewhere: c.by("a", 180)+c.by("b", 180)+c.by("c", 180) > 0}
	for _, name := range named {
		c.claim(&is, metrics.TeamKey(strings.TrimPrefix(name, "group:default/")))
	}
	text := "y"
	for _, step := range []bool{is.o2, is.o3, is.o4, is.o5} {
		text += yes(step)
	}
	return text + " " + yes((is.right || is.quietly) && !is.nothing) + " " + is.verdict()
}

func (c *crew) claim(is *claims, team metrics.TeamKey) {
	if team == "user:default/ana" {
		return
	}
	is.team = true
	if team == c.gone || !slices.Contains(c.teams, team) {
		is.nothing = true
		return
	}
	is.o2 = true
	is.o3 = is.o3 || c.staffed(team)
	is.o4 = is.o4 || c.staffed(team) && c.by(team, 90) > 0
	is.o5 = is.o5 || c.staffed(team) && c.most(team)
	is.right = is.right || c.staffed(team) && c.by(team, 90) > 0
	is.quietly = is.quietly || c.staffed(team) && is.quiet
	is.worked = is.worked || c.by(team, 180) > 0
}

func (is *claims) verdict() string {
	switch {
	case is.nothing, !is.team, !is.o3:
		return "wrong"
	case is.right:
		return "right"
	case !is.quiet && !is.worked && is.elsewhere:
		return "wrong"
	}
	return "unverified"
}

func yes(b bool) string {
	if b {
		return "y"
	}
	return "n"
}

// veil is what is not known of a crew.
type veil struct {
	people   []bool          // in which teams they are
	team     metrics.TeamKey // all of it; "" where all teams are known
	commits  []bool          // that they were
	doubtful bool            // whether those that are known are all members
	unsure   []bool          // whether commits were made here or elsewhere
	apart    bool            // of none of them it is known
}

// nothing hides nothing.
func nothing(c crew) veil {
	return veil{people: make([]bool, len(c.people)), commits: make([]bool, len(c.commits)), unsure: make([]bool, len(c.commits))}
}

func drawVeil(r *rapid.T, c crew) veil {
	v := nothing(c)
	v.doubtful, v.apart = rapid.IntRange(0, 3).Draw(r, "doubtful") == 0, rapid.IntRange(0, 3).Draw(r, "apart") == 0
	if rapid.Bool().Draw(r, "is unsure of commits") {
		for i := range v.unsure {
			v.unsure[i] = rapid.Bool().Draw(r, "unsure commit")
		}
	}
	for i := range v.people {
		v.people[i] = rapid.IntRange(0, 3).Draw(r, "hidden person") == 0
	}
	if rapid.IntRange(0, 2).Draw(r, "hides commits") == 0 {
		for i := range v.commits {
			v.commits[i] = rapid.Bool().Draw(r, "hidden commit")
		}
	}
	if rapid.IntRange(0, 3).Draw(r, "hides a team") == 0 {
		v.team = rapid.SampledFrom(c.teams).Draw(r, "hidden team")
	}
	return v
}

// placeless reports whether more teams than those that are known may have a person.
func (v veil) placeless(c crew, person int) bool {
	return v.people[person] || v.team != "" && slices.Contains(c.people[person].teams, v.team)
}

// world is what is known of a crew behind a veil.
func (v veil) world(c crew) freshness.World {
	w := freshness.World{Now: now, Complete: true, TeamsKnown: v.team == ""}
	for _, key := range c.teams {
		if key != v.team {
			w.Teams = append(w.Teams, v.knows(c, key))
		}
	}
	here, anywhere := v.work(c)
	repo := freshness.Repo{Name: pay, Work: anywhere}
	if !v.apart {
		repo.Folders = map[string]freshness.Work{svc: here}
	}
	w.Repos = []freshness.Repo{repo}
	return w
}

// work is what is known to be committed to the folder, and to all of the repository.
func (v veil) work(c crew) (here, anywhere freshness.Work) {
	here.Known = !slices.Contains(v.commits, true)
	anywhere.Known = here.Known
	for i, commit := range c.commits {
		if v.commits[i] {
			continue
		}
		one := v.one(c, commit)
		sum(&anywhere, one)
		switch {
		case v.unsure[i]:
			here.Doubt(one)
		case !commit.away:
			sum(&here, one)
		}
	}
	return here, anywhere
}

// one is a commit, as far as it is known whose it is.
func (v veil) one(c crew, at commit) (w freshness.Work) {
	count(&w.All, at.at)
	if v.placeless(c, at.by) {
		count(&w.Unplaced, at.at)
	}
	for _, key := range c.teams {
		if key != v.team && !v.people[at.by] && c.in(at.by, key, at.at) {
			did := freshness.TeamWork{Team: key}
			count(&did.Count, at.at)
			w.Teams = append(w.Teams, did)
		}
	}
	return w
}

// sum adds work that was done for certain.
func sum(w *freshness.Work, more freshness.Work) {
	plus := func(a *freshness.Count, b freshness.Count) { a.In90, a.In180 = a.In90+b.In90, a.In180+b.In180 }
	plus(&w.All, more.All)
	plus(&w.Unplaced, more.Unplaced)
	for _, t := range more.Teams {
		i := slices.IndexFunc(w.Teams, func(has freshness.TeamWork) bool { return has.Team == t.Team })
		if i < 0 {
			i, w.Teams = len(w.Teams), append(w.Teams, freshness.TeamWork{Team: t.Team})
		}
		plus(&w.Teams[i].Count, t.Count)
	}
}

// knows returns what is known of a team.
func (v veil) knows(c crew, key metrics.TeamKey) freshness.Team {
	team := freshness.Team{Key: key, Known: !v.doubtful}
	if key == c.gone {
		team.Gone = ago(1)
	}
	for i, person := range c.people {
		switch {
		case !slices.Contains(person.teams, key):
		case v.people[i]:
			team.Known = false
		default:
			team.Members = append(team.Members, metrics.Period{From: metrics.Beginning, To: person.until})
		}
	}
	return team
}

// count adds a commit.
func count(n *freshness.Count, at metrics.Instant) {
	if at >= ago(90) {
		n.In90++
	}
	if at >= ago(180) {
		n.In180++
	}
}
