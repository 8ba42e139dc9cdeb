package config

import (
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/trodden/trodden/metrics"
)

func teamsShape() shape[metrics.Teams] {
	order := nonEmpty(list("owner sources",
		oneOf("owner source", metrics.OwnerConfig, metrics.OwnerCatalog, metrics.OwnerCodeowners, metrics.OwnerProvider),
		once("", "owner source", func(o metrics.OwnerSource) string { return string(o) })), "owner source")
	type T = metrics.Teams
	return object("teams", []field[T]{
		key("order", "Who is asked for owners; at a moment, the first that names one does.", fresh(order),
			func(t *T) *[]metrics.OwnerSource { return &t.Order }),
		key("platform", "Teams that provide golden paths.", list("team keys", reference[metrics.TeamKey]("a team key", maybeTeam)),
			func(t *T) *[]metrics.TeamKey { return &t.Platform }),
		key("list", "The teams.", list("teams", teamShape(),
			once("key", "team key", func(t metrics.Team) string { return strings.ToLower(string(t.Key)) }), aliasOnce),
			func(t *T) *[]metrics.Team { return &t.List }),
		key("groups", "Groups of teams that have a title or are part of others; teams may name groups that are not listed.",
			list("groups", groupShape(), once("key", "group key", func(g metrics.Group) string { return g.Key }), treeOnly),
			func(t *T) *[]metrics.Group { return &t.Groups }),
	})
}

func groupShape() shape[metrics.Group] {
	type T = metrics.Group
	return object("a group", []field[T]{
		key("key", "Its name in answers, and in the group of a team.", name[string]("a group key"), func(g *T) *string { return &g.Key }).must(),
		key("title", "Its name for people; default: the key.", text(), func(g *T) *string { return &g.Title }),
		key("parent", "The group that it is part of.", reference[string]("a group of teams", toGroup), func(g *T) *string { return &g.Parent }),
	}, func(_ *decoder, _ mapping, g *T) {
		if g.Title == "" {
			g.Title = g.Key
		}
	})
}

// treeOnly refuses the group with which others come to lie in themselves.
func treeOnly(d *decoder, n ast.Node, got []metrics.Group) {
	last := got[len(got)-1]
	if last.Parent == "" {
		return
	}
	path := metrics.Teams{Groups: got}.Upwards(last.Parent)
	i := slices.Index(path, last.Key)
	if i < 0 {
		return
	}
	way := append([]string{last.Key}, path[:i+1]...)
	d.problemf(d.part(n, "parent"), "the group %s would be part of itself (%s), expected groups that end at one without parent",
		quote(last.Key), strings.Join(way, " in "))
}

// fresh lets a list that is given take the place of the preset one.
func fresh[T any](s shape[[]T]) shape[[]T] {
	return shape[[]T]{schema: s.schema, read: func(d *decoder, n ast.Node, into *[]T) {
		var got []T
		s.read(d, n, &got)
		*into = got
	}}
}

func teamShape() shape[metrics.Team] {
	type T = metrics.Team
	return object("a team", []field[T]{
		key("key", "Its name in answers.", name[metrics.TeamKey]("a team key"), func(t *T) *metrics.TeamKey { return &t.Key }).must(),
		key("title", "Its name for people; default: the key.", text(), func(t *T) *string { return &t.Title }),
		key("aliases", "Other spellings in CODEOWNERS and catalogs; * and ? are special.", list("names", name[string]("a name")),
			func(t *T) *[]string { return &t.Aliases }),
		key("group", "The tribe that it belongs to.", text(), func(t *T) *string { return &t.Group }),
		key("weight", "What it counts in weighted rates, to the thousandth, such as how many developers it has; default: 1.", teamWeight(),
			func(t *T) *float64 { return &t.Weight }),
		key("repos", "Globs of the repositories that it owns.", list("globs", repoGlob()), func(t *T) *[]string { return &t.Repos }),
		key("members", "Its members, each for a time.", list("members", memberShape(), memberOnce),
			func(t *T) *[]metrics.Member { return &t.Members }),
	}, func(_ *decoder, _ mapping, t *T) {
		if t.Title == "" {
			t.Title = string(t.Key)
		}
	})
}

// teamWeight reads what the store can add up without rounding.
func teamWeight() shape[float64] {
	least, most := 0.001, 1_000_000.0
	return number("a number from 0.001 to 1000000", &Schema{Minimum: &least, Maximum: &most},
		func(f float64) bool { return f >= least && f <= most })
}

// memberShape reads a member: a mapping, or only the e-mail address or login.
func memberShape() shape[metrics.Member] {
	type T = metrics.Member
	id := name[string]("an e-mail address or login")
	m := object("a member", []field[T]{
		key("id", "E-mail address or login; * and ? are special.", id, func(m *T) *string { return &m.ID }).must(),
		key("from", "When the membership began.", date(), func(m *T) *metrics.Instant { return &m.From }),
		key("until", "When it ended (exclusive).", date(), func(m *T) *metrics.Instant { return &m.Until }),
	}, untilAfterFrom("from", func(m *T) *metrics.Instant { return &m.From }, func(m *T) *metrics.Instant { return &m.Until }))
	return shape[T]{schema: &Schema{AnyOf: []*Schema{id.schema, m.schema}}, read: func(d *decoder, n ast.Node, into *T) {
		into.Until = metrics.Forever
		if _, plain := stringOf(d.value(n)); plain {
			id.read(d, n, &into.ID)
			return
		}
		m.read(d, n, into)
	}}
}

// memberOnce lets a member stand in a team again only for another time.
func memberOnce(d *decoder, n ast.Node, got []metrics.Member) {
	last := len(got) - 1
	m := got[last]
	for _, other := range got[:last] {
		same := m.ID != "" && strings.EqualFold(other.ID, m.ID)
		if same && !(metrics.Period{From: other.From, To: other.Until}).Overlap(metrics.Period{From: m.From, To: m.Until}).Empty() {
			d.problemf(n, "duplicate member %s for the same time, expected each once", quote(m.ID))
			return
		}
	}
}

// aliasOnce refuses a spelling that would mean two teams.
func aliasOnce(d *decoder, n ast.Node, got []metrics.Team) {
	last := len(got) - 1
	for _, alias := range got[last].Aliases {
		for _, other := range got[:last] {
			for _, taken := range other.Aliases {
				if strings.EqualFold(alias, taken) {
					d.problemf(n, "the alias %s already means the team %s, expected it once", quote(alias), quote(string(other.Key)))
				}
			}
		}
	}
}

// untilAfterFrom presets an open end, and demands that a given one lies after the begin.
func untilAfterFrom[T any](begin string, from, until func(*T) *metrics.Instant) check[T] {
	return func(d *decoder, m mapping, got *T) {
		end := until(got)
		if *end == metrics.Beginning {
			*end = metrics.Forever
		}
		if start := *from(got); *end <= start {
			d.problemf(d.value(m.find("until")), "until is not after %s (%s), expected a later date", begin, start.Time().Format(time.DateOnly))
		}
	}
}

func measureShape() shape[metrics.Measure] {
	type T = metrics.Measure
	zero, one := 0.0, 1.0
	share := number("a share above 0 and at most 1", &Schema{Above: &zero, Maximum: &one}, func(f float64) bool { return f > 0 && f <= 1 })
	return object("measure", []field[T]{
		key("active_repo_within", "A repository is active for so long after a human commit.", duration(), func(m *T) *time.Duration { return &m.ActiveWithin }),
		key("team_on_at", "Share of using repositories from which a team is on.", share, func(m *T) *float64 { return &m.TeamOnAt }),
		key("born_within", "Golden so soon after the first commit is a birth.", duration(), func(m *T) *time.Duration { return &m.BornWithin }),
		key("leave_after", "An absence so long ends a stay.", duration(), func(m *T) *time.Duration { return &m.LeaveAfter }),
		key("unknown_after", "The last known state holds for so long.", duration(), func(m *T) *time.Duration { return &m.UnknownAfter }),
		key("stale_after", "A catalog field is confirmed for so long.", duration(), func(m *T) *time.Duration { return &m.StaleAfter }),
		key("fresh_fields", "Catalog fields that make an entity fresh.", fresh(list("fields", name[string]("the name of a catalog field"))),
			func(m *T) *[]string { return &m.FreshFields }),
		key("include_platform", "Count the platform teams' own repositories.", flag(), func(m *T) *bool { return &m.IncludePlatform }),
	})
}

func campaignsShape() shape[metrics.Campaigns] {
	type T = metrics.Campaigns
	return object("campaigns", []field[T]{
		key("labels", "Labels of their pull requests.", list("labels", name[string]("a label")), func(c *T) *[]string { return &c.Labels }),
		key("branches", "Globs of their branches.", list("globs", glob("a glob of branches")), func(c *T) *[]string { return &c.Branches }),
	})
}
